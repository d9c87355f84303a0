"""From an expression to a value: what it is, how sure, and by which path.

One method a node type; nothing here looks at statements. What an expression means depends on the
bindings in force, so values are remembered only until the next binding.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable

import libcst as cst
from msgspec.structs import replace

from mldebt.syntax import names as written
from mldebt.traits.calls import Calls
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.scopes import ClassBody, Function, Scope
from mldebt.traits.values import (
    ARITHMETIC,
    BOOLEAN,
    BY_FLOW,
    NO_TRAITS,
    UNKNOWN,
    WEAK,
    Evidence,
    Step,
    Trait,
    Traits,
    Value,
    any_of,
    decided,
    join,
    join_traits,
    longer,
    only,
)

MAX_ELEMENTS = 64  # of a tuple, list or dict that are looked at one by one
MAX_KEY = 60  # characters of a string key that is read as a name
BOTH_SAY = 2  # the weight from which a word names an environment beside a name that does
MAX_NESTING = 200  # of expressions; deeper ones are unknown

_BUILTINS = frozenset(dir(builtins))
KEPT_IN_CONTAINERS = (Trait.SCORE, Trait.PREDICTION, Trait.RANDOM)
_DECIDED = (Trait.ENVIRONMENT_TEST, Trait.SWITCH, Trait.FLAG)
_ELEMENT = (Trait.SCORE, Trait.PREDICTION, Trait.RANDOM, Trait.EXTERNAL, Trait.COUNT, Trait.FLAG)


class Evaluator:
    """Evaluates expressions in ``scope``. ``summarise`` gives what a function of this file returns,
    ``attribute`` what an attribute of an instance of a class of this file is."""

    def __init__(
        self,
        names: Names,
        origins: Origins,
        scope: Scope,
        summarise: Callable[[Function], Value],
        attribute: Callable[[ClassBody, str], Value | None],
        bind: Callable[[str, Value], None],
    ) -> None:
        self.names = names
        self.origins = origins
        self.scope = scope
        self.memo: dict[int, Value] = {}  # by id: the hash of a node is a Python call
        self._summarise = summarise
        self._attribute = attribute
        self._bind = bind
        self._depth = 0
        self._rebound = False  # a walrus has bound a name in the evaluation that goes on
        self._table: dict[type[cst.CSTNode], Callable[..., Value]] = {
            cst.Name: self._name,
            cst.Attribute: self._attribute_of,
            cst.Subscript: self._subscript,
            cst.Call: Calls(self, summarise).value,
            cst.BinaryOperation: self._binary,
            cst.BooleanOperation: self._boolean,
            cst.UnaryOperation: self._unary,
            cst.Comparison: self._comparison,
            cst.IfExp: self._conditional,
            cst.Tuple: self._sequence,
            cst.List: self._sequence,
            cst.Dict: self._dict,
            cst.Integer: self._number,
            cst.Float: self._number,
            cst.SimpleString: self._string,
            cst.ConcatenatedString: self._string,
            cst.FormattedString: lambda node: Value(text=True),
            cst.Await: lambda node: self.value(node.expression),
            cst.NamedExpr: self._walrus,
            cst.ListComp: self._comprehension,
            cst.GeneratorExp: self._comprehension,
            cst.SetComp: self._comprehension,
            cst.DictComp: self._comprehension,
        }

    def value(self, node: cst.CSTNode) -> Value:
        """What ``node`` is, with the bindings in force."""
        known = self.memo.get(id(node))
        if known is not None:
            return known
        method = self._table.get(type(node))
        if method is None or self._depth > MAX_NESTING:
            return UNKNOWN
        self._depth += 1
        try:
            value = method(node)
        finally:
            self._depth -= 1
        self.memo[id(node)] = value
        if self._rebound and not self._depth:
            self._rebound = False
            self.memo.clear()
        return value

    def forget(self) -> None:
        """Let go of everything; nothing can be evaluated any more."""
        self.memo.clear()
        self._table = {}

    def afresh(self, run: Callable[[], None]) -> None:
        """Run, in the middle of an evaluation, what binds names for itself."""
        memo, self.memo = self.memo, {}
        depth, self._depth = self._depth, 0
        try:
            run()
        finally:
            self.memo, self._depth = memo, depth

    # names and parts ---------------------------------------------------------------------------

    def _name(self, node: cst.Name) -> Value:
        name = node.value
        value = self.scope.find(name)
        if value is None:
            if name == "True" or name == "False":
                return Value(constant=name == "True", literal=node)
            if name == "None":
                return Value(literal=node)
            value = Value(reference=name) if name in _BUILTINS else UNKNOWN
        if value.literal is not None:
            return value.named_as(name)
        return self.with_name(value, name, node)

    def with_name(self, value: Value, name: str, node: cst.CSTNode) -> Value:
        """Add what ``name`` says, unless more is known already."""
        if self.names.says_nothing(name):
            return value
        if value.text or value.function is not None or value.klass is not None or Trait.COUNT in value.traits:
            return value
        traits = value.traits
        reading = self.names.read(name)
        known = traits.get(Trait.SCORE) if reading.score else None
        if reading.score and (known is None or known.weight < reading.score) and Trait.RANDOM not in traits:
            evidence = Evidence(reading.score, reading.kind, name, (Step(node, name),))
            traits = {**traits, Trait.SCORE: evidence}
        if reading.count and Trait.SCORE not in traits:
            traits = {**traits, Trait.COUNT: Evidence(4, detail=name)}
        if Trait.ENVIRONMENT not in traits and Trait.COUNT not in traits and self.names.is_environment(name):
            traits = {**traits, Trait.ENVIRONMENT: Evidence(4, detail=name, path=(Step(node, name),))}
        return value if traits is value.traits else value.with_traits(traits)

    def _attribute_of(self, node: cst.Attribute) -> Value:
        name = node.attr.value
        base = self.value(node.value)
        if base.instance is not None:
            found = self._attribute(base.instance, name)
            if found is not None:
                if found.function is not None and found.function.is_property:
                    found = self._summarise(found.function)
                if self.origins.is_settings_class(base.instance):
                    found = found.with_traits(join_traits(self._field(name, node), found.traits))
                return found.named_as(name) if found.literal is not None else self.with_name(found, name, node)
        if base.klass is not None:
            found = base.klass.scope.bindings.get(name)
            if found is not None:
                return found.named_as(name) if found.literal is not None else found
        if self.origins.is_count_attribute(name):
            return Value(traits={Trait.COUNT: Evidence(BY_FLOW, detail=name)})
        reference = longer(base.reference, f".{name}")
        if base.columns is not None and name in base.columns:
            return base.columns[name]
        traits: Traits = NO_TRAITS
        if self.origins.keeps_trait(name):
            traits = only(base.traits, *ARITHMETIC)
        elif Trait.SETTINGS in base.traits or Trait.EXTERNAL in base.traits:
            traits = self._setting(base, name, node)
        traits = join_traits(traits, self.origins.attribute(reference, node))
        if not traits and self.origins.is_settings_object(reference, name):
            traits = {Trait.SETTINGS: Evidence(4, detail=name, path=(Step(node, name),))}
        return self.with_name(Value(reference, traits), name, node)

    def _field(self, name: str, node: cst.CSTNode) -> Traits:
        """What the name of a field of a settings class of this file says of it."""
        step = (Step(node, f"setting {name}"),)
        traits: Traits = {Trait.EXTERNAL: Evidence(BY_FLOW, detail=name)}
        if self.names.is_environment(name):
            traits[Trait.ENVIRONMENT] = Evidence(BY_FLOW, detail=name, path=step)
        elif self.names.is_flag(name):
            traits[Trait.FLAG] = Evidence(BY_FLOW, "settings", name, step)
        elif self.names.is_switch(name):
            traits[Trait.SWITCH] = Evidence(BY_FLOW, "settings", name, step)
        return traits

    def _setting(self, base: Value, name: str, node: cst.CSTNode) -> Traits:
        evidence = base.traits.get(Trait.SETTINGS) or base.traits[Trait.EXTERNAL]
        traits: Traits = {Trait.EXTERNAL: evidence}
        if Trait.SETTINGS in base.traits and self.names.is_flag(name):
            kind = "settings" if self.origins.is_settings_object(base.reference, evidence.detail) else "option"
            traits[Trait.FLAG] = Evidence(BY_FLOW, kind, name, (Step(node, f"setting {name}"),))
        elif Trait.SETTINGS in base.traits and self.names.is_switch(name):
            traits[Trait.SWITCH] = Evidence(BY_FLOW, "settings", name, (Step(node, f"setting {name}"),))
        return traits

    def _subscript(self, node: cst.Subscript) -> Value:
        base = self.value(node.value)
        index = node.slice[0].slice if len(node.slice) == 1 else None
        key = self.value(index.value) if type(index) is cst.Index else UNKNOWN
        if isinstance(key.constant, str):
            return self.part(base, key.constant, node)
        elements, position = base.elements or (), key.constant
        if type(position) is int and -len(elements) <= position < len(elements):
            return elements[position]
        if base.item is not None and type(index) is cst.Index:
            return base.item
        if type(index) is cst.Index and type(index.value) is cst.Comparison:
            return base  # a mask selects rows; the frame stays what it is
        if key.reference and self.origins.is_environment(base.reference):
            return Value(traits=self.origins.named_elsewhere(key, node))
        return Value(
            reference=longer(base.reference, "[]"),
            traits=only(base.traits, *_ELEMENT),
            columns=base.columns,
        )

    def column(self, frame: cst.CSTNode, key: str, node: cst.CSTNode) -> Value:
        """What the column ``key`` of ``frame`` is, named at ``node``."""
        return self.part(self.value(frame), key, node)

    def part(self, base: Value, key: str, node: cst.CSTNode) -> Value:
        """The part of a frame, dict or settings object under a string key."""
        if base.columns is not None and key in base.columns:
            return base.columns[key]
        read = self.origins.item(base.reference, key, node)
        if read:
            return Value(traits=read)
        traits = only(base.traits, Trait.RANDOM)
        forecast = base.traits.get(Trait.PREDICTION)
        if forecast is not None and forecast.weight >= BY_FLOW and self.origins.is_answer_column(key):
            traits = {**traits, Trait.PREDICTION: forecast}  # of a frame that predict gave
        if Trait.SETTINGS in base.traits:
            traits = self._setting(base, key, node)
        return self.with_name(Value(traits=traits), key, node) if len(key) <= MAX_KEY else Value(traits=traits)

    def text_of(self, node: cst.CSTNode) -> str | None:
        """The string that ``node`` is known to be, ``None`` when it is not known."""
        constant = self.value(node).constant
        return constant if isinstance(constant, str) else None

    # operators ---------------------------------------------------------------------------------

    def _binary(self, node: cst.BinaryOperation) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left.constant, str) or left.text or right.text:
            return Value(text=True, joined=node)
        traits = join_traits(only(left.traits, *ARITHMETIC), only(right.traits, *ARITHMETIC))
        if type(node.operator) is cst.Divide:
            traits = {**self.origins.quotient(node, self.value), **traits}  # of two counts, too, it is none
            score = traits.get(Trait.SCORE)
            if score is not None and score.weight <= WEAK and right.literal is None:
                traits = {trait: evidence for trait, evidence in traits.items() if trait is not Trait.SCORE}  # a speed
        weighed = type(node.operator) is cst.Multiply and (_is_fraction(left) or _is_fraction(right))  # 0.2 * hits
        if (
            weighed
            or type(node.operator) is cst.Divide
            or (type(node.operator) is cst.Subtract and Trait.SCORE in traits)
        ):
            traits = {trait: evidence for trait, evidence in traits.items() if trait is not Trait.COUNT}
        return Value(traits=traits, columns=left.columns)

    def _boolean(self, node: cst.BooleanOperation) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        traits = join_traits(left.traits, right.traits)
        if Trait.ENVIRONMENT in left.traits and isinstance(right.constant, str):
            return Value(traits=left.traits)  # os.getenv("ENV") or "dev"
        if right.literal is None:
            # What is on only when something else holds is decided here, not where the result is tested.
            mixed = [each for each in _DECIDED if (each in left.traits) != (each in right.traits)]
            traits = {trait: evidence for trait, evidence in traits.items() if trait not in mixed} if mixed else traits
        reference = left.reference or right.reference if type(node.operator) is cst.Or else ""
        return Value(reference, traits, text=left.text and right.text)

    def _unary(self, node: cst.UnaryOperation) -> Value:
        value = self.value(node.expression)
        if type(node.operator) is cst.Not:
            return Value(traits=only(value.traits, *BOOLEAN))
        if type(node.operator) is cst.Minus and isinstance(value.constant, (int, float)):
            return Value(constant=-value.constant, literal=node, named=value.named)
        return Value(traits=only(value.traits, *ARITHMETIC, *BOOLEAN), columns=value.columns)

    def _comparison(self, node: cst.Comparison) -> Value:
        left = self.value(node.left)
        traits: Traits = {}
        for target in node.comparisons:
            right = self.value(target.comparator)
            if isinstance(target.operator, (cst.In, cst.NotIn)) and isinstance(left.constant, str):
                traits.update(self.origins.presence(right.reference, left.constant, node))
            for one, other in ((left, right), (right, left)):
                environment = one.traits.get(Trait.ENVIRONMENT)
                if environment is not None and self.origins.is_environment_name(other):
                    both = self.origins.is_environment_name(other, BOTH_SAY)  # then the name is more than a word
                    traits[Trait.ENVIRONMENT_TEST] = replace(environment, weight=BY_FLOW) if both else environment
                if other.literal is not None or other.elements is not None:
                    known = self.origins.as_boolean(one.traits) if self.origins.is_truth(other) else one.traits
                    traits.update(decided(only(known, Trait.FLAG, Trait.SWITCH, Trait.VARIABLE, Trait.EXTERNAL)))
                    score = one.traits.get(Trait.SCORE)
                    if score is not None and isinstance(other.constant, (int, float)):
                        traits[Trait.DECISION] = score
        return Value(traits=traits)

    def _conditional(self, node: cst.IfExp) -> Value:
        return join(self.value(node.body), self.value(node.orelse))

    # displays ----------------------------------------------------------------------------------

    def _sequence(self, node: cst.Tuple | cst.List) -> Value:
        elements = tuple(self.value(each.value) for each in node.elements[:MAX_ELEMENTS])
        traits: Traits = NO_TRAITS
        for element in elements:
            traits = join_traits(traits, only(element.traits, Trait.SCORE, Trait.PREDICTION))
        return Value(traits=traits, elements=elements)

    def _dict(self, node: cst.Dict) -> Value:
        columns: dict[str, Value] = {}
        for element in node.elements[:MAX_ELEMENTS]:
            if type(element) is cst.DictElement:
                key = written.string(element.key)
                if key is not None:
                    columns[key] = self.value(element.value)
        return Value(columns=columns)

    def _number(self, node: cst.Integer | cst.Float) -> Value:
        return Value(constant=written.number(node), literal=node)

    def _string(self, node: cst.BaseString) -> Value:
        return Value(constant=written.string(node), literal=node, text=True)

    def _walrus(self, node: cst.NamedExpr) -> Value:
        value = self.value(node.value)
        if type(node.target) is cst.Name:
            self._bind(node.target.value, value)
            self._rebound = True
        return value

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp) -> Value:
        """What one element is; of a dictionary, what one of its values is."""
        outer = self.scope
        memo, self.memo = self.memo, {}
        try:
            inner: cst.CompFor | None = node.for_in
            while inner is not None:
                self.scope = self.comprehended(inner)
                self.memo = {}
                inner = inner.inner_for_in
            if isinstance(node, cst.DictComp):
                return Value(traits=only(self.value(node.value).traits, *ARITHMETIC))
            element = self.value(node.elt)
            return Value(traits=only(element.traits, *ARITHMETIC, *BOOLEAN), columns=element.columns, item=element)
        finally:
            self.scope = outer
            self.memo = memo

    def comprehended(self, clause: cst.CompFor) -> Scope:
        """The scope inside one ``for`` of a comprehension, its targets bound to what is iterated."""
        scope = self.scope
        element = self.iterated(clause.iter)
        inside = Scope("comprehension", scope.name, scope, function=scope.function, klass=scope.klass)
        bind_names(inside, clause.target, element)
        return inside

    def iterated(self, node: cst.CSTNode) -> Value:
        """What an element of ``node`` is; ``zip`` and ``enumerate`` give tuples of elements."""
        value = self.value(node)
        if value.item is not None:
            return value.item
        if value.elements:
            return any_of(value.elements)
        if value.traits or value.columns:
            return Value(traits=value.traits, columns=value.columns)
        return Value(longer(value.reference, "[]")) if value.reference.endswith(("()", "]")) else UNKNOWN


def _is_fraction(value: Value) -> bool:
    return isinstance(value.constant, float) and 0 < abs(value.constant) < 1


def bind_names(scope: Scope, target: cst.CSTNode, value: Value) -> None:
    """Bind the plain names of an assignment target in ``scope``."""
    if type(target) is cst.Name:
        scope.bindings[target.value] = value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for position, element in enumerate(target.elements):
            bind_names(scope, element.value, element_of(value, position, len(target.elements)))


def element_of(value: Value, position: int, count: int) -> Value:
    """The part of ``value`` that one of ``count`` targets gets when it is unpacked."""
    if value.elements is not None and len(value.elements) == count:
        return value.elements[position]
    if value.item is not None:
        return value.item
    if value.traits:
        return Value(traits=value.traits, columns=value.columns)
    return Value(longer(value.reference, f"[{position}]")) if value.reference.endswith("()") else UNKNOWN
