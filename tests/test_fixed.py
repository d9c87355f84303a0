"""Every way to fix a finding on its fixtures: what ``bad_x.fixed`` holds is what ``bad_x`` becomes."""

from __future__ import annotations

import codecs
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from mldebt import catalogue, recipes
from mldebt.config import Flags
from mldebt.rule_spec import RuleSpec
from mldebt.run import Outcome, Request, execute
from tests.expectations import blank, heard, take
from tests.test_repair import installed
from tests.toy import mldebt

FIXTURES = Path(__file__).parent.parent / "fixtures"
SPECS = {spec.name: spec for spec in catalogue.load().specs}
FIXED = sorted(FIXTURES.glob("*/*/*.fixed"))
CASES = [pytest.param(SPECS[each.parent.name], each, id=f"{each.parent.name}-{each.stem}") for each in FIXED]
INSTALLED = {
    "torch": "2.9.1", "scikit-learn": "1.7.2", "pandas": "2.3.3", "lightgbm": "4.6.0", "shap": "0.49.1",
    "mlflow": "3.6.0", "transformers": "4.57.1", "accelerate": "1.11.0",
}  # fmt: skip
"""What is installed where it is fixed; what a lock of the fixture says comes first."""
SPOKEN_FOR = {"PIN007"}
"""What a finding spoke for while its version was open: that nothing locks what a pinned package brings in."""


def run(root: Path) -> Outcome:
    return execute(Request(root, root=str(root), flags=Flags(jobs=1)))


def flags(folder: Path) -> tuple[str, ...]:
    environment = folder / "environment"
    if not environment.exists():
        installed(environment, **INSTALLED)
    return "--root", ".", "--environment", str(environment), "--fix", "--unsafe-fixes", "--fail-on", "never"


def lines(root: Path) -> dict[str, list[str]]:
    """What files hold, line ends included; blanks at the end of a line stood for an expectation."""
    paths = sorted(each for each in root.rglob("*") if each.is_file() and ".mldebt_cache" not in each.parts)
    return {
        path.relative_to(root).as_posix(): re.sub(r" +(?=\r?\n|$)", "", blank(path.read_bytes().decode())).split("\n")
        for path in paths
    }


def wanted(fixed: Path, folder: Path) -> Path:
    """What the fixture is to become, as a folder."""
    if fixed.is_dir():
        return fixed
    folder.mkdir()
    shutil.copy(fixed, folder / fixed.stem)
    return folder


@pytest.mark.parametrize(("spec", "fixed"), CASES)
def test_a_fixture_becomes_what_stands_beside_it(spec: RuleSpec, fixed: Path, tmp_path: Path) -> None:
    root, _ = take(fixed.with_suffix(""), tmp_path)
    before = run(root)
    ran = mldebt(root, "check", *flags(tmp_path))
    assert lines(root) == lines(wanted(fixed, tmp_path / "wanted")), ran.err
    for path in root.rglob("*.py"):
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    after = run(root)
    had, has = (Counter(each.code for each in heard(outcome)) for outcome in (before, after))
    assert has[spec.code] < had[spec.code]
    assert set(has - had) <= {code for code in SPOKEN_FOR if code.startswith(spec.family)}
    left = lines(root)
    mldebt(root, "check", *flags(tmp_path))
    assert lines(root) == left, "a second run changes nothing"


PYTHON = [case for case, fixed in zip(CASES, FIXED, strict=True) if fixed.is_dir() or fixed.stem.endswith(".py")]


@pytest.mark.parametrize(("spec", "fixed"), PYTHON)
def test_line_ends_and_byte_order_marks_stay(spec: RuleSpec, fixed: Path, tmp_path: Path) -> None:
    root, _ = take(fixed.with_suffix(""), tmp_path)
    written = lines(wanted(fixed, tmp_path / "wanted"))
    paths = [path for path in root.rglob("*.py") if path.stat().st_size and b"\r" not in path.read_bytes()]
    for path in paths:
        path.write_bytes(codecs.BOM_UTF8 + path.read_bytes().replace(b"\n", b"\r\n"))
        name = path.relative_to(root).as_posix()
        written[name] = ["\ufeff" + written[name][0], *written[name][1:]]
        written[name] = [*(f"{line}\r" for line in written[name][:-1]), written[name][-1]]
    mldebt(root, "check", *flags(tmp_path))
    assert lines(root) == written, spec.code


FIXABLE = [pytest.param(spec, id=spec.code) for spec in SPECS.values() if spec.fixes]


@pytest.mark.parametrize("spec", FIXABLE)
def test_what_a_rule_says_of_its_fixes_is_shown(spec: RuleSpec) -> None:
    assert {fix.recipe for fix in spec.fixes} <= set(recipes.names())
    if any(fix.safety != "suggested" for fix in spec.fixes):
        assert [each for each in FIXED if each.parent.name == spec.name], "a .fixed fixture is missing"
