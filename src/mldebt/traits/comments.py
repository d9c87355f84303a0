"""The comment that stands on the line of a node, or directly above its statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.syntax.comments import said

ABOVE = 2  # comment lines above a statement that are read


def comments_at(node: cst.CSTNode, parents: Sequence[cst.CSTNode]) -> Iterator[str]:
    """The comments beside ``node``: after an argument or parameter of its own line, at the end of its
    statement's line, and directly above the statement. Without the ``#``."""
    beside = _after_comma(node)
    if beside:
        yield beside
    for each in reversed((*parents, node)):
        if type(each) is cst.SimpleStatementLine:
            yield from _said(each.trailing_whitespace.comment)
            yield from _above(each.leading_lines)
            return
        if isinstance(each, (cst.If, cst.While, cst.For, cst.With)):
            if type(each.body) is cst.IndentedBlock:
                yield from _said(each.body.header.comment)
            yield from _above(each.leading_lines)
            return
        if type(each) is cst.FunctionDef:
            if type(node) is cst.Param and type(each.body) is cst.IndentedBlock:
                yield from _said(each.body.header.comment)  # of the line that ends the signature
            return
        if isinstance(each, (cst.ClassDef, cst.IndentedBlock)):
            return


def _after_comma(node: cst.CSTNode) -> str:
    if not isinstance(node, (cst.Arg, cst.Param, cst.Element, cst.DictElement)):
        return ""
    comma = node.comma
    after = comma.whitespace_after if type(comma) is cst.Comma else None
    if type(node) is cst.Arg and after is None:
        after = node.whitespace_after_arg
    if type(after) is cst.ParenthesizedWhitespace:
        return next(_said(after.first_line.comment), "")
    return ""


def _above(lines: Sequence[cst.EmptyLine]) -> Iterator[str]:
    for line in reversed(lines[-ABOVE:]):
        if line.comment is None:
            return
        yield from _said(line.comment)


def _said(comment: cst.Comment | None) -> Iterator[str]:
    if comment is not None:
        yield said(comment)
