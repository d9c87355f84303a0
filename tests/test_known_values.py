"""What a fix takes from the project: only what is known, and known in one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.model import Recipe
from mldebt.run import Request, execute
from tests.toy import write

TRAIN = "from sklearn.cluster import KMeans\n{}\n\ndef train(rows{}):\n    return KMeans().fit(rows)\n"
ASK = "import {0}\n\n\ndef predict(rows):\n    return {0}.post('http://m/predict', json=rows{1})\n"
WAITS = "import requests\n\nrequests.post('http://m/predict', timeout={})\n"
GIVEN = "given = Settings()\n"
OTHER = "class Other(BaseSettings):\n    x: int = 1\n\n\nother = Other()\n"
SETTINGS = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    {}: {} = {}\n\n\n"


def recipes(folder: Path, code: str, **files: str) -> list[Recipe]:
    """Those of the findings of a rule in ``a.py``."""
    for name, text in files.items():
        write(folder / f"{name.replace('__', '/')}.py", text)
    outcome = execute(Request(folder, root=str(folder), flags=Flags(jobs=1, select=(code,))))
    found = [each for each in outcome.run.findings if each.place.path == "a.py"]
    assert found
    return [recipe for each in found for recipe in each.recipes]


def value(found: list[Recipe]) -> str | None:
    return dict(found[0].arguments)["value"] if found else None


@pytest.mark.parametrize(
    ("head", "parameters", "others", "seed"),
    [
        ("SEED = 3", "", {}, "SEED"),
        ("SEED = 3", ", random_state=None", {}, "random_state"),
        ("", ", seed_list=(), one_seed=1, other_seed=2", {}, None),
        ("", "", {"b": "SEED = 3\n"}, None),  # nothing shows that it can be imported
        ("from b import SIZE", "", {"b": "SEED = 3\nSIZE = 1\n"}, "SEED"),
        ("from b import SIZE", "", {"b": "SEED = 3\nRANDOM_STATE = 4\nSIZE = 1\n"}, None),
        ("from b import SIZE", "", {"b": "SEED = None\nSIZE = 1\n"}, None),
        ("", "", {"b": TRAIN.format("", "").replace("()", "(random_state=5)")}, "5"),
        (
            "",
            "",
            {"b": TRAIN.format("", "").replace("()", "(random_state=5)"), "c": "import numpy as np\nnp.f(seed=6)\n"},
            None,
        ),
        ("", "", {"tests__test_b": TRAIN.format("", "").replace("()", "(random_state=5)")}, None),
        (
            "import settings",
            "",
            {"settings": SETTINGS.format("seed", "int", 4) + GIVEN},
            "settings.given.seed",
        ),
    ],
)
def test_a_seed(tmp_path: Path, head: str, parameters: str, others: dict[str, str], seed: str | None) -> None:
    assert value(recipes(tmp_path, "REP001", a=TRAIN.format(head, parameters), **others)) == seed


def test_no_seed_in_a_loop(tmp_path: Path) -> None:
    text = TRAIN.format("SEED = 1", "").replace("return", "for row in rows:\n        row =")
    assert not recipes(tmp_path, "REP001", a=text)


@pytest.mark.parametrize(
    ("library", "others", "safety", "seconds"),
    [
        ("requests", {}, "suggested", "10"),
        ("requests", {"b": WAITS.format(2.5)}, "unsafe", "2.5"),
        (
            "requests",
            {"b": ASK.format("requests", ", timeout=2.5"), "c": ASK.format("requests", ", timeout=3")},
            "suggested",
            "10",
        ),
        ("requests", {"b": "TIMEOUT_MS = 200\n"}, "suggested", "10"),
    ],
)
def test_a_timeout(tmp_path: Path, library: str, others: dict[str, str], safety: str, seconds: str) -> None:
    (recipe,) = recipes(tmp_path, "OPS005", a=ASK.format(library, ""), **others)
    assert (recipe.safety, value([recipe])) == (safety, seconds)


@pytest.mark.parametrize(
    ("settings", "known"),
    [
        (SETTINGS.format("rows", "int", 4) + GIVEN, True),
        (SETTINGS.format("rows", "int", 4) + "def get_settings():\n    return Settings()\n", True),
        (SETTINGS.format("rows", "int", 4), False),  # nothing gives an object of it
        ("LIMIT = 3\n", False),
        (SETTINGS.format("rows", "int", 4) + OTHER + GIVEN, False),
    ],
)
def test_a_home_among_the_settings(tmp_path: Path, settings: str, known: bool) -> None:
    text = "import settings\nimport torch\n\n\ndef f(model, rows):\n    return torch.sigmoid(model(rows)) > 0.7\n"
    assert bool(recipes(tmp_path, "THR001", a=text, settings=settings)) is known
