"""Vectors of the original algorithm: text, and the hash of each of its lines."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from mldebt.report.line_hash import hash_lines

VECTORS = json.loads((Path(__file__).parent / "line_hash_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", VECTORS)
def test_every_line_of_a_vector(name: str) -> None:
    text, hashes = VECTORS[name]["text"], VECTORS[name]["hashes"]
    lines = range(1, len(hashes) + 1)
    assert hash_lines(text.encode(), lines) == dict(zip(lines, hashes, strict=True))


def test_lines_that_a_file_does_not_have_are_left_out() -> None:
    assert hash_lines(b"lr = 0.1", [0, 1, 2, 99]) == {1: "adfeee12ce708799:1"}
    assert hash_lines(b"x\n", []) == {}


def test_one_line_is_numbered_as_among_all() -> None:
    text = VECTORS["repeat"]["text"].encode()
    assert hash_lines(text, [3]) == {3: "25db21734ed2d834:3"}


def test_undecodable_bytes_are_hashed() -> None:
    assert hash_lines(b"\xff\xfe\n", [1]).keys() == {1}


@pytest.mark.parametrize("data", [b"x = 1\n" * 50_000, b"x" * 5_000_000 + b"\ny\n"])
def test_big_files_are_quick(data: bytes) -> None:
    start = time.perf_counter()
    hash_lines(data, [1, 49_000])
    assert time.perf_counter() - start < 60
