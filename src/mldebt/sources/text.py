"""Plain text that is not Python: manifests, locks, images, settings."""

from __future__ import annotations

import codecs

from mldebt.lines import line_starts
from mldebt.model import Notice
from mldebt.sources import SourceText

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read(path: str, data: bytes) -> SourceText | Notice:
    """UTF-8, or what a byte order mark says (``pip freeze >`` in PowerShell writes UTF-16)."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    return decode(path, data[len(mark) :], encoding, bom=bool(mark))


def decode(path: str, data: bytes, encoding: str, *, bom: bool) -> SourceText | Notice:
    """Decode ``data`` (without its mark) strictly; the notice names the first bad byte."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        before = data[: problem.start].decode(encoding, "replace")
        bad = f"byte 0x{data[problem.start]:02x} at offset {problem.start}" if problem.start < len(data) else "its end"
        return _undecodable(path, f"cannot be decoded as {encoding}: {bad}", before)
    except UnicodeError as problem:  # codecs that tell no place
        return _undecodable(path, f"cannot be decoded as {encoding}: {problem}", "")
    if "\0" in text:
        return _undecodable(path, "contains a null byte", text[: text.index("\0")])
    return SourceText.of(path, text, encoding, bom)


def _undecodable(path: str, message: str, before: str) -> Notice:
    starts = line_starts(before)
    return Notice("undecodable", message, path, len(starts), len(before) - starts[-1] + 1)
