"""One file: bytes -> facts and candidates. The only function that workers run.

Everything that holds a syntax node lives and dies in here. The result depends on the file, its
path and the rules' options, and on no other file.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from mldebt import plugins
from mldebt.discover import INCLUDED, Source, origin_of
from mldebt.engine import At, Collector, Heard, Hit, Listeners, Listening, Rule, Seen, Where, listeners_of, load_classes
from mldebt.exports import exports
from mldebt.facts import Fact, FileFacts
from mldebt.facts.modules import ClassFact, ModuleFact
from mldebt.fingerprint import normalise
from mldebt.functions import functions_of
from mldebt.gate import Glance
from mldebt.index import facts_of, tree_of
from mldebt.mentions import mentioned_flags
from mldebt.model import Candidate, Notice, Place, Related, Role, Span
from mldebt.notebook_facts import facts_of_cells
from mldebt.pattern_rules import PatternRule
from mldebt.patterns import Patterns
from mldebt.roles import settled
from mldebt.settings import AnalyserSettings, options_of
from mldebt.sources import SourceText, configs, manifests, variables, workflow
from mldebt.sources import notebook as notebook_source
from mldebt.sources import python as python_source
from mldebt.sources.cell_markers import MarkedMap, marked
from mldebt.sources.cells import without_broken_cells
from mldebt.sources.notebook import NotebookMap
from mldebt.suppressions import python_suppressions, suppressions_in, tag_suppressions
from mldebt.syntax.comments import adjacent
from mldebt.syntax.complexity import MAX_UNSEEN
from mldebt.syntax.dead import never_runs
from mldebt.syntax.lean import Lean
from mldebt.syntax.names import last_name
from mldebt.syntax.parse import Parsed, Problem, find_problem, parse, read
from mldebt.syntax.positions import Located
from mldebt.syntax.skeleton import skeleton
from mldebt.traits.configured import configured_thresholds
from mldebt.traits.flow import Interpreter
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.values import Step
from mldebt.vocabulary import Vocabulary, tokenise

MAX_SNIPPET = 4_000  # characters of a node that identify it; longer ones are cut
MAX_SHOWN = 60  # characters of source in a message
MAX_LINE = 240  # characters of a source line that are kept for display


@dataclass(frozen=True, slots=True)
class Analyser:
    """What every file is analysed with. Made once a process from plain data (``AnalyserSettings``)."""

    rules: tuple[Rule, ...]
    collectors: tuple[Collector, ...]
    vocabulary: Vocabulary
    names: Names
    origins: Origins
    listeners: Listeners
    max_file_lines: int
    lean: bool = True
    gated: bool = True
    given_roles: tuple[tuple[Patterns, Role], ...] = ()


def make_analyser(settings: AnalyserSettings, vocabulary: Vocabulary) -> Analyser:
    """Instantiate the rules that ``settings`` enable and the dispatch table over them."""
    by_class = {spec.class_name: spec for spec in settings.specs}
    rules: list[Rule] = []
    for cls in load_classes("mldebt.checks", Rule):
        spec = by_class.get(cls.__name__)
        if spec is not None:
            rules.append(cls(spec, options_of(spec, settings.options)))
    by_code = plugins.classes(settings.plugins)
    for spec in settings.specs:
        own: type[Rule] | None = PatternRule if spec.pattern is not None else by_code.get(spec.code)
        if own is not None:
            rules.append(own(spec, options_of(spec, settings.options)))
    collectors = tuple(cls() for cls in load_classes("mldebt.collectors", Collector))
    names = Names(vocabulary)
    return Analyser(
        rules=tuple(rules),
        collectors=collectors,
        vocabulary=vocabulary,
        names=names,
        origins=Origins(vocabulary, names),
        listeners=listeners_of((*collectors, *rules), vocabulary, gated=settings.gated),
        max_file_lines=settings.max_file_lines,
        lean=settings.lean,
        gated=settings.gated,
        given_roles=tuple((Patterns.of((pattern,)), role) for pattern, role in settings.roles),
    )


def shown(text: str) -> str:
    """Source text for a message: in one line, cut in the middle of nowhere when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[: MAX_SHOWN - 3]}..."


def analyse(analyser: Analyser, source: Source, data: bytes) -> FileFacts:
    """Facts and candidates of one file. Never raises for what is in the file; a crash of ours is a
    fatal notice that names the rule and the file. Run it on a deep stack (``syntax.stack.call``)."""
    if source.kind == "python":
        return _analyse_python(analyser, source.path, data)
    if source.kind == "notebook":
        return _analyse_notebook(analyser, source.path, data)
    facts = _analyse_text(source, data)
    thresholds = tuple(configured_thresholds(facts.facts, analyser.vocabulary))
    return replace(facts, facts=(*facts.facts, *thresholds)) if thresholds else facts


