"""No bytes make a reader raise or hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldebt.sources.manifests.in_code import read_python
from mldebt.sources.manifests.reading import ManifestFacts, read, reader_for

PATHS = [
    "requirements.txt",
    "constraints.in",
    "pyproject.toml",
    "uv.lock",
    "poetry.lock",
    "pylock.toml",
    "Pipfile.lock",
    "Dockerfile",
    "Pipfile",
    "environment.yml",
    "compose.yml",
    ".github/workflows/a.yml",
    ".gitlab-ci.yml",
    "chart/values.yaml",
    "pod.yaml",
    "a.sh",
    "setup.cfg",
    "pixi.toml",
    "pixi.lock",
    "conda-lock.yml",
    ".python-version",
    "MLproject",
    "python_env.yaml",
]

WORDS = st.sampled_from(
    [
        "torch",
        "RUN pip install ",
        "dependencies:\n",
        "- ",
        "  - pip:\n",
        "    - ",
        "&a ",
        "*a",
        "[packages]\n",
        "FROM ",
        "services:\n",
        "[options]\n",
        "install_requires = ",
        "    ",
        "setup(",
        "install_requires=",
        "# /// script\n",
        "# ///\n",
        "# ",
        "- conda: ",
        "  name: ",
        "  version: ",
        "jobs:\n",
        "  steps:\n",
        "image: ",
        "run: |\n",
        "script: ",
        "apiVersion: v1\nkind: Pod\n",
        "${{ a }}",
        "$(",
        "`",
        "ARG ",
        "<<EOF\n",
        "EOF\n",
        "&&",
        "as",
        "==",
        ">=1",
        "~=1.2",
        "^1",
        "*",
        " ",
        "\n",
        "\\\n",
        "\r\n",
        "\r",
        "#",
        ";",
        "@",
        "git+https://h/a.git",
        "-r ",
        "-e ",
        "-c",
        "--hash=sha256:a",
        "[",
        "]",
        "[[package]]\n",
        "name = ",
        '"',
        "'",
        '"""',
        "{",
        "}",
        ",",
        "=",
        "(",
        ")",
        "[project]\n",
        "dependencies = ",
        "[tool.poetry.dependencies]\n",
        "[tool.uv.sources]\n",
        "[dependency-groups]\n",
        "[tool.uv]\n",
        "version",
        "source",
        "||",
        "1.2.3",
        "python",
        "${X}",
        "\ufeff",
        "\u2028",
        "\x0c",
        "default",
        ":",
        "0",
    ]
)
SOUP = st.lists(WORDS, max_size=60).map("".join).map(lambda text: text.encode("utf-8"))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SECTIONS = st.sampled_from(
    [
        "project.dependencies",
        "project.optional-dependencies",
        "dependency-groups",
        "tool.uv.sources",
        "tool.uv",
        "build-system",
        "tool.poetry",
        "tool.poetry.dependencies",
        "tool.poetry.group",
        "tool.poetry.extras",
        "project",
        "tool",
        "tool.uv.workspace",
        "tool.setuptools.dynamic",
        "tool.hatch.envs",
        "tool.pdm.dev-dependencies",
        "tool.poetry.dependencies.torch",
    ]
)


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=150, deadline=2000)
@given(data=st.binary(max_size=300) | SOUP)
def test_any_bytes(path: str, data: bytes) -> None:
    assert_kept(read(path, data))


def assert_kept(result: ManifestFacts) -> None:
    """It was read, or refused for a reason: no reader gave up on an error of its own."""
    assert isinstance(result, ManifestFacts)
    assert not [notice for notice in result.notices if "gave up" in notice.message and "JSON" not in notice.message]


FIXTURES = Path(__file__).parents[3] / "fixtures"
SEEDS = sorted(
    path.relative_to(FIXTURES).as_posix()
    for path in FIXTURES.rglob("*")
    if path.is_file() and (reader_for(path.relative_to(FIXTURES).as_posix()) or path.name == "setup.py")
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A fixture's manifest with pieces of it cut, doubled, moved or overwritten."""
    path = draw(st.sampled_from(SEEDS))
    data = (FIXTURES / path).read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(start + draw(st.integers(0, 40)), len(data))
        piece = draw(st.sampled_from([b"", data[start:end] * 2, data[:40], data[-40:]]) | SOUP)
        at = draw(st.integers(0, len(data)))
        data = draw(
            st.sampled_from([data[:start] + piece + data[end:], data[:at] + data[start:end] + data[at:], data[:at]])
        )
    return path, data


@settings(max_examples=400, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutated_fixtures(given_: tuple[str, bytes]) -> None:
    path, data = given_
    assert_kept(read_python(path, data.decode("latin-1")) if path.endswith(".py") else read(path, data))


@pytest.mark.parametrize("path", ["setup.py", "a/job.py"])
@settings(max_examples=150, deadline=2000)
@given(text=st.text(max_size=300) | SOUP.map(bytes.decode))
def test_any_python(path: str, text: str) -> None:
    assert isinstance(read_python(path, text), ManifestFacts)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(f'{at}{key}')} = {toml(value[key])}" for at, key in enumerate(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, (int, float)):
        return repr(value)
    text = "".join(one if one.isalnum() or one in " .=<>^~*@" else "-" for one in str(value))
    return f'"{text}"'


@settings(max_examples=300, deadline=2000)
@given(section=SECTIONS, value=JSON)
def test_any_shape_of_a_table(section: str, value: object) -> None:
    result = read("pyproject.toml", f"{section} = {toml(value)}\n".encode())
    assert all(notice.kind == "malformed-requirement" for notice in result.notices), result.notices
