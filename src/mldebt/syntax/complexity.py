"""What libcst must not be given.

libcst recurses on the C stack and no ``except`` catches a stack overflow; long operator and call
chains cost it time that grows with their square. So bracket depth, ``elif`` counts and chain lengths
are counted on the text, in one pass, before the parser sees it.
"""

from __future__ import annotations

import re

MAX_UNSEEN = (
    1_000_000  # characters that ``ast`` is given as they come: however deep it nests, the stack is large enough
)
MAX_DEPTH = 200  # CPython's own limit for nested brackets
MAX_ELIFS = 2_000
MAX_CHAIN = 1_500  # operators, calls and subscripts in one expression, between commas
MAX_WORK = 1_500_000  # the sum of the lengths that chains have at each of their links: some seconds of parsing

# No branch of this can fail behind its first character, so that nothing is ever scanned twice.
_INTERESTING = re.compile(
    r"""\#[^\r\n]*
    | \"\"\"(?:[^\\"]+|\\.?|\"(?!\"\"))*(?:\"\"\"|\Z)
    | '''(?:[^\\']+|\\.?|'(?!''))*(?:'''|\Z)
    | "(?:[^"\\\r\n]+|\\[\s\S])*"?
    | '(?:[^'\\\r\n]+|\\[\s\S])*'?
    | [()\[\]{},;]
    | \\(?:\r\n?|\n)
    | [\r\n]
    | \.(?=[^\W\d])
    | \*\*|//|<<|>>|[-+*/%@&|^~<>]
    | \b(?:elif|and|or|not|in|is|if|lambda|await)\b
    """,
    re.VERBOSE | re.DOTALL,
)


def find_excess(text: str) -> str | None:
    """Why ``text`` is too complex for the parser, in words, or ``None`` when it is not.

    Linear in the text. What stands in strings and comments does not count.
    """
    chains = [0]
    elifs = 0
    work = 0
    for match in _INTERESTING.finditer(text):
        token = match.group()
        first = token[0]
        if first in ")]}":
            if len(chains) > 1:
                chains.pop()
        elif first in ",;":
            chains[-1] = 0
        elif first in "\r\n":
            if len(chains) == 1:
                chains[0] = 0
        elif token == "elif":
            elifs += 1
            if elifs > MAX_ELIFS:
                return f"it has more than {MAX_ELIFS} elif branches"
        elif first not in "#\"'\\":
            length = chains[-1] = chains[-1] + 1
            work += length
            if length > MAX_CHAIN:
                return f"one expression has more than {MAX_CHAIN} operators or calls"
            if work > MAX_WORK:
                return "its long expressions would take too long"
            if first in "([{":  # a call or a subscript is a link of the chain it stands in
                chains.append(0)
                if len(chains) > MAX_DEPTH:
                    return f"brackets are nested more than {MAX_DEPTH} deep"
    return None


class ExcessError(Exception):
    """Something was found to be too complex while a tree was made; the message says what."""


class Depth:
    """Counts, while a tree is made, what ``find_excess`` counts in the text, for those that are deep."""

    __slots__ = ("work",)

    def __init__(self) -> None:
        self.work = 0

    def reached(self, depth: int) -> None:
        """An expression stands inside ``depth`` others, or is a link of a chain of so many."""
        self.work += depth
        if depth > MAX_CHAIN:
            raise ExcessError(f"one expression has more than {MAX_CHAIN} operators or calls")
        if self.work > MAX_WORK:
            raise ExcessError("its long expressions would take too long")
