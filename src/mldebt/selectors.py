"""What people write where rules are chosen: codes, prefixes, names, families, ``ALL``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from mldebt.catalogue import RuleSpec

_CODE = re.compile(r"([A-Z]+)([0-9]*)")

EVERYTHING = "ALL"


def matches(selector: str, spec: RuleSpec) -> bool:
    """Does ``selector`` mean this rule? Codes and families in any case; a prefix has all the letters
    of its family (``THR``, ``THR0``), so that ``T`` does not take in tests and thresholds alike."""
    if selector == spec.name:
        return True
    written = selector.upper()
    if written in (EVERYTHING, spec.code.upper(), spec.family.upper()):
        return True
    prefix, code = _CODE.fullmatch(written), _CODE.fullmatch(spec.code)
    return prefix is not None and code is not None and prefix[1] == code[1] and code[2].startswith(prefix[2])


def meant(selector: str, specs: Iterable[RuleSpec]) -> tuple[RuleSpec, ...]:
    """The rules that ``selector`` means, in order; none when it is unknown."""
    return tuple(spec for spec in specs if matches(selector, spec))


def is_exact(selector: str, spec: RuleSpec) -> bool:
    """Does ``selector`` name this one rule, by code or name? What is named is meant even if it is off by default."""
    return selector == spec.name or selector.upper() == spec.code


def suggestion(selector: str, specs: Sequence[RuleSpec]) -> str:
    """``"; did you mean X?"`` or ``""``."""
    known = [text for spec in specs for text in (spec.code, spec.name, spec.family)]
    return did_you_mean(selector if selector.islower() else selector.upper(), known)


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """``"; did you mean X?"`` for the nearest of ``known``, ``""`` when none is near."""
    close = difflib.get_close_matches(written[:100], list(dict.fromkeys(known)), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
