"""What a reference means: the export of another file, or a name outside of the project, through re-exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mldebt.facts.exports import Export
from mldebt.facts.modules import ClassFact
from mldebt.modules import Modules, inside
from mldebt.trail import MAX_HOPS, Trail

Found = tuple[str, Export]
"""A file and what it gives to others."""


class References:
    """``exports`` gives those of a file, ``classes`` and ``imports`` have them, by name; ``stars`` are the modules that
    a file imports with ``*``."""

    def __init__(
        self,
        modules: Modules,
        exports: Callable[[str], Mapping[str, Export]],
        classes: Mapping[str, Mapping[str, ClassFact]],
        imports: Mapping[str, Mapping[str, str]],
        stars: Callable[[str], tuple[str, ...]],
    ) -> None:
        self._modules = modules
        self._exports = exports
        self._classes = classes
        self._imports = imports
        self._stars = stars

    def lookup(self, path: str, name: str) -> Found | None:
        """The export that ``name`` (a reference made in ``path``) means, through re-exports and instances."""
        found = self._lookup(path, name, MAX_HOPS, Trail())
        if found is None and name.endswith(".__call__()"):  # what calling an instance runs in PyTorch and Keras
            calls = (f"{name.removesuffix('__call__()')}{each}()" for each in ("forward", "call"))
            return next(filter(None, (self._lookup(path, each, MAX_HOPS, Trail()) for each in calls)), None)
        return found

    def _lookup(self, path: str, name: str, hops: int, trail: Trail) -> Found | None:
        located = self._modules.locate(path, name)
        if located is None or not located[1] or not trail.leads(*located, hops):
            return None
        path, rest = located
        exports = self._exports(path)
        for spelling in (rest, rest.replace("().", ".")):
            if spelling in exports:
                return path, exports[spelling]
        for further in self._further(path, rest.split(".")):
            found = self._lookup(further[0], further[1], hops - 1, trail)
            if found is not None:
                return found
        return None

    def _further(self, path: str, segments: list[str]) -> Iterator[tuple[str, str]]:
        """Where else a name that a file does not give by itself may come from, the nearest first."""
        exports = self._exports(path)
        for size in range(len(segments) - 1, 0, -1):  # an instance
            holder = exports.get(".".join(segments[:size]))
            if holder is not None and holder.refers:
                yield path, ".".join([holder.refers, *segments[size:]])
        fact = self._classes[path].get(segments[0].removesuffix("()"))
        if fact is not None and len(segments) > 1:  # what a class has from one of its bases
            for base in fact.bases:
                yield path, ".".join([f"{base}()", *segments[1:]])
        imported = self._imported(path, segments)
        if imported is not None:
            yield path, imported
        else:
            for star in self._stars(path):
                yield path, inside(star, ".".join(segments))
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(".py")
        package = f"{folder}/__init__.py" if folder else "__init__.py"
        if stem != "__init__" and stem in self._imports[package]:
            # What a package calls by the name of one of its modules: ``from .settings import settings``.
            yield package, ".".join(["@", stem, *segments])

    def outside(self, path: str, name: str) -> str:
        """The reference outside the project that ``name`` comes to ("" when it is inside or unknown):
        ``ldclient.get().variation()`` for ``client.variation()`` with ``client = ldclient.get()`` elsewhere."""
        for _ in range(MAX_HOPS):
            located = self._modules.locate(path, name)
            if located is None:
                return "" if name.startswith((".", "@")) else name
            path, rest = located
            segments = rest.split(".")
            for size in range(len(segments), 0, -1):
                holder = self._exports(path).get(".".join(segments[:size]))
                if holder is not None and holder.refers:
                    name = ".".join([holder.refers, *segments[size:]])
                    break
            else:
                imported = self._imported(path, segments)
                if imported is None:
                    return ""
                name = imported
        return ""

    def _imported(self, path: str, segments: list[str]) -> str | None:
        """What a name means whose first part a file imports; ``None`` when it does not."""
        target = self._imports[path].get(segments[0].removesuffix("()"))
        call = "()" if segments[0].endswith("()") else ""
        return None if target is None else ".".join([target + call, *segments[1:]])
