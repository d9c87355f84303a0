"""What is a model by where it came from, whatever it is called: loaded, made, or given by a function that trains."""

from __future__ import annotations

import libcst as cst

from mldebt.gate import words_of
from mldebt.traits.values import BY_FLOW, Evidence, Step, Trait, Traits, Value
from mldebt.vocabulary import Vocabulary, tokenise

LOADED, MADE, TRAINED, HELPER = "loaded", "made", "trained", "helper"
"""How a model came about: the ``kind`` of its evidence. A helper comes with a model and answers nothing itself."""


def model_words(vocabulary: Vocabulary) -> frozenset[str]:
    """Words of which a file holds one in which a call gives a model."""
    lists = ("loaders", "estimators", "estimator-modules", "model-makers", "training-functions")
    return words_of(("pyspark", *(entry for name in lists for entry in vocabulary.words(name))))


class Learners:
    """Answers, for calls, whether they give a model, and for values, whether they are one."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.words
        self._loaders = words("loaders")
        self._estimators = words("estimators")
        self._modules = words("estimator-modules")
        self._makers = words("model-makers")
        self._trainers = words("training-functions")
        self._helpers = words("model-helpers")
        self.keeping = words("model-keeping-methods")  # methods of a model that give the model back
        self._bases = words("model-bases")
        self._answering = words("predict-methods") - _OF_PARTS

    def call(self, reference: str, method: str, node: cst.Call, of_module: bool) -> Traits | None:
        """The trait of a call's result, ``None`` when it gives no model; ``of_module``: the method is a function
        of a module."""
        last = method or reference.rpartition(".")[2]
        if reference in self._trainers:
            kind, last = TRAINED, reference
        elif last in self._loaders or reference in self._loaders or _is_spark_load(reference):
            kind = HELPER if self._is_helper(reference, node) else LOADED
        elif self._is_made(reference, last, method, of_module):
            kind, last = MADE, reference if reference in self._makers else last  # whose last names say little
        else:
            return None
        return {Trait.MODEL: Evidence(BY_FLOW, kind, last, (Step(node, last),))}

    def answers(self, method: str) -> bool:
        """Does a model's method of that name give an answer, where little else may mean that?"""
        return method in self._answering

    def is_network(self, value: Value) -> bool:
        """Is the value an instance of a class of this file that is a network by its base?"""
        return value.instance is not None and any(base in self._bases for base in value.instance.bases)

    def _is_made(self, reference: str, last: str, method: str, of_module: bool) -> bool:
        if last in self._estimators and (not method or of_module):
            return True
        module, _, name = reference.rpartition(".")
        return reference in self._makers or (name[:1].isupper() and module in self._modules)

    def _is_helper(self, reference: str, node: cst.Call) -> bool:
        """A tokeniser, a processor, a configuration: ``AutoTokenizer.from_pretrained(...)``."""
        owner = reference.rpartition(".")[0].rpartition(".")[2]
        if not owner and type(node.func) is cst.Attribute and type(node.func.value) is cst.Name:
            owner = node.func.value.value
        return bool(self._helpers & set(tokenise(owner)))


def _is_spark_load(reference: str) -> bool:
    """``PipelineModel.load(path)``"""
    return reference.startswith("pyspark.ml.") and reference.endswith(".load")


# What also parts of a network, or its transformers, have.
_OF_PARTS = frozenset({"transform", "call", "forward"})


def is_model(value: Value) -> bool:
    """Is the value a model by where it came from?"""
    evidence = value.traits.get(Trait.MODEL)
    return evidence is not None and evidence.weight >= BY_FLOW and evidence.kind != HELPER
