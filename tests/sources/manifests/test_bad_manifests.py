"""What manifests should not hold: each costs its own line and one notice, the rest is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import Image, LockedVersion, Pin
from mldebt.sources.manifests.in_code import read_python
from mldebt.sources.manifests.reading import read
from tests.toy import check, write

CASES: dict[str, tuple[str, str | bytes, set[int], set[str]]] = {
    "malformed lines": (
        "requirements.txt",
        "torch==2.1\nnot a requirement !!\n\tpandas==1\nnumpy==1.0.0.0.x-y\nxgboost ; python_version ~ 3\nkeras\n",
        {2, 4, 5},
        {"torch", "pandas", "keras"},
    ),
    "names that normalise to one": (
        "requirements.txt", "Scikit_Learn==1.0\nscikit.learn==1.2\n", set(), {"scikit-learn"},
    ),
    "another encoding": ("requirements.txt", b"# caf\xe9\ntorch\n", set(), {"torch"}),
    "several encodings": ("requirements.txt", b"# caf\xe9 \xc3\xa9\ntorch\nnumpy\xff\n", {3}, {"torch"}),
    "a mark and DOS": ("requirements.txt", b"\xef\xbb\xbftorch\r\nnumpy\r\n", set(), {"torch", "numpy"}),
    "UTF-16": ("requirements.txt", "torch\r\nnumpy\r\n".encode("utf-16"), set(), {"torch", "numpy"}),
    "outside": ("requirements.txt", "-r ../../../etc/passwd\n-r /etc/passwd\ntorch\n", {1, 2}, {"torch"}),
    "TOML that is none": ("pyproject.toml", "[project]\nname='a'\n[project]\n", {3}, set()),
    "requirements that are none": (
        "pyproject.toml", "[project]\ndependencies=[\n'torch',\n'bad !!',\n3,\n'numpy==1.x.y']\n", {4, 5, 6}, {"torch"},
    ),
    "operators that are none": (
        "pyproject.toml", "[tool.poetry.dependencies]\ntorch='^^1'\nkeras='*'\n", {2}, {"keras"},
    ),
    "pixi": ("pixi.toml", '[dependencies]\npytorch = 3\nnumpy = "*"\nkeras = ">=x"\n', {2, 4}, {"numpy"}),
    "setup.cfg": ("setup.cfg", "[options]\ninstall_requires =\n  torch\n  bad !!\n[options\n", {4, 5}, {"torch"}),
    "conda with fields": (
        "environment.yml",
        "dependencies:\n  - python=3.11\n  - pytorch {{ version }}\n  - numpy\n  - pandas=1.*.x\n",
        {3, 5},
        {"numpy"},
    ),
    "conda with statements": (
        "environment.yml",
        "{% set v = '1' %}\nname: {{ name }}\ndependencies:\n  - numpy\n  - torch={{ v }}\n",
        {1, 5},
        {"numpy"},
    ),
    "versions of conda's own": (
        "environment.yml",
        "dependencies:\n  - openssl=1.1.1l=h7f8727e_0\n  - tzdata=2021e\n",
        set(),
        {"openssl", "tzdata"},
    ),
    "spaces behind operators": (
        "environment.yml", "dependencies:\n  - numpy >= 1.24.4\n  - pandas >= 2, < 3\n", set(), {"numpy", "pandas"},
    ),
    "conda that is no YAML": ("environment.yml", "dependencies:\n  - numpy\n bad: [\n", {3}, set()),
    "a key twice": ("environment.yml", "dependencies:\n  - numpy\ndependencies:\n  - pandas\n", {3}, {"numpy"}),
    "merge keys and anchors": (
        "environment.yml", "base: &base\n  dependencies: &d\n    - numpy\n<<: *base\n", set(), {"numpy"},
    ),
    "a lock that is no JSON": ("Pipfile.lock", '{"default": {"torch": {"version": "==2.1"}\n', {2}, set()),
    "an unresolved merge": (
        "uv.lock",
        '[[package]]\nname = "torch"\nversion = "2.1"\n<<<<<<< ours\n[[package]]\nname = "keras"\nversion = "3"\n',
        {4},
        set(),
    ),
    "MLproject": ("MLproject", "name: [\n", {2}, set()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_costs_its_line(name: str) -> None:
    path, text, lines, names = CASES[name]
    found = read(path, text if isinstance(text, bytes) else text.encode())
    assert {notice.line for notice in found.notices} == lines
    assert {pin.name for pin in of_kind(found.facts, Pin) if pin.name != "python"} == names


def test_aliases_of_aliases_cost_what_they_weigh() -> None:
    bomb = "a0: &a0 [torch, torch]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    assert not of_pins("environment.yml", f"{bomb}dependencies: *a39\n")
    services = "".join(f"  s{n}: &s{n} {{<<: [*s{n - 1}, *s{n - 1}]}}\n" for n in range(1, 40))
    found = read("compose.yml", f"services:\n  s0: &s0 {{image: python}}\n{services}".encode())
    assert len(list(of_kind(found.facts, Image))) == 1


def of_pins(path: str, text: str) -> list[Pin]:
    return list(of_kind(read(path, text.encode()).facts, Pin))


def test_templates_of_compose_files() -> None:
    text = (
        "x-base: &base\n  image: python:latest\nservices:\n  a:\n    <<: *base\n"
        "  b:\n    image: {{ registry }}/pytorch:{{ tag }}\n"
        "  {% if gpu %}\n  c:\n    image: ollama/ollama\n  {% endif %}\n"
    )
    found = read("compose.yml", text.encode())
    assert {image.reference for image in of_kind(found.facts, Image)} == {"python:latest", "ollama/ollama"}
    assert [(notice.kind, notice.line) for notice in found.notices] == [("template", 7)]


def test_long_locks_are_read_whole() -> None:
    lock = "".join(f'[[package]]\nname = "p{n}"\nversion = "1.{n}"\n\n' for n in range(30_000))
    assert len(list(of_kind(read("uv.lock", lock.encode()).facts, LockedVersion))) == 30_000


def test_here_documents_of_images() -> None:
    text = (
        "# syntax=docker/dockerfile:1.4\n# escape=`\nFROM python:3.11 `\n  AS base\n"
        "RUN <<'EOT'\npip install torch\nEOT\n"
        "COPY <<EOF /x\npip install pandas\nEOF\nRUN pip install xgboost `\n  lightgbm\n"
    )
    assert [(pin.name, pin.place.span.line) for pin in of_pins("Dockerfile", text)] == [
        ("torch", 6), ("xgboost", 11), ("lightgbm", 11),
    ]  # fmt: skip


def test_setup_that_is_no_python_says_nothing() -> None:
    assert not list(of_kind(read_python("setup.py", "setup(install_requires=['torch'\n").facts, Pin))


def test_files_that_include_each_other(tmp_path: Path) -> None:
    write(tmp_path / "mldebt.toml", "")
    write(tmp_path / "requirements.txt", "-r more.txt\n-r requirements.txt\ntorch\n")
    write(tmp_path / "more.txt", "-r requirements.txt\nkeras\n")
    found = check(tmp_path)
    assert {(each["path"], each["line"]) for each in found.findings if each["code"] == "PIN001"} == {
        ("requirements.txt", 3), ("more.txt", 2),
    }  # fmt: skip
    assert not found.document["notices"]
