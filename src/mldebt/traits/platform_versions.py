"""The version of a framework that a platform's estimator is asked for: ``PyTorch(framework_version="2.1")``."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from msgspec import Struct

from mldebt.syntax.names import keyword
from mldebt.traits.evaluate import Evaluator
from mldebt.vocabulary import Vocabulary

_IMAGES = ("image_uri", "image_name")


class PlatformVersion(Struct, frozen=True):
    """``version`` is "" when the call asks for none, ``None`` when what it asks for is not known."""

    platform: str
    package: str
    version: str | None
    shown: str
    node: cst.CSTNode


def platform_versions(
    node: cst.Call, name: str, evaluator: Evaluator, vocabulary: Vocabulary
) -> Iterator[PlatformVersion]:
    """The versions that a call names. Without any, and without an image, the one that it leaves open;
    arguments that are spread into the call may be anything."""
    platform, *pairs = vocabulary.mapping("platform-versions")[name]
    given = False
    for key, package in zip(pairs[::2], pairs[1::2], strict=True):
        argument = keyword(node, key)
        if argument is None:
            continue
        value = evaluator.value(argument.value)
        if value.literal is not None and value.constant is None:
            continue  # None
        given = True
        version = value.constant if isinstance(value.constant, str) else None
        yield PlatformVersion(platform, package, version, f'{name}({key}="{version or "..."}")', argument.value)
    spread = any(each.star for each in node.args)
    if not (given or spread or any(keyword(node, image) is not None for image in _IMAGES)):
        yield PlatformVersion(platform, pairs[1], "", f"{name} without {pairs[0]}", node.func)
