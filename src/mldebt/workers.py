"""Analysing many files: in this process, or in several.

Any ``concurrent.futures.Executor`` whose workers can import mldebt will do. A worker that dies
costs the file it died of, not the run.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from mldebt import vocabulary
from mldebt.analyse import Analyser, AnalyserSettings, analyse, make_analyser
from mldebt.discover import Source
from mldebt.facts import FileFacts
from mldebt.model import Notice
from mldebt.syntax import stack
from mldebt.tree import Tree, UnreadableError

WORTH_A_PROCESS = 400_000  # bytes of source, below which starting a process costs more than it saves
BATCH_BYTES = 200_000
COLLECT_EVERY = 40  # files between garbage collections; trees are freed by reference counts


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is given, once. Plain data."""

    settings: AnalyserSettings
    tree: Tree


def analyse_files(job: Job, sources: Sequence[Source], jobs: int = 0) -> tuple[FileFacts, ...]:
    """The facts of every source, in the order of ``sources``. ``jobs`` 0: as many as pay."""
    sizes = {source: _size(job.tree, source) for source in sources}
    count = jobs or _worth(sum(sizes.values()))
    if count == 1 or len(sources) < 2:
        return tuple(stack.call(lambda: _analyse_here(job, sources)))
    with _pool(count, job) as executor:
        return _analyse_with(executor, job, sources, sizes)


def _worth(size: int) -> int:
    return max(1, min(os.cpu_count() or 1, size // WORTH_A_PROCESS))


def _size(tree: Tree, source: Source) -> int:
    try:
        return tree.stat(source.path).size
    except UnreadableError:
        return 0


def _pool(count: int, job: Job) -> ProcessPoolExecutor:
    # Forked workers need not import libcst again. Only Linux forks safely; nothing of ours runs threads by now.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(count, context, _start, (job,))


def _analyse_with(
    executor: Executor, job: Job, sources: Sequence[Source], sizes: dict[Source, int]
) -> tuple[FileFacts, ...]:
    """Largest files first, in batches; a batch whose worker died is done again file by file."""
    results: dict[Source, FileFacts] = {}
    dead: list[Source] = []
    futures: list[tuple[Sequence[Source], Future[list[FileFacts]]]] = []
    for batch in _batches(sorted(sources, key=lambda each: (-sizes[each], each.path)), sizes):
        try:
            futures.append((batch, executor.submit(_analyse_batch, tuple(batch))))
        except BrokenProcessPool:
            dead.extend(batch)
    for done, future in futures:
        try:
            results.update(zip(done, future.result(), strict=True))
        except BrokenProcessPool:
            dead.extend(done)
    for source in dead:
        results[source] = _analyse_alone(job, source)
    return tuple(results[source] for source in sources)


def _analyse_alone(job: Job, source: Source) -> FileFacts:
    with _pool(1, job) as executor:
        try:
            return executor.submit(_analyse_batch, (source,)).result()[0]
        except BrokenProcessPool:
            notice = Notice("worker-died", "the process that analysed it died", source.path, fatal=True)
            return FileFacts(source.path, source.kind, 0, analysed=False, notices=(notice,))


def _batches(sources: Iterable[Source], sizes: dict[Source, int]) -> list[list[Source]]:
    batches: list[list[Source]] = []
    weight = BATCH_BYTES
    for source in sources:
        if weight >= BATCH_BYTES:
            batches.append([])
            weight = 0
        batches[-1].append(source)
        weight += sizes[source]
    return batches


# --- in a worker -----------------------------------------------------------------------------------

_job: Job | None = None
_analyser: Analyser | None = None


def _start(job: Job) -> None:
    global _job, _analyser  # a worker process has one job for life
    _job, _analyser = job, None


def _analyse_batch(sources: Sequence[Source]) -> list[FileFacts]:
    assert _job is not None  # the pool's initializer has run
    job = _job
    return stack.call(lambda: _analyse_here(job, sources))


def _analyse_here(job: Job, sources: Sequence[Source]) -> list[FileFacts]:
    global _analyser
    analyser = _analyser if _job is job and _analyser is not None else _make(job)
    if _job is job:
        _analyser = analyser
    return _uncollected(job.tree, analyser, sources)


def _make(job: Job) -> Analyser:
    return make_analyser(job.settings, vocabulary.load(dict(job.settings.vocabulary)))


def _uncollected(tree: Tree, analyser: Analyser, sources: Sequence[Source]) -> list[FileFacts]:
    """Analyse with the cyclic collector out of the way: it would go through whole syntax trees."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        results = []
        for number, source in enumerate(sources, 1):
            results.append(_read_and_analyse(tree, analyser, source))
            if number % COLLECT_EVERY == 0:
                gc.collect()
        return results
    finally:
        if enabled:
            gc.enable()


def _read_and_analyse(tree: Tree, analyser: Analyser, source: Source) -> FileFacts:
    try:
        data = tree.read(source.path)
    except UnreadableError as problem:
        notice = Notice(problem.kind, f"cannot be read: {problem.reason}", source.path)
        return FileFacts(source.path, source.kind, 0, analysed=False, notices=(notice,))
    return analyse(analyser, source, data)
