"""One place behind an emoji and a tab: each consumer lands on the same character, counting as it counts."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from mldebt.report import REPORTS, ColumnUnit, ReportOptions
from tests.report.runs import CATALOGUE, finding, run, texts

LINE = '\ts = "😀é"; y = torch.load("x")'
START = LINE.index("torch")
END = START + len("torch.load")
MADE = run(finding("e.py", (2, START + 1, 2, END + 1)))
READ = texts({"e.py": f"# first\n{LINE}\n"})


def render(format_: str, options: ReportOptions | None = None) -> str:
    return REPORTS[format_](MADE, CATALOGUE, options or ReportOptions(), READ)


def marked(encoding: str, start: int, end: int) -> str:
    """What a consumer marks that counts in units of ``encoding`` from 1."""
    size = {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}[encoding]
    return LINE.encode(encoding)[(start - 1) * size : (end - 1) * size].decode(encoding)


def test_characters() -> None:
    for format_ in ("text", "full"):
        column = int(render(format_).split(":")[2])
        assert LINE[column - 1 :].startswith("torch.load")
    found = json.loads(render("json"))["findings"][0]
    assert marked("utf-32-le", found["column"], found["end_column"]) == "torch.load"
    ends = json.loads(render("gitlab"))[0]["location"]["positions"]
    assert marked("utf-32-le", ends["begin"]["column"], ends["end"]["column"]) == "torch.load"
    (failure,) = ElementTree.fromstring(render("junit")).iter("failure")
    assert LINE[int((failure.text or "").split(":")[2]) - 1 :].startswith("torch.load")


def test_utf16() -> None:
    region = json.loads(render("sarif"))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert marked("utf-16-le", region["startColumn"], region["endColumn"]) == "torch.load"
    columns = re.search(r",col=(\d+),endColumn=(\d+)::", render("github"))
    assert columns
    assert marked("utf-16-le", *map(int, columns.groups())) == "torch.load"
    text = render("text", ReportOptions(column_unit=ColumnUnit.UTF16))
    assert marked("utf-16-le", int(text.split(":")[2]), 99).startswith("torch.load")


def test_bytes() -> None:
    ends = json.loads(render("rdjson"))["diagnostics"][0]["location"]["range"]
    assert marked("utf-8", ends["start"]["column"], ends["end"]["column"]) == "torch.load"
    text = render("text", ReportOptions(column_unit=ColumnUnit.BYTES))
    assert marked("utf-8", int(text.split(":")[2]), 99).startswith("torch.load")


def test_the_carets_stand_under_it() -> None:
    _, source, carets = render("full").splitlines()[:3]
    cells = sum(2 if character in "😀" else 1 for character in source[: source.index("torch.load")])
    assert carets.index("^") == cells
    assert carets.count("^") == len("torch.load")
