"""A question about where the program runs: the environment's name compared, or a switch tested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, string
from mldebt.terms import FALSE, TRUE, Carries, Term
from mldebt.traits.values import BY_FLOW, Evidence, Trait, Value
from mldebt.vocabulary import tokenise

if TYPE_CHECKING:
    from mldebt.engine import At

MAX_DOTS = 2  # of a switch: self.config.debug; what is deeper belongs to some object
MAX_STEPS = 100  # of one chain that are looked at
LEAST_NAMED = 2  # environments that a chain must go through by name
STRONG = 2  # the weight of a word that names an environment whatever is compared with it

_STAGES = frozenset({"archived", "none", "champion", "challenger", "candidate"})  # of models in a registry
_EQUAL = frozenset({cst.Equal, cst.NotEqual, cst.In, cst.NotIn, cst.Is, cst.IsNot})
_NAMED = frozenset({cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.Await})
_PREFIXES = frozenset({"startswith", "endswith"})


class Asked(Struct, frozen=True):
    """``name`` is what is asked, as written, ``value`` the environment it is compared with ("" for a
    boolean). ``certain`` is what other files must say for it to be about the environment; ``likely``
    says that the words alone make it so."""

    name: str
    value: str
    certain: Term
    likely: bool = False
    evidence: Evidence | None = None


class Switched(Struct, frozen=True):
    """A boolean between debugging and production is tested. ``when`` is what other files must say,
    ``unless`` what makes it a question about the environment's name after all."""

    name: str
    reference: str
    when: Term
    unless: Term


def read_environment(at: At, question: cst.BaseExpression) -> Asked | None:
    """The question about the environment's name that ``question`` is, ``None`` when it is none."""
    return at.shared("environment", question, lambda: _read_environment(at, question))


def _read_environment(at: At, question: cst.BaseExpression) -> Asked | None:
    if type(question) is cst.Comparison:
        if len(question.comparisons) != 1 or type(question.comparisons[0].operator) not in _EQUAL:
            return None
        left, right = question.left, question.comparisons[0].comparator
        return _compared(at, left, right) or _compared(at, right, left)
    if type(question) is not cst.Call or type(question.func) is not cst.Attribute or not question.args:
        return _alias(at, question)
    if question.func.attr.value in _PREFIXES:
        return _compared(at, question.func.value, question.args[0].value)
    return _alias(at, question)


def read_chain(at: At, node: cst.If) -> Asked | None:
    """One step of an ``if`` with ``elif`` that goes through environments by name, ``release == "staging"`` and then
    ``"production"``: whatever the name is called, each environment has a branch of its own."""
    head: cst.If = node
    for parent in reversed(at.parents):
        if type(parent) is not cst.If or parent.orelse is not head:
            break
        head = parent
    subject = _step(node)
    if subject is None or type(subject[0]) is not cst.Name or not _may_name_environment(at, subject[0].value):
        return None
    found: list[str] = []
    current: cst.If | cst.Else | None = head
    while type(current) is cst.If and len(found) < MAX_STEPS:
        step = _step(current)
        if step is not None and type(step[0]) is cst.Name and step[0].value == subject[0].value:
            found.append(step[1])
        current = current.orelse
    unmistakable = at.vocabulary.words("env-unmistakable")
    if subject[1] not in unmistakable or len(unmistakable.intersection(found)) < LEAST_NAMED:
        return None
    return None if _STAGES.intersection(found) else Asked(subject[0].value, subject[1], FALSE, likely=True)


def _step(node: cst.If) -> tuple[cst.BaseExpression, str] | None:
    """What an ``if`` compares with which text."""
    test = node.test
    if type(test) is not cst.Comparison or len(test.comparisons) != 1:
        return None
    text = string(test.comparisons[0].comparator)
    return (test.left, text) if text and type(test.comparisons[0].operator) is cst.Equal else None


def _may_name_environment(at: At, name: str) -> bool:
    """Not a stage of a registry, a split, or a kind of storage."""
    tokens = tokenise(name)
    if "_".join(tokens) in at.vocabulary.words("env-stop-identifiers") or "type" in tokens[-1:]:
        return False
    return not {"stage", "stages"} & set(tokens)


def read_match(at: At, node: cst.Match) -> Asked | None:
    """The environment's name as the subject of a ``match`` whose cases name environments."""
    for case in node.cases:
        pattern = case.pattern.patterns[0].pattern if type(case.pattern) is cst.MatchOr else case.pattern
        if type(pattern) is cst.MatchValue:
            found = _compared(at, node.subject, pattern.value)
            if found is not None:
                return found
    return None


