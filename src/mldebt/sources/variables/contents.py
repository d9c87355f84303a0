"""What the readers of variables share: how a declaration becomes a fact, and what of a secret is kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.facts.variables import ContainerPath, DeclaredVariable, ReadVariable, VariableFile
from mldebt.lines import line_starts
from mldebt.model import Notice, Place, Span
from mldebt.sources.environment_names import environment_of, is_template
from mldebt.sources.manifests.contents import ManifestFacts, displayed, place
from mldebt.sources.variables.secrets import is_secret
from mldebt.toml_places import Comment

LONGEST_NAME = 200
LONGEST_VALUE = 200
LONGEST_LINE = 2_000
"""Characters that are kept, or looked at."""

Placed: TypeAlias = "DeclaredVariable | ReadVariable | VariableFile | ContainerPath"


class Findings(Struct):
    """What is found in one file, in order; ``done`` gives it away. Places are offsets in ``text``."""

    path: str
    text: str
    dialect: str
    notices: list[Notice] = field(default_factory=list)
    _facts: list[Placed] = field(default_factory=list)
    _hidden: set[int] = field(default_factory=set)  # lines of which nothing is kept
    _statements: set[tuple[int, int]] = field(default_factory=set)
    _starts: tuple[int, ...] = ()
    _environment: str = ""
    _template: bool = False

    def __post_init__(self) -> None:
        self._starts = line_starts(self.text)
        self._environment = environment_of(self.path)
        self._template = is_template(self.path)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, for display."""
        begin, end = self.start_of(number), self.start_of(number + 1)
        return displayed(self.text[begin : min(end, begin + LONGEST_LINE)].strip())

    def start_of(self, number: int) -> int:
        """The offset where a line begins; the end of the text for the one behind the last."""
        return self._starts[number - 1] if number <= len(self._starts) else len(self.text)

    def at(self, offset: int, length: int) -> Place:
        return place(self.path, *self.position(offset), length)

    def declare(
        self,
        name: str,
        value: str | None,
        offset: int,
        end: int = -1,
        *,
        service: str = "",
        environment: str = "",
        foreign: bool = False,
        secret: bool = False,
    ) -> None:
        """A variable whose name stands at ``offset`` and whose value ends at ``end``."""  # fmt: skip
        said = value or ""
        secret = secret or is_secret(name, said)
        here = self.at(offset, min(len(name), LONGEST_NAME))
        last = self.position(max(end, offset))[0]
        if secret:
            self._hidden.update(range(here.span.line, last + 1))
        self._statements.add((here.span.line, last))
        fact = DeclaredVariable(
            name[:LONGEST_NAME], "" if secret else said[:LONGEST_VALUE], here, self.line(here.span.line), self.dialect,
            environment or self._environment, service, value is not None, secret, foreign, self._template,
        )  # fmt: skip
        self._facts.append(fact)

    def read(self, name: str, default: str | None, offset: int) -> None:
        """A variable that is read where its name stands at ``offset``."""
        here = self.at(offset, min(len(name), LONGEST_NAME))
        said = default or ""
        if is_secret(name, said):
            said = ""
            if default:
                self._hidden.add(here.span.line)
        self._statements.add((here.span.line, here.span.line))
        line = self.line(here.span.line)
        self._facts.append(
            ReadVariable(name[:LONGEST_NAME], here, line, self.dialect, said[:LONGEST_VALUE], default is not None)
        )

    def add(self, fact: Placed) -> None:
        self._facts.append(fact)

    def malformed(self, message: str, line: int) -> None:
        """One notice a file: the first mistake says enough, the rest of the file is read."""
        if not self.notices:
            self.notices.append(Notice("malformed-variables", message[:300], self.path, line))

    def done(self, comments: Iterable[Comment] = ()) -> ManifestFacts:
        """All of it, without the text of lines that hold a secret."""
        facts = tuple(dict.fromkeys(self._without_secrets(fact) for fact in sorted(self._facts, key=_span)))
        return ManifestFacts(facts, tuple(self.notices), tuple(comments), tuple(sorted(self._statements)))

    def _without_secrets(self, fact: Placed) -> Placed:
        if isinstance(fact, (DeclaredVariable, ReadVariable)) and fact.place.span.line in self._hidden:
            return replace(fact, source_line=fact.name)
        return fact


def _span(fact: Placed) -> Span:
    return fact.place.span
