"""Does a function hold a model: does it ask one, train one, or load one?

Read off the calls in its body by the vocabulary, with the module's imports and bindings; those of the
body are not needed, so the answer is known before it has run.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import calls
from mldebt.syntax.names import called_name, dotted
from mldebt.terms import FALSE, TRUE, Carries, Term, any_of
from mldebt.traits.names import CACHED
from mldebt.traits.values import Trait, Value
from mldebt.vocabulary import Vocabulary, tokenise

MAX_ASKED = 4  # functions of other files that are asked whether they answer with a prediction

_FIT = frozenset({"fit", "fit_transform", "fit_predict", "fit_resample", "partial_fit", "train_on_batch"})
_CREATING = frozenset({"create", "parse", "stream"})
# Parts of the clients of language models that answer, with the library that must be imported for the name to mean that.
_ANSWERING = {"completions": "", "messages": "anthropic", "responses": "openai"}
_CHAINED = frozenset({"invoke", "ainvoke", "batch", "abatch", "astream"})  # of LangChain: what asks a language model
_FETCHING = frozenset({"retriever", "tool", "tools", "parser", "prompt", "template", "splitter", "graph", "app"})
_MAKERS = frozenset({"get", "load", "build", "create", "make", "set", "init", "reset", "save", "download", "update"})


class Holding(Struct, frozen=True):
    """How a function holds a model: ``node`` is the call that shows it, ``when`` what other files must say."""

    node: cst.CSTNode
    when: Term = TRUE


@lru_cache(maxsize=8)
def _words_of(vocabulary: Vocabulary) -> _Words:
    return _Words(vocabulary)


class _Words:
    """What calls that show a model go by."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.words
        self.proba = words("proba-methods")
        self.predict = words("predict-apis") | _FIT
        self.methods = words("predict-methods") | words("hot-methods") | _FIT
        self.models = words("model-names")
        self.modules = words("ml-modules")
        self.loaders = words("loaders") | words("estimators")
        self.verbs = words("inference-verbs")
        loaders = {each.rpartition(".")[2] for each in self.loaders}
        self._names = self.proba | self.predict | self.methods | self.models | _CREATING | _CHAINED | loaders
        self.says = lru_cache(maxsize=CACHED)(self._says)

    def _says(self, name: str) -> bool:
        """Can a call of that name show a model?"""
        tokens = tokenise(name)
        return name in self._names or (bool(tokens) and (tokens[0] in self.verbs or tokens[-1] in self.models))


class Holdings:
    """Answers for the functions of one file, each once."""

    def __init__(self, vocabulary: Vocabulary, path: str) -> None:
        self._path = path
        self._words = _words_of(vocabulary)
        self._known: dict[int, Holding | None] = {}

    def of(
        self,
        function: cst.FunctionDef,
        imports: Mapping[str, str],
        bindings: Mapping[str, Value],
        called: Set[str] | None = None,
    ) -> Holding | None:
        """How ``function`` holds a model, ``None`` when it does not; ``imports`` and ``bindings`` are the module's.
        ``called`` are the last names of what it calls, if that is known: mostly they tell that it holds none."""
        key = id(function)
        if key not in self._known:
            may = called is None or any(self._tells(name, imports, bindings) for name in called)
            self._known[key] = self._find(function, imports, bindings) if may else None
        return self._known[key]

    def _find(
        self, function: cst.FunctionDef, imports: Mapping[str, str], bindings: Mapping[str, Value]
    ) -> Holding | None:
        asked: dict[Term, cst.CSTNode] = {}
        for node in calls(function.body):
            if not self._tells(called_name(node.func), imports, bindings):
                continue
            if (
                self._asks(node.func, imports)
                or self._loads(node.func, imports)
                or _is_bound_model(node.func, bindings)
            ):
                return Holding(node)
            term = self._asks_own(node.func, imports)
            if term != FALSE and len(asked) < MAX_ASKED:
                asked.setdefault(term, node)
        if not asked:
            return None
        return Holding(next(iter(asked.values())), any_of(*asked))

    def _tells(self, name: str, imports: Mapping[str, str], bindings: Mapping[str, Value]) -> bool:
        """Can a call of what has this last name show a model? Most cannot, and need not be looked at."""
        if name in imports and self._words.says(imports[name].rpartition(".")[2]):
            return True
        return self._words.says(name) or (name in bindings and Trait.MODEL in bindings[name].traits)

    def _asks(self, func: cst.BaseExpression, imports: Mapping[str, str]) -> bool:
        """``m.predict(x)``, ``classifier.classify(x)``, ``self.net(x)``, ``model(x)``."""
        if type(func) is cst.Name:
            return func.value in self._words.models
        if type(func) is not cst.Attribute:
            return False
        method = func.attr.value
        if method in self._words.proba or (
            method in self._words.predict and not isinstance(func.value, cst.BaseString)
        ):
            return True
        if method in _CREATING and type(func.value) is cst.Attribute:
            library = _ANSWERING.get(func.value.attr.value)
            return library == "" or any(target.partition(".")[0] == library for target in imports.values())
        if method in _CHAINED and not _FETCHING & set(tokenise(called_name(func.value))):
            return any(target.partition(".")[0].startswith("langchain") for target in imports.values())
        if method in self._words.methods:
            tokens = tokenise(called_name(func.value))
            return bool(tokens) and tokens[-1] in self._words.models
        if type(func.value) is cst.Name and func.value.value == "self" and method[:1].islower():
            tokens = tokenise(method)
            return bool(tokens) and tokens[-1] in self._words.models and tokens[0] not in _MAKERS
        return False

    def _loads(self, func: cst.BaseExpression, imports: Mapping[str, str]) -> bool:
        reference = _reference(func, imports)
        root, dot, rest = reference.partition(".")
        if not dot:
            return False
        if reference in self._words.loaders:
            return True
        return (
            root in self._words.modules and rest.rpartition(".")[2] in self._words.loaders and "Tokenizer" not in rest
        )

    def _asks_own(self, func: cst.BaseExpression, imports: Mapping[str, str]) -> Term:
        reference = _reference(func, imports)
        root = reference.partition(".")[0]
        if not reference or root in self._words.modules:
            return FALSE
        tokens = tokenise(reference.rpartition(".")[2])
        if not tokens or tokens[0] not in self._words.verbs:
            return FALSE
        carries = (Carries(self._path, f"{reference}()", trait.value) for trait in (Trait.PREDICTION, Trait.SCORE))
        return any_of(*carries)


def _is_bound_model(func: cst.BaseExpression, bindings: Mapping[str, Value]) -> bool:
    """``generator(text)``, with ``generator`` loaded in the module."""
    value = bindings.get(func.value) if type(func) is cst.Name else None
    return value is not None and Trait.MODEL in value.traits


def _reference(func: cst.BaseExpression, imports: Mapping[str, str]) -> str:
    """The imported thing that is called, "" when it was not imported."""
    name = dotted(func)
    first, dot, rest = name.partition(".")
    target = imports.get(first)
    return "" if target is None else f"{target}{dot}{rest}"
