"""What becomes of findings: one test a promise of the filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest
from msgspec.structs import replace

from mldebt.config import Config, Policy
from mldebt.facts import FileFacts
from mldebt.filter import Settled, fold, is_listed, settle, supersede
from mldebt.fingerprint import identity, project_identity
from mldebt.model import Confidence, Finding, Place, Related, Role, Severity, Span, Status, Suppression
from mldebt.rule_spec import RuleSpec

TODAY = date(2026, 11, 23)


def spec(
    code: str,
    *supersedes: str,
    enabled: bool = True,
    message: str = "m",
    stage: str = "check",
    level: Severity = Severity.NOTE,
    variants: tuple[tuple[str, str], ...] = (),
) -> RuleSpec:
    return RuleSpec(
        code, f"rule-{code.lower()}", code[:3], "model", level, Confidence.HIGH, tuple((role, level) for role in Role),
        message, "s", "w", "r", 5, (), supersedes=supersedes, enabled=enabled, stage=stage, variants=variants,
    )  # fmt: skip


SPECS = (
    spec("ENV001"),
    spec("SUP001", message="{codes} hides nothing", stage="filter"),
    spec(
        "SUP002",
        message="{codes} ended on {until}",
        stage="filter",
        level=Severity.WARNING,
        variants=(("overdue", "{codes} should have ended on {until}"),),
    ),
    spec("SUP003", message="{codes} gives no reason", stage="filter"),
    spec(
        "SUP004",
        message="{codes} may not be hidden",
        stage="filter",
        level=Severity.WARNING,
        variants=(("endless", "{codes} for {days} days"), ("too-long", "{codes} until {until} for {days} days")),
    ),
    spec("THR001", "THR003"),
    spec("THR003"),
    spec("THR009", "THR001"),
    spec("THR010", enabled=False),
)


def finding(
    code: str,
    line: int = 1,
    end: int = 0,
    path: str = "a.py",
    confidence: Confidence = Confidence.HIGH,
    severity: Severity = Severity.WARNING,
    symbol: str = "",
    related: Iterable[Place] = (),
    project: bool = False,
) -> Finding:
    return Finding(
        code=code, name=code.lower(), family=code[:3], debt="model", severity=severity, confidence=confidence,
        message="m", place=Place(path, Span(line, 1, end or line, 9)), role=Role.TRAIN, component="", minutes=5,
        symbol=symbol, snippet="x", source_line="x", fingerprint=f"{code}:{path}:{line}",
        identity=project_identity(code, "c") if project else identity(code, path, symbol, "x"),
        related=tuple(Related(place, "also") for place in related),
    )  # fmt: skip


def place(path: str, line: int) -> Place:
    return Place(path, Span(line, 1, line, 9))


def ignore(
    *codes: str, lines: tuple[int, int] = (1, 1), path: str = "a.py", reason: str = "why", until: str = ""
) -> Suppression:
    where = Place(path, Span(lines[0], 12, lines[0], 30))
    return Suppression(codes, where, lines, reason=reason, until=until, text="# t")


def run(
    findings: Iterable[Finding],
    suppressions: Iterable[Suppression] = (),
    codes: str = "ENV001 THR001 THR003 THR009",
    config: Config | None = None,
    shown: Callable[[str], bool] = lambda path: True,
    whole: bool = True,
) -> Settled:
    facts = FileFacts("a.py", "python", 9, True, suppressions=tuple(suppressions))
    return settle(
        findings,
        specs=[each for each in SPECS if each.code in codes.split()],
        all_specs=SPECS,
        config=config or Config(),
        files=[facts],
        shown=shown,
        today=TODAY,
        whole=whole,
    )


def statuses(settled: Settled) -> list[tuple[str, int, str]]:
    return [(each.code, each.place.span.line, each.status.value) for each in settled.findings]


# superseding


def test_the_stronger_rule_speaks_alone_at_the_same_lines() -> None:
    settled = run(
        [finding("THR003", 2), finding("THR001", 1, 3), finding("THR003", 4), finding("THR003", 2, path="b.py")]
    )
    assert statuses(settled) == [
        ("THR001", 1, "open"),
        ("THR003", 2, "superseded"),
        ("THR003", 4, "open"),
        ("THR003", 2, "open"),
    ]
    assert settled.findings[1].by == "THR001"
    assert not settled.findings[1].listed


def test_with_the_stronger_rule_off_the_weaker_speaks() -> None:
    assert statuses(run([finding("THR003"), finding("THR001")], codes="THR003")) == [("THR003", 1, "open")]


def test_a_guess_silences_nothing_that_is_sure() -> None:
    low = finding("THR001", confidence=Confidence.LOW)
    assert statuses(run([finding("THR003"), low])) == [("THR001", 1, "open"), ("THR003", 1, "open")]
    also_low = finding("THR003", confidence=Confidence.LOW)
    assert statuses(run([also_low, low]))[1] == ("THR003", 1, "superseded")


def test_chains_are_closed() -> None:
    found = supersede([finding("THR003"), finding("THR001"), finding("THR009")], SPECS)
    assert [(each.code, each.by, sorted(codes)) for each, codes in found] == [
        ("THR001", "THR009", ["THR003"]),
        ("THR003", "THR001", []),
        ("THR009", "", ["THR001", "THR003"]),
    ]


# suppression


@pytest.mark.parametrize("written", ["THR001", "thr001", "THR", "THR0", "thresholds", "ALL"])
def test_selectors_hold(written: str) -> None:
    settled = run([finding("THR001")], [ignore(written)])
    assert statuses(settled) == [("THR001", 1, "suppressed")]
    assert settled.findings[0].suppression == ignore(written)


def test_it_holds_for_its_code_its_lines_and_its_file() -> None:
    findings = [finding("THR001", 2), finding("ENV001", 2), finding("THR001", 5), finding("THR001", 3, path="b.py")]
    settled = run(findings, [ignore("THR001", lines=(2, 4))])
    assert statuses(settled) == [
        ("ENV001", 2, "open"),
        ("THR001", 2, "suppressed"),
        ("THR001", 5, "open"),
        ("THR001", 3, "open"),
    ]


def test_whole_files_and_many_lines() -> None:
    assert statuses(run([finding("THR001", 700)], [ignore("THR001", lines=(0, 0))])) == [("THR001", 700, "suppressed")]
    assert statuses(run([finding("THR001", 700)], [ignore("THR001", lines=(1, 900))])) == [
        ("THR001", 700, "suppressed")
    ]
    assert statuses(run([finding("THR001", 901)], [ignore("THR001", lines=(1, 900))])) == [("THR001", 901, "open")]


def test_it_holds_for_what_superseded_its_code() -> None:
    settled = run([finding("THR003"), finding("THR009"), finding("THR001")], [ignore("THR003")])
    assert statuses(settled) == [("THR001", 1, "superseded"), ("THR003", 1, "superseded"), ("THR009", 1, "suppressed")]
    assert statuses(run([finding("THR001")], [ignore("THR003")])) == [("THR001", 1, "open")]


def test_configuration_entries_hold_by_pattern_and_symbol() -> None:
    entry = Suppression(
        ("THR001",), place("mldebt.toml", 3), (0, 0), reason="why", symbol="Model.predict", pattern="lib/*.py"
    )
    findings = [
        finding("THR001", 1, path="lib/a.py", symbol="Model.predict"),
        finding("THR001", 2, path="lib/a.py", symbol="Model.predict.inner"),
        finding("THR001", 3, path="lib/a.py", symbol="Model.predict_all"),
        finding("THR001", 4, path="src/a.py", symbol="Model.predict"),
    ]
    settled = run(findings, config=Config(suppressions=(entry,)))
    assert [each.status.value for each in settled.findings] == ["suppressed", "suppressed", "open", "open"]
    assert settled.suppressions == (entry,)


@pytest.mark.parametrize(
    ("until", "status"), [("2026-11-22", "open"), ("2026-11-23", "suppressed"), ("2027-01-01", "suppressed")]
)
def test_it_holds_through_its_last_day(until: str, status: str) -> None:
    strict = Config(strict=True, policy=Policy(grace_days=0))
    assert statuses(run([finding("THR001")], [ignore("THR001", until=until)], config=strict)) == [("THR001", 1, status)]


def test_a_suppressed_site_leaves_its_group() -> None:
    grouped = finding("ENV001", 9, related=[place("a.py", 1), place("b.py", 1)])
    settled = run([grouped], [ignore("ENV001")], codes="ENV001 SUP001")
    assert [each.place for each in settled.findings[0].related] == [place("b.py", 1)]
    assert statuses(settled) == [("ENV001", 9, "open")]  # and the suppression is in use


# findings about suppressions


def about(settled: Settled) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in settled.findings if each.code.startswith("SUP")]


def test_unused() -> None:
    settled = run(
        [finding("THR001")], [ignore("THR001", "ENV001"), ignore("THR003", lines=(5, 5))], "ENV001 THR001 THR003 SUP001"
    )
    assert about(settled) == [("SUP001", "ENV001 hides nothing"), ("SUP001", "THR003 hides nothing")]
    last = settled.findings[-1]
    assert (last.place.span.line, last.severity, last.source_line, last.listed) == (5, Severity.NOTE, "# t", False)
    assert len(last.fingerprint) == 32


@pytest.mark.parametrize(
    ("written", "codes", "whole"),
    [
        ("ENV001", "THR001 SUP001", True),  # the rule did not run
        ("THR", "THR001 THR003 SUP001", True),  # a rule that it means did not
        ("ENV001", "ENV001 SUP001", False),  # the project was not read as a whole
        ("ENV001", "ENV001", True),  # nobody asked
        ("SUP001", "ENV001 SUP001", True),
        ("NOPE", "ENV001 SUP001", True),
        ("THR010", "ENV001 SUP001", True),  # off by default
    ],
)
def test_not_called_unused(written: str, codes: str, whole: bool) -> None:
    assert about(run([], [ignore(written)], codes, whole=whole)) == []


def test_a_family_is_unused_when_all_that_is_on_by_default_ran() -> None:
    assert about(run([], [ignore("THR")], "THR001 THR003 THR009 SUP001")) == [("SUP001", "THR hides nothing")]


def test_past_its_day_a_suppression_holds_on_and_a_note_and_a_notice_say_so() -> None:
    over = ignore("THR001", until="2026-11-22")
    settled = run([finding("THR001")], [over], "THR001 SUP001 SUP002")
    assert about(settled) == [("SUP002", "THR001 should have ended on 2026-11-22")]
    assert {each.code: (each.severity, each.status) for each in settled.findings} == {
        "THR001": (Severity.WARNING, Status.SUPPRESSED), "SUP002": (Severity.NOTE, Status.OPEN),
    }  # fmt: skip
    message = "the suppression of THR001 ended on 2026-11-22: repay it, or agree on a new day"
    assert [(each.kind, each.message) for each in settled.notices] == [("overdue-suppression", message)]
    assert about(run([], [over], "THR001 SUP001 SUP002")) == [("SUP001", "THR001 hides nothing")]


@pytest.mark.parametrize(
    ("until", "grace", "status"),
    [
        ("2026-10-24", 30, "suppressed"),
        ("2026-10-23", 30, "open"),
        ("2026-11-22", 0, "open"),
        ("2026-11-23", 0, "suppressed"),
    ],
)
def test_under_strict_it_holds_for_the_days_of_grace(until: str, grace: int, status: str) -> None:
    strict = Config(strict=True, policy=Policy(grace_days=grace))
    settled = run([finding("THR001")], [ignore("THR001", until=until)], "THR001 SUP002", strict)
    assert {each.code: each.status.value for each in settled.findings}["THR001"] == status
    told = [each.severity for each in settled.findings if each.code == "SUP002"]
    assert told == ([Severity.WARNING] if status == "open" else [Severity.NOTE] if until < "2026-11-23" else [])


def test_what_nobody_may_suppress_counts() -> None:
    policy = Config(policy=Policy(never=("THR001",)))
    codes = "THR001 THR003 SUP001 SUP004"
    held = [finding("THR001"), finding("THR003", line=3)]
    settled = run(held, [ignore("THR001", "THR003"), ignore("THR", lines=(3, 3))], codes, policy)
    assert statuses(settled) == [
        ("THR001", 1, "open"),
        ("SUP001", 1, "open"),
        ("SUP004", 1, "open"),
        ("THR003", 3, "suppressed"),
    ]
    assert about(settled) == [("SUP001", "THR003 hides nothing"), ("SUP004", "THR001 may not be hidden")]
    assert about(run([], [ignore("THR001")], codes, policy)) == [("SUP001", "THR001 hides nothing")]


def test_a_promise_ends_within_the_days_that_the_policy_allows() -> None:
    policy = Config(policy=Policy(max_days=30))
    written = [
        ignore("THR001", until="2026-12-23"),
        ignore("THR003", until="2026-12-24"),
        replace(ignore("ENV001"), kind="accepted"),
        replace(ignore("THR009"), kind="wrong"),
    ]
    settled = run([finding("THR001")], written, "THR001 SUP004", policy)
    assert about(settled) == [("SUP004", "ENV001 for 30 days"), ("SUP004", "THR003 until 2026-12-24 for 30 days")]
    assert settled.findings[0].status is Status.SUPPRESSED


def test_without_reason() -> None:
    bare = ignore("THR001", reason="")
    settled = run([finding("THR001")], [bare], "THR001 SUP003")
    assert about(settled) == [("SUP003", "THR001 gives no reason")]
    assert settled.findings[1].severity is Severity.NOTE
    required = run([finding("THR001")], [bare], "THR001 SUP003", Config(policy=Policy(require_reason=True)))
    assert required.findings[1].severity is Severity.WARNING


def test_findings_about_suppressions_can_be_suppressed() -> None:
    bare = ignore("THR001", "SUP003", reason="")
    settled = run([finding("THR001")], [bare], "THR001 SUP001 SUP003")
    assert statuses(settled) == [("THR001", 1, "suppressed"), ("SUP003", 1, "suppressed")]


def test_equal_suppressions_have_fingerprints_of_their_own() -> None:
    settled = run([], [ignore("THR001", lines=(line, line), reason="") for line in (1, 2)], "THR001 SUP003")
    assert len({each.fingerprint for each in settled.findings}) == 2


def test_unknown_codes_are_notices() -> None:
    settled = run([], [ignore("ENV01", lines=(4, 4))])
    assert [(notice.kind, notice.path, notice.line) for notice in settled.notices] == [("bad-suppression", "a.py", 4)]
    assert settled.notices[0].message == "holds for nothing: there is no rule 'ENV01'; did you mean 'ENV001'?"


# what is shown


def test_outside_overrules() -> None:
    findings = [finding("THR001", path="a.py"), finding("THR001", path="b.py"), finding("THR003", path="b.py")]
    settled = run(findings, shown=lambda path: path == "a.py")
    assert [each.status for each in settled.findings] == [Status.OPEN, Status.OUTSIDE, Status.OUTSIDE]


def test_a_finding_of_the_project_is_shown_when_a_site_is() -> None:
    sites = [place("a.py", 3)]
    ours = finding("ENV001", path="z.py", related=sites, project=True)
    theirs = finding("ENV001", path="z.py", related=sites)
    settled = run([ours, theirs], shown=lambda path: path == "a.py")
    assert sorted(each.status.value for each in settled.findings) == ["open", "outside"]


@pytest.mark.parametrize(
    ("severity", "confidence", "show", "listed"),
    [
        (Severity.ERROR, Confidence.HIGH, (), True),
        (Severity.WARNING, Confidence.MEDIUM, (), True),
        (Severity.NOTE, Confidence.HIGH, (), False),
        (Severity.NOTE, Confidence.HIGH, (Severity.NOTE,), True),
        (Severity.ERROR, Confidence.LOW, (Severity.NOTE,), False),
    ],
)
def test_listing(severity: Severity, confidence: Confidence, show: tuple[Severity, ...], listed: bool) -> None:
    each = finding("THR001", severity=severity, confidence=confidence)
    assert is_listed(each, show) is listed
    assert not is_listed(replace(each, status=Status.SUPPRESSED), show)


def test_the_order_of_findings_does_not_depend_on_what_comes_in() -> None:
    findings = [finding("THR003", 2), finding("ENV001", 2), finding("THR001", 1, path="b.py"), finding("THR001", 1)]
    suppressions = [ignore("THR"), ignore("ENV001", lines=(0, 0))]
    assert run(findings, suppressions) == run(reversed(findings), suppressions)
    assert [each.code for each in run(findings).findings] == ["THR001", "ENV001", "THR003", "THR001"]


def test_one_threshold_written_twice_in_a_function_is_one_finding() -> None:
    first, again, other = (
        replace(finding("THR001", line), concept="threshold:score", value=value)
        for line, value in [(3, "0.5"), (4, "0.5"), (5, "0.6")]
    )
    folded = fold([other, again, first])
    assert [(each.place.span.line, each.status) for each in folded] == [
        (3, Status.OPEN),
        (4, Status.SUPERSEDED),
        (5, Status.OPEN),
    ]
    assert [each.place.span.line for each in folded[0].related] == [4]
