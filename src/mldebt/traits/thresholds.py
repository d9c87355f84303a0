"""What a name says of the number it is given: a threshold on a score, on something else, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import libcst as cst
from msgspec import Struct

from mldebt.model import Confidence, Outcome, Recipe, Severity
from mldebt.syntax.names import dotted, number, string
from mldebt.terms import TRUE, IsMachineLearning
from mldebt.traits.names import LONGEST
from mldebt.traits.scopes import ClassBody, Function
from mldebt.traits.scores import concept_of
from mldebt.vocabulary import Vocabulary, tokenise

LARGEST_WHOLE = 999  # whole numbers above are sizes, counts and money, whatever they are called
MAX_KEYS = 100  # of a dict that is passed
EPSILON = 1e-6  # up to here a number guards against rounding

_BOUNDS = frozenset({"min", "max", "minimum", "maximum"})
_SCORE = 4  # the weight of a score word that says what a threshold is on


class Knob(Struct, frozen=True):
    """A number that its name makes a threshold. ``scored``: a score word says what it is on;
    ``weak``: the name alone may mean a position or a number of things."""

    concept: str
    scored: bool
    weak: bool
    fraction: bool

    def outcomes(self, path: str, severity: Severity | None = None) -> tuple[Outcome, ...]:
        """How sure it is, in the file ``path``, that this is a threshold that a model depends on."""
        learning = IsMachineLearning(path)
        if self.scored:
            return Outcome(learning, Confidence.HIGH, severity), Outcome(TRUE, Confidence.MEDIUM, severity)
        if self.weak:
            return (Outcome(learning, Confidence.LOW, severity),)
        elsewhere = Confidence.MEDIUM if self.fraction else Confidence.LOW
        return Outcome(learning, Confidence.MEDIUM, severity), Outcome(TRUE, elsewhere, severity)


def read_threshold(vocabulary: Vocabulary, name: str, value: int | float) -> Knob | None:
    """What ``name`` says of ``value``; ``None`` when it is no threshold, or one of sizes, counts or times."""
    tokens = tokenise(name[:LONGEST])
    stems = vocabulary.found("threshold-stems", tokens)
    words = vocabulary.found("score-words", tokens)
    weights = vocabulary.weights("score-words")
    scored = any(weights[word] >= _SCORE for word in words) or bool(
        set(tokens) & vocabulary.words("threshold-model-words")
    )
    bounded = bool(tokens) and tokens[0] in _BOUNDS and bool(words) and scored and isinstance(value, float)
    if not (stems or bounded) or is_trivial(value):
        return None
    if set(tokens) & vocabulary.words("threshold-passing-words") or _ends_scale(tokens, value):
        return None
    if not _decides(tokens, stems, words) and _of_something_else(vocabulary, tokens, words, value):
        return None
    fraction = 0 < abs(value) < 1
    weak = not fraction and not words and bool({"cutoff", "cutoffs", "cut"} & set(tokens))
    return Knob(concept_of(vocabulary, name), scored, weak, fraction)


def _ends_scale(tokens: tuple[str, ...], value: int | float) -> bool:
    """``min_score = -21``, ``max_score = 330``: the ends of a scale, between which scores are stretched."""
    if len(tokens) != 2 or tokens[1] not in {"score", "scores"}:
        return False
    return value < -1 if tokens[0] in {"min", "minimum"} else value > 1 and tokens[0] in {"max", "maximum"}


def _decides(tokens: tuple[str, ...], stems: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Does a score word stand right beside what makes the name a threshold? Then ``token`` in
    ``token_similarity_threshold`` says only whose similarity it is."""
    named = f"_{'_'.join(tokens)}_"
    beside = [f"_{word}_{stem}_" for word in words for stem in stems]
    return any(each in named for each in (*beside, *(f"_{bound}_{word}_" for word in words for bound in _BOUNDS)))


def is_trivial(value: int | float) -> bool:
    """Is this a number that switches a threshold off, or no threshold at all?"""
    if value != value or abs(value) <= EPSILON or value in (1, -1, 100):
        return True
    return abs(value) > LARGEST_WHOLE


def _of_something_else(
    vocabulary: Vocabulary, tokens: tuple[str, ...], words: tuple[str, ...], value: int | float
) -> bool:
    taken = {part for word in words for part in word.split("_")}
    rest = set(tokens) - taken
    if rest & vocabulary.words("threshold-stop-words"):
        return True
    return bool(rest & vocabulary.words("threshold-area-words")) and isinstance(value, int) and value > 1


def settled(literal: str, name: str) -> tuple[Recipe, ...]:
    """The fix of a threshold, of which the literal stands at the place of the finding: a field of the settings.
    A constant of the module would only hide it."""
    arguments = (("literal", literal), ("name", name))
    return (Recipe("move-to-settings", f"make {literal} a field of", "unsafe", arguments, wants="setting"),)


# where numbers are given to names -----------------------------------------------------------------


class Given(Struct, frozen=True):
    """A literal number that is given to ``name`` (its last part) by an assignment, written as ``target``."""

    name: str
    target: str
    literal: cst.BaseExpression
    value: int | float


