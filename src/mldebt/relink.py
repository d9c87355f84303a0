"""What a run linked, and how much of it still holds when some files say something else.

Nothing is patched but lines. What a file's candidates came to, and what a rule about the project found, is taken as
it was where everything that it rests on is the same, and else found again from the beginning:

- What files may ask of each other without a note (their ``outline``) has to be the same for all of them; else
  nothing holds. It is that rarely: lines, bodies of functions and new functions are no part of it.
- Then a rule finds what it found, unless it looked at something that is another one (see ``reads``): a kind of
  facts, an answer to a question, a node of the graph of calls, the exports of a file. Facts on other lines are the
  same (see ``moves``).
- And so do the candidates of a file, unless that file is another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from mldebt.call_graph import FileCalls
from mldebt.facts import FileFacts, of_kind
from mldebt.facts.functions import FunctionFact
from mldebt.model import Finding
from mldebt.moves import Moves
from mldebt.project import Project, Relations
from mldebt.reads import ALL, Node, Reads, question
from mldebt.rule_spec import RuleSpec


class Said(Struct, frozen=True):
    """What a rule about the project found, or the candidates of a file came to, and what that rests on beside
    outlines."""

    findings: tuple[Finding, ...]
    reads: Reads


class Linked(Struct, frozen=True):
    """What a run linked, before its findings were related to each other and numbered. ``by_file`` has the findings
    of candidates, of the files with any, or where more was looked at than outlines; ``by_rule`` those of the rules
    about the project that did not crash. ``calls`` is what was found out about the calls of files."""

    by_file: Mapping[str, Said] = field(default_factory=dict)
    by_rule: Mapping[str, Said] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # to questions: the files that say yes
    calls: Mapping[str, FileCalls] = field(default_factory=dict)
    relations: Relations | None = None


_NOTHING = Said((), Reads())


class Before(Struct, frozen=True):
    """What was linked before of the same files under the same law, and what those that have changed said then."""

    linked: Linked
    changed: Mapping[str, FileFacts]


class Unchanged:
    """What still holds. Asking takes time in proportion to what has changed."""

    def __init__(self, before: Before | None, project: Project) -> None:
        self.rules: Mapping[str, Said] = {}
        """What rules about the project found and find still, by code."""
        self._moves = Moves((), ())
        self._kinds: set[str] = set()  # of which a file says something else
        self._outside: set[str] = set()  # of which one outside of tests does
        self._linked = Linked()
        self._changed = before.changed if before is not None else {}
        self._pairs = [(then, project.file(path)) for path, then in sorted(self._changed.items())]
        if before is None:
            return
        if any(project.outline(then) != project.outline(now) for then, now in self._pairs):
            return
        self._linked = before.linked
        project.relations = before.linked.relations
        exporting = (now.path for then, now in self._pairs if project.exported(then) != project.exported(now))
        self._exporting = frozenset(exporting)
        self._questions = self._asked_again(project)
        self._nodes = frozenset(self._called_otherwise(project))
        everything = (*before.linked.by_rule.values(), *before.linked.by_file.values())
        kinds = {kind for said in everything for each in said.reads.all() for kind in (*each.kinds, *each.outside)}
        self._moves = Moves(self._pairs, kinds)
        for path, others in self._moves.others.items():
            self._kinds |= others
            if project.is_outside_tests(path):
                self._outside |= others
        said = ((code, self._still(said)) for code, said in before.linked.by_rule.items())
        self.rules = {code: still for code, still in said if still is not None}

    def of_file(self, path: str) -> Said | None:
        """What the candidates of a file came to and come to still."""
        if self._linked.relations is None or path in self._changed:
            return None
        return self._still(self._linked.by_file.get(path, _NOTHING))

    def to_look(self, specs: Iterable[RuleSpec]) -> list[RuleSpec]:
        """The rules among which are all those about the project that have to look: as far as is known, those alone."""
        known = self._linked.relations is not None
        return [
            spec for spec in specs if spec.code not in self.rules and (not known or spec.code in self._linked.by_rule)
        ]

    def _still(self, said: Said | None) -> Said | None:
        if said is None or any(map(self._is_touched, said.reads.all())):
            return None
        findings = self._moves.moved(said.findings)
        return Said(findings, said.reads) if findings is not None else None

    def _is_touched(self, reads: Reads) -> bool:
        return (
            not self._questions.isdisjoint(reads.questions)
            or not self._nodes.isdisjoint(reads.nodes)
            or not self._exporting.isdisjoint(reads.exports)
            or not self._kinds.isdisjoint(reads.kinds)
            or not self._outside.isdisjoint(reads.outside)
        )

    def _asked_again(self, project: Project) -> frozenset[str]:
        """The questions that a file answers otherwise now; the project gets all answers."""
        otherwise = set()
        for name, paths in self._linked.answers.items():
            then, now = set(paths), set(paths)
            for _, file in self._pairs:
                (now.add if project.answer(question(name), file) else now.discard)(file.path)
            project.answers[name] = tuple(sorted(now))
            if then != now:
                otherwise.add(name)
        return frozenset(otherwise)

    def _called_otherwise(self, project: Project) -> Iterable[Node]:
        """The functions that are new, gone, or do something else, and what they call now.

        Who asked for the callers of a function rests on those that it had, so what is called no more needs not
        be listed beside its former caller. The project gets the calls of all files that still call what they did.
        """
        moved: set[Node] = set()  # functions that were not there, or are there no more
        otherwise: dict[str, None] = {}  # files that may call something else
        for then, now in self._pairs:
            path = now.path
            old, new = ({each.name: each for each in of_kind(file.facts, FunctionFact)} for file in (then, now))
            if tuple(old) != tuple(new):
                yield path, ALL
            for name in {**old, **new}:
                if _calls(old.get(name)) != _calls(new.get(name)):
                    yield path, name
                    otherwise[path] = None
            moved.update((path, name) for name in old.keys() ^ new.keys())
        known = self._linked.calls
        if moved or self._exporting:
            concerned = (path for path, each in known.items() if _leads(each, moved) or self._looked_up(each))
            otherwise.update(dict.fromkeys(concerned))
        if not otherwise:
            project.calls.known = known
            return
        project.calls.known = {path: each for path, each in known.items() if path not in otherwise}
        for path in otherwise:
            if path in known:
                had, has = known[path].edges, project.calls.of(path).edges
                for name in {**had, **has}:
                    if had.get(name) != has.get(name):
                        yield path, name
                        yield from has.get(name, ())

    def _looked_up(self, calls: FileCalls) -> bool:
        """May a name have been looked up in a file that exports something else now?"""
        return not calls.files.isdisjoint(self._exporting)


def _leads(calls: FileCalls, nodes: set[Node]) -> bool:
    """Does a function of the file call one of the ``nodes``, or was one sought for it?"""
    if calls.files.isdisjoint([path for path, _ in nodes]):
        return False
    return not nodes.isdisjoint(calls.sought) or any(not nodes.isdisjoint(each) for each in calls.edges.values())


def _calls(function: FunctionFact | None) -> tuple[tuple[str, ...], tuple[str, ...], bool] | None:
    return (function.calls, function.handed, function.refuses) if function is not None else None
