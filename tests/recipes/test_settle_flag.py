"""The fix that takes a flag out of every file that names it, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toy import check, mldebt, write

HEAD = "import torch\n\nUSE_WIDE_RECALL = {}\n\n\ndef f(x, model):\n"
TAIL = "    return model(torch.tensor(x))\n"

CASES = {
    "and": ("    if USE_WIDE_RECALL and x:\n        x = 1\n", "    if x:\n        x = 1\n", "    "),
    "not-and": ("    if not (USE_WIDE_RECALL and x):\n        x = 1\n", "    if not x:\n        x = 1\n", "x = 1"),
    "or": ("    if x or USE_WIDE_RECALL:\n        x = 1\n", "    x = 1\n", "if x"),
    "parts": (
        "    if (x and USE_WIDE_RECALL) or (x.y or x.z):\n        x = 1\n",
        "    if x or (x.y or x.z):\n        x = 1\n",
        "if x.y or x.z",
    ),
    "is": ("    if USE_WIDE_RECALL is True:\n        x = 1\n", "    x = 1\n", "    "),
    "while": ("    while x and USE_WIDE_RECALL:\n        x = x.y\n", "    while x:\n        x = x.y\n", "    "),
    "choice": ("    x = [1 if USE_WIDE_RECALL else (2, 3), x]\n", "    x = [1, x]\n", "[(2, 3), x]"),
    "walrus": ("    x = [1, (y := 2) if USE_WIDE_RECALL else 3]\n", "    x = [1, (y := 2)]\n", "[1, 3]"),
    "in-the-kept-one": (
        "    if x:\n        x = 1\n    elif USE_WIDE_RECALL:\n        if USE_WIDE_RECALL and x.y:\n            x = 2\n",
        "    if x:\n        x = 1\n    else:\n        if x.y:\n            x = 2\n",
        "    if x:\n        x = 1\n",
    ),
}
LEFT = {
    "handed-on": "    x = g(USE_WIDE_RECALL) if USE_WIDE_RECALL else x\n",
    "value": "    x = USE_WIDE_RECALL and x\n    if USE_WIDE_RECALL:\n        x = 1\n",
    "local": "    if USE_WIDE_RECALL:\n        x = 1\n    y = lambda USE_WIDE_RECALL: USE_WIDE_RECALL\n",
    "called-before": "    if x.pop() or USE_WIDE_RECALL:\n        x = 1\n",
    "nested": "    if USE_WIDE_RECALL:\n        if USE_WIDE_RECALL and x:\n            x = 1\n",
    "one-line": "    if (USE_WIDE_RECALL): x = 1\n",
    "text": "    if USE_WIDE_RECALL:\n        x = '''\n  a\n'''\n",
}


def plant(folder: Path, body: str, value: bool = True, newline: str = "\n") -> Path:
    write(folder / "mldebt.toml", 'select = ["FLG004"]\n')
    (folder / "a.py").write_text(f"{HEAD.format(value)}{body}{TAIL}", encoding="utf-8", newline=newline)
    return folder / "a.py"


def fix(folder: Path) -> str:
    return mldebt(folder, "check", "--fix", "--unsafe-fixes", "--show", "notes", "--root", ".").err


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("name", CASES)
def test_it_is_decided(tmp_path: Path, name: str, newline: str) -> None:
    before, when_on, _ = CASES[name]
    path = plant(tmp_path, before, newline=newline)
    said = fix(tmp_path)
    wanted = f"import torch\n\n\ndef f(x, model):\n{when_on}{TAIL}"
    assert path.read_bytes() == wanted.replace("\n", newline).encode(), said
    fix(tmp_path)
    assert path.read_bytes() == wanted.replace("\n", newline).encode()


@pytest.mark.parametrize("name", CASES)
def test_it_is_decided_the_other_way(tmp_path: Path, name: str) -> None:
    before, _, when_off = CASES[name]
    path = plant(tmp_path, before, value=False)
    fix(tmp_path)
    assert when_off in path.read_text("utf-8")
    assert "USE_WIDE_RECALL" not in path.read_text("utf-8")
    compile(path.read_bytes(), "a.py", "exec", dont_inherit=True)


@pytest.mark.parametrize("name", LEFT)
def test_what_is_more_than_a_test_is_left(tmp_path: Path, name: str) -> None:
    path = plant(tmp_path, LEFT[name])
    before = path.read_bytes()
    said = fix(tmp_path)
    assert path.read_bytes() == before
    assert "FLG004 is not fixed: " in said


@pytest.mark.parametrize(
    "other",
    [
        "from a import USE_WIDE_RECALL as WIDE\n\nassert WIDE\n",
        "def g():\n    from a import USE_WIDE_RECALL\n    if USE_WIDE_RECALL:\n        return 1\n",
        "import a\n\n\ndef test_narrow(monkeypatch):\n    a.USE_WIDE_RECALL = False\n",
        "from a import (  # all\n    f,\n    # decided\n    USE_WIDE_RECALL,\n)\n",
        "from a import USE_WIDE_RECALL\n\nif USE_WIDE_RECALL\n",
    ],
)
def test_one_file_that_cannot_be_changed_keeps_all_as_they_are(tmp_path: Path, other: str) -> None:
    path = plant(tmp_path, CASES["and"][0])
    before = path.read_bytes()
    write(tmp_path / "tests" / "test_a.py", other)
    fix(tmp_path)
    assert path.read_bytes() == before
    assert (tmp_path / "tests" / "test_a.py").read_text("utf-8") == other


def test_a_read_only_file_keeps_all_as_they_are(tmp_path: Path) -> None:
    path = plant(tmp_path, CASES["and"][0])
    write(tmp_path / "b.py", "from a import USE_WIDE_RECALL, f\n\nf(1 if USE_WIDE_RECALL else 2, print)\n")
    (tmp_path / "b.py").chmod(0o444)
    before = path.read_bytes()
    assert "b.py is read-only" in fix(tmp_path)
    assert path.read_bytes() == before
    assert [each["code"] for each in check(tmp_path).document["findings"]] == ["FLG004"]
