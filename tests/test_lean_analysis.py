"""From lean trees comes what comes from libcst's: the same facts and the same candidates."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt import catalogue, vocabulary
from mldebt.analyse import Analyser, analyse, make_analyser
from mldebt.discover import Source
from mldebt.settings import AnalyserSettings
from mldebt.syntax import stack

FIXTURES = Path(__file__).parents[1] / "fixtures"
FAMILIES = sorted(each.name for each in FIXTURES.iterdir() if each.is_dir())


def analyser(*, lean: bool) -> Analyser:
    settings = AnalyserSettings(catalogue.load().specs, (), (), 20_000, lean)
    return make_analyser(settings, vocabulary.load({}))


@pytest.mark.parametrize("family", FAMILIES)
def test_lean_and_parsed_say_the_same(family: str) -> None:
    lean, parsed = analyser(lean=True), analyser(lean=False)
    for path in sorted((FIXTURES / family).rglob("*")):
        if path.suffix in {".py", ".ipynb"}:
            source = Source(path.relative_to(FIXTURES).as_posix(), "python" if path.suffix == ".py" else "notebook")
            data = path.read_bytes()
            assert stack.call(lambda: analyse(lean, source, data)) == stack.call(lambda: analyse(parsed, source, data))  # noqa: B023  # run at once
