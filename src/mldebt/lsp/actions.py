"""What a client may offer at a finding: its fixes, and suppressions that ask for a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from lsprotocol import types

from mldebt.fix import with_fixes
from mldebt.lsp.diagnostics import Positions
from mldebt.lsp.documents import Document, Notebook, Part
from mldebt.model import Edit, Finding, Fix
from mldebt.run import Outcome
from mldebt.sources import SourceText
from mldebt.suppressions import python_suppressions

_KINDS = {"accepted": "Accept", "later": "Put off", "wrong": "Report as wrong"}
_HIGHEST = 200  # lines above a finding that are tried for the beginning of its statement


def offer(
    finding: Finding,
    diagnostic: types.Diagnostic,
    outcome: Outcome,
    documents: Mapping[str, Document],
    positions: Positions,
) -> Iterator[types.CodeAction]:
    """The fixes of a finding, the safe ones preferred, then the suppressions."""
    (fixable,), _ = with_fixes((finding,), outcome.tree.read)
    for fix in fixable.fixes:
        edit = _workspace_edit(fix, documents, positions)
        if edit is not None:
            title = fix.title if fix.safety == "safe" else f"{fix.title} ({fix.safety})"
            yield _action(title, diagnostic, edit, preferred=fix.safety == "safe")
    document = documents[finding.place.path]
    part = document.part(finding.place.span)
    if part is None or not finding.place.path.endswith((".py", ".ipynb")):
        return
    for kind, words in _KINDS.items():
        where = _suppress(document.texts[part.uri], part.line, finding.code, kind)
        if where is not None:
            line, column, text = where
            at = positions.range(Part(part.uri, line, column, line, column))
            edit = types.WorkspaceEdit(changes={part.uri: [types.TextEdit(at, text)]})
            title = f"{words} {finding.code} here: # mldebt: ignore[...] {kind} -- (the reason is yours)"
            yield _action(title, diagnostic, edit)


def _action(
    title: str, diagnostic: types.Diagnostic, edit: types.WorkspaceEdit, *, preferred: bool = False
) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        is_preferred=preferred or None,
        edit=edit,
    )


def _workspace_edit(fix: Fix, documents: Mapping[str, Document], positions: Positions) -> types.WorkspaceEdit | None:
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in fix.edits:
        at = positions.locate(edit.path, edit.span)
        if at is None:
            return None
        changes.setdefault(at.uri, []).append(types.TextEdit(at.range, _text(edit, documents)))
    return types.WorkspaceEdit(changes=changes) if changes else None


def _text(edit: Edit, documents: Mapping[str, Document]) -> str:
    """The text as the editor has it: a cell holds code, not JSON."""
    if not isinstance(documents.get(edit.path), Notebook):
        return edit.text
    meant = json.loads(f'"{edit.text}"')
    assert isinstance(meant, str)
    return meant


def _suppress(text: str, line: int, code: str, kind: str) -> tuple[int, int, str] | None:
    """Where to write the comment, and what. What it would hold for is asked of the reader of such comments,
    so that one that would mean another statement, or stand inside a string, is not offered.

    The reason stays empty: SUP003 speaks until somebody has given it.
    """
    lines = text.split("\n")
    comment = f"# mldebt: ignore[{code}] {kind} --"
    for number in range(min(line, len(lines)), max(line - _HIGHEST, 0), -1):
        written = lines[number - 1].rstrip("\r")
        end = len(written)
        behind = [*lines[: number - 1], f"{written}  {comment}", *lines[number:]]
        room = written.strip() and not written.endswith("\\")  # nothing may follow a line's continuation
        if room and _holds(behind, line, code):
            return number, end + 1, f"  {comment}"
        indent = written[: len(written) - len(written.lstrip())]
        above = [*lines[: number - 1], f"{indent}{comment}", *lines[number - 1 :]]
        if _holds(above, line + 1, code):
            return number, 1, f"{indent}{comment}\n"
    return None


def _holds(lines: list[str], line: int, code: str) -> bool:
    found = python_suppressions(SourceText.of("a.py", "\n".join(lines)))
    mine = (each for each in found.suppressions if code in each.codes and not each.reason)
    return any(first <= line <= last for first, last in (each.lines for each in mine))
