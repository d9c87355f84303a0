"""What people write where rules are chosen: codes, prefixes, names, families, ``ALL``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from mldebt.rule_spec import FAMILIES, RuleSpec

_CODE = re.compile(r"([A-Z]+)([0-9]*)")

EVERYTHING = "ALL"
EXACT = 100


def exactness(selector: str, spec: RuleSpec) -> int:
    """How exactly ``selector`` means this rule: ``EXACT`` for its code or name, less for a prefix, 1 for
    the family, 0 for ``ALL``, -1 when it does not. Codes and families in any case. A prefix has all the
    letters of its family (``THR0``), so that ``T`` does not take in tests and thresholds alike."""
    written = selector.upper()
    if selector == spec.name or written == spec.code:
        return EXACT
    prefix, code = _CODE.fullmatch(written), _CODE.fullmatch(spec.code)
    if prefix is not None and code is not None and prefix[1] == code[1] and code[2].startswith(prefix[2]):
        return 1 + len(prefix[2])
    if selector.lower() == FAMILIES.get(spec.family):
        return 1
    return 0 if written == EVERYTHING else -1


def meant(selector: str, specs: Iterable[RuleSpec]) -> tuple[RuleSpec, ...]:
    """The rules that ``selector`` means, in order; none when it is unknown."""
    return tuple(spec for spec in specs if exactness(selector, spec) >= 0)


def suggestion(selector: str, specs: Sequence[RuleSpec]) -> str:
    """``"; did you mean X?"`` or ``""``."""
    words = [text for spec in specs for text in (spec.code, spec.name, spec.family, FAMILIES.get(spec.family, ""))]
    written = {word.lower(): word for word in words if word}
    close = difflib.get_close_matches(selector[:100].lower(), written, n=1, cutoff=0.6)
    return f"; did you mean {written[close[0]]!r}?" if close else "; `mldebt rules` lists them"


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """``"; did you mean X?"`` for the nearest of ``known``, ``""`` when none is near."""
    close = difflib.get_close_matches(written[:100], list(dict.fromkeys(known)), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
