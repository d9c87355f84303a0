"""Planning fixes: which go together, which are refused, and what a recipe must be."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from mldebt import recipes
from mldebt.edits import RefusedError
from mldebt.fix import SAFE, UNSAFE, is_fixable, plan, with_fixes
from mldebt.model import Confidence, Edit, Finding, Recipe, Span, Status
from mldebt.recipes import Wanted
from mldebt.tree import WorkingTree
from tests.report.runs import finding

TEXT = "score = 1\nlimit = 2\n"


@pytest.fixture
def toy_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe ``toy`` that writes ``text`` over ``span`` (columns of the finding's line) of ``path``."""

    def realise(wanted: Wanted) -> Iterator[Edit]:
        path = wanted.arguments.get("path", wanted.finding.place.path)
        line = wanted.finding.place.span.line
        for part in wanted.arguments["span"].split():
            start, _, end = part.partition("-")
            yield wanted.open(path).edit(Span(line, int(start), line, int(end)), wanted.arguments["text"])

    module = ModuleType("mldebt.recipes.toy")
    module.realise = realise  # type: ignore[attr-defined]  # what makes it a recipe
    monkeypatch.setitem(importlib.import_module("sys").modules, "mldebt.recipes.toy", module)


def fixed(
    span: str, text: str = "X", *, line: int = 1, safety: str = "safe", path: str = "a.py", **given: str
) -> Finding:
    recipe = Recipe("toy", "write it", safety, (("span", span), ("text", text), *given.items()))
    return replace(finding(path, (line, 1, line, 2)), recipes=(recipe,), identity=f"{span}{text}{line}{safety}")


def tree(folder: Path) -> WorkingTree:
    (folder / "a.py").write_text(TEXT)
    (folder / "b.py").write_text(TEXT)
    return WorkingTree.of(folder)


@pytest.mark.usefixtures("toy_recipe")
def test_the_first_of_two_that_overlap_is_made(tmp_path: Path) -> None:
    files = tree(tmp_path)
    for other in ("3-6", "5-7", "1-5", "6-6"):
        made = plan([fixed("1-6"), fixed(other), fixed("1-6", line=2)], files.read)
        assert [each.finding.place.span.line for each in made.applied] == [1, 2]
        assert made.changes["a.py"].after == b"X = 1\nX = 2\n"


@pytest.mark.usefixtures("toy_recipe")
def test_one_edit_that_two_want_is_made_once(tmp_path: Path) -> None:
    made = plan([fixed("1-1 9-10"), replace(fixed("1-1"), identity="other")], tree(tmp_path).read)
    assert len(made.applied) == 2
    assert made.changes["a.py"].after == b"Xscore = X\nlimit = 2\n"


@pytest.mark.usefixtures("toy_recipe")
def test_lines_that_are_put_in_at_one_place_are_all_made_unless_they_define_the_same(tmp_path: Path) -> None:
    wanted = [fixed("1-1", "b = 2\n"), fixed("1-1", "a = 1\n"), fixed("1-1", "b = 3\n"), fixed("1-1", "c")]
    made = plan(wanted, tree(tmp_path).read)
    assert [dict(each.recipe.arguments)["text"] for each in made.applied] == ["b = 2\n", "a = 1\n"]
    assert made.changes["a.py"].after == b"a = 1\nb = 2\n" + TEXT.encode()


@pytest.mark.usefixtures("toy_recipe")
def test_a_fix_is_made_whole_or_not(tmp_path: Path) -> None:
    made = plan([fixed("1-6"), fixed("9-10 2-3")], tree(tmp_path).read)
    assert len(made.applied) == 1
    assert made.changes["a.py"].after == b"X = 1\nlimit = 2\n"


@pytest.mark.usefixtures("toy_recipe")
def test_reasons_are_told(tmp_path: Path) -> None:
    findings = [fixed("1-60"), fixed("1-2", path="missing.py"), fixed("1-2", path="b.py"), fixed("1-2", "a\r\nb\n")]
    made = plan(findings, tree(tmp_path).read, obstacle=lambda path: "is read-only" if path == "b.py" else "")
    assert [notice.message.partition(": ")[2] for notice in made.notices] == [
        "a.py has changed: line 1 is shorter", "missing.py does not exist", "b.py is read-only",
    ]  # fmt: skip
    assert made.changes["a.py"].after == b"a\nb\ncore = 1\nlimit = 2\n"
    assert made.notices[0].path == "a.py"


@pytest.mark.usefixtures("toy_recipe")
def test_safety(tmp_path: Path) -> None:
    files = tree(tmp_path)
    findings = [fixed("1-6"), fixed("1-6", line=2, safety="unsafe"), fixed("9-10", safety="suggested")]
    assert len(plan(findings, files.read).applied) == 1
    assert len(plan(findings, files.read, UNSAFE).applied) == 2
    assert [len(each.fixes) for each in with_fixes(findings, files.read)[0]] == [1, 1, 1]
    refused = frozenset({(findings[0].identity, "toy")})
    assert not plan(findings, files.read, refused=refused).applied


def test_only_what_is_open_and_heard_is_fixed() -> None:
    made = fixed("1-2")
    assert is_fixable(made, SAFE)
    assert not is_fixable(replace(made, status=Status.SUPPRESSED), SAFE)
    assert not is_fixable(replace(made, status=Status.OUTSIDE), SAFE)
    assert not is_fixable(replace(made, confidence=Confidence.LOW), SAFE)
    assert not is_fixable(replace(made, recipes=()), SAFE)


def test_a_recipe_that_changes_nothing_is_refused() -> None:
    with pytest.raises(ModuleNotFoundError):
        recipes.realise(Recipe("never-heard-of", "", "safe"), finding(), lambda path: pytest.fail(path))


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_is_a_module_of_its_name(name: str) -> None:
    module = importlib.import_module(f"mldebt.recipes.{name.replace('-', '_')}")
    assert (module.__doc__ or "").startswith(f"``{name}``:"), "its first line says what it does"
    assert list(inspect.signature(module.realise).parameters) == ["wanted"]


@pytest.mark.usefixtures("toy_recipe")
def test_refusals_are_no_crash(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="nothing to change"):
        recipes.realise(fixed("").recipes[0], fixed(""), lambda path: pytest.fail(path))


@pytest.mark.usefixtures("toy_recipe")
def test_a_recipe_that_crashes_is_named_and_the_run_cannot_be_trusted(tmp_path: Path) -> None:
    files = tree(tmp_path)
    findings = [fixed("one-two"), fixed("1-6")]
    made = plan(findings, files.read)
    assert len(made.applied) == 1
    (notice,) = made.notices
    assert notice.fatal
    assert "the recipe toy crashed (ValueError" in notice.message
    told, notices = with_fixes(findings, files.read)
    assert [len(each.fixes) for each in told] == [0, 1]
    assert notices == made.notices
