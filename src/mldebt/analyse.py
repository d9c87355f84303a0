"""One file: bytes -> facts and candidates. The only function that workers run.

Everything that holds a syntax node lives and dies in here. The result depends on the file, its
path and the rules' options, and on no other file.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from mldebt import plugins
from mldebt.discover import Source, origin_of
from mldebt.engine import Collector, Rule, load_classes
from mldebt.facts import Fact, FileFacts
from mldebt.facts.modules import ClassFact, ModuleFact
from mldebt.functions import functions_of
from mldebt.gate import Glance
from mldebt.hearing import Hearing
from mldebt.index import facts_of, tree_of
from mldebt.listeners import Listeners, listeners_of
from mldebt.mentions import mentioned_flags
from mldebt.model import Notice, Role
from mldebt.notebook_facts import facts_of_cells
from mldebt.pattern_rules import PatternRule
from mldebt.patterns import Patterns
from mldebt.roles import settled
from mldebt.settings import AnalyserSettings, options_of
from mldebt.sources import SourceText
from mldebt.sources import notebook as notebook_source
from mldebt.sources import python as python_source
from mldebt.sources.cell_markers import MarkedMap, marked
from mldebt.sources.cells import without_broken_cells
from mldebt.sources.manifests.in_code import read_source
from mldebt.sources.notebook import NotebookMap
from mldebt.suppressions import python_suppressions, tag_suppressions
from mldebt.syntax.complexity import MAX_UNSEEN
from mldebt.syntax.parse import Problem, find_problem, parse, read
from mldebt.syntax.skeleton import skeleton
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.vocabulary import Vocabulary


class Analyser(Struct, frozen=True):
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


def analyse(analyser: Analyser, source: Source, data: bytes) -> FileFacts:
    """Facts and candidates of one file. Never raises for what is in the file; a crash of ours is a
    fatal notice that names the rule and the file. Run it on a deep stack (``syntax.stack.call``)."""
    if source.kind == "python":
        return _analyse_python(analyser, source.path, data)
    if source.kind == "notebook":
        return _analyse_notebook(analyser, source.path, data)
    from mldebt.text_files import analyse_text  # whoever edits code waits for no parser of YAML

    return analyse_text(source, data, analyser.vocabulary)


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
    required = read_source(source)
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
    walk = Hearing(analyser.names, analyser.origins, heard, source, nodes, is_notebook=kind == "notebook")
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
