"""PIN004: a container image has no tag, or one that moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.facts.pins import Image
from mldebt.manifest_files import words
from mldebt.model import Outcome, Severity
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.version_sites import image_site

if TYPE_CHECKING:
    from mldebt.project import Project
    from mldebt.vocabulary import Vocabulary

_SYSTEMS = frozenset({"ubuntu", "debian"})

_NUMBERED = re.compile(r"\d+\.\d+")


class FloatingImage(ProjectRule):
    """One hit an image. A warning where the name says Python, CUDA or a framework; a note elsewhere,
    and where the tag is an argument of the build."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        vocabulary = project.vocabulary
        stages = {image.alias for _, image in project.facts(Image)} - {""}
        for path, image in project.facts(Image):
            if image.stage or image.built or image.digest or image.name in ("", "scratch") or _is_stage(image, stages):
                continue
            learning = bool(words(image.name) & vocabulary.words("ml-image-words"))
            argument = "$" in _tag(image.reference)
            if not _moves(image, vocabulary) or (self.options.get("ml-images-only") and not learning):
                continue
            site = image_site(image)
            yield ProjectHit(
                sites=(site,),
                key=f"{path}:{site.symbol}",
                fields={"image": image.reference[:100]},
                variant="argument" if argument else "" if learning else "other",
                outcome=Outcome(severity=None if learning and not argument else Severity.NOTE),
                concept=f"image:{image.name}",
                value=image.tag or "latest",
            )


def _is_stage(image: Image, stages: set[str]) -> bool:
    """Is it a stage of another file? Build tools that take several files (bake, compose) hand them over."""
    if image.tag or "/" in image.name:
        return False
    literal = image.name.lower().partition("$")[0]
    return literal in stages or ("$" in image.name and bool(literal) and any(one.startswith(literal) for one in stages))


def _moves(image: Image, vocabulary: Vocabulary) -> bool:
    if "$" in image.tag:
        return not _NUMBERED.search(image.tag.partition("$")[0])  # 2.9.3-py39${ARCH}: the variable chooses a build
    if image.unresolved and not image.tag:
        return True
    tokens = [token for token in re.split(r"[^a-z0-9]+", image.tag.lower()) if token]
    if not tokens or "latest" in tokens:
        return True
    moving = vocabulary.words("moving-references") | vocabulary.words("image-flavours")
    if not words(image.name).isdisjoint(_SYSTEMS):
        moving -= vocabulary.words("system-releases")
    return all(token in moving for token in tokens)


def _tag(reference: str) -> str:
    """The tag as written; of an image without one all of it."""
    name, colon, tag = re.sub(r"\$\{[^}]*\}", "$V", reference).rpartition(":")
    return tag if colon and "/" not in tag and name else reference
