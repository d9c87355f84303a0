"""``mldebt suppress`` writes where it holds; ``mldebt suppressions`` lists what was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.repository import begin, git, record
from tests.toy import CONFIGURATION, SCORING, Ran, check, mldebt, plant, write

REASON = ("--reason", "agreed with risk")


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return plant(tmp_path / "toy")


def suppress(toy: Path, code: str, place: str, *more: str) -> Ran:
    ran = mldebt(toy, "suppress", code, place, *REASON, *more)
    assert (ran.code, ran.out) == (0, ""), ran.err
    return ran


def status(toy: Path, path: str, code: str, *more: str) -> list[str]:
    return [each["status"] for each in check(toy, *more).findings if (each["path"], each["code"]) == (path, code)]


def line(path: Path, number: int) -> str:
    return path.read_text("utf-8").splitlines()[number - 1]


# --- the right place -------------------------------------------------------------------------------


def test_behind_a_short_line(toy: Path) -> None:
    ran = suppress(toy, "THR001", "app/scoring.py:9", "--kind", "later", "--owner", "risk")
    comment = "# mldebt: ignore[THR001] later owner=risk -- agreed with risk"
    assert ran.err == f"app/scoring.py:9: {comment}\n"
    assert line(toy / "app/scoring.py", 9) == f"    return judge(net, batch) > 0.72  {comment}"
    assert status(toy, "app/scoring.py", "THR001") == ["suppressed"]


LONG = SCORING.replace("0.72", "0.72 and batch is not None and net is not None and len(batch) > 0 and bool(net)")
SPREAD = SCORING.replace(
    "return judge(net, batch) > 0.72",
    "return any(\n        [\n            net is None,\n            judge(net, batch) > 0.72,\n        ]\n    )",
)
CONTINUED = SCORING.replace("judge(net, batch) > 0.72", "net is None or \\\n        judge(net, batch) > 0.72")
DECORATED = f"""{SCORING}

@torch.no_grad()
@wrapped
def cut(net, batch, *, threshold=0.83):
    return judge(net, batch) > threshold
"""
TEXT = SCORING.replace("return judge(net, batch) > 0.72", 'return judge(net, batch) > 0.72, """\n  a # text\n"""')
NOTED = SCORING.replace("> 0.72", "> 0.72  # noqa")


@pytest.mark.parametrize(
    ("text", "at", "stands"),
    [
        (LONG, 9, (9, "    # mldebt: ignore[THR001] -- agreed with risk")),
        (SPREAD, 12, (9, "    return any(  # mldebt: ignore[THR001] -- agreed with risk")),
        (CONTINUED, 10, (10, "        judge(net, batch) > 0.72  # mldebt: ignore[THR001] -- agreed with risk")),
        (TEXT, 9, (9, "    # mldebt: ignore[THR001] -- agreed with risk")),
        (
            NOTED,
            9,
            (9, "    return judge(net, batch) > 0.72  # noqa  # mldebt: ignore[THR001] -- agreed with risk"),
        ),
    ],
    ids=["long", "spread", "continued", "text", "noted"],
)
def test_in_statements_of_all_shapes(toy: Path, text: str, at: int, stands: tuple[int, str]) -> None:
    write(toy / "app/scoring.py", text)
    assert [each["line"] for each in check(toy).findings if each["path"] == "app/scoring.py"] == [at]
    suppress(toy, "THR001", f"app/scoring.py:{at}")
    assert line(toy / "app/scoring.py", stands[0]) == stands[1]
    assert status(toy, "app/scoring.py", "THR001") == ["suppressed"]
    assert check(toy).document["notices"] == []


def test_above_decorators(toy: Path) -> None:
    write(toy / "mldebt.toml", 'select = ["THR003", "SUP"]\n')
    write(toy / "app/scoring.py", DECORATED)
    at = [each["line"] for each in check(toy).document["findings"] if each["code"] == "THR003"]
    assert at == [14]
    long = ("--reason", "a reason that is so long that it does not fit behind the line of code any more")
    assert mldebt(toy, "suppress", "THR003", "app/scoring.py:14", *long).code == 0
    assert line(toy / "app/scoring.py", 12).startswith("# mldebt: ignore[THR003] -- a reason")
    assert line(toy / "app/scoring.py", 13) == "@torch.no_grad()"
    found = [each for each in check(toy).document["findings"] if each["code"] == "THR003"]
    assert [each["status"] for each in found] == ["suppressed"]


def test_by_the_name_of_a_rule_that_reads_like_an_admission(toy: Path) -> None:
    suppress(toy, "hard-coded-score-threshold", "app/scoring.py:9")
    assert line(toy / "app/scoring.py", 9).endswith("# mldebt: ignore[hard-coded-score-threshold] -- agreed with risk")
    assert {each["code"] for each in check(toy).findings if each["path"] == "app/scoring.py"} == {"THR001"}


