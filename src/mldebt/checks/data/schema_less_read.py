"""DAT002: data for a model is read without saying what its columns and types are."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import keyword, last_name
from mldebt.terms import IsMachineLearning
from mldebt.vocabulary import tokenise

_READS = frozenset({"read_csv", "read_json", "read_excel", "read_table", "read_fwf"})
_LIBRARIES = frozenset({"pandas", "dask", "modin", "cudf", "polars"})
_SAYS = (
    "dtype", "dtypes", "usecols", "names", "schema", "schema_overrides", "converters", "columns",
    "new_columns",
    "dtype_backend", "chunksize", "nrows",
)  # fmt: skip
_RESULTS = frozenset(
    {"result", "results", "metrics", "metric", "history", "log", "logs", "scores", "submission", "report",
     "predictions",
     "labels", "label", "config", "leaderboard", "summary", "sample_submission"}
)  # fmt: skip
# What is read there is looked at.
_SHOWS = frozenset({"dashboard", "dashboards", "report", "reports", "visualize", "visualization", "plot", "plots"})


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
        if _RESULTS & set(told) or _SHOWS & set(tokenise(at.path)):
            return
        yield Hit(
            node,
            {"call": node.func},
            outcomes=(Outcome(IsMachineLearning(at.path, directly=True), Confidence.MEDIUM),),
        )
