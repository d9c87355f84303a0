"""The facts of a notebook beyond those of its code: its cells as they were run, and names that no cell above defines.

Names are pyflakes' business: it walks the joined cells in order, as a fresh kernel would run them. It is
only asked where its answer can be trusted: every cell is Python, and nothing defines names behind its back.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from mldebt.facts import Fact
from mldebt.facts.notebooks import CodeCell, NotebookFact, UnboundName
from mldebt.model import Span
from mldebt.sources import SourceText
from mldebt.sources.notebook import NotebookMap

MAX_LINE = 240  # characters of a source line that are kept for display
MAX_NAMES = 50  # of one notebook: what lacks more lacks a file

_KERNEL_NAMES = frozenset(
    {"get_ipython", "display", "In", "Out", "exit", "quit", "_", "__", "___", "_i", "_ih", "_oh", "_dh", "spark", "sc",
     "sqlContext", "sqlc", "dbutils", "displayHTML", "sql", "getArgument", "table", "udf", "HTML", "__file__",
     "notebookutils",
     "mssparkutils", "session", "glueContext"}
)  # fmt: skip
_DEFINES_UNSEEN = re.compile(
    r"^\s*(?:%run|%pylab|%store|%load|%%local|%%send_to_spark|%%script|%%capture\s+\w|%%\w+\s+.*--out|"
    r"(?:exec|execfile|globals|locals)\s*\(|.*\bglobals\(\)\[|.*\blocals\(\)\[|.*\.run_cell|.*run_line_magic\(.run)",
    re.MULTILINE,
)


def facts_of_cells(source: SourceText, *, whole: bool) -> Iterator[Fact]:
    """The facts of a notebook. ``whole``: no cell was left out."""
    assert isinstance(source.map, NotebookMap)
    lines = source.text.split("\n")
    cells = []
    for cell in source.map.cells:
        own = lines[cell.first - 1 : cell.last]
        if not any(line.strip() for line in own):
            continue
        first = cell.first + next(number for number, line in enumerate(own) if line.strip())
        place = source.place(Span(first, 1, first, len(lines[first - 1]) + 1))
        cells.append(CodeCell(place, cell.execution_count, cell.error, lines[first - 1].strip()[:MAX_LINE]))
    yield NotebookFact(tuple(cells))
    written = (line for cell in source.map.cells for line in source.map.meant(cell))
    if whole and not _DEFINES_UNSEEN.search("\n".join(written)):
        yield from _unbound(source)


def _unbound(source: SourceText) -> Iterator[UnboundName]:
    from pyflakes import checker, messages  # only notebooks need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
        found = checker.Checker(tree, builtins=_KERNEL_NAMES)
    except (SyntaxError, ValueError, RecursionError):
        return  # the reader of the code has said so already
    undefined = [each for each in found.messages if isinstance(each, messages.UndefinedName)]
    if any(isinstance(each, messages.ImportStarUsage) for each in found.messages):
        return
    bound = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)} | {
        each.name for each in ast.walk(tree) if isinstance(each, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
    }
    bound |= {
        (alias.asname or alias.name).partition(".")[0]
        for each in ast.walk(tree)
        if isinstance(each, (ast.Import, ast.ImportFrom))
        for alias in each.names
    }
    tried = {
        number
        for each in ast.walk(tree)
        if isinstance(each, ast.Try) and each.handlers  # to see whether there is one
        for number in range(each.lineno, each.handlers[0].lineno)
    }
    seen: set[str] = set()
    for message in sorted(undefined, key=lambda each: (each.lineno, each.col)):
        name = str(message.message_args[0])
        line = source.line_text(message.lineno)
        column = len(line.encode()[: message.col].decode("utf-8", "ignore")) + 1
        if name in seen or len(seen) >= MAX_NAMES or message.lineno in tried or not line[column - 1 :].startswith(name):
            continue  # what does not stand there is the text of an annotation
        seen.add(name)
        place = source.place(Span(message.lineno, column, message.lineno, column + len(name)))
        yield UnboundName(name, name in bound, place, line.strip()[:MAX_LINE])
