"""How sure it is that an expression is a score, and what the score is of."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from mldebt.syntax.children import children
from mldebt.terms import FALSE, IsMachineLearning, Term, any_of, negate
from mldebt.traits.evaluate import Evaluator
from mldebt.traits.values import BY_FLOW, Evidence, Trait
from mldebt.vocabulary import Vocabulary, tokenise

MEDIUM, HIGH = 6, 8  # the weights from which a score is reported, and from which it is sure
LEARNING_BONUS = 2  # of an ML module
FRACTION_BONUS = 2  # of a literal between 0 and 1
NEIGHBOUR_PENALTY = 4  # of a word that says geography, games or money
SMALLEST = 1e-4  # literals up to here are numerical guards, not thresholds


@dataclass(frozen=True, slots=True)
class Score:
    """An expression that is a score. ``weight`` is what is known from this file, without the ML module's bonus."""

    weight: int
    evidence: Evidence
    concept: str

    @property
    def flows(self) -> bool:
        """Known by where it comes from."""
        return self.evidence.weight >= BY_FLOW


def read_score(
    evaluator: Evaluator, vocabulary: Vocabulary, node: cst.CSTNode, value: int | float, around: str
) -> Score | None:
    """The score that ``node`` is when it is compared with the literal ``value``; ``around`` is the symbol
    and path it stands in, whose words can say that it is something else."""
    found = evaluator.value(node)
    evidence = found.traits.get(Trait.SCORE)
    if evidence is None or Trait.RANDOM in found.traits or Trait.COUNT in found.traits:
        return None
    weight = evidence.weight
    if weight < BY_FLOW:
        weight -= _neighbours(vocabulary, node, evidence, around)
        if 0 < abs(value) < 1:
            weight += FRACTION_BONUS
    return Score(weight, evidence, concept_of(vocabulary, evidence.detail))


def _neighbours(vocabulary: Vocabulary, node: cst.CSTNode, evidence: Evidence, around: str) -> int:
    words = vocabulary.found("score-words", tokenise(evidence.detail))
    bare = vocabulary.words("score-bare-words")
    if not words or any(word not in bare for word in words):
        return 0
    tokens = set(tokenise(around)) | {token for name in _identifiers(node) for token in tokenise(name)}
    return NEIGHBOUR_PENALTY if tokens & vocabulary.words("score-co-words") else 0


def _identifiers(node: cst.CSTNode) -> list[str]:
    names: list[str] = []
    stack = [node]
    while stack and len(names) < 40:
        current = stack.pop()
        if isinstance(current, cst.Name):
            names.append(current.value)
        stack.extend(children(current))
    return names


def concept_of(vocabulary: Vocabulary, name: str) -> str:
    """What a threshold is about, whatever the knob is called: ``MIN_CONFIDENCE_THRESHOLD`` and
    ``box.confidence`` are both ``confidence``."""
    tokens = [token for token in tokenise(name) if not token.isdigit()]
    stems = vocabulary.words("threshold-stems")
    kept = [token for token in tokens if token not in stems and token not in _QUALIFIERS]
    return "_".join(kept or tokens) or "score"


_QUALIFIERS = frozenset({"min", "max", "minimum", "maximum", "default", "the", "value", "level", "limit", "self"})


def is_ordinary(value: int | float, allowed: frozenset[float]) -> bool:
    """Is the literal one that is no threshold: 0, 1, -1, an epsilon, infinity, or allowed by option?"""
    if value != value or value in (float("inf"), float("-inf")):
        return True
    return value in (0, 1, -1) or abs(value) <= SMALLEST or value in allowed


def sure(score: Score, path: str, least: int = MEDIUM) -> tuple[Term, Term, Term]:
    """When a score is surely one, probably one, and possibly one: three terms, each narrower than
    the next. Outside ML modules it is one step less sure."""
    learning = IsMachineLearning(path)

    def reaches(limit: int) -> Term:
        inside = score.weight + LEARNING_BONUS >= limit
        return learning if inside else FALSE

    outside_high = negate(learning) if score.weight >= HIGH else FALSE
    outside_medium = negate(learning) if score.weight >= MEDIUM else FALSE
    high = reaches(HIGH)
    medium = any_of(reaches(least), outside_high)
    low = any_of(reaches(least - 2), outside_medium)
    return high, medium, low
