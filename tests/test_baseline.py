"""Known debt as a file: what it holds, what a run says beside it, and what is told when it is damaged."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from mldebt import baseline, catalogue, rule_spec
from mldebt.baseline import Baseline, Entry, parse, render
from mldebt.errors import UserError
from mldebt.fingerprint import identity, project_identity
from mldebt.link import loudness
from mldebt.model import Outcome, Role, Severity
from tests.repository import begin, git, record
from tests.toy import CALLER, CONFIGURATION, Ran, check, mldebt, plant, write

NAME = "mldebt-baseline.txt"
AGAIN = "\n\ndef again(net, batch):\n    return judge(net, batch) > 0.9\n"


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """The toy with a baseline of everything."""
    root = begin(plant(tmp_path / "toy"))
    record(root)
    ran = mldebt(root, "baseline", "write")
    assert ran.code == 0
    assert ran.err.splitlines()[-2:] == [
        f"{NAME}: 6 known findings; 6 taken in, 0 taken out",
        f'next: put baseline = "{NAME}" into the configuration, and both into git',
    ]
    write(root / "mldebt.toml", f'baseline = "{NAME}"\n{CONFIGURATION}')
    return root


def lines(root: Path) -> list[list[str]]:
    return [line.split("\t") for line in (root / NAME).read_text("utf-8").splitlines() if not line.startswith("#")]


def told(ran: Ran) -> dict[str, int]:
    """What the summary says of the baseline."""
    line = next(each for each in ran.err.splitlines() if each.startswith("against "))
    return {word: int(number) for number, _, word in (each.partition(" ") for each in line.split(": ")[1].split(", "))}


# --- a run says what is new, known, paid and returned ----------------------------------------------


def test_the_file_is_sorted_and_has_no_line_numbers(toy: Path) -> None:
    assert lines(toy) == [
        ["*", "FLG001", "", ".:ENABLE_NEW_RANKER", "1"],
        ["*", "PIN001", "", ".:requirements.txt:requirements:torch", "1"],
        ["app/feed.py", "THR001", "run", "judge(net,batch)<0.31", "1"],
        ["app/scoring.py", "THR001", "is_rude", "judge(net,batch)>0.72", "1"],
        ["app/search.py", "THR001", "run", "judge(net,batch)<0.31", "1"],
        ["jobs/nightly.py", "THR001", "run", "judge(net,batch)<0.31", "1"],
    ]


def test_everything_is_known(toy: Path) -> None:
    ran = check(toy)
    assert ran.code == 0
    assert told(ran) == {"new": 0, "known": 6}
    assert check(toy, "--no-baseline").code == 1


def test_new_debt_counts_and_a_second_occurrence_is_new(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER + AGAIN)
    write(toy / "requirements.txt", "torch\nnumpy==2.1.0\ntorch\n")
    ran = check(toy)
    assert ran.code == 1
    assert told(ran) == {"new": 2, "known": 6}


def test_moved_and_reformatted_code_is_known(toy: Path) -> None:
    write(toy / "app/feed.py", "\n\n\n" + CALLER.replace("judge(net, batch)", "judge(\n        net, batch,\n    )"))
    assert told(check(toy)) == {"new": 0, "known": 6}


def test_paid_pruned_and_returned(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER.replace(" < 0.31", ""))
    ran = check(toy)
    assert (ran.code, told(ran)) == (0, {"new": 0, "known": 5, "paid": 1})
    pruned = mldebt(toy, "baseline", "prune", env={"SOURCE_DATE_EPOCH": "1795773600"})
    assert pruned.err.splitlines()[-1] == f"{NAME}: 5 known findings; 0 taken in, 1 taken out"
    assert ["app/feed.py", "THR001", "run", "judge(net,batch)<0.31", "0/1", "2026-11-27"] in lines(toy)
    ran = check(toy, "--as-of", "2026-11-30")
    assert told(ran) == {"new": 0, "known": 5, "paid this month": 1}
    assert "paid this month" not in told(check(toy, "--as-of", "2026-12-01"))
    write(toy / "app/feed.py", CALLER + AGAIN)
    ran = check(toy, "--as-of", "2026-12-01")
    assert (ran.code, told(ran)) == (1, {"new": 1, "known": 5, "returned": 1})
    assert {(each["line"], each["novelty"]) for each in ran.findings if each["path"] == "app/feed.py"} >= {
        (9, "returned"), (13, "new"),
    }  # fmt: skip


def test_what_is_suppressed_is_neither_new_nor_paid(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER.replace("< 0.31", "< 0.31  # mldebt: ignore[THR001] accepted -- agreed"))
    assert told(check(toy)) == {"new": 0, "known": 5}
    mldebt(toy, "baseline", "prune")
    assert not [each for each in lines(toy) if each[0] == "app/feed.py"]


def test_what_could_not_be_told_is_not_paid(toy: Path) -> None:
    write(toy / "app/feed.py", "def broken(:\n")
    assert told(check(toy)) == {"new": 0, "known": 4}  # neither that of the file, nor the flag of three files
    assert told(check(toy, "--select", "PIN001")) == {"new": 0, "known": 1}
    mldebt(toy, "baseline", "update")
    assert ["app/feed.py", "THR001", "run", "judge(net,batch)<0.31", "1"] in lines(toy)


def test_update_takes_in_what_is_new(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER.replace(" < 0.31", "") + AGAIN)
    ran = mldebt(toy, "baseline", "update")
    assert ran.err.splitlines()[-1] == f"{NAME}: 6 known findings; 1 taken in, 1 taken out"
    assert check(toy).code == 0


def test_update_of_some_rules_leaves_the_others_new(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER.replace("ENABLE_NEW_RANKER", "ENABLE_OTHER") + AGAIN)
    write(toy / "requirements.txt", "torch\ntensorflow\n")
    mldebt(toy, "baseline", "update", "--rules", "versions")
    ran = check(toy)
    assert [each["path"] for each in ran.findings if each["status"] == "open"] == ["app/feed.py"]
    assert mldebt(toy, "baseline", "update", "--rules", "THR1001").code == 2


def test_only_what_is_shown_is_compared_and_all_is_paid(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER + AGAIN)
    assert check(toy, "jobs").code == 0
    assert check(toy, "app").code == 1


def test_with_the_last_commit_both_know(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER + AGAIN)
    record(toy)
    assert check(toy).code == 1
    assert check(toy, "--new").code == 0


def test_another_file_on_the_command_line(toy: Path) -> None:
    shutil.copy(toy / NAME, toy.parent / "old.txt")
    (toy / NAME).unlink()
    assert told(check(toy, "--baseline", "../old.txt")) == {"new": 0, "known": 6}


# --- renamed files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("committed", [False, True])
def test_a_renamed_file_keeps_its_entries(toy: Path, committed: bool) -> None:
    git(toy, "mv", "app/feed.py", "app/stream.py")
    write(toy / "app/stream.py", "# renamed\n" + CALLER)
    record(toy) if committed else git(toy, "add", "-A")
    assert told(check(toy)) == {"new": 0, "known": 6}
    mldebt(toy, "baseline", "prune")
    assert ["app/stream.py", "THR001", "run", "judge(net,batch)<0.31", "1"] in lines(toy)
    assert not [each for each in lines(toy) if each[0] == "app/feed.py"]


def test_a_renamed_file_without_its_history(toy: Path) -> None:
    shutil.rmtree(toy / ".git")
    (toy / "app/feed.py").rename(toy / "app/stream.py")
    assert told(check(toy)) == {"new": 0, "known": 6}


def test_a_renamed_manifest_keeps_its_entries(toy: Path) -> None:
    git(toy, "mv", "requirements.txt", "requirements-prod.txt")
    assert told(check(toy)) == {"new": 0, "known": 6}
    assert told(check(toy, "--no-baseline", "--new")) == {"new": 0, "known": 6}


def test_an_unlike_file_takes_over_nothing(toy: Path) -> None:
    git(toy, "rm", "-q", "jobs/nightly.py")
    write(toy / "app/third.py", CALLER.replace("< 0.31", "is None"))  # the flag keeps its third place
    rest = "".join(f"\n\ndef step_{number}(rows):\n    return rows[{number}]\n" for number in range(20))
    write(toy / "app/other.py", CALLER.replace("ENABLE_NEW_RANKER", "ENABLE_OTHER") + rest)
    record(toy)
    assert told(check(toy)) == {"new": 1, "known": 5, "paid": 1}


def test_files_that_are_gone_are_told(toy: Path) -> None:
    (toy / "jobs/nightly.py").unlink()
    ran = check(toy)
    message = f"{NAME}: has entries of 1 file that is gone (jobs/nightly.py); run mldebt baseline prune"
    assert [each["message"] for each in ran.document["notices"]] == [message]
    assert told(ran) == {"new": 0, "known": 4, "paid": 2}  # the flag is no longer scattered, either


# --- diff ------------------------------------------------------------------------------------------


def test_the_difference_to_what_is_there(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER.replace(" < 0.31", "") + AGAIN)
    ran = mldebt(toy, "baseline", "diff")
    assert ran.out.splitlines() == [
        "1 finding taken in, 1 taken out",
        "+1 THR001 app/feed.py again: judge(net,batch)>0.9",
        "-1 THR001 app/feed.py run: judge(net,batch)<0.31",
    ]


def test_the_difference_since_a_reference_for_a_pull_request(toy: Path) -> None:
    record(toy)
    git(toy, "checkout", "-q", "-b", "work")
    write(toy / "app/feed.py", CALLER + AGAIN.replace("judge(net", "judge(net | None"))
    mldebt(toy, "baseline", "update")
    record(toy)
    ran = mldebt(toy, "baseline", "diff", "--since", "main", "--format", "markdown", "--fail-if-grown")
    assert ran.out.splitlines() == [
        "**Known debt:** 1 finding taken in, 0 taken out",
        "",
        "| | rule | file | in | code |",
        "|---|---|---|---|---|",
        r"| +1 | `THR001` | `app/feed.py` | `again` | `judge(net\|None,batch)>0.9` |",
    ]
    assert ran.code == 1
    assert mldebt(toy, "baseline", "diff", "--since", "HEAD").out == "no difference\n"


def test_the_difference_of_two_files(toy: Path) -> None:
    shutil.copy(toy / NAME, toy / "old.txt")
    (toy / "requirements.txt").unlink()
    mldebt(toy, "baseline", "prune")
    assert mldebt(toy, "baseline", "diff", "old.txt", NAME).out.startswith("0 findings taken in, 1 taken out\n")
    assert mldebt(toy, "baseline", "diff", "old.txt", NAME, "--since", "main").code == 2
    assert mldebt(toy, "baseline", "diff", "old.txt", "none.txt").code == 2


# --- the file --------------------------------------------------------------------------------------

ODD = Baseline(
    {
        identity("THR001", "a\tb\\n.py", "f", "s > 'x\ny'"): Entry(2, 2),
        identity("THR001", "\udcff.py", "", "s|t > 0.5  # \u202e"): Entry(1, 7, "2026-01-31"),
        project_identity("FLG001", "app:flag|*"): Entry(1, 1),
    }
)


def test_what_is_written_is_read() -> None:
    assert parse("b", render(ODD)) == ODD
    assert len(render(ODD).splitlines()) == 2 + 3 + 1
    assert parse("b", render(ODD).replace(b"\n", b"\r\n")) == ODD


def test_both_sides_of_a_merge_in_any_order_will_do() -> None:
    one = Baseline({"THR001|a.py||x>1": Entry(3, 3), "THR001|b.py||x>1": Entry(1, 1)})
    other = Baseline({"THR001|a.py||x>1": Entry(2, 3, "2026-01-31"), "THR001|c.py||x>1": Entry(1, 1)})
    head, explained, *ours, end = render(one).splitlines()
    theirs = render(other).splitlines()[2:-1]
    merged = parse("b", b"\n".join([head, explained, *theirs, *ours, end]))
    assert merged.twice == ("THR001|a.py||x>1",)
    assert merged.entries == {
        "THR001|a.py||x>1": Entry(2, 3, "2026-01-31"),
        "THR001|b.py||x>1": Entry(1, 1),
        "THR001|c.py||x>1": Entry(1, 1),
    }


GOOD = render(Baseline({"THR001|a.py||x>1": Entry(3, 3)})).decode()
DAMAGED = {
    "conflict": (GOOD.replace("a.py", "<<<<<<< ours\na.py"), ":3: holds conflict markers; keep the lines of both"),
    "cut": (GOOD[: GOOD.index("# end")], "is cut short"),
    "cut-in-a-line": (GOOD[: GOOD.index("x>1")], "is cut short"),
    "version": (GOOD.replace("baseline 1", "baseline 2"), ":1: is of format 2 with mldebt/v1, and this mldebt reads 1"),
    "scheme": (GOOD.replace("mldebt/v1", "mldebt/v9"), ":1: is of format 1 with mldebt/v9"),
    "other": ("# nothing of ours\n", ":1: is no baseline of mldebt"),
    "empty": ("", ":1: is no baseline of mldebt"),
    "fields": (GOOD.replace("x>1\t3", "x>1 3"), ":3: is no entry: expected path, rule, symbol, code and count"),
    "count": (GOOD.replace("\t3", "\tmany"), ":3: is no entry"),
    "spaces": (GOOD.replace("\t", "    "), ":3: is no entry"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_told_in_one_line(toy: Path, name: str) -> None:
    text, message = DAMAGED[name]
    write(toy / NAME, text)
    for command in (["check"], ["baseline", "update"]):
        ran = mldebt(toy, *command)
        assert (ran.code, ran.out) == (2, "")
        assert message in ran.err
        assert [each for each in ran.err.splitlines() if each.startswith("mldebt: ")] == [ran.err.splitlines()[-1]]
    assert (toy / NAME).read_text("utf-8") == text


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(UserError, match=r"^b:3: is not UTF-8"):
        parse("b", GOOD.replace("a.py", "\udcff").encode("utf-8", "surrogateescape"))


def test_a_file_that_is_not_there(toy: Path) -> None:
    (toy / NAME).unlink()
    assert f"baseline {NAME} does not exist; write it with mldebt baseline write" in check(toy).err
    assert "no.txt does not exist" in check(toy, "--baseline", "no.txt").err
    assert check(toy, "--baseline", NAME, "--no-baseline").code == 2


def test_write_does_not_write_over_a_baseline(toy: Path) -> None:
    ran = mldebt(toy, "baseline", "write")
    assert (ran.code, f"{NAME} is there already" in ran.err) == (2, True)
    assert mldebt(toy, "baseline", "write", "--force").code == 0


def test_a_link_and_a_read_only_file_are_left_alone(toy: Path) -> None:
    write(toy / "app/feed.py", CALLER + AGAIN)
    elsewhere = toy.parent / "elsewhere.txt"
    (toy / NAME).rename(elsewhere)
    (toy / NAME).symlink_to(elsewhere)
    ran = mldebt(toy, "baseline", "write", "--force")
    assert (ran.code, "is a link" in ran.err) == (2, True)
    (toy / NAME).unlink()
    elsewhere.rename(toy / NAME)
    (toy / NAME).chmod(0o444)
    ran = mldebt(toy, "baseline", "update")
    assert (ran.code, "read-only" in ran.err) == (2, True)


def test_two_writers_at_once(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(toy / "app/feed.py", CALLER + AGAIN)
    updated = baseline.updated
    other = render(Baseline({}))

    def meanwhile(*given: object, **more: object) -> Baseline:
        (toy / NAME).write_bytes(other)
        return updated(*given, **more)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(baseline, "updated", meanwhile)
    ran = mldebt(toy, "baseline", "update")
    assert (ran.code, "has changed since it was read" in ran.err) == (2, True)
    assert (toy / NAME).read_bytes() == other
    assert [each.name for each in toy.iterdir() if each.name.startswith(".mldebt-")] == []


@pytest.mark.parametrize("value", ['"/etc/b.txt"', '"../b.txt"', '""', "3", '"a\\\\b"'])
def test_a_configured_file_lies_under_the_root(toy: Path, value: str) -> None:
    write(toy / "mldebt.toml", f"baseline = {value}\n")
    ran = check(toy)
    assert (ran.code, "mldebt.toml:1:12: baseline: " in ran.err) == (2, True)


# --- rules that are new in a release ---------------------------------------------------------------


def test_a_rule_is_a_note_in_the_minor_version_it_comes_with(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = next(each for each in catalogue.load().specs if each.code == "THR001")
    new = replace(spec, since="0.4.0")
    loud = {}
    for version in ("0.3.0", "0.4.0", "0.4.7", "0.5.0"):
        monkeypatch.setattr(rule_spec, "__version__", version)
        loud[version] = loudness(new, Outcome(), Role.SERVE, {})
    assert loud == {
        "0.3.0": Severity.WARNING, "0.4.0": Severity.NOTE, "0.4.7": Severity.NOTE, "0.5.0": Severity.WARNING,
    }  # fmt: skip
    monkeypatch.setattr(rule_spec, "__version__", "0.4.0")
    assert loudness(new, Outcome(), Role.SERVE, {"THR001": Severity.ERROR}) is Severity.ERROR
    assert loudness(spec, Outcome(), Role.SERVE, {}) is Severity.WARNING


def test_the_new_rules_of_an_upgrade_are_taken_in_alone(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [each for each in (toy / NAME).read_text("utf-8").splitlines() if "PIN001" not in each]
    write(toy / NAME, "\n".join(known) + "\n")
    write(toy / "app/feed.py", CALLER + AGAIN)
    specs = [replace(each, since="0.2.0") if each.code == "PIN001" else each for each in catalogue.load().specs]
    assert [each.code for each in baseline.newer_rules(specs, "0.1.3")] == ["PIN001"]
    assert baseline.newer_rules(specs, "0.2.0") == ()
    monkeypatch.setattr(baseline, "newer_rules", lambda specs, version: [s for s in specs if s.code == "PIN001"])
    mldebt(toy, "baseline", "update", "--rules", "NEW")
    ran = check(toy)
    assert [(each["code"], each["path"]) for each in ran.findings if each["status"] == "open"] == [
        ("THR001", "app/feed.py")
    ]


def test_today_is_the_day_of_the_run() -> None:
    old = Baseline({"THR001|a.py||x>1": Entry(3, 3), "THR001|b.py||x>1": Entry(0, 1, "2025-01-01")})
    found = baseline.updated(old, (), lambda identity: True, date(2026, 11, 27))
    assert found.entries == {"THR001|a.py||x>1": Entry(0, 3, "2026-11-27")}
