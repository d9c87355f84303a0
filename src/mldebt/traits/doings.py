"""What a call does with data or a model: reads data, loads a model, trains, asks, validates or saves one."""

from __future__ import annotations

import functools
from collections.abc import Callable

import libcst as cst
from msgspec import Struct

from mldebt.facts.acts import FIT, LOAD, PREDICT, READ, SAVE, VALIDATE
from mldebt.syntax.children import descendants
from mldebt.syntax.names import last_name
from mldebt.traits.learners import HELPER, LOADED, Learners, is_model
from mldebt.traits.values import BY_FLOW, Trait, Value
from mldebt.vocabulary import Vocabulary, tokenise

_LOADS = frozenset({"load_weights", "load_state_dict"})
_LOSSES = frozenset({"loss", "losses", "criterion", "crit", "objective", "nll", "elbo", "cost"})
_AMBIGUOUS = frozenset({"load", "loadtxt", "genfromtxt", "read_table", "train", "cv"})
_CHECKS = frozenset({"validate", "check", "validate_schema", "check_schema"})
_WRITES = frozenset({"dump", "save"})
_MAKERS = frozenset({"get", "load", "build", "create", "make", "set", "init", "reset", "save", "download", "update"})
_BY_OWNER = frozenset({"save", "export", "transform", "run", "invoke"})  # what they do depends on what has them
_RUNS = frozenset({"run", "invoke"})
_SAVES = frozenset({"save", "export"})
# What puts a model that was trained where it answers: SageMaker's estimators, Vertex AI's models.
_RELEASES = frozenset({"deploy"})
_RELEASED = ("sagemaker.", "google.cloud.aiplatform.", "vertexai.")
WORDS = {
    READ: "reading data", LOAD: "loading the model", FIT: "training", PREDICT: "predicting",
    VALIDATE: "validating data", SAVE: "saving the model",
}  # fmt: skip
"""How a message says what is being done."""


class Doing(Struct, frozen=True):
    """``kind`` is one of the constants of ``facts.acts``; ``name`` is the last name of what is called."""

    kind: str
    name: str


@functools.lru_cache(maxsize=8)
def doings_of(vocabulary: Vocabulary) -> Doings:
    """The reader for ``vocabulary``, made once."""
    return Doings(vocabulary)


