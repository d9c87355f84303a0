"""Places where a knob, a flag, an environment read or a model stands in the code."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place
from mldebt.terms import FALSE, TRUE, Term


class FlagSite(Struct, frozen=True):
    """An evaluation of a feature flag. ``key`` is its name, "" when ``reference`` (see ``terms.Carries``)
    has to be resolved to know it; ``kind`` is "sdk", "environment", "settings", "option" (of an object
    called config) or "name". ``arguments`` is what the call that is the reference was given (see
    ``values.given_to``). It is no site when ``unless`` holds."""

    KIND: ClassVar[str] = "flag-site"
    VERSION: ClassVar[int] = 2

    key: str
    kind: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
    default: str = ""
    reference: str = ""
    when: Term = TRUE
    branches: bool = True  # false: read, not decided on
    arguments: tuple[str, ...] = ()
    wraps: str = ""  # the function whose whole business this evaluation is
    unless: Term = FALSE
    shapes: bool = False  # the branch writes columns of a table


class EnvironmentRead(Struct, frozen=True):
    """``os.environ["X"]`` and its likes, with the literal default ("" and ``has_default`` false: none). ``variable``
    is "" where a constant of another file has its name: that is then what ``reference`` means."""

    KIND: ClassVar[str] = "environment-read"
    VERSION: ClassVar[int] = 2

    variable: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
    default: str = ""
    has_default: bool = False
    reference: str = ""


class TruthOfText(Struct, frozen=True):
    """The text of an environment variable, read at ``place``, is tested for truth somewhere: "false" is true.
    ``default`` is the literal, as written, that is used when it is not set ("" and ``has_default`` false: none)."""

    KIND: ClassVar[str] = "truth-of-text"
    VERSION: ClassVar[int] = 1

    variable: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
    default: str = ""
    has_default: bool = False


class EnvironmentTest(Struct, frozen=True):
    """A test of the deployment environment or of a debug/prod boolean. ``name`` is what is tested
    ("ENV", "settings.debug"), ``value`` the environment it is compared with, "" for a boolean;
    ``reference`` is what the name means (see ``terms.Carries``). It is no test when ``unless`` holds."""

    KIND: ClassVar[str] = "environment-test"
    VERSION: ClassVar[int] = 1

    name: str
    value: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
    when: Term = TRUE
    unless: Term = FALSE
    reference: str = ""


class Threshold(Struct, frozen=True):
    """A number that decides about a score. ``concept`` is the normalised stem ("confidence"),
    ``kind`` how it is written ("comparison", "constant", "argument", "default", "setting", or
    "config" in a file of settings); ``name`` is a constant's own, in lower case, when it is written in capitals
    and has several words, else ""."""

    KIND: ClassVar[str] = "threshold"
    VERSION: ClassVar[int] = 2

    concept: str
    value: str
    kind: str
    place: Place
    symbol: str
    when: Term = TRUE
    snippet: str = ""
    source_line: str = ""
    name: str = ""


class ModelSite(Struct, frozen=True):
    """Where a model is built, loaded or defined. ``name`` is the class, loader or artefact."""

    KIND: ClassVar[str] = "model-site"
    VERSION: ClassVar[int] = 1

    name: str
    kind: str  # "estimator" | "loader" | "class"
    artefact: str
    revision: str
    place: Place
    symbol: str
