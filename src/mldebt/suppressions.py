"""``# mldebt: ignore[...]``: what the comments of a file ask to leave out of the count.

    # mldebt: ignore[THR001] accepted -- limit set by the regulator
    # mldebt: ignore[THR001, environments] later until=2027-03-31 owner=risk -- moves to the settings
    # mldebt: ignore-file[NBK] wrong -- a transcript, not a notebook

In the brackets stand codes, prefixes, names and families. Kind (``wrong``, ``accepted``, ``later``),
``until=`` and ``owner=`` are optional and come in any order; what follows ``--`` is the reason. A
comment that says ``mldebt:`` and cannot be understood holds for nothing and is a notice.
"""

from __future__ import annotations

import re
import tokenize
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from mldebt.model import Notice, Place, Span, Suppression
from mldebt.sources import SourceText
from mldebt.sources.notebook import NotebookMap
from mldebt.toml_places import Comment

KINDS = ("wrong", "accepted", "later")
LONGEST_LINE = 100_000
"""Characters. Some versions of Python's tokenizer take quadratic time in them; nobody wrote such a line."""
LONGEST_COMMENT = 400

_MARK = re.compile(r"#\s*mldebt:\s*")
_NEXT = re.compile(r"\s#\s|\s#\s*(?:noqa|nosec|type:|pylint:|pragma:)")
_DIRECTIVE = re.compile(r"([A-Za-z_-]*)[ \t]*(\[([^\]]*)\]?)?(.*)", re.DOTALL)
_CODE = re.compile(r"[A-Za-z0-9-]+")
_REASON = re.compile(r"(?:^|\s)(?:--|\u2014|\u2013)(?:\s|$)")
_SETTING = re.compile(r"(?:^|(?<=\s))(until|owner)=(\S*)")

Lines = tuple[int, int]


class Suppressions(Struct, frozen=True):
    """What the comments of one file say, in their order, and those that could not be understood."""

    suppressions: tuple[Suppression, ...] = ()
    notices: tuple[Notice, ...] = ()


def suppressions_in(path: str, comments: Iterable[Comment], statements: Sequence[Lines] = ()) -> Suppressions:
    """For formats with ``#`` comments. ``comments`` are all of the file's, ``statements`` the first and
    last lines of its requirements. A comment within a statement's lines holds for that statement, one on
    a line of its own for the statement that begins directly below (or just for that line)."""
    comments = tuple(comments)
    spans = _Statements(sorted(statements))
    below = _below(comment.line for comment in comments if spans.around(comment.line) is None)

    def lines_of(comment: Comment) -> Lines:
        around = spans.around(comment.line)
        if around is not None:
            return around
        return spans.beginning(below[comment.line])

    return _read(path, comments, lines_of, lambda span: Place(path, span))


def python_suppressions(source: SourceText) -> Suppressions:
    """For Python. A comment behind code on the first line of a statement holds for the statement (its
    header, if it has a body), further down for its own line and a string that ends there; one on a line
    of its own holds for what begins directly below. Decorators belong to what they decorate."""
    if "mldebt:" not in source.text:
        return Suppressions()
    tokens = _Tokens(source)
    tokens.read()
    spans = _Statements(tokens.statements)
    below = _below(line for line in range(1, source.lines + 1) if source.line_text(line).lstrip().startswith("#"))

    def lines_of(comment: Comment) -> Lines:
        if not source.line_text(comment.line)[: comment.column - 1].strip():
            line = below[comment.line]
            return spans.beginning(line) if source.line_text(line).strip() else (0, 0)
        around = spans.around(comment.line)
        if around is not None and around[0] == comment.line:
            return around
        return tokens.string_starts.get(comment.line, comment.line), comment.line

    found = _read(source.path, tokens.comments, lines_of, source.place)
    mapped = tuple(_to_physical(source, suppression) for suppression in found.suppressions)
    return Suppressions(mapped, (*found.notices, *tokens.notices))


