"""A run after an edit says what a run from the beginning says, and looks again at no more than it must."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from mldebt.cache import DATABASE, MOST_LINKED
from mldebt.config import Flags
from mldebt.model import Severity
from mldebt.observer import Observer
from mldebt.report import REPORTS, ReportOptions
from mldebt.run import Outcome, Request, execute
from mldebt.snapshot import STORE
from tests.random_edits import Edits

PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"
MIXED = ("credit-service", "train-and-serve", "fraud-decay-before", "clean-service", "uv-workspace")


Row = tuple[str, int, bytes, bytes]


class Listening(Observer):
    """Hears which rules about the project looked for something."""

    def __init__(self) -> None:
        self.rules: set[str] = set()

    def rule(self, name: str, seconds: float) -> None:
        self.rules.add(name)


def said(outcome: Outcome) -> str:
    return REPORTS["json"](outcome.run, outcome.specs, ReportOptions(), lambda path: None)


def run(root: Path, **more: object) -> tuple[str, set[str]]:
    """What a run says, and the rules about the project that looked for something."""
    heard = Listening()
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1), observer=heard, **more))  # type: ignore[arg-type]
    return said(outcome), heard.rules


def links(root: Path, *, forget: bool) -> list[Row]:
    """What is kept of what was linked."""
    connection = sqlite3.connect(root / STORE / DATABASE)
    rows = list(connection.execute("select * from linked"))
    if forget:
        connection.execute("delete from linked")
        connection.commit()
    connection.close()
    return rows


def put_back(root: Path, rows: list[Row]) -> None:
    connection = sqlite3.connect(root / STORE / DATABASE)
    with connection:
        connection.execute("delete from linked")
        connection.executemany("insert into linked values (?, ?, ?, ?)", rows)
    connection.close()


def from_the_beginning(root: Path) -> str:
    """What a run says that knows of no link; that of runs before it stays as it is."""
    kept = links(root, forget=True)
    found, _ = run(root)
    put_back(root, kept)
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    shutil.copytree(PROJECTS / "credit-service", root, ignore=shutil.ignore_patterns("__pycache__", STORE))
    return root


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    for name in MIXED:
        shutil.copytree(PROJECTS / name, tmp_path / "p" / name, ignore=shutil.ignore_patterns("__pycache__", STORE))
    return tmp_path / "p"


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edits_a_run_says_what_one_from_the_beginning_says(seed: int, mixed: Path) -> None:
    edits = Edits(mixed, seed)
    run(mixed)
    made = []
    for _ in range(12):
        made.append(edits.one())
        assert run(mixed)[0] == from_the_beginning(mixed), made


def test_what_nothing_has_changed_for_is_not_looked_for_again(project: Path) -> None:
    first, rules = run(project)
    assert len(rules) > 20
    assert run(project) == (first, set())


def test_a_comment_has_nobody_look_again(project: Path) -> None:
    run(project)
    path = next(project.rglob("train.py"))
    path.write_text(path.read_text() + "\n# nothing else\n")
    assert run(project)[1] == set()


def test_lines_that_move_have_nobody_look_again(project: Path) -> None:
    """What was found stands on other lines."""
    first, _ = run(project)
    for path in sorted(project.rglob("*.py")):
        text = path.read_text()
        if text.startswith('"""') and "import" in text:
            path.write_text(text.replace("\nimport", "\n\n# first\nimport", 1))
    found, rules = run(project)
    assert rules == set()
    assert found != first
    assert found == from_the_beginning(project)


def test_a_new_test_concerns_the_rules_about_tests(project: Path) -> None:
    run(project)
    path = next(project.rglob("test_*.py"))
    added = "def test_added():\n    frame = load()\n    frame.to_parquet('rows.parquet')\n    assert band(frame) == 2\n"
    path.write_text(f"{path.read_text()}\n\n{added}")
    found, rules = run(project)
    assert rules
    assert {each[:3] for each in rules} == {"TST"}
    assert found == from_the_beginning(project)


def test_a_function_that_nobody_calls_and_that_calls_nothing_concerns_few(project: Path) -> None:
    run(project)
    path = next(project.rglob("settings.py"), next(project.rglob("train.py")))
    path.write_text(path.read_text() + "\n\ndef added(value):\n    return value\n")
    found, rules = run(project)
    assert len(rules) < 12
    assert found == from_the_beginning(project)


