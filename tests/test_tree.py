"""The working tree and the overlay: what is read, and what is refused with which words."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from mldebt.tree import Overlay, Stamp, Tree, UnreadableError, WorkingTree


def refusal(tree: Tree, path: str) -> tuple[str, str]:
    with pytest.raises(UnreadableError) as read:
        tree.read(path)
    with pytest.raises(UnreadableError) as looked:
        tree.stat(path)
    assert read.value.kind == looked.value.kind
    assert not tree.exists(path)
    return read.value.kind, read.value.reason


def test_reads_bytes_and_stamps(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "é.py").write_bytes(b"x = 1\r\n")
    tree = WorkingTree.of(tmp_path)
    assert tree.read("a/é.py") == b"x = 1\r\n"
    assert tree.stat("a/é.py").size == 7
    assert tree.exists("a/é.py")


@pytest.mark.parametrize("path", ["none.py", "a.py/b.py", "x/../none.py"])
def test_missing(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.py").touch()
    assert refusal(WorkingTree.of(tmp_path), path) == ("missing", "does not exist")


def test_a_null_byte_in_a_path_is_refused(tmp_path: Path) -> None:
    assert refusal(WorkingTree.of(tmp_path), "a\0b")[0] == "unreadable"


@pytest.mark.parametrize("path", ["../secret.py", "link.py", "folder/secret.py", "a/../../secret.py"])
def test_nothing_leads_out_of_the_root(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (tmp_path / "secret.py").write_text("x = 1")
    (root / "link.py").symlink_to(tmp_path / "secret.py")
    (root / "folder").symlink_to(tmp_path)
    assert refusal(WorkingTree.of(root), path)[0] == "outside-root"


def test_an_absolute_path_is_outside(tmp_path: Path) -> None:
    assert refusal(WorkingTree.of(tmp_path), os.path.abspath(__file__))[0] == "outside-root"


def test_a_sibling_whose_name_starts_like_the_root_is_outside(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root2").mkdir()
    (tmp_path / "root2" / "a.py").touch()
    assert refusal(WorkingTree.of(tmp_path / "root"), "../root2/a.py")[0] == "outside-root"


def test_links_inside_the_root_and_a_root_behind_a_link_are_fine(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text("x")
    (root / "b.py").symlink_to("a.py")
    (tmp_path / "alias").symlink_to(root)
    assert WorkingTree.of(tmp_path / "alias").read("b.py") == b"x"


def test_what_is_not_a_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    tree = WorkingTree.of(tmp_path)
    assert refusal(tree, "folder.py") == ("not-a-file", "is a folder")
    assert refusal(tree, "fifo.py") == ("not-a-file", "is not a regular file")
    assert refusal(tree, "loop.py")[0] == "unreadable"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.py")
        tree = WorkingTree.of(tmp_path)
        with pytest.raises(UnreadableError):
            tree.read("s.py")


def test_size_limit(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"12345")
    assert WorkingTree.of(tmp_path, largest=5).read("a.py") == b"12345"
    assert refusal_of_size(WorkingTree.of(tmp_path, largest=4)) == "is larger than 4 bytes (5)"


def refusal_of_size(tree: WorkingTree) -> str:
    with pytest.raises(UnreadableError) as caught:
        tree.read("a.py")
    assert caught.value.kind == "too-large"
    return caught.value.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permission_denied(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch(mode=0)
    with pytest.raises(UnreadableError, match="permission denied"):
        WorkingTree.of(tmp_path).read("a.py")


def test_overlay_hides_the_disk_and_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("disk")
    (tmp_path / "b.py").write_text("disk")
    tree = Overlay(WorkingTree.of(tmp_path), {"a.py": b"buffer", "new.py": b""})
    assert [tree.read(path) for path in ("a.py", "b.py", "new.py")] == [b"buffer", b"disk", b""]
    assert tree.stat("a.py") == Stamp(6, 0)
    assert tree.exists("new.py")
    assert tree.root == tmp_path.resolve()
    assert refusal(tree, "c.py")[0] == "missing"
