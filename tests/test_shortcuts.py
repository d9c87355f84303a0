"""What makes the analysis quick changes nothing: lean trees and gates give the same facts and findings."""

from __future__ import annotations

import gc
from pathlib import Path

import libcst as cst
import pytest
from msgspec.structs import replace

from mldebt import catalogue, vocabulary
from mldebt.analyse import Analyser, analyse, make_analyser, settled_role
from mldebt.discover import Source
from mldebt.engine import Collector, on
from mldebt.facts import FileFacts
from mldebt.gate import Gate, Glance, Opened
from mldebt.listeners import Listening, Told
from mldebt.model import Role
from mldebt.settings import AnalyserSettings
from mldebt.syntax import stack
from mldebt.syntax.asked import gives_number

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
            assert run == audible(ways[0], ungated)


def audible(way: Analyser, found: FileFacts) -> FileFacts:
    """``found`` without the candidates of rules that are silent in files like this, which no finding comes of."""
    role = settled_role(way, found.path, found.facts)
    loud = {rule.spec.code for rule in way.rules if role is None or role in dict(rule.spec.roles)}
    return replace(found, candidates=tuple(each for each in found.candidates if each.code in loud))


@pytest.mark.parametrize("family", FAMILIES)
def test_trees_go_without_the_collector(family: str) -> None:
    way = analyser()
    gc.collect()
    gc.disable()
    gc.freeze()
    try:
        for path in sorted((FIXTURES / family).rglob("*.py")):
            source, data = Source(path.name, "python"), path.read_bytes()
            stack.call(lambda source=source, data=data: analyse(way, source, data))  # type: ignore[misc]  # bound now
            assert not [each for each in gc.get_objects() if type(each) is cst.FunctionDef], path
    finally:
        gc.unfreeze()
        gc.enable()


def test_rules_are_not_told_of_files_in_which_they_are_silent() -> None:
    data = b"score = model.predict_proba(x)[0]\nif score > 0.7:\n    approve()\n"
    codes = {}
    for path in ("app/decide.py", "tests/decide.py"):
        for way in (analyser(), analyser(gated=False)):
            found = stack.call(lambda way=way, path=path: analyse(way, Source(path, "python"), data))  # type: ignore[misc]  # bound now
            codes[path, way.gated] = {each.code for each in found.candidates}
    assert codes["app/decide.py", True] == codes["app/decide.py", False] != set()
    assert codes["tests/decide.py", True] == set()
    assert codes["tests/decide.py", False] != set()


def test_the_configured_role_decides_who_is_told() -> None:
    settings = AnalyserSettings(catalogue.load().specs, (), (), 20_000, roles=(("tests/bench/", Role.OTHER),))
    way = make_analyser(settings, vocabulary.load({}))
    assert settled_role(way, "tests/bench/a.py", ()) is Role.OTHER
    assert settled_role(way, "tests/a.py", ()) is Role.TEST


def test_a_gate_sees_identifiers_as_python_reads_them() -> None:
    words = vocabulary.load({})
    gate = Opened(Gate(words=frozenset({"fit"})), words)
    assert gate.admits(Glance("model.ﬁt(x)"))  # a ligature, which Python reads as two letters
    assert not gate.admits(Glance("model.outfit(x)"))


def test_a_gate_of_tokens_wants_all_of_a_compound() -> None:
    gate = Opened(Gate(tokens=("threshold-markers",)), vocabulary.load({}))
    assert gate.admits(Glance("x = 0.5  # good enough for us"))
    assert not gate.admits(Glance("x = 0.5  # good"))


def test_listeners_are_told_of_what_they_ask_for() -> None:
    entries = [
        Listening(Collector(), list),
        Listening(Collector(), list, like=gives_number),
        Listening(Collector(), list, called=frozenset({"fit"})),
        Listening(Collector(), list, called=frozenset({"fit"}), like=gives_number),
    ]
    told = Told(entries)
    for code, expected in {
        "f(x)": [0],
        "f(x, 1)": [0, 1],
        "m.fit(x)": [0, 2],
        "m.fit(x, alpha=-1.0)": [0, 1, 2, 3],
    }.items():
        assert told.of(cst.parse_expression(code)) == [entries[each][:2] for each in expected]


def test_only_calls_are_told_by_name() -> None:
    with pytest.raises(TypeError, match="only calls"):
        on(cst.If, called=("get",))
