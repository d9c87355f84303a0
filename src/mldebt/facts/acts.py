"""What the code of a project does with models and data, and who asks for it: one fact a call or function."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place

READ, LOAD, FIT, PREDICT, VALIDATE, SAVE = "read", "load", "fit", "predict", "validate", "save"
"""What is done with data or a model."""


class Act(Struct, frozen=True):
    """A call that does something with a model or data, or a test of how good a model is. ``kind`` is one of
    the constants above, "register" or "gate"; ``name`` is the last name of what is called, ``detail`` the
    file, table or model that its first literal names. ``subject`` is the name of what a save keeps, or what
    learns in a fit: the class or function it was made by."""

    KIND: ClassVar[str] = "act"
    VERSION: ClassVar[int] = 2

    kind: str
    name: str
    detail: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
    subject: str = ""


class Definition(Struct, frozen=True):
    """A function that matters by what it is for. ``kind`` is "handler" (of requests), "page" (asks a model for each
    input of a page), "predictor" (asks a model), "preparer" (of what a model is given), "reader" (reads data),
    "validator" (of data) or "entry" (what the file runs when it is started; ``symbol`` "").
    ``told``: it writes down or counts what it gives. ``thin``: it only hands on. ``public``: others may
    call it. ``predicts``: it asks a model itself. ``wraps``: its class is stored with the model and served
    wherever that is. ``route`` is the address that a handler answers under."""

    KIND: ClassVar[str] = "definition"
    VERSION: ClassVar[int] = 2

    kind: str
    symbol: str
    place: Place
    snippet: str
    source_line: str
    told: bool = False
    thin: bool = False
    public: bool = True
    predicts: bool = False
    wraps: bool = False
    route: str = ""


class Trial(Struct, frozen=True):
    """A test function. ``edges``: it tries what is missing, empty, of the wrong kind or refused. ``calls`` are the
    last names of what it calls; ``skipped``: it is marked not to run. ``marks`` are those of pytest,
    ``routes`` the addresses that it sends requests to."""

    KIND: ClassVar[str] = "trial"
    VERSION: ClassVar[int] = 2

    symbol: str
    place: Place
    snippet: str
    source_line: str
    edges: bool
    calls: tuple[str, ...]
    skipped: bool = False
    marks: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()


class Stored(Struct, frozen=True):
    """Something is written to, or read from, a table, file or topic of a literal ``name``, or "" when
    ``reference`` (see ``terms.Carries``) has to be resolved to know it. ``way`` is "write" or "read"; ``form`` is
    "table", "file" or "topic"; ``pickled``: as Python's own objects."""

    KIND: ClassVar[str] = "stored"
    VERSION: ClassVar[int] = 2

    way: str
    form: str
    name: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
    pickled: bool = False
    reference: str = ""


class ImportSite(Struct, frozen=True):
    """Where a module imports something of the project, or a machine-learning framework. ``target`` is the
    module or name as ``facts.modules.Import`` has it; ``late``: inside a function."""

    KIND: ClassVar[str] = "import-site"
    VERSION: ClassVar[int] = 1

    target: str
    late: bool
    place: Place
    snippet: str
    source_line: str


class Prompt(Struct, frozen=True):
    """A literal that a language model is given: a "prompt", or the id of a "model". ``text`` is normalised
    and cut; ``digest`` tells long ones apart."""

    KIND: ClassVar[str] = "prompt"
    VERSION: ClassVar[int] = 1

    kind: str
    text: str
    digest: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
