"""Whole runs, remembered: the same question about the same files has the same answer.

What is here comes before everything else, also before the command line is understood: when the arguments, the
directory, what git lists and the stamps of all files are those of a run that was kept, what it said is said
again. It imports next to nothing, and it never guesses: whatever is not the same is run. What was kept is
signed (see ``secret``), so that a repository cannot bring answers of its own.

A file whose stamp is another one, or too young to tell, is the same if its content is.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Callable, Sequence
from zlib import crc32

from mldebt import __version__, git_command, kept_run, snapshot
from mldebt.kept_run import KeptRun
from mldebt.snapshot import STORE

_GIT_SECONDS = 60
_VARIABLES = (
    "PATH", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE",
    "TERM", "COLUMNS", "LINES", "SOURCE_DATE_EPOCH", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "CI",
)  # fmt: skip
_PREFIXES = ("MLDEBT_", "PYTHON", "GITHUB_", "GITLAB_")


def identity(arguments: Sequence[str]) -> bytes:
    """Everything beside files that a run's words depend on."""
    shown = [str(stream.isatty()) for stream in (sys.stdout, sys.stderr)]
    if sys.stdout.isatty():
        shown.append(str(tuple(os.get_terminal_size(sys.stdout.fileno()))))
    variables = sorted(
        f"{name}={value}"
        for name, value in os.environ.items()
        if name in _VARIABLES or name.upper().startswith(_PREFIXES)
    )
    today = time.strftime("%Y-%m-%d", time.gmtime())
    parts = (__version__, sys.version, sys.prefix, __file__, os.getcwd(), today, *shown, *variables, "", *arguments)
    return "\0".join(parts).encode("utf-8", "surrogateescape")


def replay(arguments: Sequence[str]) -> int | None:
    """Say what the same run said and return its exit code; ``None`` when it has to be run."""
    if "-" in arguments or "--no-cache" in arguments:
        return None
    began = time.perf_counter()
    try:
        asked = identity(arguments)
        path = _find(arguments, name_of(asked))
        kept = kept_run.read(path) if path else None
        if path is None or kept is None or kept.identity != asked or not _is_same(kept, path):
            return None
    except (OSError, ValueError, struct.error):
        return None
    _say(kept, time.perf_counter() - began)
    return kept.code


def name_of(asked: bytes) -> str:
    """What the file of a run is called."""
    return f"{crc32(asked):08x}{kept_run.SUFFIX}"


def _find(arguments: Sequence[str], name: str) -> str | None:
    """The run of that name in a store at or above the directory, or a folder that the arguments name."""
    here = os.getcwd()
    for start in (here, *(os.path.join(here, each) for each in arguments if not each.startswith("-"))):
        folder = os.path.realpath(start)
        while True:
            path = os.path.join(folder, STORE, name)
            if os.path.lexists(path):
                return path
            above = os.path.dirname(folder)
            if above == folder:
                break
            folder = above
    return None


def _is_same(kept: KeptRun, path: str) -> bool:
    """Is everything that the run rested on as it was? What only looked changed is kept as it looks now."""
    answer = _ask_git(kept) if kept.git else None
    try:
        checked = time.time_ns()
        prefix = kept.root.rstrip(os.sep) + os.sep
        stamp = snapshot.stamp
        found = [stamp(prefix + each) for each in kept.inside]
        found += [stamp(each) for each in kept.outside]
        stamps = kept_run.pack_stamps(found)
        doubtful = set(kept.young)
        if stamps != kept.stamps:
            if len(stamps) != len(kept.stamps):
                return False
            doubtful.update(
                n for n in range(len(found)) if stamps[32 * n : 32 * n + 32] != kept.stamps[32 * n : 32 * n + 32]
            )
        if any(
            snapshot.names(os.path.join(kept.root, each)) != names
            for each, names in zip(kept.folders, kept.names, strict=True)
        ):
            return False
        if not all(_is_content(kept, number, prefix) for number in doubtful):
            return False
    finally:
        listing = answer() if answer is not None else b""
    if listing != kept.listing:
        return False
    if doubtful:
        kept.stamps = stamps
        kept.young = [number for number in sorted(doubtful) if not snapshot.is_settled(found[number], checked)]
        kept_run.write(path, kept)
    return True


def _is_content(kept: KeptRun, number: int, prefix: str) -> bool:
    """Is the content of a file what its digest says?"""
    digest = kept.digests[32 * number : 32 * number + 32]
    if number >= len(kept.inside) or digest in (b"", kept_run.NO_DIGEST):
        return False
    from hashlib import sha256

    path = prefix + kept.inside[number]
    found = snapshot.stamp(path)
    if found is None or found[0] < 0:
        return False
    with open(path, "rb") as file:
        return sha256(file.read()).digest() == digest


def _ask_git(kept: KeptRun) -> Callable[[], bytes]:
    """Git is asked while we look; the function that is returned waits for its answer."""
    command, environment = git_command.command(kept.git, kept.root, *git_command.LISTING), git_command.environment()
    if not hasattr(os, "posix_spawn"):
        import subprocess

        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=_GIT_SECONDS
        )
        return lambda: done.stdout
    readable, writable = os.pipe()
    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 2)]
    try:
        process = os.posix_spawn(
            command[0], command, environment, file_actions=[*nothing, (os.POSIX_SPAWN_DUP2, writable, 1)]
        )
    finally:
        os.close(writable)
    return lambda: _answer(readable, process)


def _answer(readable: int, process: int) -> bytes:
    import select

    chunks: list[bytes] = []
    end = time.monotonic() + _GIT_SECONDS
    try:
        while True:
            ready, _, _ = select.select([readable], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                os.kill(process, 9)
                raise ValueError("git took too long")
            chunk = os.read(readable, 1 << 20)
            if not chunk:
                break
            chunks.append(chunk)
    finally:
        os.close(readable)
        _, status = os.waitpid(process, 0)
    if status != 0:
        raise ValueError("git failed")
    return b"".join(chunks)


def _say(kept: KeptRun, seconds: float) -> None:
    """As the command line says it: for a terminal as it wants it, else the same bytes everywhere."""
    after = f"{seconds:.1f}".encode() + kept.after if kept.after else b""
    try:
        for stream, data in ((sys.stdout, kept.out), (sys.stderr, kept.before + after)):
            if stream.isatty():
                stream.write(data.decode("utf-8", "backslashreplace"))
            else:
                stream.buffer.write(data)
            stream.flush()
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the interpreter closes it at exit
        kept.code = 2
