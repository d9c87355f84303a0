"""Requirement files as pip reads them."""

from __future__ import annotations

import codecs
import time

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import Include, LockedVersion, Manifest, Pin
from mldebt.model import Span
from mldebt.sources.manifests.reading import ManifestFacts, read, reader_for
from mldebt.syntax import stack


def read_text(text: str, path: str = "requirements.txt") -> ManifestFacts:
    return read(path, text.encode())


def pins(text: str, path: str = "requirements.txt") -> list[Pin]:
    result = read_text(text, path)
    assert result.notices == ()
    return list(of_kind(result.facts, Pin))


def manifest(result: ManifestFacts) -> Manifest:
    return next(of_kind(result.facts, Manifest))


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt",
        "a/requirements-dev.txt",
        "dev-requirements.txt",
        "requirements_gpu.in",
        "requirements.lock",
        "requirements/base.txt",
        "deploy/requirements/serve.in",
        "constraints.txt",
        "a/pip-constraints.in",
        "Requirements.txt",
    ],
)
def test_names_of_requirement_files(path: str) -> None:
    reader = reader_for(path)
    assert reader is not None
    assert reader.dialect == "requirements"


@pytest.mark.parametrize("path", ["MANIFEST.in", "notes.txt", "requirements.md", "requirements/tool.py", "robots.txt"])
def test_names_of_other_files(path: str) -> None:
    assert reader_for(path) is None
    assert read(path, b"torch") == ManifestFacts()


def test_a_plain_line() -> None:
    (pin,) = pins("Scikit_Learn [extra,all] >=1.4, <1.5 ; python_version < '3.12'  # why\n")
    assert (pin.name, pin.specifier, pin.extras) == ("scikit-learn", "<1.5,>=1.4", ("all", "extra"))
    assert pin.marker == 'python_version < "3.12"'
    assert pin.place.path == "requirements.txt"
    assert pin.source_line.endswith("# why")
    assert (pin.group, pin.constraint, pin.hashed, pin.editable) == ("", False, False, False)


def test_place_covers_the_text_of_the_first_line_without_its_comment() -> None:
    (pin,) = pins("\n  torch==2.4.0  # note\n")
    assert pin.place.span == Span(2, 3, 2, 15)


def test_continuation_keeps_its_own_first_line() -> None:
    text = "# head\n\ntorch==2.4.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nnumpy\n"
    torch, numpy = pins(text)
    assert (torch.place.span.line, torch.hashed, torch.specifier) == (3, True, "==2.4.0")
    assert (numpy.place.span.line, numpy.hashed) == (6, False)


def test_a_comment_ends_a_continuation() -> None:
    assert [pin.name for pin in pins("torch==2.4.0 \\\n# why\nnumpy==1.0\n")] == ["torch", "numpy"]


@pytest.mark.parametrize(
    ("line", "name", "url"),
    [
        ("git+https://index.example.org/a/ranker.git@main#egg=rank_er[x]", "rank-er", None),
        ("git+https://index.example.org/a/Ranker.git@v1.2", "ranker", None),
        ("git+ssh://git@index.example.org/a/ranker.git", "ranker", None),
        ("git+https://index.example.org/a/ranker@feature/deep/branch", "ranker", None),
        ("ranker @ git+https://index.example.org/a/b.git@0a1b", "ranker", "git+https://index.example.org/a/b.git@0a1b"),
        ("ranker@https://index.example.org/ranker-1.0.zip", "ranker", "https://index.example.org/ranker-1.0.zip"),
        ("https://index.example.org/x/torch-2.4.0+cpu-cp311-cp311-linux_x86_64.whl", "torch", None),
        ("https://index.example.org/x/py-rank-1.0.tar.gz", "py-rank", None),
        ("./vendor/ranker", "", None),
        ("../ranker", "", None),
        (".", "", None),
        ("vendor/ranker-1.0-py3-none-any.whl", "ranker", None),
        ("file:///srv/wheels/ranker-1.0.tar.gz", "ranker", None),
    ],
)
def test_urls_and_paths(line: str, name: str, url: str | None) -> None:
    (pin,) = pins(line)
    assert (pin.name, pin.url, pin.specifier) == (name, line if url is None else url, "")


