"""What a name says of the number it is given."""

from __future__ import annotations

import libcst as cst
import pytest

from mldebt import vocabulary
from mldebt.syntax.names import dotted
from mldebt.traits.queries import LONGEST_QUERY, bounds, is_sql
from mldebt.traits.thresholds import passed, read_threshold

WORDS = vocabulary.load()


@pytest.mark.parametrize(
    ("name", "value", "concept", "scored"),
    [
        ("MIN_CONFIDENCE", 0.4, "confidence", True),
        ("iouThreshold", 0.45, "iou", True),
        ("nms_thresh", 0.4, "nms", True),
        ("threshold", 0.5, "threshold", False),
        ("token_similarity_threshold", 0.9, "token_similarity", True),
        ("log_prob_threshold", -0.5, "log_probability", True),
        ("AREA_THRESHOLD", 0.09, "area", False),
        ("score_cutoff", 90, "score", True),
        ("early_stopping_threshold", 0.0001, "early_stopping", False),
    ],
)
def test_thresholds(name: str, value: float, concept: str, scored: bool) -> None:
    knob = read_threshold(WORDS, name, value)
    assert knob is not None
    assert (knob.concept, knob.scored) == (concept, scored)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size_threshold", 0.5), ("IDLE_SECONDS_THRESHOLD", 90), ("failure_threshold", 5), ("AREA_THRESHOLD", 400),
        ("conf_threshold", -1), ("iou_threshold", 1.0), ("min_score", 0), ("accept_threshold", 1_000_000),
        ("percentile_threshold", 100), ("best_threshold", 0.5), ("confidence", 0.5), ("learning_rate", 0.1), ("", 0.5),
        ("score_count_threshold", 5), ("threshold", float("nan")),
    ],
)  # fmt: skip
def test_no_thresholds(name: str, value: float) -> None:
    assert read_threshold(WORDS, name, value) is None


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("find(x, score_threshold=0.4)", ["score_threshold"]),
        ("cv2.dnn.NMSBoxes(b, s, 0.4, 0.5)", ["score_threshold", "nms_threshold"]),
        ("find(b, s, 0.4, 0.5)", []),
        ("np.set_printoptions(threshold=50)", []),
        ("find(x, threshold=settings.threshold)", []),
        ("find(*rows, **options)", []),
        ("model.predict(x, conf=0.4)", ["conf"]),
        ("Detection(conf=0.4)", []),
        ("find(x, threshold=-0.5)", ["threshold"]),
    ],
)
def test_arguments(code: str, arguments: list[str]) -> None:
    call = cst.parse_expression(code)
    assert isinstance(call, cst.Call)
    assert [each.name for each in passed(call, WORDS, lambda: dotted(call.func))] == arguments


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("score > 0.8", [("score", "0.8")]),
        ("a.score>=0.8 and b < -2", [("score", "0.8"), ("b", "-2")]),
        ("`score` < 5", [("score", "5")]),
        ("auc BETWEEN 0.6 AND 0.8", [("auc", "0.6"), ("auc", "0.8")]),
        ("score > @limit or score > :limit or score > {limit}", []),
        ("score > 0.8.1 or score > 5x", []),
        ("5 > 3", []),
    ],
)
def test_bounds_in_text(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.column, each.text) for each in bounds(text)] == found


def test_a_hostile_query_is_read_in_linear_time() -> None:
    for text in ("a" * 10_000_000, "a " * 1_000_000, "select " * 1_000_000, "a > " * 1_000_000):
        assert list(bounds(text)) == []
        assert not is_sql(text)
    assert len(list(bounds("score > 0.5 " * 10_000))) <= LONGEST_QUERY


def test_sql_is_a_statement_with_a_condition() -> None:
    assert is_sql("SELECT id\nFROM matches\nWHERE score > 0.5")
    assert not is_sql("selected where score > 0.5")
    assert not is_sql("score > 0.5 is good")
