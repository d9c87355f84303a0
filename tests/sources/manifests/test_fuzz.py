"""No bytes make a reader raise or hang."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldebt.sources.manifests import ManifestFacts, read, read_python

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
    assert isinstance(read(path, data), ManifestFacts)


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
