"""Files as fixes see them: nothing but the edit changes, whatever the file is written in."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.txt", b"torch\nnumpy\n"),
        ("a.txt", b"torch\r\nnumpy"),
        ("a.txt", codecs.BOM_UTF8 + "é torch\r\n".encode()),
        ("a.txt", codecs.BOM_UTF16_LE + "torch\r\nnumpy\r\n".encode("utf-16-le")),
        ("a.txt", codecs.BOM_UTF16_BE + "torch\n".encode("utf-16-be")),
        ("a.txt", "# caf\xe9\ntorch\n".encode("latin-1")),
        ("a.py", "# -*- coding: latin-1 -*-\nx = 'caf\xe9'\n".encode("latin-1")),
        ("a.py", codecs.BOM_UTF8 + b"x = 1\n\x0c\ny = 2\n"),
        ("a.ipynb", codecs.BOM_UTF8 + b'{"cells": []}\n'),
    ],
)
def test_a_file_without_edits_stays_the_same_bytes(path: str, data: bytes) -> None:
    document = Document.of(path, data)
    assert document.edited(()) == data
    assert document.edited([document.insert(1, 1, "")]) == data


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("a.txt", b"torch\0\n", "null bytes"),
        ("a.txt", codecs.BOM_UTF16_LE + b"a", "not text"),
        ("a.py", b"# coding: klingon\n", "unknown encoding"),
        ("a.ipynb", b"\xff\xfe", "not text"),
    ],
)
def test_what_would_not_come_back_is_refused(path: str, data: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        Document.of(path, data)


def test_line_ends_are_those_of_the_file() -> None:
    document = Document.of("a.py", b"import os\r\nx = 1\r\n")
    assert document.edited([document.insert(2, 1, "import re\n\n")]) == b"import os\r\nimport re\r\n\r\nx = 1\r\n"
    assert Document.of("a.py", b"").edited([Document.of("a.py", b"").insert(1, 1, "x\n")]) == b"x\n"


def test_a_notebook_is_edited_through_its_strings() -> None:
    data = b'{"source": ["p = \\"a\\"\\n"]}'
    document = Document.of("n.ipynb", data)
    span = Span(1, 18, 1, 23)
    assert document.written(span) == '"a"'
    assert document.edited([document.edit(span, '"\u00e9\\"')]) == b'{"source": ["p = \\"\\u00e9\\\\\\"\\n"]}'
    with pytest.raises(RefusedError, match="several lines"):
        document.edit(span, "a\nb")
    with pytest.raises(RefusedError, match="one string"):
        document.written(Span(1, 2, 1, 14))


def test_overlaps_and_places_outside_are_refused() -> None:
    document = Document.of("a.txt", b"torch\nnumpy\n")
    with pytest.raises(RefusedError, match="overlap"):
        document.edited([Edit("a.txt", Span(1, 1, 1, 4), "x"), Edit("a.txt", Span(1, 3, 1, 5), "y")])
    for line, column in ((4, 1), (0, 1), (1, 0), (2, 9)):
        with pytest.raises(RefusedError, match="has changed"):
            document.offset(line, column)


def test_what_the_encoding_has_no_bytes_for_is_refused() -> None:
    document = Document.of("a.py", b"# coding: ascii\nx = 1\n")
    with pytest.raises(RefusedError, match="ascii"):
        document.edited([document.insert(2, 1, "\u00e9")])


texts = st.text(st.sampled_from("ab\u00e9\U0001f600 \t\r\n\f\x85\u2028"), max_size=40)


@given(text=texts, data=st.data())
def test_bytes_outside_of_the_edits_stay(text: str, data: st.DataObject) -> None:
    document = Document.of("a.txt", text.encode())
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = document.span(start, end)
    assert document.offset(span.line, span.column) == start
    assert document.offset(span.end_line, span.end_column) == end
    assert document.edited([document.edit(span, "X")]) == (text[:start] + "X" + text[end:]).encode()
