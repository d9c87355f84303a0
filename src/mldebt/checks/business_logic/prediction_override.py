"""BIZ004: a prediction is replaced by a constant when the input looks a certain way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.likeness import shape
from mldebt.syntax.names import dotted, last_name, number, string, target_names
from mldebt.terms import FALSE
from mldebt.traits.answers import Answer, answer_of, read_answer
from mldebt.traits.arithmetic import is_computing, is_kept
from mldebt.traits.input_tests import tests_input
from mldebt.traits.masks import conditions
from mldebt.vocabulary import tokenise

_LOWEST, _HIGHEST = 0.01, 0.99  # bounds at and beyond these guard a logarithm, they change nobody's case
_CLAMPS = frozenset({"min", "max", "clip", "clamp", "minimum", "maximum"})
_SIMPLE = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)
_AFRESH = frozenset({cst.FunctionDef, cst.Lambda, cst.ExceptHandler})
_MAX_PARTS = 12  # of a list that is still one answer


class PredictionOverride(Rule):
    @on(cst.Assign)
    def assign(self, node: cst.Assign, at: At) -> Iterator[Hit]:
        target = node.targets[0].target
        choice = _choice(node.value)
        if choice is not None and not self._is_answer_given(node.value, at):
            yield from self._chosen(node, *choice, at)
            return
        if not isinstance(target, (cst.Name, cst.Subscript, cst.Attribute)):
            return
        if not self._is_answer_given(node.value, at) and not _is_held(node.value, target):
            return
        if is_computing(at.symbol, at.vocabulary):
            return
        masked = _mask(target)
        tests = [masked] if masked is not None else list(_tests(at))
        if not tests:
            return
        answer = _read(target, at)
        asking = next((each for each in tests if not _asks_answer(each, at)), None)
        handed = answer is not None and answer.handed and _is_named_override(at)
        known = answer is not None and (answer.flows or answer.asked != FALSE or handed)
        if answer is not None and known and asking is not None and self._on_input(asking, at):
            if handed or _is_defined_before(target, at):
                yield self._hit(node, target, asking, answer, at)
        elif _is_override(at) and _is_parameter(target, at):
            deciding = next((each for each in tests if self._on_input(each, at)), None)
            if deciding is not None or _is_overwriting(at):
                fields = {"prediction": target, "condition": deciding or tests[0]}
                yield Hit(node, fields, variant="method", outcomes=(Outcome(at.in_model_class, Confidence.HIGH),))

    def _chosen(
        self, node: cst.Assign, test: cst.BaseExpression, one: cst.BaseExpression, other: cst.BaseExpression, at: At
    ) -> Iterator[Hit]:
        """``score = 0.0 if row["trusted"] == "yes" else score``, ``np.where(rows["trusted"] == "yes", 0.0, score)``."""
        kept = next((each for each in (one, other) if not self._is_answer_given(each, at)), None)
        given = any(self._is_answer_given(each, at) for each in (one, other))
        if kept is None or not given or is_computing(at.symbol, at.vocabulary):
            return
        if not any(self._on_input(each, at) for each in (test, *conditions(test))):
            return
        answer = read_answer(at.interpreter.evaluator, at.path, kept)
        if answer is not None and (answer.flows or answer.asked != FALSE):
            yield self._hit(node, kept, test, answer, at)

    @on(cst.Return)
    def answered(self, node: cst.Return, at: At) -> Iterator[Hit]:
        """``if row["country"] == "XX": return "blocked"`` between the prediction and its return."""
        if at.function is None or node.value is None or is_computing(at.symbol, at.vocabulary):
            return
        if not self._is_answer_given(node.value, at):
            return
        test = next((each for each in _tests(at) if self._on_input(each, at)), None)
        last = _last_return(at.function.node) if test is not None else None
        if test is None or last is None or last is node or not isinstance(last.value, _SIMPLE):
            return
        answer = read_answer(at.interpreter.evaluator, at.path, last.value)
        if answer is not None and answer.flows:
            yield self._hit(node, last.value, test, answer, at)

    def _hit(
        self, node: cst.CSTNode, target: cst.CSTNode, condition: cst.CSTNode | None, answer: Answer, at: At
    ) -> Hit:
        return Hit(
            node,
            {"prediction": target, "condition": condition or ""},
            variant="" if condition is not None else "clamp",
            outcomes=answer.outcomes(at.path, at.model_code),
            flow=answer.evidence.path if answer.flows else (),
        )

    def _on_input(self, test: cst.BaseExpression, at: At) -> bool:
        return tests_input(at.interpreter.evaluator, at.vocabulary, test)

    @on(cst.Call, called=_CLAMPS)
    def clamp(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``min(prob, 0.62)``, ``np.clip(prob, 0.05, 0.95)``."""
        name = dotted(node.func).rpartition(".")[2] or (
            node.func.attr.value if type(node.func) is cst.Attribute else ""
        )
        if name not in _CLAMPS or not 0 < len(node.args) <= 3 or any(each.star for each in node.args):
            return
        around = at.parent(2) if type(at.parent()) is cst.Arg else None
        if type(around) is cst.Call and last_name(around.func) in _CLAMPS:
            return  # min(0.95, max(p, 0.05)): the outer one speaks for both
        bounds = [number(each.value) for each in node.args]
        if not any(bound is not None and _LOWEST < abs(bound) < _HIGHEST for bound in bounds):
            return
        held = [each.value for each, bound in zip(node.args, bounds, strict=True) if bound is None]
        if type(node.func) is cst.Attribute and not at.origins.is_module(at.reference(node.func.value)):
            held.append(node.func.value)
        if len(held) != 1 or not is_kept(at.parents) or is_computing(at.symbol, at.vocabulary):
            return
        answer = read_answer(at.interpreter.evaluator, at.path, held[0])
        if answer is not None and (answer.flows or answer.asked != FALSE or _is_handed(held[0], at)):
            yield self._hit(node, held[0], None, answer, at)

    def _is_answer_given(self, node: cst.BaseExpression, at: At) -> bool:
        """A constant that is an answer: a number, a label, a list of numbers, or one of two such."""
        if type(node) is cst.IfExp:
            return self._is_answer_given(node.body, at) and self._is_answer_given(node.orelse, at)
        if type(node) is cst.List or type(node) is cst.Tuple:
            return 0 < len(node.elements) <= _MAX_PARTS and all(
                number(each.value) is not None for each in node.elements
            )
        text = string(node)
        if text is not None:
            tokens = tokenise(text)
            given = "_".join(tokens) in at.vocabulary.words("abstaining-words")
            return bool(tokens) and not given and text not in self.options["fallback-names"]
        if number(node) is not None:
            return number(node) != -1
        return type(node) is cst.Name and node.value in {"True", "False"}


