"""One walk over one module: what those who listen find, and where it stands."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from functools import partial

import libcst as cst

from mldebt.engine import At, Collector, Hit, Rule, Seen, Where
from mldebt.exports import exports
from mldebt.facts import Fact
from mldebt.fingerprint import normalise
from mldebt.listeners import Told
from mldebt.model import Candidate, Notice, Place, Related, Span
from mldebt.sources import SourceText
from mldebt.syntax.comments import adjacent
from mldebt.syntax.dead import never_runs
from mldebt.syntax.lean import Lean
from mldebt.syntax.matching import TooHardError
from mldebt.syntax.parse import Parsed
from mldebt.syntax.positions import Located
from mldebt.traits.flow import Interpreter
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.values import Step
from mldebt.vocabulary import Vocabulary, tokenise

MAX_SNIPPET = 4_000  # characters of a node that identify it; longer ones are cut
MAX_SHOWN = 60  # characters of source in a message
MAX_LINE = 240  # characters of a source line that are kept for display


def shown(text: str) -> str:
    """Source text for a message: in one line, cut in the middle of nowhere when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[: MAX_SHOWN - 3]}..."


def _named_as_settings(path: str, vocabulary: Vocabulary) -> bool:
    """Is the module, or a folder around it, named as one of settings?"""
    last_words = {tokenise(part)[-1] for part in path.removesuffix(".py").split("/") if tokenise(part)}
    return bool(last_words & vocabulary.words("settings-modules"))


def _snippet(node: cst.CSTNode, text: str) -> str:
    """What identifies a node: of a function or class its name, so that work on its body changes nothing."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return f"{'class' if isinstance(node, cst.ClassDef) else 'def'} {node.name.value}"
    return normalise(text[:MAX_SNIPPET])


class Hearing:
    """One walk over one module: the listeners' hits, then their places."""

    def __init__(
        self,
        names: Names,
        origins: Origins,
        heard: Mapping[type[cst.CSTNode], Told],
        source: SourceText,
        nodes: Lean | Parsed,
        *,
        is_notebook: bool,
    ) -> None:
        self.notices: list[Notice] = []
        self._source = source
        self._nodes = nodes
        self._hits: list[tuple[Rule, Hit, str]] = []
        self._seen: list[tuple[Seen, str]] = []
        self._crashed: set[int] = set()
        self._spots: dict[int, tuple[Place, str, str]] = {}  # place, snippet and line of nodes, by their ids
        listeners = {kind: partial(self._tell, told) for kind, told in heard.items()}
        interpreter = Interpreter(names, origins, listeners)
        interpreter.walruses = ":=" in source.text
        comments = adjacent(nodes.remarks)
        self._at = At(
            source.path, interpreter, names, origins, origins.vocabulary, comments, is_notebook, nodes.called_in
        )

    def run(self) -> None:
        try:
            self._at.interpreter.run(self._nodes.module)
            settings = _named_as_settings(self._source.path, self._at.vocabulary)
            self._seen.extend((seen, "") for seen in exports(self._at, settings))
        except Exception as error:
            self._crash("the analysis", error)

    def _tell(self, told: Told, node: cst.CSTNode) -> None:
        """Tells of ``node`` who listens to its type."""
        entries = told.of(node)
        if not entries:
            return
        at = self._at
        at.told.clear()
        for owner, method in entries:
            if self._crashed and id(owner) in self._crashed:
                continue
            try:
                for found in method(node, at):
                    self._note(owner, found)
            except Exception as error:
                self._crash_of(owner, error)

    def _note(self, owner: Rule | Collector, found: Hit | Seen) -> None:
        if isinstance(found, Hit):
            assert isinstance(owner, Rule)
            if owner.spec.family != "FLG" and never_runs(self._at.parents, found.node):
                return  # that it stands there is told by FLG008
            self._hits.append((owner, found, self._at.symbol))
        else:
            self._seen.append((found, self._at.symbol))

    def _crash_of(self, owner: Rule | Collector, error: Exception) -> None:
        """A rule that crashed says so, and nothing more of this file: it is told of nothing any more."""
        self._crashed.add(id(owner))
        who = owner.spec.code if isinstance(owner, Rule) else type(owner).__name__
        if isinstance(error, TooHardError):
            message = f"{who} was given up: its pattern takes {error}; say more of what stands between"
            self.notices.append(Notice("pattern-too-hard", message, self._source.path, fatal=True))
        else:
            self._crash(who, error)

    def _crash(self, who: str, error: Exception) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {str(error)[:200]}, {last.name}:{last.lineno}"
        message = f"{who} crashed ({what}); please report it"
        self.notices.append(Notice("rule-crashed", message, self._source.path, fatal=True))

    def results(self) -> tuple[tuple[Fact, ...], tuple[Candidate, ...]]:
        """Facts and candidates with their places, in the order of the places."""
        wanted: set[cst.CSTNode] = {seen.node for seen, _ in self._seen}
        for _, hit, _ in self._hits:
            wanted.add(hit.node)
            wanted.update(node for node, _ in hit.related)
            wanted.update(value for value in hit.fields.values() if isinstance(value, cst.CSTNode))
            wanted.update(step.node for step in hit.flow)
        located = self._nodes.locate(wanted)
        facts = [seen.make(self._where(located, seen.node, symbol)) for seen, symbol in self._seen]
        candidates = [self._candidate(located, *each) for each in self._hits]
        candidates.sort(key=lambda each: (each.place.span, each.code, each.message))
        return tuple(dict.fromkeys(facts)), tuple(dict.fromkeys(candidates))

    def forget(self) -> None:
        """Untie what holds the tree."""
        self._at.interpreter.forget()

    def _where(self, located: Mapping[cst.CSTNode, Located], node: cst.CSTNode, symbol: str) -> Where:
        known = self._spots.get(id(node))
        if known is None:
            found = located.get(node)
            if found is None or type(node) is cst.Module:
                found = Located(Span(1, 1, 1, 1), "")
            line = self._source.line_text(found.span.line).strip()
            known = self._source.place(found.span), _snippet(node, found.text), line[:MAX_LINE]
            self._spots[id(node)] = known
        place, snippet, line = known
        return Where(place, symbol, snippet, line)

    def _candidate(self, located: Mapping[cst.CSTNode, Located], rule: Rule, hit: Hit, symbol: str) -> Candidate:
        where = self._where(located, hit.node, symbol)
        return Candidate(
            code=rule.spec.code,
            place=where.place,
            message=rule.spec.say(hit.variant, **self._fields(located, hit)),
            symbol=where.symbol,
            snippet=where.snippet,
            source_line=where.source_line,
            outcomes=hit.outcomes,
            concept=hit.concept,
            value=hit.value,
            related=tuple(Related(self._place(located, node), words, part=True) for node, words in hit.related),
            flow=self._flow(located, hit.flow),
            recipes=hit.recipes,
            minutes=hit.minutes,
        )

    def _fields(self, located: Mapping[cst.CSTNode, Located], hit: Hit) -> dict[str, str]:
        return {
            name: shown(located[value].text if value in located else "...") if isinstance(value, cst.CSTNode) else value
            for name, value in hit.fields.items()
        }

    def _place(self, located: Mapping[cst.CSTNode, Located], node: cst.CSTNode) -> Place:
        return self._where(located, node, "").place

    def _flow(self, located: Mapping[cst.CSTNode, Located], steps: Sequence[Step]) -> tuple[Related, ...]:
        return tuple(dict.fromkeys(Related(self._place(located, step.node), step.words) for step in steps))
