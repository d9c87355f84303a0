"""TST002: the tests of a prediction only try what goes well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.facts.acts import Trial
from mldebt.model import Confidence, Outcome
from mldebt.practices import Practices, is_asked, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.reads import Node
from mldebt.vocabulary import tokenise


class HappyPathOnly(ProjectRule):
    """One hit a test file whose tests reach a prediction, when neither they nor other tests of the same
    functions hand over anything missing, empty or wrong, or expect a refusal."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        calls = project.calls
        prepared = [each for each in known.defined("preparer") if each.public and each.place.path in project.learning]
        asked = [each for each in known.definitions if is_asked(each, project)]
        asking = {(each.place.path, each.symbol): each.symbol for each in (*asked, *prepared)}
        by_file: dict[str, list[tuple[Trial, frozenset[Node]]]] = defaultdict(list)
        braved: set[Node] = set()
        tests = {(each.place.path, each.symbol) for each in known.run}
        through: dict[Node, set[Node]] = defaultdict(set)
        for node in asking:
            for caller in calls.reaching([node]):
                if caller in tests:
                    through[caller].add(node)
        for trial in known.run:
            resolved = through.get((trial.place.path, trial.symbol))
            reached = frozenset(resolved or _named(known, trial, asking)) or _requested(known, trial)
            if not reached:
                continue
            if trial.edges:
                braved |= reached
            by_file[trial.place.path].append((trial, reached))
        for path, found in sorted(by_file.items()):
            if any(trial.edges or reached & braved for trial, reached in found):
                continue
            site = where(found[0][0])
            yield ProjectHit(
                sites=(site,),
                key=path,
                fields={"test": site.symbol.rpartition(".")[2]},
                outcome=Outcome(confidence=Confidence.MEDIUM),
                related=tuple(where(trial) for trial, _ in found[1:6]),
            )


def _requested(known: Practices, trial: Trial) -> frozenset[Node]:
    """The handlers that ask a model under an address that the test sends requests to."""
    if not trial.routes:
        return frozenset()
    verbs = known.project.vocabulary.words("answering-verbs")
    return frozenset(
        (each.place.path, each.symbol)
        for each in known.answering
        if len(each.route) > 1
        and (each.predicts or verbs & {*tokenise(each.symbol), *tokenise(each.route)})
        and any(route.rstrip("/").endswith(each.route.rstrip("/")) for route in trial.routes)
        and known.near(each.place.path, trial.place.path)
    )


def _named(known: Practices, trial: Trial, asking: dict[Node, str]) -> Iterator[Node]:
    """The functions that ask a model and are called by name in a test whose calls lead to none."""
    names = set(trial.calls)
    for node, symbol in asking.items():
        name = symbol.rpartition(".")[2]
        if name in names and name not in {"__call__", "forward", "call"} and known.near(node[0], trial.place.path):
            yield node
