"""Images and install commands of YAML files and scripts."""

from __future__ import annotations

import time

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import Image, Include, Pin
from mldebt.sources.manifests.reading import read

WORKFLOW = """jobs:
  train:
    container:
      image: index.example.org/ml/train:1.2
    steps:
      - uses: docker://python:3.12
      - uses: actions/checkout@v4
      - run: "pip install 'a>=1'"
      - run: |

          # pip install nothing
          pip install \\
            b c==2
          pip install -r needs.txt
      - run: >
          pip install
          d
      - run: pip install e==${{ matrix.e }} ${{ matrix.more }}
runs:
  steps:
    - run: uv add f
"""


def pins(path: str, text: str) -> list[tuple[str, str, str, int]]:
    found = read(path, text.encode())
    assert found.notices == ()
    return [(one.name, one.specifier, one.group, one.place.span.line) for one in of_kind(found.facts, Pin)]


def images(path: str, text: str) -> list[tuple[str, int, bool]]:
    found = of_kind(read(path, text.encode()).facts, Image)
    return [(one.resolved, one.place.span.line, one.built) for one in found]


def test_a_workflow() -> None:
    path = ".github/workflows/train.yml"
    assert pins(path, WORKFLOW) == [
        ("a", ">=1", "train", 8),
        ("b", "", "train", 12),
        ("c", "==2", "train", 12),
        ("d", "", "train", 16),
        ("e", "", "train", 18),
        ("f", "", "action", 21),
    ]
    assert images(path, WORKFLOW) == [("index.example.org/ml/train:1.2", 4, False), ("python:3.12", 6, False)]
    (include,) = of_kind(read(path, WORKFLOW.encode()).facts, Include)
    assert (include.alternative, include.place.span.line) == ("needs.txt", 14)


def test_an_expression_is_not_known() -> None:
    found = of_kind(read(".github/workflows/train.yml", WORKFLOW.encode()).facts, Pin)
    assert [one.name for one in found if one.unresolved] == ["e"]


def test_a_pipeline() -> None:
    text = (
        "image: a:1\n"
        "services: [b, {name: c:2}]\n"
        "before_script: pip install x\n"
        "train:\n"
        "  image: {name: d}\n"
        "  script:\n"
        "    - pip install y\n"
        "    - |\n"
        "      pip install z\n"
    )
    assert images(".gitlab-ci.yml", text) == [("a:1", 1, False), ("b", 2, False), ("c:2", 2, False), ("d", 5, False)]
    assert pins(".gitlab-ci.yml", text) == [("x", "", "all", 3), ("y", "", "train", 7), ("z", "", "train", 9)]


def test_what_compose_builds_has_no_image_of_others() -> None:
    text = "services:\n  a: {image: own, build: .}\n  b: {image: own}\n  c: {image: 'redis:${TAG:-7}'}\n  d: {}\n"
    assert images("compose.yaml", text) == [("own", 2, True), ("own", 3, True), ("redis:7", 4, False)]


def test_a_cluster() -> None:
    text = (
        "apiVersion: v1\n"
        "kind: Pod\n"
        "spec:\n"
        "  containers: [{image: a}]\n"
        "---\n"
        "{{ if .x }}\n"
        "---\n"
        "apiVersion: v1\n"
        "kind: Job\n"
        "spec: {t: {image: 'b:{{ .tag }}'}, u: {image: c:1}}\n"
    )
    assert images("deploy/pod.yaml", text) == [("a", 4, False), ("c:1", 10, False)]
    assert images("data/cats.yaml", "image: cat.png\nkind: cat\n") == []
    assert read("pnpm-lock.yaml", b"a: b\n" * 100_000).notices == ()


def test_a_chart() -> None:
    text = (
        "image: {repository: r/a, tag: latest}\n"
        "other: {repository: r/b, tag: '', pullPolicy: Always}\n"
        "fixed: {repository: r/c, tag: x, digest: 'sha256:aa'}\n"
    )
    assert images("chart/values.yaml", text) == [("r/a:latest", 1, False)]


def test_a_script() -> None:
    text = (
        "#!/bin/sh\n"
        "pip install a \\\n"
        "  b==1 # c\n"
        "if x; then conda install -y d=2; fi\n"
        "cat <<'E' > f\n"
        "pip install no\n"
        "E\n"
        "sudo pip3 install -r r.txt || true\n"
    )
    assert pins("setup.sh", text) == [("a", "", "", 2), ("b", "==1", "", 2), ("d", "==2.*", "", 4)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.sh", "pip install " + "$(" * 100_000),
        ("a.sh", "install\n" + "# x\n" * 100_000),
        ("a.sh", "pip install a\n" * 10_000),
        ("a.sh", "install <<A\n" * 30_000),
        ("compose.yml", "services: &a\n  image: x\n" + "  k: *a\n" * 10_000),
        (
            ".gitlab-ci.yml",
            "x: &a {script: [" + "pip install a, " * 3_000 + "]}\n" + "".join(f"y{n}: *a\n" for n in range(1_900)),
        ),
    ],
)
def test_hostile_text_takes_no_time(path: str, text: str) -> None:
    started = time.perf_counter()
    read(path, text.encode())
    assert time.perf_counter() - started < 10
