"""Dockerfiles."""

from __future__ import annotations

from mldebt.facts.variables import ContainerPath, DeclaredVariable
from tests.sources.variables.declared import declared, facts, reads


def test_env_and_arg_of_each_stage() -> None:
    text = """\
        ARG TAG=3.12
        FROM python:${TAG} AS base
        ARG EXTRA
        ENV A=1 B="two words" \\
            C='3' D=a\\ b
        ENV OLD the whole line
        FROM base
        ENV API_KEY=abc A=2
        """
    assert declared("Dockerfile", text) == [
        ("", "TAG", "3.12", 1), ("base", "EXTRA", "", 3), ("base", "A", "1", 4), ("base", "B", "two words", 4),
        ("base", "C", "3", 5), ("base", "D", "a\\ b", 5), ("base", "OLD", "the whole line", 6),
        ("1", "API_KEY", "", 8), ("1", "A", "2", 8),
    ]  # fmt: skip
    assert reads("Dockerfile", text) == [("TAG", None, 2)]


def test_nothing_of_a_line_with_a_secret_is_kept() -> None:
    found = facts("Dockerfile", "FROM x\nENV API_KEY=abc A=2\n", DeclaredVariable)
    assert [one.source_line for one in found] == ["API_KEY", "A"]


def test_commands_read_what_the_shell_would() -> None:
    text = """\
        FROM x
        RUN if [ "$ENABLE_GPU" = 1 ]; then \\
              echo '$NOT' "${WHEELS:-/w}"; \\
            fi
        CMD ["serve", "$PORT"]
        COPY $SRC /app
        """
    assert reads("Dockerfile", text) == [
        ("ENABLE_GPU", None, 2), ("WHEELS", "/w", 3), ("PORT", None, 5), ("SRC", None, 6),
    ]  # fmt: skip


def test_paths_of_the_image() -> None:
    text = """\
        ARG ROOT=/srv
        FROM x
        WORKDIR $ROOT/app
        WORKDIR models
        USER scorer:staff
        USER 1000
        USER $WHO
        ENV HOME=/var/scorer
        FROM y
        USER root
        WORKDIR rel/../here
        """
    found = [(one.path, one.kind, one.place.span.line) for one in facts("Dockerfile", text, ContainerPath)]
    assert found == [
        ("/srv/app", "WORKDIR", 3), ("/srv/app/models", "WORKDIR", 4), ("/home/scorer", "USER home", 5),
        ("/var/scorer", "USER home", 8), ("/root", "USER home", 10), ("/here", "WORKDIR", 11),
    ]  # fmt: skip
