"""The pipeline as a whole: the same input gives the same bytes, and PATHS choose only what is shown."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import NoReturn

import libcst as cst
import pytest

from mldebt.checks.feature_flags.scattered_feature_flag import ScatteredFeatureFlag
from mldebt.checks.thresholds.hard_coded_score_threshold import HardCodedScoreThreshold
from mldebt.config import Flags
from mldebt.engine import on
from mldebt.run import Request, execute, exit_code
from tests.expectations import take
from tests.toy import CALLER, SCORING, Ran, check, commit, in_files, mldebt, plant, write

PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"
EVERYWHERE = ("app/feed.py", 7, "FLG001")


@pytest.fixture(params=[False, True], ids=["plain", "git"])
def toy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return plant(tmp_path / "toy", git=request.param)


def paths(ran: Ran) -> set[str]:
    return {each["path"] for each in ran.findings}


def test_the_toy_owes_what_it_should(toy: Path) -> None:
    ran = check(toy)
    assert ran.sites == {
        EVERYWHERE,
        ("app/feed.py", 9, "THR001"),
        ("app/scoring.py", 9, "THR001"),
        ("app/search.py", 9, "THR001"),
        ("jobs/nightly.py", 9, "THR001"),
        ("requirements.txt", 1, "PIN001"),
    }
    assert (ran.code, ran.document["notices"]) == (1, [])


# --- what is shown ---------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["app", "jobs"])
def test_a_folder_is_the_whole_filtered(toy: Path, folder: str) -> None:
    whole, part = check(toy), check(toy, folder)
    assert part.findings == in_files(whole.findings, folder)
    assert EVERYWHERE in part.sites


@pytest.mark.parametrize("folder", ["src", "src/credit_service/jobs", "requirements"])
def test_a_folder_of_a_specimen_is_the_whole_filtered(tmp_path: Path, folder: str) -> None:
    root, _ = take(PROJECTS / "credit-service", tmp_path)
    whole = check(root, "--root", ".")
    part = check(root, folder, "--root", ".")
    assert part.findings == in_files(whole.findings, folder)
    assert part.findings


def test_two_paths_are_the_sum_of_both(toy: Path) -> None:
    assert check(toy, "jobs", "requirements.txt").sites == {
        EVERYWHERE, ("jobs/nightly.py", 9, "THR001"), ("requirements.txt", 1, "PIN001"),
    }  # fmt: skip


def test_the_working_directory_changes_nothing_in_json(toy: Path) -> None:
    whole = check(toy)
    assert check(toy / "jobs", "..").out == whole.out
    assert check(toy.parent, "toy").out == whole.out
    assert check(toy / "jobs").out == check(toy, "jobs").out


def test_notices_follow_what_is_shown(toy: Path) -> None:
    write(toy / "app" / "broken.py", "def f(:\n")
    if (toy / ".git").exists():
        commit(toy)
    assert [each["path"] for each in check(toy, "app").document["notices"]] == ["app/broken.py"]
    assert check(toy, "jobs").document["notices"] == []


# --- one process or many ---------------------------------------------------------------------------


@pytest.mark.parametrize("project", ["credit-service", "clean-service"])
def test_workers_change_nothing(tmp_path: Path, project: str) -> None:
    root, _ = take(PROJECTS / project, tmp_path)
    assert check(root, "--root", ".", "--jobs", "1").out == check(root, "--root", ".", "--jobs", "2").out


def test_findings_stay_when_other_files_change(toy: Path) -> None:
    """A message holds only what is written at the place, so that a fingerprint's finding keeps it."""
    before = {each["fingerprint"]: each["message"] for each in check(toy).findings}
    write(toy / "app" / "scoring.py", SCORING.replace("0.72", "0.9"))
    after = {each["fingerprint"]: each["message"] for each in check(toy).findings}
    assert len(before.items() & after.items()) == len(before) - 1


# --- standard input --------------------------------------------------------------------------------


def test_stdin_is_the_file_on_disk(toy: Path) -> None:
    for path in ("app/feed.py", "app/scoring.py", "requirements.txt"):
        saved = check(toy, path)
        piped = check(toy, "-", "--stdin-filename", path, stdin=(toy / path).read_bytes())
        assert piped.out == saved.out
        assert (piped.code, saved.code) == (1, 1)


def test_stdin_is_seen_from_the_working_directory(toy: Path) -> None:
    piped = check(toy / "app", "-", "--stdin-filename", "feed.py", stdin=CALLER)
    assert piped.out == check(toy, "app/feed.py").out


