"""What a run linked as bytes, as the store keeps it: one line of JSON a part, compressed.

Findings stay in their lines: what still holds is written again as it was read.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from mldebt import kept_calls
from mldebt.kept_calls import KeptCalls
from mldebt.model import Finding, Role
from mldebt.project import Relations
from mldebt.reads import Node, Reads
from mldebt.relink import Linked, Said
from mldebt.sealed import codec

_LEVEL = 1  # of compression: it is read and written with every edit
_CODING = ("utf-8", "surrogatepass")
_SIZE = 8  # bytes of a number


class _Kept(tuple[Finding, ...]):
    """Findings with the text that they were read from."""

    text: str


def pack(linked: Linked, marks: Mapping[str, bytes]) -> bytes:
    """``marks`` tell by path which facts it was linked from."""
    relations = linked.relations
    assert relations is not None, "nothing was linked"
    paths = sorted(marks)
    numbers = {path: number for number, path in enumerate(paths)}

    def numbered(some: Iterable[str]) -> list[int]:
        return sorted(numbers[path] for path in some)

    everything = (*linked.by_rule.values(), *linked.by_file.values())
    reads = list(dict.fromkeys(each for said in everything for each in said.reads.all() if each.any()))
    places = {each: number for number, each in enumerate(reads)}
    nodes = sorted({node for each in reads for node in each.nodes})
    known = {node: number for number, node in enumerate(nodes)}
    parts: list[object] = [
        [paths, "".join(marks[path].hex() for path in paths)],
        [
            [[numbers[path], role.value] for path, role in sorted(relations.roles.items())],
            numbered(relations.learning),
            numbered(relations.directly),
            numbered(relations.unrelated),
            numbered(relations.serving),
            [[name, numbered(seen)] for name, seen in sorted(relations.seen.items())],
        ],
        [[name, numbered(found)] for name, found in sorted(linked.answers.items())],
        [[numbers.get(path, path), name] for path, name in nodes],
        [
            [
                sorted(each.kinds),
                sorted(each.outside),
                sorted(each.questions),
                sorted(known[node] for node in each.nodes),
                numbered(each.exports),
                [places[other] for other in each.others if other.any()],
            ]
            for each in reads
        ],
        [[code, places.get(said.reads)] for code, said in sorted(linked.by_rule.items())],
        [[numbers[path], places.get(said.reads)] for path, said in sorted(linked.by_file.items())],
    ]
    lines = [json.dumps(part, separators=(",", ":")) for part in parts]
    lines += [_written(said.findings) for _, said in sorted(linked.by_rule.items())]
    lines += [_written(said.findings) for _, said in sorted(linked.by_file.items())]
    calls = kept_calls.pack(linked.calls, paths)
    return len(calls).to_bytes(_SIZE, "little") + calls + zlib.compress("\n".join(lines).encode(*_CODING), _LEVEL)


def _written(findings: tuple[Finding, ...]) -> str:
    return findings.text if isinstance(findings, _Kept) else codec().dumps(findings)


class Packed:
    """What ``pack`` has made."""

    def __init__(self, data: bytes) -> None:
        size = int.from_bytes(data[:_SIZE], "little")
        self._calls, rest = data[_SIZE : _SIZE + size], data[_SIZE + size :]
        self._lines = zlib.decompress(rest).decode(*_CODING).split("\n")
        self._paths, marks = json.loads(self._lines[0])
        each = len(marks) // max(1, len(self._paths))
        self.marks = {path: bytes.fromhex(marks[n * each : n * each + each]) for n, path in enumerate(self._paths)}

    def linked(self) -> Linked:
        return _linked(self._paths, self._lines[1:], KeptCalls(self._calls, self._paths))


def _linked(paths: Sequence[str], lines: Sequence[str], calls: KeptCalls) -> Linked:
    relations, answers, nodes, reads, rules, files = map(json.loads, lines[:6])
    found = _reads(reads, paths, [(path if isinstance(path, str) else paths[path], name) for path, name in nodes])

    def named(some: Sequence[int]) -> frozenset[str]:
        return frozenset([paths[number] for number in some])

    def saying(text: str, number: int | None) -> Said:
        return Said(_read(text), found[number] if number is not None else Reads())

    roles, learning, directly, unrelated, serving, seen = relations
    return Linked(
        by_file={paths[n]: saying(text, at) for (n, at), text in zip(files, lines[6 + len(rules) :], strict=True)},
        by_rule={code: saying(text, at) for (code, at), text in zip(rules, lines[6:], strict=False)},
        answers={name: tuple(paths[number] for number in some) for name, some in answers},
        calls=calls,
        relations=Relations(
            roles={paths[number]: Role(role) for number, role in roles},
            learning=named(learning),
            directly=named(directly),
            unrelated=named(unrelated),
            serving=named(serving),
            seen={name: named(some) for name, some in seen},
        ),
    )


def _read(text: str) -> _Kept:
    found = _Kept(codec().loads(text, tuple))
    found.text = text
    return found


_Row: TypeAlias = "tuple[list[str], list[str], list[str], list[int], list[int], list[int]]"


def _reads(rows: Sequence[_Row], paths: Sequence[str], nodes: Sequence[Node]) -> list[Reads]:
    found = [Reads() for _ in rows]
    for each, (kinds, outside, questions, numbers, exports, others) in zip(found, rows, strict=True):
        each.kinds.update(kinds)
        each.outside.update(outside)
        each.questions.update(questions)
        each.nodes.update([nodes[number] for number in numbers])
        each.exports.update([paths[number] for number in exports])
        each.others.update((found[other], None) for other in others)
    return found
