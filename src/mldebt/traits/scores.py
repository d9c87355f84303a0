"""How sure it is that an expression is a score, and what the score is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import libcst as cst
from msgspec import Struct

from mldebt.model import Severity
from mldebt.syntax.children import children
from mldebt.syntax.names import last_name, number
from mldebt.terms import FALSE, Carries, IsMachineLearning, Term, all_of, any_of, negate
from mldebt.traits.evaluate import Evaluator
from mldebt.traits.values import BY_FLOW, Evidence, Step, Trait, Value
from mldebt.vocabulary import Vocabulary, tokenise

MEDIUM, HIGH = 6, 8  # the weights from which a score is reported, and from which it is sure
LEARNING_BONUS = 2  # of an ML module
FRACTION_BONUS = 2  # of a literal between 0 and 1
NEIGHBOUR_PENALTY = 4  # of a word that says geography, games or money
MIDDLING = 4  # the weight of score words that are not weak
BY_FRACTION = 4  # the weight of what is only known by the fraction it is compared with
SMALLEST_FRACTION = 0.01  # fractions below are tolerances
LARGEST = 1e5  # literals from here on are starting values of a minimum, not thresholds
NEAR = 0.01  # what is no further from a number than this is that number
BOX = 4  # numbers that say where something is in an image
SMALLEST = 1e-4  # literals up to here are numerical guards, not thresholds


class Score(Struct, frozen=True):
    """An expression that is a score. ``weight`` is what is known from this file, without the ML module's bonus."""

    weight: int
    evidence: Evidence
    concept: str
    fraction: bool = False  # the literal lies between 0 and 1
    guessed: bool = False  # only by the fraction it is compared with

    @property
    def severity(self) -> Severity | None:
        """A guess is worth a note; otherwise the catalogue says how loud."""
        return Severity.NOTE if self.guessed else None

    @property
    def flows(self) -> bool:
        """Known by where it comes from."""
        return self.evidence.weight >= BY_FLOW


class Cut(Struct, frozen=True):
    """A score compared with a literal number: ``node`` is the comparison, ``literal`` the number where it
    is written, ``name`` the name it was reached through ("" when it stands in the comparison)."""

    node: cst.Comparison
    scored: cst.BaseExpression
    score: Score
    literal: cst.CSTNode
    value: int | float
    name: str
    kept: bool = False  # the name is that of a constant or an attribute, not of a local


_ORDERINGS = frozenset({cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual})


# one is made for every comparison: a frozen one takes three times as long
class ScoreReader(Struct):
    """Reads scores off expressions in the file ``path``, inside ``symbol``."""

    evaluator: Evaluator
    vocabulary: Vocabulary
    path: str
    symbol: str

    def cuts(self, node: cst.Comparison, allowed: frozenset[float] = frozenset()) -> Iterator[Cut]:
        """Every number that a comparison by order holds a score against. Numbers reached through a name that
        says threshold are left out: they are reported where they are written."""
        if any(type(target.operator) not in _ORDERINGS for target in node.comparisons):
            return
        operands = [node.left, *(target.comparator for target in node.comparisons)]
        if _is_scale(operands):
            return
        for left, right in pairwise(operands):
            for scored, limit in ((left, right), (right, left)):
                cut = self._cut(node, scored, limit, allowed)
                if cut is not None:
                    yield cut
                    break

    def _cut(
        self, node: cst.Comparison, scored: cst.BaseExpression, limit: cst.BaseExpression, allowed: frozenset[float]
    ) -> Cut | None:
        found = self.evaluator.value(limit)
        value = found.constant
        if found.literal is None or isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if value == 100 or is_ordinary(value, allowed):
            return None
        name = found.named if found.literal is not limit else ""
        if found.literal is not limit and type(limit) is cst.Subscript:
            name = name or last_name(limit)
            if self.evaluator.names.read(last_name(limit.value)).threshold:
                return None  # thresholds["accuracy"]: a table of them
        if name and self.evaluator.names.read(name).threshold:
            return None
        if self.evaluator.value(scored).literal is not None:
            return None
        score = self.score(scored, value)
        kept = bool(name) and (isinstance(limit, (cst.Attribute, cst.Subscript)) or name.isupper())
        return None if score is None else Cut(node, scored, score, found.literal, value, name, kept)

    def score(self, node: cst.CSTNode, value: int | float) -> Score | None:
        """The score that ``node`` is when it is compared with the literal ``value``, ``None`` when it is none."""
        return read_score(self.evaluator, self.vocabulary, node, value, f"{self.path}.{self.symbol}", self.path)

    def named(self, node: cst.CSTNode, name: str, value: int | float, frame: cst.CSTNode | None = None) -> Score | None:
        """The score that ``name``, a column in the text ``node``, is in ``frame`` or says that it is, as ``score``
        does."""
        column = (self.evaluator.value(frame).columns or {}).get(name) if frame is not None else None
        known = column.traits.get(Trait.SCORE) if column is not None else None
        if known is not None and known.weight >= BY_FLOW:
            return Score(known.weight, known, concept_of(self.vocabulary, name), 0 < abs(value) < 1)
        reading = self.evaluator.names.read(name)
        if not reading.score or reading.count:
            return None
        evidence = Evidence(reading.score, reading.kind, name, (Step(node, name),))
        weight = reading.score - _neighbours(self.vocabulary, node, evidence, f"{self.path}.{self.symbol}")
        fraction = 0 < abs(value) < 1
        return Score(weight + FRACTION_BONUS * fraction, evidence, concept_of(self.vocabulary, name), fraction)