@pytest.mark.parametrize("path", ["app/feed.py", "app/new.py"], ids=["changed", "new"])
def test_an_unsaved_buffer_is_as_if_saved(toy: Path, tmp_path: Path, path: str) -> None:
    text = CALLER.replace("0.31", "0.4") + "\n\ndef again(net, batch):\n    return judge(net, batch) > 0.5\n"
    piped = check(toy, "-", "--stdin-filename", path, stdin=text)
    saved = shutil.copytree(toy, tmp_path / "saved")
    write(saved / path, text)
    assert piped.out == check(saved, path).out
    assert {(path, 9, "THR001"), (path, 13, "THR001")} <= piped.sites


def test_a_buffer_changes_what_others_owe(toy: Path) -> None:
    """The rest of the project is linked with the buffer, not with the file on the disk."""
    harmless = SCORING.replace("torch.sigmoid(net(batch)).item()", "len(batch)")
    piped = check(toy, "-", "--stdin-filename", "app/scoring.py", stdin=harmless)
    assert piped.sites == set()
    assert piped.code == 0


def test_an_excluded_file_on_stdin_is_silence(toy: Path) -> None:
    excluded = ("--exclude", "app/")
    piped = check(toy, "-", "--stdin-filename", "app/scoring.py", *excluded, stdin=SCORING)
    assert (piped.code, piped.findings) == (0, [])
    named = check(toy, "app/scoring.py", *excluded)
    assert (named.code, paths(named)) == (1, {"app/scoring.py"})
    assert check(toy, "app/scoring.py", *excluded, "--force-exclude").code == 0


def test_a_kind_that_nobody_reads_is_silence_on_stdin(toy: Path) -> None:
    piped = check(toy, "-", "--stdin-filename", "README.md", stdin="torch\n")
    assert (piped.code, piped.findings) == (0, [])


# --- without the rest of the project ---------------------------------------------------------------


def test_without_an_index_what_is_missing_is_said(toy: Path) -> None:
    ran = check(toy, "app/scoring.py", "--no-index")
    assert ran.sites == {("app/scoring.py", 9, "THR001")}
    assert "FLG001" in ran.err
    assert "PIN001" in ran.err
    assert ran.document["summary"]["files"] == 1


def test_without_an_index_rules_of_the_project_are_silent(toy: Path) -> None:
    ran = check(toy, "requirements.txt", "app/feed.py", "--no-index")
    assert ran.sites == set()
    piped = check(toy, "-", "--stdin-filename", "requirements.txt", "--no-index", stdin="torch\n")
    assert (piped.code, piped.sites) == (0, set())
    assert "the rest of the project was not read" in piped.err


def test_without_an_index_no_suppression_is_called_unused(toy: Path) -> None:
    text = CALLER.replace("< 0.31", "< 0.31  # mldebt: ignore[THR001] accepted -- by law")
    piped = check(toy, "-", "--stdin-filename", "app/feed.py", "--no-index", "--show", "notes", stdin=text)
    assert piped.sites == set()


# --- the root --------------------------------------------------------------------------------------


def test_a_repository_below_another_project_is_its_own_root(tmp_path: Path) -> None:
    write(tmp_path / "mldebt.toml", 'ignore = ["THR"]\n')
    corpus = plant(tmp_path / "corpus", git=True)
    (corpus / "mldebt.toml").unlink()
    assert len(check(corpus).findings) == len(check(tmp_path, "corpus").findings) == 6


def test_a_configuration_below_another_project_is_its_own_root(tmp_path: Path) -> None:
    write(tmp_path / "mldebt.toml", 'ignore = ["THR"]\n')
    plant(tmp_path / "corpus")
    assert len(check(tmp_path, "corpus").findings) == 6


def test_a_plain_folder_below_another_project_belongs_to_it_unless_said(tmp_path: Path) -> None:
    plant(tmp_path / "corpus")
    (tmp_path / "corpus" / "mldebt.toml").unlink()
    write(tmp_path / "mldebt.toml", 'ignore = ["THR"]\n')
    assert {code for _, _, code in check(tmp_path, "corpus").sites} == {"FLG001", "PIN001"}
    assert len(check(tmp_path, "corpus", "--root", "corpus").findings) == 6
    assert len(check(tmp_path / "corpus", "--root", ".").findings) == 6


def test_a_nested_configuration_is_named_and_not_read(tmp_path: Path) -> None:
    plant(tmp_path, app__mldebt_toml='ignore = ["THR"]\n')
    ran = check(tmp_path)
    assert len(ran.findings) == 6
    assert [(each["kind"], each["path"]) for each in ran.document["notices"]] == [
        ("nested-configuration", "app/mldebt.toml")
    ]