def _analyse_text(source: Source, data: bytes) -> FileFacts:
    """A file that may be several things at once: each reader that knows its name says its part."""
    readers = (manifests.read, variables.read, workflow.read, configs.read)
    said = [
        reader(source.path, data) for reader in (readers if source.kind != INCLUDED else (manifests.read_included,))
    ]
    comments = sorted({each for one in said for each in one.comments}, key=lambda each: (each.line, each.column))
    statements = sorted({each for one in said for each in one.statements})
    notices = {
        (each.kind, each.line, each.message if each.line else ""): each
        for one in reversed(said)
        for each in one.notices
    }
    suppressed = suppressions_in(source.path, comments, statements)
    return FileFacts(
        path=source.path,
        kind=source.kind,
        lines=data.count(b"\n") + (not data.endswith(b"\n") and bool(data)),
        analysed=not any(notice.fatal for notice in notices.values()),
        facts=tuple(fact for one in said for fact in one.facts),
        suppressions=suppressed.suppressions,
        notices=(*notices.values(), *suppressed.notices),
    )


def _analyse_python(analyser: Analyser, path: str, data: bytes) -> FileFacts:
    source = python_source.read(path, data)
    if isinstance(source, Notice):
        return FileFacts(path, "python", data.count(b"\n"), analysed=False, notices=(source,))
    cells = marked(source)
    source, is_notebook = cells if cells is not None else (source, False)
    if not is_notebook:
        return _analyse_code(analyser, "python", source, origin_of(path, data))
    source, broken = _whole_cells(source)
    facts = _analyse_code(analyser, "notebook", source, origin_of(path, data))
    return replace(facts, notices=(*broken, *facts.notices)) if broken else facts


def _analyse_notebook(analyser: Analyser, path: str, data: bytes) -> FileFacts:
    """The cells of a notebook as one text."""
    source = notebook_source.read(path, data)
    if isinstance(source, Notice):
        return FileFacts(path, "notebook", data.count(b"\n"), analysed=False, notices=(source,))
    source, broken = _whole_cells(source)
    facts = _analyse_code(analyser, "notebook", source, "own")
    cells = facts_of_cells(source, whole=not broken)
    tagged = tag_suppressions(source)
    return replace(
        facts,
        facts=(*facts.facts, *cells),
        suppressions=(*facts.suppressions, *tagged.suppressions),
        notices=(*broken, *facts.notices, *tagged.notices),
    )


def _whole_cells(source: SourceText) -> tuple[SourceText, list[Notice]]:
    """A notebook of which a cell that is no Python is lost alone, with a notice."""
    assert isinstance(source.map, (NotebookMap, MarkedMap))  # only notebooks have cells
    return without_broken_cells(source, source.map, _refused) if _refused(source.text) is not None else (source, [])


def _refused(text: str) -> str | None:
    problem = find_problem(text)
    if problem is None and tree_of(text) is None:
        parsed = parse(text)
        problem = parsed if isinstance(parsed, Problem) else None
    return problem.message if problem is not None else None


def _analyse_code(analyser: Analyser, kind: str, source: SourceText, origin: str) -> FileFacts:
    path = source.path
    problem = find_problem(source.text) if len(source.text) > MAX_UNSEEN else None
    tree = tree_of(source.text) if problem is None else None
    required = manifests.read_source(source)
    file = Glance(source.text)
    outline = (*required.facts, *mentioned_flags(source.text, file.words, analyser.names))
    if tree is not None:
        outline = (*facts_of(tree, source.text, origin), *outline)
        outline = (*outline, *(functions_of(tree, outline[0]) if isinstance(outline[0], ModuleFact) else ()))
    unread = FileFacts(path, kind, source.lines, analysed=False, facts=outline, notices=required.notices)
    if origin != "own":
        return unread
    if source.lines > analyser.max_file_lines:
        message = f"{source.lines} lines, over max-file-lines = {analyser.max_file_lines}: only its imports were read"
        return replace(unread, notices=(Notice("too-large", message, path),))
    nodes = problem or read(source.text, tree if analyser.lean else None)
    if isinstance(nodes, Problem):
        return replace(unread, notices=(Notice(nodes.kind, nodes.message, path, nodes.line, nodes.column),))
    if tree is None:
        outline = (*facts_of(skeleton(nodes.module, source.text), source.text, origin), *outline)
    heard = analyser.listeners.heard(file, settled_role(analyser, path, outline) if analyser.gated else None)
    walk = _Walk(analyser, source, heard, nodes, kind)
    walk.run()
    facts, candidates = walk.results()
    walk.forget()
    suppressed = python_suppressions(source)
    return FileFacts(
        path=path,
        kind=kind,
        lines=source.lines,
        analysed=True,
        facts=(*outline, *facts),
        candidates=candidates,
        suppressions=suppressed.suppressions,
        notices=(*required.notices, *walk.notices, *suppressed.notices),
    )


