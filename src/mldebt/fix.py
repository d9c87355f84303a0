"""Recipes -> edits -> new bytes. Nothing is written here, and nothing is believed to be right:
``repair`` runs the rules on the result before a byte reaches the disk.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from mldebt.edits import Document, RefusedError
from mldebt.model import Confidence, Edit, Finding, Fix, Notice, Recipe, Status
from mldebt.recipes import realise
from mldebt.rewrite import Change
from mldebt.tree import UnreadableError

SAFE = frozenset({"safe"})
UNSAFE = frozenset({"safe", "unsafe"})

Read = Callable[[str], bytes]
"""Bytes of a root-relative path; raises ``UnreadableError``."""


class CrashedError(RefusedError):
    """A mistake of a recipe's own: the fix is not made, and the run cannot be trusted."""


class Files:
    """The files that fixes look at, each read once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[str, Document] = {}

    def open(self, path: str) -> Document:
        """Raises ``RefusedError`` for what cannot be read, or not be written as it was."""
        if path not in self._known:
            try:
                self._known[path] = Document.of(path, self._read(path))
            except UnreadableError as error:
                raise RefusedError(f"{path} {error.reason}") from None
        return self._known[path]


class Applied(Struct, frozen=True):
    """A finding and the fix that is made of it."""

    finding: Finding
    recipe: Recipe
    fix: Fix

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(edit.path for edit in self.fix.edits)


class Plan(Struct, frozen=True):
    """Fixes that may be made together, what the files then hold, and why others are not made."""

    applied: tuple[Applied, ...]
    changes: dict[str, Change]
    notices: tuple[Notice, ...]


def with_fixes(findings: Iterable[Finding], read: Read) -> tuple[tuple[Finding, ...], tuple[Notice, ...]]:
    """The findings with their recipes realised, without those that cannot be; and a notice for each recipe
    that crashed."""
    files, notices, told = Files(read), list[Notice](), list[Finding]()
    for finding in findings:
        fixes = []
        for recipe in finding.recipes:
            try:
                fixes.append(_realised(recipe, finding, files))
            except CrashedError as error:
                notices.append(_crashed(finding, error))
            except RefusedError:
                continue
        told.append(replace(finding, fixes=tuple(fixes)) if fixes else finding)
    return tuple(told), tuple(notices)


def is_fixable(finding: Finding, safeties: AbstractSet[str]) -> bool:
    """Open, sure enough to be counted, and with a recipe of these safeties."""
    heard = finding.status is Status.OPEN and finding.confidence is not Confidence.LOW
    return heard and any(recipe.safety in safeties for recipe in finding.recipes)


def plan(
    findings: Iterable[Finding],
    read: Read,
    safeties: AbstractSet[str] = SAFE,
    *,
    obstacle: Callable[[str], str] = lambda path: "",
    refused: AbstractSet[tuple[str, str]] = frozenset(),
) -> Plan:
    """The fixes that can be made in one go, the first in order of places where two overlap: the other
    is for the next round. ``obstacle`` says why a file may not be written; ``refused`` are (identity,
    recipe) of fixes that are known not to do."""
    files, taken, applied, notices = Files(read), _Taken(), list[Applied](), list[Notice]()
    for finding in findings:
        for recipe in finding.recipes if is_fixable(finding, safeties) else ():
            if recipe.safety not in safeties or (finding.identity, recipe.name) in refused:
                continue
            try:
                fix = _realised(recipe, finding, files)
                for path in sorted({edit.path for edit in fix.edits}):
                    if reason := obstacle(path):
                        raise RefusedError(f"{path} {reason}")
            except CrashedError as error:
                notices.append(_crashed(finding, error))
                continue
            except RefusedError as error:
                notices.append(not_fixed(finding, str(error)))
                continue
            if taken.take(fix.edits):
                applied.append(Applied(finding, recipe, fix))
            break
    return Plan(tuple(applied), _changes(applied, files), tuple(notices))


def not_fixed(finding: Finding, reason: str) -> Notice:
    place = finding.place
    return Notice("not-fixed", f"{finding.code} is not fixed: {reason}", place.path, place.span.line)


def _crashed(finding: Finding, error: CrashedError) -> Notice:
    place = finding.place
    return Notice("recipe-crashed", str(error), place.path, place.span.line, fatal=True)


def _realised(recipe: Recipe, finding: Finding, files: Files) -> Fix:
    try:
        edits = realise(recipe, finding, files.open)
    except RefusedError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {str(error)[:200]}"
        raise CrashedError(f"the recipe {recipe.name} crashed ({said}); please report it") from error
    for path in {edit.path for edit in edits}:
        files.open(path).edited(edit for edit in edits if edit.path == path)  # refuses what cannot be made
    return Fix(recipe.title, recipe.safety, edits)


class _Taken:
    """The places that fixes have claimed, by file and sorted. The same edit may be wanted twice (an import
    that two fixes need)."""

    def __init__(self) -> None:
        self._edits: defaultdict[str, list[Edit]] = defaultdict(list)

    def take(self, edits: Sequence[Edit]) -> bool:
        """Claim the places of a fix, all or none."""
        spots = [(self._edits[edit.path], bisect_left(self._edits[edit.path], edit), edit) for edit in edits]
        fresh = [(taken, at, edit) for taken, at, edit in spots if taken[at : at + 1] != [edit]]
        if any(_touch(edit, other) for taken, at, edit in fresh for other in taken[max(at - 1, 0) : at + 1]):
            return False
        for taken, _, edit in fresh:
            insort(taken, edit)
        return True


def _touch(one: Edit, other: Edit) -> bool:
    """Edits that share a boundary count as well: nobody could say which comes first. Of whole lines that are put in at
    one place nobody needs to, unless they begin with the same word: then both may mean to define it."""
    is_insertion = (one.span.line, one.span.column) == (one.span.end_line, one.span.end_column)
    if is_insertion and one.span == other.span and one.text.endswith("\n") and other.text.endswith("\n"):
        return one.text.split(maxsplit=1)[:1] == other.text.split(maxsplit=1)[:1]
    return (one.span.line, one.span.column) <= (other.span.end_line, other.span.end_column) and (
        other.span.line,
        other.span.column,
    ) <= (one.span.end_line, one.span.end_column)


def _changes(applied: Iterable[Applied], files: Files) -> dict[str, Change]:
    edits: defaultdict[str, set[Edit]] = defaultdict(set)
    for each in applied:
        for edit in each.fix.edits:
            edits[edit.path].add(edit)
    changes = {path: Change(files.open(path).data, files.open(path).edited(made)) for path, made in edits.items()}
    return {path: change for path, change in sorted(changes.items()) if change.before != change.after}
