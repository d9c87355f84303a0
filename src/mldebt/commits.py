"""Commits and the files in them, read from git's objects: nothing is checked out.

Paths are relative to the folder that is asked about, which may lie anywhere in the repository.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from pathlib import Path

from msgspec import Struct

from mldebt import git
from mldebt.git import GitError
from mldebt.tree import LARGEST, Stamp, UnreadableError

_REGULAR = ("100644", "100755")
_BLAMED = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?$")
_MANY = 500  # deleted files whose contents are looked for
_AT_ONCE = 64_000_000  # bytes of blobs that are read with one question


class Blob(Struct, frozen=True):
    """A file of a commit: git's name of its content."""

    id: str


class Snapshot(Struct, frozen=True):
    """A tree of files that are held in memory: some files of a commit."""

    root: Path
    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes:
        data = self.files.get(path)
        if data is None:
            raise UnreadableError("missing", "does not exist")
        return data

    def stat(self, path: str) -> Stamp:
        return Stamp(len(self.read(path)), 0)

    def exists(self, path: str) -> bool:
        return path in self.files


def resolve(folder: Path, name: str) -> str | None:
    """The id of the commit that ``name`` means; ``None`` when there is none of that name."""
    try:
        said = git.ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitError as problem:
        if not problem.silent:
            raise
        return None
    return said.decode().strip()


def fork_point(folder: Path, one: str, other: str) -> str | None:
    """The last commit that both descend from; ``None`` when none is known here."""
    try:
        return git.ask(folder, "merge-base", one, other).decode().strip()
    except GitError as problem:
        if not problem.silent:
            raise
        return None


def is_shallow(folder: Path) -> bool:
    """Does the clone lack history?"""
    return git.ask(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"


def merging(folder: Path) -> tuple[str, ...]:
    """The commits that are being merged into HEAD."""
    found = resolve(folder, "MERGE_HEAD")
    return () if found is None else (found,)


def head_files(top: Path) -> tuple[str, ...]:
    """The files, absolute, that say what HEAD is and what is being merged into it, for as long as they are what
    they are; nothing where git keeps that elsewhere (a linked worktree, another kind of store)."""
    folder = top / ".git"
    try:
        head = (folder / "HEAD").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ()
    if (folder / "reftable").exists() or (folder / "commondir").exists():
        return ()
    names = ["HEAD", "packed-refs", "MERGE_HEAD", "shallow"]
    name = head.removeprefix("ref: ").strip()
    if head.startswith("ref: refs/") and ".." not in name:
        names.append(name)
    return tuple(str(folder / each) for each in names)


def files_of(folder: Path, commit: str) -> dict[str, Blob]:
    """The regular files of ``commit`` below ``folder``."""
    said = git.ask(folder, "ls-tree", "-r", "-z", commit)
    found: dict[str, Blob] = {}
    for entry in said.split(b"\0"):
        about, _, path = entry.partition(b"\t")
        mode, _, id_ = about.decode("ascii").split() if path else ("", "", "")
        if mode in _REGULAR:
            found[os.fsdecode(path)] = Blob(id_)
    return found


def deleted(folder: Path, paths: Sequence[str]) -> dict[str, Blob]:
    """What was in files of earlier commits when they were deleted, the last time each."""
    if not paths:
        return {}
    asked = ("log", "--format=", "--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=D", "-m", "--relative")
    said = git.ask(folder, *asked, "--first-parent", "HEAD", "--", *(f":(literal){path}" for path in paths[:_MANY]))
    pieces = said.split(b"\0")
    found: dict[str, Blob] = {}
    for about, path in zip(pieces[::2], pieces[1::2], strict=False):
        found.setdefault(os.fsdecode(path), Blob(about.split()[2].decode("ascii")))
    return found


def days_of_lines(folder: Path, path: str, lines: Iterable[int], data: bytes) -> dict[int, date]:
    """The days on which lines of a file, whose bytes are ``data``, were last committed; without those that
    have not been. Raises ``GitError``, as for a file that git does not track."""
    wanted = [text for line in sorted(set(lines)) for text in ("-L", f"{line},{line}")]
    said = git.ask(folder, "blame", "--porcelain", "--no-textconv", "--contents", "-", *wanted, "--", path, given=data)
    found: dict[int, date] = {}
    days: dict[str, date] = {}
    commit, line = "", 0
    for row in said.decode("utf-8", "replace").splitlines():
        head = _BLAMED.match(row)
        if head is not None:
            commit, line = head[1], int(head[2])
        elif row.startswith("author-time "):
            days[commit] = datetime.fromtimestamp(int(row.split()[1]), timezone.utc).date()
        elif row.startswith("\t") and set(commit) != {"0"} and commit in days:
            found[line] = days[commit]
    return found


def contents(folder: Path, wanted: Mapping[str, Blob]) -> Iterator[dict[str, bytes]]:
    """The bytes of ``wanted`` by path, in portions of bounded size; without files larger than what is read
    of the disk. Raises ``GitError`` for an object that is not here, as in a partial clone."""
    portion: dict[str, Blob] = {}
    total = 0
    for (path, blob), size in zip(wanted.items(), _sizes(folder, wanted), strict=True):
        if size > LARGEST:
            continue
        if portion and total + size > _AT_ONCE:
            yield _portion(folder, portion)
            portion, total = {}, 0
        portion[path] = blob
        total += size
    if portion:
        yield _portion(folder, portion)


def _sizes(folder: Path, wanted: Mapping[str, Blob]) -> list[int]:
    asked = "".join(f"{blob.id}\n" for blob in wanted.values()).encode("ascii")
    said = git.ask(folder, "cat-file", "--batch-check", given=asked).split(b"\n") if wanted else []
    sizes: list[int] = []
    for path, line in zip(wanted, said, strict=False):
        fields = line.split()
        if len(fields) != 3 or fields[1] != b"blob":
            raise GitError(f"what was in {path} is not in this clone; fetch it (git fetch --refetch)")
        sizes.append(int(fields[2]))
    return sizes


def _portion(folder: Path, wanted: Mapping[str, Blob]) -> dict[str, bytes]:
    asked = "".join(f"{blob.id}\n" for blob in wanted.values()).encode("ascii")
    said = git.ask(folder, "cat-file", "--batch", given=asked)
    return dict(zip(wanted, _objects(said, wanted.values()), strict=True))


def _objects(said: bytes, wanted: Iterable[Blob]) -> Iterator[bytes]:
    at = 0
    for blob in wanted:
        end = said.index(b"\n", at)
        head = said[at:end].split()
        if len(head) != 3 or head[1] != b"blob":
            raise GitError(f"object {blob.id} is not in this clone")
        size = int(head[2])
        yield said[end + 1 : end + 1 + size]
        at = end + 2 + size
