"""THR002: one threshold has different values in different places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mldebt.facts.sites import Threshold
from mldebt.model import Confidence, Outcome, Role, Severity
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_DECIDING = frozenset({"comparison", "constant", "argument", "config"})  # a default is there to be replaced
_QUIET = frozenset({Role.TEST, Role.EXAMPLE})


class ConflictingThreshold(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        found: dict[tuple[str, bool], list[Threshold]] = defaultdict(list)
        general = project.vocabulary.words("general-concepts")
        for path, fact in project.facts(Threshold):
            if fact.kind in _DECIDING and project.role(path) not in _QUIET and project.holds(fact.when) is True:
                # A concept that unrelated models share is no common one; a constant of one name is.
                concept = fact.name if fact.concept in general else fact.concept
                if concept:
                    found[concept, abs(_value(fact)) < 1].append(fact)
        for (concept, _), thresholds in sorted(found.items(), key=lambda each: each[0]):
            if all(each.kind == "config" for each in thresholds):
                continue  # what differs between files of settings is conflicting-knob's business
            for sites in project.groups(thresholds, lambda each: each.place.path):
                yield from self._compared(project.component(sites[0].place.path), concept, sites)

    def _compared(self, component: str, concept: str, sites: Sequence[Threshold]) -> Iterator[ProjectHit]:
        """Numbers of one scale on one concept: do functions or files of the component disagree?"""
        values: dict[tuple[str, str], set[float]] = defaultdict(set)  # by owner: a file's function
        copies: dict[float, set[str]] = defaultdict(set)
        for site in sites:
            values[site.place.path, site.symbol].add(_value(site))
            copies[_value(site)].add(site.place.path)
        files = {path for path, _ in values}
        variant, outcome = "", Outcome(confidence=Confidence.MEDIUM)
        if len(files) < self.options["min-files"] or not _disagree(list(values.values())):
            if max(len(each) for each in copies.values()) < self.options["min-copies"]:
                return
            variant, outcome = "cloned", Outcome(confidence=Confidence.MEDIUM, severity=Severity.NOTE)
        yield ProjectHit(
            sites=tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in sites),
            key=f"{component}:{concept}",
            fields={"concept": concept.replace("_", " ")},
            variant=variant,
            words=tuple(f"{each.value} here" for each in sites),
            outcome=outcome,
            concept=f"threshold:{concept}",
        )


def _disagree(values: list[set[float]]) -> bool:
    """Have two owners no number in common? (The bands of one owner are its own business.)"""
    first = values[0]
    return any(not (each & first) for each in values[1:])


def _value(fact: Threshold) -> float:
    return float(fact.value.replace("_", ""))
