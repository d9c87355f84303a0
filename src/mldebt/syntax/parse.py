"""Text to a libcst module, or the reason why not."""

from __future__ import annotations

import ast
import gc
import warnings
from collections.abc import Iterable, Mapping, Set

import libcst as cst
from msgspec import Struct, field

from mldebt.lines import line_starts
from mldebt.syntax.comments import Remark, offsets_of, remarks_in
from mldebt.syntax.complexity import ExcessError, find_excess
from mldebt.syntax.lean import Lean, build
from mldebt.syntax.positions import Located, locate, span_of


class Problem(Struct, frozen=True):
    """Why a text has no tree. ``kind`` is a notice kind; ``line`` and ``column`` are 1-based, 0 when unknown."""

    kind: str
    message: str
    line: int = 0
    column: int = 0


class Parsed(Struct, frozen=True):
    """A tree that libcst read; it knows where its nodes stand as ``Lean`` does."""

    module: cst.Module
    text: str
    remarks: list[Remark]
    called_in: Mapping[int, Set[str]] = field(default_factory=dict)  # as of ``Lean``, which alone knows

    def locate(self, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Located]:
        nodes = list(nodes)
        found = locate(self.module, self.text, nodes)
        for node, offsets in offsets_of(nodes, self.remarks).items():
            found[node] = Located(span_of(line_starts(self.text), *offsets), self.text[slice(*offsets)])
        return found


def read(text: str, tree: ast.Module | None) -> Lean | Parsed | Problem:
    """The nodes of ``text``: made from ``tree``, which ``ast`` read from it, else by libcst, which also knows
    syntax that is newer than this Python."""
    if tree is not None:
        try:
            return build(tree, text)
        except ExcessError as excess:
            return _too_complex(str(excess))
        except (KeyError, RecursionError):
            pass  # syntax newer than we are, or nested deeper: what libcst says of it counts
    module = find_problem(text) or parse(text)
    return module if isinstance(module, Problem) else Parsed(module, text, remarks_in(text, line_starts(text)))


def find_problem(text: str) -> Problem | None:
    """Why no parser may be given ``text``, ``None`` when one may."""
    excess = find_excess(text)
    return None if excess is None else _too_complex(excess)


def _too_complex(excess: str) -> Problem:
    return Problem("too-complex", f"too complex to analyse: {excess}")


def parse(text: str) -> cst.Module | Problem:
    """Parse ``text``, of which ``find_problem`` has nothing to say. Call it on a thread with a large
    stack (``stack.call``)."""
    # Trees are large and acyclic: collecting while they are built costs a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return _refused_by_python(text) or Problem(
            "syntax-error", f"cannot be parsed: {_first_line(error.message)}", error.raw_line, error.raw_column + 1
        )
    except (RecursionError, MemoryError):
        return Problem("too-complex", "too complex to analyse: the parser ran out of stack or memory")
    except Exception as error:
        return Problem("syntax-error", f"cannot be parsed: {type(error).__name__}: {_first_line(str(error))}")
    finally:
        if collecting:
            gc.enable()


def _refused_by_python(text: str) -> Problem | None:
    """What Python itself says of a text that libcst refuses: its words are the ones that people know, and its
    places are those of the fault. ``None`` when it refuses nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return Problem(
            "syntax-error", f"cannot be parsed: {_first_line(error.msg)}", error.lineno or 0, error.offset or 0
        )
    except (ValueError, RecursionError, MemoryError):
        pass
    return None


def _first_line(message: str) -> str:
    return message.strip().splitlines()[0][:200] if message.strip() else "no reason given"
