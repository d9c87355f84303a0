"""Hostile and broken input: one clear line each, the right exit code, and nothing lost of the others.

Every case stands once beside a healthy file, whose finding must still be there, and once alone,
in one process: a parser that kills the process would take the test with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HEALTHY = b"import torch\n\n\ndef is_toxic(net, batch):\n    return torch.sigmoid(net(batch)).item() > 0.72\n"
SCORED = "import torch\nprob = torch.sigmoid(x)\nbad = prob > 0.72\n"


@dataclass(frozen=True)
class Ran:
    code: int
    findings: list[dict[str, object]]
    notices: list[dict[str, object]]
    stderr: str

    def noticed(self, path: str) -> list[str]:
        return [str(each["kind"]) for each in self.notices if each["path"] == path]


def run(folder: Path, *arguments: str, stdin: bytes | None = None) -> Ran:
    command = [sys.executable, "-m", "mldebt", "check", *(arguments or (".",)), "--root", ".", "--format", "json"]
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, timeout=120, check=False)
    stderr = done.stderr.decode()
    assert "Traceback" not in stderr, stderr
    document = json.loads(done.stdout) if done.stdout else {"findings": [], "notices": []}
    return Ran(done.returncode, document["findings"], document["notices"], stderr)


def thresholds(ran: Ran, path: str) -> int:
    return sum(each["path"] == path and each["code"] == "THR001" for each in ran.findings)


READ = {
    "empty": (b"", 0),
    "bom": (b"\xef\xbb\xbf" + SCORED.encode(), 1),
    "crlf": (SCORED.replace("\n", "\r\n").encode(), 1),
    "cr": (SCORED.replace("\n", "\r").encode(), 1),
    "form_feed": (("\x0c" + SCORED).encode(), 1),
    "latin_1": (b"# -*- coding: latin-1 -*-\n# \xe9t\xe9\n" + SCORED.encode(), 1),
    "no_final_newline": (SCORED.rstrip().encode(), 1),
    "one_comment": (b"# nothing but a comment", 0),
    "wide_names": (("été = '😀'\n" + SCORED).encode(), 1),
    "walrus_in_comprehension": (b"import torch\nx = [y for z in a if (y := torch.sigmoid(z)) > 0.72]\n", 1),
}


@pytest.mark.parametrize("name", READ)
def test_unusual_files_are_read(name: str, tmp_path: Path) -> None:
    data, found = READ[name]
    (tmp_path / "odd.py").write_bytes(data)
    (tmp_path / "healthy.py").write_bytes(HEALTHY)
    ran = run(tmp_path)
    assert ran.noticed("odd.py") == []
    assert (thresholds(ran, "odd.py"), thresholds(ran, "healthy.py")) == (found, 1)
    assert ran.code == 1


NOTICED = {
    "undecodable": (b"x = '\xff\xfe\xff'\n", "undecodable"),
    "unknown_coding": (b"# coding: klingon\nx = 1\n", "undecodable"),
    "nul": (b"x = 1\0\n", "undecodable"),
    "syntax_error": (b"def f(:\n    pass\n", "syntax-error"),
    "python_2": (b"print 'hello'\nexcept ValueError, e:\n", "syntax-error"),
    "parentheses": (b"x = " + b"(" * 1_300 + b")" * 1_300 + b"\n", "too-complex"),
    "elifs": (
        b"if x == 0: y = 0\n" + b"".join(b"elif x == %d: y = %d\n" % (n, n) for n in range(10_000)),
        "too-complex",
    ),
    "sum": (b"x = " + b" + ".join(b"a%d" % n for n in range(10_000)) + b"\n", "too-complex"),
    "call_chain": (b"x = a" + b".f()" * 3_000 + b"\n", "too-complex"),
    "generated": (b"x = 1\n" * 50_000, "too-large"),
    "nested_subscripts": (b"x = a" + b"[0]" * 3_000 + b"\n", "too-complex"),
    "nested_lambdas": (b"x = " + b"lambda: " * 5_000 + b"0\n", "too-complex"),
    "deep_blocks": (b"".join(b" " * n + b"if x:\n" for n in range(150)) + b" " * 150 + b"y\n", "syntax-error"),
}


@pytest.mark.parametrize("name", NOTICED)
@pytest.mark.parametrize("alone", [False, True], ids=["beside", "alone"])
def test_what_cannot_be_analysed_is_a_notice(name: str, alone: bool, tmp_path: Path) -> None:
    data, kind = NOTICED[name]
    (tmp_path / "odd.py").write_bytes(data)
    if not alone:
        (tmp_path / "healthy.py").write_bytes(HEALTHY)
    ran = run(tmp_path, ".", "--jobs", "1")
    assert ran.noticed("odd.py") == [kind]
    assert thresholds(ran, "healthy.py") == (not alone)
    assert ran.code == (0 if alone else 1)
    assert sum(line.startswith("odd.py") for line in ran.stderr.splitlines()) == 1
    assert run(tmp_path, ".", "--jobs", "1", "--strict").code == 2


@pytest.mark.parametrize("name", NOTICED)
def test_standard_input_is_as_safe(name: str, tmp_path: Path) -> None:
    data, kind = NOTICED[name]
    ran = run(tmp_path, "-", "--stdin-filename", "odd.py", stdin=data)
    assert (ran.noticed("odd.py"), ran.code) == ([kind], 0)


def test_links_folders_and_fifos_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "healthy.py").write_bytes(HEALTHY)
    (tmp_path / "x.py").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "itself.py").symlink_to("itself.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    ran = run(tmp_path)
    assert (thresholds(ran, "healthy.py"), ran.code) == (1, 1)
    assert {each["path"] for each in ran.findings} == {"healthy.py"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_file_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "healthy.py").write_bytes(HEALTHY)
    (tmp_path / "secret.py").write_bytes(HEALTHY)
    (tmp_path / "secret.py").chmod(0)
    ran = run(tmp_path)
    assert (ran.noticed("secret.py"), thresholds(ran, "healthy.py"), ran.code) == (["unreadable"], 1, 1)


def test_a_path_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    ran = run(tmp_path, "nowhere.py")
    assert (ran.code, ran.stderr) == (2, "mldebt: no such file or directory: nowhere.py\n")


def test_malformed_requirements_cost_their_lines_only(tmp_path: Path) -> None:
    (tmp_path / "healthy.py").write_bytes(HEALTHY)
    (tmp_path / "requirements.txt").write_text("torch\n=1.2\n-r other.txt\n-r ../outside.txt\nnumpy==1.26.4 \\\n")
    (tmp_path / "other.txt").write_text("-r requirements.txt\nscikit-learn\n")
    ran = run(tmp_path)
    floating = {(each["path"], each["line"]) for each in ran.findings if each["code"] == "PIN001"}
    assert ("requirements.txt", 1) in floating
    assert [each["line"] for each in ran.notices if each["path"] == "requirements.txt"] == [2, 4]
    assert thresholds(ran, "healthy.py") == 1


def test_malformed_toml_is_a_notice_of_its_line(tmp_path: Path) -> None:
    (tmp_path / "healthy.py").write_bytes(HEALTHY)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["torch",\n')
    ran = run(tmp_path)
    assert len(ran.noticed("pyproject.toml")) == 1
    assert (thresholds(ran, "healthy.py"), ran.code) == (1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("selct = ['THR']\n", ["mldebt.toml:1", "selct", "select"]),
        ("select = ['THR09']\n", ["mldebt.toml:1", "THR09"]),
        ("[rules.THR001]\nmin-wieght = 3\n", ["mldebt.toml:2", "min-wieght", "min-weight"]),
        ("[severity]\nTHR999 = 'note'\n", ["mldebt.toml:2", "THR999"]),
        ("select = [\n", ["mldebt.toml"]),
        ("fail-on = 'loud'\n", ["mldebt.toml:1", "loud"]),
        ("jobs = 'many'\n", ["mldebt.toml:1", "jobs"]),
    ],
)
def test_a_wrong_configuration_is_one_line_and_exit_code_2(text: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text(text)
    (tmp_path / "healthy.py").write_bytes(HEALTHY)
    ran = run(tmp_path)
    assert ran.code == 2
    assert len(ran.stderr.splitlines()) == 1
    for word in words:
        assert word in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("-",), ("a.py", "-"), ("--stdin-filename", "x.py"), ("--select", "NOPE"), ("--output", "sarif"),
        ("--output", "pdf=x"), ("--as-of", "tomorrow"), ("--output", "json=nowhere/x.json"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_line_and_exit_code_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(HEALTHY)
    ran = run(tmp_path, *arguments)
    assert ran.code == 2
    assert len(ran.stderr.strip().splitlines()) == 1