def _tests(at: At) -> Iterator[cst.BaseExpression]:
    """The tests of the ``if``s that the statement stands under, the innermost first. In an ``else``
    nothing is asked of the input."""
    below: cst.CSTNode | None = None
    for parent in reversed(at.parents):
        if type(parent) in _AFRESH:
            return
        if type(parent) is cst.If and below is parent.body:
            yield parent.test
        below = parent


def _choice(node: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression, cst.BaseExpression] | None:
    """The test of a conditional or of an array's ``where``, with what it chooses between."""
    if type(node) is cst.IfExp:
        return node.test, node.body, node.orelse
    if type(node) is cst.Call and last_name(node.func) == "where" and len(node.args) == 3:
        return node.args[0].value, node.args[1].value, node.args[2].value
    return None


def _is_held(node: cst.BaseExpression, target: cst.BaseExpression) -> bool:
    """``prediction = max(prediction, 45)``: what is overwritten, held at a number that is no probability; of those
    ``clamp`` speaks, with or without a test."""
    if type(node) is not cst.Call or last_name(node.func) not in _CLAMPS:
        return False
    named = [each.value for each in node.args if number(each.value) is None]
    held = [bound for each in node.args if (bound := number(each.value)) is not None and abs(bound) >= _HIGHEST]
    return len(named) == len(held) == 1 and shape(named[0]) == shape(target)


def _last_return(function: cst.FunctionDef) -> cst.Return | None:
    """The ``return`` that ends the function."""
    last = function.body.body[-1] if function.body.body else None
    if type(last) is cst.SimpleStatementLine:
        last = last.body[-1]
    return last if type(last) is cst.Return else None


def _read(target: cst.BaseExpression, at: At) -> Answer | None:
    """The answer that is overwritten in ``target``; of ``frame.loc[rows, "pred"]`` the column."""
    evaluator = at.interpreter.evaluator
    if type(target) is cst.Subscript and len(target.slice) == 2:
        owner, index = target.value, target.slice[1].slice
        key = string(index.value) if type(index) is cst.Index else None
        if key is not None and type(owner) is cst.Attribute and owner.attr.value == "loc":
            return answer_of(evaluator, at.path, evaluator.column(owner.value, key, target))
    return read_answer(evaluator, at.path, _overwritten(target))


