"""Which classes are models: by what they inherit from, across files, and by what they are themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mldebt.facts.modules import ClassFact
from mldebt.modules import Modules, inside
from mldebt.trail import MAX_HOPS, Trail
from mldebt.vocabulary import Vocabulary, tokenise


class ModelClasses:
    """Answers for the classes of one project; remembered. ``classes`` and ``imports`` are those of a file by name,
    ``stars`` the modules that a file imports with ``*``."""

    def __init__(
        self,
        modules: Modules,
        classes: Mapping[str, Mapping[str, ClassFact]],
        imports: Mapping[str, Mapping[str, str]],
        stars: Callable[[str], tuple[str, ...]],
        vocabulary: Vocabulary,
    ) -> None:
        self._modules = modules
        self._classes = classes
        self._imports = imports
        self._stars = stars
        self._vocabulary = vocabulary
        self._known: dict[tuple[str, str], bool] = {}

    def is_model(self, path: str, name: str) -> bool | None:
        """Is the class that ``path`` calls ``name`` model code? ``None`` when it cannot be known."""
        found = self.find_class(path, name)
        if found is None:
            return self._is_model_outside(name)
        key = (found[0], found[1].name)
        if key not in self._known:
            self._known[key] = self._descends_from_model(*found)
        return self._known[key]

    def _descends_from_model(self, path: str, fact: ClassFact) -> bool:
        """Is the class, or one that it inherits from at any distance, a model? A class that inherits
        from itself, through an alias, is seen once."""
        seen = {(path, fact.name)}
        queue = [(path, fact)]
        while queue:
            path, fact = queue.pop()
            if self.models_itself(fact):
                return True
            for base in fact.bases:
                found = self.find_class(path, base)
                if found is None:
                    if self._is_model_outside(base):
                        return True
                elif (found[0], found[1].name) not in seen:
                    seen.add((found[0], found[1].name))
                    queue.append(found)
        return False

    def find_class(self, path: str, name: str) -> tuple[str, ClassFact] | None:
        """The class of the project that the file ``path`` calls ``name`` (a reference), with its file."""
        return self._find_class(path, name, MAX_HOPS, Trail())

    def _find_class(self, path: str, name: str, hops: int, trail: Trail) -> tuple[str, ClassFact] | None:
        located = self._modules.locate(path, name)
        if located is None or not trail.leads(*located, hops):
            return None
        path, rest = located
        fact = self._classes[path].get(rest)
        if fact is not None:
            return path, fact
        first, _, further = rest.partition(".")
        target = self._imports[path].get(first)
        if target is not None:
            return self._find_class(path, f"{target}.{further}" if further else target, hops - 1, trail)
        for star in self._stars(path):
            found = self._find_class(path, inside(star, rest), hops - 1, trail)
            if found is not None:
                return found
        return None

    def _is_model_outside(self, name: str) -> bool | None:
        if name in self._vocabulary.words("model-bases"):
            return True
        last = name.rpartition(".")[2]
        if not name.startswith(("@", ".")) and last in self._vocabulary.words("model-base-names"):
            return True
        return None

    def models_itself(self, fact: ClassFact) -> bool:
        """A class that needs no base to be a model: decorated, named as a platform wants it, or home-made."""
        words = self._vocabulary.words
        if fact.name in words("model-class-names"):
            return True
        if any(".".join(each.split(".")[-2:]) in words("model-decorators") for each in fact.decorators):
            return True
        if any(self._builds_estimator(each) for each in fact.builds):
            return True
        methods = set(fact.methods)
        return bool(methods & words("fit-method-names")) and bool(methods & words("predict-methods"))

    def _builds_estimator(self, reference: str) -> bool:
        root, _, rest = reference.partition(".")
        if root not in self._vocabulary.words("ml-modules"):
            return False
        last = rest.rpartition(".")[2] or rest
        if any(token in self._vocabulary.words("model-helpers") for token in tokenise(rest)):
            return False  # a tokeniser or a processor answers nothing
        return last in self._vocabulary.words("estimators") or last in self._vocabulary.words("loaders")