def _compared(at: At, one: cst.BaseExpression, other: cst.BaseExpression) -> Asked | None:
    names = _texts(at, other) if type(one) in _NAMED else ()
    if not names or _are_all(names):
        return None
    value = at.value(one)
    if value.literal is not None or _is_registry_stage(at, one):
        return None
    weight = _weight(at, names)
    evidence = value.traits.get(Trait.ENVIRONMENT)
    written = _spelled(one)
    if evidence is not None and evidence.weight >= BY_FLOW:
        return Asked(written, names[0], evidence.when, evidence=evidence)
    if not weight:
        return None
    is_setting = evidence is not None and Trait.EXTERNAL in value.traits and Trait.SETTINGS not in value.traits
    if is_setting and (weight >= STRONG or _is_setting(at, one)):
        return Asked(written, names[0], TRUE, evidence=evidence)
    read = value.traits.get(Trait.VARIABLE)
    if read is not None and weight >= STRONG and _may_be_asked(at, read.detail, names):
        return Asked(written, names[0], read.when, evidence=read)
    certain: Term = FALSE
    if at.origins.may_be_own(value.reference):
        certain = Carries(at.path, value.reference, Trait.ENVIRONMENT.value)
    likely = _likely(at, one, evidence, names, weight)
    if certain == FALSE and not likely:
        return None
    return Asked(written, names[0], certain, likely, evidence)


def _may_be_asked(at: At, variable: str, names: tuple[str, ...]) -> bool:
    """May the value of an environment variable name the environment? ``local`` alone says so of a mode or a
    target; of a source or a backend it says where that is."""
    if at.vocabulary.matches("env-never", variable):
        return False
    if any(_weight(at, (name,)) >= STRONG and name not in at.vocabulary.words("env-places") for name in names):
        return True
    last = "_".join(tokenise(variable)).rpartition("_")[2]
    return last in at.vocabulary.words("env-weak-identifiers") | at.vocabulary.words("env-identifiers")


def _likely(at: At, one: cst.BaseExpression, evidence: Evidence | None, names: tuple[str, ...], weight: int) -> bool:
    """Do the words on both sides make it a question about the environment?"""
    joined = "_".join(tokenise(_last_name(one)))
    if joined in at.vocabulary.words("env-kinds") and at.vocabulary.words("env-places").issuperset(names):
        return False
    if evidence is not None:
        return weight >= STRONG or len(names) > 1 or _named_beside(at, one)
    weak = at.vocabulary.words("env-weak-identifiers")
    return joined in weak and all(name in at.vocabulary.words("env-unmistakable") for name in names)


def _named_beside(at: At, one: cst.BaseExpression) -> bool:
    """Does the function compare the same name with an environment that is unmistakable? Then ``testing`` is one."""
    name = dotted(one)
    function = at.function.node if at.function is not None else None
    if function is None or not name:
        return False
    beside = at.once((_named_beside, id(function)), lambda: tuple(_equalities(function.body)))
    unmistakable = at.vocabulary.words("env-unmistakable")
    return any(asked == name and text in unmistakable for asked, text in beside)


def _equalities(body: cst.CSTNode) -> Iterator[tuple[str, str]]:
    """What is compared with which text."""
    for node in descendants(body):
        if type(node) is cst.Comparison and len(node.comparisons) == 1:
            text = string(node.comparisons[0].comparator)
            if text and type(node.comparisons[0].operator) in _EQUAL:
                yield dotted(node.left), text.lower()


def _alias(at: At, question: cst.BaseExpression) -> Asked | None:
    """A boolean that says which environment this is, made before or in another file."""
    if type(question) not in _NAMED:
        return None
    value = at.value(question)
    evidence = value.traits.get(Trait.ENVIRONMENT_TEST)
    if evidence is not None and evidence.weight >= BY_FLOW:
        return Asked(_spelled(question), "", evidence.when, evidence=evidence)
    if at.origins.may_be_own(value.reference):
        certain = Carries(at.path, value.reference, Trait.ENVIRONMENT_TEST.value)
        return Asked(_spelled(question), "", certain)
    return None


def _texts(at: At, node: cst.BaseExpression) -> tuple[str, ...]:
    """The texts, or members of an enumeration named after environments, that ``node`` holds."""
    value = at.value(node)
    if value.elements is not None:
        constants = [each.constant for each in value.elements]
        known = all(isinstance(each, str) for each in constants)
        return tuple(str(each).lower() for each in constants if each) if known else ()
    if type(node) is cst.Set:
        texts = [at.text(each.value) for each in node.elements]
        return tuple(each.lower() for each in texts if each)
    if isinstance(value.constant, str):
        return (value.constant.lower(),) if value.constant else ()
    name = dotted(node)
    head, dot, last = name.removesuffix(".value").rpartition(".")
    if dot and "env" in "".join(tokenise(head.rpartition(".")[2])):
        return (last.lower(),)
    return ()


