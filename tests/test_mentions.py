"""Names of flags in a text."""

from __future__ import annotations

import time

from mldebt import vocabulary
from mldebt.gate import Glance
from mldebt.mentions import mentioned_flags
from mldebt.traits.names import Names

NAMES = Names(vocabulary.load({}))


def test_flags_are_named_assigned_and_quoted() -> None:
    text = """\
ENABLE_A = True
ENABLE_A: bool = False
if ENABLE_B == 1 or settings.enable_c:
    run(ENABLE_D=1)
read("ENABLE_E", 'app.ENABLE_F')
plain_name = feature_store
"""
    (found,) = mentioned_flags(text, Glance(text).words, NAMES)
    assert found.names == ("ENABLE_A", "ENABLE_B", "ENABLE_C", "ENABLE_D", "ENABLE_E", "ENABLE_F")
    assert found.assigned == (("ENABLE_A", 2), ("ENABLE_D", 1))
    assert found.quoted == ("ENABLE_E", "ENABLE_F")
    assert found.again == ("ENABLE_A",)


def test_a_text_without_flags_has_no_fact() -> None:
    assert mentioned_flags("x = some_name\n", Glance("x = some_name\n").words, NAMES) == ()


def test_time_grows_with_the_length() -> None:
    began = time.perf_counter()
    for text in (
        "enable_" * 50_000,
        "enable_a " * 50_000,
        "enable_a : " * 50_000,
        "enable_a" + " " * 200_000,
        "a_" * 100_000,
    ):
        mentioned_flags(text, Glance(text).words, NAMES)
    assert time.perf_counter() - began < 20
