"""Where traits come from: calls, attributes and keys that the vocabulary knows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache

import libcst as cst
from msgspec.structs import replace

from mldebt.gate import words_of
from mldebt.syntax import names as written
from mldebt.traits.learners import Learners, is_model
from mldebt.traits.names import CACHED, Names
from mldebt.traits.scopes import ClassBody, Function
from mldebt.traits.values import BY_FLOW, NO_TRAITS, UNKNOWN, Evidence, Step, Trait, Traits, Value, decided, join_traits
from mldebt.vocabulary import Vocabulary, tokenise

_BUILTIN_PASSING = frozenset(
    {"max", "min", "abs", "float", "round", "sum", "sorted", "list", "int", "str", "bool", "tuple", "next", "reversed",
     "any", "all"}
)  # fmt: skip
_STRING_METHODS = frozenset({"lower", "upper", "strip", "casefold", "title", "lstrip", "rstrip", "removeprefix"})
_COUNT_ATTRIBUTES = frozenset({"shape", "size", "ndim", "nbytes", "itemsize"})
_READERS = ("environs.Env()", "environ.Env()", "decouple.AutoConfig()", "starlette.config.Config()")
_TYPED = frozenset({"int", "float", "list", "json", "dict", "decimal", "log_level", "timedelta", "enum"})  # of environs
_PRODUCTS = frozenset({"dot", "vdot", "inner"})
_NAMED_PRODUCTS = tuple(f".{each}()" for each in sorted(_PRODUCTS))
_PARSED = frozenset({"parse_args", "parse_known_args", "parse_intermixed_args"})


def variable_words(vocabulary: Vocabulary) -> frozenset[str]:
    """Words of which a file holds one in which environment variables are read."""
    return words_of((*vocabulary.words("env-reads"), *vocabulary.words("env-mappings"), *_READERS))


class Origins:
    """Answers, for what is called or read by name, which traits the result has."""

    def __init__(self, vocabulary: Vocabulary, names: Names) -> None:
        self.names = names
        self.vocabulary = vocabulary
        self._keeping = vocabulary.words("trait-keeping-methods") - {"get", "pop"}
        self._counting = vocabulary.words("score-stop-calls")
        self._settings = vocabulary.words("settings-names")
        self._vectors = vocabulary.words("vector-words")
        self._settings_bases = vocabulary.words("settings-bases")
        self._predict = vocabulary.words("predict-apis")
        self.learners = Learners(vocabulary)
        self._answering = vocabulary.words("answering-verbs")
        self._asked = vocabulary.words("asked-names")
        self._model_bases = vocabulary.words("model-bases") | vocabulary.words("model-base-names")
        self._answer_columns = vocabulary.words("answer-columns")
        self._random = vocabulary.words("random-apis")
        self._environment_names = vocabulary.weights("env-names")
        self._reads = {name: int(at[0]) for name, at in vocabulary.mapping("env-reads").items()}
        self._mappings = vocabulary.words("env-mappings")
        self._flag_readers = vocabulary.words("flag-readers")
        self._truths = vocabulary.words("flag-truthy")
        self._scores = {name: kind for kind, entries in vocabulary.mapping("score-apis").items() for name in entries}
        self._flags = {
            root: dict(entry.rsplit(":", 1) for entry in entries)
            for root, entries in vocabulary.mapping("flag-sdks").items()
        }
        self.handing = _BUILTIN_PASSING | _STRING_METHODS | self._flag_readers | self._keeping | self._counting
        self.handing |= self.learners.keeping
        # Asked of every name and call, and the same for all of one reference.
        self.may_be_own = lru_cache(maxsize=CACHED)(self._may_be_own)
        self._setting_of = lru_cache(maxsize=CACHED)(self._find_setting)
        self.is_settings_object = lru_cache(maxsize=CACHED)(self._is_settings_object)
        self._by_suffix = lru_cache(maxsize=CACHED)(self._find_suffix)
        self._external_roots = (
            {name.partition(".")[0] for name in vocabulary.words("ml-modules") | vocabulary.words("data-modules")}
            | set(sys.stdlib_module_names)
            | {name.partition(".")[0] for name in vocabulary.words("config-libs")}
        )  # fmt: skip

    # small questions ---------------------------------------------------------------------------

    def is_count_attribute(self, name: str) -> bool:
        return name in _COUNT_ATTRIBUTES

    def keeps_trait(self, name: str) -> bool:
        """Is the result of this method or attribute still what its receiver is?"""
        return name in self._keeping

    def is_string_method(self, name: str) -> bool:
        return name in _STRING_METHODS

    def is_count(self, reference: str, method: str) -> bool:
        return (method or reference.rpartition(".")[2]) in self._counting

    def is_module(self, reference: str) -> bool:
        """Does ``reference`` name something imported as it is, not the result of a call?"""
        return bool(reference) and "(" not in reference and "[" not in reference and not reference.startswith("@.")

    def passes_through(self, reference: str, method: str) -> bool:
        """Does the call give back what its first argument is (``float(x)``, ``np.max(x)``)?"""
        if not method:
            last = reference.rpartition(".")[2]
            return reference in _BUILTIN_PASSING or last in self._flag_readers
        root = reference.partition(".")[0]
        return root in {"numpy", "torch", "math", "statistics", "tensorflow", "jax"} and method in self._keeping

    def is_answering(self, name: str) -> bool:
        """Does a function of this name give a model's answer to others?"""
        tokens = tokenise(name)
        return bool(tokens) and tokens[0] in self._answering

    def is_answer_column(self, name: str) -> bool:
        """Is a column of that name, of a table that ``predict`` gave, the answer and not the input?"""
        return name in self._answer_columns

    def is_asked_model(self, func: cst.BaseExpression, callee: Value, function: Function) -> bool:
        """Is what ``function`` calls a model: loaded, the object itself, or handed in under a model's name?"""
        if is_model(callee):
            return True
        if callee.instance is not None:
            return any(base in self._model_bases for base in callee.instance.bases)
        held = type(func) is cst.Attribute and written.dotted(func.value) == "self" and function.klass is not None
        if not held and callee.parameter < 0:
            return False
        tokens = tokenise(written.last_name(func))
        return bool(tokens) and tokens[-1] in self._asked

    def is_environment_name(self, value: Value, weakest: int = 1) -> bool:
        """Is ``value`` a literal name of an environment, or a tuple of such?"""
        if value.elements:
            return any(self.is_environment_name(each, weakest) for each in value.elements)
        constant = value.constant
        return isinstance(constant, str) and self._environment_names.get(constant.lower(), 0) >= weakest

    def _may_be_own(self, reference: str) -> bool:
        """Can ``reference`` be something that another file of the project defines?"""
        if not reference or reference.startswith("@."):
            return False
        if reference.startswith("."):
            return True
        root, dot, _ = reference.partition(".")
        return bool(dot) and "(" not in root and "[" not in root and root not in self._external_roots

    # origins -----------------------------------------------------------------------------------

    def attribute(self, reference: str, node: cst.CSTNode) -> Traits:
        """Traits of a name or attribute by its reference."""
        last = self._setting_of(reference)
        return {Trait.SETTINGS: Evidence(4, detail=last, path=(Step(node, last),))} if last else NO_TRAITS

    def _find_setting(self, reference: str) -> str:
        """What the settings object that ``reference`` names is called, "" when it names none."""
        if not reference or "(" in reference[:-2]:
            return ""
        last = reference.rpartition(".")[2].removesuffix("()")
        return (
            last if last.lstrip("_") in self._settings or reference.removesuffix("()") in self._settings_bases else ""
        )

    def item(self, reference: str, key: str, node: cst.CSTNode) -> Traits:
        """Traits of ``reference[key]``."""
        if reference in self._mappings:
            return self.variable(key, node, "os.environ")
        return NO_TRAITS

    def named_elsewhere(self, named: Value, node: cst.CSTNode) -> Traits:
        """Traits of an environment variable whose name is a constant of another file: the step says which."""
        own = named.parameter < 0 and self.may_be_own(named.reference) and "(" not in named.reference
        path = (Step(node, named.reference),) if own else ()
        return {Trait.VARIABLE: Evidence(BY_FLOW, "text", path=path, parameter=named.parameter)}

    def is_environment(self, reference: str) -> bool:
        """Is it the mapping of the process's environment?"""
        return reference in self._mappings

    def presence(self, reference: str, key: str, node: cst.CSTNode) -> Traits:
        """Traits of ``key in reference``: whether an environment variable is set."""
        read = self.item(reference, key, node)
        return decided({trait: each for trait, each in read.items() if trait is not Trait.ENVIRONMENT})

    def variable(self, name: str, node: cst.CSTNode, api: str) -> Traits:
        """Traits of the environment variable ``name``, read at ``node``."""
        step = (Step(node, f"{api}({name})"),)
        traits: Traits = {Trait.VARIABLE: Evidence(BY_FLOW, "text", name, step)}
        if self.vocabulary.matches("env-never", name) and not self.vocabulary.matches("env-variables", name):
            return traits
        if self.vocabulary.matches("env-variables", name):
            traits[Trait.ENVIRONMENT] = Evidence(BY_FLOW, detail=name, path=step)
        elif self.names.is_flag(name):
            traits[Trait.FLAG] = Evidence(BY_FLOW, "environment", name, step)
        return traits

    def is_settings_class(self, klass: ClassBody) -> bool:
        """Does a base make the fields of ``klass`` the settings of the application?"""
        return any(
            base in self._settings_bases or base.rpartition(".")[2] in self._settings_bases for base in klass.bases
        )

    def _is_settings_object(self, reference: str, name: str) -> bool:
        """Does ``name`` say that it holds the settings of the application, not options of one object?"""
        return "settings" in name.lower() or reference.removesuffix("()").endswith(("app.config", ".settings"))

    def as_boolean(self, traits: Traits) -> Traits:
        """The traits of a setting's text once it has been read as a boolean: a flag, or a debug switch."""
        read = traits.get(Trait.VARIABLE)
        if read is None or Trait.FLAG in traits or Trait.ENVIRONMENT in traits:
            return traits
        return join_traits(traits, self.boolean(replace(read, kind="environment")))

    def boolean(self, evidence: Evidence) -> Traits:
        """What a boolean setting of that name is; while only an argument names it, it may be a flag."""
        name = evidence.detail
        if name and self.names.is_switch(name):
            return {Trait.SWITCH: evidence}
        if name and (self.vocabulary.matches("env-never", name) or self.vocabulary.matches("boolean-never", name)):
            return NO_TRAITS
        return {Trait.FLAG: evidence}

    def is_flag_reader(self, name: str) -> bool:
        """Does a function of this name turn a setting's text into a boolean, wherever it is defined?"""
        return name in self._flag_readers and name != "bool"

    def is_truth(self, value: Value) -> bool:
        """Is ``value`` one of the words that a setting's text is compared with to make a boolean?"""
        if value.elements:
            return all(self.is_truth(each) for each in value.elements)
        return isinstance(value.constant, str) and value.constant.lower() in self._truths

    def call(
        self,
        reference: str,
        method: str,
        receiver: Value,
        node: cst.Call,
        value_of: Callable[[cst.CSTNode], Value],
    ) -> Traits | None:
        """Traits of a call's result, ``None`` when the vocabulary does not know the call."""
        last = method or reference.rpartition(".")[2]
        if not last:
            return None
        position = self._read_position(reference, last)
        if position is not None:
            given = written.argument(node, position)
            named = value_of(given) if given is not None else UNKNOWN
            if isinstance(named.constant, str):
                traits = self.variable(named.constant, node, reference)
            else:
                traits = self.named_elsewhere(named, node)
            if last in self._flag_readers or _casts_to_bool(node):
                return decided(self.as_boolean(traits))
            return decided(traits) if last in _TYPED or reference.startswith("environ.Env()") else traits
        flag = self._flag(reference, last, node, value_of)
        if flag is not None:
            return flag
        kind = self._scores.get(last) or self._by_suffix(reference) or self._by_arguments(node, last)
        if kind is not None:
            return {Trait.SCORE: Evidence(BY_FLOW, _refined(kind, last), last, (Step(node, last),))}
        if self._is_random(reference, last):
            return {Trait.RANDOM: Evidence(BY_FLOW, detail=last)}
        if method and method in self._predict and not self.is_string_receiver(receiver):
            return {Trait.PREDICTION: Evidence(BY_FLOW, detail=method, path=(Step(node, method),))}
        model = self.learners.call(reference, method, node, self.is_module(receiver.reference))
        if model is not None:
            return model
        if last in _PARSED:
            return {Trait.EXTERNAL: Evidence(BY_FLOW, detail=last)}
        if reference in self._settings_bases or (not method and last in self._settings) or last == "get_settings":
            return {Trait.SETTINGS: Evidence(BY_FLOW, detail=last)}
        return None

    def is_string_receiver(self, receiver: Value) -> bool:
        return receiver.text or isinstance(receiver.constant, str)

    def _read_position(self, reference: str, last: str) -> int | None:
        position = self._reads.get(reference)
        if position is not None or "()" not in reference:
            return position
        # env = environs.Env(); env.bool("X") and env("X")
        for maker in _READERS:
            if reference.startswith(maker) and last in {"str", "bool", "int", "float", "list", "__call__", ""}:
                return 0
            if reference == maker:
                return 0
        return None

    def _flag(
        self, reference: str, last: str, node: cst.Call, value_of: Callable[[cst.CSTNode], Value]
    ) -> Traits | None:
        methods = self._flags.get(reference.partition(".")[0].removesuffix("()"))
        if methods is None or last not in methods:
            return None
        position = methods[last]
        if position == "-":
            return {Trait.FLAG: Evidence(BY_FLOW, "sdk", "", (Step(node, last),))}
        given = written.argument(node, int(position))
        if given is None:
            for name in ("key", "flag_key", "feature", "flag_name", "name", "gate", "feature_key", "flag"):
                given = given or written.argument(node, -1, name)
        value = value_of(given) if given is not None else UNKNOWN
        key = value.constant if isinstance(value.constant, str) else ""
        path = (Step(node, f"{last}({key or '...'})"),)
        return {Trait.FLAG: Evidence(BY_FLOW, "sdk", key, path, parameter=-1 if key else value.parameter)}

    def _by_arguments(self, node: cst.Call, last: str) -> str | None:
        """Scores that a general function makes of special things: the norm of a difference of embeddings,
        the share of missing values."""
        if last == "norm" and node.args and type(node.args[0].value) is cst.BinaryOperation:
            between = node.args[0].value
            named = {token for each in (between.left, between.right) for token in tokenise(written.last_name(each))}
            if type(between.operator) is cst.Subtract and named & self._vectors:
                return "distance"
        if last == "mean" and type(node.func) is cst.Attribute and type(node.func.value) is cst.Call:
            missing = node.func.value.func
            if type(missing) is cst.Attribute and missing.attr.value in {"isnull", "isna"}:
                return "metric"
        return None

    def quotient(self, node: cst.BinaryOperation, value_of: Callable[[cst.CSTNode], Value]) -> Traits:
        """What a division is: the cosine of two vectors, written by hand."""
        if not _is_product(node.left, value_of):
            return NO_TRAITS
        norms = 0
        stack: list[cst.CSTNode] = [node.right]
        while stack and norms < 2:
            current = stack.pop()
            if type(current) is cst.BinaryOperation:
                stack += [current.left, current.right]
            elif type(current) is cst.Call:
                norms += written.last_name(current.func) == "norm"
            elif type(current) is cst.Name:
                norms += value_of(current).reference.endswith(".norm()")
        if not norms:
            return NO_TRAITS
        return {Trait.SCORE: Evidence(BY_FLOW, "similarity", "cosine", (Step(node, "cosine"),))}

    def _find_suffix(self, reference: str) -> str | None:
        parts = reference.split(".")
        for size in (2, 3, 4, 5):
            if len(parts) < size:
                return None
            kind = self._scores.get(".".join(parts[-size:]))
            if kind is not None:
                return kind
        return None

    def _is_random(self, reference: str, last: str) -> bool:
        if reference in self._random:
            return True
        return last in self._random and ("random" in reference or "rng" in reference or reference.startswith("torch."))


def _is_product(node: cst.BaseExpression, value_of: Callable[[cst.CSTNode], Value]) -> bool:
    """``np.dot(a, b)``, ``a @ b``, or a name for one."""
    if type(node) is cst.BinaryOperation:
        return type(node.operator) is cst.MatrixMultiply
    if type(node) is cst.Call:
        return written.last_name(node.func) in _PRODUCTS
    return type(node) is cst.Name and value_of(node).reference.endswith(_NAMED_PRODUCTS)


def _casts_to_bool(node: cst.Call) -> bool:
    cast = written.keyword(node, "cast")
    return cast is not None and type(cast.value) is cst.Name and cast.value.value == "bool"


def _refined(kind: str, api: str) -> str:
    return "drift" if kind == "metric" and api in {"ks_2samp", "kstest", "wasserstein_distance", "calculate_psi",
        "compute_psi", "population_stability_index", "jensenshannon", "energy_distance"} else kind  # fmt: skip
