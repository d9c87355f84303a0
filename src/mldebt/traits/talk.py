"""Branches that change nothing but what is printed or logged."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from mldebt.syntax.names import dotted, last_name
from mldebt.vocabulary import tokenise

_TALKS = frozenset({"debug", "print", "pprint", "print_exc", "setLevel", "basicConfig"})
_SAYING = frozenset(
    {"info", "debug", "warning", "error", "critical", "exception", "log", "print", "echo", "setFormatter", "addFilter"}
)
_LOGGING = frozenset({"logger", "logging", "loglevel", "log", "verbosity"})


def only_talks(node: cst.CSTNode) -> bool:
    """Does the branch ``node`` do nothing but print, or choose how much is logged?"""
    if type(node) is cst.IfExp:
        return all(dotted(each).rpartition(".")[0] == "logging" for each in (node.body, node.orelse))
    if type(node) is not cst.If or node.orelse is not None or type(node.body) is not cst.IndentedBlock:
        return False
    return all(_talks(each) for each in node.body.body)


def is_said(parents: Sequence[cst.CSTNode]) -> bool:
    """Is what stands below ``parents`` handed to a logger, and to nothing else?"""
    for node in reversed(parents):
        if type(node) is cst.Call:
            return last_name(node.func) in _SAYING
        if not isinstance(node, (cst.Arg, cst.FormattedStringExpression, cst.FormattedString)):
            return False
    return False


def _talks(statement: cst.BaseStatement) -> bool:
    if type(statement) is not cst.SimpleStatementLine:
        return False
    for small in statement.body:
        if type(small) is cst.Assign:
            if dotted(small.value).rpartition(".")[0] != "logging" and not _is_of_logging(small):
                return False  # CONFIG["root"]["level"] = logging.DEBUG talks, too
        else:
            call = small.value if type(small) is cst.Expr else None
            if type(call) is not cst.Call or last_name(call.func) not in _TALKS:
                return False
    return True


def _is_of_logging(assign: cst.Assign) -> bool:
    return all(set(tokenise(dotted(each.target))) & _LOGGING for each in assign.targets)