def test_a_path_outside_the_root_is_refused(toy: Path) -> None:
    write(toy.parent / "elsewhere.py", SCORING)
    ran = check(toy, "app", "../elsewhere.py")
    assert (ran.code, ran.out) == (2, "")
    assert "elsewhere.py" in ran.err


def test_untracked_files_are_read_when_they_are_named(tmp_path: Path) -> None:
    toy = plant(tmp_path, git=True)
    write(toy / "app" / "new.py", SCORING)
    assert ("app/new.py", 9, "THR001") not in check(toy).sites
    assert "app/new.py" in check(toy).err
    named = check(toy, "app/new.py")
    assert (named.sites, named.document["notices"]) == ({("app/new.py", 9, "THR001")}, [])


# --- the exit code ---------------------------------------------------------------------------------


def test_low_confidence_counts_for_nothing(tmp_path: Path) -> None:
    write(
        tmp_path / "load.py",
        "from transformers import AutoModel\n\n\ndef load(p):\n    return AutoModel.from_pretrained(p)\n",
    )
    outcome = execute(Request(tmp_path, root=".", flags=Flags(fail_on="note", jobs=1)))
    assert [each.confidence.value for each in outcome.run.findings] == ["low"]
    assert exit_code(outcome) == 0


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_the_level_that_fails(tmp_path: Path, fail_on: str, code: int) -> None:
    assert check(plant(tmp_path), "--fail-on", fail_on).code == code


def test_what_is_outside_does_not_count(tmp_path: Path) -> None:
    plant(tmp_path)
    write(tmp_path / "docs" / "index.py", "x = 1\n")
    assert check(tmp_path, "docs").code == 0


def test_notes_count_when_they_are_asked_to(tmp_path: Path) -> None:
    write(tmp_path / "examples" / "score.py", SCORING)
    assert [each["severity"] for each in check(tmp_path, "--root", ".").findings] == ["note"]
    assert check(tmp_path, "--root", ".").code == 0
    assert check(tmp_path, "--root", ".", "--fail-on", "note").code == 1


BROKEN = {
    "broken.py": "def f(:\n",
    "pyproject.toml": "[project\n",
    "environment.yml": "dependencies: [\n",
}


@pytest.mark.parametrize("path", BROKEN)
def test_strict_is_about_files_that_are_shown(tmp_path: Path, path: str) -> None:
    plant(tmp_path)
    write(tmp_path / path, BROKEN[path])
    write(tmp_path / "docs" / "index.py", "x = 1\n")
    assert check(tmp_path).code == 1
    ran = check(tmp_path, "--strict")
    assert (ran.code, len(ran.findings) >= 5) == (2, True)
    assert [each["fatal"] for each in ran.document["notices"] if each["path"] == path] == [True]
    assert check(tmp_path, "docs", "--strict").code == 0


def crash(*_: object) -> NoReturn:
    raise KeyError("never mind")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_rule_that_crashes_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setattr(HardCodedScoreThreshold, "compare", on(cst.Comparison)(lambda self, node, at: crash()))
    ran = check(plant(tmp_path), "--jobs", jobs)
    assert ran.code == 2
    assert {code for _, _, code in ran.sites} == {"FLG001", "PIN001"}
    told = {each["path"]: each["message"] for each in ran.document["notices"] if each["fatal"]}
    assert set(told) == {"app/feed.py", "app/scoring.py", "app/search.py", "jobs/nightly.py"}
    assert all(message.startswith("THR001 crashed (KeyError") for message in told.values())


def test_a_project_rule_that_crashes_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScatteredFeatureFlag, "check", crash)
    ran = check(plant(tmp_path))
    assert ran.code == 2
    assert {code for _, _, code in ran.sites} == {"THR001", "PIN001"}
    assert "FLG001 crashed (KeyError" in ran.err


def test_a_crash_is_heard_even_when_its_file_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other files' findings may be missing for it."""
    monkeypatch.setattr(HardCodedScoreThreshold, "compare", on(cst.Comparison)(lambda self, node, at: crash()))
    write(plant(tmp_path) / "docs" / "index.py", "x = 1\n")
    ran = check(tmp_path, "docs", "-q")
    assert ran.code == 2
    assert "THR001 crashed" in ran.err


