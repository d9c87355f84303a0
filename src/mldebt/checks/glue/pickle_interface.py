"""GLU004: a pickle is what two components exchange, or a table of predictions is read by somebody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.facts.acts import Stored
from mldebt.model import Confidence, Outcome, Role
from mldebt.practices import PREDICT, practices
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_TABLES = (".csv", ".tsv", ".parquet", ".feather", ".arrow", ".jsonl", ".avro", ".orc")  # files that hold rows
_TRAINING = (Role.TRAIN, Role.PIPELINE)
_HOLDERS = frozenset({"src", "lib", "app", "apps", "services", "packages", "python", "code", "scripts"})


class PickleInterface(ProjectRule):
    """One hit a file that one part of the project pickles and another reads, and one a file, table or topic that
    predictions are written to and a part reads which does not import the writer's code."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        asking = {(act.place.path, act.symbol) for act in known.acts_of(PREDICT)}
        written: dict[tuple[str, str, bool], list[Stored]] = defaultdict(list)
        read: dict[tuple[str, str, bool], list[Stored]] = defaultdict(list)
        for path, stored in project.outside_tests(Stored):
            if not stored.name:
                continue
            name = stored.name.rpartition("/")[2].lower()
            if project.is_notebook(path) or len(name) < 4:
                continue
            if stored.pickled:
                (written if stored.way == "write" else read)["file", name, True].append(stored)
            elif stored.form != "file" or name.endswith(_TABLES):
                if stored.way == "read":
                    read[stored.form, name, False].append(stored)
                elif (path, stored.symbol) in asking:
                    written[stored.form, name, False].append(stored)
        for key in sorted(written.keys() & read.keys()):
            for found in written[key]:
                path = found.place.path
                same = [each for each in read[key] if known.same(found, each)]
                others = [each for each in same if _apart(project, path, each.place.path, key[2])]
                if others and (key[2] or len(others) == len(same)):
                    yield ProjectHit(
                        sites=(_where(found),),
                        key=f"{key[0]}:{key[1]}",
                        fields={"name": found.name[-60:]} if key[2] else {"name": found.name[-60:], "form": key[0]},
                        variant="" if key[2] else "consumer",
                        outcome=Outcome(confidence=Confidence.MEDIUM),
                        related=tuple(_where(each) for each in others[:5]),
                    )
                    break


def _apart(project: Project, writer: str, reader: str, pickled: bool) -> bool:
    """Are the two files parts of a project that nothing but what is stored ties together? Two packages under one
    manifest are, where neither imports the other; with a pickle, where one trains and the other serves."""
    if project.component(writer) != project.component(reader):
        return True
    if pickled and not (project.role(writer) in _TRAINING and project.role(reader) is Role.SERVE):
        return False
    mine, theirs = _package(project, writer), _package(project, reader)
    if not mine or not theirs or mine == theirs or project.unrelated & {writer, reader}:
        return False
    return not any(
        _package(project, each) == other
        for path, other in ((writer, theirs), (reader, mine))
        for each in project.program(path)
    )


def _package(project: Project, path: str) -> str:
    """The outermost folder of a file below its component, "" for none: ``src`` holds packages, and is none."""
    component = project.component(path)
    parts = path.removeprefix(f"{component}/").split("/")[:-1]
    return next((each for each in parts if each not in _HOLDERS), "")


def _where(stored: Stored) -> Where:
    return Where(stored.place, stored.symbol, stored.snippet, stored.source_line)
