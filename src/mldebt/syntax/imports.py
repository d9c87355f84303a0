"""What import statements bind, as references (see ``terms.Carries``)."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.syntax.names import dotted


def bindings(node: cst.Import | cst.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names that ``node`` binds, each with the reference it stands for."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            full = dotted(alias.name)
            if alias.asname is not None:
                yield dotted(alias.asname.name), full
            else:
                root = full.partition(".")[0]
                yield root, root
        return
    if isinstance(node.names, cst.ImportStar):
        return
    base = "." * len(node.relative) + (dotted(node.module) if node.module is not None else "")
    joint = "" if not base or base.endswith(".") else "."
    for alias in node.names:
        name = dotted(alias.name)
        yield (dotted(alias.asname.name) if alias.asname is not None else name), f"{base}{joint}{name}"