# --- selection and configuration -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--select", "THR"], {"THR001"}),
        (["--select", "thresholds"], {"THR001"}),
        (["--select", "hard-coded-score-threshold,PIN001"], {"THR001", "PIN001"}),
        (["--select", "THR", "--select", "FLG"], {"THR001", "FLG001"}),
        (["--select", "THR", "--extend-select", "feature-flags"], {"THR001", "FLG001"}),
        (["--ignore", "THR001"], {"FLG001", "PIN001"}),
        (["--ignore", "THR,FLG", "--extend-select", "FLG001"], {"FLG001", "PIN001"}),
        (["--select", "ALL", "--ignore", "PIN"], {"THR001", "FLG001"}),
    ],
)
def test_rules_are_selected(tmp_path: Path, arguments: list[str], codes: set[str]) -> None:
    write(plant(tmp_path) / "mldebt.toml", "")
    assert {code for _, _, code in check(tmp_path, *arguments).sites} == codes


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    plant(tmp_path)
    write(tmp_path / "mldebt.toml", 'select = ["THR"]\nfail-on = "never"\n')
    assert {code for _, _, code in check(tmp_path).sites} == {"THR001"}
    assert check(tmp_path).code == 0
    ran = check(tmp_path, "--select", "PIN", "--fail-on", "warning")
    assert ({code for _, _, code in ran.sites}, ran.code) == ({"PIN001"}, 1)


LADDER = """\
import torch


def rank(net, batch):
    prob = torch.sigmoid(net(batch)).item()
    if prob > 0.9:
        return "high"
    elif prob > 0.6:
        return "medium"
    elif prob > 0.3:
        return "low"
    return "none"
"""


def test_the_weaker_rule_speaks_when_the_stronger_is_off(tmp_path: Path) -> None:
    write(tmp_path / "rank.py", LADDER)
    both = [(each["code"], each["status"]) for each in check(tmp_path, "--root", ".").findings if each["line"] == 6]
    assert sorted(both) == [("THR001", "superseded"), ("THR006", "open")]
    alone = check(tmp_path, "--root", ".", "--ignore", "THR006")
    assert (6, "THR001", "open") in {(each["line"], each["code"], each["status"]) for each in alone.findings}


# --- suppressions ----------------------------------------------------------------------------------


def suppressed(comment: str) -> str:
    return SCORING.replace("> 0.72", f"> 0.72  # mldebt: ignore[THR001] {comment}")


def statuses(ran: Ran) -> dict[tuple[str, str], str]:
    return {(each["path"], each["code"]): each["status"] for each in ran.findings}


def test_a_suppressed_site_is_known_and_named_by_nobody(tmp_path: Path) -> None:
    ran = check(plant(tmp_path, app__scoring_py=suppressed("accepted -- set by law")))
    assert statuses(ran)["app/scoring.py", "THR001"] == "suppressed"
    assert ran.document["summary"]["suppressed"] == 1
    assert not [each for each in ran.findings if any(other["path"] == "app/scoring.py" for other in each["related"])]


@pytest.mark.parametrize(
    ("arguments", "epoch", "status"),
    [
        (["--as-of", "2027-03-31"], None, "suppressed"),
        (["--as-of", "2027-04-01"], None, "suppressed"),
        (["--strict", "--as-of", "2027-04-30"], None, "suppressed"),
        (["--strict", "--as-of", "2027-05-01"], None, "open"),
        (["--strict"], "1809129600", "open"),  # 2027-04-30
        (["--strict", "--as-of", "2027-03-31"], "1809129600", "suppressed"),
    ],
)
def test_a_suppression_ends_after_its_days_of_grace_under_strict(
    tmp_path: Path, arguments: list[str], epoch: str | None, status: str
) -> None:
    toy = plant(tmp_path, app__scoring_py=suppressed("later until=2027-03-31 -- moves to the settings"))
    ran = check(toy, *arguments, env={"SOURCE_DATE_EPOCH": epoch})
    assert statuses(ran)["app/scoring.py", "THR001"] == status


def test_no_day_turns_a_run_red(tmp_path: Path) -> None:
    text = "later until=2027-03-31 -- moves to the settings"
    toy = plant(tmp_path, app__scoring_py=suppressed(text))
    only = ("app/scoring.py", "--as-of", "2028-01-01")
    ran = check(toy, *only)
    assert ran.code == 0
    assert ("app/scoring.py", "SUP002") in statuses(ran)
    assert "ended on 2027-03-31: repay it, or agree on a new day" in ran.err
    assert check(toy, *only, "--strict").code == 1


