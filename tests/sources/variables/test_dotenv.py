"""``.env`` files."""

from __future__ import annotations

import pytest

from mldebt.discover import kind_of
from mldebt.facts.variables import DeclaredVariable
from mldebt.sources.variables import read, reader_for
from tests.sources.variables.declared import declared, facts, notices, reads


def test_every_way_to_write_a_value() -> None:
    text = """\
        # the service
        A=1
        export B = two words   # said behind
        C='single $NOT ${READ}'
        D="a \\"quote\\""
        E=
        F
        G=http://h/#anchor
        H="two
        lines"
        i.j-k=5
        """
    assert [(name, value, line) for _, name, value, line in declared(".env", text)] == [
        ("A", "1", 2), ("B", "two words", 3), ("C", "single $NOT ${READ}", 4), ("D", 'a \\"quote\\"', 5), ("E", "", 6),
        ("F", "", 7), ("G", "http://h/#anchor", 8), ("H", "two\nlines", 9), ("i.j-k", "5", 11),
    ]  # fmt: skip
    assert [one.has_value for one in facts(".env", text, DeclaredVariable)][5] is False
    assert not notices(".env", text)


def test_what_a_value_refers_to_is_read_and_left_alone() -> None:
    text = "ROOT=/data\nMODELS=${ROOT}/models\nCACHE=\"${CACHE_DIR:-$ROOT/cache}\"\nESCAPED=\\$NOT $$NOR\nRAW='$NOT'\n"
    assert declared(".env", text)[1][2] == "${ROOT}/models"
    assert reads(".env", text) == [("ROOT", None, 2), ("CACHE_DIR", "$ROOT/cache", 3), ("ROOT", None, 3)]


def test_the_place_is_that_of_the_name() -> None:
    (one,) = facts("serve/.env", "\n  export  ENABLE_CACHE = yes\n", DeclaredVariable)
    span = one.place.span
    assert (one.place.path, span.line, span.column, span.end_column) == ("serve/.env", 2, 9, 21)
    assert one.source_line == "export  ENABLE_CACHE = yes"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "abc123"),
        ("DB_PASSWORD", "hunter2"),
        ("SESSION_SECRET", "'two\nlines'"),
        ("AUTH_TOKEN", '"x y"'),
        ("DATABASE_URL", "postgres://app:hunter2@db/app"),
        ("WHATEVER", "-----BEGIN PRIVATE"),
        ("awsSecretAccess", "abc123"),
    ],
)
def test_of_a_secret_only_the_name_is_kept(name: str, value: str) -> None:
    found = read(".env", f"{name}={value}\n".encode())
    (one,) = (fact for fact in found.facts if isinstance(fact, DeclaredVariable))
    assert (one.secret, one.has_value, one.value, one.source_line) == (True, True, "", name)
    assert not any(piece.strip("'\"") in repr(found) for piece in value.split())


def test_a_switch_about_secrets_is_none() -> None:
    assert declared(".env", "ENABLE_TOKEN_AUTH=true\nAPI_KEY=\n") == [
        ("", "ENABLE_TOKEN_AUTH", "true", 1), ("", "API_KEY", "", 2),
    ]  # fmt: skip


def test_a_default_of_a_secret_is_none_of_our_business() -> None:
    found = read(".env", b"URL=x?${DB_PASSWORD:-hunter2}\n")
    assert "hunter2" not in repr([fact for fact in found.facts if not isinstance(fact, DeclaredVariable)])


def test_a_broken_line_is_one_notice_and_the_rest_is_read() -> None:
    text = 'A=1\nnot a variable\nB=2\n= nothing\nC="no end\nD=4\n'
    assert [name for _, name, _, _ in declared(".env", text)] == ["A", "B", "D"]
    (notice,) = notices(".env", text)
    assert (notice.kind, notice.path, notice.line, notice.fatal) == ("malformed-variables", ".env", 2, False)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_any_end_of_line(ends: str) -> None:
    text = ends.join(["# x", "A=1 # y", "B='2'", "C", ""])
    assert declared(".env", text) == [("", "A", "1", 2), ("", "B", "2", 3), ("", "C", "", 4)]


@pytest.mark.parametrize(
    ("path", "environment", "template"),
    [
        (".env", "", False),
        (".env.production", "prod", False),
        ("deploy/staging.env", "staging", False),
        (".env.local", "dev", False),
        ("overlays/prod/.env", "prod", False),
        (".env.example", "", True),
        ("serve/env.sample", "", True),
        (".env.dev.template", "dev", True),
        ("stage/live/.env", "", False),
    ],
)
def test_the_name_says_the_environment(path: str, environment: str, template: bool) -> None:
    (one,) = facts(path, "A=1\n", DeclaredVariable)
    assert (one.environment, one.template) == (environment, template)


@pytest.mark.parametrize(
    "path", [".env.py", "vite.env.d.ts", ".env.json", "env", "environment", ".environment", "a.envy"]
)
def test_what_is_only_called_alike_is_none(path: str) -> None:
    assert reader_for(path) is None
    assert kind_of(path) in (None, "python")
