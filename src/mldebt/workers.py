"""Analysing many files: in this process, or in several.

Any ``concurrent.futures.Executor`` whose workers can import mldebt will do. A worker that dies
costs the file it died of, not the run.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import replace

from mldebt import vocabulary
from mldebt.discover import Source
from mldebt.facts import FileFacts
from mldebt.model import Notice
from mldebt.observer import SILENT, Observer
from mldebt.sealed import seal, unseal
from mldebt.settings import Job
from mldebt.tree import Tree, UnreadableError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future, ProcessPoolExecutor

    from mldebt.analyse import Analyser

WORTH_A_PROCESS = 400_000  # bytes of source, below which starting a process costs more than it saves
BATCH_BYTES = 200_000
MAX_BATCH = 200  # files between garbage collections; trees are untied and go by themselves


Batch: TypeAlias = "tuple[Source, ...]"


def analyse_files(
    job: Job, sources: Sequence[Source], jobs: int = 0, observer: Observer = SILENT
) -> tuple[FileFacts, ...]:
    """The facts of every source, in the order of ``sources``. ``jobs`` 0: as many as pay."""
    if not sources:
        return ()
    sizes = {source: _size(job.tree, source) for source in sources}
    count = 1 if observer.times_rules else jobs or _worth(sum(sizes.values()))
    if count == 1 or len(sources) < 2:
        return tuple(_analyse_alone(job, sources, sizes, observer))
    _make(job)  # forked workers inherit what it imports
    largest_first = sorted(sources, key=lambda each: (-sizes[each], each.path))

    def told(batch: Batch, found: Sequence[FileFacts]) -> None:
        observer.analysed(len(batch), sum(each.lines for each in found), sum(sizes[each] for each in batch))

    with _pool(count, job) as executor:
        results, lost = _analyse_with(executor, _batches(largest_first, sizes), told)
    for batch in lost:
        results.update(_analyse_again(job, batch))
    return tuple(results[source] for source in sources)


def _analyse_alone(
    job: Job, sources: Sequence[Source], sizes: dict[Source, int], observer: Observer
) -> Iterator[FileFacts]:
    """All in this process, in steps after which there is something to tell."""
    global _analyser
    try:
        _begin(job)
        if observer.times_rules:
            _analyser = _timed(_make(job), observer)
        for start in range(0, len(sources), MAX_BATCH):
            some = sources[start : start + MAX_BATCH]
            for source, blob in zip(some, _on_deep_stack(job, some), strict=True):
                found = _unsealed(source, blob)
                observer.analysed(1, found.lines, sizes[source])
                yield found
    finally:
        _begin(None)


def _timed(analyser: Analyser, observer: Observer) -> Analyser:
    """An analyser whose rules and collectors are timed. What they yield lazily is part of it."""

    def timed(owner: object, method: Callable[..., Iterable[Any]]) -> Callable[..., Iterable[Any]]:
        spec = getattr(owner, "spec", None)
        name = spec.code if spec is not None else type(owner).__name__

        def run(*arguments: object) -> Iterable[Any]:
            began = time.perf_counter()
            try:
                return list(method(*arguments))
            finally:
                observer.rule(name, time.perf_counter() - began)

        return run

    by_kind = {
        kind: [each._replace(method=timed(each.owner, each.method)) for each in entries]
        for kind, entries in analyser.listeners.by_kind.items()
    }
    return replace(analyser, listeners=replace(analyser.listeners, by_kind=by_kind))


def _unsealed(source: Source, blob: bytes) -> FileFacts:
    found = unseal(source.path, blob)
    assert found is not None, f"{source.path} came back from its analysis as something else"
    return found


def _worth(size: int) -> int:
    return max(1, min(os.cpu_count() or 1, size // WORTH_A_PROCESS))


def _size(tree: Tree, source: Source) -> int:
    try:
        return tree.stat(source.path).size
    except UnreadableError:
        return 0


def _batches(sources: Iterable[Source], sizes: dict[Source, int]) -> list[Batch]:
    batches: list[list[Source]] = []
    weight = BATCH_BYTES
    for source in sources:
        if weight >= BATCH_BYTES:
            batches.append([])
            weight = 0
        batches[-1].append(source)
        weight += sizes[source]
    return [tuple(batch) for batch in batches]


def _pool(count: int, job: Job) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Forked workers need not import libcst again. Only Linux forks safely; nothing of ours runs threads by now.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(count, context, _start, (job,))


def _analyse_with(
    executor: Executor,
    batches: Iterable[Batch],
    told: Callable[[Batch, Sequence[FileFacts]], None] = lambda batch, found: None,
) -> tuple[dict[Source, FileFacts], list[Batch]]:
    """The facts of what was analysed, and the batches that were lost: a worker that dies breaks its
    pool, so that nobody knows which batch it died of. ``told`` hears of each batch that is done."""
    from concurrent.futures.process import BrokenProcessPool

    results: dict[Source, FileFacts] = {}
    lost: list[Batch] = []
    futures: list[tuple[Batch, Future[list[bytes]]]] = []
    try:
        for batch in batches:
            try:
                futures.append((batch, executor.submit(_analyse_batch, batch)))
            except BrokenProcessPool:
                lost.append(batch)
        for batch, future in futures:
            try:
                found = list(map(_unsealed, batch, future.result()))
            except BrokenProcessPool:
                lost.append(batch)
                continue
            results.update(zip(batch, found, strict=True))
            told(batch, found)
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)  # who interrupts does not want to wait for the rest
        raise
    return results, lost


def _analyse_again(job: Job, batch: Batch) -> dict[Source, FileFacts]:
    """A lost batch, in a worker of its own. Where that dies, too, both halves; a file that is alone is given up."""
    with _pool(1, job) as executor:
        results, lost = _analyse_with(executor, [batch])
    if not lost:
        return results
    if len(batch) > 1:
        half = len(batch) // 2
        return {**_analyse_again(job, batch[:half]), **_analyse_again(job, batch[half:])}
    source = batch[0]
    notice = Notice("worker-died", "the process that analysed it died", source.path, fatal=True)
    return {source: FileFacts(source.path, source.kind, 0, analysed=False, notices=(notice,))}


# --- in a worker -----------------------------------------------------------------------------------

_job: Job | None = None
_analyser: Analyser | None = None


def _start(job: Job) -> None:
    """The beginning of a worker process: it ends when it is interrupted or its parent is gone, and says nothing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _begin(job)


