"""Is randomness under control where a function draws? Followed along the calls that lead there."""

from __future__ import annotations

from functools import cached_property

from mldebt.model import Role
from mldebt.project import Project
from mldebt.reads import Node
from mldebt.vocabulary import tokenise

MAX_UP = 8  # callers that are followed
MAX_DOWN = 3  # how deep below them a function that seeds may lie

_SEED_WORDS = frozenset({"seed", "seeds", "seeding", "deterministic", "determinism", "reproducible", "reproducibility"})


class Seeding:
    """Answers for the functions of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._calls = project.calls
        self._libraries = project.vocabulary.inverse("seeding")
        self._seeds: dict[Node, frozenset[str]] = {}

    def covers(self, path: str, symbol: str, generator: str) -> bool:
        """Is the generator of that library ("numpy", ...) seeded on a way to the function ``symbol`` of ``path``?"""
        return bool(self._known(self._node(path, symbol)) & {generator, ""})

    def trains(self, path: str, symbol: str) -> bool:
        """Is the function part of training: its file, one it calls or one that calls it trains a model?"""
        return self._is_training(self._node(path, symbol))

    def _node(self, path: str, symbol: str) -> Node:
        functions = self._calls.names(path)
        while symbol and symbol not in functions:
            symbol = symbol.rpartition(".")[0]
        return path, symbol

    def _known(self, node: Node) -> frozenset[str]:
        """The libraries that are seeded on the way to ``node``, "" for all of them."""
        if node not in self._seeds:
            path, name = node
            owner = name.rpartition(".")[0]
            started = [node, (path, "")]
            started += [(path, each) for each in self._calls.names(path) if owner and each.startswith(f"{owner}.")]
            above = self._calls.reaching(started, MAX_UP)
            # A module's own statements run before any function of it does.
            above += tuple((each, "") for each in dict.fromkeys(path for path, _ in above))
            if not self._calls.callers(node):
                above += tuple((path, each) for each in self._calls.names(path))
            reached = self._calls.reached(dict.fromkeys(above), MAX_DOWN)
            self._seeds[node] = frozenset(library for each in reached for library in self._seeded_by(each))
        return self._seeds[node]

    def _seeded_by(self, node: Node) -> tuple[str, ...]:
        found: list[str] = []
        for reference in self._calls.references(node):
            libraries = self._libraries.get(reference)
            if libraries is not None:
                found += libraries
            elif _SEED_WORDS & set(tokenise(reference.rpartition(".")[2])):
                found.append("")
        return tuple(found)

    @cached_property
    def _training(self) -> frozenset[str]:
        return frozenset(path for path in self._project.files if self._trains_itself(path))

    def _trains_itself(self, path: str) -> bool:
        if path not in self._project.learning or self._project.role(path) is Role.TEST:
            return False
        return "fits" in self._project.marks(path) or self._project.role(path) is Role.TRAIN

    def _is_training(self, node: Node) -> bool:
        if node[0] in self._training:
            return True
        around = (*self._calls.reaching([node], MAX_UP), *self._calls.reached([node], MAX_DOWN))
        return any(path in self._training for path, _ in around)
