"""``check --new`` and ``check --since``: what was owed before is found in git's objects, by identity."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mldebt import base
from tests.repository import begin, git, record
from tests.toy import CALLER, SCORING, Ran, check, mldebt, plant, write


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    root = begin(plant(tmp_path / "toy"))
    record(root)
    return root


def new(ran: Ran) -> list[tuple[str, int, str]]:
    """Where the findings are that count."""
    assert ran.code in (0, 1), ran.err
    found = [each for each in ran.findings if each["status"] == "open"]
    assert ran.code == int(bool(found))
    assert {each["novelty"] for each in found} <= {"new"}
    return [(each["path"], each["line"], each["code"]) for each in found]


# --- what is new -----------------------------------------------------------------------------------


def test_old_debt_is_known(toy: Path) -> None:
    ran = check(toy, "--new")
    assert new(ran) == []
    assert ran.document["summary"]["baselined"] == 6
    assert check(toy).code == 1


def test_an_edit_of_an_old_file_blocks_on_nothing(toy: Path) -> None:
    moved = CALLER.replace("import os\n", "import os\nimport sys\n\n\n").replace("< 0.31", "  <  0.31  # low")
    write(toy / "app/feed.py", moved)
    write(toy / "app/scoring.py", SCORING.replace("net(batch)", "net(\n        batch,\n    )"))
    assert new(check(toy, "--new")) == []


def test_work_on_a_function_is_not_new_debt_of_it(toy: Path) -> None:
    """What is said of a whole function stays known whatever is done to its body."""
    write(toy / "mldebt.toml", 'select = ["CFG004"]\n[rules.CFG004]\nmin-parameters = 3\n')
    given = ", ".join(f"{name}=0.1" for name in ("rate", "decay", "clip", "warm", "beta"))
    text = f"import torch\n\n\ndef train(net, {given}):\n    return net\n"
    write(toy / "app/train.py", text)
    record(toy)
    write(toy / "app/train.py", text.replace("return net", "net.fit()\n    return net"))
    assert check(toy, "--new").code == 0


def test_what_is_added_is_new(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER + "\n\ndef again(net, batch):\n    return judge(net, batch) > 0.9\n")
    assert new(check(toy, "--new")) == [("app/feed.py", 13, "THR001")]


def test_of_two_alike_one_is_new(toy: Path) -> None:
    write(toy / "requirements.txt", "torch\nnumpy==2.1.0\n\n\ntorch\n")
    assert len(new(check(toy, "--new"))) == 1


def test_a_finding_of_the_project_is_known_wherever_it_stands(toy: Path) -> None:
    write(toy / "app/before.py", CALLER.replace("< 0.31", "is None"))  # the flag is found here first, now
    git(toy, "add", "-A")
    ran = check(toy, "--new")
    assert [each["path"] for each in ran.findings if each["code"] == "FLG001"] == ["app/before.py"]
    assert new(ran) == []


def test_what_is_no_longer_suppressed_is_new(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER.replace("< 0.31", "< 0.31  # mldebt: ignore[THR001] accepted -- agreed"))
    record(toy)
    assert new(check(toy, "--new")) == []
    write(toy / "app/feed.py", CALLER)
    assert new(check(toy, "--new")) == [("app/feed.py", 9, "THR001")]


def test_only_what_is_shown_counts(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER.replace("0.31", "0.9"))
    assert new(check(toy, "jobs", "--new")) == []
    assert new(check(toy, "app/feed.py", "--new")) == [("app/feed.py", 9, "THR001")]


def test_untracked_files_that_are_named_are_new(toy: Path) -> None:
    write(toy / "app/extra.py", CALLER.replace("ENABLE_NEW_RANKER", "OTHER"))
    assert new(check(toy, "app/extra.py", "--new")) == [("app/extra.py", 9, "THR001")]


def test_standard_input_is_compared_too(toy: Path) -> None:
    here = ("-", "--stdin-filename", "app/feed.py", "--new")
    assert new(check(toy, *here, stdin=CALLER)) == []
    assert new(check(toy, *here, stdin=CALLER.replace("0.31", "0.9"))) == [("app/feed.py", 9, "THR001")]


def test_a_project_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    top = begin(tmp_path / "top")
    root = plant(top / "services" / "toy")
    record(top)
    write(root / "app/feed.py", CALLER.replace("0.31", "0.9"))
    assert new(check(root, "--new")) == [("app/feed.py", 9, "THR001")]


def test_line_ends_of_the_system_change_nothing(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (toy / "app/feed.py").write_bytes(CALLER.replace("\n", "\r\n").encode())
    asked: list[object] = []

    def watched(folder: Path, missing: Any, facts: Any) -> Any:
        asked.extend(missing)
        return {}

    monkeypatch.setattr(base, "_analysed", watched)
    assert new(check(toy, "--new")) == []
    assert asked == []


def test_what_comes_in_by_a_merge_is_known(toy: Path) -> None:
    git(toy, "checkout", "-q", "-b", "theirs")
    write(toy / "app/theirs.py", CALLER.replace("0.31", "0.9"))
    record(toy)
    git(toy, "checkout", "-q", "main")
    write(toy / "app/ours.py", CALLER.replace("0.31", "0.8"))
    record(toy)
    git(toy, "merge", "-q", "--no-commit", "theirs")
    assert new(check(toy, "--new")) == []


# --- renamed files ---------------------------------------------------------------------------------


def test_a_renamed_file_keeps_its_debt(toy: Path) -> None:
    git(toy, "mv", "app/feed.py", "app/stream.py")
    assert new(check(toy, "--new")) == []


def test_a_renamed_and_edited_file_keeps_its_debt(toy: Path) -> None:
    git(toy, "mv", "jobs/nightly.py", "app/by_night.py")
    write(toy / "app/by_night.py", CALLER + "\n\ndef more(net, batch):\n    return judge(net, batch) > 0.9\n")
    assert new(check(toy, "--new")) == [("app/by_night.py", 13, "THR001")]


def test_a_renamed_and_reformatted_file_keeps_its_debt(toy: Path) -> None:
    git(toy, "mv", "jobs/nightly.py", "app/by_night.py")
    write(toy / "app/by_night.py", CALLER.replace("(", "(\n        ").replace(")", ",\n    )").replace("    ", "  "))
    assert new(check(toy, "--new")) == []


def test_a_copy_is_new(toy: Path) -> None:
    write(toy / "app/copy.py", CALLER)
    git(toy, "add", "-A")
    assert new(check(toy, "--new")) == [("app/copy.py", 9, "THR001")]


def test_another_file_is_no_rename(toy: Path) -> None:
    git(toy, "rm", "-q", "jobs/nightly.py")
    other = "from app.scoring import judge\n\n\nclass Ranker:\n    '''Much else.'''\n\n" + "".join(
        f"    def step_{number}(self):\n        return {number}\n\n" for number in range(9)
    )
    write(toy / "app/other.py", other + "\ndef run(net, batch):\n    return judge(net, batch) < 0.31\n")
    git(toy, "add", "-A")
    assert [path for path, _, _ in new(check(toy, "--new"))] == ["app/other.py"]


# --- since -----------------------------------------------------------------------------------------


def test_since_looks_from_where_the_branches_parted(toy: Path) -> None:
    git(toy, "checkout", "-q", "-b", "work")
    write(toy / "app/feed.py", CALLER.replace("0.31", "0.9"))
    record(toy)
    git(toy, "checkout", "-q", "main")
    write(toy / "app/search.py", CALLER.replace("< 0.31", "is None"))  # repaid on main, after the fork
    record(toy)
    git(toy, "checkout", "-q", "work")
    assert new(check(toy, "--since", "main")) == [("app/feed.py", 9, "THR001")]
    assert new(check(toy, "--new")) == []


def identities(ran: Ran, *statuses: str) -> Counter[str]:
    return Counter(each["identity"] for each in ran.document["findings"] if each["status"] in statuses)


STEPS: list[dict[str, str]] = [
    {"app/feed.py": CALLER.replace("0.31", "0.9")},
    {"app/scoring.py": SCORING.replace("0.72", "0.5")},
    {"requirements.txt": "torch>=2\nnumpy==2.1.0\n"},
    {"app/more.py": CALLER, "app/search.py": CALLER.replace("ENABLE_NEW_RANKER", "OTHER")},
    {"app/scoring.py": SCORING.replace("torch.sigmoid(net(batch)).item()", "net(batch)")},
    {"app/scoring.py": SCORING, "Dockerfile": "FROM python:latest\n"},
]


def test_since_is_the_difference_of_two_full_runs(toy: Path) -> None:
    made = [git(toy, "rev-parse", "HEAD")]
    full = [check(toy)]
    for step in STEPS:
        for path, text in step.items():
            write(toy / path, text)
        made.append(record(toy))
        full.append(check(toy))
    for number in range(1, len(made)):
        git(toy, "checkout", "-q", made[number])
        for earlier in range(number):
            ran = check(toy, "--since", made[earlier])
            expected = identities(full[number], "open") - identities(full[earlier], "open", "superseded")
            assert identities(ran, "open") == expected, (earlier, number)


def test_only_what_changed_is_analysed_and_that_once(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    analysed = base._analysed

    def watched(folder: Path, missing: Any, facts: Any) -> Any:
        asked.extend(each.path for each in missing)
        return analysed(folder, missing, facts)

    monkeypatch.setattr(base, "_analysed", watched)
    write(toy / "app/feed.py", CALLER.replace("0.31", "0.9"))
    assert new(check(toy, "--new")) == [("app/feed.py", 9, "THR001")]
    assert asked == ["app/feed.py"]
    assert new(check(toy, "--new")) == [("app/feed.py", 9, "THR001")]
    assert asked == ["app/feed.py"]


# --- what cannot be done ---------------------------------------------------------------------------


def refused(ran: Ran) -> str:
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    return ran.err


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    root = begin(plant(tmp_path / "toy"))
    git(root, "add", "-A")
    ran = check(root, "--new")
    assert len(new(ran)) == 6
    assert [each["kind"] for each in ran.document["notices"]] == ["no-commit"]
    assert "there is no such commit" in refused(check(root, "--since", "HEAD"))


@pytest.mark.parametrize("flags", [("--new",), ("--since", "main")])
def test_without_git(tmp_path: Path, flags: tuple[str, ...]) -> None:
    root = plant(tmp_path / "toy")
    assert "not a git repository" in refused(check(root, *flags))


@pytest.mark.parametrize("flags", [("--new",), ("--since", "main")])
def test_git_is_not_installed(toy: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]) -> None:
    monkeypatch.setenv("PATH", "")
    assert "git is not installed" in refused(check(toy, *flags))


@pytest.mark.parametrize("ref", ["origin/main", "-h", "--all", "", "a b", "HEAD:app"])
def test_a_reference_that_is_not_there(toy: Path, ref: str) -> None:
    assert "there is no such commit here; fetch it" in refused(mldebt(toy, "check", f"--since={ref}"))


def test_a_shallow_clone(toy: Path, tmp_path: Path) -> None:
    git(toy, "checkout", "-q", "-b", "work")
    for number in range(3):
        write(toy / "app/feed.py", CALLER.replace("0.31", f"0.{number + 4}"))
        record(toy)
    git(tmp_path, "clone", "-q", "--depth", "1", "-b", "work", toy.as_uri(), "shallow")
    clone = tmp_path / "shallow"
    assert "the clone is shallow" in refused(check(clone, "--since", "origin/main"))
    git(clone, "fetch", "-q", "--depth", "1", "origin", "main:main")
    assert "the clone is shallow" in refused(check(clone, "--since", "main"))
    git(clone, "fetch", "-q", "--unshallow", "origin")
    assert new(check(clone, "--since", "main")) == [("app/feed.py", 9, "THR001")]


def test_an_object_that_a_partial_clone_lacks(toy: Path) -> None:
    blob = git(toy, "rev-parse", "HEAD:app/feed.py")
    (toy / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert new(check(toy, "--new")) == []  # nobody needs it
    write(toy / "app/feed.py", CALLER.replace("0.31", "0.9"))
    assert "what was in app/feed.py is not in this clone; fetch it" in refused(check(toy, "--new"))


def test_histories_that_share_nothing(toy: Path) -> None:
    git(toy, "checkout", "-q", "--orphan", "other")
    record(toy, "begin anew")
    assert "it shares no commit with HEAD; compare with one that does" in refused(check(toy, "--since", "main"))


def test_a_comparison_needs_the_whole_project(toy: Path) -> None:
    assert "leave out --no-index" in refused(check(toy, "--new", "--no-index"))