def _is_scale(operands: Sequence[cst.BaseExpression]) -> bool:
    """``0 <= score <= 10``: whole bounds that begin at 0 or 1 say what the scale is, they decide nothing."""
    bounds = [number(each) for each in (operands[0], operands[-1])]
    whole = [each for each in bounds if isinstance(each, int)]
    return len(operands) > 2 and len(whole) == 2 and bool({0, 1, -1}.intersection(whole))


def read_score(
    evaluator: Evaluator, vocabulary: Vocabulary, node: cst.CSTNode, value: int | float, around: str, path: str = ""
) -> Score | None:
    """The score that ``node`` is when it is compared with the literal ``value``; ``around`` is the symbol
    and path it stands in, whose words can say that it is something else. With ``path``, what another file
    may know of it comes as a score whose evidence asks (``Evidence.when``)."""
    found = evaluator.value(node)
    evidence = found.traits.get(Trait.SCORE)
    if 0 < abs(value) < 1 and (evidence is None or evidence.weight < BY_FLOW):
        evidence = found.traits.get(Trait.PREDICTION, evidence)  # what is cut at a fraction is no label
    if Trait.RANDOM in found.traits or Trait.COUNT in found.traits:
        return None
    if (abs(value) > 1 and _is_place(node)) or (abs(value) <= NEAR and _is_deviation(node)):
        return None
    if evidence is None and path:
        evidence = _from_afar(evaluator, found, node, path) or _by_fraction(vocabulary, found, node, value)
        if evidence is not None and evidence.weight < BY_FLOW:
            concept = concept_of(vocabulary, evidence.detail)
            return Score(BY_FRACTION, evidence, concept, fraction=True, guessed=True)
    if evidence is None:
        return None
    weight = evidence.weight
    if weight < BY_FLOW:
        weight -= _neighbours(vocabulary, node, evidence, around)
        if 0 < abs(value) < 1:
            weight += FRACTION_BONUS
    written = last_name(node)
    named = written if evaluator.names.read(written).score else evidence.detail
    return Score(weight, evidence, concept_of(vocabulary, named), 0 < abs(value) < 1)


def _is_place(node: cst.CSTNode) -> bool:
    """``boxes[..., 2:4]``, ``prediction[:, :4]``: detectors say in the first four columns where something is."""
    if type(node) is not cst.Subscript or len(node.slice) < 2:
        return False
    columns = node.slice[-1].slice
    if type(columns) is not cst.Slice or columns.upper is None:
        return False
    first = 0 if columns.lower is None else number(columns.lower)
    last = number(columns.upper)
    return first is not None and last is not None and 0 <= first < last - 1 and last <= BOX


def _is_deviation(node: cst.CSTNode) -> bool:
    """``abs(p - 0.5)``, compared with next to nothing: is it that number?"""
    if type(node) is not cst.Call or last_name(node.func) not in {"abs", "fabs", "absolute"} or len(node.args) != 1:
        return False
    given = node.args[0].value
    if type(given) is not cst.BinaryOperation or type(given.operator) is not cst.Subtract:
        return False
    return number(given.left) is not None or number(given.right) is not None


