"""OPS003: what the model answered is what the next model is trained on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.facts.acts import Stored
from mldebt.model import Confidence, Outcome
from mldebt.practices import FIT, PREDICT, practices
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where


class FeedbackLoop(ProjectRule):
    """One hit a table, file or topic that code which predicts writes and code which trains reads."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        asking = {(act.place.path, act.symbol) for act in known.acts_of(PREDICT) if act.symbol}
        # What asks may hand its answers to a function of its own that keeps them.
        asking |= {callee for node in asking for callee in project.calls.callees(node)}
        asking |= {(act.place.path, act.symbol) for act in known.acts_of(PREDICT)}
        fitting = {(act.place.path, act.symbol) for act in known.acts_of(FIT)}
        written: dict[tuple[str, str], list[Stored]] = {}
        read: dict[tuple[str, str], list[Stored]] = {}
        for path, found in project.outside_tests(Stored):
            stored = _resolved(found, project)
            if len(stored.name) < 4:
                continue
            node = (path, stored.symbol)
            key = (stored.form, stored.name.rpartition("/")[2].lower())
            if stored.way == "write" and node in asking and node not in fitting and not stored.pickled:
                written.setdefault(key, []).append(stored)
            elif stored.way == "read" and (node in fitting or _feeds(project, node, fitting)):
                read.setdefault(key, []).append(stored)
        for key in sorted(written.keys() & read.keys()):
            for kept in written[key]:
                back = [each for each in read[key] if known.same(kept, each) and known.shared(*_paths(kept, each))]
                if back:
                    yield ProjectHit(
                        sites=(_where(kept),),
                        key=f"{key[0]}:{key[1]}",
                        fields={"name": kept.name[-60:], "form": key[0]},
                        outcome=Outcome(confidence=Confidence.MEDIUM),
                        related=tuple(_where(each) for each in back[:5]),
                    )
                    break


def _resolved(stored: Stored, project: Project) -> Stored:
    """With the name that a constant of another file holds."""
    if not stored.reference:
        return stored
    return replace(stored, name=project.text(stored.place.path, f"@{stored.reference}"))


def _paths(written: Stored, read: Stored) -> tuple[str, str]:
    return written.place.path, read.place.path


def _feeds(project: Project, node: tuple[str, str], fitting: set[tuple[str, str]]) -> bool:
    """Is the function that reads called by one that fits?"""
    return bool(fitting & set(project.calls.callers(node)))


def _where(stored: Stored) -> Where:
    return Where(stored.place, stored.symbol, stored.snippet, stored.source_line)
