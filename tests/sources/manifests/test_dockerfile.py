"""Dockerfiles: base images and what is installed into them."""

from __future__ import annotations

import time

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import Image, Include, Manifest, Pin
from mldebt.sources.manifests.reading import ManifestFacts, read, reader_for


def read_text(text: str, path: str = "Dockerfile") -> ManifestFacts:
    result = read(path, text.encode())
    assert result.notices == ()
    return result


def images(text: str) -> list[Image]:
    return list(of_kind(read_text(text).facts, Image))


def installed(text: str) -> list[tuple[str, str, int]]:
    return [(pin.name, pin.specifier, pin.place.span.line) for pin in of_kind(read_text(text).facts, Pin)]


@pytest.mark.parametrize(
    "path", ["Dockerfile", "a/Dockerfile.serve", "serve.Dockerfile", "Containerfile", "x.dockerfile"]
)
def test_names(path: str) -> None:
    reader = reader_for(path)
    assert reader is not None
    assert next(of_kind(read_text("FROM scratch\n", path).facts, Manifest)).dialect == "dockerfile"


@pytest.mark.parametrize("path", ["Dockerfile.d/notes", "dockerfiles/readme.md", "MyDockerfile"])
def test_other_names(path: str) -> None:
    assert reader_for(path) is None


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("FROM python", ("python", "", "")),
        ("FROM python:3.12-slim", ("python", "3.12-slim", "")),
        (
            "from --platform=linux/amd64 index.example.org:5000/ml/torch AS base",
            ("index.example.org:5000/ml/torch", "", ""),
        ),
        ("FROM index.example.org:5000/ml/torch:2.4", ("index.example.org:5000/ml/torch", "2.4", "")),
        ("FROM python:3.12@sha256:aa", ("python", "3.12", "sha256:aa")),
    ],
)
def test_images(line: str, parts: tuple[str, str, str]) -> None:
    (image,) = images(line)
    assert (image.name, image.tag, image.digest) == parts
    assert not image.stage


def test_stages_and_arguments() -> None:
    found = images(
        "ARG TAG=2.4\nARG OTHER\nFROM torch:$TAG AS Base\nFROM base AS final\nFROM torch:${OTHER}\nFROM t:${NONE:-1}\n"
    )
    assert [(one.resolved, one.stage, one.unresolved) for one in found] == [
        ("torch:2.4", False, False),
        ("base", True, False),
        ("torch:${OTHER}", False, True),
        ("t:1", False, False),
    ]
    assert [one.place.span.line for one in found] == [3, 4, 5, 6]


def test_installs_in_a_joined_run_stand_on_the_line_of_their_command() -> None:
    text = """FROM python:3.12
RUN apt-get update && apt-get install -y git \\
    # a comment in between
    && pip install --no-cache-dir -i https://index.example.org/simple \\
        torch==2.4.1 \\
        "transformers[torch]>=4.40" \\
    && python3 -m pip install numpy; uv pip install --system pandas
RUN --mount=type=cache,target=/root/.cache PIP_PRE=1 uv add 'lightgbm<5'
"""
    assert installed(text) == [
        ("torch", "==2.4.1", 4),
        ("transformers", ">=4.40", 4),
        ("numpy", "", 7),
        ("pandas", "", 7),
        ("lightgbm", "<5", 8),
    ]


def test_heredocs_and_the_exec_form() -> None:
    text = (
        'RUN <<EOF\npip install torch\n\npip3 install numpy\nEOF\nRUN ["pip", "install", "scipy==1"]\nRUN pip install a'
    )
    assert installed(text) == [("torch", "", 2), ("numpy", "", 4), ("scipy", "==1", 6), ("a", "", 7)]


def test_urls_are_kept_and_paths_of_the_image_are_not() -> None:
    text = "RUN pip install . ./kit /opt/kit -e /src git+https://git.example.org/ml/kit.git@main kit.whl\n"
    (pin,) = of_kind(read_text(text).facts, Pin)
    assert pin.url == "git+https://git.example.org/ml/kit.git@main"


def test_files() -> None:
    text = "RUN pip install -r requirements.txt --constraint=/limits.txt -rmore.txt -r $FILE\n"
    found = of_kind(read_text(text, "serve/Dockerfile").facts, Include)
    assert [(one.target, one.alternative, one.constraint) for one in found] == [
        ("serve/requirements.txt", "requirements.txt", False),
        ("serve/limits.txt", "limits.txt", True),
        ("serve/more.txt", "more.txt", False),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "RUN pip --version",
        "RUN pip download torch",
        "RUN echo 'pip install torch'",
        "# RUN pip install torch",
        "RUN npm install torch",
        "RUN pip uninstall torch",
        "ENV X=pip install",
    ],
)
def test_what_installs_nothing(line: str) -> None:
    assert installed(line + "\n") == []


def test_variables_are_unresolved() -> None:
    (pin,) = of_kind(read_text("RUN pip install torch==${TORCH} $EXTRA\n").facts, Pin)
    assert (pin.name, pin.unresolved) == ("torch", True)


def test_comments_and_statements() -> None:
    result = read_text("FROM python:3.12\n  # mldebt: ignore[PIN005] later\nRUN pip install \\\n  torch\n")
    assert [(one.line, one.column, one.text) for one in result.comments] == [(2, 3, "# mldebt: ignore[PIN005] later")]
    assert result.statements == ((1, 1), (3, 4))


@pytest.mark.parametrize(
    "text",
    [
        "RUN " + '"\\' * 300_000,
        "RUN pip install " + "-e a " * 20_000,
        "FROM " + "${a-" * 200_000,
        "RUN a \\\n" * 100_000,
        "RUN <<A\n" * 100_000,
        "RUN " + "--a" * 200_000,
        "FROM a AS b\n" * 50_000,
        "RUN [" * 100_000,
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    started = time.perf_counter()
    read("Dockerfile", text.encode())
    assert time.perf_counter() - started < 60