@pytest.mark.parametrize(("until", "status"), [("2001-01-01", "open"), ("2999-01-01", "suppressed")])
def test_without_a_date_the_clock_counts(tmp_path: Path, until: str, status: str) -> None:
    toy = plant(tmp_path, app__scoring_py=suppressed(f"later until={until} -- soon"))
    ran = check(toy, "--strict", env={"SOURCE_DATE_EPOCH": None})
    assert statuses(ran)["app/scoring.py", "THR001"] == status


def test_an_unused_suppression_is_told_when_its_rule_ran(tmp_path: Path) -> None:
    toy = plant(tmp_path, app__idle_py="x = 1  # mldebt: ignore[THR001] accepted -- once there was a score\n")
    assert ("app/idle.py", "SUP001") in statuses(check(toy))
    assert ("app/idle.py", "SUP001") not in statuses(check(toy, "--select", "PIN,SUP"))
    assert ("app/idle.py", "SUP001") not in statuses(check(toy, "app/idle.py", "--no-index"))
    assert ("app/idle.py", "SUP001") in statuses(check(toy, "app/idle.py"))
    assert ("app/idle.py", "SUP001") not in statuses(check(toy, "jobs"))


def test_the_declaration_of_a_project_finding_silences_all_of_it(tmp_path: Path) -> None:
    text = CALLER.replace('== "1":', '== "1":  # mldebt: ignore[FLG001] accepted -- until the launch')
    ran = check(plant(tmp_path, app__feed_py=text))
    assert statuses(ran)["app/feed.py", "FLG001"] == "suppressed"


def test_configuration_suppresses_where_comments_cannot(tmp_path: Path) -> None:
    plant(tmp_path)
    entry = '[[suppress]]\npath = "jobs/**"\ncode = "thresholds"\nreason = "a trial"\n'
    write(tmp_path / "mldebt.toml", entry)
    ran = check(tmp_path)
    assert statuses(ran)["jobs/nightly.py", "THR001"] == "suppressed"
    assert statuses(ran)["app/feed.py", "THR001"] == "open"


def test_today_may_be_given_to_the_pipeline(tmp_path: Path) -> None:
    toy = plant(tmp_path, app__scoring_py=suppressed("later until=2027-03-31 -- moves"))

    def status(today: date) -> list[str]:
        found = execute(Request(toy, flags=Flags(jobs=1, strict=True), today=today)).run.findings
        return [each.status.value for each in found if each.place.path == "app/scoring.py" and each.code == "THR001"]

    assert status(date(2027, 3, 31)) == ["suppressed"]
    assert status(date(2027, 5, 1)) == ["open"]


# --- quick -----------------------------------------------------------------------------------------


def test_a_quick_run_of_a_small_project_is_a_whole_one(tmp_path: Path) -> None:
    toy = plant(tmp_path, git=True)
    assert check(toy, "app/feed.py", "--quick").out == check(toy, "app/feed.py").out


def test_a_quick_run_leaves_out_what_it_does_not_know_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the project was never analysed only the named file is read; once it was, everything counts."""
    monkeypatch.setattr("mldebt.run.QUICK_BYTES", 100)
    toy = plant(tmp_path, git=True)
    cold = check(toy, "app/scoring.py", "app/feed.py", "--quick")
    assert cold.document["summary"]["files"] == 2
    assert {code for _, _, code in cold.sites} == {"THR001"}  # the flag is a matter of the project
    (notice,) = (each for each in cold.document["notices"] if each["kind"] == "quick")
    assert "FLG001" in notice["message"]
    assert "mldebt-project" in notice["message"]
    whole = check(toy, "app/scoring.py", "app/feed.py")
    assert {code for _, _, code in whole.sites} == {"FLG001", "THR001"}
    assert check(toy, "app/scoring.py", "app/feed.py", "--quick").out == whole.out


def test_a_quick_run_compares_the_files_that_it_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known debt stays known, also under a new name, and new debt is new, without a look at other files."""
    monkeypatch.setattr("mldebt.run.QUICK_BYTES", 100)
    toy = plant(tmp_path, git=True)
    assert check(toy, "app/scoring.py", "--quick", "--new", "--no-cache").code == 0
    write(toy / "app" / "scoring.py", SCORING + "\n\ndef is_kind(net, batch):\n    return judge(net, batch) < 0.1\n")
    ran = mldebt(toy, "check", "app/scoring.py", "--quick", "--new", "--no-cache")
    assert ran.code == 1
    assert [line.split(":")[1] for line in ran.out.splitlines()] == ["13"]
    write(toy / "app" / "scoring.py", SCORING)
    (toy / "app" / "scoring.py").rename(toy / "app" / "scores.py")
    assert check(toy, "app/scores.py", "--quick", "--new", "--no-cache").code == 0
