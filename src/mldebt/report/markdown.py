"""GitHub's markdown, for the summary of a workflow step: counts, then a table, the worst first.

GitHub refuses a summary above 1 MiB as a whole, so the table ends before and says what it leaves out.
Nothing of the scanned repository can become markup, a link or a mention.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from mldebt.model import Finding, Run, Severity, Status
from mldebt.report.listing import is_heard, listed, worst_first
from mldebt.report.options import ReportOptions, TextOf
from mldebt.report.places import Paths
from mldebt.report.printable import amount, duration, escape, shorten
from mldebt.report.rule_links import published
from mldebt.report.text import say
from mldebt.rule_spec import RuleSpec

LIMIT = 900 * 1024  # bytes
_CELL = 600  # characters of a message
_PATH = 300  # characters of a path
_NOTICES = 50
_SPECIAL = re.compile(r"([!#$&()*+\-./:<>\[\\\]^_`{|}~])")  # @ needs more than a backslash


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """At most ``LIMIT`` bytes of UTF-8."""
    paths = Paths.from_top(run, options)
    head = "\n".join(_head(run, options, paths)) + "\n"
    size = len(head.encode()) + 200  # and the last line
    rows: list[str] = []
    findings = worst_first(listed(run.findings, options))
    for finding in findings:
        row = _row(finding, paths, options) + "\n"
        size += len(row.encode())
        if size > LIMIT:
            break
        rows.append(row)
    if rows:
        rows[:0] = ["\n| severity | place | what | rule |\n", "|---|---|---|---|\n"]
    if (left := len(findings) - max(len(rows) - 2, 0)) > 0:
        rows.append(f"\n{amount(left, 'finding')} more, left out because a summary has room for no more.\n")
    return head + "".join(rows)


def code(text: str) -> str:
    """``text`` as a code span inside a table: nothing in it is markup."""
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence, space = "`" * (longest + 1), " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def prose(text: str) -> str:
    """One line as markdown that shows as it is; what stands between single backticks stays code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0 or any(not piece.strip() for piece in pieces[1::2]):
        return _plain(text)
    return "".join(code(piece) if number % 2 else _plain(piece) for number, piece in enumerate(pieces))


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("@", "@\u2060")  # a word joiner: nobody is called by it


def _head(run: Run, options: ReportOptions, paths: Paths) -> Iterator[str]:
    heard = [finding for finding in run.findings if is_heard(finding)]
    counts = Counter(finding.severity for finding in heard)
    nothing = "nothing found" if run.comparison is None else "nothing new"
    found = ", ".join(amount(counts[each], each.value) for each in Severity if counts[each]) or nothing
    repay = f": about {duration(minutes)} to repay" if (minutes := sum(each.minutes for each in heard)) else ""
    known = Counter(finding.status for finding in run.findings)
    kept = {Status.SUPPRESSED: "suppressed", Status.BASELINED: "known from the baseline"}
    aside = "".join(f"; {known[status]:,} {words}" for status, words in kept.items() if known[status])
    yield "## mldebt"
    yield ""
    yield f"{found}{repay}{aside}. Read {amount(run.summary.files, 'file')}, {amount(run.summary.lines, 'line')}."
    if counts[Severity.NOTE] and Severity.NOTE not in options.show:
        yield "Notes are counted and not listed."
    if run.notices:
        yield ""
        for notice in run.notices[:_NOTICES]:
            where = f"{code(shorten(paths.show(notice.path), _PATH))}: " if notice.path else ""
            mark = "**error**" if notice.fatal else "notice"
            yield f"- {mark}: {where}{prose(shorten(escape(notice.message), _CELL))}"
        if len(run.notices) > _NOTICES:
            yield f"- and {amount(len(run.notices) - _NOTICES, 'more notice')}"


def _row(finding: Finding, paths: Paths, options: ReportOptions) -> str:
    at = code(f"{shorten(paths.show(finding.place.path), _PATH)}:{finding.place.span.line}")
    page = published(finding.code, options)
    rule = f"[{finding.code}](<{page}>)" if page else finding.code
    return f"| {finding.severity.value} | {at} | {prose(shorten(say(finding, paths), _CELL))} | {rule} |"
