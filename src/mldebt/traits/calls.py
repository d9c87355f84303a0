"""What a call gives: by the function that runs, by its name, by what it is made on and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from mldebt.syntax import names as written
from mldebt.traits.extremes import EXTREMES, values_and_places
from mldebt.traits.scopes import Function
from mldebt.traits.values import (
    ARITHMETIC,
    BOOLEAN,
    BY_FLOW,
    MEASURES,
    NO_TRAITS,
    STRINGLY,
    UNKNOWN,
    Evidence,
    Step,
    Trait,
    Traits,
    Value,
    any_of,
    decided,
    join_traits,
    longer,
    only,
)

if TYPE_CHECKING:
    from mldebt.traits.evaluate import Evaluator

_CALLED = ("__call__", "forward", "call")  # what calling an instance runs
_CONTAINER_BUILTINS = frozenset({"list", "tuple", "sorted", "reversed", "set", "dict", "next", "max", "min", "iter"})
_COLUMN_NAMERS = frozenset({"col", "column"})
_COLUMN_GIVERS = frozenset({"assign", "withColumn"})
_LOOKUPS = frozenset({"get", "pop", "setdefault"})
_VIEWS = frozenset({"items", "values"})
_ZIPPING = frozenset({"zip", "enumerate"})
_HANDING = _CONTAINER_BUILTINS | _COLUMN_NAMERS | _COLUMN_GIVERS | _LOOKUPS | _VIEWS | _ZIPPING | EXTREMES | {"where"}
_KEEP_TEXT = frozenset({"str", "max", "min", "sorted", "list", "tuple", "next", "reversed"})
_PREDICATES = ("is_", "has_", "not_")
MAX_ARGUMENTS = 8  # of a call that are kept


class Calls:
    """Evaluates calls for an evaluator. ``summarise`` gives what a function of this file returns."""

    def __init__(self, evaluator: Evaluator, summarise: Callable[[Function], Value]) -> None:
        self._evaluator = evaluator
        self._summarise = summarise
        self._value = evaluator.value
        self._names = evaluator.names
        self._origins = evaluator.origins
        self._handing = _HANDING | evaluator.origins.handing

    def value(self, node: cst.Call) -> Value:
        """What a call gives."""
        func = node.func
        callee = self._value(func)
        reference = callee.reference
        last = reference.rpartition(".")[2]
        method, receiver = "", UNKNOWN
        if type(func) is cst.Attribute:
            method, receiver = func.attr.value, self._value(func.value)
        if self._origins.is_flag_reader(method or last) and node.args:
            read = self._value(node.args[0].value)
            if Trait.VARIABLE in read.traits:
                return Value(traits=decided(self._origins.as_boolean(read.traits)))
        if callee.function is not None:
            return self._returned(callee.function, node)
        if callee.klass is not None:
            if callee.klass.is_enumeration and len(node.args) == 1:  # a member, by the value that is given
                return Value(traits=only(self._value(node.args[0].value).traits, *STRINGLY))
            return Value(reference=f"@.{callee.klass.name}()", instance=callee.klass)
        if callee.instance is not None:
            for name in _CALLED:
                called_method = callee.instance.methods.get(name)
                if called_method is not None:
                    returned = self._returned(called_method, node)
                    answered = NO_TRAITS if returned.traits else self._answered(func, callee, node)
                    return returned.with_traits(answered) if answered else returned
        if reference == "typing.cast" and len(node.args) == 2:
            return self._value(node.args[1].value)
        traits = self._origins.call(reference, method, receiver, node, self._value)
        if traits is not None:
            return Value(reference=longer(reference, "()"), traits=traits)
        if method in self._handing or last in self._handing:
            handed = self._handed(reference, method, receiver, node)
            if handed is not None:
                return handed
        answered = self._answered(func, callee, node)
        if answered:
            return Value(traits=answered)
        given = self._given(node) if self._origins.may_be_own(reference) else ()
        if reference.endswith("()") and not method:  # an instance of a class of another file is called
            reference = longer(reference, ".__call__")
        called = Value(reference=longer(reference, "()"), call=node, given=given)
        name = method or (func.value if type(func) is cst.Name else "")
        if name[:1].isupper() and len(given) == 1 and Trait.ENVIRONMENT in given[0].traits:
            return called.with_traits(only(given[0].traits, Trait.ENVIRONMENT))  # a member of another file's Stage
        if name.startswith(_PREDICATES):
            called = called.with_traits(self._asked_about(argument.value for argument in node.args))
        if not name or name[0].isupper():
            return called
        return self._evaluator.with_name(called, name, node)

    def _handed(self, reference: str, method: str, receiver: Value, node: cst.Call) -> Value | None:
        """What is known of a call's result by what the call is given, or made on, ``None`` for nothing: of
        builtins, and of methods that hand on what they have. Their names are ``_handing``."""
        arguments = [argument.value for argument in node.args]
        if method == "where" and len(arguments) == 3 and self._origins.is_module(receiver.reference):
            return self._passed([self._value(each) for each in arguments[1:]])
        contained = self._contained(reference, method, receiver, arguments)
        if contained is None:
            contained = self._column(method or reference.rpartition(".")[2], receiver, node)
        if contained is not None:
            return contained
        if method in _LOOKUPS and arguments:
            key = self._evaluator.text_of(arguments[0])
            if key is not None:
                part = self._evaluator.part(receiver, key, node)
                if part.traits or part.literal is not None:
                    return part if part.literal is None else UNKNOWN
        if method in EXTREMES and arguments:
            of_torch = receiver.reference == "torch"
            measured = self._value(arguments[0]) if of_torch else receiver
            extremes = values_and_places(measured, method, node, of_torch)
            if extremes is not None:
                return extremes
        if self._origins.passes_through(reference, method):
            sources = [receiver] if method and not self._origins.is_module(receiver.reference) else []
            passed = self._passed(sources or [self._value(each) for each in arguments])
            if passed.traits or not self._origins.may_be_own(reference):  # else it may read a variable itself
                return passed if reference in _KEEP_TEXT else passed.with_traits(decided(passed.traits))
        if method and self._origins.is_string_method(method):
            return Value(receiver.reference, only(receiver.traits, *STRINGLY), text=True)
        if method and self._origins.keeps_trait(method):
            return Value(
                _of_afar(receiver),
                traits=only(receiver.traits, *ARITHMETIC, Trait.MODEL, Trait.SETTINGS, Trait.EXTERNAL),
                columns=receiver.columns,
                instance=receiver.instance,
            )
        if method in self._origins.learners.keeping and Trait.MODEL in receiver.traits:
            return Value(_of_afar(receiver), only(receiver.traits, Trait.MODEL), instance=receiver.instance)
        if self._origins.is_count(reference, method):
            return self._counted(reference, method, receiver, arguments)
        return None

    def _answered(self, func: cst.BaseExpression, callee: Value, node: cst.Call) -> Traits:
        """The prediction that calling a model itself gives, ``self.net(x)``, in a function that answers by its name:
        elsewhere a network hands on numbers of its own."""
        function = self._evaluator.scope.function
        if function is None or not self._origins.is_answering(function.simple_name):
            return NO_TRAITS
        if not self._origins.is_asked_model(func, callee, function):
            return NO_TRAITS
        name = written.last_name(func)
        return {Trait.PREDICTION: Evidence(BY_FLOW, detail=name, path=(Step(node, f"{name}()"),))}

    def _counted(self, reference: str, method: str, receiver: Value, arguments: Sequence[cst.BaseExpression]) -> Value:
        """A count; the place of a model's largest number is its answer, too."""
        traits: Traits = {Trait.COUNT: Evidence(BY_FLOW, detail=method or reference)}
        if (method or reference.rpartition(".")[2]) == "argmax":
            of = self._value(arguments[0]) if arguments and self._origins.is_module(receiver.reference) else receiver
            answer = of.traits.get(Trait.PREDICTION) or of.traits.get(Trait.SCORE)
            if answer is not None and answer.weight >= BY_FLOW and answer.kind not in MEASURES:
                traits[Trait.PREDICTION] = answer
        return Value(traits=traits)

    def _contained(
        self, reference: str, method: str, receiver: Value, arguments: list[cst.BaseExpression]
    ) -> Value | None:
        """What is known of the items of containers that builtins and the methods of dictionaries give."""
        if method in _VIEWS and not arguments:
            part = Value(traits=only(receiver.traits, *ARITHMETIC)) if receiver.traits else UNKNOWN
            if receiver.columns and not receiver.traits:
                part = any_of(receiver.columns.values())
            return Value(item=Value(elements=(UNKNOWN, part))) if method == "items" else Value(item=part)
        if reference in _ZIPPING:
            return Value(item=_zipped(reference, [self._evaluator.iterated(each) for each in arguments]))
        if not arguments or reference not in _CONTAINER_BUILTINS:
            return None
        given = self._value(arguments[0])
        if given.item is None:
            return None
        if reference == "dict":
            pair = given.item.elements
            return Value(traits=only(pair[1].traits, *ARITHMETIC)) if pair and len(pair) == 2 else None
        return given if reference in {"list", "tuple", "sorted", "reversed", "set"} else given.item

    def _column(self, name: str, receiver: Value, node: cst.Call) -> Value | None:
        """The column that ``F.col("p")`` or ``pl.col("p")`` names; the frame with the columns that it is given."""
        if name in _COLUMN_NAMERS:
            key = self._evaluator.text_of(node.args[0].value) if len(node.args) == 1 else None
            return None if key is None else self._evaluator.part(UNKNOWN, key, node)
        given: dict[str, cst.BaseExpression] = {}
        if name == "assign":
            given = {each.keyword.value: each.value for each in node.args if each.keyword is not None}
        elif name == "withColumn" and len(node.args) == 2:
            key = self._evaluator.text_of(node.args[0].value)
            given = {key: node.args[1].value} if key is not None else {}
        if not given or type(node.func) is not cst.Attribute:
            return None
        columns = {key: self._value(each) for key, each in given.items()}
        return Value(columns={**(receiver.columns or {}), **columns})

    def _given(self, node: cst.Call) -> tuple[Value, ...]:
        """What a call is given by position, or all that it is given when nothing is."""
        arguments = [each for each in node.args[:MAX_ARGUMENTS] if not each.star]
        placed = [each for each in arguments if each.keyword is None]
        return tuple(self._value(each.value) for each in placed or arguments)

    def _handed_on(self, function: Function, node: cst.Call) -> tuple[Value, ...]:
        """What the call that ``function`` returns was given, its parameters replaced by what ``node`` gives."""
        given = []
        for value in function.returned.given:
            if value.parameter >= 0:
                found = written.argument(node, _position(function, value.parameter))
                value = self._value(found) if found is not None else UNKNOWN
            given.append(value)
        return tuple(given)

    def _asked_about(self, arguments: Iterable[cst.BaseExpression]) -> Traits:
        """What a question (``is_empty(x)``) still says of the setting that it is asked about."""
        traits: Traits = NO_TRAITS
        for argument in arguments:
            traits = join_traits(traits, decided(only(self._value(argument).traits, Trait.VARIABLE)))
        return traits

    def _passed(self, sources: Sequence[Value]) -> Value:
        traits: Traits = NO_TRAITS
        for source in sources:
            traits = join_traits(traits, only(source.traits, *ARITHMETIC, *STRINGLY, *BOOLEAN))
        if Trait.SCORE in traits and Trait.COUNT in traits and traits[Trait.COUNT].weight < BY_FLOW:
            traits = {trait: evidence for trait, evidence in traits.items() if trait is not Trait.COUNT}
        return Value(_of_afar(sources[0]) if len(sources) == 1 else "", traits)

    def _returned(self, function: Function, node: cst.Call) -> Value:
        returned = self._summarise(function)
        name = function.simple_name
        traits: Traits = {}
        for trait, evidence in returned.traits.items():
            if evidence.parameter >= 0:
                traits = {**traits, **self._about(function, trait, evidence, node)}
            else:
                traits = {**traits, trait: evidence.through(node, f"{name}()")}
        if name.startswith(_PREDICATES):
            traits = join_traits(traits, self._asked_about(argument.value for argument in node.args))
        if Trait.VARIABLE in traits and Trait.FLAG not in traits and self._names.is_flag(name):
            traits = {**traits, Trait.FLAG: Evidence(BY_FLOW, "environment", name, (Step(node, f"{name}()"),))}
        value = returned.with_traits(traits) if returned.traits or traits else returned
        if not value.traits and value.literal is None and value.instance is None:
            value = Value(
                value.reference or f"@.{function.name}()",
                columns=value.columns,
                elements=value.elements,
                item=value.item,
                given=self._handed_on(function, node),
            )
        return self._evaluator.with_name(value, name, node)

    def _about(self, function: Function, trait: Trait, evidence: Evidence, node: cst.Call) -> Traits:
        """What a call returns whose argument names what it is about: the variable that is read, the flag's key."""
        given = written.argument(node, _position(function, evidence.parameter))
        key = self._evaluator.text_of(given) if given is not None else None
        if key is None:
            return NO_TRAITS
        bound = Evidence(evidence.weight, evidence.kind, key, evidence.path, evidence.when)
        bound = bound.through(node, f"{function.simple_name}()")
        if trait is Trait.FLAG and evidence.kind == "environment":
            return self._origins.boolean(bound)
        if trait is Trait.VARIABLE and evidence.kind == "text":
            return self._origins.variable(key, node, function.simple_name)
        return {trait: bound}


def _zipped(reference: str, items: list[Value]) -> Value:
    return Value(elements=(UNKNOWN, *items[:1]) if reference == "enumerate" else tuple(items))


def _of_afar(value: Value) -> str:
    """How the result of another file's function is still called when ``float(...)`` or ``.max()`` has passed it on."""
    return value.reference if not value.traits and value.reference.endswith(("()", "]")) else ""


def _position(function: Function, parameter: int) -> int:
    """Where a call gives the parameter at that position of the definition: ``self`` is not written."""
    return parameter - (1 if function.klass is not None and not function.is_static else 0)
