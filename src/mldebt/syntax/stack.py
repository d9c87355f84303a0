"""Deep recursion where it cannot hurt: a thread with a large stack.

libcst's native parser and its code generator recurse as deep as the source nests. The main thread's
stack is set by the system; a thread's is ours to choose.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STACK_BYTES = 512 * 1024 * 1024  # address space, not memory: pages are touched only when used
RECURSION_LIMIT = 30_000


def call(function: Callable[[], T]) -> T:
    """Run ``function`` on a thread with a large stack and return what it returns, or raise what it raises."""
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            failure.append(error)

    limit = sys.getrecursionlimit()
    size = threading.stack_size(STACK_BYTES)
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        thread = threading.Thread(target=run, name="mldebt-deep-stack")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if failure:
        raise failure[0]
    return outcome[0]