def _are_all(names: tuple[str, ...]) -> bool:
    """Production, development and what lies between: it is asked whether the name is one that is known."""
    return len(names) > 2 and all(any(each.startswith(kind) for each in names) for kind in ("prod", "dev"))


def _weight(at: At, names: tuple[str, ...]) -> int:
    weights = at.vocabulary.weights("env-names")
    return max(weights.get(name, 0) for name in names)


def _is_setting(at: At, node: cst.BaseExpression) -> bool:
    return type(node) is cst.Attribute and Trait.SETTINGS in at.value(node.value).traits


def _is_registry_stage(at: At, node: cst.BaseExpression) -> bool:
    """Stages of a model registry have the same names and mean something else."""
    tokens = tokenise(dotted(node))
    if at.vocabulary.found("registry-stage-words", tokens):
        return True
    if "stage" not in tokens:
        return False
    return not at.imported.isdisjoint(at.vocabulary.words("registry-modules")) or "model" in tokenise(at.symbol)


def _last_name(node: cst.BaseExpression) -> str:
    return _spelled(node).removesuffix("()").rpartition(".")[2]


def _spelled(node: cst.BaseExpression) -> str:
    """How what is asked is written, without the arguments of calls."""
    if type(node) is cst.Await:
        return _spelled(node.expression)
    if type(node) is cst.Call:
        return f"{_spelled(node.func)}()"
    if type(node) is cst.Subscript:
        return _spelled(node.value)
    if type(node) is cst.Attribute:
        head = _spelled(node.value)
        return f"{head}.{node.attr.value}" if head else node.attr.value
    return node.value if type(node) is cst.Name else ""


# switches --------------------------------------------------------------------------------------


def read_switch(at: At, question: cst.BaseExpression) -> Switched | None:
    """The debug or production switch that ``question`` tests, ``None`` when it tests none."""
    if type(question) is cst.Comparison:
        target = question.comparisons[0]
        read = at.value(question).traits.get(Trait.SWITCH)
        if read is not None and read.detail:  # os.getenv("DEBUG") == "true"
            return Switched(read.detail, "", read.when, FALSE)
        if len(question.comparisons) != 1 or not isinstance(at.value(target.comparator).constant, bool):
            return None
        question = question.left
    if type(question) not in _NAMED:
        return None
    value = at.value(question)
    if Trait.ENVIRONMENT_TEST in value.traits:
        return None
    name = _spelled(question)
    last = name.removesuffix("()").rpartition(".")[2]
    evidence = value.traits.get(Trait.SWITCH)
    if evidence is None and not at.names.is_switch(last):  # as with most tests
        return None
    own = value.reference if at.origins.may_be_own(value.reference) else ""
    unless = Carries(at.path, own, Trait.ENVIRONMENT_TEST.value) if own else FALSE
    if evidence is not None:
        return Switched(name, value.reference, evidence.when, unless)
    if own and not name.rpartition(".")[2]:
        return None
    if name.partition(".")[0] in at.vocabulary.words("debug-stop-receivers"):
        return None
    when = _switches(at, question, value, last, own)
    return None if when == FALSE else Switched(name, value.reference, when, unless)


def _switches(at: At, node: cst.BaseExpression, value: Value, last: str, own: str) -> Term:
    """What makes a thing with the name of a switch one: it is a setting, not an option of an object."""
    if type(node) is cst.Name:
        if last.isupper() and (isinstance(value.constant, bool) or Trait.VARIABLE in value.traits or own):
            return TRUE
        return Carries(at.path, own, Trait.SWITCH.value) if own else FALSE
    if type(node) is cst.Call:
        if node.args:
            return FALSE  # is_test(path) asks about the path
        if type(node.func) is cst.Name and (own or at.value(node.func).function is not None):
            return TRUE
    if type(node) is cst.Attribute and dotted(node).count(".") <= MAX_DOTS:
        receiver = tokenise(dotted(node.value).rpartition(".")[2])
        known = at.vocabulary.words("switch-receivers")
        if receiver and (receiver[-1] in known or "_".join(receiver) in known):
            return TRUE
        if last.isupper() and own:
            return TRUE
    return Carries(at.path, own, Trait.SWITCH.value) if own else FALSE
