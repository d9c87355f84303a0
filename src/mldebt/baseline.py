"""Known debt as a text file that is made to be reviewed and merged.

    # mldebt baseline 1, identities mldebt/v1, rules of 0.1.0
    # path, rule, symbol, code, count (of the most there were, and the day on which some were last paid)
    *               FLG001              app:enable_new_ranker     1
    app/feed.py     THR001  run         judge(net,batch)<0.31     1
    app/search.py   THR001  Search.run  score>0.5                 1/3    2026-11-20
    # end

Tabs part the fields; ``*`` stands for a finding of the project. An entry is the identity of findings and
how many there are of it, never a line number. What was paid stays in the file with the most there was of
it, so that its return is told from new debt. The order of lines does not matter to the reader, so that
git's ``merge=union`` will do; of an entry that stands twice, the smaller count holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mldebt import __version__, fingerprint
from mldebt.errors import UserError
from mldebt.identities import code_of, moved, path_of
from mldebt.model import Confidence, Finding, Paid, Status
from mldebt.novelty import Known
from mldebt.rule_spec import RuleSpec

DEFAULT = "mldebt-baseline.txt"
FORMAT = 1
FORGOTTEN = timedelta(days=366)  # after which what was paid is no longer remembered

_HEAD = re.compile(r"# mldebt baseline (\S+), identities (\S+), rules of (\d+\.\d+\.\d+)\S*")
_EXPLAINED = "# path, rule, symbol, code, count (of the most there were, and the day on which some were last paid)"
_END = "# end"
_PROJECT = "*"
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_ESCAPE = re.compile(r"\\(?:([\\nrt])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_ESCAPED = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
_COUNT = re.compile(r"(\d{1,9})(?:/(\d{1,9}))?")


class Entry(Struct, frozen=True):
    """``count`` findings of one identity are known; there were ``peak`` once, of which some were ``paid``
    last on that day (ISO; "" when none was)."""

    count: int
    peak: int
    paid: str = ""


class Baseline(Struct, frozen=True):
    """``version`` is that of the mldebt whose rules were last taken in; ``twice`` the entries that stood
    twice with different counts."""

    entries: Mapping[str, Entry]
    version: str = __version__
    twice: tuple[str, ...] = ()

    @property
    def known(self) -> Known:
        return Known(
            {key: entry.count for key, entry in self.entries.items()},
            {key: entry.peak for key, entry in self.entries.items() if entry.peak > entry.count},
        )

    def paths(self) -> dict[str, Counter[str]]:
        """The files that have entries, and how many of each by their identity without the file."""
        found: dict[str, Counter[str]] = {}
        for key, entry in self.entries.items():
            path = path_of(key)
            if path is not None and entry.count:
                found.setdefault(path, Counter())[moved(key, "")] += entry.count
        return found

    def recently_paid(self, today: date) -> int:
        """How many the file says were paid in the month of ``today``."""
        month = today.isoformat()[:7]
        return sum(each.peak - each.count for each in self.entries.values() if each.paid[:7] == month)

    def moved(self, renames: Mapping[str, str]) -> Baseline:
        """The baseline with the entries of renamed files under their new names."""
        entries: dict[str, Entry] = {}
        for key, entry in self.entries.items():
            path = renames.get(path_of(key) or "")
            key = key if path is None else moved(key, path)
            other = entries.get(key)
            entries[key] = entry if other is None else _sum(entry, other)
        return replace(self, entries=entries)


def _sum(one: Entry, other: Entry) -> Entry:
    return Entry(one.count + other.count, one.peak + other.peak, max(one.paid, other.paid))


# --- what is in it ---------------------------------------------------------------------------------


def present(findings: Iterable[Finding], *, suppressed: bool = False) -> Counter[str]:
    """How often each identity is there: open or known, sure enough to be counted, and ``suppressed`` ones
    if they are asked for. One that is folded into another of its rule is there for itself: it speaks as
    soon as that other is repaid."""
    wanted = {Status.OPEN, Status.BASELINED, Status.OUTSIDE} | ({Status.SUPPRESSED} if suppressed else set())
    heard = (each for each in findings if each.confidence is not Confidence.LOW)
    return Counter(each.identity for each in heard if each.status in wanted or each.by == each.code)


def taken_from(findings: Iterable[Finding]) -> Baseline:
    """A baseline of what is there."""
    return Baseline({key: Entry(count, count) for key, count in present(findings).items()})


def paid(baseline: Baseline, findings: Iterable[Finding], settled: Callable[[str], bool]) -> tuple[Paid, ...]:
    """What is known and not there any more, in the order of the file. ``settled`` says of an identity
    whether the run can tell: its rule ran and its file was analysed. What is suppressed is there."""
    there = present(findings, suppressed=True)
    missing = {key: entry.count - there[key] for key, entry in baseline.entries.items() if settled(key)}
    return tuple(Paid(key, missing[key]) for key in sorted(missing, key=_order) if missing[key] > 0)


def updated(
    baseline: Baseline,
    findings: Sequence[Finding],
    settled: Callable[[str], bool],
    today: date,
    *,
    takes: Callable[[str], bool] = lambda code: False,
) -> Baseline:
    """The baseline with paid debt lowered, and with all that is there of the rules that it ``takes``."""
    there, still = present(findings), present(findings, suppressed=True)
    entries: dict[str, Entry] = {}
    for key in {*baseline.entries, *(key for key in there if takes(code_of(key)))}:
        old = baseline.entries.get(key, Entry(0, 0))
        if not settled(key):
            entries[key] = old
            continue
        count = there[key] if takes(code_of(key)) else min(old.count, there[key])
        gone = max(0, old.count - still[key])
        peak = max(count, old.peak - max(0, old.count - count - gone))  # what is suppressed was not paid
        day = today.isoformat() if gone else old.paid
        if count or (peak > count and day >= (today - FORGOTTEN).isoformat()):
            entries[key] = Entry(count, peak, day if peak > count else "")
    return replace(baseline, entries=entries, twice=())


def newer_rules(specs: Iterable[RuleSpec], version: str) -> tuple[RuleSpec, ...]:
    """The rules that came after ``version``."""
    return tuple(spec for spec in specs if spec.since and _minor(spec.since) > _minor(version))


def _minor(version: str) -> tuple[int, int]:
    first, second, *_ = version.split(".")
    return int(first), int(second)


class Change(Struct, frozen=True):
    """What became of one entry between two baselines."""

    identity: str
    before: int
    after: int


def changes(old: Baseline, new: Baseline) -> tuple[Change, ...]:
    """The entries whose counts differ, in the order of the file."""
    keys = sorted({*old.entries, *new.entries}, key=_order)
    none = Entry(0, 0)
    all_ = (Change(key, old.entries.get(key, none).count, new.entries.get(key, none).count) for key in keys)
    return tuple(each for each in all_ if each.before != each.after)


# --- the file --------------------------------------------------------------------------------------


def render(baseline: Baseline) -> bytes:
    """The file, always the same for the same entries."""
    head = f"# mldebt baseline {FORMAT}, identities {fingerprint.SCHEME}, rules of {baseline.version}"
    lines = sorted(_line(key, entry) for key, entry in baseline.entries.items())
    return "\n".join([head, _EXPLAINED, *lines, _END, ""]).encode("utf-8")


def _line(identity: str, entry: Entry) -> str:
    code, *rest = fingerprint.parts(identity)
    path, symbol, snippet = rest if len(rest) == 3 else (_PROJECT, "", rest[0])
    count = f"{entry.count}/{entry.peak}" if entry.peak > entry.count else str(entry.count)
    fields = [*(_escape(each) for each in (path, code, symbol, snippet)), count]
    return "\t".join([*fields, entry.paid] if entry.paid else fields)


def _order(identity: str) -> str:
    return _line(identity, Entry(0, 0))


def parse(name: str, data: bytes) -> Baseline:
    """The baseline in ``data``. Raises ``UserError``, which begins with ``name`` and a line number."""
    try:
        lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as problem:
        raise UserError(f"{name}:{data.count(10, 0, problem.start) + 1}: is not UTF-8; it was damaged") from None
    for number, line in enumerate(lines, 1):
        if line.startswith(_CONFLICT):
            remedy = "keep the lines of both sides, in any order, and run mldebt baseline update"
            raise UserError(f"{name}:{number}: holds conflict markers; {remedy}")
    version = _version(name, lines[0])
    if _END not in lines or any(line.strip() for line in lines[lines.index(_END) + 1 :]):
        raise UserError(f"{name}:{len(lines)}: is cut short: its last line is not {_END!r}; take it from git again")
    entries: dict[str, Entry] = {}
    twice: list[str] = []
    for key, entry in _entries(name, lines):
        other = entries.get(key)
        if other is not None and other != entry:
            twice.append(key)
            entry = Entry(min(entry.count, other.count), max(entry.peak, other.peak), max(entry.paid, other.paid))
        entries[key] = entry
    return Baseline(entries, version, tuple(twice))


def _version(name: str, head: str) -> str:
    found = _HEAD.fullmatch(head)
    if found is None:
        raise UserError(f"{name}:1: is no baseline of mldebt; write one with mldebt baseline write")
    if found[1] != str(FORMAT) or found[2] != fingerprint.SCHEME:
        there, here = f"{found[1]} with {found[2]}", f"{FORMAT} with {fingerprint.SCHEME}"
        remedy = "use the mldebt that wrote it, or write it anew (mldebt baseline write --force)"
        raise UserError(f"{name}:1: is of format {there}, and this mldebt reads {here}; {remedy}")
    return found[3]


def _entries(name: str, lines: Sequence[str]) -> Iterator[tuple[str, Entry]]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("# "):
            continue
        fields = line.split("\t")
        count = _COUNT.fullmatch(fields[4]) if len(fields) in (5, 6) else None
        if count is None or not fields[1]:
            expected = "path, rule, symbol, code and count with tabs between"
            raise UserError(f"{name}:{number}: is no entry: expected {expected}; take the line from git again")
        path, code, symbol, snippet = (_unescape(each) for each in fields[:4])
        known = int(count[1])
        entry = Entry(known, max(known, int(count[2] or 0)), fields[5] if len(fields) == 6 else "")
        of_project = path == _PROJECT and not symbol
        yield (
            fingerprint.joined(code, snippet) if of_project else fingerprint.joined(code, path, symbol, snippet),
            entry,
        )


def _escape(text: str) -> str:
    return "".join(
        each if each.isprintable() and each != "\\" else each.encode("unicode_escape").decode("ascii") for each in text
    )


def _unescape(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        return _ESCAPED[found[1]] if found[1] else chr(int(found[2] or found[3] or found[4], 16))

    try:
        return _ESCAPE.sub(character, text)
    except (ValueError, OverflowError):
        return text
