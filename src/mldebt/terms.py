"""Conditions on what other files say: the ``when`` of a candidate.

``analyse`` sees one file and never decides what depends on another. It writes a term; ``link``
computes it over the facts of all files. Terms are plain data and evaluate to true, false or
unknown (a cycle, a module that is not in the project); only true is acted on.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Constant(Struct, frozen=True):
    """A term that is already decided."""

    value: bool


class Carries(Struct, frozen=True):
    """What the file ``path`` calls ``name`` carries ``trait`` (a ``traits.Trait`` value).

    ``name`` is a reference: a dotted name with the file's imports applied, ``app.settings.env`` or
    relative ``.settings.env``, or ``@.name`` for the file's own; ``()`` after a segment is the result
    of calling it (``app.settings.get_settings().env``).
    """

    path: str
    name: str
    trait: str


class IsModel(Struct, frozen=True):
    """The class that the file ``path`` calls ``name`` (a reference, see ``Carries``) is model code,
    by its bases or by what it does."""

    path: str
    name: str


class IsMachineLearning(Struct, frozen=True):
    """The module of file ``path`` imports an ML framework, or is one import away from one that does;
    ``directly``: it does so itself; ``anywhere``: some module of its component does, or loads a model."""

    path: str
    directly: bool = False
    anywhere: bool = False


class HasRole(Struct, frozen=True):
    """The file ``path`` has one of ``roles`` (``model.Role`` values)."""

    path: str
    roles: tuple[str, ...]


class Serves(Struct, frozen=True):
    """The file ``path`` answers requests, or one that does imports it, at any distance; what trains does not."""

    path: str


class IsOwn(Struct, frozen=True):
    """What the file ``path`` calls ``name`` (a reference, see ``Carries``) leads into a file of the project."""

    path: str
    name: str


class LooksAtData(Struct, frozen=True):
    """The function of the project that the file ``path`` calls ``name`` (a reference, see ``Carries``) looks at
    whether what it is given is what it should be. False when it is none of the project."""

    path: str
    name: str


class GivesData(Struct, frozen=True):
    """The function of the project that the file ``path`` calls ``name`` (a reference, see ``Carries``) gives
    back data that it reads from outside, and nothing looked at."""

    path: str
    name: str


class IsText(Struct, frozen=True):
    """What the file ``path`` calls ``name`` (a reference, see ``Carries``) is bound to a literal string
    that ``pattern`` (a regular expression of ours) matches as a whole."""

    path: str
    name: str
    pattern: str


class RunsForRequests(Struct, frozen=True):
    """A handler of requests of the project calls the function ``symbol`` of the file ``path``, directly or through few
    others."""

    path: str
    symbol: str


class LoadsModel(Struct, frozen=True):
    """The file ``path`` loads a model, or makes an estimator."""

    path: str


class IsInImage(Struct, frozen=True):
    """The absolute path ``text`` is, or lies below, a home or working directory of an image that the
    project builds: it exists wherever the image runs."""

    text: str


class Declares(Struct, frozen=True):
    """The project of the file ``path`` declares a version of ``distribution`` (a normalised name) that meets
    ``specifier``, a lower bound such as ">=2.9": by a lock, an exact requirement or the bounds of a range.
    Unknown when it declares none, or one that leaves it open; with ``or_unknown`` that is true."""

    path: str
    distribution: str
    specifier: str
    or_unknown: bool = False


class All(Struct, frozen=True):
    terms: tuple[Term, ...]


class Any(Struct, frozen=True):
    terms: tuple[Term, ...]


class Not(Struct, frozen=True):
    term: Term


Term: TypeAlias = (
    "Constant | Carries | IsModel | IsMachineLearning | HasRole | Serves | IsOwn | IsText | LoadsModel"
    " | RunsForRequests | IsInImage | Declares | LooksAtData | GivesData | All | Any | Not"
)

TRUE = Constant(True)
FALSE = Constant(False)


def all_of(*terms: Term) -> Term:
    """Conjunction, simplified: constants disappear, nested conjunctions are flattened."""
    return _join(terms, All, absorbing=FALSE, neutral=TRUE)


def any_of(*terms: Term) -> Term:
    """Disjunction, simplified: constants disappear, nested disjunctions are flattened."""
    return _join(terms, Any, absorbing=TRUE, neutral=FALSE)


def negate(term: Term) -> Term:
    """Negation, simplified."""
    if isinstance(term, Constant):
        return Constant(not term.value)
    return term.term if isinstance(term, Not) else Not(term)


def _join(terms: tuple[Term, ...], kind: type[All] | type[Any], absorbing: Constant, neutral: Constant) -> Term:
    flat: dict[Term, None] = {}
    for term in terms:
        if term == absorbing:
            return absorbing
        if term != neutral:
            flat.update(dict.fromkeys(term.terms if isinstance(term, kind) else (term,)))
    if not flat:
        return neutral
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(flat))
