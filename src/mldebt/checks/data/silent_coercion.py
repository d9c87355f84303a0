"""DAT006: bad data is coerced, skipped or filled on the way to a model, and nothing counts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome, Role
from mldebt.syntax.children import descendants
from mldebt.syntax.names import keyword, last_name, number, string
from mldebt.terms import TRUE, HasRole, IsMachineLearning, Term, all_of
from mldebt.traits.counting import is_counted
from mldebt.vocabulary import tokenise

_CONVERTS = frozenset({"to_numeric", "to_datetime", "to_timedelta", "astype"})
_PATH = (Role.TRAIN.value, Role.SERVE.value, Role.PIPELINE.value)
_PREPARES = frozenset(
    {"load", "clean", "cleaning", "prepare", "preprocess", "preprocessing", "feature",
     "features", "transform", "process",
     "build", "extract", "ingest", "dataset", "data", "engineer", "impute"}
)  # fmt: skip
_LEARNS = frozenset(
    {"fit", "fit_transform", "fit_resample", "train_test_split", "train", "cross_val_score", "cross_validate", "cv",
     "partial_fit", "fit_generator", "DataLoader", "DMatrix", "Pool", "to_csv", "to_parquet", "to_feather",
     "to_pickle"}
)  # fmt: skip
_DRAWS = frozenset({"visualization", "visualizations", "visualisation", "plot", "plots", "plotting", "charts"})
_REPORTS = frozenset(
    {"metric", "metrics", "corr", "correlation", "result", "results", "plot", "agg", "summary", "hist", "fig",
     "forecast",
     "temp", "report", "stats", "table", "crosstab", "pivot", "matrix"}
)  # fmt: skip
# What leaves a table a table, with the rows that it has or fewer.
_GOES_ON = frozenset(
    {"drop_duplicates", "reset_index", "copy", "query", "assign", "sort_values", "sort_index", "astype", "rename",
     "drop", "set_index", "fillna", "dropna", "merge", "join", "sample"}
)  # fmt: skip
_SPARK = "DROPMALFORMED"  # the mode of a reader of Spark that drops what it cannot parse
_SKIPS = {"on_bad_lines": ("skip",), "error_bad_lines": ("False",), "ignore_errors": ("True",)}


_HIDING = frozenset({*_CONVERTS, "option", "csv", "json", "options", "fillna", "merge", "drop", "dropna"})


def _may_hide(node: cst.Call) -> bool:
    """Is the call one that can do so, by its last name?"""
    last = last_name(node.func)
    return last in _HIDING or last.startswith(("read_", "scan_"))


class SilentCoercion(Rule):
    """Blanks and zeros that are made of bad data count wherever a model is near; rows that are dropped and holes
    that are filled only where data is prepared for one."""

    @on(cst.Call, like=_may_hide)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        what = _converts(node)
        when: Term = IsMachineLearning(at.path)
        if not what:
            what = _fills(node)
            if not what or _is_coerced(node) or not _is_kept(node, at.parents) or _DRAWS & set(tokenise(at.path)):
                return
            prepares = bool(_PREPARES & set(tokenise(at.symbol.rpartition(".")[2])))
            when = all_of(when, TRUE if prepares else HasRole(at.path, _PATH))
            if at.function is None and not _learns_later(node, at.parents):
                return  # what was predicted is put beside names, or drawn
        if _is_known_to_fit(at.parents):
            return
        if not is_counted(node, at.function.node if at.function is not None else None, at.parents):
            yield Hit(node, {"call": node, "what": what}, outcomes=(Outcome(when, Confidence.MEDIUM),))


def _learns_later(node: cst.Call, parents: Sequence[cst.CSTNode]) -> bool:
    """Do the statements of a module behind this one still split data, fit a model or define what does?"""
    module, line = parents[0], parents[1] if len(parents) > 1 else node
    lines: list[cst.CSTNode] = list(module.body) if type(module) is cst.Module else []
    behind = lines[lines.index(line) + 1 :] if line in lines else lines
    return any(type(each) is cst.Call and last_name(each.func) in _LEARNS for each in _all(behind))


def _all(lines: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    for line in lines:
        yield from descendants(line)


def _is_coerced(node: cst.Call) -> bool:
    """Is it what a conversion left that is filled or dropped? The conversion speaks for both."""
    return type(node.func) is cst.Attribute and type(node.func.value) is cst.Call and bool(_converts(node.func.value))


def _is_known_to_fit(parents: Sequence[cst.CSTNode]) -> bool:
    """Was the column asked for its type before?"""
    return any(
        type(each) is cst.Call and last_name(each.func) in {"is_numeric_dtype", "is_datetime64_any_dtype"}
        for parent in parents
        if type(parent) is cst.If
        for each in (parent.test, *descendants(parent.test))
    )


def _converts(node: cst.Call) -> str:
    """What a conversion or a reader does to bad data without a word, "" when it does nothing of the kind."""
    last = last_name(node.func)
    errors = keyword(node, "errors")
    if last in _CONVERTS and errors is not None and string(errors.value) in {"coerce", "ignore"}:
        return "turns what does not fit into blanks" if string(errors.value) == "coerce" else "leaves what does not fit"
    if last in {"option", "csv", "json", "options"} and _drops_malformed(node):
        return "skips the lines that do not fit"
    if not last.startswith(("read_", "scan_")):
        return ""
    for name, values in _SKIPS.items():
        given = keyword(node, name)
        if given is not None and (string(given.value) or last_name(given.value)) in values:
            return "skips the lines that do not fit"
    return ""


def _drops_malformed(node: cst.Call) -> bool:
    mode = keyword(node, "mode")
    if mode is None and len(node.args) > 1 and string(node.args[0].value) == "mode":
        mode = node.args[1]
    return mode is not None and (string(mode.value) or "").upper() == _SPARK


def _fills(node: cst.Call) -> str:
    """How a method of a table hides what is missing, "" when it does not."""
    if type(node.func) is not cst.Attribute:
        return ""
    last = node.func.attr.value
    if last == "fillna" and node.args and number(node.args[0].value) == 0 and node.args[0].keyword is None:
        return "turns what is missing into zeros"
    if last == "merge" and keyword(node, "validate") is None:
        how = keyword(node, "how")
        if how is not None and string(how.value) in {"left", "outer", "right"}:
            return "leaves blanks, or multiplies rows, where keys do not match"
    if last == "drop" and type(node.func.value) is cst.Attribute and node.func.value.attr.value == "na":
        return "drops the rows where something is missing" if _drops_rows(node) else ""
    if last == "dropna" and _drops_rows(node):
        return "drops the rows where something is missing"
    return ""


def _is_kept(node: cst.Call, parents: Sequence[cst.CSTNode]) -> bool:
    """Is the result the data from now on, and not looked at once or drawn?"""
    for parent in reversed(parents):
        if type(parent) is cst.Assign:
            return not any(_is_report(last_name(each.target)) for each in parent.targets)
        if isinstance(parent, (cst.Return, cst.Expr)):
            given = keyword(node, "inplace")
            return type(parent) is cst.Return or (given is not None and not _is_report(_owner(node)))
        if type(parent) is cst.Call and last_name(parent.func) in _GOES_ON and _is_called_on(parent, node):
            continue
        if isinstance(parent, (cst.Call, cst.BaseStatement)):
            return False
    return False


def _is_report(name: str) -> bool:
    """Is it called as what people look at: ``summary``, ``pivot_table``? A ``table`` alone is any table."""
    tokens = tokenise(name)
    return tokens != ("table",) and bool(_REPORTS & set(tokens))


def _is_called_on(call: cst.Call, node: cst.Call) -> bool:
    """Is ``call`` a method further on in a chain that ``node`` is a part of?"""
    inner: cst.CSTNode = call.func
    while inner is not node and isinstance(inner, (cst.Attribute, cst.Call)):
        inner = inner.value if isinstance(inner, cst.Attribute) else inner.func
    return inner is node


def _owner(node: cst.Call) -> str:
    return last_name(node.func.value) if type(node.func) is cst.Attribute else ""


def _drops_rows(node: cst.Call) -> bool:
    axis = keyword(node, "axis")
    if axis is not None and (number(axis.value) == 1 or string(axis.value) == "columns"):
        return False
    return not any(keyword(node, name) for name in ("how", "thresh")) and (
        not node.args or node.args[0].keyword is not None
    )
