"""MLproject and python_env.yaml."""

from __future__ import annotations

from mldebt.facts import of_kind
from mldebt.facts.pins import Include, Manifest, Pin
from mldebt.sources.manifests.reading import read


def test_a_project_names_its_environment() -> None:
    found = read("a/MLproject", b"name: x\nconda_env: conda.yaml\nentry_points:\n  main: {command: python a.py}\n")
    assert [one.target for one in of_kind(found.facts, Include)] == ["a/conda.yaml"]
    assert next(of_kind(found.facts, Manifest)).dialect == "mlproject"


def test_an_environment() -> None:
    text = (
        'python: "3.12.8"\nbuild_dependencies: [pip==25]\ndependencies:\n'
        '  - mlflow  # mldebt: ignore[PIN010] wrong\n  - -r needs.txt\n  - "torch==2.9.1"\n  - [\n'
    )
    found = read("python_env.yaml", text.removesuffix("  - [\n").encode())
    pins = [(one.name, one.specifier, one.group, one.place.span.line) for one in of_kind(found.facts, Pin)]
    assert pins == [("pip", "==25", "build", 2), ("mlflow", "", "", 4), ("torch", "==2.9.1", "", 6)]
    assert [one.target for one in of_kind(found.facts, Include)] == ["needs.txt"]
    assert next(of_kind(found.facts, Manifest)).requires_python == "==3.12.*"
    assert [one.line for one in found.comments] == [4]
    assert [one.kind for one in read("python_env.yaml", text.encode()).notices] == ["malformed-manifest"]
