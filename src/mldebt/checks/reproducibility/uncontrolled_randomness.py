"""REP001: training draws at random, and nothing on the way there fixes what is drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mldebt.facts.draws import Draw
from mldebt.known_values import seed
from mldebt.model import Confidence, Outcome, Recipe, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.seeding import Seeding

_QUIET = frozenset({Role.TEST, Role.LIBRARY})
_GENERAL = frozenset({"shuffle", "resample", "randomSplit"})
_SURE = Outcome(confidence=Confidence.HIGH)
_LIKELY = Outcome(confidence=Confidence.MEDIUM)


class UncontrolledRandomness(ProjectRule):
    """A call that takes a seed itself is reported where it stands; draws from one global generator are one
    finding a function: one seed repays them all."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        seeding = Seeding(project)
        shared: dict[tuple[str, str, str], list[Draw]] = defaultdict(list)
        for path, draw in project.facts(Draw):
            if project.role(path) in _QUIET or path not in project.learning:
                continue
            if seeding.covers(path, draw.symbol, draw.generator):
                continue
            # What takes a seed itself is there for a model; a generator is there for anything.
            if not (draw.own and draw.api not in _GENERAL) and not seeding.trains(path, draw.symbol):
                continue
            if draw.own:
                yield self._own(project, draw)
            else:
                shared[path, draw.symbol, draw.generator].append(draw)
        for (path, symbol, generator), draws in sorted(shared.items()):
            yield from self._shared(project.component(path), path, symbol, generator, draws)

    @staticmethod
    def _own(project: Project, draw: Draw) -> ProjectHit:
        place = draw.place
        key = f"{project.component(place.path)}:{place.path}:{draw.symbol}:{draw.snippet}"
        return ProjectHit((_where(draw),), key, {"call": draw.api}, outcome=_SURE, recipes=_recipes(project, draw))

    @staticmethod
    def _shared(component: str, path: str, symbol: str, generator: str, draws: Sequence[Draw]) -> Iterator[ProjectHit]:
        first = min(draws, key=lambda each: each.place.span)
        yield ProjectHit(
            tuple(_where(each) for each in draws),
            f"{component}:{path}:{symbol}:{generator}",
            {"call": first.api},
            variant="global",
            outcome=_LIKELY,
        )


def _recipes(project: Project, draw: Draw) -> tuple[Recipe, ...]:
    known = seed(project, draw.place.path, draw.near) if draw.keyword else None
    if known is None:
        return ()
    title = f"draw with {draw.keyword}={known.reach.expression}, {known.source}"
    return (Recipe("add-argument", title, "unsafe", (("keyword", draw.keyword), *known.arguments)),)


def _where(draw: Draw) -> Where:
    return Where(draw.place, draw.symbol, draw.snippet, draw.source_line)
