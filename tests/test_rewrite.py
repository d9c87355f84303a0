"""Writing files anew: what may be written, and that all or nothing is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mldebt.rewrite import Change, obstacle, write
from mldebt.tree import WorkingTree


def planted(folder: Path) -> WorkingTree:
    root = folder / "project"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_bytes(b"one\n")
    (root / "sub" / "b.txt").write_bytes(b"two\n")
    (folder / "outside.txt").write_bytes(b"outside\n")
    return WorkingTree.of(root)


def names(tree: WorkingTree) -> set[str]:
    return {path.name for path in tree.root.rglob("*")}


def test_files_are_replaced_and_keep_their_mode(tmp_path: Path) -> None:
    tree = planted(tmp_path)
    os.chmod(tree.root / "a.txt", 0o750)
    before = names(tree)
    assert write(tree, {"a.txt": Change(b"one\n", b"1\r\n"), "sub/b.txt": Change(b"two\n", b"")}) == {}
    assert (tree.root / "a.txt").read_bytes() == b"1\r\n"
    assert (tree.root / "sub" / "b.txt").read_bytes() == b""
    assert stat.S_IMODE((tree.root / "a.txt").stat().st_mode) == 0o750
    assert names(tree) == before  # nothing is left beside them


def test_what_changed_meanwhile_stays(tmp_path: Path) -> None:
    tree = planted(tmp_path)
    assert write(tree, {"a.txt": Change(b"older\n", b"1\n")}) == {"a.txt": "has changed since it was read"}
    assert (tree.root / "a.txt").read_bytes() == b"one\n"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../outside.txt", "leads out of the project's folder"),
        ("leads-out.txt", "leads out of the project's folder"),
        ("link.txt", "is a link"),
        ("read-only.txt", "is read-only"),
        ("missing.txt", "does not exist"),
        ("sub", "is a folder"),
        (".git/config", "is git's own"),
    ],
)
def test_what_is_not_written(tmp_path: Path, path: str, reason: str) -> None:
    tree = planted(tmp_path)
    (tree.root / "leads-out.txt").symlink_to(tmp_path / "outside.txt")
    (tree.root / "link.txt").symlink_to("a.txt")
    (tree.root / "read-only.txt").write_bytes(b"keep\n")
    (tree.root / "read-only.txt").chmod(0o444)
    (tree.root / ".git").mkdir()
    (tree.root / ".git" / "config").write_bytes(b"")
    assert obstacle(tree, path) == reason
    told = write(tree, {"a.txt": Change(b"one\n", b"1\n"), path: Change(b"", b"x")})
    assert told[path] == reason
    assert set(told) == {"a.txt", path}
    assert (tree.root / "a.txt").read_bytes() == b"one\n"
    assert (tmp_path / "outside.txt").read_bytes() == b"outside\n"
    assert not [name for name in names(tree) if name.startswith(".mldebt-")]