@pytest.mark.parametrize("place", ["app/scoring.py:9:12", "app/scoring.py:9:12:", "./app/../app/scoring.py:9"])
def test_the_place_as_a_report_has_it(toy: Path, place: str) -> None:
    suppress(toy, "THR001", place)
    assert status(toy, "app/scoring.py", "THR001") == ["suppressed"]


def test_through_links(toy: Path) -> None:
    (toy / "app" / "same.py").symlink_to("scoring.py")
    elsewhere = plant(toy.parent / "elsewhere")
    (toy / "app" / "other.py").symlink_to(elsewhere / "app" / "scoring.py")
    ran = mldebt(toy, "suppress", "THR001", "app/other.py:9", *REASON)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "app/other.py is outside the project's root" in ran.err
    assert line(elsewhere / "app/scoring.py", 9) == "    return judge(net, batch) > 0.72"
    ran = suppress(toy, "THR001", "app/same.py:9")
    assert ran.err.startswith("app/scoring.py:9: # mldebt: ignore[THR001]")
    assert (toy / "app" / "same.py").is_symlink()


def test_in_a_file_that_git_does_not_know(toy: Path) -> None:
    begin(toy)
    record(toy, "all")
    write(toy / "app/fresh.py", SCORING)
    suppress(toy, "THR001", "app/fresh.py:9")
    assert "ignore[THR001]" in line(toy / "app/fresh.py", 9)


def test_in_manifests_with_comments(toy: Path) -> None:
    suppress(toy, "PIN001", "requirements.txt:1")
    assert line(toy / "requirements.txt", 1) == "torch  # mldebt: ignore[PIN001] -- agreed with risk"
    assert status(toy, "requirements.txt", "PIN001") == ["suppressed"]


def test_one_site_of_a_finding_of_the_project(toy: Path) -> None:
    suppress(toy, "FLG001", "app/feed.py:7")
    assert "# mldebt: ignore[FLG001]" in line(toy / "app/feed.py", 7)


def test_line_ends_and_the_byte_order_mark_stay(toy: Path) -> None:
    path = toy / "app/scoring.py"
    path.write_bytes(b"\xef\xbb\xbf" + SCORING.replace("\n", "\r\n").encode())
    suppress(toy, "THR001", "app/scoring.py:9")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n") == SCORING.count("\n")


