"""What an answer rests on is known to whoever uses it, also when somebody else has found it."""

from __future__ import annotations

from functools import cached_property

import pytest

from mldebt.checks.models import no_baseline
from mldebt.practices import Practices
from mldebt.reads import Reads, Recorder, found_once, question


def kinds(reads: Reads) -> set[str]:
    return set().union(*(each.kinds for each in reads.all()))


def test_who_uses_a_shared_answer_rests_on_what_it_was_found_from() -> None:
    recorder = Recorder()

    def find() -> int:
        recorder.now.kinds.add("Act")
        return 1

    with recorder.listening() as first:
        assert recorder.once("key", find) == 1
    with recorder.listening() as second:
        assert recorder.once("key", find) == 1
    assert kinds(first) == kinds(second) == {"Act"}


def test_an_answer_rests_on_those_that_it_was_made_of() -> None:
    recorder = Recorder()

    def inner() -> int:
        recorder.now.kinds.add("Trial")
        return 1

    recorder.once("inner", inner)
    with recorder.listening() as reads:
        recorder.once("outer", lambda: recorder.once("inner", inner) + 1)
    assert kinds(reads) == {"Trial"}


def test_what_is_looked_at_aside_is_not_noted() -> None:
    recorder = Recorder()
    with recorder.listening() as reads, recorder.aside():
        recorder.now.kinds.add("Act")
    assert not reads.any()


def test_an_answer_that_was_not_found_is_looked_for_again() -> None:
    recorder = Recorder()
    with recorder.listening() as reads:
        with pytest.raises(ZeroDivisionError):
            recorder.once("key", lambda: 1 // 0)
        assert recorder.once("key", lambda: 2) == 2
    assert len(reads.all()) > 1


def test_every_view_of_practices_is_noted() -> None:
    """A ``cached_property`` would be known only to the first rule that asks."""
    held = [each for each in vars(Practices).values() if isinstance(each, found_once)]
    assert len(held) > 8
    assert not any(isinstance(each, cached_property) for each in vars(Practices).values())


def test_a_question_is_found_by_its_name() -> None:
    asked = no_baseline._is_baseline
    assert question(asked.name) is asked
