"""conda environments."""

from __future__ import annotations

import time

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import Include, Manifest, Pin
from mldebt.model import Span
from mldebt.sources.manifests.reading import ManifestFacts, read
from mldebt.syntax import stack

TEXT = """\
name: scorer  # the environment
channels: [conda-forge]
dependencies:
  - python=3.11
  - pytorch::pytorch=2.1
  - numpy  # mldebt: ignore[PIN001] later
  - "scipy>=1.11,<2"
  - pandas=2.2.3=py311h_0
  - pip
  - pip:
      - torchmetrics
      - kit @ git+https://git.example.org/kit.git@main
      - -r requirements.txt
"""


def test_an_environment() -> None:
    result = read("env/environment.yml", TEXT.encode())
    assert result.notices == ()
    found = list(of_kind(result.facts, Pin))
    assert [(pin.name, pin.specifier, pin.dialect, pin.place.span.line) for pin in found] == [
        ("pytorch", "==2.1.*", "conda", 5),
        ("numpy", "", "conda", 6),
        ("scipy", "<2,>=1.11", "conda", 7),
        ("pandas", "==2.2.3", "conda", 8),
        ("pip", "", "conda", 9),
        ("torchmetrics", "", "conda-pip", 11),
        ("kit", "", "conda-pip", 12),
    ]
    assert found[1].place.span == Span(6, 5, 6, 10)
    assert found[-1].url == "git+https://git.example.org/kit.git@main"
    assert [one.target for one in of_kind(result.facts, Include)] == ["env/requirements.txt"]
    assert next(of_kind(result.facts, Manifest)).requires_python == "==3.11.*"
    assert [(one.line, one.text) for one in result.comments][1] == (6, "# mldebt: ignore[PIN001] later")


@pytest.mark.parametrize(
    ("written", "specifier"),
    [
        ("torch", ""),
        ("torch=*", ""),
        ("torch=2", "==2.*"),
        ("torch=2.1.*", "==2.1.*"),
        ("torch==2.1.0", "==2.1.0"),
        ("torch==2.1.0=build", "==2.1.0"),
        ("torch=2.1.0=*", "==2.1.0.*"),
        ("torch 2.1.*", "==2.1.*"),
        ("torch 2.1.0 build_0", "==2.1.0"),
        ("torch >=2.1", ">=2.1"),
        ("torch>=2,<3", "<3,>=2"),
        ("torch~=2.1.0", "~=2.1.0"),
        ("torch >= 2.1 , < 3", "<3,>=2.1"),
    ],
)
def test_operators(written: str, specifier: str) -> None:
    result = read("environment.yml", f"dependencies:\n  - {written}\n".encode())
    assert [pin.specifier for pin in of_kind(result.facts, Pin)] == [specifier]


@pytest.mark.parametrize("text", ["", "a: 1\n", "dependencies: 3\n", "- a\n", "services:\n  web: {image: x}\n"])
def test_other_yaml_says_nothing(text: str) -> None:
    assert read("environment.yml", text.encode()) == ManifestFacts()


def test_malformed() -> None:
    result = read("conda.yaml", b"dependencies:\n  - torch\n  - '???'\n  - pip:\n    - a b c\n")
    assert [(one.kind, one.line) for one in result.notices] == [
        ("malformed-requirement", 3),
        ("malformed-requirement", 5),
    ]
    assert [one.kind for one in read("conda.yaml", b"a: [\n").notices] == ["malformed-manifest"]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *a]\n" for n in range(200)),
        "dependencies: " + "[" * 50_000,
        "dependencies: " + "{a: " * 20_000,
        "- " * 50_000,
        "dependencies:\n" + "- torch\n" * 10_000,
    ],
)
def test_hostile_yaml_takes_no_time(text: str) -> None:
    started = time.perf_counter()
    stack.call(lambda: read("environment.yml", text.encode()))
    assert time.perf_counter() - started < 60