def _from_afar(evaluator: Evaluator, found: Value, node: cst.CSTNode, path: str) -> Evidence | None:
    """What a function of another file may return."""
    reference = found.reference
    while reference.endswith("[]"):  # a part of what it returns
        reference = reference.removesuffix("[]")
    if not reference.endswith(("()", "]")) or not evaluator.origins.may_be_own(reference):
        return None
    name = reference.rpartition("()")[0].rpartition(".")[2]
    when = Carries(path, reference, Trait.SCORE.value)
    return Evidence(BY_FLOW, detail=name, path=(Step(node, f"{name}()"),), when=when)


def _by_fraction(vocabulary: Vocabulary, found: Value, node: cst.CSTNode, value: int | float) -> Evidence | None:
    """In an ML module, what is cut at a fraction is mostly a score of some kind, whatever it is called. On the 14
    projects that this was designed on it adds 17 comparisons: by one reader's count 11 right, 4 debatable, 2 wrong.
    It has not been measured on others."""
    if not SMALLEST_FRACTION <= abs(value) < 1 or not isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
        return None
    if found.text or found.has(Trait.EXTERNAL) or found.has(Trait.SETTINGS) or found.literal is not None:
        return None
    names = _identifiers(node)
    tokens = {token for name in names for token in tokenise(name)}
    for stops in ("threshold-stop-words", "score-stop-words", "score-co-words", "fraction-stop-words"):
        if tokens & vocabulary.words(stops):
            return None
    detail = (names[-1] if type(node) is cst.Attribute else names[0]) if names else "score"
    return Evidence(BY_FRACTION, detail=detail, path=(Step(node, detail),))


def _neighbours(vocabulary: Vocabulary, node: cst.CSTNode, evidence: Evidence, around: str) -> int:
    words = vocabulary.found("score-words", tokenise(evidence.detail))
    bare = vocabulary.words("score-bare-words")
    if not words or any(word not in bare for word in words):
        return 0
    around_it = tokenise(around), *(tokenise(name) for name in _identifiers(node)), tokenise(evidence.detail)
    known = any(vocabulary.found("score-co-words", tokens) for tokens in around_it)
    return NEIGHBOUR_PENALTY if known else 0


def _identifiers(node: cst.CSTNode) -> list[str]:
    names: list[str] = []
    stack = [node]
    while stack and len(names) < 40:
        current = stack.pop()
        if type(current) is cst.Name:
            names.append(current.value)
        stack.extend(children(current))
    return names


def concept_of(vocabulary: Vocabulary, name: str) -> str:
    """What a threshold is about, whatever the knob is called: ``MIN_CONF_THRESHOLD``, ``confidences`` and
    ``box.confidence`` are all ``confidence``."""
    same = vocabulary.inverse("concept-synonyms")
    tokens = [same.get(token, (token,))[0] for token in tokenise(name) if not token.isdigit()]
    stems = vocabulary.words("threshold-stems")
    qualifiers = vocabulary.words("concept-qualifiers")
    kept = [token for token in tokens if token not in stems and token not in qualifiers]
    said = [token for token in kept if token != "score"]  # MATCH_THRESHOLD and match_score
    return "_".join(dict.fromkeys(said or kept or tokens)) or "score"


def is_ordinary(value: int | float, allowed: frozenset[float]) -> bool:
    """Is the literal one that is no threshold: 0, 1, -1, an epsilon, infinity and what stands for it, or
    allowed by option?"""
    if value != value or abs(value) >= LARGEST:
        return True
    return value in (0, 1, -1) or abs(value) <= SMALLEST or value in allowed


def sure(score: Score, path: str, least: int = MEDIUM) -> tuple[Term, Term, Term]:
    """When a score is surely one, probably one, and possibly one: three terms, each narrower than
    the next. Outside ML modules it is one step less sure, unless the literal is a fraction: measured,
    what is called a score and cut at a fraction is one anywhere. The weak words (distance, ratio, loss)
    name too much else: for them the module itself has to import a framework."""
    learning = IsMachineLearning(path, directly=score.evidence.weight < MIDDLING)

    def reaches(limit: int) -> Term:
        inside = score.weight + LEARNING_BONUS >= limit
        return learning if inside else FALSE

    outside_high = negate(learning) if score.weight >= (MEDIUM if score.fraction else HIGH) else FALSE
    outside_medium = negate(learning) if score.weight >= MEDIUM else FALSE
    high = reaches(HIGH)
    medium = any_of(reaches(least), outside_high)
    low = any_of(reaches(least - 2), outside_medium)
    when = score.evidence.when
    return all_of(when, high), all_of(when, medium), all_of(when, low)
