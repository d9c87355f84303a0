"""Whatever stands in a scanned repository is data in every format: it ends no line, starts no command,
moves no cursor, opens no tag and is never mistaken for a finding."""

from __future__ import annotations

import json
import re
import unicodedata
from xml.etree import ElementTree

import pytest

from mldebt.model import Finding, Notice, Severity
from mldebt.report import REPORTS, ReportOptions, summarise
from tests.report.runs import CATALOGUE, finding, related, run, texts

ATTACKS = {
    "command": "::error file=a.py,line=1::forged\n::set-output name=token::x\n  ::add-mask::y",
    "old command": "x ##[error]forged ##[add-mask]y ##vso[task.setvariable variable=a]b ##[group]",
    "terminal": "\x1b]0;owned\x07\x1b[2J\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\\x9b31m\x08\x08\x7f",
    "markdown": "| a | b |\n|---|---|\n[x](javascript:alert(1)) ![i](https://evil.example/p.png) @team #1 `` ` ``` ~~~",
    "html": "<script>alert(1)</script> <!-- --> </details> &lt; &#x41; <img src=x onerror=y>",
    "xml": "]]> <![CDATA[ <?xml?> \x00\x01\x0b\x0c\x1f\ufffe\uffff & \" '",
    "direction": "a\u202eb\u2066c\u2069d\u200fe\u061cf\u2028g\u2029h\u0085i\ufeffj\U000e0041k",
    "halves": "a\ud83db\udcffc",
    "forged": "x [THR001]\nforged.py:1:1: error: lies [THR001]\r\nforged.py:2:2: error: more [THR001]",
    "long": "x" * 300_000,
    "combining": "e" + "\u0301" * 50_000,
}
SHOWN = ReportOptions(show=(Severity.NOTE,), include_suppressed=True)
DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def in_a_path(text: str) -> str:
    """As a name of a file can be: bytes that are no UTF-8 come as the halves that Python makes of them."""
    return f"{text[:200]}.py".encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")


def attacked(text: str) -> Finding:
    """The text everywhere that a repository can put it."""
    path = in_a_path(text)
    return finding(
        path,
        message=text,
        symbol=text,
        snippet=text,
        source_line=text,
        concept=f"flag:{text}",
        related=(related(path, 3, text),),
        flow=(related(path, 2, text),),
    )


def render(format_: str, text: str) -> str:
    made = run(attacked(text), notices=(Notice("syntax-error", text, in_a_path(text), 3),))
    files = {in_a_path(text): (text + "\n") * (1 if len(text) > 9_000 else 9)}
    encoded = {path: content.encode("utf-8", "surrogatepass") for path, content in files.items()}
    return REPORTS[format_](made, CATALOGUE, SHOWN, texts(encoded))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("format_", REPORTS)
def test_every_format_is_text_that_a_log_survives(format_: str, attack: str) -> None:
    out = render(format_, ATTACKS[attack])
    out.encode("utf-8")
    assert "##[" not in out
    assert "##vso[" not in out
    commands = [line for line in out.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == (1 if format_ == "github" else 0)
    if format_ not in ("json", "sarif", "gitlab", "rdjson"):
        assert not DANGEROUS.search(out)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("format_", ["json", "sarif", "gitlab", "rdjson"])
def test_json_holds_no_control_character_and_one_finding(format_: str, attack: str) -> None:
    out = render(format_, ATTACKS[attack])
    assert not re.search("[\x00-\x09\x0b-\x1f]", out)
    document = json.loads(out)
    held = {
        "json": lambda: document["findings"],
        "sarif": lambda: document["runs"][0]["results"],
        "gitlab": lambda: document,
        "rdjson": lambda: document["diagnostics"],
    }[format_]()
    assert len(held) == 1
    if format_ == "json":  # for programs: nothing is lost
        assert held[0]["message"] == ATTACKS[attack]


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_stays_one_line_a_finding(attack: str) -> None:
    out = render("text", ATTACKS[attack])
    assert len(out.splitlines()) == 1
    assert re.fullmatch(r".+?:\d+:\d+: warning: .* \[THR001\]\n", out)


@pytest.mark.parametrize("attack", ATTACKS)
def test_full_starts_one_block_a_finding(attack: str) -> None:
    heads = [line for line in render("full", ATTACKS[attack]).splitlines() if re.match(r"\S+?:\d+:\d+: ", line)]
    assert len(heads) == (0 if " " in ATTACKS[attack][:200] else 1)


@pytest.mark.parametrize("attack", ATTACKS)
def test_junit_is_xml_with_one_failure(attack: str) -> None:
    suites = ElementTree.fromstring(render("junit", ATTACKS[attack]).encode())
    assert len(suites.findall("./testsuite/testcase/failure")) == 1
    assert {each.tag for each in suites.iter()} == {"testsuites", "testsuite", "testcase", "failure"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_is_one_row_without_markup_of_others(attack: str) -> None:
    out = render("markdown", ATTACKS[attack])
    rows = [line for line in out.splitlines() if line.startswith("| warning")]
    assert len(rows) == 1
    cells = re.split(r"(?<!\\)\|", rows[0])
    assert len(cells) == 6
    outside = re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", rows[0])
    assert not re.search(r"(?<!\\)[<>\[\]!*_~]|@\w", outside)
    assert len(out) < 20_000


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_summary_is_harmless_too(attack: str) -> None:
    told = summarise(run(attacked(ATTACKS[attack])), CATALOGUE, SHOWN)
    assert not DANGEROUS.search(told)
    assert all(unicodedata.category(character) not in ("Cf", "Cs") for character in told)
    assert not any(line.lstrip().startswith("::") for line in told.splitlines())