def settled_role(analyser: Analyser, path: str, outline: Iterable[Fact]) -> Role | None:
    """What the file is for, where no other file has a say in it: most rules are silent in tests."""
    for patterns, role in analyser.given_roles:
        if patterns.excludes(path):
            return role
    module = next((each for each in outline if isinstance(each, ModuleFact)), None)
    return settled(path, module, [each for each in outline if isinstance(each, ClassFact)], analyser.vocabulary)


def _named_as_settings(path: str, vocabulary: Vocabulary) -> bool:
    """Is the module, or a folder around it, named as one of settings?"""
    last_words = {tokenise(part)[-1] for part in path.removesuffix(".py").split("/") if tokenise(part)}
    return bool(last_words & vocabulary.words("settings-modules"))


def _snippet(node: cst.CSTNode, text: str) -> str:
    """What identifies a node: of a function or class its name, so that work on its body changes nothing."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return f"{'class' if isinstance(node, cst.ClassDef) else 'def'} {node.name.value}"
    return normalise(text[:MAX_SNIPPET])


class _Walk:
    """One walk over one module: the listeners' hits, then their places."""

    def __init__(self, analyser: Analyser, source: SourceText, heard: Heard, nodes: Lean | Parsed, kind: str) -> None:
        self.notices: list[Notice] = []
        self._analyser = analyser
        self._source = source
        self._nodes = nodes
        self._hits: list[tuple[Rule, Hit, str]] = []
        self._seen: list[tuple[Seen, str]] = []
        self._crashed: set[int] = set()
        self._spots: dict[int, tuple[Place, str, str]] = {}  # place, snippet and line of nodes, by their ids
        listeners = {kind: (self._listener(entries),) for kind, entries in heard.by_kind.items()}
        if cst.Call in listeners:
            listeners[cst.Call] = (self._call_listener(heard),)
        interpreter = Interpreter(analyser.names, analyser.origins, listeners)
        interpreter.walruses = ":=" in source.text
        self._at = At(
            source.path,
            interpreter,
            analyser.names,
            analyser.origins,
            analyser.vocabulary,
            adjacent(nodes.remarks),
            kind == "notebook",
        )

    def run(self) -> None:
        try:
            self._at.interpreter.run(self._nodes.module)
            settings = _named_as_settings(self._source.path, self._analyser.vocabulary)
            self._seen.extend((seen, "") for seen in exports(self._at, settings))
        except Exception as error:
            self._crash("the analysis", error)

    def _listener(self, entries: Sequence[Listening]) -> Callable[[cst.CSTNode], None]:
        """Tells all who listen to one type of nodes."""

        return lambda node: self._tell(entries, node)

    def _call_listener(self, heard: Heard) -> Callable[[cst.CSTNode], None]:
        """Tells those who listen to calls of that name."""
        return lambda node: self._tell(heard.call(last_name(node.func)), node)  # type: ignore[attr-defined]  # a call

    def _tell(self, entries: Sequence[Listening], node: cst.CSTNode) -> None:
        at = self._at
        at.told.clear()
        for owner, method, _ in entries:
            try:
                for found in method(node, at):
                    self._note(owner, found)
            except Exception as error:
                self._crash_of(owner, error)

    def _note(self, owner: Rule | Collector, found: Hit | Seen) -> None:
        if id(owner) in self._crashed:
            return
        if isinstance(found, Hit):
            assert isinstance(owner, Rule)
            if owner.spec.family != "FLG" and never_runs(self._at.parents, found.node):
                return  # that it stands there is told by FLG008
            self._hits.append((owner, found, self._at.symbol))
        else:
            self._seen.append((found, self._at.symbol))

    def _crash_of(self, owner: Rule | Collector, error: Exception) -> None:
        """A rule that crashed says so once, and nothing more of this file."""
        if id(owner) not in self._crashed:
            self._crashed.add(id(owner))
            self._crash(owner.spec.code if isinstance(owner, Rule) else type(owner).__name__, error)

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
