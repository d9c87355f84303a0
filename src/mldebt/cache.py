"""What files said, remembered: one store a project, found by stat first and by content else.

The store is ``.mldebt_cache/`` under the root, a SQLite database of JSON: safe under runs side by
side, kills and full disks by SQLite's own means. It is never trusted further than that: a store
that is a link, that git tracks or that another user owns is refused; what cannot be read as what we
write is thrown away. Everything that decides what ``analyse`` returns is in the key; what comes
after it (selection, levels, roles, suppressions, the date) is not.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sqlite3
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from mldebt import __version__, kept_run, secret, snapshot
from mldebt.facts import FileFacts
from mldebt.model import Notice
from mldebt.sealed import seal, unseal
from mldebt.snapshot import STORE as FOLDER
from mldebt.tree import Stamp

DATABASE = "facts.sqlite"
LAYOUT = 4  # of the database; raised when its tables change
LARGEST = 512_000_000  # bytes; a larger store is begun anew
MOST_LINKED = 4  # laws under which what was linked is kept
FORGOTTEN = 7 * 24 * 3600 * 1_000_000_000  # nanoseconds that the facts of other options are kept
_README = "# Made by mldebt. It may be removed at any time.\n*\n"
_SCHEMA = """
create table if not exists files (
    path text not null, key text not null, digest text not null, size integer not null,
    modified integer not null, changed integer not null, inode integer not null, checked integer not null,
    signature blob not null, facts blob not null, primary key (path, key)
) without rowid;
create table if not exists blobs (
    path text not null, key text not null, blob text not null, checked integer not null,
    signature blob not null, facts blob not null,
    primary key (path, key, blob)
) without rowid;
create table if not exists linked (
    key text primary key, kept integer not null, signature blob not null, data blob not null
) without rowid;
"""


class Known(Struct, frozen=True):
    """What the store has of one file."""

    digest: str
    size: int
    modified: int
    changed: int
    inode: int
    checked: int
    signature: bytes
    facts: bytes

    def is_current(self, stamp: Stamp) -> bool:
        """Is the file surely the one that was analysed? Not when it changed too shortly before for its
        time to tell."""
        same = (self.size, self.modified, self.changed, self.inode) == stamp
        return same and snapshot.is_settled(stamp, self.checked)


class Stored(Struct, frozen=True):
    """The facts of a file as they were stored. ``mark`` tells them from all others, also of this file; it is empty
    when nobody has signed them."""

    facts: FileFacts
    mark: bytes


class Fresh(Struct, frozen=True):
    """What a run has found out of one file. ``checked`` is when it was read, in nanoseconds."""

    path: str
    digest: str
    stamp: Stamp
    checked: int
    facts: FileFacts


def digest_of(data: bytes) -> str:
    """The content hash of a file."""
    return hashlib.sha256(data).hexdigest()


def key_of(parts: Iterable[str]) -> str:
    """The key of everything beside the file that ``analyse`` depends on: ``parts`` (options, vocabulary,
    the rules' files), versions, and our own code, so that an editable install is right."""
    digest = hashlib.sha256()
    for part in (*parts, __version__, _libcst_version(), sys.version, str(LAYOUT), *_own_code()):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def _libcst_version() -> str:
    """Without importing it, nor what reads the metadata of packages."""
    spec = importlib.util.find_spec("libcst")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        try:
            return Path(folder, "_version.py").read_text(encoding="utf-8")
        except OSError:
            continue
    from importlib import metadata

    return metadata.version("libcst")


def _own_code() -> Iterator[str]:
    """What our code is: as it was installed, wherever and whenever that was; else as it lies on the disk."""
    here = Path(__file__).parent
    try:
        record = (here.parent / f"mldebt-{__version__}.dist-info" / "RECORD").read_text(encoding="utf-8")
    except OSError:
        record = ""
    installed = [line for line in record.splitlines() if line.startswith("mldebt/") and "__pycache__" not in line]
    yield from sorted(installed) or _on_disk(str(here))


def _on_disk(folder: str) -> list[str]:
    pending = [folder]
    found: list[str] = []
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
                    pending.append(entry.path)
                elif entry.name.endswith(".py"):
                    status = entry.stat()
                    found.append(f"{entry.path}:{status.st_size}:{status.st_mtime_ns}")
    return sorted(found)


class Store:
    """The store of one project. Every method works without one: then nothing is known and nothing kept.

    ``notices`` say why there is none; none is said when none is ``wanted``. What is kept is signed for this
    user (see ``secret``). What is not signed is believed only when git vouches for the folder, of which it
    tracks no store: it may have been restored there, for instance by a CI system.
    """

    def __init__(self, root: Path, vouched: bool, tracked: bool, wanted: bool = True) -> None:
        self.notices: list[Notice] = []
        self._vouched = vouched
        self._folder = root / FOLDER
        self._connection = self._open(tracked) if wanted else None

    def _open(self, tracked: bool) -> sqlite3.Connection | None:
        try:
            reason = "git tracks it" if tracked else _refusal(self._folder)
            if reason is not None:
                self._do_without(f"is not used: {reason}")
                return None
            if not self._vouched and secret.signature(b"") is None:
                self._do_without("is not used: neither git nor a secret of yours can tell whose it is")
                return None
            self._folder.mkdir(exist_ok=True)
            ignore = self._folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text(_README, encoding="utf-8")
            return self._connect(self._folder / DATABASE)
        except (OSError, sqlite3.Error) as error:
            self._do_without(f"cannot be used: {error}")
            return None

    def _connect(self, path: Path) -> sqlite3.Connection:
        if path.exists() and path.stat().st_size > LARGEST:
            path.unlink()
        try:
            return _connected(path)
        except sqlite3.OperationalError:
            raise  # locked for long, or the disk's trouble: what is there may be good
        except sqlite3.DatabaseError:
            path.unlink()  # not a database, or of another layout: nothing of ours is in it
            return _connected(path)

    def _do_without(self, why: str, instead: str = "everything is analysed anew") -> None:
        self.notices.append(Notice("cache", f"{FOLDER} {why}; {instead}"))
        self._connection = None

    def known(self, paths: Sequence[str], key: str) -> Mapping[str, Known]:
        """What is known of ``paths`` under ``key``."""
        if self._connection is None:
            return {}
        wanted = set(paths)
        try:
            columns = "path, digest, size, modified, changed, inode, checked, signature, facts"
            rows = self._connection.execute(f"select {columns} from files where key = ?", (key,))
            return {row[0]: Known(*row[1:]) for row in rows if row[0] in wanted}
        except sqlite3.Error as error:
            self._do_without(f"cannot be read: {error}")
            return {}

    def facts(self, path: str, key: str, known: Known) -> Stored | None:
        """The facts of a file as they were stored; ``None`` when they are not what we write."""
        return self._read((path, key, known.digest), known.signature, known.facts)

    def keep(self, fresh: Sequence[Fresh], key: str) -> dict[str, bytes]:
        """Store what a run found out, and forget what other versions and options had long ago. Returns the marks
        of what was stored."""
        if self._connection is None or not fresh:
            return {}
        rows = [
            (
                each.path, key, each.digest, *each.stamp, each.checked,
                *_sealed((each.path, key, each.digest), each.facts),
            )
            for each in fresh
        ]  # fmt: skip
        try:
            with self._connection:
                oldest = max(each.checked for each in fresh) - FORGOTTEN
                self._connection.execute("delete from files where key != ? and checked < ?", (key, oldest))
                self._connection.executemany("insert or replace into files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            self._do_without(f"cannot be written: {error}", "what is new is not kept")
            return {}
        return {row[0]: row[8] for row in rows}

    def linked(self, key: str) -> bytes | None:
        """What was linked under a law, as ``keep_linked`` had it. What is not signed is not believed: nothing
        tells what it should be."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute("select signature, data from linked where key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            self._do_without(f"cannot be read: {error}")
            return None
        return row[1] if row is not None and secret.is_signed(_of_law(key, row[1]), row[0]) else None

    def keep_linked(self, key: str, data: bytes) -> None:
        """Store what was linked under a law, and forget what was under those that were not asked for lately."""
        said = secret.signature(_of_law(key, data))
        if self._connection is None or said is None:
            return
        older = "select key from linked order by kept desc limit -1 offset ?"
        try:
            with self._connection:
                values = (key, time.time_ns(), said, data)
                self._connection.execute("insert or replace into linked values (?, ?, ?, ?)", values)
                self._connection.execute(f"delete from linked where key in ({older})", (MOST_LINKED,))
        except sqlite3.Error as error:
            self._do_without(f"cannot be written: {error}", "what is new is not kept")

    def blobs(self, wanted: Mapping[str, str], key: str) -> dict[str, FileFacts]:
        """The facts of files of commits, by path, as far as known; ``wanted`` has git's names of their contents."""
        if self._connection is None:
            return {}
        query = "select signature, facts from blobs where path = ? and key = ? and blob = ?"
        found: dict[str, FileFacts] = {}
        try:
            for path, blob in wanted.items():
                row = self._connection.execute(query, (path, key, blob)).fetchone()
                stored = None if row is None else self._read((path, key, blob), *row)
                if stored is not None:
                    found[path] = stored.facts
        except sqlite3.Error as error:
            self._do_without(f"cannot be read: {error}")
        return found

    def keep_blobs(self, blobs: Mapping[str, str], found: Iterable[FileFacts], key: str) -> None:
        """Store the facts of files of commits whose analysis did not fail by our fault."""
        if self._connection is None:
            return
        now = time.time_ns()
        rows = [
            (each.path, key, blobs[each.path], now, *_sealed((each.path, key, blobs[each.path]), each))
            for each in found
            if not any(notice.fatal for notice in each.notices)
        ]
        try:
            with self._connection:
                self._connection.execute("delete from blobs where checked < ?", (now - FORGOTTEN,))
                self._connection.executemany("insert or replace into blobs values (?, ?, ?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            self._do_without(f"cannot be written: {error}", "what is new is not kept")

    def _read(self, of: tuple[str, str, str], signature: bytes, blob: bytes) -> Stored | None:
        signed = secret.is_signed(_statement(of, blob), signature)
        facts = unseal(of[0], blob, whole=not signed) if signed or self._vouched else None
        return Stored(facts, signature if signed else b"") if facts is not None else None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@contextmanager
def opened(root: Path, vouched: bool, tracked: bool, wanted: bool = True) -> Iterator[Store]:
    """The store of the project at ``root``, closed at the end. ``vouched``: git knows the folder."""
    store = Store(root, vouched, tracked, wanted)
    try:
        yield store
    finally:
        store.close()


def _sealed(of: tuple[str, str, str], facts: FileFacts) -> tuple[bytes, bytes]:
    """The signature, empty where no secret can be kept, and what is signed with ``of``: path, key, digest."""
    blob = seal(facts)
    return secret.signature(_statement(of, blob)) or b"", blob


def _statement(of: tuple[str, str, str], blob: bytes) -> bytes:
    return b"\0".join((*(each.encode("utf-8", "surrogatepass") for each in of), blob))


def _of_law(key: str, data: bytes) -> bytes:
    return b"linked\0" + key.encode() + b"\0" + data


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5)
    try:
        layout = connection.execute("pragma user_version").fetchone()[0]
        if layout not in (0, LAYOUT):
            raise sqlite3.DatabaseError("another layout")
        if layout != LAYOUT:
            connection.executescript(_SCHEMA)
            connection.execute(f"pragma user_version = {LAYOUT}")
            connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _refusal(folder: Path) -> str | None:
    """Why a store that is there is not to be trusted."""
    for path in (folder, *(sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else ())):
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            continue
        if stat.S_ISLNK(status.st_mode):
            return f"{path.name} is a link"
        if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
            return f"{path.name} belongs to another user"
    if folder.exists() and not folder.is_dir():
        return "it is no folder"
    return None


def contents(root: Path) -> tuple[int, int]:
    """How many bytes the store of a project takes, and how many whole runs are in it; zeros when there is none."""
    try:
        with os.scandir(root / FOLDER) as entries:
            sizes = {entry.name: entry.stat(follow_symlinks=False).st_size for entry in entries}
    except OSError:
        return 0, 0
    return sum(sizes.values()), sum(name.endswith(kept_run.SUFFIX) for name in sizes)


def remove(root: Path) -> bool:
    """Remove the store of a project; false when there was none. Nothing else is touched."""
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return False
    for path in folder.iterdir():
        if path.name in {".gitignore", DATABASE, f"{DATABASE}-journal"} or kept_run.SUFFIX in path.name:
            path.unlink()
    folder.rmdir()
    return True
