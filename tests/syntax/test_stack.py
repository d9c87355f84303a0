from __future__ import annotations

import sys
import threading

import pytest

from mldebt.syntax import stack


def deep(levels: int) -> int:
    return 0 if levels == 0 else 1 + deep(levels - 1)


def test_what_recurses_deeply_comes_to_its_end() -> None:
    assert stack.call(lambda: deep(20_000)) == 20_000


def test_what_is_raised_is_raised_here() -> None:
    def fail() -> None:
        raise KeyError("a")

    with pytest.raises(KeyError, match="a"):
        stack.call(fail)


def test_the_limits_are_what_they_were() -> None:
    limit, size = sys.getrecursionlimit(), threading.stack_size()
    stack.call(lambda: None)
    with pytest.raises(ValueError, match="no"):
        stack.call(lambda: (_ for _ in ()).throw(ValueError("no")))
    assert (sys.getrecursionlimit(), threading.stack_size()) == (limit, size)


def test_calls_may_stand_in_each_other() -> None:
    assert stack.call(lambda: stack.call(lambda: deep(15_000)) + deep(15_000)) == 30_000