def assigned(node: cst.Assign | cst.AnnAssign) -> Iterator[Given]:
    """The literal numbers that an assignment gives to names and attributes."""
    if node.value is None:
        return
    value = number(node.value)
    if value is None:
        return
    for target in [each.target for each in node.targets] if isinstance(node, cst.Assign) else [node.target]:
        written = dotted(target)
        if written:
            yield Given(written.rpartition(".")[2], written, node.value, value)


def is_setting(vocabulary: Vocabulary, parents: Sequence[cst.CSTNode], klass: ClassBody | None) -> bool:
    """Is what stands here a field of a settings class, or the default of a command's or handler's
    parameter: a value that is replaced from outside without a change of the code?"""
    for node in reversed(parents):
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            decorators = [_decorator(each) for each in node.decorators]
            known = vocabulary.words("config-decorators")
            if any(each in known or each.rpartition(".")[2] in known for each in decorators):
                return True
            if isinstance(node, cst.FunctionDef):
                handlers = vocabulary.words("serve-decorators")
                return any("." in each and each.rpartition(".")[2] in handlers for each in decorators)
            return _is_settings_class(vocabulary, node, klass)
    return False


def _is_settings_class(vocabulary: Vocabulary, node: cst.ClassDef, klass: ClassBody | None) -> bool:
    known = vocabulary.words("config-bases")
    bases = klass.bases if klass is not None and klass.node is node else ()
    if any(each in known or each.rpartition(".")[2] in known for each in bases):
        return True
    return (tokenise(node.name.value) or ("",))[-1] in vocabulary.words("config-suffixes")


def _decorator(node: cst.Decorator) -> str:
    inner: cst.BaseExpression = node.decorator
    while type(inner) is cst.Call:
        inner = inner.func
    return dotted(inner)


def is_parameter(function: Function | None, name: str) -> bool:
    """Is ``name`` a parameter of ``function``?"""
    if function is None:
        return False
    params = function.node.params
    return any(each.name.value == name for each in (*params.posonly_params, *params.params, *params.kwonly_params))


class Argument(Struct, frozen=True):
    """A literal number passed as a threshold: by keyword, at a position that a known call has one at, or under
    a key of a dict that is passed."""

    node: cst.Arg | cst.DictElement
    name: str
    literal: cst.BaseExpression
    knob: Knob


def passed(call: cst.Call, vocabulary: Vocabulary, callee: Callable[[], str]) -> Iterator[Argument]:
    """The thresholds among the arguments of ``call``; ``callee`` names what is called, asked only when needed."""
    name = ""
    for position, argument in enumerate(call.args):
        given = argument.value
        kind = type(given)
        if type(given) is cst.Dict:
            name = name or callee()
            yield from _keyed(given, vocabulary, name)
            continue
        value = number(given) if kind is cst.Integer or kind is cst.Float or kind is cst.UnaryOperation else None
        if value is None:
            continue
        if argument.keyword is not None:
            keyword = argument.keyword.value
            if keyword.startswith("default_"):
                continue  # whoever defines a default decides nothing yet
            knob = read_threshold(vocabulary, keyword, value)
            if knob is None and keyword in vocabulary.words("threshold-model-keywords") and not is_trivial(value):
                name = name or callee()
                if name.rpartition(".")[2] in vocabulary.words("threshold-model-calls"):
                    knob = Knob(concept_of(vocabulary, keyword), scored=True, weak=False, fraction=0 < value < 1)
        elif not argument.star and is_positioned(vocabulary, call):
            name = name or callee()
            keyword = positioned(vocabulary, name, position)
            knob = read_threshold(vocabulary, keyword, value) if keyword and abs(value) <= 1 else None
        else:
            continue
        if knob is None:
            continue
        name = name or callee()
        if not _is_stopped(vocabulary, name):
            yield Argument(argument, keyword, argument.value, knob)


def _keyed(given: cst.Dict, vocabulary: Vocabulary, callee: str) -> Iterator[Argument]:
    """``as_retriever(search_kwargs={"score_threshold": 0.5})``."""
    for element in given.elements[:MAX_KEYS]:
        if type(element) is not cst.DictElement or not isinstance(element.value, _LITERALS):
            continue
        key, value = string(element.key), number(element.value)
        knob = read_threshold(vocabulary, key, value) if key and value is not None else None
        if key and knob is not None and not _is_stopped(vocabulary, callee):
            yield Argument(element, key, element.value, knob)


_LITERALS = (cst.Float, cst.Integer, cst.UnaryOperation)


def is_positioned(vocabulary: Vocabulary, call: cst.Call) -> bool:
    """Can ``call``, by its last name, be one that takes a threshold by position?"""
    last = call.func.attr if type(call.func) is cst.Attribute else call.func
    return type(last) is cst.Name and last.value in vocabulary.mapping("threshold-positions")


def positioned(vocabulary: Vocabulary, callee: str, position: int) -> str:
    """The keyword of the threshold that ``callee`` takes at ``position``, "" when it takes none there."""
    for entry in vocabulary.mapping("threshold-positions").get(callee.rpartition(".")[2], ()):
        keyword, _, at = entry.partition(":")
        if at == str(position):
            return keyword
    return ""


def _is_stopped(vocabulary: Vocabulary, callee: str) -> bool:
    stops = vocabulary.words("threshold-argument-stop-calls")
    parts = callee.split(".")
    return any(".".join(parts[-size:]) in stops for size in (1, 2, 3))
