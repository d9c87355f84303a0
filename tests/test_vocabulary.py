"""The word lists: what is promised of their form, and how they are asked."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mldebt.errors import CatalogueError, ConfigError
from mldebt.vocabulary import Vocabulary, load, tokenise

TOKEN_LISTS = (
    "score-words", "score-stop-words", "score-co-words", "score-bare-words", "threshold-stems", "threshold-note-stems",
    "threshold-stop-words", "threshold-area-words", "threshold-markers", "threshold-marker-stops", "drift-words",
    "drift-context-words", "metric-words", "gate-words", "class-id-words", "class-id-stop-words", "display-words",
    "count-words",
    "env-identifiers", "env-weak-identifiers", "env-suffixes", "env-stop-identifiers", "debug-switches", "flag-stems",
    "flag-suffixes", "flag-stop-second-words", "domain-words", "domain-neighbours", "domain-stop-words", "money-words",
    "eligibility-words",
    "outcome-words", "entitlement-words", "remote-inference", "config-suffixes", "train-path-words", "serve-path-words",
)  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load()


@pytest.mark.parametrize(
    ("identifier", "tokens"),
    [
        ("y_probScore", ("y", "prob", "score")),
        ("AUCScore", ("auc", "score")),
        ("maxIoU", ("max", "iou")),
        ("f1_score", ("f1", "score")),
        ("F1Score", ("f1", "score")),
        ("score2", ("score", "2")),
        ("latencyP95", ("latency", "p95")),
        ("MIN_CONFIDENCE", ("min", "confidence")),
        ("pValue", ("p", "value")),
        ("HTTPServer", ("http", "server")),
        ("__init__", ("init",)),
        ("größe", ("gr", "öß", "e")),
        ("_", ()),
    ],
)
def test_identifiers_fall_into_tokens(identifier: str, tokens: tuple[str, ...]) -> None:
    assert tokenise(identifier) == tokens


@pytest.mark.parametrize("name", TOKEN_LISTS)
def test_entries_of_token_lists_are_what_tokenise_makes(vocabulary: Vocabulary, name: str) -> None:
    for entry in vocabulary.words(name):
        assert "_".join(tokenise(entry)) == entry, f"{name}: {entry!r} can never be found"
        assert entry.count("_") < 4, f"{name}: {entry!r} is longer than the longest compound looked for"


def test_every_list_says_what_it_means_and_where_it_is_from(vocabulary: Vocabulary) -> None:
    for known in vocabulary.lists.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", known.name)
        assert len(known.meaning) > 10, known.name
        assert len(known.source) > 8, known.name
        assert date(2025, 1, 1) < known.date < date(2100, 1, 1), known.name


def test_distribution_names_are_normalised(vocabulary: Vocabulary) -> None:
    targets = {
        name
        for key in ("conda-names", "import-distributions")
        for names in vocabulary.mapping(key).values()
        for name in names
    }
    for name in vocabulary.words("frameworks") | vocabulary.words("lint-tools") | targets:
        assert name == re.sub(r"[-_.]+", "-", name).lower()


def test_a_union_holds_the_words_of_its_parts(vocabulary: Vocabulary) -> None:
    assert {"torch", "transformers", "scikit-learn", "numpy", "mlflow", "ultralytics"} <= vocabulary.words("frameworks")


def test_array_and_table_libraries_make_no_ml_module(vocabulary: Vocabulary) -> None:
    assert not vocabulary.words("ml-modules") & vocabulary.words("data-modules")


def test_the_three_weights_of_score_words(vocabulary: Vocabulary) -> None:
    weights = vocabulary.weights("score-words")
    assert (weights["confidence"], weights["score"], weights["distance"]) == (6, 4, 3)


def test_flag_methods_say_where_the_key_stands(vocabulary: Vocabulary) -> None:
    for root, methods in vocabulary.mapping("flag-sdks").items():
        for method in methods:
            assert re.fullmatch(r"[A-Za-z_]+:(\d|-)", method), f"{root}: {method}"


def test_whole_tokens_only(vocabulary: Vocabulary) -> None:
    assert vocabulary.found("score-words", tokenise("problem_confluence_scored")) == ()


def test_a_compound_takes_its_tokens(vocabulary: Vocabulary) -> None:
    assert vocabulary.found("score-words", tokenise("fraud_score_logit")) == ("fraud_score", "logit")
    assert vocabulary.weight("score-words", tokenise("z_score")) == 3, "not the 4 of score"
    assert vocabulary.weight("score-words", tokenise("frames")) == 0


def test_globs_cover_names(vocabulary: Vocabulary) -> None:
    assert vocabulary.matches("env-variables", "MODEL_ENV")
    assert vocabulary.matches("env-variables", "ENV")
    assert not vocabulary.matches("env-variables", "ENVELOPE")
    assert vocabulary.matches("raw-labels", "LABEL_12")
    assert not vocabulary.matches("raw-labels", "LABEL_NAMES")


def test_a_mapping_turned_round(vocabulary: Vocabulary) -> None:
    assert vocabulary.inverse("score-apis")["predict_proba"] == ("score",)
    assert vocabulary.inverse("score-apis")["roc_auc_score"] == ("metric",)


@pytest.mark.parametrize(("ask", "name"), [("words", "no-such"), ("weights", "loaders"), ("mapping", "score-words")])
def test_asking_for_a_list_that_is_not_there_is_a_mistake_of_ours(vocabulary: Vocabulary, ask: str, name: str) -> None:
    with pytest.raises(CatalogueError, match=name):
        getattr(vocabulary, ask)(name)


def test_additions_of_a_user(vocabulary: Vocabulary) -> None:
    extended = load(
        {"score-words": ("hotness", "warmth=3"), "loaders": ("acme.load",), "score-apis": ("metric=acme.gain", "own=x")}
    )
    assert extended.weights("score-words")["hotness"] == 6
    assert extended.weights("score-words")["warmth"] == 3
    assert "acme.load" in extended.words("loaders")
    assert "acme.gain" in extended.mapping("score-apis")["metric"]
    assert extended.mapping("score-apis")["own"] == ("x",)
    assert extended.words("domain-words") == vocabulary.words("domain-words")
    assert "hotness" not in vocabulary.weights("score-words"), "an addition leaks into the shipped lists"


def test_a_part_that_is_extended_extends_the_union() -> None:
    assert "acme-nets" in load({"frameworks-core": ("acme-nets",)}).words("frameworks")


@pytest.mark.parametrize(
    ("extend", "message"),
    [
        ({"scorewords": ("x",)}, "did you mean 'score-words'"),
        ({"score-words": ("x=high",)}, "not a whole number"),
        ({"score-apis": ("x",)}, "key=word"),
    ],
)
def test_wrong_additions_are_the_users_errors(extend: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(extend)


def test_read_once_and_digested() -> None:
    assert load() is load({})
    assert load({"loaders": ("a",)}) is load({"loaders": ("a",)})
    assert len({load().digest(), load({"loaders": ("a",)}).digest(), load({"savers": ("a",)}).digest()}) == 3
