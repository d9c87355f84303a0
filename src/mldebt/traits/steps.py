"""The calls that matter to data: loads, splits, fits, transforms, checks. Run by ``story``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst
from msgspec.structs import replace

from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, keyword, last_name, string
from mldebt.traits.lineage import NOTHING, TEST, TRAIN, Answer, Data, Fit, Frame, Leak, Load, Made, union
from mldebt.vocabulary import tokenise

if TYPE_CHECKING:
    from mldebt.traits.story import _Runner

_FITS = frozenset(
    {"fit", "fit_transform", "fit_resample", "fit_sample", "adapt", "partial_fit", "fit_on_texts", "train"}
)
_GIVES_DATA = frozenset({"fit_transform", "fit_resample", "fit_sample"})
_ASKS = frozenset({"predict", "predict_proba", "score", "evaluate", "decision_function"})
_STORES = frozenset({"joblib", "pickle", "cloudpickle", "dill", "torch"})
LEARNING = _FITS | _ASKS
"""What a call must be called for a model to be given data (``Story.learnt``)."""

_MEASURES = frozenset({"score", "evaluate"})
_WATCHED = ("eval_set", "validation_data", "valid_sets", "evals", "valid_data", "eval_data")
_STOPS = frozenset({"early_stopping", "earlystopping", "early_stop", "early_stopping_rounds", "modelcheckpoint"})
_SPLITTERS = frozenset(
    {"KFold", "StratifiedKFold", "GroupKFold", "ShuffleSplit", "StratifiedShuffleSplit", "RepeatedKFold",
     "RepeatedStratifiedKFold", "TimeSeriesSplit", "GroupShuffleSplit", "LeaveOneOut", "StratifiedGroupKFold"}
)  # fmt: skip
_WINDOWS = frozenset({"rolling", "expanding", "ewm", "groupby", "resample"})  # of which each row has its own
STATISTICS = frozenset(
    {"mean", "median", "std", "var", "mode", "nanmean", "nanmedian", "nanstd", "quantile", "min", "max", "ptp"}
)
_SCALES = frozenset({"scale", "minmax_scale", "robust_scale", "maxabs_scale", "quantile_transform", "power_transform"})
_APPLIES = frozenset({"apply", "map", "applymap", "pipe", "transform"})
_LEARNT = frozenset({"transformer", "sampler", "unknown", "statistic"})  # kinds of fits that must not see the test part
_TABLES = frozenset({"DataFrame", "Series", "Index", "DataLoader", "TensorDataset", "Tensor"})
_JOINS = frozenset({"concat", "concatenate", "vstack", "append", "r_"})
_DATASETS = frozenset({"DMatrix", "QuantileDMatrix", "Dataset", "Pool"})  # of the boosting libraries
_TRAINERS = frozenset({"lightgbm.train", "xgboost.train", "xgboost.dask.train", "catboost.train"})
_SELECTORS = frozenset({"ColumnTransformer", "make_column_transformer", "ColumnSelector", "DataFrameMapper"})
_PIPELINES = frozenset({"Pipeline", "make_pipeline", "make_imb_pipeline"})
_SESSIONS = frozenset({"spark", "spark_session", "session", "sqlContext"})
TABLE_READS = frozenset({"csv", "parquet", "json", "orc", "table", "load"})
"""How Spark's readers end: ``spark.read.option(...).parquet(path)``."""


