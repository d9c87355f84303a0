"""The pipeline on one page: discover, analyse, link, filter."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt import base, cache, commits, profiles, recall, roots, rulebook, snapshot, vocabulary
from mldebt.budgets import OVER, overruns, spend
from mldebt.comparison import Asked, compared, known_at_head
from mldebt.config import Config, Flags, select_rules, with_flags
from mldebt.discover import Basis, Shown, discover
from mldebt.environment import NOTHING_INSTALLED, read_environment
from mldebt.facts import FileFacts
from mldebt.included import included, missing
from mldebt.judgement import Law, judge
from mldebt.links import Links
from mldebt.model import Confidence, Notice, Run, Status, Summary
from mldebt.observer import SILENT, Observer
from mldebt.project import Project
from mldebt.rule_spec import RuleSpec
from mldebt.settings import AnalyserSettings, Job
from mldebt.tree import Overlay, Tree, UnreadableError, WorkingTree

COLLECT_AFTER = 50_000  # objects that are made between two looks of the cyclic collector
QUICK_BYTES = 1_500_000  # of source that a quick run analyses at most before its own files: a few seconds
_UNREAD = frozenset({"malformed-manifest", "undecodable", "too-large"})  # of manifests, which have no syntax errors


class Request(Struct, frozen=True):
    """What is asked for. ``paths`` are as written, relative to ``cwd``; ``stdin`` is the text that
    stands in for ``stdin_filename``; ``index`` false leaves the rest of the project unread, ``quick`` does
    so where most of it would have to be analysed first; ``cached`` false has everything analysed anew.
    ``asked`` says what to compare with; ``plugins`` are those whose rules run, too. ``overlay`` are files as they would
    be, root-relative;
    ``environment`` is the folder of an installed environment that versions are taken from."""

    cwd: Path
    paths: tuple[str, ...] = (".",)
    root: str | None = None
    flags: Flags = field(default_factory=Flags)
    stdin: bytes | None = None
    stdin_filename: str = ""
    force_exclude: bool = False
    index: bool = True
    quick: bool = False
    cached: bool = True
    asked: Asked = field(default_factory=Asked)
    today: date | None = None
    plugins: tuple[str, ...] = ()
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    environment: str | None = None
    observer: Observer = SILENT


class Grounds(Struct, frozen=True):
    """What a run rested on beside its request: the listing, what was looked at outside of the root (absolute
    paths), the digests of the sources by path. All as it was at or after ``checked`` (nanoseconds)."""

    basis: Basis
    outside: Mapping[str, tuple[int, int, int, int] | None]
    digests: Mapping[str, str]
    checked: int


class Outcome(Struct, frozen=True):
    """A run, the project behind it, and what it was run with. ``grounds`` are ``None`` when they are not all
    known, so that the run cannot be remembered."""

    run: Run
    project: Project
    config: Config
    specs: tuple[RuleSpec, ...]
    tree: Tree
    shown: Shown
    all_specs: tuple[RuleSpec, ...] = ()
    grounds: Grounds | None = None

    def text_of(self, path: str) -> bytes | None:
        """The bytes that were read, for reports that show source; ``None`` when they are gone."""
        try:
            return self.tree.read(path)
        except UnreadableError:
            return None


def execute(request: Request) -> Outcome:
    """Run the whole pipeline. Raises ``UserError`` for what the user can mend."""
    began, checked = time.perf_counter(), time.time_ns()
    installed = read_environment(request.environment) if request.environment else NOTHING_INSTALLED
    root = roots.find_root(request.stdin_filename or request.paths[0], request.cwd, request.root)
    tree: Tree = WorkingTree(root.path)
    outside = {path: snapshot.stamp(path) for path in roots.probes(request.paths, request.cwd, root)}
    if request.overlay:
        tree = Overlay(tree, request.overlay)
    rules = rulebook.load(tree, request.plugins)
    all_specs = rules.specs
    config = with_flags(roots.load_config(tree, all_specs), request.flags)
    outside.update((path, snapshot.stamp(path)) for path in _baselines(request, config, root))
    head = commits.head_files(root.git_top) if request.asked.new and root.git_top is not None else ()
    outside.update((path, snapshot.stamp(path)) for path in head)
    specs = select_rules(all_specs, config)
    words = vocabulary.load(dict(config.vocabulary))

    named = _named(request, root)
    if request.stdin is not None:
        tree = Overlay(tree, {named[0].path: request.stdin, **request.overlay})
    request.observer.stage("discover")
    found = discover(tree, root, config, named, force_exclude=request.force_exclude)
    shown = Shown.of(named)
    job = Job(_settings(all_specs, config, request.plugins), tree)
    request.observer.stage("analyse")
    with cache.opened(root.path, root.git_top is not None, found.store_tracked, request.cached) as store:
        facts = base.Facts(job, store, recall.key_of(job, words, rules.digest))
        cold = recall.unknown_size(found.sources, found.stamp, store, facts.key) if request.quick else (0, 0)
        whole = request.index and cold[1] <= QUICK_BYTES
        sources = found.sources if whole else tuple(each for each in found.sources if shown(each.path))
        today = request.today or date.today()
        law = Law(specs, all_specs, config, words, today, whole, installed, request.observer)
        read = partial(recall.analyse, job, observer=request.observer)
        recalled = read(sources, found.stamp, store, facts.key, config.jobs)
        while more := included(recalled.files, found.keeps) if whole else ():
            recalled = recalled.joined(read(more, found.stamp, store, facts.key, config.jobs))
        files = recalled.files
        _collect_from_now_on()
        links = Links(store, facts.key, law)
        before = links.before(recalled)
        judged = judge(law, files, shown, before)
        links.keep(judged.linked, recalled, before)
        present = base.Present(tree, files, judged.findings)
        result = compared(request.asked, law, present, facts)
        spent = spend(config.budget, judged.everywhere) if whole else ()
        over = overruns(spent, lambda: result.known or known_at_head(law, present, facts))

    said = [
        *found.notices,
        *store.notices,
        *_file_notices(files, shown, config.strict),
        *judged.notices,
        *result.notices,
        *over,
        *missing(files, lambda path: found.exists(path, tree)),
    ]
    if not whole:
        said.append(_left_out(judged.left_out, cold[0]))
    run = Run(
        root=root.path.as_posix(),
        git_top=(root.git_top or root.path).as_posix(),
        findings=result.findings,
        notices=_sorted(each for each in said if each.fatal or not each.path or shown(each.path)),
        summary=Summary(
            files=len(files),
            lines=sum(each.lines for each in files),
            not_analysed=sum(not each.analysed for each in files),
            foreign=sum(not each.analysed and not each.notices for each in files),
            seconds=time.perf_counter() - began,
            rules=tuple(spec.code for spec in specs),
            profile=_profile(config),
        ),
        suppressions=judged.suppressions,
        comparison=result.comparison,
    )
    grounds = Grounds(found.basis, outside, recalled.digests, checked)
    known = (
        not store.notices
        and not over
        and not rules.own
        and not request.plugins
        and found.basis.whole
        and _rests_on_files(request, whole, head)
    )
    return Outcome(run, judged.project, config, specs, tree, shown, all_specs, grounds if known else None)


def _collect_from_now_on() -> None:
    """Where the command line kept the cyclic collector out of the way (see ``__main__``), it goes through what is made
    from now on: most of that stays, too, so it is let loose seldom."""
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER, 10, 10)
        gc.enable()


def _profile(config: Config) -> str:
    """The profile of a run as the summary has it; "" when it is the default for all."""
    parts = [f"{each.profile} for {each.name}" for each in config.components if each.profile]
    if config.profile or parts:
        return ", ".join([config.profile or profiles.DEFAULT, *parts])
    return ""


def exit_code(outcome: Outcome) -> int:
    """0: nothing counted; 1: something open, shown and loud enough, or a budget exceeded; 2: the run cannot
    be trusted."""
    if any(notice.fatal for notice in outcome.run.notices):
        return 2
    least = outcome.config.fail_on
    if least is None:
        return 0
    if any(notice.kind == OVER for notice in outcome.run.notices):
        return 1
    heard = (each for each in outcome.run.findings if each.status is Status.OPEN)
    return int(any(each.confidence is not Confidence.LOW and each.severity.at_least(least) for each in heard))


def _rests_on_files(request: Request, whole: bool, head: Sequence[str]) -> bool:
    """Does a run rest on nothing but files that ``Grounds`` have: no buffer, no commit but the one that the files
    of ``head`` name, no installed packages, nothing that the store happened to know?"""
    asked = request.asked
    commit = asked.since is not None or (asked.new and not head)
    beyond = (request.stdin is not None, request.overlay, request.environment, commit)
    return request.cached and (whole or not request.quick) and not any(beyond)


def _baselines(request: Request, config: Config, root: roots.Root) -> Iterator[str]:
    """Where the baselines are that the run may be compared with."""
    if request.asked.baseline is not None:
        yield str(request.cwd / request.asked.baseline)
    if config.baseline:
        yield str(root.path / config.baseline)


def _named(request: Request, root: roots.Root) -> tuple[roots.Named, ...]:
    if request.stdin is None:
        return root.named(request.paths, request.cwd)
    return (roots.Named(root.relative(request.stdin_filename, request.cwd), folder=False),)


def _settings(specs: Sequence[RuleSpec], config: Config, plugins: tuple[str, ...]) -> AnalyserSettings:
    # All enabled rules are analysed for, whatever is selected: selection is applied after.
    return AnalyserSettings(
        tuple(specs), config.options, config.vocabulary, config.max_file_lines, plugins=plugins, roles=config.roles
    )


def _left_out(specs: Sequence[RuleSpec], cold: int) -> Notice:
    """``cold``: of how many files nothing is known yet, when that is why."""
    codes = ", ".join(sorted(spec.code for spec in specs))
    if cold:
        why = f"{cold:,} files of the project were never analysed, which would take longer than --quick allows"
        left_out = f"; left to a whole run (`mldebt check`, the hook mldebt-project): {codes}, and what other files say"
        return Notice("quick", why + left_out)
    left_out = f"; rules that need it were left out: {codes}" if codes else ""
    return Notice("no-index", f"the rest of the project was not read: what other files say is unknown{left_out}")


def _file_notices(files: Sequence[FileFacts], shown: Shown, strict: bool) -> Iterator[Notice]:
    """What was said of the files. Under ``strict``, that a shown file was not read makes the run one that
    cannot be trusted."""
    for each in files:
        for notice in each.notices:
            unread = not each.analysed or notice.kind in _UNREAD
            yield replace(notice, fatal=True) if strict and unread and shown(each.path) else notice


def _sorted(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    return tuple(dict.fromkeys(sorted(notices, key=lambda each: (each.path, each.line, each.kind, each.message))))
