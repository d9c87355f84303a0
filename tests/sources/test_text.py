"""Plain text is UTF-8 or what its mark says."""

from __future__ import annotations

import codecs

import pytest

from mldebt.model import Notice
from mldebt.sources import SourceText, text


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        ("torch==2\n# é".encode(), "utf-8", False),
        (codecs.BOM_UTF8 + "torch==2\n# é".encode(), "utf-8", True),
        (codecs.BOM_UTF16_LE + "torch==2\n# é".encode("utf-16-le"), "utf-16-le", True),
        (codecs.BOM_UTF16_BE + "torch==2\n# é".encode("utf-16-be"), "utf-16-be", True),
        (codecs.BOM_UTF32_LE + "torch==2\n# é".encode("utf-32-le"), "utf-32-le", True),
    ],
)
def test_marks_decide(data: bytes, encoding: str, bom: bool) -> None:
    found = text.read("requirements.txt", data)
    assert isinstance(found, SourceText)
    assert (found.text, found.encoding, found.bom) == ("torch==2\n# é", encoding, bom)


def test_bad_bytes_are_told_with_their_place() -> None:
    assert text.read("a.txt", b"ok\n\xe9\n") == Notice(
        "undecodable", "cannot be decoded as utf-8: byte 0xe9 at offset 3", "a.txt", 2, 1
    )
    cut = text.read("a.txt", codecs.BOM_UTF16_LE + b"a")
    assert isinstance(cut, Notice)


def test_binary_is_not_text() -> None:
    found = text.read("a.txt", b"a\0")
    assert isinstance(found, Notice)
    assert found.message == "contains a null byte"
