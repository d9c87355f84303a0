"""What the files around the code say of how it is run, documented and owned."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class Schedule(Struct, frozen=True):
    """Something is run again and again, at the times that ``when`` says, as written. ``kind`` is "workflow",
    "cronjob", "crontab" or "pipeline"."""

    KIND: ClassVar[str] = "schedule"
    VERSION: ClassVar[int] = 1

    kind: str
    when: str
    line: int


class Started(Struct, frozen=True):
    """A Python program that a workflow, an image, a Makefile or a script starts. ``program`` is its file as
    written, or its module ("pkg.train"); "tests", with the marks of those that are ``left_out``; or "make x", a
    target of a Makefile. ``by`` is "ci", "image", "make" or "script"; ``target`` is the one that starts it."""

    KIND: ClassVar[str] = "started"
    VERSION: ClassVar[int] = 2

    program: str
    by: str
    line: int
    target: str = ""
    left_out: tuple[str, ...] = ()


class Document(Struct, frozen=True):
    """A page for people. ``kind`` is "readme", "model-card", "owners" or
    "updates" (a robot proposes new versions); ``topics`` are what its headings
    and first lines speak of, of those that matter here ("model", "data", "metrics", "limits")."""

    KIND: ClassVar[str] = "document"
    VERSION: ClassVar[int] = 1

    kind: str
    topics: tuple[str, ...]


class Owner(Struct, frozen=True):
    """A line of CODEOWNERS. ``pattern`` is as written; no owner: the files of the pattern have none."""

    KIND: ClassVar[str] = "owner"
    VERSION: ClassVar[int] = 1

    pattern: str
    owners: tuple[str, ...]
    line: int
