"""Names of container images, taken apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from mldebt.facts.pins import Image
from mldebt.model import Place
from mldebt.sources.manifests.contents import displayed

LONGEST_REFERENCE = 1_000

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")


def image(
    written: str,
    here: Place,
    line: str,
    defaults: Mapping[str, str] | None = None,
    *,
    stages: Collection[str] = (),
    alias: str = "",
    built: bool = False,
) -> Image:
    """The image that is ``written`` in a ``line``; ``defaults`` fill in its variables, ``stages`` are names
    that the file itself has given."""
    reference = written[:LONGEST_REFERENCE]
    resolved = filled(reference, defaults or {})
    whole, _, digest = resolved.partition("@")
    name, colon, tag = whole.rpartition(":")
    if not colon or "/" in tag:
        name, tag = whole, ""
    return Image(
        reference, resolved, name, tag, digest, here, displayed(line),
        stage=resolved.lower() in stages, unresolved="$" in resolved, built=built, alias=alias[:LONGEST_REFERENCE],
    )  # fmt: skip


def filled(text: str, defaults: Mapping[str, str]) -> str:
    """The text with its variables replaced by their defaults, one level deep."""

    def value(found: re.Match[str]) -> str:
        return defaults.get(found[1] or found[3]) or found[2] or found[0]

    return _VARIABLE.sub(value, text)[:LONGEST_REFERENCE]
