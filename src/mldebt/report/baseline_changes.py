"""How two baselines differ, for people and for pull requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt import fingerprint
from mldebt.baseline import Change
from mldebt.report.printable import amount, escape, shorten

_SHOWN = 80  # characters of a snippet
_MOST = 200  # rows of a table: comments on pull requests have a limit


def render(changes: Sequence[Change], *, markdown: bool) -> str:
    """The sums, then one line a change: what was taken in first, as the more important."""
    more = [each for each in changes if each.after > each.before]
    less = [each for each in changes if each.after < each.before]
    taken = sum(each.after - each.before for each in more)
    gone = sum(each.before - each.after for each in less)
    head = f"{amount(taken, 'finding')} taken in, {gone:,} taken out" if changes else "no difference"
    lines = _markdown([*more, *less]) if markdown else (_text(each) for each in [*more, *less])
    title = f"**Known debt:** {head}" if markdown else head
    return "\n".join([title, *lines]) + "\n"


def _text(change: Change) -> str:
    sign, number = _signed(change)
    code, path, symbol, snippet = _parts(change)
    where = f"{path} {symbol}".strip()
    return f"{sign}{number} {code} {where}: {snippet}"


def _markdown(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield from ("", "| | rule | file | in | code |", "|---|---|---|---|---|")
    for change in changes[:_MOST]:
        sign, number = _signed(change)
        cells = [f"{sign}{number}", *(_code(each) for each in _parts(change))]
        yield f"| {' | '.join(cells)} |"
    if len(changes) > _MOST:
        yield f"\n{len(changes) - _MOST:,} more"


def _code(text: str) -> str:
    """Text of the repository that no table, link or mention can be made with."""
    if not text:
        return ""
    fence = "``" if "`" in text else "`"
    return f"{fence} {text} {fence}".replace("|", "\\|") if fence == "``" else f"`{text}`".replace("|", "\\|")


def _signed(change: Change) -> tuple[str, int]:
    return ("+", change.after - change.before) if change.after > change.before else ("-", change.before - change.after)


def _parts(change: Change) -> tuple[str, str, str, str]:
    code, *rest = (escape(each) for each in fingerprint.parts(change.identity))
    path, symbol, snippet = rest if len(rest) == 3 else ("(project)", "", rest[0])
    return code, path, symbol, shorten(snippet, _SHOWN)
