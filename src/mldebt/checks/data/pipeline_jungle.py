"""DAT007: one function changes a table in so many steps that nobody can say what it holds in between."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import SMALL_STATEMENTS, calls, children
from mldebt.syntax.names import last_name
from mldebt.terms import IsMachineLearning

_TABLE_ONLY = frozenset(
    {"fillna", "dropna", "groupby", "merge", "astype", "pivot_table", "melt", "sort_values", "reset_index", "set_index",
     "drop_duplicates", "assign", "get_dummies", "withColumn", "withColumnRenamed", "with_columns", "nlargest",
     "explode",
     "resample", "interpolate", "clip", "to_datetime", "to_numeric", "cut", "qcut", "concat", "shift", "rolling",
     "rename"}
)  # fmt: skip
_ALSO = frozenset(
    {"drop", "join", "apply", "map", "replace", "query", "filter", "pivot", "agg", "transform", "select", "where"}
)
_STEPS = _TABLE_ONLY | _ALSO
CHAIN = 3  # steps in one statement that are a way, whatever the result is called
_SURE = 4  # steps that only a table has, from which the others count


class PipelineJungle(Rule):
    opened_by = Gate(words=_TABLE_ONLY)

    @on(cst.FunctionDef)
    def function(self, node: cst.FunctionDef, at: At) -> Iterator[Hit]:
        yield from self._steps(node, node.name.value, node.body.body, at)

    @on(cst.Module)
    def module(self, node: cst.Module, at: At) -> Iterator[Hit]:
        if not at.is_notebook:  # a notebook is steps by nature
            yield from self._steps(None, "the module", node.body, at)

    def _steps(self, node: cst.CSTNode | None, name: str, body: Iterable[cst.CSTNode], at: At) -> Iterator[Hit]:
        counts: Counter[str] = Counter()
        sure: Counter[str] = Counter()
        first: dict[str, cst.CSTNode] = {}
        for made, kept in _statements(body):
            steps: dict[str, list[cst.Call]] = defaultdict(list)
            for call in made:
                if last_name(call.func) in _STEPS and type(call.func) is cst.Attribute:
                    steps[_frame(call)].append(call)
            for frame, done in steps.items():
                if not frame or (kept is not None and frame not in kept and len(done) < CHAIN):
                    continue  # read, to compute something else
                counts[frame] += len(done)
                sure[frame] += sum(last_name(each.func) in _TABLE_ONLY for each in done)
                first.setdefault(frame, done[0])
        for frame, count in counts.items():
            if count >= self.options["max-steps"] and sure[frame] >= _SURE:
                outcome = Outcome(IsMachineLearning(at.path), Confidence.MEDIUM)
                yield Hit(node or first[frame], {"function": name, "frame": frame}, outcomes=(outcome,))
                return


def _statements(body: Iterable[cst.CSTNode]) -> Iterator[tuple[list[cst.Call], frozenset[str] | None]]:
    """The calls of each statement with the names that it assigns (``None``: it assigns nothing), without those of
    functions and classes defined among them."""
    stack = list(body)[::-1]
    while stack:
        node = stack.pop()
        if type(node) is cst.FunctionDef or type(node) is cst.ClassDef:
            continue
        if type(node) in SMALL_STATEMENTS:
            targets = [each.target for each in node.targets] if type(node) is cst.Assign else []
            kept = frozenset(_root(each) for each in targets)
            yield list(calls(node)), kept or None
        else:
            if type(node) is cst.Call:
                yield list(calls(node)), None
                continue
            stack += children(node)[::-1]


def _frame(call: cst.Call) -> str:
    """The table that a step is done on: ``df`` of ``df["a"].fillna(0)`` and of ``pd.to_datetime(df.day)``."""
    root = _root(call.func)
    if root in {"pd", "pandas", "np", "pl"}:
        return _root(call.args[0].value) if call.args else ""
    return root


def _root(node: cst.CSTNode) -> str:
    while isinstance(node, (cst.Call, cst.Attribute, cst.Subscript)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if type(node) is cst.Name else ""
