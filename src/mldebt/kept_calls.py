"""What the functions of each file call, as bytes: one line of JSON a file, compressed, and unpacked when asked for.

What nobody asks for is kept as the bytes that it was read from, what still holds of it as the same line.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from mldebt.call_graph import FileCalls, FoundCalls
from mldebt.reads import Node

_LEVEL = 1  # of compression
_CODING = ("utf-8", "surrogatepass")


def pack(calls: Mapping[str, FileCalls], paths: Sequence[str]) -> bytes:
    """``paths`` are all files of the project, sorted."""
    if isinstance(calls, KeptCalls):
        return calls.packed
    numbers = {path: number for number, path in enumerate(paths)}
    known = [calls.get(path) for path in paths]
    lines = [json.dumps([sorted(numbers[each] for each in one.files) if one is not None else None for one in known])]
    lines += [_text(one, numbers) for one in known if one is not None]
    return zlib.compress("\n".join(lines).encode(*_CODING), _LEVEL)


def _text(calls: FileCalls, numbers: Mapping[str, int]) -> str:
    if isinstance(calls, _KeptFile):
        return calls.text
    sought: dict[int, list[str]] = {}
    for path, name in sorted(calls.sought):
        sought.setdefault(numbers[path], []).append(name)
    edges = {name: [[numbers[path], called] for path, called in nodes] for name, nodes in calls.edges.items()}
    return json.dumps([edges, sought], separators=(",", ":"))


class _KeptFile:
    """The calls of one file."""

    def __init__(self, paths: Sequence[str], text: str, files: frozenset[str]) -> None:
        self._paths = paths
        self.text = text
        self.files = files

    @property
    def edges(self) -> Mapping[str, tuple[Node, ...]]:
        return self._found.edges

    @property
    def sought(self) -> frozenset[Node]:
        return self._found.sought

    @cached_property
    def _found(self) -> FoundCalls:
        paths = self._paths
        edges, sought = json.loads(self.text)
        return FoundCalls(
            {name: tuple([(paths[number], called) for number, called in nodes]) for name, nodes in edges.items()},
            frozenset([(paths[int(number)], name) for number, names in sought.items() for name in names]),
        )


class KeptCalls(Mapping[str, FileCalls]):
    """What ``pack`` has ``packed``, by path."""

    def __init__(self, packed: bytes, paths: Sequence[str]) -> None:
        self.packed = packed
        self._paths = paths

    @cached_property
    def _by_path(self) -> Mapping[str, FileCalls]:
        paths = self._paths
        first, *lines = zlib.decompress(self.packed).decode(*_CODING).split("\n")
        known = [(path, files) for path, files in zip(paths, json.loads(first), strict=True) if files is not None]
        return {
            path: _KeptFile(paths, text, frozenset([paths[number] for number in files]))
            for (path, files), text in zip(known, lines, strict=False)
        }

    def __getitem__(self, path: str) -> FileCalls:
        return self._by_path[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_path)

    def __len__(self) -> int:
        return len(self._by_path)
