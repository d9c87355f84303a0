"""What the files around the code say: schedules, started programs, owners, pages; and what is no such file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.facts.workflow import Document, Owner, Schedule, Started
from mldebt.sources.workflow import MAX_BYTES, MAX_FACTS, read


def facts(path: str, text: str | bytes) -> list[object]:
    return list(read(path, text.encode() if isinstance(text, str) else text).facts)


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        (".github/workflows/t.yml", 'on:\n schedule:\n - cron: "0 4 * * 1"\n', [Schedule("workflow", "0 4 * * 1", 3)]),
        ("k8s/t.yaml", 'kind: CronJob\nspec:\n  schedule: "@daily"\n', [Schedule("cronjob", "@daily", 3)]),
        ("crontab", "0 3 * * * /srv/train.sh\n", [Schedule("crontab", "0 3 * * * /srv/train.sh", 1)]),
        (".gitlab-ci.yml", "t:\n  script:\n    - python jobs/train.py\n", [Started("jobs/train.py", "ci", 3)]),
        ("Makefile", "t:\n\tpython -m shop.train\n", [Started("shop.train", "make", 2, "t")]),
        ("Makefile", "a: b\nx = 1\nd :=  e\n", [Started("make b", "make", 1, "a")]),
        (
            ".github/workflows/t.yml",
            "- run: make -s check && pytest -m 'not slow and not gpu'\n",
            [Started("make check", "ci", 1), Started("tests", "ci", 1, left_out=("slow", "gpu"))],
        ),
        ("Dockerfile", "CMD python train.py\n", [Started("train.py", "image", 1)]),
        ("run.sh", "# python old.py\npython new.py\n", [Started("new.py", "script", 2)]),
        ("a.yml", "schedule: by hand\nname: x\n", []),
        (
            "CODEOWNERS",
            "# all\n* @a @b\n/x/ # none\n[Section]\n",
            [Document("owners", ()), Owner("*", ("@a", "@b"), 2), Owner("/x/", (), 3)],
        ),
        ("README.md", "# Shop\n## The model\n## Metrics\nof a sale\n", [Document("readme", ("model", "metrics"))]),
        ("MODEL_CARD.md", "Trained on a dataset.\n", [Document("model-card", ("data",))]),
        (".github/dependabot.yml", "version: 2\n", [Document("updates", ())]),
    ],
)  # fmt: skip
def test_what_a_file_says(path: str, text: str, wanted: list[object]) -> None:
    assert facts(path, text) == wanted


@pytest.mark.parametrize(
    "path", ["README.md", "CODEOWNERS", "Makefile", "crontab", ".github/workflows/a.yml", "Dockerfile"]
)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"\xff\xfe\x00",
        "\ufeff# model card\n".encode(),
        b"\xe9t\xe9\n",
        b"python " + b"a" * 300_000,
        b"schedule: " + b"* " * 100_000,
        b"x\n" * (MAX_BYTES + 1),
        b"* @a\r\n" * 3_000,
    ],
    ids=["empty", "null", "utf16", "bom", "latin", "long", "stars", "large", "many"],
)
def test_whatever_is_in_it_nothing_breaks(path: str, data: bytes) -> None:
    assert len(facts(path, data)) <= MAX_FACTS


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    for path in ("README.md", "CODEOWNERS", "a.yml", "run.sh"):
        read(path, data)


def test_other_files_say_nothing() -> None:
    assert facts("notes.txt", "python train.py\n") == []