def test_a_call_far_away_is_followed(tmp_path: Path) -> None:
    """What a test reaches depends on every function between it and the model."""
    (tmp_path / "model.py").write_text(
        "import joblib\n\n\ndef predict(x):\n    return joblib.load('m.pkl').predict(x)\n"
    )
    (tmp_path / "between.py").write_text("from model import predict\n\n\ndef ask(x):\n    return x\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_ask.py").write_text(
        "from between import ask\n\n\ndef test_ask():\n    assert ask(1) == 1\n"
    )
    before, _ = run(tmp_path)
    assert "TST" in before
    (tmp_path / "between.py").write_text("from model import predict\n\n\ndef ask(x):\n    return predict(x)\n")
    after, _ = run(tmp_path)
    assert after != before
    assert after == from_the_beginning(tmp_path)


def test_a_function_that_was_called_before_it_was_there(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("import joblib\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_ask.py").write_text(
        "import model\n\n\ndef test_ask():\n    assert model.predict(1) == 1\n"
    )
    run(tmp_path)
    added = "\n\ndef predict(x):\n    return joblib.load('m.pkl').predict(x)\n"
    (tmp_path / "model.py").write_text("import joblib\n" + added)
    assert run(tmp_path)[0] == from_the_beginning(tmp_path)


READING = """import pandas as pd
from sklearn.linear_model import LogisticRegression

from checks import check


def train(path):
    rows = pd.read_csv(path)
    check(rows)
    return LogisticRegression().fit(rows[["a"]], rows["b"])
"""
REFUSING = "def check(rows):\n    if rows.empty:\n        raise ValueError('no rows')\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (REFUSING, "def check(rows):\n    print(rows)\n"),
        ("def check(rows):\n    print(rows)\n", REFUSING),
        ("CHECKED = True\n", f"CHECKED = True\n\n\n{REFUSING}"),
        (REFUSING, "\n"),
    ],
)
def test_what_a_called_function_looks_at_is_followed(tmp_path: Path, before: str, after: str) -> None:
    """Also where nothing was found, and where the function is not there before or after."""
    (tmp_path / "train.py").write_text(READING)
    (tmp_path / "checks.py").write_text(before)
    first, _ = run(tmp_path)
    (tmp_path / "checks.py").write_text(after)
    second, _ = run(tmp_path)
    assert ('"code": "DAT002"' in first) != ('"code": "DAT002"' in second)
    assert second == from_the_beginning(tmp_path)


def test_what_handlers_call_is_followed_in_every_file(tmp_path: Path) -> None:
    """What all files ask is known of each of them, and not only of the first."""
    for name in ("first", "second"):
        loading = "import joblib\n\n\ndef predict(row):\n    return joblib.load('m.joblib').predict([row])\n"
        (tmp_path / f"{name}.py").write_text(loading)
    (tmp_path / "app.py").write_text(
        "from fastapi import FastAPI\n\nfrom between import ask\n\napp = FastAPI()\n\n\n"
        "@app.post('/score')\ndef score(row):\n    return ask(row)\n"
    )
    found = []
    for asked in ("row", "second.predict(row)", "first.predict(row)"):
        (tmp_path / "between.py").write_text(f"import first, second\n\n\ndef ask(row):\n    print({asked})\n")
        found.append(run(tmp_path)[0].count('"code": "OPS006"'))
    assert found == [0, 1, 1]
    assert run(tmp_path)[0] == from_the_beginning(tmp_path)


NAMED = "import os\n\n\ndef where():\n    return os.environ['APP_ENV']\n"
NUMBERED = NAMED.replace("APP_ENV", "APP_PORT")


@pytest.mark.parametrize(("before", "after"), [(NAMED, NUMBERED), (NUMBERED, NAMED), ("", NAMED), (NAMED, "")])
def test_what_another_file_gives_is_followed(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "running.py").write_text(
        "from places import where\n\n\ndef f():\n    if where() == 'prod':\n        return 1\n"
    )
    (tmp_path / "places.py").write_text(f"import os\n{before}")
    first, _ = run(tmp_path)
    (tmp_path / "places.py").write_text(f"import os\n{after}")
    second, _ = run(tmp_path)
    assert ('"code": "ENV001"' in first) != ('"code": "ENV001"' in second)
    assert second == from_the_beginning(tmp_path)


