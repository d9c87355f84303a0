"""PIN009: a language model is called by an id that its provider may move."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Outcome, Severity
from mldebt.syntax.names import string
from mldebt.traits.model_ids import alias, is_used


class FloatingModelAlias(Rule):
    """Where the literal stands. Only ids with a dated one in the vocabulary: of others nothing is known.
    ``...-latest`` says itself that it moves: a warning."""

    @on(cst.SimpleString, like=lambda node: len(node.value) <= 90 and ("-" in node.value or "o" in node.value))
    def text(self, node: cst.SimpleString, at: At) -> Iterator[Hit]:
        text = string(node)
        model = alias(text, at.vocabulary, self.options.get("aliases", ())) if text else ""
        if model and is_used(node, at.parents, at.vocabulary):
            severity = Severity.WARNING if model.endswith("-latest") else None
            yield Hit(
                node,
                {"model": text or ""},
                outcomes=(Outcome(severity=severity),),
                concept=f"language-model:{model}",
                value=text or "",
            )
