"""What is known about a value at one place in the program."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.terms import TRUE, Term

if TYPE_CHECKING:
    import libcst as cst

    from mldebt.traits.scopes import ClassBody, Function

MAX_PATH = 8  # steps kept of the way a value took; people read no more
WEAK = 3  # the weight of a name that says little: distance, accuracy, ratio
BY_FLOW = 10  # the weight of what is known by where a value comes from, not by what it is called
MEASURES = frozenset({"metric", "drift", "distance"})  # kinds of scores that are said about a model or about data

Constant: TypeAlias = "str | int | float | bool | None"


class Trait(enum.Enum):
    """What a value can be. The values are stable: facts carry them."""

    SCORE = "score"  # a number a model gives, or one about a model: probability, similarity, metric, drift
    PREDICTION = "prediction"  # what predict returns: labels, classes, estimates
    MODEL = "model"  # a fitted or loaded estimator
    ENVIRONMENT = "environment"  # the name of the deployment environment
    ENVIRONMENT_TEST = "environment-test"  # a boolean that says which environment this is
    VARIABLE = "variable"  # the raw value of an environment variable; detail is its name
    SWITCH = "switch"  # a boolean that debugging or production is switched by; detail is its name
    FLAG = "flag"  # the value of a feature flag; detail is its key
    EXTERNAL = "external"  # given from outside: command line, settings, configuration files
    RANDOM = "random"  # drawn at random
    COUNT = "count"  # a length, a shape, an index, a number of things
    DECISION = "decision"  # a boolean made by comparing a score with a number
    PARTS = "parts"  # a tuple of several things that a model says; known from afar only
    SETTINGS = "settings"  # a settings object; its attributes are external

    __hash__ = object.__hash__  # there is one of each; Enum's own hash is a Python call, made millions of times


class Step(Struct, frozen=True):
    """One stop on the way of a value, with the words said of it."""

    node: cst.CSTNode
    words: str


class Evidence(Struct, frozen=True):
    """Why a value has a trait. ``weight`` is 10 by flow, 6, 4 or 3 by name; ``kind`` refines the trait
    ("probability", "metric", "drift", "distance"); ``detail`` is what it is about; ``when`` is what
    other files must say; ``parameter`` is the position of the argument that gives ``detail``."""

    weight: int
    kind: str = ""
    detail: str = ""
    path: tuple[Step, ...] = ()
    when: Term = TRUE
    parameter: int = -1

    def through(self, node: cst.CSTNode, words: str) -> Evidence:
        """The same evidence, one step further."""
        if len(self.path) >= MAX_PATH or (self.path and self.path[-1].words == words):
            return self
        return Evidence(self.weight, self.kind, self.detail, (*self.path, Step(node, words)), self.when, self.parameter)


# Which of its traits a value hands on to what is made of it: by arithmetic, where it stands for yes or no, as a text.
ARITHMETIC = (Trait.SCORE, Trait.PREDICTION, Trait.RANDOM, Trait.COUNT, Trait.EXTERNAL)
BOOLEAN = (Trait.ENVIRONMENT_TEST, Trait.SWITCH, Trait.FLAG, Trait.DECISION, Trait.VARIABLE, Trait.EXTERNAL)
STRINGLY = (Trait.ENVIRONMENT, Trait.VARIABLE, Trait.FLAG, Trait.EXTERNAL, Trait.SETTINGS)

Traits: TypeAlias = dict[Trait, Evidence]
NO_TRAITS: Traits = {}


class Value(Struct, frozen=True, eq=False):
    """An abstract value.

    ``reference`` is what it is called by the rest of the project, "" when nobody can name it (see
    ``terms.Carries``); ``constant`` is a literal value, valid when ``literal`` is the node it is
    written as; ``named`` is the name the literal was bound to last. ``columns`` are the parts by
    string key of a frame or dict, ``elements`` the parts of a tuple or list, ``item`` what going
    through it gives, where more is known than its traits; ``parameter`` is the position of the
    parameter that this value is, -1 for none.
    """

    reference: str = ""
    traits: Traits = field(default_factory=dict)
    constant: Constant = None
    literal: cst.CSTNode | None = None
    named: str = ""
    columns: dict[str, Value] | None = None
    elements: tuple[Value, ...] | None = None
    function: Function | None = None
    klass: ClassBody | None = None
    instance: ClassBody | None = None
    parameter: int = -1
    text: bool = False  # it is a string, whatever it says
    call: cst.Call | None = None  # the call that made it, where its reference is the result of one
    item: Value | None = None
    given: tuple[Value, ...] = ()  # what the call was given that its reference is the result of
    joined: cst.BinaryOperation | None = None  # the text or path that it is, put together by an operator

    def has(self, trait: Trait) -> bool:
        return trait in self.traits

    def with_traits(self, traits: Traits) -> Value:
        """The same value with these traits in place of its own."""
        return replace(self, traits=traits)

    def named_as(self, name: str) -> Value:
        """The same value, known by ``name`` now."""
        return replace(self, named=name)


MAX_REFERENCE = 400  # characters: a loop over ``q = q.next()`` has no end

UNKNOWN = Value()


def join(left: Value, right: Value) -> Value:
    """What is known when a value is one or the other."""
    if left is right:
        return left
    if left is UNKNOWN and not right.traits and right.literal is None and right.columns is None:
        return UNKNOWN if right.item is None else right
    traits = join_traits(left.traits, right.traits)
    same_literal = left.literal is not None and right.literal is not None and left.constant == right.constant
    columns = left.columns if right.columns is None else right.columns
    if left.columns is not None and right.columns is not None and left.columns is not right.columns:
        columns = {**left.columns, **right.columns}
    return Value(
        reference=left.reference if left.reference == right.reference else "",
        traits=traits,
        constant=left.constant if same_literal else None,
        literal=left.literal if same_literal else None,
        named=left.named if same_literal else "",
        columns=columns,
        elements=_join_elements(left, right),
        item=_join_items(left.item, right.item),
        function=left.function if left.function is right.function else None,
        klass=left.klass if left.klass is right.klass else None,
        instance=left.instance if left.instance is right.instance else None,
        text=left.text and right.text,
        call=left.call if left.call is right.call else None,
        given=left.given if left.given is right.given else (),
        joined=left.joined if left.joined is right.joined else None,
    )


def _join_elements(left: Value, right: Value) -> tuple[Value, ...] | None:
    """Part by part, for two tuples of one length. Their own parts are let go: joins do not nest."""
    if left.elements is None or right.elements is None or len(left.elements) != len(right.elements):
        return None
    return tuple(_join_flat(one, other) for one, other in zip(left.elements, right.elements, strict=True))


def _join_items(left: Value | None, right: Value | None) -> Value | None:
    if left is None or right is None or left is right:
        return left or right
    elements = None
    if left.elements is not None and right.elements is not None and len(left.elements) == len(right.elements):
        elements = tuple(_join_flat(one, other) for one, other in zip(left.elements, right.elements, strict=True))
    columns = {**(left.columns or {}), **(right.columns or {})} or None
    return Value(traits=join_traits(left.traits, right.traits), columns=columns, elements=elements)


def _join_flat(left: Value, right: Value) -> Value:
    if left is right:
        return left
    columns = {**(left.columns or {}), **(right.columns or {})} or None
    return Value(traits=join_traits(left.traits, right.traits), columns=columns)


def join_traits(left: Traits, right: Traits) -> Traits:
    """All traits of both; where both have one, the stronger evidence."""
    if not right or left is right:
        return left
    if not left:
        return right
    traits = dict(left)
    for trait, evidence in right.items():
        known = traits.get(trait)
        if known is None or evidence.weight > known.weight:
            traits[trait] = evidence
    return traits


def only(traits: Traits, *kept: Trait) -> Traits:
    """The traits of ``traits`` that are in ``kept``."""
    return {trait: traits[trait] for trait in kept if trait in traits} if traits else NO_TRAITS


def given_to(value: Value) -> tuple[str, ...]:
    """What the call that made ``value`` was given, as facts record it: ``=text`` for a known text,
    ``#position`` for a parameter of the function it stands in, ``@reference``, "" for anything else."""
    return tuple(_recorded(each) for each in value.given)


def _recorded(value: Value) -> str:
    if isinstance(value.constant, str):
        return f"={value.constant}"
    if value.parameter >= 0:
        return f"#{value.parameter}"
    return f"@{value.reference}" if value.reference else ""


def decided(traits: Traits) -> Traits:
    """The traits of a setting whose text has been read for what it says: it is text no longer."""
    text = traits.get(Trait.VARIABLE)
    if text is None or text.kind != "text":
        return traits
    return {**traits, Trait.VARIABLE: replace(text, kind="")}


def any_of(values: Iterable[Value]) -> Value:
    """What is known when a value is one of several."""
    merged: Value | None = None
    for each in values:
        merged = each if merged is None else join(merged, each)
    return merged or UNKNOWN


def longer(reference: str, part: str) -> str:
    """The reference to a part of what ``reference`` is; "" when nobody can name it any more."""
    return reference + part if reference and len(reference) < MAX_REFERENCE else ""