class Steps:
    """What the calls of one file do to the data of its ``runner``."""

    def __init__(self, runner: _Runner) -> None:
        self._run = runner
        words = runner.vocabulary.words
        self._transformers = words("stateful-transformers")
        self._encoders = words("encoders")
        self._samplers = words("samplers")
        self._names = words("transformer-names")
        self._loads = words("data-loads")
        self._validators = words("cross-validators")
        self._checks = words("data-checks")
        self._estimators = words("estimators")
        self._fitted: dict[object, list[int]] = {}  # key of an object -> numbers of its fits

        self._held_back: dict[int, Leak] = {}  # fits that watch the test part, until it is asked for the result too

    # splits ------------------------------------------------------------------------------------

    def split(self, node: cst.CSTNode, given: tuple[Data, ...]) -> None:
        """Data is parted at ``node``: what was learnt from all of it has leaked."""
        for value in given:
            for number in sorted(value.fits):
                fit = self._run.story.fits[number]
                if not fit.data.parts and fit.kind in _LEARNT:
                    self._leak(fit, "before-split", node)

    def _leak(self, fit: Fit, kind: str, other: cst.CSTNode, column: str = "") -> None:
        self._run.story.leaks.setdefault(id(fit.node), Leak(fit, kind, other, column))

    def _train_test_split(self, node: cst.Call) -> Data:
        given = [self._run.data(each.value) for each in node.args if each.keyword is None and not each.star]
        self.split(node, tuple(given))
        elements: list[Data] = []
        for value in given:
            for part in (TRAIN, TEST):
                parts = value.parts if value.parts else frozenset({part})
                if value.parts == {TRAIN} and part == TEST:
                    parts = frozenset({"validation"})
                elements.append(replace(value, parts=parts, made=None, elements=None))
        return replace(union(*elements), elements=tuple(elements)) if elements else NOTHING

    # calls -------------------------------------------------------------------------------------

    def call(self, node: cst.Call) -> Data:
        func = node.func
        method = func.attr.value if type(func) is cst.Attribute else ""
        name = dotted(func)
        function = self._run.function(name)
        if function is not None:
            inlined = self._run.inline(function, node)
            if inlined is not None:
                return inlined
        last = method or self._meant(name).rpartition(".")[2]
        if last == "train_test_split":
            return self._train_test_split(node)
        if last in self._loads or (last in TABLE_READS and _is_spark_read(func)):
            return self._load(node)
        if method and not self._is_module(func):
            return self._method(node, method)
        return self._function(node, last, name)

    def _meant(self, name: str) -> str:
        first, dot, rest = name.partition(".")
        return f"{self._run.imports.get(first, first)}{dot}{rest}"

    def _is_module(self, func: cst.BaseExpression) -> bool:
        """Is it a function of an imported module, ``np.concatenate``?"""
        if type(func) is not cst.Attribute:
            return False
        first = dotted(func.value).partition(".")[0]
        return first in self._run.imports and first not in self._run.env

    def _arguments(self, node: cst.Call) -> Data:
        values = [self._run.data(each.value) for each in node.args]
        return union(*values) if values else NOTHING

    def _load(self, node: cst.Call) -> Data:
        self._arguments(node)
        number = self._run.fresh()
        self._run.story.loads[number] = Load(node, number)
        if any(keyword(node, each) is not None for each in ("dtype", "schema", "converters", "schema_overrides")):
            self._run.story.checked.add(number)
        return Data(frozenset({number}), frame=Frame(number))

    def _function(self, node: cst.Call, last: str, name: str) -> Data:
        given = self._arguments(node)
        if last in self._checks or _is_check(last):
            self._run.check(given, last)
        if last in STATISTICS:
            return replace(given, statistic=bool(given.origins))
        if last in _SCALES and self._meant(name).startswith("sklearn."):
            return self.by_hand(node, last, given, "transformer")
        if last in self._validators and len(node.args) > 1:
            self.split(node, (self._run.data(node.args[1].value),))
        if last in _JOINS:
            return given
        if self._meant(name) in _TRAINERS:
            fit = Fit(node, "model", last, given, learner=("native", id(node)))
            self._remember(fit)
            self._model(fit, NOTHING)
            return Data(made=Made("Booster", ("native", id(node)), node))
        if self._is_from_elsewhere(name):
            given = self._elsewhere(node, name, given)
        if last in _TABLES:
            return given
        if last == "load" and self._meant(name).partition(".")[0] in _STORES:
            return Data(frozenset({self._run.fresh()}), made=Made("", id(node)))  # a model, perhaps
        if last[:1].isupper() or last.startswith("make_"):
            answers = given.answers if last in _DATASETS else frozenset()
            made = Made(last, id(node), node, self._selects(node, last))
            return Data(given.origins, given.parts, given.fits, made=made, answers=answers)
        if not given.origins and not given.fits:
            number = self._run.fresh()
            return Data(frozenset({number}), given.parts, frame=Frame(number))
        return given

    def _is_from_elsewhere(self, name: str) -> bool:
        """May it be a function of another file of the project?"""
        return bool(name) and name.partition(".")[0] in self._run.imports

    def _elsewhere(self, node: cst.Call, name: str, given: Data) -> Data:
        """What a function of another file gives: from what it is handed, or something that it has read."""
        number = self._run.fresh()
        self._run.story.imported[number] = node
        self._hand(name, given)
        return replace(given, origins=given.origins | {number})

    def _hand(self, name: str, given: Data) -> None:
        for each in given.origins:
            self._run.story.handed.setdefault(each, {})[self._meant(name)] = None

    def _selects(self, node: cst.Call, name: str) -> bool:
        """May what is made choose columns of a table by itself, or hand the choice to one of its steps?"""
        if name in _SELECTORS:
            rest = keyword(node, "remainder")
            return rest is None or string(rest.value) == "drop"
        steps = [self._run.data(each.value) for each in node.args]
        if name in _PIPELINES:
            return any(map(self._may_select, steps))
        return any(each.made is not None and self._may_select(each) for each in steps)  # a search over a pipeline

    def _may_select(self, step: Data) -> bool:
        """What is not known to take all columns may take some."""
        if step.elements is not None:
            return any(map(self._may_select, step.elements))
        if step.made is None:
            return step.text is None
        known = self._transformers | self._encoders | self._samplers | self._estimators
        return step.made.selects or step.made.name not in known

    def _method(self, node: cst.Call, method: str) -> Data:
        assert type(node.func) is cst.Attribute
        owner = self._run.data(node.func.value)
        if method in _FITS and node.args:
            return self._fit(node, method, owner)
        if method == "transform" and node.args:
            return self._transform(node, owner)
        given = self._arguments(node)
        piped = dotted(node.args[0].value) if method == "pipe" and node.args else ""
        if method in self._checks or _is_check(method) or _is_check(piped):
            self._run.check(union(owner, given), method)
        if method in STATISTICS and owner.origins:
            whole = not any(last_name(each) in _WINDOWS for each in _chain(node.func.value))
            return Data(owner.origins, owner.parts, owner.fits, statistic=whole)
        if method == "fillna" and node.args:
            return self._filled(node, owner, self._run.data(node.args[0].value))
        if method in _APPLIES and node.args:
            function = self._run.function(dotted(node.args[0].value))
            applied = self._run.inline(function, node, owner) if function is not None else None
            if function is None and self._is_from_elsewhere(dotted(node.args[0].value)):
                self._hand(dotted(node.args[0].value), owner)
            if applied is not None:
                return union(applied, owner)
        if method == "split" and owner.made is not None and owner.made.name in _SPLITTERS and node.args:
            self.split(node, (self._run.data(node.args[0].value),))
        if method in _ASKS:
            self._asked(owner, node)
            return self._answer(node, method, owner, given)
        if method == "pop" and node.args:
            taken = replace(owner.plain(), column=self._column(owner, node))
            self._run.drop(node.func.value, self._run.texts(node.args[0].value))
            return taken
        if method == "drop" and _is_true(keyword(node, "inplace")):
            frame = self._run.keeps_columns(owner, method, node)
            self._run.drop(node.func.value, frame.dropped if frame is not None else frozenset())
            return NOTHING
        if owner.made_by_call and not owner.origins:
            return Data(given.origins, given.parts, given.fits, made=owner.made)  # a builder
        return replace(union(owner, given), frame=self._run.keeps_columns(owner, method, node))

    def _column(self, owner: Data, node: cst.Call) -> tuple[int, str] | None:
        text = self._run.data(node.args[0].value).text
        return (owner.frame.number, text) if owner.frame is not None and text is not None else None

    # fits --------------------------------------------------------------------------------------

    def _kind(self, owner: Data, receiver: cst.CSTNode, method: str) -> tuple[str, str]:
        """What is fitted: its kind, and its name."""
        name = owner.made.name if owner.made is not None else ""
        if name in self._encoders:
            return "encoder", name
        if name in self._samplers or method in {"fit_resample", "fit_sample"}:
            return "sampler", name or last_name(receiver)
        if name in self._transformers:
            return "transformer", name
        if name:
            if method != "fit_transform":
                return "model", name
            return ("transformer" if name in {"Pipeline", "make_pipeline"} else "unknown"), name
        called = last_name(receiver)
        tokens = tokenise(called)
        if set(tokens) & {"label", "encoder", "enc", "le", "ohe", "lb", "tokenizer", "binarizer", "dv"}:
            return "encoder", called
        if tokens and tokens[-1] in self._names and method != "train":
            return "transformer", called
        return ("unknown" if method in _GIVES_DATA else "model"), called

    def _fit(self, node: cst.Call, method: str, owner: Data) -> Data:
        assert type(node.func) is cst.Attribute
        placed = [each.value for each in node.args if each.keyword is None and not each.star]
        first, second = keyword(node, "X") or keyword(node, "x"), keyword(node, "y")
        data = self._run.data(first.value if first is not None else placed[0] if placed else None)
        target = self._run.data(second.value if second is not None else placed[1] if len(placed) > 1 else None)
        kind, name = self._kind(owner, node.func.value, method)
        watched = [keyword(node, each) for each in _WATCHED]
        seen = union(NOTHING, *(self._run.data(each.value) for each in watched if each is not None))
        key = owner.made.key if owner.made is not None else ("name", dotted(node.func.value))
        fit = Fit(node, kind, name, data, target, seen, key)
        number = self._remember(fit)
        if kind == "model":
            self._model(fit, owner)
        else:
            self._learnt(fit)
        if method not in _GIVES_DATA:
            return replace(owner, made=owner.made)
        given = Data(data.origins, data.parts, data.fits | {number}, answers=data.answers)
        if method != "fit_transform":
            labels = Data(target.origins | data.origins, target.parts, target.fits | {number})
            return replace(union(given, labels), elements=(given, labels))
        return given

    def _filled(self, node: cst.Call, owner: Data, given: Data) -> Data:
        """Holes are filled: with what is learnt from the same rows, or with something that is known."""
        if not given.statistic:
            return replace(union(owner, given), frame=owner.frame)
        learnt = replace(owner, parts=given.parts)
        filled = replace(self.by_hand(node, "fillna", learnt, "statistic"), parts=owner.parts, frame=owner.frame)
        number = max(filled.fits)
        if owner.parts and not given.parts and owner.origins & given.origins:
            self._leak(self._run.story.fits[number], "before-split", node)
        if _is_true(keyword(node, "inplace")) and type(node.func) is cst.Attribute:
            held = node.func.value
            self._run.mix(held.value if type(held) is cst.Subscript else held, filled)
        return filled

    def by_hand(self, node: cst.CSTNode, name: str, given: Data, kind: str) -> Data:
        """Data that is filled or scaled by what was learnt from it, without an object that is fitted."""
        fit = Fit(node, kind, name, given, learner=("by hand", id(node)))
        number = self._remember(fit)
        self._learnt(fit)
        return Data(given.origins, given.parts, given.fits | {number})

    def _remember(self, fit: Fit) -> int:
        fits = self._run.story.fits
        fits.append(fit)
        number = len(fits) - 1
        self._fitted.setdefault(fit.learner, []).append(number)
        return number

    def _learnt(self, fit: Fit) -> None:
        """A transformer, encoder or sampler was fitted: on what it may see?"""
        if fit.kind in {"transformer", "sampler"} and {TRAIN, TEST} <= fit.data.parts:
            self._leak(fit, "both-parts", fit.node)
        elif fit.data.parts == {TEST} and (fit.kind != "unknown" or fit.name):
            before = [each for each in self._run.story.fits[:-1] if each.data.parts == {TRAIN}]
            same = [
                each for each in before if each.learner == fit.learner or (fit.kind != "encoder" and _alike(each, fit))
            ]
            if same:
                self._leak(fit, "refitted", same[0].node)

    def _model(self, fit: Fit, owner: Data) -> None:
        self._learns(fit.data, fit.node)
        frame, column = fit.data.frame, fit.target.column
        of_one = frame is not None and column is not None and frame.number == column[0]
        whole = owner.made_by_call and owner.made is not None and not owner.made.selects
        if whole and of_one and frame and column and not {column[1], "*"} & frame.dropped:
            self._leak(fit, "target", fit.node, column[1])
        stops = type(fit.node) is cst.Call and _stops_early(fit.node)
        stops = stops or (owner.made is not None and owner.made.node is not None and _stops_early(owner.made.node))
        if fit.watched.parts == {TEST} and stops:
            self._held_back[id(fit.node)] = Leak(fit, "watched", fit.node)

    def _answer(self, node: cst.Call, method: str, owner: Data, given: Data) -> Data:
        """What a model says of ``given``; a measure of it is no answer."""
        answers = given.answers
        if method not in _MEASURES and owner.made is not None:
            number = self._run.fresh()
            self._run.story.answers[number] = Answer(node, owner.made.key)
            answers |= {number}
        return Data(given.origins, given.parts, answers=answers)

    def _learns(self, given: Data, node: cst.CSTNode) -> None:
        """A model is given the data: training, or an answer."""
        story = self._run.story
        for number in sorted(given.origins & (story.loads.keys() | story.imported.keys())):
            story.learnt.setdefault(number, node)

    def _asked(self, owner: Data, node: cst.Call) -> None:
        """A model answers: if for the test part that it was stopped by, its result is no test."""
        first = node.args[0].value if node.args else None
        if first is not None:
            self._learns(self._run.data(first), node)
        if first is None or not self._held_back or self._run.data(first).parts != {TEST}:
            return
        key = owner.made.key if owner.made is not None else None
        for identity, leak in list(self._held_back.items()):
            if leak.fit.learner == key or key is None:
                self._run.story.leaks.setdefault(identity, leak)
                del self._held_back[identity]

    def _transform(self, node: cst.Call, owner: Data) -> Data:
        given = self._arguments(node)
        key = owner.made.key if owner.made is not None else None
        numbers = self._fitted.get(key, [])[-1:]
        for number in numbers:
            fit = self._run.story.fits[number]
            apart = given.parts and not fit.data.parts and given.origins & fit.data.origins
            if apart and fit.kind == "transformer":
                self._leak(fit, "before-split", node)
        return Data(given.origins, given.parts, given.fits | frozenset(numbers), answers=given.answers)


