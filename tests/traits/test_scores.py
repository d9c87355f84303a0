"""What is read as a score, how sure it is, and what it is called."""

from __future__ import annotations

import libcst as cst
import pytest

from mldebt import vocabulary
from mldebt.model import Severity
from mldebt.syntax.children import descendants
from mldebt.terms import FALSE, Carries, IsMachineLearning
from mldebt.traits.flow import Interpreter
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.scores import Cut, Score, ScoreReader, concept_of, is_ordinary, sure
from mldebt.traits.values import BY_FLOW, Evidence

WORDS = vocabulary.load()
NAMES = Names(WORDS)
ORIGINS = Origins(WORDS, NAMES)
LEARNING = IsMachineLearning("a.py")


def cuts(code: str, path: str = "a.py") -> list[Cut]:
    """The cuts of all comparisons in ``code``, read where they stand."""
    found: list[Cut] = []

    def hear(node: cst.CSTNode) -> None:
        assert isinstance(node, cst.Comparison)
        found.extend(ScoreReader(interpreter.evaluator, WORDS, path, "f").cuts(node))

    interpreter = Interpreter(NAMES, ORIGINS, {cst.Comparison: hear})
    interpreter.run(cst.parse_module(code))
    return found


def only(code: str) -> Cut:
    [cut] = cuts(code)
    return cut


@pytest.mark.parametrize(
    "code",
    [
        "for name, p in zip(model.classes_, model.predict_proba(rows)[0]):\n    keep = p > 0.3\n",
        "found = {c: p for c, p in zip(names, model.predict_proba(rows)[0])}\n"
        "kept = [c for c, p in found.items() if p > 0.3]\n",
        "found = []\nfor row in rows:\n    found.append((row, model.predict_proba(row)[0, 1]))\n"
        "for row, p in found:\n    keep = p > 0.3\n",
        "import torch\np, at = torch.max(torch.softmax(net(rows), 1), 1)\nkeep = p.item() > 0.3\n",
        "def ask(rows):\n    return {'label': 1, 'p': model.predict_proba(rows)[0]}\nkeep = ask(rows)['p'] > 0.3\n",
        "import torch\nclass Net:\n    def forward(self, x):\n        return torch.sigmoid(x)\n"
        "net = Net()\ny = net(rows)\nkeep = y > 0.3\n",
        "frame['b'] = frame['confidence'].apply(lambda v: v > 0.3)\n",
        "import numpy as np\ns = np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))\nkeep = s > 0.3\n",
        "import numpy as np\nd = np.linalg.norm(left_embedding - right_embedding)\nkeep = d < 1.1\n",
        "gaps = frame.isnull().mean()\nkeep = gaps > 0.3\n",
        "keep = model.predict(rows)[0][0] > 0.3\n",
        "if metrics['f1-score'] < 0.3:\n    raise ValueError\n",
    ],
)
def test_a_score_is_known_wherever_it_went(code: str) -> None:
    assert [cut for cut in cuts(code) if cut.value in (0.3, 1.1)]


@pytest.mark.parametrize(
    "code",
    [
        "import random\nif random.random() < 0.3:\n    pass\n",
        "if len(scores) > 3:\n    pass\n",
        "if confidence > 0 and confidence <= 1 and confidence < 100:\n    pass\n",
        "if score_count > 10:\n    pass\n",
        "if confidence > settings.least:\n    pass\n",
        "THRESHOLD = 0.4\nif confidence > THRESHOLD:\n    pass\n",
        "if 'score' == kind or score == 0.5:\n    pass\n",
    ],
)
def test_other_numbers_are_left_alone(code: str) -> None:
    assert cuts(code) == []


def test_a_chain_holds_two_numbers() -> None:
    assert [cut.value for cut in cuts("band = 0.3 <= confidence < 0.6\n")] == [0.3, 0.6]


def test_a_number_behind_a_name_that_says_nothing_is_found_where_it_is_written() -> None:
    cut = only("LEAST = 0.4\nkeep = confidence > LEAST\n")
    assert (cut.value, cut.name) == (0.4, "LEAST")


