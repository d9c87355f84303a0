"""JUnit's XML, which every build server can show: a file with findings is a suite, a finding a failure.

Paths are relative to the top of the repository. Text is escaped twice over: what cannot be seen becomes
a backslash escape, since XML 1.0 has no way to hold most control characters, and the rest XML's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

from mldebt.model import Finding, Notice, Run
from mldebt.report.listing import listed
from mldebt.report.options import ReportOptions, TextOf
from mldebt.report.places import Paths
from mldebt.report.printable import escape, shorten
from mldebt.report.text import say
from mldebt.rule_spec import RuleSpec

_LIMIT = 4_000  # characters of a message


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """The listed findings; a suite that passed when there are none, as servers take no suites for no run.
    What makes the run one that cannot be trusted is an error."""
    paths = Paths.from_top(run, options)
    findings = listed(run.findings, options)
    fatal = [notice for notice in run.notices if notice.fatal]
    suites = list(_suites(findings, fatal, paths))
    tests = max(len(findings) + len(fatal), 1)
    counts = f'tests="{tests}" failures="{len(findings)}" errors="{len(fatal)}"'
    head = ['<?xml version="1.0" encoding="utf-8"?>', f'<testsuites name="mldebt" {counts}>']
    return "\n".join([*head, *suites, "</testsuites>"]) + "\n"


def _suites(findings: Sequence[Finding], fatal: Sequence[Notice], paths: Paths) -> Iterator[str]:
    if not findings and not fatal:
        yield '  <testsuite name="mldebt" tests="1" failures="0" errors="0">'
        yield '    <testcase classname="mldebt" name="no findings"/>'
        yield "  </testsuite>"
    if fatal:
        yield f'  <testsuite name="mldebt" tests="{len(fatal)}" failures="0" errors="{len(fatal)}">'
        for notice in fatal:
            where = quoteattr(paths.show(notice.path) if notice.path else "mldebt")
            yield from _case(where, f"{escape(notice.kind)}", "error", escape(notice.message), "")
        yield "  </testsuite>"
    for path, group in groupby(findings, key=lambda finding: finding.place.path):
        members, where = list(group), quoteattr(paths.show(path))
        yield f'  <testsuite name={where} tests="{len(members)}" failures="{len(members)}" errors="0">'
        for finding in members:
            span, said = finding.place.span, say(finding, paths)
            at = f"{paths.show(path)}:{span.line}:{span.column}"
            about = f"{at}: {finding.severity.value}: {said}"
            yield from _case(where, f"{finding.code} {at}", "failure", said, about, finding.code, span.line)
        yield "  </testsuite>"


def _case(where: str, name: str, kind: str, message: str, body: str, type_: str = "mldebt", line: int = 0) -> list[str]:
    at = f' file={where} line="{line}"' if line else ""
    what = f"type={quoteattr(type_)} message={quoteattr(shorten(message, _LIMIT))}"
    return [
        f"    <testcase classname={where} name={quoteattr(name)}{at}>",
        f"      <{kind} {what}>{escape_xml(shorten(body, _LIMIT))}</{kind}>",
        "    </testcase>",
    ]