def _is_spark_read(func: cst.BaseExpression) -> bool:
    """``spark.read.csv``, ``spark.read.format("csv").load``, ``spark.table``."""
    node: cst.CSTNode = func.value if type(func) is cst.Attribute else func
    while isinstance(node, (cst.Call, cst.Attribute)):
        if type(node) is cst.Attribute and node.attr.value == "read":
            return last_name(node.value) in _SESSIONS
        node = node.func if isinstance(node, cst.Call) else node.value
    return last_name(func) == "table" and type(node) is cst.Name and node.value in _SESSIONS


def _chain(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The calls that a method is called on: ``x.rolling(7)`` of ``x.rolling(7).mean()``."""
    while isinstance(node, (cst.Call, cst.Attribute, cst.Subscript)):
        if type(node) is cst.Call:
            yield node.func
        node = node.func if isinstance(node, cst.Call) else node.value


def _alike(one: Fit, other: Fit) -> bool:
    return one.name == other.name and one.kind == other.kind


def _is_check(name: str) -> bool:
    tokens = set(tokenise(name))
    return bool(
        tokens & {"validate", "validation", "check", "assert", "verify", "schema", "expect", "sanity", "ensure"}
    )


def _is_true(argument: cst.Arg | None) -> bool:
    return argument is not None and type(argument.value) is cst.Name and argument.value.value == "True"


def _stops_early(node: cst.Call) -> bool:
    """Is training told to stop, or to keep its best, by what it watches?"""
    for each in descendants(node):
        if type(each) is cst.Arg and each.keyword is not None and each.keyword.value.lower() in _STOPS:
            return True
        if type(each) is cst.Name and each.value.lower().replace("_", "") in {
            "earlystopping",
            "earlystop",
            "modelcheckpoint",
        }:
            return True
    return False
