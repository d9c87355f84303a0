"""Where data in a program comes from, and what has been done to it: parts of a split, fits it went through."""

from __future__ import annotations

from typing import TypeAlias

import libcst as cst
from msgspec import Struct, field
from msgspec.structs import replace

TRAIN, TEST, VALIDATION = "train", "test", "validation"

Columns: TypeAlias = "frozenset[str] | None"


class Frame(Struct, frozen=True):
    """A table that has all columns of the one it came from but ``dropped``."""

    number: int
    dropped: frozenset[str] = frozenset()


class Made(Struct, frozen=True):
    """An object that a call made: ``name`` is the last name of what was called, ``key`` tells objects apart,
    ``node`` the call (``None`` for one that came from elsewhere and is known by its name). ``selects``: it may
    take some columns of a table, and leave others."""

    name: str
    key: object
    node: cst.Call | None = None
    selects: bool = False


class Data(Struct, frozen=True):
    """An abstract value. ``origins`` number where it came from; ``parts`` of which split it is;
    ``fits`` are the fits whose learnt state is in it; ``frame`` and ``column`` say when it is a whole table,
    or one column of one; ``elements`` are those of a tuple."""

    origins: frozenset[int] = frozenset()
    parts: frozenset[str] = frozenset()
    fits: frozenset[int] = frozenset()
    frame: Frame | None = None
    column: tuple[int, str] | None = None
    elements: tuple[Data, ...] | None = None
    made: Made | None = None
    text: str | None = None  # the literal string that it is
    statistic: bool = False  # a mean, a deviation, ... of its rows
    answers: frozenset[int] = frozenset()  # of models, that it was computed from

    @property
    def made_by_call(self) -> bool:
        """Is it an object that a call in this file made?"""
        return self.made is not None and self.made.node is not None

    def plain(self) -> Data:
        """What of it goes on into something computed from it."""
        more = (self.frame, self.column, self.elements, self.made, self.text)
        if not self.statistic and all(each is None for each in more):
            return self
        return Data(self.origins, self.parts, self.fits, answers=self.answers)


NOTHING = Data()


def union(*given: Data) -> Data:
    """Computed from all of ``given``."""
    told = [each for each in given if each is not NOTHING]
    if len(told) < 2:  # as it mostly is
        return told[0].plain() if told else NOTHING
    return Data(
        frozenset().union(*[each.origins for each in told]),
        frozenset().union(*[each.parts for each in told]),
        frozenset().union(*[each.fits for each in told]),
        answers=frozenset().union(*[each.answers for each in told]),
    )


def either(one: Data, other: Data) -> Data:
    """One or the other, after a branch."""
    if one is other:
        return one
    joined = union(one, other)
    same = one.elements is not None and other.elements is not None and len(one.elements) == len(other.elements)
    return replace(
        joined,
        frame=one.frame if one.frame == other.frame else None,
        column=one.column if one.column == other.column else None,
        elements=tuple(map(either, one.elements, other.elements)) if same and one.elements and other.elements else None,
        made=one.made or other.made,
    )


class Fit(Struct, frozen=True):
    """Something learnt from data. ``kind``: "transformer", "encoder", "sampler", "statistic" (by hand: filled or
    scaled with a mean), "unknown" or "model"; ``name`` says what was fitted; ``data`` is what it was given
    first, ``target`` second, ``watched`` what it stops early by."""

    node: cst.CSTNode
    kind: str
    name: str
    data: Data
    target: Data = NOTHING
    watched: Data = NOTHING
    learner: object = None


class Leak(Struct, frozen=True):
    """A fit that saw what it must not see. ``kind``: "before-split", "refitted", "both-parts", "target",
    "watched"; ``other`` is the split, or what else shows it."""

    fit: Fit
    kind: str
    other: cst.CSTNode
    column: str = ""


class Answer(Struct, frozen=True):
    """A model, ``learner``, is asked at ``node``."""

    node: cst.Call
    learner: object


class Load(Struct, frozen=True):
    """Data read from outside. ``checked``: something in the program looks at what it is."""

    node: cst.Call
    number: int


class Story(Struct):
    """What happened in one file, found by running it abstractly. ``sealed``: it compares the bytes that it works on
    with what they must be."""

    fits: list[Fit] = field(default_factory=list)
    answers: dict[int, Answer] = field(default_factory=dict)  # by number
    leaks: dict[int, Leak] = field(default_factory=dict)  # by the id of the fit's node
    loads: dict[int, Load] = field(default_factory=dict)  # by number
    checked: set[int] = field(default_factory=set)  # numbers of loads that something validates
    typed: set[int] = field(default_factory=set)  # numbers of loads that a schema is held against
    learnt: dict[int, cst.CSTNode] = field(default_factory=dict)  # number of a load -> the fit of a model on it
    imported: dict[int, cst.Call] = field(default_factory=dict)  # by number: calls of what others define
    handed: dict[int, dict[str, None]] = field(default_factory=dict)  # number -> what others define that it is given to
    sealed: bool = False
    returned: dict[str, frozenset[int]] = field(default_factory=dict)  # qualified name of a function -> what it gives
