"""What is timed and where it lies: the corpus, its parts, the peers. Made once, then used again."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
SAMPLE = 40  # thousand lines, for the peers that take minutes for more
SIZES = (10, 100, 1000)  # thousand lines, for how cost grows


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of source that git tracks. ``lines`` are those of its Python files."""

    folder: Path
    lines: int


@dataclass(frozen=True, slots=True)
class Places:
    """``whole`` is the corpus, ``sample`` the part for slow peers, ``sizes`` parts by thousand lines;
    ``python``, ``peers`` and ``semgrep`` are the folders of programs (the last may be ``None``)."""

    whole: Place
    sample: Place
    sizes: dict[int, Place]
    ours: Path
    peers: Path
    semgrep: Path | None


def prepare(work: Path, most: int | None = None) -> Places:
    """Download, unpack and install what is not there yet. ``most``: thousand lines that the whole is cut to."""
    work.mkdir(parents=True, exist_ok=True)
    ours = _environment(work / "mldebt", [str(PROJECT)])
    peers = _environment(work / "peers", ["-r", str(HERE / "peers.txt")])
    try:
        semgrep = _environment(work / "semgrep", ["-r", str(HERE / "semgrep.txt")])
    except subprocess.CalledProcessError:
        semgrep = None  # not every platform has one
    unpacked = _unpack(_download(work / "archives"), work / "unpacked")
    files = _shuffled(unpacked)
    whole = _repository(work / "whole", unpacked, files) if most is None else _part(work, unpacked, files, most)
    wanted = [size for size in SIZES if most is None or size < most]
    sizes = {size: whole if size >= 1000 else _part(work, unpacked, files, size) for size in wanted}
    sizes.setdefault(most or max(SIZES), whole)
    return Places(whole, _part(work, unpacked, files, SAMPLE), sizes, ours, peers, semgrep)


def _environment(folder: Path, packages: list[str]) -> Path:
    """The folder of the programs of a virtual environment in which ``packages`` are installed."""
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    asked = hashlib.sha256("\0".join(_contents(packages)).encode()).hexdigest()
    done = folder / "installed"
    if not done.exists() or done.read_text() != asked or packages == [str(PROJECT)]:
        if not programs.exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        # A folder is installed anew each time, and what it has come to depend on with it.
        subprocess.run([programs / "python", "-m", "pip", "install", "-q", *packages], check=True)
        done.write_text(asked)
    return programs


def _contents(packages: Iterable[str]) -> Iterator[str]:
    for each in packages:
        path = Path(each)
        yield path.read_text(encoding="utf-8") if path.is_file() else each


def _download(folder: Path) -> list[Path]:
    wanted = [line for line in (HERE / "corpus.txt").read_text(encoding="utf-8").splitlines() if "==" in line]
    names = [line.split("==")[0] for line in wanted]
    if not folder.exists() or any(not list(folder.glob(f"{name}-*.tar.gz")) for name in names):
        options = ["-q", "--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", HERE / "corpus.txt"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, "-d", folder], check=True)
    return sorted(path for name in names for path in folder.glob(f"{name}-*.tar.gz"))


def _unpack(archives: Iterable[Path], folder: Path) -> Path:
    """Regular files alone, each below ``folder``: what is unpacked comes from strangers."""
    for archive in archives:
        name = archive.name.removesuffix(".tar.gz")
        if (folder / name).exists():
            continue
        with tarfile.open(archive) as tar:
            for member in tar:
                path = folder / member.name
                if member.isfile() and path.resolve().is_relative_to(folder.resolve()):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    stream = tar.extractfile(member)
                    assert stream is not None
                    with stream, path.open("wb") as copy:
                        shutil.copyfileobj(stream, copy)
    return folder


def _shuffled(folder: Path) -> list[tuple[Path, int]]:
    """All Python files with their lines, in an order that is the same everywhere and mixes the projects."""
    found = sorted(path for path in folder.rglob("*.py") if path.is_file())
    found.sort(key=lambda path: hashlib.sha256(path.relative_to(folder).as_posix().encode()).digest())
    return [(path, path.read_bytes().count(b"\n")) for path in found]


def _part(work: Path, unpacked: Path, files: list[tuple[Path, int]], size: int) -> Place:
    """A folder of about ``size`` thousand lines: the first files of the shuffled order."""
    taken: list[tuple[Path, int]] = []
    lines = 0
    for path, count in files:
        if lines >= size * 1000:
            break
        taken.append((path, count))
        lines += count
    return _repository(work / f"part-{size}", unpacked, taken)


def _repository(folder: Path, unpacked: Path, files: list[tuple[Path, int]]) -> Place:
    if not (folder / ".git").exists():
        for path, _ in files:
            copy = folder / path.relative_to(unpacked)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        safe = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "core.hooksPath="]
        for arguments in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "--no-gpg-sign", "-m", "all"]):
            subprocess.run([*safe, *arguments], cwd=folder, check=True)
    return Place(folder, sum(count for _, count in files))
