"""Budgets only go down: what counts, who broke one, and writing today's lower figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository import begin, git, record
from tests.toy import CALLER, CONFIGURATION, Ran, check, mldebt, plant, write

MORE = "\n\ndef again(net, batch):\n    return judge(net, batch) > 0.9\n"


def toy(tmp_path: Path, budget: str, *, commit: bool = True) -> Path:
    root = plant(tmp_path / "toy")
    write(root / "mldebt.toml", f"{CONFIGURATION}fail-on = 'error'\n[severity]\nPIN001 = 'note'\n[budget]\n{budget}\n")
    if commit:
        begin(root)
        record(root)
    return root


def over(ran: Ran) -> list[str]:
    return [each["message"] for each in ran.document["notices"] if each["kind"] == "over-budget"]


@pytest.mark.parametrize(
    "budget",
    [
        "total = 6",
        "family.THR = 4",
        "family.thresholds = 4",
        "debt.configuration = 6",
        "severity.note = 2",
        '[budget.path]\n"app/" = 4',
        '[budget.component]\n"." = 6',
    ],
)
def test_within_budget(tmp_path: Path, budget: str) -> None:
    root = toy(tmp_path, budget)
    assert over(check(root)) == []
    assert check(root).code == 0


def test_over_budget_names_what_broke_it(tmp_path: Path) -> None:
    root = toy(tmp_path, "family.THR = 4")
    write(root / "app/feed.py", CALLER + MORE)
    ran = check(root)
    assert ran.code == 1
    assert over(ran) == ["over budget: family THR has 5 findings, 4 allowed; new: THR001 at app/feed.py:13"]
    assert check(root, "--fail-on", "never").code == 0
    record(root)
    assert over(check(root)) == ["over budget: family THR has 5 findings, 4 allowed; none of them is new"]


def test_a_baseline_tells_too_and_known_debt_counts(tmp_path: Path) -> None:
    root = toy(tmp_path, "family.THR = 3", commit=False)
    mldebt(root, "baseline", "write", "b.txt")
    write(root / "app/feed.py", CALLER + MORE)
    ran = check(root, "--baseline", "b.txt")
    assert over(ran) == ["over budget: family THR has 5 findings, 3 allowed; new: THR001 at app/feed.py:13"]
    told = "family THR has 5 findings, 3 allowed; mldebt baseline or a commit to compare with would tell which broke it"
    assert over(check(root)) == [f"over budget: {told}"]


def test_the_whole_project_counts_whatever_is_shown(tmp_path: Path) -> None:
    root = toy(tmp_path, "family.THR = 3")
    assert check(root, "jobs").code == 1
    assert over(check(root, "app/feed.py", "--no-index")) == []


def test_suppressed_findings_do_not_count(tmp_path: Path) -> None:
    root = toy(tmp_path, "family.THR = 3")
    write(root / "app/feed.py", CALLER.replace("< 0.31", "< 0.31  # mldebt: ignore[THR001] accepted -- agreed"))
    assert check(root, "jobs").code == 0


def test_the_notice_is_said_every_time(tmp_path: Path) -> None:
    root = toy(tmp_path, "total = 1")
    assert check(root).out == check(root).out
    assert check(root).code == 1


def test_what_is_spent_is_shown(tmp_path: Path) -> None:
    root = toy(tmp_path, 'total = 9\nfamily.THR = 3\npath."app/" = 12')
    assert mldebt(root, "budget").out.splitlines() == [
        "total            6 of      9",
        "family THR       4 of      3  over budget",
        "path app/        4 of     12",
    ]


def test_without_budgets_one_is_suggested(tmp_path: Path) -> None:
    root = plant(tmp_path / "toy")
    out = mldebt(root, "budget").out
    assert out.splitlines()[1:] == ["[budget]", "total = 6", "family.FLG = 1", "family.PIN = 1", "family.THR = 4"]
    write(root / "mldebt.toml", CONFIGURATION + out)
    assert check(root).document["notices"] == []
    assert mldebt(plant(tmp_path / "other"), "budget", "lower").code == 2


def test_lower_writes_lower_figures_and_nothing_else(tmp_path: Path) -> None:
    root = toy(tmp_path, "total=  9 # for now\nfamily.THR = 3\nfamily.versions = 1_000")
    before = (root / "mldebt.toml").read_text("utf-8")
    ran = mldebt(root, "budget", "lower")
    assert ran.err.splitlines() == ["total: 9 -> 6", "family PIN: 1,000 -> 1"]
    after = before.replace("total=  9", "total=  6").replace("1_000", "1")
    assert (root / "mldebt.toml").read_text("utf-8") == after
    assert (mldebt(root, "budget", "lower").err, (root / "mldebt.toml").read_text("utf-8")) == ("", after)


def test_lower_in_pyproject(tmp_path: Path) -> None:
    root = plant(tmp_path / "toy")
    (root / "mldebt.toml").unlink()
    write(root / "pyproject.toml", f'[tool.mldebt]\n{CONFIGURATION}[tool.mldebt.budget.path]\n"app/" = 40\n')
    mldebt(root, "budget", "lower")
    assert (root / "pyproject.toml").read_text("utf-8").endswith('"app/" = 4\n')


def test_a_read_only_configuration_is_left_alone(tmp_path: Path) -> None:
    root = toy(tmp_path, "total = 9")
    (root / "mldebt.toml").chmod(0o444)
    ran = mldebt(root, "budget", "lower")
    assert (ran.code, "read-only" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ("totals = 1", "there is no such key; did you mean 'total'?"),
        ("total = -1", "expected a whole number from 0"),
        ("family.THX = 1", "there is no family 'THX'"),
        ("debt.modle = 1", "expected one of model, data"),
        ("severity.warnings = 1", "expected one of error, warning, note"),
        ('[budget.path]\n"a[" = 1', "is not a pattern"),
        ("family = 3", "expected a table"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, budget: str, message: str) -> None:
    root = toy(tmp_path, budget)
    ran = check(root)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert message in ran.err


def test_git_is_asked_only_over_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mldebt import base

    root = toy(tmp_path, "total = 6")
    monkeypatch.setattr(base, "known_at", lambda *given: pytest.fail("nothing is over budget"))
    assert check(root).code == 0
    git(root, "status")
