"""Where modules import each other and the frameworks: the places that rules about coupling point at."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.acts import ImportSite
from mldebt.syntax.names import dotted, last_name


class Imports(Collector):
    """An ``ImportSite`` for every import that may be one of the project's own, or of a framework. What only a
    type checker runs is none."""

    @on(cst.ImportFrom)
    def from_module(self, node: cst.ImportFrom, at: At) -> Iterator[Seen]:
        base = "." * len(node.relative) + (dotted(node.module) if node.module is not None else "")
        if _is_for_types(at) or isinstance(node.names, cst.ImportStar):
            return
        if not node.relative and not _matters(base, at):
            return
        joint = "" if base.endswith(".") else "."
        for alias in node.names:
            yield _seen(node, f"{base}{joint}{dotted(alias.name)}", at)

    @on(cst.Import)
    def module(self, node: cst.Import, at: At) -> Iterator[Seen]:
        if _is_for_types(at):
            return
        for alias in node.names:
            target = dotted(alias.name)
            if _matters(target, at):
                yield _seen(node, target, at)


def _seen(node: cst.CSTNode, target: str, at: At) -> Seen:
    late = at.function is not None

    def make(where: Where) -> ImportSite:
        return ImportSite(target, late, where.place, where.snippet[:120], where.source_line)

    return Seen(node, make)


def _matters(target: str, at: At) -> bool:
    return at.origins.may_be_own(f"{target}.x") or target.partition(".")[0] in at.vocabulary.words("leaking-frameworks")


def _is_for_types(at: At) -> bool:
    return any(type(each) is cst.If and last_name(each.test) == "TYPE_CHECKING" for each in at.parents)
