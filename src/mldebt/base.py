"""What the project owed at a commit: its files from git's objects, judged as the working tree is.

Files that have not changed are not read again: their facts are at hand. Those of the others are
remembered by git's name of their content.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from mldebt import commits, identities, workers
from mldebt.cache import Store
from mldebt.commits import Blob, Snapshot
from mldebt.discover import Source, is_excluded, sources_among
from mldebt.errors import UserError
from mldebt.facts import FileFacts
from mldebt.git import GitError
from mldebt.identities import path_of
from mldebt.included import included
from mldebt.judgement import Law, judge
from mldebt.model import Finding
from mldebt.novelty import Known, known_from
from mldebt.renames import renames
from mldebt.settings import Job
from mldebt.tree import Tree, UnreadableError


class Present(Struct, frozen=True):
    """The working tree as it was analysed."""

    tree: Tree
    files: tuple[FileFacts, ...]
    findings: tuple[Finding, ...]


class Facts(Struct, frozen=True):
    """Where facts come from: a job whose settings say how, the store, and its key."""

    job: Job
    store: Store
    key: str


def commits_before(folder: Path) -> tuple[str, ...]:
    """HEAD, and what is being merged into it; nothing when there is no commit yet. Raises ``UserError``."""
    try:
        head = commits.resolve(folder, "HEAD")
        return () if head is None else (head, *commits.merging(folder))
    except GitError as problem:
        raise UserError(f"--new: {problem}; it compares with the last commit") from None


def fork_of(folder: Path, ref: str) -> str:
    """The commit at which HEAD and ``ref`` parted. Raises ``UserError``."""
    try:
        found = commits.resolve(folder, ref)
        head = commits.resolve(folder, "HEAD")
        shallow = commits.is_shallow(folder)
        deepen = "the clone is shallow; fetch the history (git fetch --unshallow)" if shallow else ""
        if found is None:
            raise UserError(f"--since {ref}: there is no such commit here; {deepen or 'fetch it, or correct the name'}")
        if head is None:
            raise UserError(f"--since {ref}: HEAD has no commit yet")
        point = commits.fork_point(folder, found, head)
    except GitError as problem:
        raise UserError(f"--since {ref}: {problem}; it compares with a commit") from None
    if point is None:
        raise UserError(f"--since {ref}: it shares no commit with HEAD; {deepen or 'compare with one that does'}")
    return point


def known_at(commit: str, law: Law, facts: Facts, present: Present) -> Known:
    """What was owed at ``commit``, under the names that renamed files have now. Raises ``UserError``."""
    folder = present.tree.root
    try:
        blobs = commits.files_of(folder, commit)
        found = _facts_at(blobs, law, facts, present)
        before = judge(law, found).findings
        moved = _renamed(folder, blobs, before, present)
    except GitError as problem:
        raise UserError(f"{commit[:12]} cannot be read: {problem}") from None
    return known_from(_moved(finding, moved) for finding in before)


def _moved(finding: Finding, moved: Mapping[str, str]) -> Finding:
    path = moved.get(path_of(finding.identity) or "")
    return finding if path is None else replace(finding, identity=identities.moved(finding.identity, path))


def _facts_at(blobs: Mapping[str, Blob], law: Law, facts: Facts, present: Present) -> tuple[FileFacts, ...]:
    at_hand = {each.path: each for each in present.files}
    sources = sources_among(blobs, law.config, named=at_hand)
    if not law.whole:  # the same files as now, and those that are gone: they may have been renamed
        sources = tuple(each for each in sources if each.path in at_hand or not present.tree.exists(each.path))
        return _facts_of(sources, blobs, facts, present)
    found = _facts_of(sources, blobs, facts, present)
    while more := included(found, lambda path: path in blobs and not is_excluded(path, law.config)):
        found += _facts_of(more, blobs, facts, present)
    return tuple(sorted(found, key=lambda each: each.path))


def _facts_of(
    sources: Sequence[Source], blobs: Mapping[str, Blob], facts: Facts, present: Present
) -> tuple[FileFacts, ...]:
    at_hand = {each.path: each for each in present.files}
    found = {
        each: at_hand[each.path]
        for each in sources
        if each.path in at_hand
        and at_hand[each.path].kind == each.kind
        and _is_same(present.tree, each.path, blobs[each.path])
    }
    changed = {each: blobs[each.path] for each in sources if each not in found}
    remembered = facts.store.blobs({each.path: blob.id for each, blob in changed.items()}, facts.key)
    found.update({each: remembered[each.path] for each in changed if each.path in remembered})
    found.update(_analysed(present.tree.root, {each: changed[each] for each in changed if each not in found}, facts))
    return tuple(found[each] for each in sources)


def _analysed(folder: Path, missing: Mapping[Source, Blob], facts: Facts) -> dict[Source, FileFacts]:
    by_path = {source.path: source for source in missing}
    found: dict[Source, FileFacts] = {}
    for portion in commits.contents(folder, {source.path: blob for source, blob in missing.items()}):
        sources = [by_path[path] for path in portion]
        job = Job(facts.job.settings, Snapshot(folder, portion))
        made = dict(zip(sources, workers.analyse_files(job, sources), strict=True))
        facts.store.keep_blobs({each.path: missing[each].id for each in sources}, made.values(), facts.key)
        found.update(made)
    return found


def _is_same(tree: Tree, path: str, blob: Blob) -> bool:
    """Is the file what the commit has? Line ends may be those of the system."""
    try:
        data = tree.read(path)
    except UnreadableError:
        return False
    return any(_blob_id(each, len(blob.id)) == blob.id for each in (data, data.replace(b"\r\n", b"\n")))


def _blob_id(data: bytes, digits: int) -> str:
    digest = hashlib.sha1(usedforsecurity=False) if digits == 40 else hashlib.sha256()
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def _renamed(folder: Path, blobs: Mapping[str, Blob], before: Iterable[Finding], present: Present) -> Mapping[str, str]:
    """Where files with findings went that are gone: to new ones with findings."""
    there = {each.path for each in present.files}
    gone = {path: blobs[path] for path in _owing(before) if path in blobs and path not in there}
    fresh = [path for path in _owing(present.findings) if path not in blobs]
    if not gone or not fresh:
        return {}
    old = {path: data for portion in commits.contents(folder, gone) for path, data in portion.items()}
    return renames(old, {path: data for path in fresh if (data := _bytes(present.tree, path)) is not None})


def renamed_since(owed: Mapping[str, Counter[str]], present: Present) -> Mapping[str, str]:
    """Where files with known debt went that are gone. ``owed`` are files with what they owed, as identities
    without a path. Where git still has what was in them, similar contents decide; in a shallow clone and
    without git, a new file with at least half of the debt of an old one is that one renamed."""
    there = {each.path for each in present.files}
    gone = sorted(path for path in owed if path not in there)
    fresh = {path: owes for path, owes in _owes(present.findings).items() if path not in owed}
    if not gone or not fresh:
        return {}
    old = _last_contents(present.tree.root, gone)
    new = {path: data for path in fresh if (data := _bytes(present.tree, path)) is not None}
    found = renames(old, new)
    for path in gone:
        if path in old:
            continue
        free = [each for each in fresh if each not in found.values()]
        best = max(free, key=lambda each: ((owed[path] & fresh[each]).total(), each), default=None)
        if best is not None and (owed[path] & fresh[best]).total() * 2 >= owed[path].total():
            found[path] = best
    return found


def _owes(findings: Iterable[Finding]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for each in findings:
        path = path_of(each.identity)
        if path is not None:
            found.setdefault(path, Counter())[identities.moved(each.identity, "")] += 1
    return found


def _last_contents(folder: Path, gone: Sequence[str]) -> dict[str, bytes]:
    """What was in files when they were last committed, as far as git can tell here."""
    try:
        head = commits.resolve(folder, "HEAD")
        if head is None:
            return {}
        there = commits.files_of(folder, head)
        blobs = {path: there[path] for path in gone if path in there}
        blobs.update(commits.deleted(folder, [path for path in gone if path not in there]))
        return {path: data for portion in commits.contents(folder, blobs) for path, data in portion.items()}
    except GitError:
        return {}


def _owing(findings: Iterable[Finding]) -> Sequence[str]:
    return sorted({path for each in findings if (path := path_of(each.identity)) is not None})


def _bytes(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except UnreadableError:
        return None
