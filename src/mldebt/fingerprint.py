"""What a finding stays the same by, when lines move and formatters pass over the file.

An *identity* is readable text; a *fingerprint* is its hash together with an ordinal among equal
identities, in the order of their places. Both are contracts (``mldebt/v1``): baselines and code
scanning services store them, and a golden file holds them. They must not depend on the Python
that runs, which is why snippets are cut into tokens here and not by ``tokenize``, whose tokens
changed in 3.12, and which refuses what is not Python.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

SCHEME = "mldebt/v1"
_DIGITS = 32
_LONGEST_PART = 160
# An unclosed triple quote costs a scan to the end of the text, so hostile text is quadratic in this.
_LONGEST_SCAN = 4_000

# A comment needs whitespace or the start before its "#": in the URL of a requirement "#" is a fragment.
_TOKEN = re.compile(
    r"""
      (?P<comment>(?<!\S)\#[^\n]*)
    | (?P<space>\s+|\\\r?\n)
    | (?P<prefix>[A-Za-z]{0,3})
      (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<word>\w+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_KEYWORDS = frozenset(
    ["and", "as", "assert", "async", "await", "case", "del", "elif", "else", "except", "for", "from", "global", "if"]
    + ["import", "in", "is", "lambda", "match", "nonlocal", "not", "or", "raise", "return", "while", "with", "yield"]
)


def identity(code: str, path: str, symbol: str, snippet: str) -> str:
    """The identity of a finding of one file: rule, root-relative path, symbol, normalised snippet."""
    return joined(code, path, symbol, _shorten(normalise(snippet)))


def project_identity(code: str, concept: str) -> str:
    """The identity of a finding of the project: rule and concept, never the anchor, which moves."""
    return joined(code, _shorten(concept))


def fingerprint(identity: str, ordinal: int = 0) -> str:
    """32 hexadecimal digits for ``identity`` and its ``ordinal`` (from 0) among equal ones."""
    text = f"{SCHEME}\0{identity}\0{ordinal}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def normalise(snippet: str) -> str:
    """``snippet`` without what formatters change: whitespace, comments, line continuations, quote style,
    strings written in pieces, the spelling of numbers, trailing commas, and parentheses that only group.
    A snippet that is nothing but a comment keeps its words. What is normalised stays as it is."""
    head, rest = snippet[:_LONGEST_SCAN], snippet[_LONGEST_SCAN:]
    pieces: list[str] = []
    opened: list[int] = []  # where the brackets stand that are open; -1 for a group, which is left out
    for match in _TOKEN.finditer(head):
        if match.lastgroup in ("comment", "space"):
            continue
        piece = match.group() if match["string"] is None else _requote(match["prefix"], match["string"])
        if piece in _OPENING:
            group = piece == "(" and _is_group(pieces)
            opened.append(-1 if group else len(pieces))
            if group:
                pieces.append("")
                continue
        elif piece in _CLOSING:
            if pieces and pieces[-1] == ",":
                pieces.pop()
            start = opened.pop() if opened else len(pieces)
            if start == -1 and piece == ")":
                if pieces and pieces[-1] == "":
                    pieces[-1] = "()"
                continue
        elif match["word"] is not None:
            piece = _respelled(pieces, piece)
        elif match["string"] is not None and pieces and _may_join(pieces[-1], piece):
            pieces[-1] = pieces[-1][:-1] + piece[piece.index('"') + 1 :]
            continue
        pieces.append(piece)
    text = _spaced(pieces) or " ".join(head.split())
    return f"{text}~{_digest(''.join(rest.split()))}" if rest else text


def _is_group(pieces: Sequence[str]) -> bool:
    """Does a parenthesis that comes next group, and call nothing?"""
    before = next((piece for piece in reversed(pieces) if piece), "")
    if not before:
        return True
    called = before[-1].isalnum() or before[-1] in "_)]}\"'"
    return not called or before in _KEYWORDS


def _respelled(pieces: list[str], word: str) -> str:
    """A number as formatters write it: lower case, and a digit on both sides of its point."""
    if not word[0].isdigit():
        return word
    if (
        pieces
        and pieces[-1] == "."
        and (len(pieces) < 2 or not (pieces[-2][-1:].isalnum() or pieces[-2][-1:] in "_)]."))
    ):
        pieces.insert(-1, "0")
    return word.lower()


def _may_join(one: str, other: str) -> bool:
    """Are two strings that follow each other one string in two pieces?"""
    return (
        one.endswith('"')
        and other.endswith('"')
        and '"""' not in (one[-3:], other[-3:])
        and one[: one.index('"')] == other[: other.index('"')]
    )


def _spaced(pieces: Iterable[str]) -> str:
    found: list[str] = []
    for piece in pieces:
        if not piece:
            continue
        if found and _runs_on(found[-1][-1], piece[0]):
            found.append(" ")
        found.append(piece)
    return "".join(found)


def _requote(prefix: str, string: str) -> str:
    """Double quotes where that needs no escape; lower-case prefix without the meaningless ``u``."""
    prefix = prefix.lower().replace("u", "")
    size = 3 if string.startswith(("'''", '"""')) and len(string) >= 6 else 1
    body = string[size:-size]
    if string[0] == "'" and '"' not in body and "\\" not in body:
        string = '"' * size + body + '"' * size
    return prefix + string


def _runs_on(left: str, right: str) -> bool:
    return (left.isalnum() or left in "_\"'") and (right.isalnum() or right in "_\"'")


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_PART else f"{text[: _LONGEST_PART - 17]}~{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def joined(*parts: str) -> str:
    """Parts with ``|`` between them; escaped, so that no two lists of parts give the same text."""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def parts(identity: str) -> tuple[str, ...]:
    """What an identity was joined from: code, path, symbol and snippet, or code and concept."""
    found: list[str] = [""]
    characters = iter(identity)
    for character in characters:
        if character == "|":
            found.append("")
        else:
            found[-1] += next(characters, "") if character == "\\" else character
    return tuple(found)