CELLS = {
    "cells": [
        {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": SCORING}
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.mark.parametrize("configuration", ["mldebt.toml", "pyproject.toml"])
def test_a_notebook_gets_an_entry_in_the_configuration(toy: Path, configuration: str) -> None:
    if configuration == "pyproject.toml":
        (toy / "mldebt.toml").unlink()
        write(toy / configuration, f"[tool.mldebt]\n{CONFIGURATION}")
    notebook = toy / "app/try [1].ipynb"
    notebook.write_text(json.dumps(CELLS, indent=1), encoding="utf-8")
    before = notebook.read_bytes()
    found = [each for each in check(toy).findings if each["path"].endswith(".ipynb")]
    ran = suppress(toy, "THR001", f"app/try [1].ipynb:{found[0]['line']}", "--until", "2027-03-31")
    assert notebook.read_bytes() == before
    table = "suppress" if configuration == "mldebt.toml" else "tool.mldebt.suppress"
    assert ran.err.startswith(f"{configuration}:")
    assert ran.err.endswith(f": [[{table}]] for THR001 in app/try [1].ipynb\n")
    assert (
        (toy / configuration)
        .read_text("utf-8")
        .endswith(
            f'\n[[{table}]]\npath = "/app/try\\\\ \\\\[1\\\\].ipynb"\ncode = "THR001"\nsymbol = "is_rude"\n'
            'reason = "agreed with risk"\nuntil = 2027-03-31\n'
        )
    )
    assert status(toy, "app/try [1].ipynb", "THR001") == ["suppressed"]


def test_without_a_configuration_one_is_made(tmp_path: Path) -> None:
    write(tmp_path / "try.ipynb", json.dumps(CELLS, indent=1))
    found = [each for each in check(tmp_path).findings if each["code"] == "THR001"]
    suppress(tmp_path, "THR001", f"try.ipynb:{found[0]['line']}")
    assert (tmp_path / "mldebt.toml").is_file()
    assert status(tmp_path, "try.ipynb", "THR001") == ["suppressed"]


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("THR001", "app/scoring.py"), "write the place as PATH:LINE"),
        (("THR001", "app/scoring.py:4"), "no THR001 to suppress; it stands in line 9"),
        (("THR006", "app/scoring.py:9"), "no THR006 to suppress; there is THR001"),
        (("THR006", "app/scoring.py:1"), "nothing of it is open in that file"),
        (("THR999", "app/scoring.py:9"), "there is no rule 'THR999'"),
        (("THR001", "app/none.py:9"), "there is no such file"),
        (("THR001", "app/scoring.py:9", "--until", "soon"), "is no day"),
        (("THR001", "app/scoring.py:9", "--until", "2020-01-01"), "--until 2020-01-01 has passed"),
        (("THR001", "app/scoring.py:9", "--reason", "see # 12"), "it holds what ends a suppression"),
        (("THR001", "app/scoring.py:9", "--owner", "team risk"), "expected wrong, accepted or later"),
    ],
)
def test_what_cannot_be_suppressed(toy: Path, arguments: tuple[str, ...], message: str) -> None:
    ran = mldebt(toy, "suppress", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert (toy / "app/scoring.py").read_text("utf-8") == SCORING


def test_twice(toy: Path) -> None:
    suppress(toy, "THR001", "app/scoring.py:9")
    ran = mldebt(toy, "suppress", "THR001", "app/scoring.py:9", *REASON)
    assert (ran.code, "no THR001 to suppress; what there is of it is suppressed already" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("policy", "more", "message"),
    [
        ('never = ["thresholds"]', REASON, "THR001 may not be suppressed"),
        ("require-reason = true", (), "a reason is required here"),
        ("max-days = 30", REASON, "must end within 30 days here"),
        ("max-days = 30", (*REASON, "--until", "2027-03-31"), "must end within 30 days here"),
        ("max-days = 30", (*REASON, "--kind", "wrong"), ""),
        ("max-days = 30", (*REASON, "--until", "2026-12-20"), ""),
    ],
)
def test_the_policy_holds_for_the_command_too(toy: Path, policy: str, more: tuple[str, ...], message: str) -> None:
    write(toy / "mldebt.toml", f"{CONFIGURATION}[suppressions]\n{policy}\n")
    ran = mldebt(toy, "suppress", "THR001", "app/scoring.py:9", "--as-of", "2026-11-27", *more)
    assert (ran.code, message in ran.err) == (2 if message else 0, True)


def test_a_read_only_file_and_a_link_are_left_alone(toy: Path) -> None:
    (toy / "app/scoring.py").chmod(0o444)
    ran = mldebt(toy, "suppress", "THR001", "app/scoring.py:9", *REASON)
    assert (ran.code, "is read-only" in ran.err) == (2, True)


# --- the list --------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Path:
    root = begin(plant(tmp_path / "toy"))
    record(root)
    suppress(root, "THR001", "app/feed.py:9", "--kind", "wrong")
    suppress(root, "THR001", "app/search.py:9", "--kind", "later", "--until", "2026-12-31", "--owner", "risk")
    record(root)
    suppress(
        root, "PIN001", "requirements.txt:1", "--kind", "accepted", "--until", "2026-11-01", "--as-of", "2026-10-01"
    )
    write(root / "app/idle.py", "x = 1  # mldebt: ignore[THR001]\n")
    git(root, "add", "-A")
    return root


def test_all_are_listed(written: Path) -> None:
    ran = mldebt(written, "suppressions", "--as-of", "2026-11-27")
    assert ran.out.splitlines() == [
        "app/feed.py:9: THR001: wrong, hides 1, 7 days old -- agreed with risk",
        "app/idle.py:1: THR001: no kind, hides nothing (no reason)",
        "app/search.py:9: THR001: later, hides 1, 7 days old, 34 days left, owner risk -- agreed with risk",
        "requirements.txt:1: PIN001: accepted, hides 1, 26 days overdue -- agreed with risk",
    ]
    assert mldebt(written, "suppressions", "jobs").out == ""


def test_kinds_are_counted_by_rule(written: Path) -> None:
    assert mldebt(written, "suppressions", "--by", "rule").out.splitlines() == [
        "rule       wrong  accepted   later  no kind",
        "PIN001         0         1       0        0",
        "THR001         1         0       1        0",
    ]


def test_the_list_for_programs(written: Path) -> None:
    document = mldebt(written, "suppressions", "--format", "json", "--as-of", "2026-11-27").document
    assert document["suppressions"][2] == {
        "path": "app/search.py", "line": 9, "codes": ["THR001"], "kind": "later", "reason": "agreed with risk",
        "owner": "risk", "until": "2026-12-31", "days_left": 34, "written": "2026-11-20", "hides": {"THR001": 1},
    }  # fmt: skip


def test_the_list_without_git(toy: Path) -> None:
    suppress(toy, "THR001", "app/scoring.py:9")
    out = mldebt(toy, "suppressions").out
    assert out == "app/scoring.py:9: THR001: no kind, hides 1 -- agreed with risk\n"


def test_sarif_carries_the_reason_when_asked_for(written: Path) -> None:
    log = mldebt(written, "check", "--format", "sarif", "--include-suppressed").document
    told = [each["suppressions"] for each in log["runs"][0]["results"] if each["suppressions"]]
    assert {each["justification"] for one in told for each in one} == {"agreed with risk"}