def tag_suppressions(source: SourceText) -> Suppressions:
    """For notebooks. A tag ``mldebt: ignore[THR001] accepted -- reason`` of a cell holds for the whole cell."""
    if not isinstance(source.map, NotebookMap):
        return Suppressions()
    found: list[Suppression] = []
    notices: list[Notice] = []
    for cell in source.map.cells:
        for tag in cell.tags if cell.last >= cell.first else ():
            if not tag.startswith("mldebt:"):
                continue
            place = source.place(Span(cell.first, 1, cell.first, 1))
            read = _parse(f"# {tag[:LONGEST_COMMENT]}")
            if isinstance(read, Suppression):
                last = source.map.to_physical(cell.last, 1)[0]
                lines = (0, 0) if read.lines == (0, 0) else (place.span.line, last)
                found.append(replace(read, place=place, lines=lines))
            else:
                message = f"a tag of cell {cell.index} holds for nothing: {read}"
                notices.append(Notice("bad-suppression", message, source.path, place.span.line, place.span.column))
    return Suppressions(tuple(found), tuple(notices))


def _to_physical(source: SourceText, suppression: Suppression) -> Suppression:
    if suppression.lines == (0, 0):
        return suppression
    first, last = (source.map.to_physical(line, 1)[0] for line in suppression.lines)
    return replace(suppression, lines=(first, last))


def _read(
    path: str, comments: Iterable[Comment], lines_of: Callable[[Comment], Lines], place: Callable[[Span], Place]
) -> Suppressions:
    found: list[Suppression] = []
    notices: list[Notice] = []
    for comment in comments:
        for column, text in _directives(comment):
            where = place(Span(comment.line, column, comment.line, column + len(text)))
            read = _parse(text)
            if isinstance(read, Suppression):
                lines = (0, 0) if read.lines == (0, 0) else lines_of(comment)
                if lines != (0, 0) or read.lines == (0, 0):
                    found.append(replace(read, place=where, lines=lines))
                    continue
                read = "it stands above nothing; put it directly above the statement, or behind it"
            start = where.span
            notices.append(Notice("bad-suppression", f"holds for nothing: {read}", path, start.line, start.column))
    return Suppressions(tuple(found), tuple(notices))


def read_back(comment: str) -> Suppression | str:
    """What one comment says, which is a single directive and nothing else; else why it is not understood."""
    found = [text for _, text in _directives(Comment(1, 1, comment))]
    if found != [comment]:
        return "it holds what ends a suppression, such as another comment"
    return _parse(comment)


def _directives(comment: Comment) -> Iterator[tuple[int, str]]:
    """The stretches of a comment that begin with ``# mldebt:``, with their columns."""
    starts = [found.start() for found in _MARK.finditer(comment.text)]
    ends = [*starts[1:], len(comment.text)] if starts else []
    for start, following in zip(starts, ends, strict=True):
        end = _NEXT.search(comment.text, start + 1, following)
        yield comment.column + start, comment.text[start : end.start() if end else following].rstrip()


_NOWHERE = Place("", Span(0, 0, 0, 0))


def _parse(text: str) -> Suppression | str:
    """One directive without its place (``lines`` are (0, 0) for a whole file, else (1, 1)), or why not."""
    body = _MARK.sub("", text, count=1)
    found = _DIRECTIVE.match(body)
    word = found[1] if found else ""
    if found is None or word not in ("ignore", "ignore-file"):
        return f"expected ignore[CODE] or ignore-file[CODE], found {body[:40]!r}"
    if found[2] is None:
        return f"say what to ignore, as in {word}[THR001]"
    if not found[2].endswith("]"):
        return "the closing ] is missing"
    codes = tuple(dict.fromkeys(code.strip() for code in found[3].split(",") if code.strip()))
    if not codes:
        return f"say what to ignore, as in {word}[THR001]"
    odd = next((code for code in codes if not _CODE.fullmatch(code)), None)
    if odd is not None:
        return f"{odd[:40]!r} is no code or name of a rule"
    tail = _parse_tail(found[4])
    if isinstance(tail, str):
        return tail
    lines = (0, 0) if word == "ignore-file" else (1, 1)
    return replace(tail, codes=codes, lines=lines, text=text[:LONGEST_COMMENT])