class Doings:
    """Reads calls by the vocabulary. Most calls are dismissed by their last name alone."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.words
        readers = words("table-readers")
        self._readers = readers
        self._reader_names = {each for each in readers if "." not in each}
        self._own_readers = words("own-loaders")
        self._fits = {each for each in words("fit-methods") if "." not in each}
        self._fits_in_full = {each for each in words("fit-methods") if "." in each}
        self._asks = words("predict-apis") | words("proba-methods")
        self._methods = words("predict-methods")
        self._models = words("model-names")
        self._filters = words("motion-filters")
        self._learners = Learners(vocabulary)
        self._validators = words("validating-tokens")
        self._savers = words("savers")
        self._learning = words("ml-modules")
        self._telling = (
            self._asks | self._methods | self._fits | self._reader_names | self._own_readers | self._savers
            | _LOADS | _AMBIGUOUS | _CHECKS | _WRITES
        )  # fmt: skip

    def of(
        self, call: cst.Call, reference_of: Callable[[cst.CSTNode], str], value_of: Callable[[cst.CSTNode], Value]
    ) -> Doing | None:
        """What ``call`` does; ``reference_of`` resolves names (see ``terms.Carries``), ``value_of`` values."""
        func = call.func
        name = func.attr.value if type(func) is cst.Attribute else func.value if type(func) is cst.Name else ""
        if not name:
            return None
        kind = self._by_name(func, name, reference_of) or self._by_owner(func, name, call, value_of)
        if kind is None:
            kind = PREDICT if call.args and is_model(value_of(func)) else self._by_value(value_of(call), call)
        return None if kind is None else Doing(kind, name)

    def by_name(self, call: cst.Call, reference_of: Callable[[cst.CSTNode], str]) -> str | None:
        """The kind of ``call`` by what it is called alone."""
        func = call.func
        name = func.attr.value if type(func) is cst.Attribute else func.value if type(func) is cst.Name else ""
        return self._by_name(func, name, reference_of) if name else None

    def asks(self, call: cst.Call, value_of: Callable[[cst.CSTNode], Value]) -> bool:
        """Does ``call`` ask a model, by where what is called came from, or by its name: ``m.predict(x)``,
        ``self.encoder.embed(x)``, ``get_pipe()(texts)``?"""
        func = call.func
        called = value_of(func)
        if call.args and (is_model(called) or self._learners.is_network(called)):
            return True
        if type(func) is cst.Name:
            # ``model()`` gets one; a function of this file is asked for what it does.
            return func.value in self._models and bool(call.args) and called.function is None
        name = last_name(func)
        return PREDICT in (self._by_name(func, name, lambda _: ""), self._by_owner(func, name, call, value_of))

    def _by_name(self, func: cst.BaseExpression, name: str, reference_of: Callable[[cst.CSTNode], str]) -> str | None:
        if name not in self._telling:  # as most names are
            return PREDICT if _is_own_model(func, self._models) else None
        is_method = type(func) is cst.Attribute
        receiver = tokenise(last_name(func.value)) if type(func) is cst.Attribute else ()
        if name in self._asks and is_method and not _is_text(func):
            return None if self._filters.intersection(receiver) else PREDICT
        if _is_own_model(func, self._models):
            return PREDICT
        if name in _LOADS and is_method:
            return LOAD
        if name in self._methods and receiver and receiver[-1] in self._models:
            return PREDICT
        if name in self._fits and is_method:
            return None if name == "backward" and _is_probed(func) else FIT
        if name in self._reader_names or (name in self._own_readers and not is_method):
            return READ
        if name in _AMBIGUOUS:
            reference = reference_of(func)
            if reference in self._readers:
                return READ
            if ".".join(reference.split(".")[-2:]) in self._fits_in_full:
                return FIT
        if name in _CHECKS:
            return VALIDATE if not is_method or (receiver and receiver[-1] in self._validators) else None
        if name in self._savers and name not in {"export"} and (is_method or reference_of(func)):
            return SAVE if self._is_saver(name, reference_of(func)) else None
        if name in _WRITES:
            reference = reference_of(func)
            if ".".join(reference.split(".")[-2:]) in self._savers or (name == "save" and receiver[-1:] == ("model",)):
                return SAVE
        return None

    def _by_owner(
        self, func: cst.BaseExpression, name: str, call: cst.Call, value_of: Callable[[cst.CSTNode], Value]
    ) -> str | None:
        """By what is known of the object whose method is called: a model, or what trains one."""
        if type(func) is not cst.Attribute:
            return None
        if name == "train":
            return FIT if self._trains(func, call, value_of(func.value)) else None
        if name in _RELEASES:
            return SAVE if value_of(func.value).reference.startswith(_RELEASED) else None
        if name not in _BY_OWNER and not self._learners.answers(name):
            return None
        owner = value_of(func.value)
        if not is_model(owner):
            return None
        if name in _RUNS:  # of what was loaded: a session, an interpreter
            return PREDICT if owner.traits[Trait.MODEL].kind == LOADED else None
        if name == "transform":  # of a model of Spark, which has no other word for it
            return PREDICT if owner.reference.startswith("pyspark.ml.") else None
        return SAVE if name in _SAVES else PREDICT

    def _trains(self, func: cst.Attribute, call: cst.Call, owner: Value) -> bool:
        """``Trainer(...).train()``, ``self.trainer.train()``, ``YOLO(...).train(data=...)``; ``model.train()`` only
        puts a network into the mode for it."""
        made = owner.reference.removesuffix("()")
        root, dot, _ = made.partition(".")
        if dot and root in self._learning and made.endswith("Trainer"):
            return True
        if owner.instance is not None and any(each.endswith("Trainer") for each in owner.instance.bases):
            return True
        if owner.has(Trait.MODEL):
            return any(each.keyword is not None and each.keyword.value in {"data", "epochs"} for each in call.args)
        return not made and tokenise(last_name(func.value))[-1:] == ("trainer",)

    def _is_saver(self, name: str, reference: str) -> bool:
        return name in self._savers and not reference.startswith(("sys.", "os."))

    def _by_value(self, value: Value, call: cst.Call) -> str | None:
        """By what is known of the result: a function of this file may wrap a prediction or a loader."""
        traits = value.traits
        evidence = traits.get(Trait.PREDICTION)
        if evidence is not None and evidence.weight >= BY_FLOW and any(each.node is call for each in evidence.path):
            return PREDICT
        evidence = traits.get(Trait.MODEL)
        if evidence is None or evidence.weight < BY_FLOW or evidence.kind not in {LOADED, HELPER}:
            return None
        return LOAD if any(each.node is call for each in evidence.path) else None


def _is_own_model(func: cst.BaseExpression, models: frozenset[str]) -> bool:
    """``self.model(x)``, and no maker such as ``self.get_model()``."""
    if type(func) is not cst.Attribute or type(func.value) is not cst.Name or func.value.value != "self":
        return False
    tokens = tokenise(func.attr.value)
    return bool(tokens) and tokens[-1] in models and (len(tokens) == 1 or tokens[0] not in _MAKERS)


def _is_probed(func: cst.BaseExpression) -> bool:
    """``outputs.sum().backward()``: gradients of whatever comes out are timed or checked, and nothing is learnt."""
    summed = func.value if type(func) is cst.Attribute else None
    if type(summed) is not cst.Call or summed.args or last_name(summed.func) != "sum":
        return False
    names = (each.value for each in descendants(summed) if type(each) is cst.Name)
    return not any(_LOSSES.intersection(tokenise(each)) for each in names)


def _is_text(func: cst.BaseExpression) -> bool:
    return type(func) is cst.Attribute and isinstance(func.value, cst.BaseString)