def test_a_new_function_that_gives_something_concerns_few(project: Path) -> None:
    _, everything = run(project)
    path = next(project.rglob("train.py"))
    path.write_text(f"{path.read_text()}\n\ndef added(values):\n    return sorted(values)\n")
    found, rules = run(project)
    assert len(rules) < len(everything) / 2
    assert found == from_the_beginning(project)


def test_an_instance_that_another_file_holds_is_followed(tmp_path: Path) -> None:
    """Whose methods are called rests on what that file exports."""
    (tmp_path / "model.py").write_text(
        "import joblib\n\n\nclass Scorer:\n    def predict(self, row):\n"
        "        return joblib.load('m.joblib').predict([row])\n\n\nclass Other:\n    pass\n"
    )
    (tmp_path / "app.py").write_text(
        "from fastapi import FastAPI\n\nimport held\n\napp = FastAPI()\n\n\n"
        "@app.post('/score')\ndef score(row):\n    print(held.scorer.predict(row))\n"
    )
    found = []
    for made in ("Other", "Scorer", "Other"):
        (tmp_path / "held.py").write_text(f"from model import Other, Scorer\n\nscorer = {made}()\n")
        found.append(run(tmp_path)[0].count('"code": "OPS006"'))
    assert found == [0, 1, 0]


def test_another_law_is_another_link(project: Path) -> None:
    run(project)
    configured = project / "pyproject.toml"
    configured.write_text(f'{configured.read_text()}\n[tool.mldebt.severity]\nTHR001 = "note"\n')
    assert run(project)[0] == from_the_beginning(project)


def test_what_becomes_of_findings_is_no_part_of_the_law(project: Path) -> None:
    run(project)
    heard = Listening()
    flags = Flags(jobs=1, fail_on="never", show=(Severity.NOTE,), strict=True)
    execute(Request(project, root=str(project), flags=flags, observer=heard))
    assert heard.rules == set()


def test_no_more_than_a_few_links_are_kept(project: Path) -> None:
    for code in ("THR", "BIZ", "ENV", "FLG", "PIN", "TST"):
        execute(Request(project, root=str(project), flags=Flags(jobs=1, select=(code,))))
    assert len(links(project, forget=False)) == MOST_LINKED


def test_a_link_that_nobody_has_signed_is_not_believed(project: Path) -> None:
    first, _ = run(project)
    rows = links(project, forget=False)
    put_back(project, [(key, kept, b"", data) for key, kept, _, data in rows])
    assert run(project)[0] == first
    put_back(project, [(key, kept, signature, b"x" + data) for key, kept, signature, data in rows])
    assert run(project)[0] == first


def test_facts_that_another_run_has_replaced_are_not_taken_for_those_that_were_linked(project: Path) -> None:
    """The facts that were linked are gone from the store: nothing tells what has changed."""
    run(project)
    old = links(project, forget=False)
    path = next(project.rglob("train.py"))
    text = path.read_text()
    path.write_text(text.replace("import", "import os\nimport", 1) + "\n\ndef first():\n    return 0.4 > score\n")
    run(project)
    put_back(project, old)  # as of a run under the same law that ended late
    path.write_text(text + "\n\ndef second():\n    return 0.4 > score\n")
    assert run(project)[0] == from_the_beginning(project)


def test_a_buffer_is_linked_with_what_is_known_and_leaves_no_trace(project: Path) -> None:
    run(project)
    kept = links(project, forget=False)
    path = next(project.rglob("train.py")).relative_to(project).as_posix()
    text = (project / path).read_bytes()
    same, rules = run(project, overlay={path: text})
    assert rules == set()
    assert same == from_the_beginning(project)
    other = text + b"\n\ndef added(score):\n    return score > 0.83\n"
    found, _ = run(project, overlay={path: other})
    assert links(project, forget=False) == kept
    (project / path).write_bytes(other)
    assert found == from_the_beginning(project)
