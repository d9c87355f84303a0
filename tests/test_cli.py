"""The command line: what it writes where, with which exit code, and how soon it is there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.request import url2pathname

import jsonschema
import pytest

from mldebt import __version__, run
from mldebt import report as mldebt_report
from mldebt.cli.reports import FORMATS
from tests.expectations import take
from tests.toy import SCORING, check, commit, mldebt, plant, write

PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"
COMMAND = [sys.executable, "-m", "mldebt"]


def process(cwd: Path, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    given = {**os.environ, **(env or {})}
    return subprocess.run([*COMMAND, *arguments], cwd=cwd, env=given, capture_output=True, timeout=120, check=False)


def schema(name: str) -> Any:
    return json.loads((Path(mldebt_report.__file__).parent / "schemas" / name).read_text("utf-8"))


# --- the same bytes --------------------------------------------------------------------------------


def test_runs_give_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    """Two processes with other hash seeds, other numbers of workers and from other folders."""
    root, _ = take(PROJECTS / "credit-service", tmp_path)
    written = []
    for number, (seed, jobs, cwd) in enumerate([("1", "1", root), ("2", "2", root), ("3", "2", root)]):
        folder = tmp_path / f"out{number}"
        folder.mkdir()
        outputs = [f"--output={each}={folder / each}" for each in FORMATS]
        done = process(cwd, "check", ".", "--root", ".", "--jobs", jobs, *outputs, env={"PYTHONHASHSEED": seed})
        assert done.returncode == 1
        written.append([done.stdout, *((folder / each).read_bytes() for each in FORMATS)])
    assert written[0] == written[1] == written[2]
    assert written[0][0] == written[0][1] != b""  # text is the default, and what goes to a file is the same


@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_in_a_file_is_the_one_on_standard_output(tmp_path: Path, format_: str) -> None:
    toy = plant(tmp_path)
    printed = mldebt(toy, "check", "--format", format_)
    other = mldebt(toy, "check", "--output", f"{format_}=report.out", "--format", "json")
    assert (toy / "report.out").read_text("utf-8") == printed.out
    assert printed.code == other.code == 1


def test_many_reports_in_one_run(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    outputs = [f"--output={each}={name}" for each, name in zip(FORMATS, "abcdefghi", strict=True)]
    ran = mldebt(toy, "check", *outputs, "--output", "json=sub folder/é.json", "-q")
    assert (ran.code, ran.out) == (2, "")
    (toy / "sub folder").mkdir()
    ran = mldebt(toy, "check", *outputs, "--output", "json=sub folder/é.json", "--output", "json=c2", "-q")
    assert (ran.code, ran.err) == (1, "")
    assert (toy / "a").read_text("utf-8") == ran.out
    assert (toy / "sub folder" / "é.json").read_bytes() == (toy / "c").read_bytes() == (toy / "c2").read_bytes()
    assert json.loads((toy / "d").read_text("utf-8"))["version"] == "2.1.0"


def test_reports_in_the_working_directory_change_no_later_run(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    first = check(toy)
    again = check(toy, *(f"--output={each}={each}.txt" for each in FORMATS))
    assert again.out == check(toy).out == first.out


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_the_exit_code_does_not_depend_on_the_format(tmp_path: Path, format_: str, fail_on: str, code: int) -> None:
    assert mldebt(plant(tmp_path), "check", "--format", format_, "--fail-on", fail_on).code == code


@pytest.mark.parametrize("format_", FORMATS)
def test_a_run_that_cannot_be_trusted_says_so_in_every_format(tmp_path: Path, format_: str) -> None:
    toy = plant(tmp_path)
    write(toy / "broken.py", "def f(:\n")
    ran = mldebt(toy, "check", "--format", format_, "--strict")
    assert ran.code == 2
    assert "broken.py" in ran.err
    assert ran.out


def test_the_formats_of_the_command_line_are_those_there_are() -> None:
    assert tuple(mldebt_report.REPORTS) == FORMATS


def test_absolute_paths_are_for_people_and_editors(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    lines = mldebt(toy, "check", "--absolute-paths").out.splitlines()
    assert lines
    assert all(line.startswith(f"{toy.resolve().as_posix()}/") for line in lines)
    for format_ in ("json", "sarif", "github", "gitlab", "rdjson", "junit", "markdown"):
        assert toy.as_posix() not in mldebt(toy, "check", "--absolute-paths", "--format", format_).out


COLORS: list[tuple[tuple[str, ...], dict[str, str], bool]] = [
    ((), {}, False),
    ((), {"FORCE_COLOR": "1"}, True),
    ((), {"FORCE_COLOR": "0"}, False),
    ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    (("--color", "always"), {"NO_COLOR": "1"}, True),
    (("--color", "never"), {"FORCE_COLOR": "1"}, False),
]


@pytest.mark.parametrize(("flags", "variables", "colored"), COLORS)
def test_who_decides_about_color(
    tmp_path: Path, flags: tuple[str, ...], variables: dict[str, str], colored: bool
) -> None:
    unset: dict[str, str | None] = {"NO_COLOR": None, "FORCE_COLOR": None, "FORCE_HYPERLINK": None}
    ran = mldebt(plant(tmp_path), "check", *flags, env={**unset, **variables})
    assert ("\x1b[" in ran.out) is colored
    assert ("\x1b[" in ran.err) is colored
    document = mldebt(tmp_path, "check", *flags, "--format", "json", env={**unset, **variables})
    assert "\x1b" not in document.out


def test_terminals_that_have_links_get_the_page_of_the_rule(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    env: dict[str, str | None] = {"FORCE_HYPERLINK": "1"}
    linked = mldebt(toy, "check", "--color", "always", env=env).out
    page = linked.partition("\x1b]8;;")[2].partition("\x1b\\")[0]
    assert page.startswith("file://")
    assert Path(url2pathname(page.removeprefix("file://"))).read_text("utf-8").startswith("# ")
    assert "\x1b]8" not in mldebt(toy, "check", "--color", "never", env=env).out
    write(toy / "mldebt.toml", 'rules-url = "https://docs.example.org/debt"\n')
    assert "\x1b]8;;https://docs.example.org/debt/" in mldebt(toy, "check", "--color", "always", env=env).out


# --- paths -----------------------------------------------------------------------------------------


def test_text_is_relative_to_the_working_directory(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    from_top = [line.partition(":")[0] for line in mldebt(toy, "check").out.splitlines()]
    from_below = [line.partition(":")[0] for line in mldebt(toy / "app", "check", "..").out.splitlines()]
    inside = ["feed.py", "scoring.py", "search.py"]
    assert from_top == [*(f"app/{each}" for each in inside), "jobs/nightly.py", "requirements.txt"]
    assert from_below == [*inside, "../jobs/nightly.py", "../requirements.txt"]


def test_notices_are_relative_to_the_working_directory(tmp_path: Path) -> None:
    toy = plant(tmp_path, app__broken_py="def f(:\n")
    assert any(line.startswith("broken.py:1: notice: ") for line in mldebt(toy / "app", "check", "..").err.splitlines())


def test_json_is_relative_to_the_root_and_sarif_to_the_top_of_git(tmp_path: Path) -> None:
    toy = plant(tmp_path / "services" / "toy")
    commit(tmp_path)
    assert (toy / "mldebt.toml").exists()
    for cwd, paths in ((toy, "."), (toy / "app", ".."), (tmp_path, "services/toy")):
        ran = check(cwd, paths, "--output", f"sarif={tmp_path / 'out.sarif'}")
        assert ("app/scoring.py", 9, "THR001") in ran.sites
        log = json.loads((tmp_path / "out.sarif").read_text("utf-8"))
        uris = {
            each["physicalLocation"]["artifactLocation"]["uri"]
            for result in log["runs"][0]["results"]
            for each in result["locations"]
        }
        assert uris >= {"services/toy/app/scoring.py", "services/toy/requirements.txt"}


def test_columns_in_other_units(tmp_path: Path) -> None:
    write(tmp_path / "a.py", "import torch\nx = '😀', torch.sigmoid(y) > 0.72\n")
    columns = {
        unit: mldebt(tmp_path, "check", "--root", ".", "--column-unit", unit).out.split(":")[2]
        for unit in ("characters", "utf16", "bytes")
    }
    assert columns == {"characters": "10", "utf16": "11", "bytes": "13"}


# --- standard output and standard error ------------------------------------------------------------


def test_quiet_leaves_the_findings(tmp_path: Path) -> None:
    toy = plant(tmp_path, broken_py="def f(:\n")
    loud, quiet = mldebt(toy, "check"), mldebt(toy, "check", "-q")
    assert (quiet.out, quiet.err) == (loud.out, "")
    assert "read 8 files" in loud.err
    assert "broken.py:1: notice: cannot be parsed" in loud.err


def test_quiet_does_not_hide_why_the_run_is_not_trusted(tmp_path: Path) -> None:
    ran = mldebt(plant(tmp_path, broken_py="def f(:\n"), "check", "-q", "--strict")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1


def test_one_finding_a_line_and_nothing_else_on_standard_output(tmp_path: Path) -> None:
    lines = mldebt(plant(tmp_path), "check").out.splitlines()
    assert len(lines) == 5
    for line in lines:
        place, severity, rest = line.split(": ", 2)
        assert place.count(":") == 2
        assert severity in {"error", "warning", "note"}
        assert rest.endswith("]")


def test_notes_are_listed_when_they_are_wanted(tmp_path: Path) -> None:
    write(tmp_path / "examples" / "score.py", SCORING)
    assert mldebt(tmp_path, "check", "--root", ".").out == ""
    for word in ("note", "notes"):
        assert "note: " in mldebt(tmp_path, "check", "--root", ".", "--show", word).out


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
@pytest.mark.parametrize(("variable", "colored"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_color_is_for_terminals_that_want_it(tmp_path: Path, variable: dict[str, str], colored: bool) -> None:
    import pty

    toy = plant(tmp_path)
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm", **variable}
    ours, theirs = pty.openpty()
    command = [*COMMAND, "check", "--format", "full", "app/scoring.py"]
    done = subprocess.run(command, cwd=toy, env=env, stdout=theirs, stderr=subprocess.PIPE, timeout=120, check=False)
    os.close(theirs)
    shown = os.read(ours, 100_000)
    os.close(ours)
    assert done.returncode == 1
    assert (b"\x1b[" in shown) is colored
    assert b"\x1b[" not in done.stderr


@pytest.mark.parametrize("format_", ["text", "json"])
def test_output_is_utf_8_whatever_the_locale(tmp_path: Path, format_: str) -> None:
    write(tmp_path / "größe.py", "import torch\nx = torch.sigmoid(größe) > 0.72\n")
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process(tmp_path, "check", "--root", ".", "--format", format_, env=env)
    assert done.returncode == 1
    assert "größe" in done.stdout.decode("utf-8")
    assert b"Traceback" not in done.stderr


def test_json_follows_its_schema(tmp_path: Path) -> None:
    root, _ = take(PROJECTS / "credit-service", tmp_path)
    write(root / "broken.py", "def f(:\n")
    jsonschema.validate(check(root, "--root", ".").document, schema("check.schema.json"))


# --- how a command ends ----------------------------------------------------------------------------


def explode(*_: object, **__: object) -> NoReturn:
    raise LookupError("nothing here")


def interrupt(*_: object, **__: object) -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize("command", [("check",), ("inventory", "flags")])
def test_a_crash_of_ours_is_not_taken_for_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(run, "judge", explode)
    ran = mldebt(plant(tmp_path), *command)
    assert (ran.code, ran.out) == (2, "")
    assert "mldebt: crashed (LookupError); please report it" in ran.err
    assert "nothing here" in ran.err


def test_an_interrupted_run_is_not_taken_for_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "judge", interrupt)
    ran = mldebt(plant(tmp_path), "check")
    assert (ran.code, ran.out, ran.err) == (2, "", "mldebt: interrupted\n")


@pytest.mark.skipif(sys.platform != "linux", reason="signals as Linux has them")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_run(tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C reaches all processes of a terminal, ``kill`` the first one only."""
    for number in range(40):
        write(tmp_path / f"m{number}.py", "import torch\n" + "x = torch.sigmoid(y) > 0.72\n" * 4_000)
    started = subprocess.Popen(
        [*COMMAND, "check", "--root", ".", "--jobs", "2"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children")
    assert _soon(lambda: len(children.read_text().split()) == 2)
    time.sleep(0.5)  # Python passes over an interrupt that comes while it forks
    if how is signal.SIGINT:
        os.killpg(started.pid, how)
    else:
        started.send_signal(how)
    _, errors = started.communicate(timeout=10)
    expected = (2, b"mldebt: interrupted\n") if how is signal.SIGINT else (-how, b"")
    assert (started.returncode, errors) == expected
    assert _soon(lambda: not _is_alive(started.pid))


def _soon(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    return is_so()


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_reader_that_leaves_ends_the_run_quietly(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    started = subprocess.Popen([*COMMAND, "check", "-q"], cwd=toy, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    errors = started.stderr.read()
    started.stderr.close()
    assert (started.wait(timeout=60), errors) == (2, b"")


def test_no_output_that_cannot_be_written_is_passed_over(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    ran = mldebt(toy, "check", "--output", "json=app")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("mldebt: --output: cannot write app: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--output", "json"), ("check", "--output", "pdf=x"), ("check", "--output", "json="),
        ("check", "-"), ("check", "--stdin-filename", "a.py"), ("check", "-", "app"), ("check", "nowhere"),
        ("check", "--root", "nowhere"), ("check", "--select", "NOPE"), ("check", "--as-of", "tomorrow"),
        ("check", "--exclude", "["), ("check", "--format", "pdf"), ("check", "--fail-on", "loud"),
        ("check", "--jobs", "-1"), ("inventory", "flags", "-"), ("inventory", "nothing"), ("explain", "THR999"),
        ("explain",), ("nothing",),
    ],
)  # fmt: skip
def test_bad_usage_is_told_with_exit_code_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = mldebt(plant(tmp_path), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_a_wrong_date_of_the_environment_is_told(tmp_path: Path) -> None:
    ran = mldebt(plant(tmp_path), "check", env={"SOURCE_DATE_EPOCH": "soon"})
    assert (ran.code, ran.err) == (2, "mldebt: SOURCE_DATE_EPOCH: 'soon' is no number of seconds\n")


def test_a_misspelt_output_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "execute", explode)
    assert "write it as FORMAT=PATH" in mldebt(plant(tmp_path), "check", "--output", "pdf=x").err


# --- other commands --------------------------------------------------------------------------------


def test_explain_takes_codes_and_names(tmp_path: Path) -> None:
    by_code, by_name = mldebt(tmp_path, "explain", "THR001"), mldebt(tmp_path, "explain", "hard-coded-score-threshold")
    assert by_code == by_name
    assert by_code.code == 0
    assert by_code.out.startswith("THR001 hard-coded-score-threshold")


def test_explain_suggests(tmp_path: Path) -> None:
    assert "hard-coded-score-threshold" in mldebt(tmp_path, "explain", "hard-coded-score-treshold").err


def test_rules_lists_all(tmp_path: Path) -> None:
    text, document = mldebt(tmp_path, "rules"), mldebt(tmp_path, "rules", "--format", "json").document
    codes = [each["code"] for each in document["rules"]]
    assert codes == sorted(codes) == [line.split()[0] for line in text.out.splitlines()]
    assert {"THR001", "PIN008", "SUP001"} <= set(codes)


def test_a_command_line_without_a_command_is_help(tmp_path: Path) -> None:
    ran = mldebt(tmp_path)
    assert "Usage:" in ran.out + ran.err
    for command in ("check", "inventory", "explain", "rules"):
        assert command in ran.out + ran.err
        assert mldebt(tmp_path, command, "--help").code == 0


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_import_next_to_nothing(argument: str) -> None:
    """What a person waits for at every key of a completion must not load a parser."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.stderr))\n"
        "from mldebt.cli import main\n"
        f"main([{argument!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stderr.split())
    assert __version__ in done.stdout or "Usage:" in done.stdout
    ours = {name for name in loaded if name.split(".")[0] == "mldebt" and not name.startswith("mldebt.cli")}
    assert ours <= {"mldebt", "mldebt.errors", "mldebt.observer"}  # none of them imports anything more
    heavy = {"libcst", "sarif_om", "yaml", "tomli", "packaging", "pyflakes", "rich", "attr", "sqlite3", "asyncio"}
    assert not loaded & heavy


def test_a_check_without_sarif_does_not_import_its_library(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from mldebt.cli import main\n"
        "main(['check', '-q'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=toy, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert not {"sarif_om", "libcst.matchers", "rich"} & set(done.stderr.split())