def test_what_another_file_returns_is_asked_there() -> None:
    cut = only("from shop.ranker import judge\nfound = judge(rows)\nkeep = found > 12\n")
    assert cut.score.evidence.when == Carries("a.py", "shop.ranker.judge()", "score")


def test_an_unknown_value_cut_at_a_fraction_is_a_score_in_a_learning_module_only() -> None:
    high, medium, low = sure(only("keep = bpr > 0.98\n").score, "a.py")
    assert high == FALSE
    assert medium == LEARNING
    assert low == LEARNING
    assert cuts("keep = learning_rate > 0.98\n") == []
    assert cuts("keep = bpr > 98\n") == []


@pytest.mark.parametrize(
    ("code", "sure_of"),
    [
        ("keep = confidence > 0.4\n", "high"),
        ("keep = confidence > 40\n", "high"),
        ("keep = score > 0.4\n", "high"),
        ("keep = score > 40\n", "medium"),
        ("keep = distance > 0.4\n", "medium"),
        ("keep = distance > 40\n", "low"),
    ],
)
def test_words_and_fractions_add_up(code: str, sure_of: str) -> None:
    levels = dict(zip(("high", "medium", "low"), sure(only(code).score, "a.py"), strict=True))
    reached = next(
        name for name, term in levels.items() if any(isinstance(each, IsMachineLearning) for each in parts(term))
    )
    assert reached == sure_of


def parts(term: object) -> list[object]:
    return [term, *getattr(term, "terms", ())]


def test_weak_words_need_a_module_that_learns_itself() -> None:
    assert sure(only("keep = distance > 0.4\n").score, "a.py")[1] == IsMachineLearning("a.py", directly=True)
    assert sure(only("keep = score > 40\n").score, "a.py")[1] == LEARNING


def test_a_guess_is_a_note() -> None:
    assert only("keep = bpr > 0.98\n").score.severity is Severity.NOTE
    assert only("keep = confidence > 0.98\n").score.severity is None


def test_outside_of_learning_modules_it_is_one_step_less_sure() -> None:
    weight_six = Score(6, Evidence(6), "score")
    assert sure(weight_six, "a.py")[1] == LEARNING
    assert sure(Score(6, Evidence(4), "score", fraction=True), "a.py")[1] != LEARNING
    assert sure(Score(BY_FLOW, Evidence(BY_FLOW), "score"), "a.py")[0] == LEARNING


def test_geography_takes_the_weak_words_back() -> None:
    assert only("keep = distance_km > 0.4\n").score.weight < only("keep = distance > 0.4\n").score.weight


@pytest.mark.parametrize(
    ("names", "concept"),
    [
        (("MIN_CONFIDENCE_THRESHOLD", "conf_thres", "confidences", "confidence"), "confidence"),
        (("predict_proba", "PROB_CUTOFF", "min_probability"), "probability"),
        (("MATCH_THRESHOLD", "match_score", "match_scores"), "match"),
        (("score_threshold", "min_score", "scores"), "score"),
        (("threshold",), "threshold"),
        (("p_value", "pvalue", "pval"), "p_value"),
    ],
)
def test_one_thing_has_one_concept(names: tuple[str, ...], concept: str) -> None:
    assert {concept_of(WORDS, name) for name in names} == {concept}


@pytest.mark.parametrize(
    ("value", "ordinary"), [(0, True), (1.0, True), (-1, True), (1e-5, True), (0.5, False), (7, False)]
)
def test_ordinary_numbers(value: float, ordinary: bool) -> None:
    assert is_ordinary(value, frozenset()) is ordinary
    assert is_ordinary(value, frozenset({value}))


def test_infinity_and_nan_are_ordinary() -> None:
    assert is_ordinary(float("inf"), frozenset())
    assert is_ordinary(float("nan"), frozenset())


def test_every_comparison_of_a_long_expression_is_read_once() -> None:
    module = cst.parse_module("keep = " + " and ".join(f"confidence > 0.{n}" for n in range(11, 41)) + "\n")
    assert sum(isinstance(node, cst.Comparison) for node in descendants(module)) == 30
    assert len(cuts(module.code)) == 30
