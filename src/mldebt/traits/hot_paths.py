"""Which methods of a class each prediction runs through: the hot ones, and those that they call on ``self``."""

from __future__ import annotations

import libcst as cst

from mldebt.syntax.children import calls
from mldebt.traits.scopes import ClassBody
from mldebt.vocabulary import Vocabulary


class HotPaths:
    """Answers for the classes of one file, each once. A prediction or a training run enters a class by those of its
    methods that the vocabulary's ``hot-methods`` name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[int, dict[str, str]] = {}

    def caller(self, klass: ClassBody, method: str) -> str:
        """The hot method of ``klass`` that calls ``method`` on ``self``, "" when none does. One call deep."""
        known = self._known.get(id(klass))
        if known is None:
            known = self._known[id(klass)] = self._called(klass)
        return known.get(method, "")

    def _called(self, klass: ClassBody) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, function in klass.methods.items():
            if not self._vocabulary.matches("hot-methods", name):
                continue
            for call in calls(function.node.body):
                func = call.func
                if type(func) is cst.Attribute and type(func.value) is cst.Name and func.value.value == "self":
                    found.setdefault(func.attr.value, name)
        return found
