"""What a module gives to those that import it, read off a finished walk."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from msgspec.structs import replace

from mldebt.engine import At, Seen, Where, spelled
from mldebt.facts import Fact
from mldebt.facts.exports import Carried, Export
from mldebt.terms import Carries
from mldebt.traits.scopes import ClassBody, Function
from mldebt.traits.values import BY_FLOW, Evidence, Step, Trait, Value, given_to, only
from mldebt.vocabulary import tokenise

# What is worth knowing in another file. A count or a random number is not asked about from afar.
_EXPORTED = (
    Trait.FLAG, Trait.ENVIRONMENT, Trait.ENVIRONMENT_TEST, Trait.SWITCH, Trait.VARIABLE, Trait.SCORE, Trait.PREDICTION,
    Trait.MODEL, Trait.SETTINGS, Trait.EXTERNAL,
)  # fmt: skip
SEVERAL = 3  # parts of a tuple whose places nobody remembers
# What may be handed on from a module that this one imports: the wrapper of a wrapper.
_HANDED_ON = (Trait.FLAG, Trait.SWITCH, Trait.ENVIRONMENT_TEST, Trait.ENVIRONMENT)


def exports(at: At, settings_module: bool) -> Iterator[Seen]:
    """The exports of the module that ``at`` has walked to its end. ``settings_module``: the file is
    named as one, so that its capitals are settings."""
    walked = at.interpreter
    for name, value in walked.module_scope.bindings.items():
        node = value.literal if value.literal is not None else None
        if value.function is not None or value.klass is not None or walked.imports.get(name) == value.reference != "":
            continue  # functions and classes come below; imports are the index's business
        named = _by_name(at, name, settings_module, value) or _global(at, name, value)
        yield from _export(at, name, value, node, named)
    for function in walked.functions:
        if function.scope is walked.module_scope or function.klass is not None:
            called = function.name if function.is_property else f"{function.name}()"
            yield from _export(at, called, _bound(function), function.node.name, _by_function(at, function))
            yield from _parts(at, called, function)
    for klass in walked.classes:
        settings = settings_module or _is_settings(at, klass)
        fields = _fields(klass) if settings else {}
        for name, value in {**klass.scope.bindings, **klass.attributes}.items():
            if value.function is None:
                yield from _export(
                    at, f"{klass.name}.{name}", value, fields.get(name), _by_name(at, name, settings, value)
                )


def _parts(at: At, called: str, function: Function) -> Iterator[Seen]:
    """What the function gives at each place of a tuple: ``boxes, scores = detect(image)``."""
    for place, part in enumerate(function.returned.elements or ()):
        known = only(part.traits, Trait.SCORE, Trait.PREDICTION)
        if known:
            yield from _export(at, f"{called}[{place}]", Value(traits=known), function.node.name, ())


def _fields(klass: ClassBody) -> dict[str, cst.CSTNode]:
    """Name -> where the body of the class binds it."""
    found: dict[str, cst.CSTNode] = {}
    for statement in klass.node.body.body:
        for small in statement.body if type(statement) is cst.SimpleStatementLine else ():
            target = small.targets[0].target if type(small) is cst.Assign else getattr(small, "target", None)
            if type(target) is cst.Name:
                found.setdefault(target.value, target)
    return found


def _export(at: At, name: str, value: Value, node: cst.CSTNode | None, named: tuple[Carried, ...]) -> Iterator[Seen]:
    carried = [_carried(trait, value.traits[trait]) for trait in _EXPORTED if trait in value.traits]
    carried = [each for each in carried if each.weight >= BY_FLOW]
    known = {each.trait for each in carried}
    if Trait.ENVIRONMENT_TEST.value in known:
        known.add(Trait.SWITCH.value)  # what it asks is known: its name says no more
    carried += [each for each in named if each.trait not in known]
    refers = value.reference
    if refers and at.origins.may_be_own(refers) and "(" in refers:
        # A wrapper: what the wrapped call carries, this carries too.
        carried += [
            Carried(trait.value, BY_FLOW, when=Carries(at.path, refers, trait.value))
            for trait in _HANDED_ON
            if trait.value not in known
        ]
    literal = spelled(value.literal) if value.literal is not None else ""
    if not carried and not refers and not literal:
        return
    # Places cost a pass over the file: only what carries something is ever pointed at.
    anchor = (node or _anchor(value) if carried else None) or at.interpreter.module_node
    assert anchor is not None  # run() has set it before anything is exported
    facts = tuple(carried)
    arguments = given_to(value)

    def make(where: Where) -> Fact:
        return Export(name, where.place, refers, literal[:80], facts, arguments)

    yield Seen(anchor, make)


def _carried(trait: Trait, evidence: Evidence) -> Carried:
    return Carried(trait.value, evidence.weight, evidence.detail, evidence.when, evidence.parameter)


def _anchor(value: Value) -> cst.CSTNode | None:
    for evidence in value.traits.values():
        if evidence.path:
            step: Step = evidence.path[-1]
            return step.node
    return None


def _by_name(at: At, name: str, settings: bool, value: Value) -> tuple[Carried, ...]:
    """What the name of a setting says of it. Names outside settings say nothing from afar."""
    if not settings:
        return ()
    carried = [Carried(Trait.EXTERNAL.value, BY_FLOW, name)]
    if at.names.is_flag(name) and _may_switch(value):
        carried.append(Carried(Trait.FLAG.value, BY_FLOW, name))
    elif at.names.is_environment(name):
        carried.append(Carried(Trait.ENVIRONMENT.value, BY_FLOW, name))
    elif at.names.is_switch(name):
        carried.append(Carried(Trait.SWITCH.value, BY_FLOW, name))
    return tuple(carried)


def _global(at: At, name: str, value: Value) -> tuple[Carried, ...]:
    """What the name of a boolean of the module says of it, in a module that is not called settings."""
    if not isinstance(value.constant, bool) and Trait.VARIABLE not in value.traits and not value.given:
        return ()
    if at.names.is_flag(name):
        return (Carried(Trait.FLAG.value, BY_FLOW, name),)
    if at.names.is_switch(name):
        return (Carried(Trait.SWITCH.value, BY_FLOW, name),)
    return ()


def _by_function(at: At, function: Function) -> tuple[Carried, ...]:
    """What the name of a function says of the boolean that it makes of a setting, ``is_search_enabled``, or of the
    tuple that it answers with, ``predict``."""
    name = function.simple_name
    if function.klass is None and at.names.is_switch(name):
        return (Carried(Trait.SWITCH.value, BY_FLOW, name),)
    if Trait.VARIABLE in function.returned.traits and at.names.is_flag(name):
        return (Carried(Trait.FLAG.value, BY_FLOW, name),)
    parts = function.returned.elements or ()
    if len(parts) >= SEVERAL and at.origins.is_answering(name):
        return (Carried(Trait.PARTS.value, BY_FLOW, name),)
    return ()


def _bound(function: Function) -> Value:
    """What a call of the function returns. Positions of parameters are those of what is written at
    the call, where ``self`` is not."""
    returned = function.returned
    if function.klass is None or function.is_static:
        return returned
    given = tuple(Value(parameter=each.parameter - 1) if each.parameter >= 0 else each for each in returned.given)
    moved = {
        trait: replace(evidence, parameter=evidence.parameter - 1) if evidence.parameter >= 0 else evidence
        for trait, evidence in returned.traits.items()
    }
    return replace(returned.with_traits(moved), given=given)


def _may_switch(value: Value) -> bool:
    """Can it be a boolean? What is known to be another literal, a list or a table is no flag."""
    if value.literal is not None:
        return isinstance(value.constant, bool)
    return value.elements is None and value.columns is None


def _is_settings(at: At, klass: ClassBody) -> bool:
    bases = at.vocabulary.words("settings-bases")
    if any(base in bases or base.rpartition(".")[2] in bases for base in klass.bases):
        return True
    tokens = tokenise(klass.name.rpartition(".")[2])
    return bool(tokens) and tokens[-1] in {"settings", "config", "configuration"}