def test_editable() -> None:
    first, second = pins("-e git+https://index.example.org/a/ranker@dev#egg=ranker\n--editable=../lib\n")
    assert (first.name, first.editable) == ("ranker", True)
    assert (second.name, second.url, second.editable) == ("", "../lib", True)


def test_a_url_with_its_marker_glued_on() -> None:
    (pin,) = pins("ranker @ https://index.example.org/r-1.whl; python_version < '3.12'")
    assert pin.url == "https://index.example.org/r-1.whl"
    assert pin.marker == 'python_version < "3.12"'


def test_includes_are_resolved_from_the_file_and_from_the_root() -> None:
    result = read_text("-r base.txt\n-c../constraints.txt\n--requirement=sub/x.in\n", "deploy/requirements.txt")
    found = list(of_kind(result.facts, Include))
    assert [(one.target, one.alternative, one.constraint) for one in found] == [
        ("deploy/base.txt", "base.txt", False),
        ("constraints.txt", "../constraints.txt", True),
        ("deploy/sub/x.in", "sub/x.in", False),
    ]
    assert found[1].place.span.line == 2


@pytest.mark.parametrize("target", ["../limits.txt", "/etc/limits.txt", "a/../../limits.txt"])
def test_includes_from_outside_are_notices(target: str) -> None:
    result = read_text(f"torch\n-c {target}\n")
    assert [(notice.kind, notice.line) for notice in result.notices] == [("outside-root", 2)]
    assert not list(of_kind(result.facts, Include))


def test_options_are_passed_over() -> None:
    assert pins("--index-url https://index.example.org/simple\n--pre\n-f wheels\n--no-binary :all:\n") == []


def test_variables() -> None:
    versioned, named, unnamed = (
        read_text(line) for line in ("torch==${TORCH_VERSION}", "torch=={{ version }}", "${PACKAGE}")
    )
    assert [pin.unresolved for pin in of_kind(versioned.facts, Pin)] == [True]
    assert [pin.name for pin in of_kind(named.facts, Pin)] == ["torch"]
    assert [notice.line for notice in unnamed.notices] == [1]
    (private,) = pins("ranker @ git+https://${TOKEN}@index.example.org/a/b.git@v1")
    assert not private.unresolved


def test_a_malformed_line_is_a_notice_and_the_rest_is_read() -> None:
    result = read_text("torch==2.4.0\nnumpy 1.26\npandas>=2,\n???\nscipy\n")
    assert [pin.name for pin in of_kind(result.facts, Pin)] == ["torch", "pandas", "scipy"]
    assert [(n.kind, n.line) for n in result.notices] == [("malformed-requirement", 2), ("malformed-requirement", 4)]


def test_prose_is_one_notice() -> None:
    result = read_text(
        "These are the\nrequirements of the\nproject, in words.\n\nNothing else.\n", "requirements/readme.txt"
    )
    assert [notice.kind for notice in result.notices] == ["malformed-manifest"]
    assert result.facts == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    found = pins(end.join(["# a", "torch==2.4.0 \\", "  --hash=sha256:aa", "numpy", ""]))
    assert [(pin.name, pin.place.span.line) for pin in found] == [("torch", 2), ("numpy", 4)]


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + "torch  # café\n".encode(),
        codecs.BOM_UTF16_LE + "torch  # café\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "torch  # café\n".encode("utf-16-be"),
        "torch  # café\n".encode("latin-1"),
        "# -*- coding: cp1252 -*-\ntorch  # café".encode("cp1252"),
        "# coding: base64\ntorch  # café".encode(),
    ],
)
def test_encodings(data: bytes) -> None:
    result = read("requirements.txt", data)
    assert [pin.name for pin in of_kind(result.facts, Pin)] == ["torch"]
    assert result.notices == ()
    assert result.comments[-1].text == "# café"


