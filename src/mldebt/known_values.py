"""What the project knows that a fix needs: seeds, timeouts, revisions, a place among the settings.

A rule that sees one file leaves the question in its recipe (``wants``); ``completed`` answers it from the
facts of all files. What is not known, or known in two ways, is not fixed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from mldebt.facts.exports import Export
from mldebt.facts.functions import FunctionFact
from mldebt.facts.given import GivenArgument
from mldebt.model import Recipe, Role
from mldebt.project import Project
from mldebt.reach import Reach, reach
from mldebt.reads import of_each_file
from mldebt.settings_homes import home_of
from mldebt.vocabulary import Vocabulary, tokenise

_Arguments = tuple[tuple[str, str], ...]
_QUIET = frozenset({Role.TEST, Role.EXAMPLE})
_PARSER = "is_true"  # of the vocabulary's flag-readers
_TIMEOUT_WORDS = frozenset(
    {"default", "request", "requests", "http", "timeout", "timeouts", "seconds", "secs", "sec", "s", "api", "client",
     "inference", "model", "predict", "prediction", "scoring"}
)  # fmt: skip


class Known(Struct, frozen=True):
    """A value as one file would write it, and the words for where it is known from. ``more`` are further arguments
    of the recipe."""

    reach: Reach
    source: str
    more: _Arguments = ()

    @property
    def arguments(self) -> _Arguments:
        """As the recipes take it."""
        module = self.reach.module
        return (("value", self.reach.expression), *((("module", module),) if module else ()), *self.more)


def completed(project: Project, path: str, recipes: Iterable[Recipe]) -> tuple[Recipe, ...]:
    """The recipes of a finding in ``path`` with their questions answered, without those that have no answer; of
    recipes of one name the first that can be made."""
    found: dict[str, Recipe] = {}
    for recipe in recipes:
        made = recipe if not recipe.wants else _answered(project, path, recipe)
        if made is not None:
            found.setdefault(made.name, made)
    return tuple(found.values())


def _answered(project: Project, path: str, recipe: Recipe) -> Recipe | None:
    answer = _ANSWERS.get(recipe.wants)
    known = answer(project, path, dict(recipe.arguments)) if answer is not None else None
    if known is None:
        return None
    title = f"{recipe.title} {known.reach.expression}, {known.source}"
    return replace(recipe, title=title, arguments=(*recipe.arguments, *known.arguments), wants="")


# --- seeds -----------------------------------------------------------------------------------------


def seed(project: Project, path: str, near: str = "") -> Known | None:
    """The seed for a call in ``path``: a parameter of its function, a constant or setting that is one, or the
    number that every other call in the component is given."""
    if near:
        return Known(Reach(near), "the function's own parameter")
    return (
        _named(project, path, _seeds(project)) or _field(project, path, _is_seed) or _agreed(project, path, "seed", "")
    )


def _seeds(project: Project) -> tuple[tuple[str, Export], ...]:
    return project.reads.once(
        _seeds,
        lambda: tuple(
            (path, export)
            for path, export in project.facts(Export)
            if "." not in export.name and export.value.isdigit() and _is_seed(export.name)
        ),
    )


def _is_seed(name: str) -> bool:
    tokens = tokenise(name)
    return tokens in {("seed",), ("random", "seed"), ("random", "state"), ("default", "seed"), ("global", "seed")}


# --- timeouts --------------------------------------------------------------------------------------


def _timeout(project: Project, path: str, asked: Mapping[str, str]) -> Known | None:
    known = _named(project, path, _timeouts(project)) or _field(project, path, _is_timeout)
    return known or _agreed(project, path, "timeout", asked["library"])


def _timeouts(project: Project) -> tuple[tuple[str, Export], ...]:
    return project.reads.once(
        _timeouts,
        lambda: tuple(
            (path, export)
            for path, export in project.facts(Export)
            if "." not in export.name and _is_timeout(export.name) and export.value.replace(".", "", 1).isdigit()
        ),
    )


def _is_timeout(name: str) -> bool:
    tokens = set(tokenise(name))
    return "timeout" in tokens and tokens <= _TIMEOUT_WORDS


# --- revisions -------------------------------------------------------------------------------------


def _revision(project: Project, path: str, asked: Mapping[str, str]) -> Known | None:
    return _agreed(project, path, "revision", asked["artefact"])


# --- settings --------------------------------------------------------------------------------------


def _setting(project: Project, path: str, asked: Mapping[str, str]) -> Known | None:
    """The object of settings that a literal may become a field of."""
    found = home_of(project, path, external=asked.get("external") == "yes")
    if found is None:
        return None
    home, reached = found
    return Known(reached, f"a {home.klass} of {home.path}", (("home", home.path), ("class", home.klass)))


# --- parsers ---------------------------------------------------------------------------------------


def parser(project: Project, path: str, asking: Iterable[str]) -> Known | None:
    """The function that parses a boolean for ``path``: one of the project, else one to be written into this file.
    ``asking`` are all files that lack one: what the first of them will define, others wait for."""
    readers = project.vocabulary.words("flag-readers")
    for home in project.answering(_parses):
        for name in project.calls.names(home) if project.role(home) not in _QUIET else ():
            found = reach(project, path, home, name) if name in readers else None
            if found is not None:
                return Known(found, f"of {home}", (("home", home), ("name", name)))
    for other in sorted(asking):
        if other == path:
            break
        if reach(project, path, other, _PARSER) is not None:
            return None
    return Known(Reach(_PARSER), "which is new", (("name", _PARSER),))


@of_each_file(FunctionFact)
def _parses(path: str, functions: Sequence[FunctionFact], words: Vocabulary) -> bool:
    """Does a file define a function that reads a text as yes or no?"""
    readers = words.words("flag-readers")
    return any(each.name in readers for each in functions)


# --- where values are known from -------------------------------------------------------------------


def _named(project: Project, path: str, constants: tuple[tuple[str, Export], ...]) -> Known | None:
    """The one constant that the file can get at: its own, else one of a module that it imports, else one of the
    settings, else the only one there is."""
    reached: dict[int, list[Known]] = defaultdict(list)
    for home, export in constants:
        if project.role(home) in _QUIET and home != path:
            continue
        found = reach(project, path, home, export.name)
        if found is not None:
            reached[_distance(project, path, home, found)].append(Known(found, f"as in {home}"))
    nearest = reached[min(reached)] if reached else []
    return nearest[0] if len(nearest) == 1 else None


def _field(project: Project, path: str, means: Callable[[str], bool]) -> Known | None:
    """The one field of the settings that the file gets at whose name means it."""
    found = home_of(project, path)
    if found is None:
        return None
    home, reached = found
    prefix = f"{home.klass}."
    names = [name.removeprefix(prefix) for name in project.exports(home.path) if name.startswith(prefix)]
    meant = [name for name in names if name.isidentifier() and means(name)]
    if len(meant) != 1:
        return None
    return Known(replace(reached, expression=f"{reached.expression}.{meant[0]}"), f"as in {home.path}")


def _distance(project: Project, path: str, home: str, found: Reach) -> int:
    if home == path:
        return 0
    if not found.module:
        return 1
    return 2 if project.role(home) is Role.SETTINGS else 3


def _agreed(project: Project, path: str, keyword: str, subject: str) -> Known | None:
    """The literal that every other call of the component is given, tests aside."""
    found: dict[str, str] = {}
    for other, given in project.outside_tests(GivenArgument):
        if (given.keyword, given.subject) == (keyword, subject) and project.components.joined(path, other):
            found.setdefault(given.value, other)
    if len(found) != 1:
        return None
    ((value, source),) = found.items()
    return Known(Reach(value), f"as in {source}")


_ANSWERS: Mapping[str, Callable[[Project, str, Mapping[str, str]], Known | None]] = {
    "timeout": _timeout,
    "revision": _revision,
    "setting": _setting,
}
