"""Where the root of a run is, and what the paths of the command line are under it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Config
from mldebt.errors import ConfigError, UserError
from mldebt.roots import Named, Root, find_root, load_config
from mldebt.tree import Overlay, WorkingTree


@pytest.fixture
def project(tmp_path: Path) -> Path:
    top = tmp_path.resolve() / "project"
    (top / "sub" / "deep").mkdir(parents=True)
    (top / "sub" / "deep" / "a.py").touch()
    return top


def test_the_nearest_configuration_is_the_root(project: Path) -> None:
    (project / "mldebt.toml").touch()
    assert find_root("sub/deep/a.py", project).path == project
    (project / "sub" / "pyproject.toml").write_text("[project]\n")
    assert find_root("sub/deep/a.py", project).path == project
    (project / "sub" / "pyproject.toml").write_text("[tool.mldebt]\n")
    assert find_root("sub/deep/a.py", project).path == project / "sub"
    assert find_root(".", project / "sub" / "deep").path == project / "sub"


def test_a_nearer_git_stops_the_search(project: Path) -> None:
    (project / "mldebt.toml").touch()
    (project / "sub" / ".git").mkdir()
    assert find_root("sub/deep", project) == Root(project / "sub", project / "sub")


def test_a_configuration_below_the_git_top_is_the_root(project: Path) -> None:
    (project / ".git").write_text("gitdir: elsewhere\n")  # a worktree's is a file
    (project / "sub" / "mldebt.toml").touch()
    assert find_root("sub/deep", project) == Root(project / "sub", project)


def test_else_it_is_the_path_s_own_folder(project: Path) -> None:
    assert find_root("sub/deep/a.py", project) == Root(project / "sub" / "deep", None)
    assert find_root("sub/deep/not-there.py", project).path == project / "sub" / "deep"


def test_given(project: Path) -> None:
    (project / ".git").mkdir()
    assert find_root("sub/deep", project, "sub") == Root(project / "sub", project)
    with pytest.raises(UserError, match=r"--root: no such folder: sub/deep/a\.py"):
        find_root(".", project, "sub/deep/a.py")


def test_named_paths(project: Path) -> None:
    root = Root(project, None)
    named = root.named([".", "deep/a.py", "../sub", "deep/a.py"], project / "sub")
    assert named == (Named("sub", True), Named("sub/deep/a.py", False))
    assert root.named(["."], project) == (Named(".", True),)
    assert root.relative("x/new.py", project) == "x/new.py"


def test_named_paths_that_are_not_there_or_elsewhere(project: Path, tmp_path: Path) -> None:
    root = Root(project, None)
    for written in ("none.py", "sub/deep/a.py/x", "a\0b"):
        with pytest.raises(UserError, match="no such file or directory"):
            root.named([written], project)
    (tmp_path / "other").mkdir()
    (project / "link").symlink_to(tmp_path / "other")
    for written in ("..", "link", "../other"):
        with pytest.raises(UserError, match="is outside the project's root"):
            root.named([written], project)


def test_configuration_comes_through_the_tree(project: Path) -> None:
    tree = WorkingTree.of(project)
    assert load_config(tree, ()) == Config()
    (project / "pyproject.toml").mkdir()
    assert load_config(tree, ()) == Config()
    assert load_config(Overlay(tree, {"mldebt.toml": b"strict = true"}), ()) == Config(path="mldebt.toml", strict=True)
    (project / "mldebt.toml").mkdir()
    with pytest.raises(ConfigError, match=r"^mldebt\.toml is a folder$"):
        load_config(tree, ())
