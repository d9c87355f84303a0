"""What a run linked, and how much of it still holds when some files say something else.

Nothing is patched. What a file's candidates came to, and what a rule about the project found, is taken as it
was where everything that it rests on is the same, and else found again from the beginning:

- What files may ask of each other without a note (their ``outline``) has to be the same for all of them; else
  nothing holds. It is that rarely: lines, bodies of functions and new functions are no part of it.
- Then a rule finds what it found, unless it looked at something that is another one (see ``reads``): a kind of
  facts, an answer to a question, a node of the graph of calls.
- And so do the candidates of a file, unless that file is another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from mldebt.catalogue import RuleSpec
from mldebt.facts import FileFacts, of_kind, of_name
from mldebt.facts.functions import FunctionFact
from mldebt.model import Finding
from mldebt.project import Project, Relations
from mldebt.reads import ALL, Node, Reads, question


class Said(Struct, frozen=True):
    """What a rule about the project found, or the candidates of a file came to, and what that rests on beside
    outlines."""

    findings: tuple[Finding, ...]
    reads: Reads


class Linked(Struct, frozen=True):
    """What a run linked, before its findings were related to each other and numbered. ``by_file`` has the findings
    of candidates, of the files with any; ``by_rule`` those of the rules about the project that did not crash."""

    by_file: Mapping[str, Said] = field(default_factory=dict)
    by_rule: Mapping[str, Said] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # to questions: the files that say yes
    sought: frozenset[str] = frozenset()  # see ``CallGraph``
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
        self._kinds: dict[str, bool] = {}
        self._linked = Linked()
        self._changed = before.changed if before is not None else {}
        self._pairs = [(then, project.file(path)) for path, then in sorted(self._changed.items())]
        if before is None:
            return
        if any(project.outline(then) != project.outline(now) for then, now in self._pairs):
            return
        self._linked = before.linked
        project.relations = before.linked.relations
        self._questions = self._asked_again(project)
        self._nodes = frozenset(self._called_otherwise(project))
        said = ((code, self._still(said)) for code, said in before.linked.by_rule.items())
        self.rules = {code: still for code, still in said if still is not None}

    @property
    def sought(self) -> frozenset[str]:
        return self._linked.sought

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
        return said if said is not None and not any(map(self._is_touched, said.reads.all())) else None

    def _is_touched(self, reads: Reads) -> bool:
        return (
            not self._questions.isdisjoint(reads.questions)
            or not self._nodes.isdisjoint(reads.nodes)
            or any(self._is_other(kind) for kind in reads.kinds)
        )

    def _is_other(self, kind: str) -> bool:
        """Does a file that has changed have other facts of the kind?"""
        known = self._kinds.get(kind)
        if known is None:
            known = any(of_name(then.facts, kind) != of_name(now.facts, kind) for then, now in self._pairs)
            self._kinds[kind] = known
        return known

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
        be listed beside its former caller. A new function whose name was sought in vain may be what others
        call: then every function that was looked at counts.
        """
        for then, now in self._pairs:
            path = now.path
            old, new = ({each.name: each for each in of_kind(file.facts, FunctionFact)} for file in (then, now))
            changed = [name for name in {**old, **new} if _calls(old.get(name)) != _calls(new.get(name))]
            if any(name not in old and name.rpartition(".")[2] in self._linked.sought for name in changed):
                for said in (*self._linked.by_rule.values(), *self._linked.by_file.values()):
                    for reads in said.reads.all():
                        yield from reads.nodes
            if changed:
                yield path, ALL
            for name in changed:
                yield path, name
                yield from project.calls.callees((path, name))


def _calls(function: FunctionFact | None) -> tuple[tuple[str, ...], tuple[str, ...], bool] | None:
    return (function.calls, function.handed, function.refuses) if function is not None else None
