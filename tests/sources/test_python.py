"""Python files are decoded as Python does, and the map leads back to the file."""

from __future__ import annotations

import codecs
import tokenize
from io import BytesIO

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from mldebt.lines import line_starts
from mldebt.model import Cell, Notice, Place, Span
from mldebt.sources import SourceText, byte_column, python, utf16_column


def source(data: bytes) -> SourceText:
    found = python.read("a.py", data)
    assert isinstance(found, SourceText)
    return found


def notice(data: bytes) -> Notice:
    found = python.read("a.py", data)
    assert isinstance(found, Notice)
    assert (found.kind, found.path, found.fatal) == ("undecodable", "a.py", False)
    return found


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"x = 1\n", "utf-8"),
        ("é = '☃'\n".encode(), "utf-8"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso-8859-1"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", "cp1252"),
        (b"\n# coding: iso-8859-15\nx = '\xa4'\n", "iso8859-15"),
        (b"# coding: utf-8-unix\n", "utf-8"),
        (b"# coding: ISO_8859_1\n", "iso-8859-1"),
        (b"\f # coding=koi8-r\r# coding: ascii\r", "koi8-r"),
        ("# coding: shift_jis\nx = '日本'".encode("shift_jis"), "shift_jis"),
        (b"x = 1 # coding: latin-1\n", "utf-8"),
        (b"'''\n# coding: latin-1\n'''\n", "utf-8"),
        (b"\n\n# coding: latin-1\n", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_encodings_agree_with_tokenize(data: bytes, encoding: str) -> None:
    found = source(data)
    assert found.encoding == encoding
    if b"\r" not in data:  # tokenize does not know a lone CR
        python_says, _ = tokenize.detect_encoding(BytesIO(data).readline)
        assert codecs.lookup(python_says).name == codecs.lookup(encoding).name
        assert found.text == data.decode(python_says)


def test_a_byte_order_mark_is_kept_in_mind_and_out_of_the_text() -> None:
    found = source(b"\xef\xbb\xbfx = 1\n")
    assert (found.text, found.bom) == ("x = 1\n", True)
    assert found.place(Span(1, 1, 1, 2)) == Place("a.py", Span(1, 1, 1, 2))
    assert source(b"\xef\xbb\xbf# coding: utf8\n").bom


def test_bad_bytes_are_told_with_their_place() -> None:
    found = notice("a = 1\r\né = '".encode() + b"\xff'\n")
    assert (found.message, found.line, found.column) == ("cannot be decoded as utf-8: byte 0xff at offset 13", 2, 6)
    assert notice(b"x = 1\ry\0").message == "contains a null byte"
    assert (notice(b"x = 1\ry\0").line, notice(b"x = 1\ry\0").column) == (2, 2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# coding: klingon\n", "declares an unknown encoding: klingon"),
        (b"# coding: rot13\n", "declares an unknown encoding: rot13"),
        (b"# coding: punycode\n", "declares an unknown encoding: punycode"),
        (b"# coding: zlib\n", "declares an unknown encoding: zlib"),
        (b"# coding: aliases\n", "declares an unknown encoding: aliases"),
        (b"# coding: ..os\n", "declares an unknown encoding: ..os"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "begins with a UTF-8 mark and declares latin-1"),
        (b"# coding: ascii\n# \xe9", "cannot be decoded as ascii: byte 0xe9 at offset 18"),
    ],
)
def test_unusable_declarations(data: bytes, message: str) -> None:
    assert notice(data).message == message


def test_a_codec_that_a_package_registered_is_not_used() -> None:
    asked: list[str] = []

    def search(name: str) -> None:
        asked.append(name)

    codecs.register(search)
    try:
        notice(b"# coding: pwned\n")
    finally:
        unregister = getattr(codecs, "unregister", None)
        if unregister:
            unregister(search)
    assert asked == []


def test_lines_end_where_python_ends_them() -> None:
    text = "a\nb\r\nc\rd\x0be\x0cf\x85g\u2028h\n"
    assert line_starts(text) == (0, 2, 5, 7, 17)
    found = source(b"a\nb\r\nc\rd\x0c\n")
    assert found.text == "a\nb\r\nc\rd\x0c\n"
    assert [found.line_text(number) for number in range(7)] == ["", "a", "b", "c", "d\x0c", "", ""]
    assert found.lines == 4


@pytest.mark.parametrize(
    "text", ["x = 1\ny = 2\n", "x = 1\ry = 2\r", "x = 1\r\n\x0cy = 2\r\n", "x = '''\r\n'''\r\ny = 2"]
)
def test_lines_agree_with_libcst(text: str) -> None:
    wrapper = MetadataWrapper(cst.parse_module(text))
    positions = wrapper.resolve(PositionProvider)
    last = next(p for node, p in positions.items() if isinstance(node, cst.Name) and node.value == "y")
    found = source(text.encode())
    assert found.text[found.offset(last.start.line, last.start.column + 1)] == "y"


@pytest.mark.parametrize(
    "text", ["\fy = 2\n", "x = 1\r\n\f\fy = 2\n", "if x:\n    x\n  \f    y = 2\n", "\f\n\f# c\nx = \f1\n\f\ry = 2\n"]
)
def test_form_feeds_do_not_move_places(text: str) -> None:
    found = source(text.encode())
    assert cst.parse_module(found.text).code == found.text
    line, column = found.position(found.text.index("y"))
    place = found.place(Span(line, column, line, column + 1))
    physical = SourceText.of("a.py", text)
    assert text[physical.offset(place.span.line, place.span.column)] == "y"
    assert found.map.to_virtual(place.span.line, place.span.column) == (line, column)


def test_offsets_and_positions_are_inverse() -> None:
    found = source("ab\r\ncé\n".encode())
    for offset in range(len(found.text) + 1):
        assert found.offset(*found.position(offset)) == offset
    assert found.offset(99, 1) == found.offset(2, 99) == len(found.text)


def test_columns_in_other_units() -> None:
    line = "é😀 = 1"
    assert [utf16_column(line, column) for column in (1, 2, 3, 6, 9)] == [1, 2, 4, 7, 10]
    assert [byte_column(line, column) for column in (1, 2, 3, 6, 9)] == [1, 3, 7, 10, 13]


class ShiftedMap:
    """A text that begins ten lines down its file, in a cell."""

    def to_physical(self, line: int, column: int) -> tuple[int, int, Cell | None]:
        return line + 10, column + 4, Cell(1, "c", None, line)

    def to_virtual(self, line: int, column: int) -> tuple[int, int] | None:
        return (line - 10, column - 4) if line > 10 else None


def test_places_go_through_the_map() -> None:
    found = SourceText.of("n.ipynb", "x = 1\n", source_map=ShiftedMap())
    assert found.place(Span(1, 1, 1, 6)) == Place("n.ipynb", Span(11, 5, 11, 10), Cell(1, "c", None, 1))
