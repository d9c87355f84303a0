"""Many processes: a worker that dies costs the file it died of, and nothing else."""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mldebt import catalogue, workers
from mldebt.analyse import Analyser
from mldebt.analyse import analyse as real_analyse
from mldebt.discover import Source
from mldebt.facts import FileFacts
from mldebt.settings import AnalyserSettings, Job
from mldebt.tree import WorkingTree
from tests.toy import check, plant, write

forked = pytest.mark.skipif(sys.platform != "linux", reason="spawned workers do not inherit what a test replaces")


def job(folder: Path) -> Job:
    return Job(AnalyserSettings(catalogue.load().specs, (), (), 20_000), WorkingTree.of(folder))


def modules(folder: Path, count: int) -> list[Source]:
    for number in range(count):
        write(folder / f"m{number:02}.py", f"import torch\nbad = torch.sigmoid(x) > 0.{number + 11}\n")
    return [Source(f"m{number:02}.py", "python") for number in range(count)]


def deadly(*paths: str) -> object:
    """``analyse``, which kills its process at some files. Forked workers inherit it."""
    parent = os.getpid()

    def analyse(analyser: Analyser, source: Source, data: bytes) -> FileFacts:
        if source.path in paths:
            assert os.getpid() != parent
            os.kill(os.getpid(), signal.SIGKILL)
        return real_analyse(analyser, source, data)

    return analyse


@forked
@pytest.mark.parametrize("batch_bytes", [1, 150, workers.BATCH_BYTES], ids=["files", "batches", "one-batch"])
@pytest.mark.parametrize("dead", [("m03.py",), ("m00.py", "m11.py"), tuple(f"m{n:02}.py" for n in range(12))])
def test_a_worker_that_dies_costs_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: tuple[str, ...], batch_bytes: int
) -> None:
    sources = modules(tmp_path, 12)
    alone = workers.analyse_files(job(tmp_path), sources, 1)
    monkeypatch.setattr(workers, "BATCH_BYTES", batch_bytes)
    monkeypatch.setattr("mldebt.analyse.analyse", deadly(*dead))
    found = workers.analyse_files(job(tmp_path), sources, 2)
    assert [each.path for each in found] == [each.path for each in sources]
    for facts, expected in zip(found, alone, strict=True):
        if facts.path in dead:
            assert [(each.kind, each.path, each.fatal) for each in facts.notices] == [("worker-died", facts.path, True)]
            assert not facts.analysed
        else:
            assert facts == expected


@forked
def test_a_dead_worker_is_told_and_the_run_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mldebt.analyse.analyse", deadly("jobs/nightly.py"))
    ran = check(plant(tmp_path), "--jobs", "2")
    assert ran.code == 2
    assert {path for path, _, _ in ran.sites} == {"app/feed.py", "app/scoring.py", "app/search.py", "requirements.txt"}
    assert "jobs/nightly.py: notice: the process that analysed it died" in ran.err
    assert [each["kind"] for each in ran.document["notices"]] == ["worker-died"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_crash_of_the_analysis_costs_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    def analyse(analyser: Analyser, source: Source, data: bytes) -> FileFacts:
        if source.path == "m01.py":
            raise LookupError("nothing here")
        return real_analyse(analyser, source, data)

    sources = modules(tmp_path, 3)
    monkeypatch.setattr("mldebt.analyse.analyse", analyse)
    found = workers.analyse_files(job(tmp_path), sources, jobs)
    assert [each.analysed for each in found] == [True, False, True]
    (notice,) = found[1].notices
    assert (notice.kind, notice.fatal) == ("analysis-crashed", True)
    assert "LookupError: nothing here" in notice.message


def test_the_order_is_that_of_the_sources(tmp_path: Path) -> None:
    sources = modules(tmp_path, 9)
    write(tmp_path / "m04.py", "x = 1\n" * 500)
    expected = workers.analyse_files(job(tmp_path), sources, 1)
    assert workers.analyse_files(job(tmp_path), sources, 2) == expected
    assert workers.analyse_files(job(tmp_path), sources[::-1], 2) == expected[::-1]


def test_a_file_that_goes_away_is_a_notice(tmp_path: Path) -> None:
    sources = [*modules(tmp_path, 2), Source("gone.py", "python")]
    for jobs in (1, 2):
        (*_, gone) = workers.analyse_files(job(tmp_path), sources, jobs)
        assert [(each.kind, each.fatal) for each in gone.notices] == [("missing", False)]


@pytest.mark.parametrize(("size", "count"), [(0, 1), (workers.WORTH_A_PROCESS, 1), (10**9, os.cpu_count() or 1)])
def test_processes_must_pay(size: int, count: int) -> None:
    assert workers._worth(size) == count


def test_any_executor_will_do(tmp_path: Path) -> None:
    sources = modules(tmp_path, 4)
    todo = job(tmp_path)
    with ThreadPoolExecutor(1) as executor:
        executor.submit(workers._begin, todo).result()
        results, lost = workers._analyse_with(executor, [tuple(sources[:1]), tuple(sources[1:])])
        executor.submit(workers._begin, None).result()
    assert lost == []
    assert tuple(results[each] for each in sources) == workers.analyse_files(todo, sources, 1)
