"""DAT002: data for a model is read without saying what its columns and types are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import keyword, last_name
from mldebt.terms import IsMachineLearning, LooksAtData, all_of, negate
from mldebt.vocabulary import tokenise

_READS = frozenset({"read_csv", "read_json", "read_excel", "read_table", "read_fwf"})
_LIBRARIES = frozenset({"pandas", "dask", "modin", "cudf", "polars"})
_SAYS = (
    "dtype", "dtypes", "usecols", "names", "schema", "schema_overrides", "converters", "columns",
    "new_columns",
    "dtype_backend", "chunksize", "nrows",
)  # fmt: skip
_RESULTS = frozenset(
    {"result", "results", "metrics", "metric", "history", "log", "logs", "scores", "report",
     "predictions", "submission", "submissions",
     "labels", "label", "config", "leaderboard", "summary", "sample_submission"}
)  # fmt: skip
_ANSWERS = frozenset({"submission", "submissions", "predictions"})
# What is read there is looked at.
_SHOWS = frozenset(
    {"dashboard", "dashboards", "report", "reports", "visualize", "visualization", "plot", "plots", "drift",
     "monitoring", "monitor", "blend", "blends", "blending"}
)  # fmt: skip


class SchemaLessRead(Rule):
    @on(cst.Call, called=_READS)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        if not node.args:
            return
        if at.reference(node.func).partition(".")[0] not in _LIBRARIES:
            return
        if any(each.star for each in node.args) or any(keyword(node, name) for name in _SAYS):
            return
        source = node.args[0].value
        told = (*tokenise(at.text(source) or "")[-4:], *tokenise(last_name(source)))
        if (
            _RESULTS & set(told)
            or _ANSWERS & set(_target(at.parents))
            or _SHOWS & set(tokenise(at.path))
            or not self._is_for_a_model(at)
        ):
            return
        numbers = [number for number, load in at.story.loads.items() if load.node is node]
        if at.story.typed.intersection(numbers):
            return  # a schema is held against it
        given = dict.fromkeys(name for number in numbers for name in at.story.handed.get(number, ()))
        unseen = (negate(LooksAtData(at.path, each)) for each in given)
        yield Hit(
            node,
            {"call": node.func},
            outcomes=(Outcome(all_of(IsMachineLearning(at.path, directly=True), *unseen), Confidence.MEDIUM),),
        )

    @staticmethod
    def _is_for_a_model(at: At) -> bool:
        """Does the file hand data to a model, or the function around read it for one that does?"""
        if at.vocabulary.words("feeding-calls") & at.called:
            return True
        tokens = tokenise(at.symbol.rpartition(".")[2])
        return bool(tokens) and bool({"load", "read", "get", "fetch", "prepare", "make", "build"} & set(tokens))


def _target(parents: Sequence[cst.CSTNode]) -> tuple[str, ...]:
    """The words of the name that what is read is given."""
    for parent in reversed(parents):
        if type(parent) is cst.Assign:
            return tuple(tokenise(last_name(parent.targets[0].target)))
        if isinstance(parent, cst.BaseStatement):
            break
    return ()
