"""No bytes make a reader raise or hang, and time grows with the length alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.variables import READERS, read, reader_for

PATHS = [
    ".env", "run.sh", "Dockerfile", "compose.yml", ".github/workflows/a.yml", ".gitlab-ci.yml", "values.yaml",
    "kustomization.yaml", "k8s.yaml",
]  # fmt: skip
WORDS = [
    "A", "B_C", "API_KEY", "=", "==", "'", '"', "\\", "\n", "\r\n", "\r", " ", "\t", "#", "$", "${", "}", ":-", "$(",
    ")", "((", "`", "<<EOF\n", "EOF\n", "<<'E'\n", "E\n", "<<<", "export ", "env:\n", "  ", "- ", "name: ",
    "value: ", "services:\n", "environment:", "jobs:\n", "steps:\n", "run: |\n", "script:\n", "variables:\n",
    "apiVersion: v1\n", "kind: Pod\n", "---\n", "...\n", "&a ", "*a", "<<: *a\n", "[", "]", "{", ",", "!x ", "|",
    ">", "? ", ": ", "ENV ", "ARG ", "FROM ", "USER ", "WORKDIR ", "RUN ", "-e ", "case x in ", "for ", "read ",
    "if ", "then ", "{{ x }}", "{% x %}", "%YAML 1.2\n", "\u2028", "\x85", "\ufeff", "\x0c", "\U0001f600",
    "://u:p@h", "${{ env.A }}",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(WORDS), max_size=60).map("".join).map(lambda text: text.encode("utf-8"))


def test_every_reader_is_tried() -> None:
    assert {reader.dialect for path in PATHS if (reader := reader_for(path))} == {one.dialect for one in READERS}


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=100, deadline=2000)
@given(data=st.binary(max_size=300) | SOUP)
def test_any_bytes(path: str, data: bytes) -> None:
    found = read(path, data)
    assert isinstance(found, ManifestFacts)
    assert not any("gave up" in notice.message for notice in found.notices), found.notices


def seconds(path: str, text: str) -> float:
    began = time.perf_counter()
    found = read(path, text.encode())
    assert not any("gave up" in notice.message for notice in found.notices), found.notices
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("path", "line"),
    [(".env", "A=1 # b\n"), ("run.sh", 'echo "$A" $(b "$C") # d\n'), ("Dockerfile", "ENV A=1 B=2\n")],
)
def test_a_hundred_thousand_lines(path: str, line: str) -> None:
    assert seconds(path, line * 100_000) < 60  # a slow machine; anything quadratic takes minutes


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (".env", "A='1\n"),
        (".env", 'A="\\"\n'),
        (".env", "A=${A:-${A:-\n"),
        (".env", "what is this\n"),
        ("run.sh", "export A=1 B=$(c\n"),
        ("run.sh", "cat <<EOF\n"),
        ("run.sh", "$(("),
        ("run.sh", "$'\\"),
        ("run.sh", "A=1 "),
        ("run.sh", "docker -e A=1 # -e B=2\n"),
        ("Dockerfile", "ENV A=1 \\\n"),
        ("Dockerfile", 'ENV A="'),
        ("Dockerfile", "ARG A\n"),
        ("Dockerfile", "USER $A\n"),
    ],
)
def test_many_odd_lines(path: str, line: str) -> None:
    assert seconds(path, line * 15_000) < 15


def bomb(levels: int) -> str:
    lists = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels))
    maps = "\n".join(f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 9)}]" for n in range(1, levels))
    services = f"services:\n  s: {{environment: *a{levels - 1}}}\n  t: {{environment: *m{levels - 1}}}\n"
    return f"a0: &a0 [A=1]\n{lists}\nm0: &m0 {{B: 1}}\n{maps}\n{services}"


@pytest.mark.parametrize(
    "text",
    [
        bomb(9),
        "apiVersion: v1\nkind: Pod\nx: &x {y: *x, env: *x}\n",
        "services: " + "[" * 50_000,
        "services: " + "{a: " * 50_000,
        "services:\n" + "".join(" " * n + "a:\n" for n in range(1, 600)),
        "env: &e [" + "A=1, " * 30_000 + "]\n",
        "services:\n" + "  - *a\n" * 10_000,
        "? " * 50_000,
        "- " * 50_000,
        "---\n" * 40_000,
        "e: &e [A=1, B=2]\nservices:\n" + "".join(f"  s{n}: {{environment: *e}}\n" for n in range(1_900)),
    ],
    ids=["bomb", "circle", "brackets", "braces", "deep", "wide", "aliases", "keys", "dashes", "documents", "shared"],
)
@pytest.mark.parametrize(
    "path", ["compose.yml", "k8s.yaml", ".gitlab-ci.yml", "values.yaml", ".github/workflows/a.yml"]
)
def test_hostile_yaml(path: str, text: str) -> None:
    assert seconds(path, f"{text}\napiVersion: v1\nkind: Pod\n"[:200_000]) < 30


def test_a_larger_file_is_a_notice_if_it_would_be_read() -> None:
    (notice,) = read("compose.yml", b"#" * 300_000).notices
    assert notice.kind == "too-large"
    assert read("data/a.yaml", b"#" * 300_000).notices == ()
