"""The fix that takes out code that never runs, and what only it imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toy import check, mldebt, write

CASES = {
    "if-false": ("def f(x):\n    if False:\n        x += 1\n    return x\n", "def f(x):\n    return x\n"),
    "alone": ("def f(x):\n    if False:\n        x += 1\n", "def f(x):\n    pass\n"),
    "else": (
        "def f(x):\n    if False:\n        x += 1\n    else:\n        # why\n        x -= 1\n    return x\n",
        "def f(x):\n    # why\n    x -= 1\n    return x\n",
    ),
    "elif": (
        "def f(x):\n    if False:\n        x += 1\n    elif x:\n        x -= 1\n    return x\n",
        "def f(x):\n    if x:\n        x -= 1\n    return x\n",
    ),
    "if-true": (
        "def f(x):\n    if True:  # yes\n        x += 1\n        for y in x:\n            y()\n"
        "    else:\n        x = 1\n    return x\n",
        "def f(x):\n    x += 1\n    for y in x:\n        y()\n    return x\n",
    ),
    "comments": (
        "import torch\n\n\ndef f(x):\n    # the old way\n    # y = g(x)\n    # if y > 3:\n    #     return None\n"
        "    # z = h(y)\n    # x = k(z)\n    return torch.stack(x)\n",
        "import torch\n\n\ndef f(x):\n    # the old way\n    return torch.stack(x)\n",
    ),
    "blocks": (
        "import torch\n\n\ndef f(x):\n    # y = g(x)\n    # if y > 3:\n    #     return None\n    # z = h(y)\n"
        "    # x = k(z)\n\n    # try:\n    #     x = k(x)\n    # except OSError:\n    #     return None\n\n"
        "    # x = y\n    return torch.stack(x)\n",
        "import torch\n\n\ndef f(x):\n\n    # x = y\n    return torch.stack(x)\n",
    ),
    "one-in-blocks": (
        "import torch\n\n# def f(x):\n#     y = g(x)\n#     if y > 3:\n#         return None\n#     z = h(y)\n\n"
        "#     return z\n\n\n# @h\n# def k(x):\n#     y = g(x)\n\n#     return y\n\n# the rest\n\n\nx = 1\n",
        "import torch\n\n\n# the rest\n\n\nx = 1\n",
    ),
    "while": ("def f(x):\n    while 0:\n        x += 1\n    return x\n", "def f(x):\n    return x\n"),
    "choice": ("def f(x, y):\n    return g(x if False else y, 1)\n", "def f(x, y):\n    return g(y, 1)\n"),
    "after": (
        "def f(x):\n    return x\n    x = g(x)  # gone\n    return x\n\n\ndef h(): ...\n",
        "def f(x):\n    return x\n\n\ndef h(): ...\n",
    ),
    "at-the-end": ("def f(x):\n    return x\n    g(x)", "def f(x):\n    return x"),
    "columns": ("def f(x):\n    return 'ä' + ('é' if False else x)\n", "def f(x):\n    return 'ä' + (x)\n"),
    "imports": (
        "import json\nimport os.path\nfrom a import b, c as d\n\n\n"
        "def f(x):\n    if False:\n        json.dumps(b)\n        os.path.join(x)\n    return d\n",
        "from a import c as d\n\n\ndef f(x):\n    return d\n",
    ),
    "import-still-used": (
        "import json\n\n\ndef f(x):\n    if False:\n        json.dumps(x)\n    return json.loads(x)\n",
        "import json\n\n\ndef f(x):\n    return json.loads(x)\n",
    ),
    "middle": (
        "def f(x):\n    if x:\n        x = 1\n    elif False:\n        x = 2\n    # but\n    elif x.y:\n        x = 3\n"
        "    return x\n",
        "def f(x):\n    if x:\n        x = 1\n    elif x.y:\n        x = 3\n    return x\n",
    ),
    "last": (
        "def f(x):\n    if x:\n        x = 1\n    elif False:\n        x = 2\n    else:\n        x = 3\n    return x\n",
        "def f(x):\n    if x:\n        x = 1\n    else:\n        x = 3\n    return x\n",
    ),
    "ends-a-chain": (
        "def f(x):\n    if x:\n        x = 1\n    elif 1:  # yes\n        x = 2\n    elif x.y:\n        x = 3\n"
        "    else:\n        x = 4\n    return x\n",
        "def f(x):\n    if x:\n        x = 1\n    else:  # yes\n        x = 2\n    return x\n",
    ),
    "layout": (
        "from a import (\n    b,  # why\n    c,\n    d,\n    e\n)\nfrom g import h, \\\n    i\n\n\n"
        "def f(x):\n    if 0:\n        c(e, i)\n    return b, d, h\n",
        "from a import (\n    b,  # why\n    d\n)\nfrom g import h\n\n\ndef f(x):\n    return b, d, h\n",
    ),
    "tabs": (
        "def f(x):\n\tif True:\n\t\tx += 1\n\telse:\n\t\tx -= 1\n\treturn x\n",
        "def f(x):\n\tx += 1\n\treturn x\n",
    ),
}
KEPT = {
    "one-line": "def f(x):\n    if True: x += 1\n    else: x -= 1\n    return x\n",
    "text": "def f(x):\n    if True:\n        x = '''\n  a\n'''\n    else:\n        x = 1\n    return x\n",
    "generator": "def f(x):\n    return x\n    x = 1\n    yield x\n",
}


def plant(folder: Path, text: str, newline: str = "\n") -> Path:
    write(folder / "mldebt.toml", 'select = ["FLG008"]\n')
    (folder / "a.py").write_text(text, encoding="utf-8", newline=newline)
    return folder / "a.py"


@pytest.mark.parametrize("name", CASES)
def test_it_is_gone_and_a_second_run_changes_nothing(tmp_path: Path, name: str) -> None:
    before, after = CASES[name]
    path = plant(tmp_path, before)
    assert check(tmp_path, "--show", "notes").findings == []  # the toy's rules are others
    mldebt(tmp_path, "check", "--fix", "--unsafe-fixes", "--show", "notes")
    assert path.read_text("utf-8") == after
    assert check(tmp_path).document["findings"] == []
    mldebt(tmp_path, "check", "--fix", "--unsafe-fixes", "--show", "notes")
    assert path.read_text("utf-8") == after


def test_it_is_not_done_without_being_asked_for(tmp_path: Path) -> None:
    path = plant(tmp_path, CASES["if-false"][0])
    mldebt(tmp_path, "check", "--fix")
    assert path.read_text("utf-8") == CASES["if-false"][0]


def test_line_ends_stay(tmp_path: Path) -> None:
    path = plant(tmp_path, CASES["if-true"][0], newline="\r\n")
    mldebt(tmp_path, "check", "--fix", "--unsafe-fixes")
    assert path.read_bytes() == CASES["if-true"][1].replace("\n", "\r\n").encode()


@pytest.mark.parametrize("name", KEPT)
def test_what_cannot_be_done_line_by_line_is_refused(tmp_path: Path, name: str) -> None:
    path = plant(tmp_path, KEPT[name])
    mldebt(tmp_path, "check", "--fix", "--unsafe-fixes", "--show", "notes")
    assert path.read_text("utf-8") == KEPT[name]
