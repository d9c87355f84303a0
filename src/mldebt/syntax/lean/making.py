"""Nodes without their constructors: those check and convert every field, the white space too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import libcst as cst

Node: TypeAlias = Any  # a libcst node, of the type that the syntax asks for
Maker: TypeAlias = Callable[..., Node]


def maker(kind: type[cst.CSTNode], *fields: str, **fixed: object) -> Maker:
    """A function that makes a ``kind`` of the values of ``fields``, by position; ``fixed`` are the fields
    that are the same in every such node. It has no others. Compiled once a type, as dataclasses do."""
    known: dict[str, Any] = {"new": object.__new__, "kind": kind}
    lines = []
    for name in (*fields, *fixed):
        known[f"put_{name}"] = getattr(kind, name).__set__
        value = name
        if name in fixed:
            value = f"fixed_{name}"
            known[value] = fixed[name]
        lines.append(f"    put_{name}(node, {value})\n")
    source = f"def make({', '.join(fields)}):\n    node = new(kind)\n{''.join(lines)}    return node\n"
    exec(source, known)
    made: Maker = known["make"]
    return made


name = maker(cst.Name, "value")
attribute = maker(cst.Attribute, "value", "attr")


def dotted(written: str) -> Node:
    """The name, or the attributes of a name, that ``a.b.c`` is."""
    first, *rest = written.split(".")
    node = name(first)
    for part in rest:
        node = attribute(node, name(part))
    return node