def _parse_tail(tail: str) -> Suppression | str:
    settings: dict[str, str] = {}
    for name, value in _SETTING.findall(tail):
        if name in settings:
            return f"{name}= stands twice"
        settings[name] = value.rstrip(",;.")
    until = settings.get("until", "")
    if "until" in settings and not _is_day(until):
        return f"until={until[:40]} is no day; write it as in until=2027-03-31"
    words, _, reason = _partition(_SETTING.sub("", tail))
    kinds = [word.strip(":,;.") for word in words.split()]
    kind = kinds[0] if kinds else ""
    if len(kinds) > 1 or (kind and kind not in KINDS):
        return f"expected wrong, accepted or later, found {words.strip()[:40]!r}; a reason follows --"
    return Suppression((), _NOWHERE, (0, 0), kind, " ".join(reason.split()), until, settings.get("owner", ""))


def _partition(tail: str) -> tuple[str, str, str]:
    found = _REASON.search(tail)
    return (tail[: found.start()], found[0], tail[found.end() :]) if found else (tail, "", "")


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _below(lines: Iterable[int]) -> dict[int, int]:
    """For each line the next one that is not among ``lines``."""
    found: dict[int, int] = {}
    for line in sorted(lines, reverse=True):
        found[line] = found.get(line + 1, line + 1)
    return found


class _Statements:
    """Ranges of lines in order; the last one that begins at or before a line is what it is in."""

    def __init__(self, ranges: Sequence[Lines]) -> None:
        self.ranges = ranges
        self.starts = [first for first, _ in ranges]

    def around(self, line: int) -> Lines | None:
        number = bisect_right(self.starts, line) - 1
        return self.ranges[number] if number >= 0 and self.ranges[number][1] >= line else None

    def beginning(self, line: int) -> Lines:
        """The statement that begins on this very line; the line alone when none does."""
        around = self.around(line)
        return around if around is not None and around[0] == line else (line, line)


class _Tokens:
    """Comments that may be directives, lines of statements, and where strings that end in a line began."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.comments: list[Comment] = []
        self.statements: list[Lines] = []
        self.string_starts: dict[int, int] = {}
        self.notices: list[Notice] = []
        self._start = 0  # where the statement that is being read began, with its decorators; 0: none is
        self._in_line = False
        self._decorator = False  # the logical line is one
        self._strings: list[int] = []  # lines on which open f-strings began

    def read(self) -> None:
        """Text that Python cannot tokenise gives what stands before the mistake; if more may follow,
        a notice says so."""
        source, reached = self.source, 0
        lines = (f"{source.line_text(number)}\n" for number in range(1, source.lines + 1))
        try:
            if any(b - a > LONGEST_LINE for a, b in zip(source.starts, source.starts[1:], strict=False)):
                raise ValueError("a line is too long")
            for token in tokenize.generate_tokens(lambda: next(lines, "")):
                self._take(token)
                reached = token.end[0]
        except (tokenize.TokenError, SyntaxError, ValueError, RecursionError, MemoryError):
            rest = source.text[source.offset(reached + 1, 1) :]
            if _MARK.search(rest):
                message = (
                    f"suppressions after line {reached} were not read: Python cannot tell comments from code there"
                )
                self.notices.append(Notice("suppressions-unread", message, source.path, reached + 1))

    def _take(self, token: tokenize.TokenInfo) -> None:
        name = tokenize.tok_name[token.type]
        if name == "COMMENT":
            if "mldebt:" in token.string:
                self.comments.append(Comment(token.start[0], token.start[1] + 1, token.string))
        elif name == "NEWLINE":
            self._in_line = False
            if self._start and not self._decorator:
                self.statements.append((self._start, token.start[0]))
                self._start = 0
        elif name not in ("NL", "INDENT", "DEDENT", "ENDMARKER"):
            if not self._in_line:
                self._in_line, self._decorator = True, token.string == "@"
                self._start = self._start or token.start[0]
            self._string(name, token)

    def _string(self, name: str, token: tokenize.TokenInfo) -> None:
        """F-strings (and t-strings) are one token up to Python 3.11 and many from 3.12."""
        begun = token.start[0]
        if name.endswith("STRING_START"):
            self._strings.append(begun)
        elif name.endswith("STRING_END") and self._strings:
            begun = self._strings.pop()
        if begun < token.end[0]:
            self.string_starts.setdefault(token.end[0], begun)
