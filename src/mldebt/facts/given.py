"""Arguments that some calls give, and others of their kind lack."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class GivenArgument(Struct, frozen=True):
    """``keyword`` is "seed", "timeout" or "revision", whatever the call names it; ``subject`` is what the value
    was chosen for: the library that is waited for, the repository of the revision, "" for a seed. ``value`` is
    the literal, as written."""

    KIND: ClassVar[str] = "given-argument"
    VERSION: ClassVar[int] = 1

    keyword: str
    subject: str
    value: str
