"""What a run reads: with git, without, and what is named in spite of both."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from mldebt.config import Config
from mldebt.discover import Discovery, Shown, Source, discover, kind_of, origin_of, sources_among
from mldebt.roots import Named, Root, find_root
from mldebt.sources.manifests import reading
from mldebt.tree import Overlay, WorkingTree


def write(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@index.example.org", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def run(
    folder: Path, named: Sequence[str] = (".",), exclude: Sequence[str] = (), force_exclude: bool = False
) -> Discovery:
    root = find_root(".", folder)
    config = Config(exclude=tuple(exclude))
    tree = WorkingTree.of(root.path)
    return discover(tree, root, config, root.named(named, folder), force_exclude=force_exclude)


def paths(found: Discovery) -> list[str]:
    return [source.path for source in found.sources]


def kinds(found: Discovery) -> list[tuple[str, str]]:
    return [(notice.kind, notice.path) for notice in found.notices]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/b.py", "python"),
        ("a.pyi", None),
        ("a.pyc", None),
        ("n.ipynb", "notebook"),
        ("requirements.txt", "manifest"),
        ("a/requirements-dev.in", "manifest"),
        ("requirements/base.txt", "manifest"),
        ("constraints.txt", "manifest"),
        ("notes.txt", None),
        ("pyproject.toml", "manifest"),
        ("x/uv.lock", "lock"),
        ("pylock.dev.toml", "lock"),
        ("Pipfile.lock", "lock"),
        ("package.lock", None),
    ],
)
def test_kinds(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


@pytest.mark.parametrize("reader", reading.READERS, ids=lambda reader: reader.dialect)
def test_every_manifest_that_has_a_reader_is_a_source(reader: reading.Reader) -> None:
    names = ["pyproject.toml", "uv.lock", "pdm.lock", "poetry.lock", "Pipfile.lock", "pylock.toml", "pylock.gpu.toml"]
    names += [
        "requirements.txt",
        "dev-requirements.in",
        "Requirements_gpu.PIP",
        "constraints.txt",
        "requirements/gpu.txt",
    ]
    names += ["Dockerfile", "Dockerfile.gpu", "Containerfile", "train.dockerfile", "Dockerfile-gpu", "environment.yml"]
    names += [
        "environment.yaml",
        "conda.yaml",
        "setup.cfg",
        "setup.py",
        "Pipfile",
        "meta.yaml",
        "action.yml",
        "app.yaml",
    ]
    names += [
        "pixi.toml",
        "MLproject",
        ".python-version",
        "compose.yaml",
        ".gitlab-ci.yml",
        "chart/values.yaml",
        "setup.sh",
    ]
    read = [name for name in names if reader.pattern.search(name)]
    assert read
    assert [name for name in read if kind_of(name) is None] == []
    assert all(kind_of(f"deep/er/{name}") == kind_of(name) for name in read)


def test_walk_honours_ignore_files_and_built_in_exclusions(tmp_path: Path) -> None:
    write(
        tmp_path,
        "b.py",
        "a.py",
        "a/z.py",
        "build/x.py",
        ".venv/y.py",
        "a/node_modules/q.py",
        "a/gone.py",
        "a/kept/gone.py",
    )
    write(tmp_path, "env/pyvenv.cfg", "env/lib/x.py", "logs/l.py", "data.csv", "requirements.txt")
    (tmp_path / ".gitignore").write_text("gone.py\n/logs/\n")
    (tmp_path / "a" / "kept" / ".gitignore").write_text("!gone.py\n")
    found = run(tmp_path)
    assert found.sources == (
        Source("a.py", "python"),
        Source("a/kept/gone.py", "python"),
        Source("a/z.py", "python"),
        Source("b.py", "python"),
        Source("requirements.txt", "manifest"),
    )
    assert found.notices == ()


def test_walk_follows_no_links_and_opens_no_odd_files(tmp_path: Path) -> None:
    write(tmp_path, "real/a.py")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.py").symlink_to("real/a.py")
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "fifo.py")
    assert paths(run(tmp_path)) == ["real/a.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
def test_folders_that_cannot_be_listed_are_notices(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "shut/b.py")
    (tmp_path / "shut").chmod(0)
    try:
        found = run(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)
    assert (paths(found), kinds(found)) == (["a.py"], [("unreadable", "shut")])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "repository"
    write(folder, "a.py", "sub/b.py", "sub/n.ipynb", "build/c.py", "venv/d.py", "gone.py", "ignored/e.py", "é ü.py")
    (folder / ".gitignore").write_text("ignored/\n")
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "add", "--force", "venv")
    git(folder, "commit", "-q", "-m", "all")
    (folder / "gone.py").unlink()
    return folder


def test_git_lists_what_it_tracks(repository: Path) -> None:
    found = run(repository)
    assert paths(found) == ["a.py", "build/c.py", "sub/b.py", "sub/n.ipynb", "é ü.py"]
    assert found.notices == ()


def test_links_and_submodules_are_left_out(repository: Path, tmp_path: Path) -> None:
    (repository / "link.py").symlink_to("a.py")
    git(tmp_path, "clone", "-q", str(repository), "other")
    git(repository, "submodule", "add", "-q", str(tmp_path / "other"), "module")
    git(repository, "add", "link.py")
    found = paths(run(repository))
    assert "a.py" in found
    assert not [path for path in found if path.startswith(("link", "module"))]


def test_untracked_files_are_read_when_named_and_told_when_not(repository: Path) -> None:
    write(repository, "new.py", "sub/new.py", "new.txt")
    found = run(repository, ["new.py"])
    assert "new.py" in paths(found)
    assert [notice.message for notice in found.notices] == [
        "1 file that git does not track was not read: sub/new.py; git add them, or name them"
    ]
    assert "sub/new.py" not in paths(run(repository))


def test_a_fresh_repository_is_walked(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "a.py", "sub/b.py", "build/c.py")
    assert (paths(run(tmp_path)), kinds(run(tmp_path))) == (["a.py", "sub/b.py"], [])


def test_a_named_folder_that_git_ignores_is_walked(repository: Path) -> None:
    assert "ignored/e.py" in paths(run(repository, ["ignored"]))
    assert "ignored/e.py" not in paths(run(repository, ["."]))


def test_a_root_below_the_git_top_lists_its_own(repository: Path) -> None:
    write(repository, "sub/mldebt.toml")
    assert paths(run(repository / "sub")) == ["b.py", "n.ipynb"]


def test_packages_that_were_installed_into_the_project_are_others(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    installed = ("requests/api.py", "requests-2.26.0.dist-info/RECORD", "six.py", "six-1.16.0.dist-info/RECORD")
    others = ("yaml/nodes.py", "PyYAML-6.0.dist-info/RECORD", "git_hub/a.py", "git-hub-2.dist-info/RECORD")
    write(folder, "requests/mine.py", "job/handler.py", "job/requests_like.py")
    write(folder, *(f"job/{each}" for each in (*installed, *others)))
    assert paths(run(folder)) == ["job/handler.py", "job/requests_like.py", "requests/mine.py"]
    assert paths(run(folder, ["job/six.py"])) == [
        "job/handler.py",
        "job/requests_like.py",
        "job/six.py",
        "requests/mine.py",
    ]
    every = (str(each.relative_to(folder)) for each in folder.rglob("*.py"))
    listed = [*every, *(f"job/{each}" for each in (*installed, *others))]
    assert [each.path for each in sources_among(listed, Config())] == paths(run(folder))


def test_exclude_adds_to_the_built_in_ones(repository: Path) -> None:
    assert paths(run(repository, exclude=["sub/", "*ü.py"])) == ["a.py", "build/c.py"]


def test_what_is_named_is_read_though_excluded(repository: Path) -> None:
    named = ["sub/b.py", "venv"]
    assert paths(run(repository, named, ["sub/"])) == ["a.py", "build/c.py", "sub/b.py", "venv/d.py", "é ü.py"]
    assert paths(run(repository, named, ["sub/"], force_exclude=True)) == ["a.py", "build/c.py", "é ü.py"]
    assert paths(run(repository, ["."], ["*"])) == []


def test_a_named_file_of_no_kind_is_a_notice(repository: Path) -> None:
    write(repository, "notes.md")
    found = run(repository, ["notes.md"])
    assert ("not-a-source", "notes.md") in kinds(found)


def test_an_overlaid_file_need_not_exist(repository: Path) -> None:
    root = Root(repository, repository)
    tree = Overlay(WorkingTree.of(repository), {"unsaved.py": b""})
    found = discover(tree, root, Config(), (Named("unsaved.py", False),))
    assert "unsaved.py" in paths(found)


def test_nested_configurations_are_named(repository: Path) -> None:
    write(repository, "sub/mldebt.toml")
    (repository / "build" / "pyproject.toml").write_text("[tool.mldebt]\n")
    (repository / "pyproject.toml").write_text("[tool.mldebt]\n")
    git(repository, "add", "--all")
    assert kinds(run(repository)) == [
        ("nested-configuration", "build/pyproject.toml"),
        ("nested-configuration", "sub/mldebt.toml"),
    ]


def test_a_hostile_repository_runs_nothing(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    trap.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(trap))
    git(repository, "config", "core.hooksPath", str(tmp_path))
    git(repository, "config", "core.pager", str(trap))
    git(repository, "config", "filter.x.clean", str(trap))
    (repository / ".gitattributes").write_text("* filter=x\n")
    (repository / "a.py").write_text("changed")
    assert "a.py" in paths(run(repository))
    assert not (tmp_path / "sprung").exists()


def test_what_hooks_leave_in_the_environment_does_not_matter(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "elsewhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "elsewhere")
    assert (paths(run(repository))[0], run(repository).notices) == ("a.py", ())


def test_without_git_the_folder_is_walked_and_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = run(repository)
    assert paths(found) == ["a.py", "sub/b.py", "sub/n.ipynb", "é ü.py"]
    assert [notice.message for notice in found.notices] == [
        "git is not installed; all files of the folder were listed instead"
    ]


def test_a_git_that_lies_in_the_repository_is_not_run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "git").write_text(f"#!/bin/sh\ntouch {repository}/sprung\n")
    (repository / "git").chmod(0o755)
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", ".")
    assert kinds(run(repository)) == [("git-unavailable", "")]
    assert not (repository / "sprung").exists()


def test_a_broken_repository_is_walked_and_told(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    found = run(tmp_path)
    assert paths(found) == ["a.py"]
    assert [notice.kind for notice in found.notices] == ["git-unavailable"]


def test_names_that_cannot_be_written_down_are_notices(repository: Path) -> None:
    try:
        (repository / os.fsdecode(b"bad\xff.py")).touch()
    except OSError:
        pytest.skip("the file system takes no such names")
    git(repository, "add", "--all")
    by_git = run(repository)
    (repository / ".git").rename(repository.parent / "away")
    for found in (by_git, run(repository)):
        assert all("bad" not in path for path in paths(found))
        assert kinds(found) == [("undecodable", "bad\\udcff.py")]


def test_shown() -> None:
    shown = Shown.of([Named("a.py", False), Named("sub", True)])
    assert [path for path in ("a.py", "b.py", "sub/x.py", "subx.py", "sub") if shown(path)] == ["a.py", "sub/x.py"]
    assert Shown.of([Named(".", True)])("any/thing.py")


@pytest.mark.parametrize(
    ("path", "data", "origin"),
    [
        ("a.py", b"x = 1", "own"),
        ("pkg/_vendor/a.py", b"", "vendored"),
        ("third_party/a.py", b"", "vendored"),
        ("vendors/a.py", b"", "own"),
        ("a_pb2.py", b"", "generated"),
        ("app/migrations/0001_initial.py", b"", "generated"),
        ("app/migrations/helpers.py", b"", "own"),
        ("alembic/versions/ab12_x.py", b"", "generated"),
        ("a.py", b"#!/usr/bin/python\n# This file is AUTO-GENERATED by x\n", "generated"),
        ("a.py", b"# Generated by x. DO NOT EDIT!\n", "generated"),
        ("a.py", b'"""Autogenerated API."""\n', "generated"),
        ("a.py", b"text = 'autogenerated'\n", "own"),
        ("a.py", b"x = 1\n" * 9 + b"# do not edit\n", "own"),
    ],
)
def test_origin(path: str, data: bytes, origin: str) -> None:
    assert origin_of(path, data) == origin