def _asks_answer(test: cst.BaseExpression, at: At) -> bool:
    """Does the test only compare the answer with a bound (``if p < 0.6: p = 0.65``)? What it stands under decides."""
    if type(test) is not cst.Comparison:
        return False
    answer = read_answer(at.interpreter.evaluator, at.path, test.left)
    return answer is not None and answer.flows and number(test.comparisons[0].comparator) is not None


def _mask(target: cst.BaseExpression) -> cst.BaseExpression | None:
    """The rows that are overwritten at once: ``preds[x["age"] < 18]``, ``df.loc[df["age"] < 18, "pred"]``; of a
    frame those of which a column says so, ``df.loc[df["trusted"], "pred"]``."""
    if type(target) is not cst.Subscript:
        return None
    index = target.slice[0].slice
    if type(index) is not cst.Index:
        return None
    for each in conditions(index.value):
        if isinstance(each.left, (cst.Subscript, cst.Attribute, cst.Call)):
            return each
    rows = target.value
    if type(rows) is not cst.Attribute or rows.attr.value != "loc" or len(target.slice) != 2:
        return None  # scores[mask == 0] is the model's own masking
    return index.value if isinstance(index.value, (cst.Subscript, cst.Attribute, cst.Call)) else None


def _overwritten(target: cst.BaseExpression) -> cst.BaseExpression:
    """What is overwritten, as an expression that can be read: the list, for one of its places."""
    if type(target) is cst.Subscript:
        index = target.slice[0].slice
        if not (type(index) is cst.Index and string(index.value) is not None):
            return target.value
    return target


def _root(target: cst.BaseExpression) -> str:
    while isinstance(target, (cst.Subscript, cst.Attribute)):
        target = target.value
    return target.value if type(target) is cst.Name else ""


def _is_defined_before(target: cst.BaseExpression, at: At) -> bool:
    """Has a statement before this one, not one in another branch or an earlier turn of the loop, given
    what is overwritten?"""
    name = _root(target)
    below: cst.CSTNode | None = None
    for parent in reversed(at.parents):
        body: Sequence[cst.CSTNode] = parent.body if isinstance(parent, (cst.IndentedBlock, cst.Module)) else ()
        for statement in body:
            if statement is below:
                break
            if _binds(statement, name):
                return True
        if type(parent) is cst.For and name in target_names(parent.target):
            return True
        if isinstance(parent, (cst.FunctionDef, cst.Module)):
            return False
        below = parent
    return False


def _binds(statement: cst.CSTNode, name: str) -> bool:
    if type(statement) is cst.SimpleStatementLine:
        for small in statement.body:
            if type(small) is cst.Assign:
                if any(name in {*target_names(each.target), _root(each.target)} for each in small.targets):
                    return True
            elif isinstance(small, (cst.AnnAssign, cst.AugAssign)) and _root(small.target) == name:
                return True
        return False
    if isinstance(statement, (cst.With, cst.Try, cst.If, cst.For)):
        return any(_binds(each, name) for each in statement.body.body)
    return False


def _is_override(at: At) -> bool:
    return at.klass is not None and _is_named_override(at)


def _is_named_override(at: At) -> bool:
    return at.vocabulary.matches("override-methods", at.symbol.rpartition(".")[2])


def _is_handed(node: cst.BaseExpression, at: At) -> bool:
    """By its name alone only what comes from outside of the function is an answer: a parameter, or a part
    of one. What the function adds up itself may be called a probability as well."""
    while type(node) is cst.Subscript:
        node = node.value
    return type(node) is cst.Name and at.value(node).parameter >= 0


def _is_overwriting(at: At) -> bool:
    """Is the method there for nothing else?"""
    return tokenise(at.symbol.rpartition(".")[2])[:1] in {("overwrite",), ("override",)}


def _is_parameter(target: cst.BaseExpression, at: At) -> bool:
    """Is what is overwritten handed in, one place of it?"""
    if type(target) is not cst.Subscript or type(target.value) is not cst.Name or at.function is None:
        return False
    params = at.function.node.params
    return any(
        each.name.value == target.value.value
        for each in (*params.posonly_params, *params.params, *params.kwonly_params)
    )
