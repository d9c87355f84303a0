"""Who owns a file: by the configuration's components, else by CODEOWNERS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mldebt.facts.workflow import Document, Owner
from mldebt.patterns import PatternError, Patterns, parse

if TYPE_CHECKING:
    from mldebt.project import Project


class Owners:
    """The lines of CODEOWNERS, of which the last that meets a file counts, and the owners of components.
    ``stated``: there is a CODEOWNERS at all."""

    def __init__(self, lines: Sequence[tuple[Patterns, tuple[str, ...]]], project: Project, *, stated: bool) -> None:
        self._lines = tuple(reversed(lines))
        self._project = project
        self.stated = stated

    @classmethod
    def of(cls, project: Project) -> Owners:
        stated = any(each.kind == "owners" for _, each in project.facts(Document))
        lines = []
        for _, owner in project.facts(Owner):
            try:
                parse(owner.pattern)
            except PatternError:
                continue  # as the platforms do: a line that they cannot read owns nothing
            lines.append((Patterns.of((owner.pattern,)), owner.owners))
        return cls(lines, project, stated=stated)

    def of_path(self, path: str) -> tuple[str, ...]:
        """The owners of a file, none when nobody is named."""
        declared = self._project.components.declared(path)
        if declared is not None and declared.owner:
            return (declared.owner,)
        return next((owners for patterns, owners in self._lines if patterns.excludes(path)), ())
