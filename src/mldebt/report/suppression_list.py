"""All suppressions of a project: what they hide, why, whose, how old, how long yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from mldebt.model import Suppression
from mldebt.report.document import Json, write_json
from mldebt.report.printable import amount, escape

KINDS = ("wrong", "accepted", "later", "")


class Told(Struct, frozen=True):
    """A suppression with what is known of it: the codes of the findings that it ``hides``, and the day on
    which its line was last committed (``None``: not committed, or git does not tell)."""

    suppression: Suppression
    hides: Counter[str]
    written: date | None


def render(told: Sequence[Told], today: date) -> str:
    """One line each: place, codes, kind, what it hides, age, days left, owner, reason."""
    return "".join(f"{_line(each, today)}\n" for each in told)


def _line(each: Told, today: date) -> str:
    written = each.suppression
    place = f"{escape(written.place.path)}:{written.place.span.line}"
    hidden = f"hides {each.hides.total():,}" if each.hides else "hides nothing"
    parts = [written.kind or "no kind", hidden, *_days(each, today)]
    parts += [f"owner {escape(written.owner)}"] if written.owner else []
    reason = f" -- {escape(written.reason)}" if written.reason else " (no reason)"
    return f"{place}: {', '.join(written.codes)}: {', '.join(parts)}{reason}"


def _days(each: Told, today: date) -> list[str]:
    days = [] if each.written is None else [f"{amount((today - each.written).days, 'day')} old"]
    if left := _left(each, today):
        days.append(f"{amount(int(left), 'day')} left" if int(left) >= 0 else f"{amount(-int(left), 'day')} overdue")
    return days


def _left(each: Told, today: date) -> str:
    return str((date.fromisoformat(each.suppression.until) - today).days) if each.suppression.until else ""


def render_by_rule(told: Sequence[Told]) -> str:
    """A table: of each rule, how many suppressions of each kind hide something of it. How often it was
    called wrong is how precise it is here."""
    counts: dict[str, Counter[str]] = {}
    for each in told:
        for code in each.hides:
            counts.setdefault(code, Counter())[each.suppression.kind] += 1
    lines = [f"{'rule':<8}{'wrong':>8}{'accepted':>10}{'later':>8}{'no kind':>9}"]
    for code in sorted(counts):
        wrong, accepted, later, none = (counts[code][kind] for kind in KINDS)
        lines.append(f"{code:<8}{wrong:>8}{accepted:>10}{later:>8}{none:>9}")
    return "\n".join(lines) + "\n"


def render_json(told: Sequence[Told], today: date) -> str:
    items: list[Json] = [
        {
            "path": each.suppression.place.path,
            "line": each.suppression.place.span.line,
            "codes": list(each.suppression.codes),
            "kind": each.suppression.kind,
            "reason": each.suppression.reason,
            "owner": each.suppression.owner,
            "until": each.suppression.until or None,
            "days_left": int(left) if (left := _left(each, today)) else None,
            "written": each.written.isoformat() if each.written is not None else None,
            "hides": dict(sorted(each.hides.items())),
        }
        for each in told
    ]
    return write_json({"version": 1, "suppressions": items}, depth=2)
