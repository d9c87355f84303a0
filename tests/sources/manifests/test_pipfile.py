"""Pipfile."""

from __future__ import annotations

from mldebt.facts import of_kind
from mldebt.facts.pins import Manifest, Pin, RefKind
from mldebt.sources.manifests.reading import read

TEXT = """
[[source]]
url = "https://index.example.org/simple"
[packages]
torch = "*"
numpy = "==1.26.4"
kit = {git = "https://git.example.org/kit.git", ref = "main", editable = true}
fixed = {git = "https://git.example.org/fixed.git@v1"}
scipy = {version = ">=1.11", extras = ["x"], markers = "os_name == 'nt'"}
local = {path = "../local"}
odd = 3
[dev-packages]
ruff = "*"
[serving]
uvicorn = "~=0.30.1"
[requires]
python_version = "3.11"
"""


def test_pipfile() -> None:
    result = read("Pipfile", TEXT.encode())
    found = {pin.name: pin for pin in of_kind(result.facts, Pin)}
    assert [(name, pin.specifier, pin.group) for name, pin in found.items()] == [
        ("torch", "", ""),
        ("numpy", "==1.26.4", ""),
        ("kit", "", ""),
        ("fixed", "", ""),
        ("scipy", ">=1.11", ""),
        ("local", "", ""),
        ("ruff", "", "dev"),
        ("uvicorn", "~=0.30.1", "serving"),
    ]
    assert found["kit"].url == "git+https://git.example.org/kit.git@main"
    assert (found["kit"].ref_kind, found["kit"].editable) == (RefKind.UNSTATED, True)
    assert found["scipy"].marker == "os_name == 'nt'"
    assert found["torch"].place.span.line == 5
    assert [notice.line for notice in result.notices] == [11]
    assert next(of_kind(result.facts, Manifest)).requires_python == "==3.11.*"
