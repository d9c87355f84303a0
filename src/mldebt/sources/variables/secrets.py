"""What must not be kept: secrets, by the name of the variable or the look of its value."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|(?:^|_)(?:PASS|PWD|PW|DSN|CERT|AUTH|PRIVATE|SALT|COOKIE|JWT)(?:_|$)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"(?:true|false|yes|no|on|off|[01])?", re.IGNORECASE)
_VALUES = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@"  # a password in a URL
    r"|-----BEGIN|\beyJ[\w-]{10,}\.|\bAKIA[0-9A-Z]{12,}|\bgh[pousr]_\w{20,}|\bglpat-[\w-]{10,}"
    r"|\b[sr]k-[\w-]{16,}|\bsk_live_|\bxox[abprs]-|\bhf_\w{20,}|\bAIza[\w-]{30,}"
)


def is_secret(name: str, value: str) -> bool:
    """Should the value not be kept? A switch is told by its value: ``USE_TOKENS=true`` gives nothing away."""
    if _VALUES.search(value[:10_000]):
        return True
    return _NAMES.search(name) is not None and not _PLAIN.fullmatch(value)
