"""Writing a suppression where it holds: each place that would do is tried by running the rules on it.

Nothing is guessed about what a comment covers. A comment is laid over the file, the project is judged,
and the first place at which it hides the finding, and as little else as may be, is taken. Files that
have no comments, and notebooks, get an entry in the configuration.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from mldebt import replacing, selectors
from mldebt.comparison import Asked
from mldebt.config import NAME
from mldebt.discover import kind_of
from mldebt.edits import Document, RefusedError
from mldebt.errors import UserError
from mldebt.model import Finding, Status
from mldebt.rewrite import Change, obstacle, write
from mldebt.run import Outcome, Request, execute
from mldebt.suppressions import read_back

WIDEST = 100
"""Characters up to which a comment goes behind the code; longer lines get it above."""

_WITHOUT_COMMENTS = (".ipynb", ".json", ".lock")


class Wish(Struct, frozen=True):
    """What is to be suppressed: findings of ``code`` at ``path``:``line``, and with what words."""

    code: str
    path: str
    line: int
    reason: str = ""
    kind: str = ""
    until: str = ""
    owner: str = ""

    @property
    def comment(self) -> str:
        words = [self.kind, f"until={self.until}" if self.until else "", f"owner={self.owner}" if self.owner else ""]
        told = " ".join(["", *(word for word in words if word)])
        return f"# mldebt: ignore[{self.code}]{told}" + (f" -- {self.reason}" if self.reason else "")


class Written(Struct, frozen=True):
    """What was written where, and how many findings it hides beyond those at the line."""

    path: str
    line: int
    said: str
    others: int


class _Trial(Struct, frozen=True):
    path: str
    line: int
    before: bytes | None
    after: bytes
    said: str


def suppress(request: Request, wish: Wish) -> Written:
    """Write the suppression. Raises ``UserError`` when there is nothing to suppress there, when the policy
    does not allow it, and when no place does."""
    request = replace(request, asked=Asked(configured=False))
    outcome = execute(request)
    _allow(wish, outcome, request.today or date.today())
    wanted = _wanted(wish, outcome)
    best: tuple[int, _Trial] | None = None
    for trial in _trials(wish, wanted, outcome):
        others = _also_hidden(trial, wanted, outcome, request)
        if others is not None and (best is None or others < best[0]):
            best = others, trial
        if others == 0:
            break
    if best is None:
        raise UserError(f"{wish.path}:{wish.line}: no place for a suppression holds there; nothing was written")
    others, trial = best
    _save(trial, outcome)
    return Written(trial.path, trial.line, trial.said, others)


def _allow(wish: Wish, outcome: Outcome, today: date) -> None:
    specs, policy = outcome.all_specs, outcome.config.policy
    meant = selectors.meant(wish.code, specs)
    if not meant:
        raise UserError(f"there is no rule {wish.code!r}{selectors.suggestion(wish.code, specs)}")
    never = {spec.code for name in policy.never for spec in selectors.meant(name, specs)}
    if forbidden := sorted(never & {spec.code for spec in meant}):
        raise UserError(f"{', '.join(forbidden)} may not be suppressed: suppressions.never in {outcome.config.path}")
    if policy.require_reason and not wish.reason:
        raise UserError("a reason is required here: --reason TEXT")
    read = read_back(wish.comment)
    if isinstance(read, str):
        raise UserError(f"that makes no suppression: {read}")
    days = (date.fromisoformat(read.until) - today).days if read.until else None
    if days is not None and days < 0:
        raise UserError(f"--until {wish.until} has passed")
    if policy.max_days and wish.kind != "wrong" and (days is None or days > policy.max_days):
        raise UserError(f"a suppression must end within {policy.max_days} days here: --until DATE")
    if (read.reason, read.owner) != (" ".join(wish.reason.split()), wish.owner):
        raise UserError("the reason or the owner holds what a comment cannot: a line end, `until=`, `owner=` or ` # `")


def _wanted(wish: Wish, outcome: Outcome) -> list[Finding]:
    """The open findings of the code that stand at the line, or have a site there."""
    codes = {spec.code for spec in selectors.meant(wish.code, outcome.all_specs)}
    there = [each for each in outcome.run.findings if each.place.path == wish.path]
    here = [each for each in there if each.status is Status.OPEN]
    found = [each for each in here if each.code in codes and each.place.span.line == wish.line]
    if not found:
        spans = ((each, each.place.span) for each in here if each.code in codes)
        found = [each for each, span in spans if span.line <= wish.line <= span.end_line]
    if found:
        return found
    lines = sorted({each.place.span.line for each in here if each.code in codes})
    if lines:
        nearest = sorted(sorted(lines, key=lambda each: abs(each - wish.line))[:5])
        told = f"it stands in line {', '.join(map(str, nearest))}"
    elif any(each.code in codes and each.status is Status.SUPPRESSED for each in there):
        told = "what there is of it is suppressed already"
    elif not outcome.tree.exists(wish.path):
        told = "there is no such file"
    elif at := sorted({each.code for each in here if each.place.span.line == wish.line}):
        told = f"there is {', '.join(at)}"
    else:
        told = "nothing of it is open in that file"
    raise UserError(f"{wish.path}:{wish.line}: no {wish.code} to suppress; {told}")


# --- the places that may do ------------------------------------------------------------------------


def _trials(wish: Wish, wanted: list[Finding], outcome: Outcome) -> Iterator[_Trial]:
    """Changed files, the nicest first."""
    if not wish.path.endswith(_WITHOUT_COMMENTS):
        data = outcome.tree.read(wish.path)
        try:
            document = Document.of(wish.path, data)
            for line, change in _comments(document, wish, wanted[0].place.span.line):
                yield _Trial(wish.path, line, data, change, wish.comment)
        except RefusedError as problem:
            raise UserError(f"{wish.path}: {problem}") from None
    yield from _entries(wish, wanted, outcome)


def _comments(document: Document, wish: Wish, line: int) -> Iterator[tuple[int, bytes]]:
    first, top = _statement(document, line)
    behind = [(each, len(document.line(each)) + 1, f"  {wish.comment}") for each in dict.fromkeys((first, line))]
    narrow = [each for each in behind if each[1] + len(each[2]) <= WIDEST + 1]
    above = [(each, 1, f"{_indent(document, each)}{wish.comment}\n") for each in dict.fromkeys((top, line))]
    wide = [each for each in behind if each not in narrow]
    for number, column, text in (*narrow, *above, *wide):
        changed = document.edited([document.insert(number, column, text)])
        if kind_of(document.path) != "python" or _same_program(document.data, changed):
            yield number, changed


def _indent(document: Document, line: int) -> str:
    text = document.line(line)
    return text[: len(text) - len(text.lstrip(" \t"))]


def _statement(document: Document, line: int) -> tuple[int, int]:
    """The first line of the statement around a line, and that of its decorators."""
    try:
        tree = ast.parse(document.text) if kind_of(document.path) == "python" else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    first = top = line
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.stmt):
            decorators = getattr(node, "decorator_list", [])
            begin = min([node.lineno, *(each.lineno for each in decorators)])
            end = _header_end(node)
            if begin <= line <= end:
                first, top = node.lineno, begin
    return first, top


def _header_end(node: ast.stmt) -> int:
    """The last line of a statement before its body."""
    body = getattr(node, "body", None)
    end = node.end_lineno or node.lineno
    return max(node.lineno, body[0].lineno - 1) if isinstance(body, list) and body else end


def _same_program(before: bytes, after: bytes) -> bool:
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _entries(wish: Wish, wanted: list[Finding], outcome: Outcome) -> Iterator[_Trial]:
    """The configuration with an entry at its end: for the symbol alone, if there is one, or the file."""
    path = outcome.config.path or NAME
    before = outcome.tree.read(path) if outcome.config.path else None
    header = "[[suppress]]" if path.endswith(NAME) else "[[tool.mldebt.suppress]]"
    text = "" if before is None else before.decode("utf-8").replace("\r\n", "\n").rstrip("\n") + "\n\n"
    symbols = sorted({each.symbol for each in wanted if each.symbol})
    for symbol in [*symbols[:1], ""]:
        values: Mapping[str, str] = {
            "path": _pattern(wish.path), "code": wish.code, "symbol": symbol, "kind": wish.kind,
            "reason": wish.reason, "owner": wish.owner,
        }  # fmt: skip
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if value]
        lines += [f"until = {wish.until}"] if wish.until else []
        made = text + "\n".join([header, *lines]) + "\n"
        newline = b"\r\n" if before is not None and b"\r\n" in before else b"\n"
        said = f"{header} for {wish.code} in {wish.path}"
        yield _Trial(path, text.count("\n") + 1, before, made.encode("utf-8").replace(b"\n", newline), said)


def _pattern(path: str) -> str:
    """A path as the pattern that means it alone."""
    special = "".join(f"\\{each}" if each in "\\*?[]!# " else each for each in path)
    return f"/{special}"


# --- trying and writing ----------------------------------------------------------------------------


def _also_hidden(trial: _Trial, wanted: list[Finding], before: Outcome, request: Request) -> int | None:
    """How many other findings a trial hides; ``None`` when it does not hide all that it should, or brings
    a finding or a notice of its own."""
    root = before.run.root
    after = execute(replace(request, root=root, overlay={**request.overlay, trial.path: trial.after}))
    hidden = {each.fingerprint for each in after.run.findings if each.status is Status.SUPPRESSED}
    already = {each.fingerprint for each in before.run.findings if each.status is Status.SUPPRESSED}
    aims = {each.fingerprint for each in wanted}
    if not aims <= hidden or len(after.run.notices) > len(before.run.notices):
        return None
    known = {each.identity for each in before.run.findings}
    if any(each.status is Status.OPEN and each.identity not in known for each in after.run.findings):
        return None
    return len(hidden - already - aims)


def _save(trial: _Trial, outcome: Outcome) -> None:
    if trial.before is None:
        replacing.replace(outcome.tree.root / trial.path, trial.after, None)
        return
    reason = obstacle(outcome.tree, trial.path)
    failed = {trial.path: reason} if reason else write(outcome.tree, {trial.path: Change(trial.before, trial.after)})
    if failed:
        raise UserError(f"{trial.path} {failed[trial.path]}; nothing was written")
