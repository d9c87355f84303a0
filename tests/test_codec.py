"""What is written is read back; what is not ours is refused on both ways."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.codec import Codec, CodecError
from mldebt.facts import FileFacts
from mldebt.facts.modules import Import, ModuleFact
from mldebt.model import Candidate, Confidence, Notice, Outcome, Place, Severity, Span
from mldebt.terms import All, Any, Carries, Constant, IsMachineLearning, Not

KINDS = (
    FileFacts, Import, ModuleFact, Candidate, Confidence, Notice, Outcome, Place, Severity, Span,
    All, Any, Carries, Constant, IsMachineLearning, Not,
)  # fmt: skip
CODEC = Codec(KINDS)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
terms = st.recursive(
    st.builds(Constant, st.booleans()) | st.builds(Carries, texts, texts, texts) | st.builds(IsMachineLearning, texts),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Any, st.lists(inner, max_size=3).map(tuple))
    ),
)
outcomes = st.tuples(terms, st.sampled_from(Confidence), st.none() | st.sampled_from(Severity)).map(
    lambda values: Outcome(*values)
)
places = st.builds(Place, texts, st.builds(Span, *[st.integers(1, 10**6)] * 4))


@given(
    st.tuples(texts, places, texts, texts, texts, texts, st.lists(outcomes, max_size=3).map(tuple)).map(
        lambda values: Candidate(*values)
    )
)
def test_candidates_come_back_as_they_were(candidate: Candidate) -> None:
    facts = FileFacts("a.py", "python", 3, True, candidates=(candidate,))
    assert CODEC.loads(CODEC.dumps(facts), FileFacts) == facts


@pytest.mark.parametrize("value", [{"a": 1}, [1], {1}, b"x", object(), float("nan"), Outcome, 1j])
def test_what_is_not_ours_is_not_written(value: object) -> None:
    with pytest.raises((CodecError, ValueError)):
        CODEC.dumps(value)


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", "{}", "[]", "[1]", "[true]", '{"os.system":"x"}', '{"Span":1}', '{"Span":[1]}', '{"Span":{}}',
        '{"Severity":"loud"}', '{"Severity":["note"]}', '{"FileFacts":[]}', '{"Severity":"note","Span":[1,1,1,1]}',
        "null", "3", "[" * 100_000, '{"Not":[' * 100_000, '{"Place":[{"Place":[]}]}',
    ],
)  # fmt: skip
def test_what_is_not_ours_is_not_read(text: str) -> None:
    with pytest.raises(CodecError):
        CODEC.loads(text, FileFacts)


@given(st.recursive(st.none() | st.integers() | texts, lambda inner: st.lists(inner, max_size=4)))
def test_any_json_is_read_or_refused(document: object) -> None:
    with contextlib.suppress(CodecError):
        CODEC.loads(json.dumps(document), FileFacts)
