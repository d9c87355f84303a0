"""Configuration files: which are read, what they say, and where."""

from __future__ import annotations

import json

import pytest

from mldebt.discover import kind_of
from mldebt.facts.configs import ConfigValue
from mldebt.sources import configs

READ = [
    "config.yaml", "config/prod.yaml", "conf/model/base.yaml", "app/settings.toml", "settings.ini", "params.yaml",
    "charts/ranker/values.yaml",
     "values-prod.yaml", "src/train_config.json", "experiments/3/run.yaml", "model.cfg",
]  # fmt: skip
NOT_READ = [
    "rows.json", "data/config.json", "package.json", ".github/workflows/train.yml", "docker-compose.prod.yml",
    "tests/config.yaml",
     "setup.cfg", "pyproject.toml", "docs/settings.yaml", "tokenizer_config.json",
    "mkdocs.yml", "notes.yaml", "config.py",
]  # fmt: skip


@pytest.mark.parametrize("path", READ)
def test_configuration_is_known_by_name(path: str) -> None:
    assert configs.reads(path)
    assert kind_of(path) in {"config", "variables"}


@pytest.mark.parametrize("path", NOT_READ)
def test_other_files_are_not_read(path: str) -> None:
    assert not configs.reads(path)


def values(path: str, text: str) -> dict[str, tuple[str, int, int]]:
    found = configs.read(path, text.encode())
    assert not found.notices
    facts = [fact for fact in found.facts if isinstance(fact, ConfigValue)]
    return {each.key: (each.value, each.place.span.line, each.place.span.column) for each in facts}


def test_yaml_gives_dotted_keys_with_their_places() -> None:
    text = "model:\n  threshold: 0.7\n  name: 'ranker'\nlist: [1, 2]\nempty:\n"
    assert values("config.yaml", text) == {"model.threshold": ("0.7", 2, 3), "model.name": ("ranker", 3, 3)}


def test_json_toml_and_ini_say_the_same() -> None:
    wanted = {"model.threshold": "0.7", "model.on": "true"}
    texts = {
        "config.json": json.dumps({"model": {"threshold": 0.7, "on": True}}, indent=2),
        "config.toml": "[model]\nthreshold = 0.7\non = true\n",
        "config.ini": "[model]\nthreshold = 0.7  ; tuned\non: true\n",
    }
    for path, text in texts.items():
        assert {key: value for key, (value, _, _) in values(path, text).items()} == wanted, path


def test_the_environment_is_in_the_name_or_the_folder() -> None:
    for path, environment in [
        ("config/prod.yaml", "prod"),
        ("conf/staging/model.yaml", "staging"),
        ("config.yaml", ""),
    ]:
        found = configs.read(path, b"a: 1\n").facts
        assert [each.environment for each in found if isinstance(each, ConfigValue)] == [environment]


def test_secrets_are_not_kept() -> None:
    assert values("config.yaml", "api_key: abcd1234efgh5678\nmodel: a\n") == {"model": ("a", 2, 1)}


@pytest.mark.parametrize(
    ("path", "data"),
    [("config.toml", b"a = = 1\n"), ("config.yaml", b"a: [1\nb: }\n"), ("config.ini", b"\0\0")],
)
def test_what_cannot_be_read_is_a_notice(path: str, data: bytes) -> None:
    found = configs.read(path, data)
    assert not found.facts
    assert [notice.path for notice in found.notices] == [path]


def test_manifests_templates_and_giants_say_nothing() -> None:
    for data in (b"apiVersion: v1\nkind: Pod\n", b"a: {% if x %}1{% endif %}\n", b"a: 1\n" * 100_000):
        found = configs.read("config.yaml", data)
        assert not found.facts
        assert not found.notices


def test_a_file_of_endless_keys_gives_so_many() -> None:
    text = "".join(f"k{n}: {n}\n" for n in range(configs.MAX_VALUES + 100))
    assert len(configs.read("config.yaml", text.encode()).facts) == configs.MAX_VALUES


def test_deep_nesting_ends() -> None:
    text = "".join(f"{'  ' * n}k:\n" for n in range(40)) + f"{'  ' * 40}k: 1\n"
    assert configs.read("config.yaml", text.encode()).facts == ()
