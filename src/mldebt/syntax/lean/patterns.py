"""Lean patterns of ``match``, one function a type of ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from mldebt.syntax.lean.making import Node, maker
from mldebt.syntax.lean.making import name as _name

if TYPE_CHECKING:
    from mldebt.syntax.lean.builder import Builder

_value = maker(cst.MatchValue, "value")
_singleton = maker(cst.MatchSingleton, "value")
_list = maker(cst.MatchList, "patterns")
_tuple = maker(cst.MatchTuple, "patterns")
_element = maker(cst.MatchSequenceElement, "value")
_star = maker(cst.MatchStar, "name")
_mapping = maker(cst.MatchMapping, "elements", "rest")
_mapped = maker(cst.MatchMappingElement, "key", "pattern")
_class = maker(cst.MatchClass, "cls", "patterns", "kwds")
_keyword = maker(cst.MatchKeywordElement, "key", "pattern")
_as = maker(cst.MatchAs, "pattern", "name")
_or = maker(cst.MatchOr, "patterns")
_alternative = maker(cst.MatchOrElement, "pattern")


def _sequence(builder: Builder, node: ast.MatchSequence) -> Node:
    made = _elements(builder, node.patterns)
    written = builder.text.of(node)
    if written[0] == "(" and written[-1] == ")":
        return _tuple(made)
    return _list(made)  # libcst takes "a, b" for one, too


def _elements(builder: Builder, nodes: Sequence[ast.pattern]) -> list[Node]:
    return [
        _star(_optional(each.name)) if isinstance(each, ast.MatchStar) else _element(builder.pattern(each))
        for each in nodes
    ]


def _mapping_of(builder: Builder, node: ast.MatchMapping) -> Node:
    made = [
        _mapped(builder.expression(key), builder.pattern(pattern))
        for key, pattern in zip(node.keys, node.patterns, strict=True)
    ]
    return _mapping(made, _optional(node.rest))


def _class_of(builder: Builder, node: ast.MatchClass) -> Node:
    named = [
        _keyword(_name(key), builder.pattern(pattern))
        for key, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True)
    ]
    return _class(builder.expression(node.cls), _elements(builder, node.patterns), named)


def _as_of(builder: Builder, node: ast.MatchAs) -> Node:
    return _as(None if node.pattern is None else builder.pattern(node.pattern), _optional(node.name))


def _or_of(builder: Builder, node: ast.MatchOr) -> Node:
    return _or([_alternative(builder.pattern(each)) for each in node.patterns])


def _optional(name: str | None) -> Node:
    return None if name is None else _name(name)


MAKERS: Mapping[type[ast.AST], Callable[..., Node]] = {
    ast.MatchValue: lambda builder, node: _value(builder.expression(node.value)),
    ast.MatchSingleton: lambda builder, node: _singleton(_name(str(node.value))),
    ast.MatchSequence: _sequence,
    ast.MatchMapping: _mapping_of,
    ast.MatchClass: _class_of,
    ast.MatchAs: _as_of,
    ast.MatchOr: _or_of,
}
