"""The pipeline on one page: discover, analyse, link, filter."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from mldebt import catalogue, roots, vocabulary, workers
from mldebt.analyse import AnalyserSettings, options_of
from mldebt.catalogue import RuleSpec
from mldebt.config import Config, Flags, select_rules, with_flags
from mldebt.discover import Shown, Source, discover, kind_of
from mldebt.engine import ProjectRule, load_classes
from mldebt.facts import FileFacts
from mldebt.filter import settle
from mldebt.link import link
from mldebt.model import Notice, Run, Status, Summary
from mldebt.project import Project
from mldebt.tree import Overlay, Tree, WorkingTree


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. ``paths`` are as written, relative to ``cwd``; ``stdin`` is the text that
    stands in for ``stdin_filename``; ``index`` false leaves the rest of the project unread."""

    cwd: Path
    paths: tuple[str, ...] = (".",)
    root: str | None = None
    flags: Flags = field(default_factory=Flags)
    stdin: bytes | None = None
    stdin_filename: str = ""
    force_exclude: bool = False
    index: bool = True
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, the project behind it, and what it was run with."""

    run: Run
    project: Project
    config: Config
    specs: tuple[RuleSpec, ...]
    tree: Tree
    shown: Shown


def execute(request: Request) -> Outcome:
    """Run the whole pipeline. Raises ``UserError`` for what the user can mend."""
    began = time.perf_counter()
    all_specs = catalogue.load().specs
    root = roots.find_root(request.stdin_filename or request.paths[0], request.cwd, request.root)
    tree: Tree = WorkingTree(root.path)
    config = with_flags(roots.load_config(tree, all_specs), request.flags)
    specs = select_rules(all_specs, config)
    words = vocabulary.load(dict(config.vocabulary))

    named = _named(request, root)
    if request.stdin is not None:
        tree = Overlay(tree, {named[0].path: request.stdin})
    found = discover(tree, root, config, named, force_exclude=request.force_exclude)
    sources = _sources(request, found.sources, named)
    files = workers.analyse_files(workers.Job(_settings(all_specs, config), tree), sources, config.jobs)

    project = Project(files, config, words)
    shown = Shown.of(named)
    findings, notices = link(project, specs, _project_rules(specs, config))
    settled = settle(
        findings,
        specs=specs,
        all_specs=all_specs,
        config=config,
        files=files,
        shown=shown,
        today=request.today or date.today(),
        whole=request.index,
        role=project.role,
        component=project.component,
    )
    left_out = _left_out(request, specs)
    run = Run(
        root=root.path.as_posix(),
        git_top=(root.git_top or root.path).as_posix(),
        findings=settled.findings,
        notices=_sorted([*found.notices, *left_out, *_file_notices(files), *notices, *settled.notices]),
        summary=Summary(
            files=len(files),
            lines=sum(each.lines for each in files),
            not_analysed=sum(not each.analysed for each in files),
            seconds=time.perf_counter() - began,
            rules=tuple(spec.code for spec in specs),
        ),
        suppressions=settled.suppressions,
    )
    return Outcome(run, project, config, specs, tree, shown)


def exit_code(outcome: Outcome) -> int:
    """0: nothing counted; 1: something open, shown and loud enough; 2: the run cannot be trusted.

    Files that do not parse are notices: they make it 2 under ``strict`` only.
    """
    config, run = outcome.config, outcome.run
    if any(notice.fatal for notice in run.notices):
        return 2
    if config.strict and any(not each.analysed and each.notices for each in outcome.project.files.values()):
        return 2
    if config.fail_on is None:
        return 0
    counted = (
        finding for finding in run.findings if finding.status is Status.OPEN and finding.confidence.value != "low"
    )
    return int(any(finding.severity.at_least(config.fail_on) for finding in counted))


def _named(request: Request, root: roots.Root) -> tuple[roots.Named, ...]:
    if request.stdin is None:
        return root.named(request.paths, request.cwd)
    return (roots.Named(root.relative(request.stdin_filename, request.cwd), folder=False),)


def _sources(request: Request, found: Sequence[Source], named: Sequence[roots.Named]) -> tuple[Source, ...]:
    """All sources, or those that are named when the rest of the project is not to be read. A buffer
    that is not saved yet is a source as well."""
    sources = set(found)
    if request.stdin is not None:
        kind = kind_of(named[0].path)
        excluded = request.force_exclude and Source(named[0].path, kind or "") not in sources
        if kind is not None and not excluded:
            sources.add(Source(named[0].path, kind))
    if not request.index:
        shown = Shown.of(named)
        sources = {source for source in sources if shown(source.path)}
    return tuple(sorted(sources))


def _settings(specs: Sequence[RuleSpec], config: Config) -> AnalyserSettings:
    # All enabled rules are analysed for, whatever is selected: selection is applied after.
    return AnalyserSettings(tuple(specs), config.options, config.vocabulary, config.max_file_lines)


def _project_rules(specs: Sequence[RuleSpec], config: Config) -> list[ProjectRule]:
    by_class = {spec.class_name: spec for spec in specs}
    return [
        cls(by_class[cls.__name__], options_of(by_class[cls.__name__], config.options))
        for cls in load_classes("mldebt.checks", ProjectRule)
        if cls.__name__ in by_class
    ]


def _left_out(request: Request, specs: Sequence[RuleSpec]) -> list[Notice]:
    if request.index:
        return []
    project = {cls.__name__ for cls in load_classes("mldebt.checks", ProjectRule)}
    codes = ", ".join(spec.code for spec in specs if spec.class_name in project)
    return [Notice("no-index", f"the rest of the project was not read; rules that need it were left out: {codes}")]


def _file_notices(files: Sequence[FileFacts]) -> list[Notice]:
    return [notice for each in files for notice in each.notices]


def _sorted(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    return tuple(dict.fromkeys(sorted(notices, key=lambda each: (each.path, each.line, each.kind, each.message))))
