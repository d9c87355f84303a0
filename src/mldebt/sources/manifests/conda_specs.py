"""What conda's own requirements say: ``numpy=1.26``, ``pytorch::torchvision==0.16.0=py311``."""

from __future__ import annotations

import re

from msgspec.structs import replace
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mldebt import locators
from mldebt.facts.pins import Pin

_SPEC = re.compile(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)")
_FUZZY = re.compile(r"(?:(==)|=?)\s*(\d[\w.!+]*?)(\.?\*)?(?:\s*=\s*(\S*)|\s+(\S+))?")
_SPACED = re.compile(r"(?<=[<>=!~])[ \t]+(?=[\d*])")


def conda_pin(text: str, blank: Pin) -> Pin:
    """The pin of conda's ``name``, ``name=1.2`` (any 1.2.x), ``name==1.2.3``, ``name=1.2.3=build``,
    ``name>=1,<2``, ``name 1.2.*``. Raises ``ValueError``."""
    found = _SPEC.fullmatch(text[:500].partition("[")[0])
    if not found:
        raise ValueError(text)
    name = locators.normalise(found[1].strip("_"))
    unresolved = locators.is_templated(text) or "[" in text  # name[version=...] is not read further
    return replace(blank, name=name, specifier=_specifier(found[2].strip()), unresolved=unresolved)


def _specifier(written: str) -> str:
    written = _SPACED.sub("", written)
    if written in ("", "*", "=*"):
        return ""
    fuzzy = _FUZZY.fullmatch(written)
    if fuzzy:
        build = (fuzzy[4] or fuzzy[5]) not in (None, "*")
        exact = (fuzzy[1] or build) and not fuzzy[3]
        written = f"=={fuzzy[2]}" if exact else f"=={fuzzy[2]}.*"
    try:
        return str(SpecifierSet(written.partition("|")[0].replace(" ", ",").replace(",,", ",")))
    except InvalidSpecifier as error:
        if fuzzy:  # a version of conda's own: openssl=1.1.1l=h7f8727e_0
            return f"==={fuzzy[2]}"
        raise ValueError(written) from error
