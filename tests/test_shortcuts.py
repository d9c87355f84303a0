"""What makes the analysis quick changes nothing: lean trees and gates give the same facts and candidates."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from mldebt import catalogue, vocabulary
from mldebt.analyse import Analyser, analyse, make_analyser
from mldebt.discover import Source
from mldebt.engine import on
from mldebt.gate import Gate, Glance, Opened
from mldebt.settings import AnalyserSettings
from mldebt.syntax import stack

FIXTURES = Path(__file__).parents[1] / "fixtures"
FAMILIES = sorted(each.name for each in FIXTURES.iterdir() if each.is_dir())


def analyser(*, lean: bool = True, gated: bool = True) -> Analyser:
    settings = AnalyserSettings(catalogue.load().specs, (), (), 20_000, lean, gated=gated)
    return make_analyser(settings, vocabulary.load({}))


@pytest.mark.parametrize("family", FAMILIES)
def test_all_ways_say_the_same(family: str) -> None:
    ways = [analyser(), analyser(lean=False), analyser(gated=False)]
    for path in sorted((FIXTURES / family).rglob("*")):
        if path.suffix in {".py", ".ipynb"}:
            source = Source(path.relative_to(FIXTURES).as_posix(), "python" if path.suffix == ".py" else "notebook")
            data = path.read_bytes()
            run, by_libcst, ungated = (stack.call(lambda way=way: analyse(way, source, data)) for way in ways)  # type: ignore[misc]  # noqa: B023  # bound and run at once
            assert run == by_libcst
            assert run == ungated


def test_a_gate_sees_identifiers_as_python_reads_them() -> None:
    words = vocabulary.load({})
    gate = Opened(Gate(words=frozenset({"fit"})), words)
    assert gate.admits(Glance("model.ﬁt(x)"))  # a ligature, which Python reads as two letters
    assert not gate.admits(Glance("model.outfit(x)"))


def test_a_gate_of_tokens_wants_all_of_a_compound() -> None:
    gate = Opened(Gate(tokens=("threshold-markers",)), vocabulary.load({}))
    assert gate.admits(Glance("x = 0.5  # good enough for us"))
    assert not gate.admits(Glance("x = 0.5  # good"))


def test_only_calls_are_told_by_name() -> None:
    with pytest.raises(TypeError, match="only calls"):
        on(cst.If, called=("get",))
