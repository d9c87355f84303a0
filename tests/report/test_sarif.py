"""What no schema and no validator checks, and GitHub and editors rely on."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from typing import Any
from urllib.parse import unquote

import attr
import pytest
import sarif_om

from mldebt.model import Cell, Confidence, Finding, Notice, Role, Run, Severity, Status
from mldebt.report import REPORTS, ReportOptions, TextOf
from mldebt.report.sarif import RESULT_LIMIT
from mldebt.report.sarif.walker import serialise
from tests.report.runs import CATALOGUE, ROOT, finding, related, run, suppressed, texts

Log = dict[str, Any]  # a parsed log: the tests look into it at will

EVERYTHING = run(
    finding(
        related=tuple(related(f"batch/job {n}.py", n, f"0.{n}5") for n in range(1, 6)),
        flow=(related("serve/api.py", 7, "predict_proba gives a score"), related("serve/api.py", 8, "compared", 8)),
    ),
    finding("données/modèle 1.py", (3, 1, 4, 9), code="FLG001", severity=Severity.ERROR),
    finding("e.py", (1, 14, 1, 24)),
    finding("nb.ipynb", (5, 9, 5, 21), cell=Cell(3, "a1b2", 7, 2), message="scores[0](1) is \\ compared"),
    finding("s.py", status=Status.SUPPRESSED, suppression=suppressed(path="s.py")),
    finding("t.py", severity=Severity.NOTE),
    notices=(
        Notice("syntax-error", "cannot be parsed: invalid syntax", "broken file.py", 3, 7),
        Notice("undecodable", "is not UTF-8", "latin.py"),
    ),
)
FILES = texts({"e.py": 's = "😀"; y = torch.load("x")\n'})


def render(made: Run, options: ReportOptions | None = None, text_of: TextOf = FILES) -> str:
    return REPORTS["sarif"](made, CATALOGUE, options or ReportOptions(), text_of)


def parse(made: Run, options: ReportOptions | None = None, text_of: TextOf = FILES) -> Log:
    log: Log = json.loads(render(made, options, text_of), parse_constant=pytest.fail)
    assert log["version"] == "2.1.0"
    return log["runs"][0]  # type: ignore[no-any-return]  # JSON


def results(made: Run, options: ReportOptions | None = None, text_of: TextOf = FILES) -> list[Log]:
    return parse(made, options, text_of)["results"]  # type: ignore[no-any-return]  # JSON


def test_an_empty_run_is_a_whole_log() -> None:
    log = parse(run())
    assert log["results"] == []
    assert log["invocations"] == [{"executionSuccessful": True}]
    assert [rule["id"] for rule in log["tool"]["driver"]["rules"]] == ["FLG001", "THR001"]


def test_every_rule_says_all_that_is_shown_of_it() -> None:
    driver = parse(run())["tool"]["driver"]
    assert driver["semanticVersion"] == ReportOptions().version
    for rule in driver["rules"]:
        assert re.fullmatch(r"[A-Z][A-Za-z]+", rule["name"])
        assert 0 < len(rule["name"]) <= 255
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"].startswith(f"# {rule['id']} ")
        assert rule["defaultConfiguration"]["level"] in ("warning", "error", "note")
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["properties"]["precision"] in ("high", "medium", "low")
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")


def test_every_result_has_level_rule_and_full_region() -> None:
    log = parse(EVERYTHING)
    assert len(log["results"]) == 4
    for result in log["results"]:
        assert result["level"] in ("error", "warning", "note")
        assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"].endswith(".")
        assert len(result["locations"]) == 1
        region = result["locations"][0]["physicalLocation"]["region"]
        assert sorted(region) == ["endColumn", "endLine", "startColumn", "startLine"]
        assert (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"])
        assert min(region.values()) >= 1


def test_a_rule_that_is_an_error_may_have_a_warning_as_result() -> None:
    """The serialiser that drops levels equal to their default would make an error of it."""
    assert results(run(finding(code="FLG001", severity=Severity.WARNING)))[0]["level"] == "warning"


def walk(node: Any) -> Any:
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def test_uris_are_relative_encoded_and_name_no_machine() -> None:
    text = render(EVERYTHING)
    assert ROOT not in text
    places = [node for node in walk(json.loads(text)) if isinstance(node, dict) and "uri" in node]
    assert "donn%C3%A9es/mod%C3%A8le%201.py" in [place["uri"] for place in places]
    for place in places:
        assert place["uriBaseId"] == "%SRCROOT%"
        assert re.fullmatch(r"[A-Za-z0-9%._~/-]+", place["uri"])
        assert not place["uri"].startswith(("/", "..", "."))
    assert "uri" not in parse(EVERYTHING)["originalUriBaseIds"]["%SRCROOT%"]


@pytest.mark.parametrize(
    ("root", "top", "uri"),
    [
        (f"{ROOT}/sub dir", ROOT, "sub%20dir/serve/api.py"),
        (f"{ROOT}/a/b", ROOT, "a/b/serve/api.py"),
        (ROOT, "", "serve/api.py"),
        (ROOT, "/elsewhere", "serve/api.py"),
    ],
)
def test_uris_are_those_of_the_repository(root: str, top: str, uri: str) -> None:
    made = run(finding(), root=root, git_top=top)
    assert results(made)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_path_of_bytes_keeps_its_bytes() -> None:
    path = b"caf\xe9.py".decode("utf-8", "surrogateescape")
    text = render(run(finding(path)))
    text.encode("utf-8")
    assert '"uri":"caf%E9.py"' in text.replace('": "', '":"')


def test_columns_are_utf16_units() -> None:
    log = parse(run(finding("e.py", (1, 14, 1, 24))))
    assert log["columnKind"] == "utf16CodeUnits"
    region = log["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 15, "endLine": 1, "endColumn": 25}


def test_links_lead_to_related_locations() -> None:
    result = results(EVERYTHING)[0]
    text = result["message"]["text"]
    assert text == (
        "the score is compared with 0.75. Also [0.15 at batch/job 1.py:1](1), [0.25 at batch/job 2.py:2](2), "
        "[0.35 at batch/job 3.py:3](3) and 2 more."
    )
    ids = [place["id"] for place in result["relatedLocations"]]
    assert ids == [1, 2, 3, 4, 5]
    assert {int(number) for number in re.findall(r"\]\((\d+)\)", text)} <= set(ids)


@pytest.mark.parametrize("hostile", ["[click](1)", "a](1)", "scores[0](1)", "\\[x](1)", "[[x](2)](1)"])
def test_hostile_text_makes_no_links(hostile: str) -> None:
    bare = results(run(finding(message=hostile)))[0]["message"]["text"]
    assert not re.search(r"(?<!\\)(?:\\\\)*\]\(", bare)
    linked = results(run(finding(message=hostile, related=(related("a.py", 1, hostile),))))[0]["message"]["text"]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\]\(\d+\)", linked)) == 1


def test_plain_brackets_stay_plain() -> None:
    assert results(run(finding(message="scores[0] is compared")))[0]["message"]["text"] == "scores[0] is compared."


def test_lists_hold_nothing_twice() -> None:
    twice = (related("a.py", 1, "0.5"), related("a.py", 1, "0.5"))
    for node in walk(parse(run(finding(related=twice), finding(flow=twice)))):
        if isinstance(node, dict):
            for name in ("relatedLocations", "locations", "tags", "codeFlows"):
                if name == "locations" and "threadFlows" not in node and "location" in str(node.get(name)):
                    continue
                items = [json.dumps(item, sort_keys=True) for item in node.get(name, [])]
                assert len(items) == len(set(items))


def test_a_flow_ends_at_its_finding() -> None:
    flow = (related("serve/api.py", 7, "predict_proba gives a score"),)
    (code_flow,) = results(run(finding(flow=flow)))[0]["codeFlows"]
    (thread_flow,) = code_flow["threadFlows"]
    steps = [step["location"] for step in thread_flow["locations"]]
    assert [step["physicalLocation"]["region"]["startLine"] for step in steps] == [7, 8]
    assert steps[0]["message"]["text"] == "predict_proba gives a score."
    assert len(results(EVERYTHING)[0]["codeFlows"][0]["threadFlows"][0]["locations"]) == 2


def test_a_notebook_has_physical_lines_and_its_cell() -> None:
    (result,) = (result for result in results(EVERYTHING) if "cell" in result["properties"])
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 5
    assert result["message"]["text"].endswith(" Cell 3, line 2.")
    assert result["properties"]["cell"] == {"index": 3, "id": "a1b2", "executionCount": 7, "line": 2}


def test_fingerprints() -> None:
    first, second, *_ = results(EVERYTHING)
    assert first["partialFingerprints"]["mldebt/v1"] == EVERYTHING.findings[0].fingerprint
    assert re.fullmatch(r"[0-9a-f]{1,16}:1", first["partialFingerprints"]["primaryLocationLineHash"])
    assert list(second["partialFingerprints"]) == ["mldebt/v1"], "without the file there is no hash of its line"


def test_what_consumers_sort_by() -> None:
    made = run(finding(), finding(confidence=Confidence.MEDIUM), finding(confidence=Confidence.LOW))
    assert [result["rank"] for result in results(made)] == [90.0, 60.0]
    assert results(made)[0]["properties"] == {
        "family": "THR", "debt": "model", "minutes": 20, "role": Role.SERVE.value, "component": "shop",
        "confidence": "high",
    }  # fmt: skip


def test_suppressed_findings_are_left_out_unless_asked_for() -> None:
    made = run(
        finding("a.py"),
        finding("b.py", status=Status.SUPPRESSED, suppression=suppressed(path="b.py")),
        finding("c.py", status=Status.SUPPRESSED, suppression=suppressed("later", "mldebt.toml")),
        finding("d.py", status=Status.BASELINED),
        finding("e.py", status=Status.SUPERSEDED),
        finding("f.py", status=Status.OUTSIDE),
    )
    (only,) = results(made)
    assert "suppressions" not in only
    told = [result["suppressions"] for result in results(made, ReportOptions(include_suppressed=True))]
    assert told == [
        [],
        [{"kind": "inSource", "status": "accepted", "justification": "agreed with risk"}],
        [{"kind": "external", "status": "underReview", "justification": "agreed with risk"}],
        [{"kind": "external", "status": "accepted", "justification": "Known from the baseline."}],
    ]


def test_notes_follow_show() -> None:
    assert "t.py" not in render(EVERYTHING)
    shown = results(EVERYTHING, ReportOptions(show=(Severity.NOTE,)))
    assert [result["level"] for result in shown].count("note") == 1


@pytest.mark.parametrize("fatal", [False, True])
def test_notices_are_notifications(fatal: bool) -> None:
    notice = Notice("rule-crashed", "THR001 crashed", "broken file.py", 3, 7, fatal)
    log = parse(run(notices=(notice, Notice("syntax-error", "no place"))))
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] is not fatal
    first, second = invocation["toolExecutionNotifications"]
    assert first["level"] == ("error" if fatal else "warning")
    place = first["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "broken file.py"
    assert place["region"]["startLine"] == 3
    assert "locations" not in second
    kinds = [kind["id"] for kind in log["tool"]["driver"]["notifications"]]
    assert kinds == ["rule-crashed", "syntax-error"]


def test_the_category_only_on_request() -> None:
    assert "automationDetails" not in parse(run())
    assert parse(run(), ReportOptions(sarif_category="api/nightly"))["automationDetails"]["id"] == "api/nightly/"


def many(number: int) -> Run:
    return run(
        *(
            finding(f"pkg{n % 400}/module.py", (8, 8, 8, 20), severity=Severity.WARNING if n else Severity.NOTE)
            for n in range(number - 1)
        ),
        finding("z.py", severity=Severity.ERROR),
    )


def test_more_results_than_consumers_take() -> None:
    """25,001 findings and a note, shown: the note goes, the last error stays, and the log says so."""
    log = parse(many(RESULT_LIMIT + 1), ReportOptions(show=(Severity.NOTE,)))
    assert len(log["results"]) == RESULT_LIMIT
    assert log["results"][-1]["level"] == "error"
    assert all(result["level"] != "note" for result in log["results"])
    (said,) = log["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("1 result left out")


def test_a_full_log_is_quick_and_small() -> None:
    made = many(RESULT_LIMIT)
    tree = texts({f"pkg{n}/module.py": "x = 1\n" * 20 for n in range(400)})
    start = time.perf_counter()
    text = render(made, text_of=tree)
    assert time.perf_counter() - start < 60, "it hangs"
    assert len(gzip.compress(text.encode(), 1)) < 10_000_000


def test_same_run_same_bytes() -> None:
    code = "from tests.report.test_sarif import *; import sys; sys.stdout.buffer.write(render(EVERYTHING).encode())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1] == render(EVERYTHING).encode()


def test_importing_the_reports_does_not_import_sarif_om() -> None:
    code = "import sys, mldebt.report; sys.exit('sarif_om' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, check=True)


def test_the_walker_keeps_levels_and_renames_state() -> None:
    assert serialise(sarif_om.ReportingConfiguration(level="warning")) == {"level": "warning"}
    assert serialise(sarif_om.Suppression(kind="inSource", state="accepted")) == {
        "kind": "inSource",
        "status": "accepted",
    }
    assert serialise(sarif_om.Run(tool=None, results=[])) == {"results": []}


@pytest.mark.parametrize("value", [{"a set"}, Severity.NOTE, object(), b"bytes", {1: "key"}, Exception()])
def test_the_walker_refuses_what_json_cannot_hold(value: object) -> None:
    with pytest.raises(TypeError, match="SARIF cannot hold"):
        serialise({"properties": [value]})


def test_not_a_number_is_refused() -> None:
    broken = attr.evolve(sarif_om.Result(message=None), rank=float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        json.dumps(serialise(broken), allow_nan=False)


def test_an_unknown_rule_has_no_index() -> None:
    stray: Finding = finding(code="XYZ999")
    assert "ruleIndex" not in results(run(stray))[0]
