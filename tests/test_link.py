"""From candidates and facts to findings: which outcome, how loud, beside what, under which name."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from mldebt import vocabulary
from mldebt.config import Config
from mldebt.engine import ProjectHit, ProjectRule, Where
from mldebt.facts import FileFacts
from mldebt.fingerprint import fingerprint
from mldebt.index import index
from mldebt.link import MAX_RELATED, link, loudness
from mldebt.model import (
    Candidate,
    Cell,
    Confidence,
    Finding,
    Notice,
    Outcome,
    Place,
    Related,
    Role,
    Severity,
    Span,
)  # fmt: skip
from mldebt.project import Project
from mldebt.rule_spec import RuleSpec
from mldebt.terms import FALSE, TRUE, Carries, HasRole, IsMachineLearning, Term

ALL = tuple((role, Severity.WARNING) for role in Role)
SPEC = RuleSpec(
    "THR900", "cut-somewhere", "thresholds", "model", Severity.WARNING, Confidence.HIGH, ALL, "cut at {value}",
    "summary", "why", "remedy", 15, (),
)  # fmt: skip
UNKNOWN = Carries("app/a.py", "nobody.knows", "score")
LEARNING = IsMachineLearning("app/a.py")


def place(path: str = "app/a.py", line: int = 1, column: int = 1, cell: Cell | None = None) -> Place:
    return Place(path, Span(line, column, line, column + 5), cell)


def candidate(where: Place | None = None, *, code: str = "THR900", **changes: object) -> Candidate:
    made = Candidate(code, where or place(), "cut at 0.5", "f", "score > 0.5", "if score > 0.5:")
    return replace(made, **changes)  # the fields of a candidate


def project(
    candidates: Iterable[Candidate],
    texts: dict[str, str] | None = None,
    config: Config | None = None,
    kind: str = "python",
) -> Project:
    """A project of the files that the candidates stand in; ``texts`` are those whose text counts."""
    texts = dict(texts or {})
    found = list(candidates)
    for each in found:
        texts.setdefault(each.place.path, "")
    files = [
        FileFacts(path, kind, 1, True, index(text) or (), tuple(c for c in found if c.place.path == path))
        for path, text in texts.items()
    ]
    return Project(files, config or Config(), vocabulary.load())


def linked(
    candidates: Iterable[Candidate],
    texts: dict[str, str] | None = None,
    config: Config | None = None,
    kind: str = "python",
) -> tuple[Finding, ...]:
    findings, notices, _ = link(project(candidates, texts, config, kind), [SPEC], [])
    assert notices == ()
    return findings


# outcomes


def outcome(when: Term, confidence: Confidence = Confidence.HIGH, severity: Severity | None = None) -> Outcome:
    return Outcome(when, confidence, severity)


OUTCOMES: dict[str, tuple[tuple[Outcome, ...], Confidence | None]] = {
    "always": ((outcome(TRUE),), Confidence.HIGH),
    "never": ((outcome(FALSE),), None),
    "none": ((), None),
    "unknown is silence": ((outcome(UNKNOWN),), None),
    "the first that holds": ((outcome(TRUE, Confidence.MEDIUM), outcome(TRUE, Confidence.HIGH)), Confidence.MEDIUM),
    "past what does not hold": ((outcome(FALSE), outcome(TRUE, Confidence.LOW)), Confidence.LOW),
    "past what is unknown": ((outcome(UNKNOWN), outcome(TRUE, Confidence.LOW)), Confidence.LOW),
    "what another file says": ((outcome(LEARNING),), Confidence.HIGH),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_first_outcome_that_holds_is_taken(name: str) -> None:
    outcomes, confidence = OUTCOMES[name]
    findings = linked([candidate(outcomes=outcomes)], {"app/a.py": "import torch\n"})
    assert [each.confidence for each in findings] == ([] if confidence is None else [confidence])


def test_a_finding_says_what_its_candidate_says() -> None:
    related = (Related(place(line=9), "here too", part=True),)
    flow = (Related(place(line=2), "predict_proba"),)
    (found,) = linked(
        [candidate(place(line=3), concept="threshold:score", value="0.5", related=related, flow=flow, minutes=5)]
    )
    assert (found.code, found.name, found.family, found.debt) == ("THR900", "cut-somewhere", "thresholds", "model")
    assert (found.message, found.symbol, found.snippet, found.source_line) == (
        "cut at 0.5", "f", "score > 0.5", "if score > 0.5:",
    )  # fmt: skip
    assert (found.related, found.flow, found.minutes, found.component) == (related, flow, 5, ".")


def test_minutes_are_the_rule_s_unless_the_candidate_has_its_own() -> None:
    assert [each.minutes for each in linked([candidate()])] == [15]


def test_candidates_of_rules_that_are_off_are_left_alone() -> None:
    assert linked([candidate(code="THR901")]) == ()


def test_the_role_of_a_file_decides_whether_a_term_holds() -> None:
    serving = outcome(HasRole("app/a.py", (Role.SERVE.value,)))
    config = Config(roles=(("app/*", Role.SERVE),))
    assert linked([candidate(outcomes=(serving,))]) == ()
    assert [each.role for each in linked([candidate(outcomes=(serving,))], config=config)] == [Role.SERVE]


# loudness

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

LOUDNESS = [
    # rule, in this role, the outcome, the configuration, role, expected
    (W, W, None, None, Role.SERVE, W),
    (W, None, None, None, Role.SERVE, None),
    (W, None, E, E, Role.SERVE, None),
    (W, E, None, None, Role.SERVE, E),
    (W, N, None, None, Role.SERVE, N),
    (W, W, N, None, Role.SERVE, N),
    (W, W, E, None, Role.SERVE, E),
    (W, N, E, None, Role.SERVE, N),
    (W, E, N, None, Role.SERVE, N),
    (E, E, N, None, Role.TRAIN, N),
    (E, W, N, None, Role.TRAIN, N),
    (E, W, E, None, Role.TRAIN, W),
    (W, W, None, E, Role.SERVE, E),
    (W, W, None, N, Role.SERVE, N),
    (W, W, N, E, Role.SERVE, E),
    (W, N, None, E, Role.TRAIN, E),
    (W, N, None, E, Role.TEST, N),
    (W, N, None, E, Role.EXAMPLE, N),
    (W, W, None, N, Role.TEST, N),
    (W, None, None, E, Role.TEST, None),
]


@pytest.mark.parametrize(("own", "allowed", "given", "wanted", "role", "expected"), LOUDNESS)
def test_how_loud(
    own: Severity, allowed: Severity | None, given: Severity | None, wanted: Severity | None, role: Role,
    expected: Severity | None,
) -> None:  # fmt: skip
    spec = replace(SPEC, severity=own, roles=((role, allowed),) if allowed is not None else ())
    overrides = {"THR900": wanted} if wanted is not None else {}
    assert loudness(spec, Outcome(severity=given), role, overrides) is expected


def test_another_rule_s_level_is_not_this_one_s() -> None:
    assert loudness(SPEC, Outcome(), Role.SERVE, {"THR901": E}) is W


def test_in_a_notebook_everything_is_a_note() -> None:
    config = Config(severity=(("THR900", E),))
    assert [each.severity for each in linked([candidate(place("a.ipynb"))], config=config, kind="notebook")] == [N]


# related places


def sites(*found: tuple[str, int, str]) -> list[Candidate]:
    return [candidate(place(path, line), concept="threshold:score", value=value) for path, line, value in found]


def beside(findings: Iterable[Finding], path: str, line: int) -> list[tuple[str, int, str]]:
    (found,) = (each for each in findings if (each.place.path, each.place.span.line) == (path, line))
    return [(each.place.path, each.place.span.line, each.message) for each in found.related]


def test_sites_of_one_concept_name_each_other_other_values_in_other_files_first() -> None:
    found = linked(
        sites(("a.py", 1, "0.5"), ("a.py", 7, "0.5"), ("a.py", 3, "0.6"), ("b.py", 9, "0.6"), ("c.py", 2, "0.5"))
    )
    assert beside(found, "a.py", 1) == [("b.py", 9, "0.6"), ("a.py", 3, "0.6"), ("a.py", 7, "0.5"), ("c.py", 2, "0.5")]
    assert beside(found, "c.py", 2) == [("a.py", 3, "0.6"), ("b.py", 9, "0.6"), ("a.py", 1, "0.5"), ("a.py", 7, "0.5")]


def test_no_more_places_than_people_read() -> None:
    found = linked(sites(*((f"f{number:02}.py", 1, f"0.{number}") for number in range(20))))
    assert [len(each.related) for each in found] == [MAX_RELATED] * 20
    assert beside(found, "f00.py", 1)[0] == ("f01.py", 1, "0.1")


def test_one_line_is_named_once_and_never_the_finding_s_own() -> None:
    found = linked(
        [
            *sites(("a.py", 1, "0.5"), ("b.py", 2, "0.6")),
            candidate(place("b.py", 2, 9), concept="threshold:score", value="0.7"),
            candidate(place("a.py", 1, 9), concept="threshold:score", value="0.8"),
        ]
    )
    assert {tuple((r.place.path, r.place.span.line) for r in each.related) for each in found} == {
        (("b.py", 2),), (("a.py", 1),),
    }  # fmt: skip


def test_what_the_rule_itself_names_is_not_named_again() -> None:
    own = candidate(
        place("a.py", 1),
        concept="threshold:score",
        value="0.5",
        related=(Related(place("b.py", 2), "part", part=True),),
    )
    found = linked([own, *sites(("b.py", 2, "0.6"), ("c.py", 3, "0.7"))])
    assert beside(found, "a.py", 1) == [("b.py", 2, "part"), ("c.py", 3, "0.7")]


@pytest.mark.parametrize("changes", [{"concept": ""}, {"value": ""}, {"concept": "threshold:other"}])
def test_what_is_about_something_else_is_not_named(changes: dict[str, str]) -> None:
    found = linked([*sites(("a.py", 1, "0.5")), replace(sites(("b.py", 2, "0.6"))[0], **changes)])
    assert [each.related for each in found] == [(), ()]


def test_what_stays_silent_is_not_named() -> None:
    silent = replace(sites(("b.py", 2, "0.6"))[0], outcomes=(Outcome(UNKNOWN),))
    assert [each.related for each in linked([*sites(("a.py", 1, "0.5")), silent])] == [()]


def test_many_sites_of_one_concept_are_joined_at_once() -> None:
    many = sites(*(("a.py", line, f"0.{line}") for line in range(1, 6_001)))
    before = project(many)
    began = time.process_time()
    findings, _, _ = link(before, [SPEC], [])
    assert time.process_time() - began < 8  # a second; minutes when each looked at all others
    assert len(findings) == 6_000


# identity


def test_findings_come_in_the_order_of_their_places() -> None:
    places = [place("b.py", 1), place("a.py", 9), place("a.py", 10), place("a.py", 9, 3), place("a/b.py", 1)]
    found = [(each.place.path, each.place.span.line, each.place.span.column) for each in linked(map(candidate, places))]
    assert found == sorted(found)


def test_equal_identities_are_told_apart_by_their_order() -> None:
    found = linked(
        [candidate(place(line=9)), candidate(place(line=2)), candidate(place(line=5), snippet="score > 0.6")]
    )
    first, other, second = found
    assert first.identity == second.identity != other.identity
    assert first.fingerprint == fingerprint(first.identity, 0)
    assert second.fingerprint == fingerprint(first.identity, 1)
    assert other.fingerprint == fingerprint(other.identity, 0)


def test_lines_that_move_change_no_fingerprint() -> None:
    def fingerprints(offset: int) -> list[str]:
        return [
            each.fingerprint for each in linked([candidate(place(line=2 + offset)), candidate(place(line=5 + offset))])
        ]

    assert fingerprints(0) == fingerprints(40)


def test_a_cell_of_a_notebook_is_part_of_the_identity() -> None:
    def identity(cell: Cell | None) -> str:
        return linked([candidate(place("a.ipynb", cell=cell))], kind="notebook")[0].identity

    one, same = Cell(1, "abc", None, 1), Cell(7, "abc", 3, 2)
    assert identity(one) == identity(same) != identity(Cell(1, "def", None, 1))
    assert identity(Cell(1, None, None, 1)) == identity(None)


# project rules


def where(path: str, line: int) -> Where:
    return Where(place(path, line), "f", f"snippet {line}", f"line {line}")


class Sighted(ProjectRule):
    """A rule of the project that gives what it is given."""

    def __init__(self, *hits: ProjectHit | Exception, spec: RuleSpec = SPEC) -> None:
        super().__init__(spec, {})
        self.hits = hits

    def check(self, project: Project) -> Iterable[ProjectHit]:
        for each in self.hits:
            if isinstance(each, Exception):
                raise each
            yield each


FILES = dict.fromkeys(("a.py", "b.py", "c.py"), "")


def ruled(*rules: ProjectRule) -> tuple[tuple[Finding, ...], tuple[Notice, ...]]:
    findings, notices, _ = link(project([], FILES), [SPEC], rules)
    return findings, notices


def test_a_project_finding_stands_at_its_first_site_and_names_the_others() -> None:
    hit = ProjectHit((where("b.py", 2), where("a.py", 7), where("a.py", 3)), "key", {"value": "0.5"})
    ((found,), notices) = ruled(Sighted(hit))
    assert notices == ()
    assert (found.place, found.message, found.snippet) == (place("a.py", 3), "cut at 0.5", "snippet 3")
    assert [(each.place, each.message) for each in found.related] == [
        (place("a.py", 7), "line 7"),
        (place("b.py", 2), "line 2"),
    ]


def test_words_stay_with_their_sites() -> None:
    hit = ProjectHit((where("b.py", 2), where("a.py", 3)), "key", {"value": "0.5"}, words=("of b", "of a"))
    ((found,), _) = ruled(Sighted(hit))
    assert [each.message for each in found.related] == ["of b"]


def test_a_project_finding_stays_the_same_when_its_first_site_goes() -> None:
    def identity(*at: Where) -> str:
        return ruled(Sighted(ProjectHit(at, "key", {"value": "0.5"})))[0][0].identity

    assert identity(where("a.py", 3), where("b.py", 2)) == identity(where("b.py", 2), where("c.py", 9))
    other = ruled(Sighted(ProjectHit((where("a.py", 3),), "another", {"value": "0.5"})))[0][0].identity
    assert other != identity(where("a.py", 3))


def test_a_project_rule_is_silent_where_its_role_is() -> None:
    quiet = replace(SPEC, roles=((Role.SERVE, W),))
    assert ruled(Sighted(ProjectHit((where("a.py", 1),), "key", {"value": "1"}), spec=quiet)) == ((), ())


@pytest.mark.parametrize(
    "broken",
    [
        ValueError("of all things"),
        KeyError("missing"),
        RecursionError("deep"),
        ProjectHit((), "no site", {"value": "1"}),
        ProjectHit((where("a.py", 1),), "no field"),
        ProjectHit((where("gone.py", 1),), "no file", {"value": "1"}),
    ],
    ids=["value", "key", "recursion", "no site", "no field", "no file"],
)
def test_a_rule_that_crashes_is_named_and_the_others_go_on(broken: ProjectHit | Exception) -> None:
    fine = Sighted(ProjectHit((where("b.py", 1),), "key", {"value": "0.5"}))
    findings, notices, _ = link(project([candidate(place("a.py"))], FILES), [SPEC], [Sighted(broken), fine])
    assert [each.place.path for each in findings] == ["a.py", "b.py"]
    (notice,) = notices
    assert (notice.kind, notice.fatal) == ("rule-crashed", True)
    assert notice.message.startswith("THR900 crashed (")
