"""Requirements files that only their use tells."""

from __future__ import annotations

from pathlib import Path

from tests.toy import check, commit, mldebt, write


def planted(root: Path) -> Path:
    write(root / "mldebt.toml", "")
    write(root / "requirements.txt", "-r deps/base.lst\n-c ../outside.txt\n-r missing.txt\n-r http.requirements\n")
    write(root / "http.requirements", "keras\n")
    write(root / "deps" / "base.lst", "torch\n-r more.txt\n-r base.lst\n")
    write(root / "deps" / "more.txt", "pandas\n# a note\n")
    write(root / "notes.txt", "tensorflow\n")
    write(root / "image" / "Dockerfile", "FROM python:3.11.4\nCOPY needs.list .\nRUN pip install -r needs.list\n")
    write(root / "image" / "needs.list", "xgboost\n")
    return root


def sites(root: Path, *arguments: str) -> set[tuple[str, int]]:
    found = check(root, *arguments).findings
    return {(each["path"], each["line"]) for each in found if each["code"] == "PIN001" and each["status"] == "open"}


FOUND = {
    ("http.requirements", 1), ("deps/base.lst", 1), ("deps/more.txt", 1), ("image/needs.list", 1),
}  # fmt: skip


def test_they_are_read_whatever_their_names(tmp_path: Path) -> None:
    root = planted(tmp_path)
    assert sites(root) == FOUND
    assert sites(root) == FOUND, "from the store, too"
    assert sites(root, "--no-cache", "--jobs", "2") == FOUND


def test_what_is_not_there_or_outside_is_told(tmp_path: Path) -> None:
    told = mldebt(planted(tmp_path), "check").err
    assert "requirements.txt:2: notice: ../outside.txt is outside the root and is not read" in told
    assert "requirements.txt:3: notice: missing.txt, which it includes, is not there" in told


def test_what_is_excluded_or_untracked_stays_unread(tmp_path: Path) -> None:
    root = planted(tmp_path)
    assert sites(root, "--exclude", "deps/") == {("http.requirements", 1), ("image/needs.list", 1)}
    commit(root)
    write(root / "extra" / "requirements.txt", "-r other.list\n")
    write(root / "extra" / "other.list", "torch\n")
    assert sites(root) == FOUND


def test_a_commit_has_them_too(tmp_path: Path) -> None:
    root = planted(tmp_path)
    commit(root)
    write(root / "deps" / "base.lst", "torch\nscikit-learn\n-r more.txt\n")
    assert sites(root, "--new") == {("deps/base.lst", 2)}


def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path / "secret.list", "torch\n")
    write(root / "mldebt.toml", "")
    write(root / "requirements.txt", "-r inside.list\n")
    (root / "inside.list").symlink_to(tmp_path / "secret.list")
    assert sites(root) == set()
