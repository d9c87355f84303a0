"""Statements that no run reaches because somebody has switched them off: ``if False:``, ``if 0:``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import libcst as cst


def never_runs(parents: Sequence[cst.CSTNode], node: cst.CSTNode) -> bool:
    """Does ``node``, below ``parents``, stand in the body of an ``if`` that is switched off?"""
    return any(
        type(outer) is cst.If and inner is outer.body and _is_off(outer.test)
        for outer, inner in pairwise((*parents, node))
    )


def _is_off(test: cst.BaseExpression) -> bool:
    if type(test) is cst.Name:
        return test.value == "False"
    return type(test) is cst.Integer and test.value == "0"
