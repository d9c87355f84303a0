"""GLU004: a pickle is what two components exchange, or a table of predictions is read by somebody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.facts.acts import Stored
from mldebt.model import Confidence, Outcome, Role
from mldebt.practices import PREDICT, practices
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = (Role.TEST, Role.EXAMPLE)


class PickleInterface(ProjectRule):
    """One hit a file that one component pickles and another reads, and one a table or topic that predictions
    are written to and a component reads which does not import the writer's code."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        asking = {(act.place.path, act.symbol) for act in known.acts_of(PREDICT)}
        written: dict[tuple[str, str, bool], list[Stored]] = defaultdict(list)
        read: dict[tuple[str, str, bool], list[Stored]] = defaultdict(list)
        for path, stored in project.facts(Stored):
            if not stored.name:
                continue
            name = stored.name.rpartition("/")[2].lower()
            if project.role(path) in _QUIET or project.is_notebook(path) or len(name) < 4:
                continue
            if stored.pickled:
                (written if stored.way == "write" else read)["file", name, True].append(stored)
            elif stored.form != "file":
                if stored.way == "read":
                    read[stored.form, name, False].append(stored)
                elif (path, stored.symbol) in asking:
                    written[stored.form, name, False].append(stored)
        for key in sorted(written.keys() & read.keys()):
            for found in written[key]:
                mine = project.component(found.place.path)
                others = [
                    each for each in read[key] if project.component(each.place.path) != mine and known.same(found, each)
                ]
                if others and not any(project.component(each.place.path) == mine for each in read[key] if not key[2]):
                    yield ProjectHit(
                        sites=(_where(found),),
                        key=f"{key[0]}:{key[1]}",
                        fields={"name": found.name[-60:]} if key[2] else {"name": found.name[-60:], "form": key[0]},
                        variant="" if key[2] else "consumer",
                        outcome=Outcome(confidence=Confidence.MEDIUM),
                        related=tuple(_where(each) for each in others[:5]),
                    )
                    break


def _where(stored: Stored) -> Where:
    return Where(stored.place, stored.symbol, stored.snippet, stored.source_line)
