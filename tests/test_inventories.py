"""What exists in a project, with every place where it does."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from mldebt import report
from tests.expectations import take
from tests.toy import Ran, mldebt, plant, write

PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"
KINDS = ("thresholds", "flags", "environments", "versions", "models")
SCHEMA = json.loads((Path(report.__file__).parent / "schemas" / "inventory.schema.json").read_text("utf-8"))


def inventory(cwd: Path, kind: str, *arguments: str) -> Ran:
    return mldebt(cwd, "inventory", kind, *arguments, "--format", "json")


def rows(ran: Ran) -> dict[str, list[tuple[str, int, str]]]:
    return {
        item["key"]: [(site["path"], site["line"], site["value"]) for site in item["sites"]]
        for item in ran.document["items"]
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("project", ["credit-service", "clean-service"])
def test_json_follows_its_schema(tmp_path: Path, kind: str, project: str) -> None:
    root, _ = take(PROJECTS / project, tmp_path)
    ran = inventory(root, kind, "--root", ".")
    jsonschema.validate(ran.document, SCHEMA)
    assert ran.code == 0
    assert bool(ran.document["items"]) or project == "clean-service"
    keys = [item["key"] for item in ran.document["items"]]
    assert keys == sorted(keys)
    for item in ran.document["items"]:
        places = [(site["path"], site["line"], site["column"]) for site in item["sites"]]
        assert places == sorted(places)
        assert places


def test_every_site_of_a_flag(tmp_path: Path) -> None:
    assert rows(inventory(plant(tmp_path), "flags")) == {
        "ENABLE_NEW_RANKER": [("app/feed.py", 7, ""), ("app/search.py", 7, ""), ("jobs/nightly.py", 7, "")]
    }


def test_every_site_of_a_threshold_also_through_other_files(tmp_path: Path) -> None:
    by_concept = rows(inventory(plant(tmp_path), "thresholds"))
    assert sorted(site for sites in by_concept.values() for site in sites) == [
        ("app/feed.py", 9, "0.31"), ("app/scoring.py", 9, "0.72"), ("app/search.py", 9, "0.31"),
        ("jobs/nightly.py", 9, "0.31"),
    ]  # fmt: skip


def test_versions_are_those_of_requirements_and_locks(tmp_path: Path) -> None:
    assert rows(inventory(plant(tmp_path), "versions")) == {
        "numpy": [("requirements.txt", 2, "==2.1.0")],
        "torch": [("requirements.txt", 1, "")],
    }


def test_paths_choose_the_sites(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    assert rows(inventory(toy, "flags", "jobs")) == {"ENABLE_NEW_RANKER": [("jobs/nightly.py", 7, "")]}
    assert inventory(toy / "jobs", "flags").out == inventory(toy, "flags", "jobs").out
    assert rows(inventory(toy, "versions", "jobs")) == {}


@pytest.mark.parametrize(("kind", "format_"), [("thresholds", "text"), ("versions", "json"), ("models", "markdown")])
def test_workers_change_nothing(tmp_path: Path, kind: str, format_: str) -> None:
    root, _ = take(PROJECTS / "credit-service", tmp_path)
    arguments = ("inventory", kind, "--root", ".", "--format", format_)
    one = mldebt(root, *arguments, "--jobs", "1")
    assert one.out == mldebt(root, *arguments, "--jobs", "2").out
    assert one.out


def test_text_is_relative_to_the_working_directory_and_json_to_the_root(tmp_path: Path) -> None:
    toy = plant(tmp_path)
    assert "\n    ../app/feed.py:7:8 " in mldebt(toy / "jobs", "inventory", "flags", "..").out
    assert "\n    nightly.py:7:8 " in mldebt(toy / "jobs", "inventory", "flags", "..").out
    assert inventory(toy / "jobs", "flags", "..").out == inventory(toy, "flags").out


def test_a_run_that_cannot_be_trusted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr("mldebt.analyse.analyse", crash)
    ran = mldebt(plant(tmp_path), "inventory", "flags", "-q")
    assert ran.code == 2
    assert "crashed (LookupError" in ran.err


def test_broken_files_are_notices(tmp_path: Path) -> None:
    write(plant(tmp_path) / "broken.py", "def f(:\n")
    ran = inventory(tmp_path, "flags")
    assert ran.code == 0
    assert ran.err.startswith("broken.py:1: notice: ")
    assert inventory(tmp_path, "flags", "-q").err == ""


def test_environment_variables_come_with_their_defaults(tmp_path: Path) -> None:
    write(tmp_path / "a.py", 'import os\nstage = os.getenv("STAGE", "dev")\nkey = os.environ["SHOP_KEY"]\n')
    document = inventory(tmp_path, "environments", "--root", ".").document
    found = {item["key"]: [site["default"] for site in item["sites"]] for item in document["items"]}
    assert found == {"SHOP_KEY": [None], "STAGE": ["dev"]}


def test_models_are_listed_where_they_are_made_loaded_and_defined(tmp_path: Path) -> None:
    write(
        tmp_path / "a.py",
        "import torch\n"
        "from sklearn.svm import SVC\n"
        "from transformers import AutoModel\n"
        "class Net(torch.nn.Module):\n"
        "    pass\n"
        "encoder = AutoModel.from_pretrained('o/r', revision='v1')\n"
        "clf = SVC()\n",
    )
    document = inventory(tmp_path, "models", "--root", ".").document
    found = {item["key"]: [(site["line"], site["detail"]) for site in item["sites"]] for item in document["items"]}
    assert found == {"Net": [(4, "class")], "SVC": [(7, "estimator")], "o/r": [(6, "from_pretrained, v1")]}


def test_versions_say_what_all_admit_and_who_does_not(tmp_path: Path) -> None:
    write(tmp_path / "train" / "environment.yml", "dependencies:\n  - pytorch=2.1\n  - numpy>=1.26\n")
    write(tmp_path / "serve" / "requirements.txt", 'torch==2.2.0\nnumpy<2.2\nnumpy==1.21; sys_platform == "win32"\n')
    write(tmp_path / "pyproject.toml", '[project]\nname = "x"\ndependencies = ["numpy", "pandas>=2"]\n')
    write(tmp_path / "uv.lock", '[[package]]\nname = "numpy"\nversion = "2.1.3"\n')
    items = {each["key"]: each for each in inventory(tmp_path, "versions", "--root", ".").document["items"]}
    agreed = {key: item["agreement"]["range"] for key, item in items.items()}
    assert agreed == {"numpy": "<2.2,>=1.26", "pandas": ">=2", "torch": None}
    assert [(each["path"], each["line"]) for each in items["torch"]["agreement"]["culprits"]] == [
        ("serve/requirements.txt", 1), ("train/environment.yml", 2),
    ]  # fmt: skip
    assert items["numpy"]["agreement"]["locked"] == ["2.1.3"]
    write(tmp_path / "uv.lock", '[[package]]\nname = "numpy"\nversion = "2.3.0"\n')
    items = {each["key"]: each for each in inventory(tmp_path, "versions", "--root", ".").document["items"]}
    assert [(each["path"], each["line"]) for each in items["numpy"]["agreement"]["culprits"]] == [
        ("serve/requirements.txt", 2), ("uv.lock", 2),
    ]  # fmt: skip