def _end_with_parent() -> None:
    import multiprocessing.connection

    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _begin(job: Job | None) -> None:
    global _job, _analyser  # a worker has one job for life
    _job, _analyser = job, None


def _analyse_batch(sources: Sequence[Source]) -> list[bytes]:
    assert _job is not None  # the pool's initializer has run
    return _on_deep_stack(_job, sources)


def _on_deep_stack(job: Job, sources: Sequence[Source]) -> list[bytes]:
    from mldebt.syntax import stack  # what analysis needs is imported when there is something to analyse

    return stack.call(lambda: _analyse_here(job, sources))


def _analyse_here(job: Job, sources: Sequence[Source]) -> list[bytes]:
    global _analyser
    analyser = _analyser if _job is job and _analyser is not None else _make(job)
    if _job is job:
        _analyser = analyser
    return _uncollected(job.tree, analyser, sources)


def _make(job: Job) -> Analyser:
    from mldebt.analyse import make_analyser

    return make_analyser(job.settings, vocabulary.load(dict(job.settings.vocabulary)))


def _uncollected(tree: Tree, analyser: Analyser, sources: Sequence[Source]) -> list[bytes]:
    """Analyse with the cyclic collector out of the way: it would go through whole syntax trees. What is left when
    all are done it collects, and goes through nothing that was there before."""
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        return [_read_and_analyse(tree, analyser, source) for source in sources]
    finally:
        gc.collect()
        gc.unfreeze()
        if enabled:
            gc.enable()


def _read_and_analyse(tree: Tree, analyser: Analyser, source: Source) -> bytes:
    from mldebt.analyse import analyse

    try:
        data = tree.read(source.path)
    except UnreadableError as problem:
        notice = Notice(problem.kind, f"cannot be read: {problem.reason}", source.path)
        return seal(FileFacts(source.path, source.kind, 0, analysed=False, notices=(notice,)))
    try:
        return seal(analyse(analyser, source, data))
    except Exception as error:  # a mistake of ours that no rule is to blame for costs this file only
        last = traceback.extract_tb(error.__traceback__)[-1]
        message = f"the analysis crashed ({type(error).__name__}: {str(error)[:200]}, {last.name}:{last.lineno})"
        notice = Notice("analysis-crashed", f"{message}; please report it", source.path, fatal=True)
        return seal(FileFacts(source.path, source.kind, data.count(b"\n"), analysed=False, notices=(notice,)))