@pytest.mark.parametrize("data", [b"torch\0", codecs.BOM_UTF16_LE + b"\x00\xd8", b"\x89PNG\r\n\x1a\n\0\0"])
def test_what_is_no_text_is_a_notice(data: bytes) -> None:
    assert [notice.kind for notice in read("requirements.txt", data).notices] == ["undecodable"]


def test_comments_with_their_places() -> None:
    result = read_text(
        "# head\ntorch  # mldebt: ignore[PIN001] accepted -- why\nx @ https://index.example.org/x#sha256=1\n"
    )
    assert [(one.line, one.column, one.text) for one in result.comments] == [
        (1, 1, "# head"),
        (2, 8, "# mldebt: ignore[PIN001] accepted -- why"),
    ]


COMPILED = """\
#
# This file is autogenerated by pip-compile with Python 3.11
# by the following command:
#
#    pip-compile --output-file=requirements.txt -c limits.txt base.in extra.in
#
torch==2.4.0
    # via -r base.in
"""
UV_COMPILED = """\
# This file was autogenerated by uv via the following command:
#    uv pip compile pyproject.toml -o requirements.txt
torch==2.4.0
"""


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        (COMPILED, ("base.in", "extra.in")),
        (UV_COMPILED, ("pyproject.toml",)),
        ("torch==2.4.0 --hash=sha256:aa\nnumpy==1.26.4 --hash=sha256:bb\n", ()),
    ],
)
def test_compiled_files_are_locks(text: str, inputs: tuple[str, ...]) -> None:
    result = read_text(text)
    assert manifest(result).is_lock
    assert manifest(result).compiled_from == inputs
    assert next(of_kind(result.facts, LockedVersion)).version == "2.4.0"


@pytest.mark.parametrize(
    "text", ["torch==2.4.0\n", "torch==2.4.0 --hash=sha256:aa\nnumpy==1.0\n", "# autogenerated by me\n"]
)
def test_other_files_are_no_locks(text: str) -> None:
    result = read_text(text)
    assert not manifest(result).is_lock
    assert not list(of_kind(result.facts, LockedVersion))


def test_constraints() -> None:
    assert [pin.constraint for pin in pins("torch==2.4.0\n", "constraints.txt")] == [True]


def test_a_long_marker_is_read() -> None:
    marker = " or ".join(f"(python_version == '3.{minor}' and os_name == 'nt')" for minor in range(30))
    (pin,) = pins(f"torch==2.4.0 ; {marker}\n")
    assert pin.specifier == "==2.4.0"


def test_a_file_of_too_many_requirements_is_read_in_part() -> None:
    result = read_text("torch==2.4.0\n" + f"--find-links {'x' * 2_990}\n" * 600 + "numpy\n")
    assert [notice.kind for notice in result.notices] == ["too-large"]
    assert [pin.name for pin in of_kind(result.facts, Pin)] == ["torch"]


@pytest.mark.parametrize(
    "text",
    [
        "torch==1.0 \\\n" * 100_000,
        "a" + " " * 500_000 + "#",
        "git+https://h/" + "@" * 500_000 + ":",
        "x ; " + "(" * 100_000,
        "x==" + "9" * 100_000,
        "[" * 200_000,
        "# " + "coding" * 100_000,
        "\\\n" * 200_000,
        "x @ " + "y" * 300_000,
        ("x; " + "(" * 1_900 + "\n") * 1_000,
        ("x[" + "a," * 1_400 + "]\n") * 1_000,
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    started = time.perf_counter()
    stack.call(lambda: read_text(text))
    assert time.perf_counter() - started < 60
