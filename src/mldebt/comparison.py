"""What a run is compared with: the last commit, a fork point, a baseline; any of them knows old debt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct, field

from mldebt import base, baseline
from mldebt.base import Facts, Present
from mldebt.baseline import Baseline
from mldebt.errors import UserError
from mldebt.facts import FileFacts
from mldebt.identities import code_of, path_of
from mldebt.judgement import Law
from mldebt.model import Comparison, Finding, Notice, Paid
from mldebt.novelty import Known, compare
from mldebt.rule_spec import RuleSpec
from mldebt.tree import Tree, UnreadableError, WorkingTree


class Asked(Struct, frozen=True):
    """``new``: compare with HEAD; ``since``: with where HEAD left that reference; ``baseline``: with that
    file, as written on the command line; ``configured``: else with the one that the configuration names."""

    new: bool = False
    since: str | None = None
    baseline: Path | None = None
    configured: bool = True


class Compared(Struct):
    """The findings as they stand to what was ``known``; that and ``comparison`` are None when there was
    nothing to compare with."""

    findings: tuple[Finding, ...]
    comparison: Comparison | None = None
    known: Known | None = None
    notices: list[Notice] = field(default_factory=list)


def compared(asked: Asked, law: Law, present: Present, facts: Facts) -> Compared:
    """Compare the findings with all that is asked for. Raises ``UserError``."""
    file = asked.baseline or (law.config.baseline if asked.configured else "")
    if not (asked.new or asked.since is not None or file):
        return Compared(present.findings)
    known, against, notices = Known(), [], []
    paid: tuple[Paid, ...] = ()
    recent = 0
    if file:
        name, found = read(present.tree, file)
        found = found.moved(base.renamed_since(found.paths(), present))
        known |= found.known
        against.append(name)
        paid = (
            baseline.paid(found, present.findings, settled(law.specs, law.all_specs, present.files))
            if law.whole
            else ()
        )
        recent = found.recently_paid(law.today)
        notices += _about(name, found, paid, present)
    if asked.new:
        before = base.commits_before(present.tree.root)
        for commit in before:
            known |= base.known_at(commit, law, facts, present)
        if not before:
            notices.append(Notice("no-commit", "--new: there is no commit yet: everything is new"))
        against.append("HEAD")
    if asked.since is not None:
        commit = base.fork_of(present.tree.root, asked.since)
        known |= base.known_at(commit, law, facts, present)
        against.append(f"{asked.since}, at {commit[:8]}")
    findings = compare(present.findings, known)
    return Compared(findings, Comparison(tuple(against), paid, recent), known, notices)


def known_at_head(law: Law, present: Present, facts: Facts) -> Known | None:
    """What was owed at the last commit; ``None`` when there is none to compare with."""
    try:
        commits = base.commits_before(present.tree.root)
        known = Known()
        for commit in commits:
            known |= base.known_at(commit, law, facts, present)
    except UserError:
        return None
    return known if commits else None


def read(tree: Tree, file: Path | str) -> tuple[str, Baseline]:
    """A baseline and what it is called: a root-relative path of the configuration, or any other file, which is
    called by its path under the root, too, if it lies there. Raises ``UserError``."""
    if isinstance(file, Path):
        real = file.parent.resolve() / file.name
        told = real.relative_to(tree.root).as_posix() if real.is_relative_to(tree.root) else str(file)
        tree, name = WorkingTree.of(file.absolute().parent), file.name
    else:
        told = name = file
    try:
        return told, baseline.parse(told, tree.read(name))
    except UnreadableError as problem:
        remedy = "write it with mldebt baseline write" if problem.kind == "missing" else "take the file from git again"
        raise UserError(f"baseline {told} {problem.reason}; {remedy}") from None


def settled(ran: Iterable[RuleSpec], known: Iterable[RuleSpec], files: Iterable[FileFacts]) -> Callable[[str], bool]:
    """Can a run tell whether what an identity means is still there? Only if its rule ``ran`` (or is no
    longer ``known``), and, where that is of one file, if that was analysed; of the project, if all were."""
    silent = {spec.code for spec in known} - {spec.code for spec in ran}
    unread = {each.path for each in files if not each.analysed}

    def tells(identity: str) -> bool:
        path = path_of(identity)
        seen = path not in unread if path is not None else not unread
        return code_of(identity) not in silent and seen

    return tells


def _about(name: str, found: Baseline, paid: tuple[Paid, ...], present: Present) -> list[Notice]:
    said = []
    if found.twice:
        number = "1 entry stands" if len(found.twice) == 1 else f"{len(found.twice)} entries stand"
        message = f"{name}: {number} twice with different counts, and the smaller holds; run mldebt baseline update"
        said.append(Notice("baseline", message))
    there = {each.path for each in present.files}
    gone = sorted({path for each in paid if (path := path_of(each.identity)) and path not in there})
    if gone:
        files = "1 file that is" if len(gone) == 1 else f"{len(gone)} files that are"
        some = ", ".join(gone[:3]) + (", ..." if len(gone) > 3 else "")
        said.append(Notice("baseline", f"{name}: has entries of {files} gone ({some}); run mldebt baseline prune"))
    return said
