"""Whether two expressions are the same code, however they are laid out."""

from __future__ import annotations

import libcst as cst

from mldebt.syntax.children import children


def shape(node: cst.CSTNode) -> tuple[object, ...]:
    """What ``node`` is made of: equal for the same code, hashable."""
    return (type(node), getattr(node, "value", None) if not (parts := children(node)) else "", *map(shape, parts))
