"""pyproject.toml in its dialects."""

from __future__ import annotations

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import Manifest, Pin, RefKind
from mldebt.model import Place, Span
from mldebt.sources.manifests.poetry import translate
from mldebt.sources.manifests.reading import ManifestFacts, read


def read_text(text: str, path: str = "pyproject.toml") -> ManifestFacts:
    return read(path, text.encode())


def pins(text: str) -> list[Pin]:
    result = read_text(text)
    assert result.notices == ()
    return list(of_kind(result.facts, Pin))


def manifest(text: str, path: str = "pyproject.toml") -> Manifest:
    return next(of_kind(read_text(text, path).facts, Manifest))


def test_project_tables() -> None:
    found = pins(
        """
[project]
dependencies = ["Torch>=2", 'numpy==1.26.4; python_version < "3.12"']  # two
[project.optional-dependencies]
serve = [
    "fastapi[all]~=0.115.0",
]
[dependency-groups]
dev = ["ruff", {include-group = "docs"}]
docs = ["mkdocs"]
[build-system]
requires = ["hatchling"]
"""
    )
    assert [(pin.name, pin.specifier, pin.group, pin.dialect) for pin in found] == [
        ("torch", ">=2", "", "pep621"),
        ("numpy", "==1.26.4", "", "pep621"),
        ("fastapi", "~=0.115.0", "serve", "pep621"),
        ("ruff", "", "dev", "pep735"),
        ("mkdocs", "", "docs", "pep735"),
        ("hatchling", "", "build-system", "build-system"),
    ]
    assert found[0].place.span == Span(3, 17, 3, 27)
    assert found[1].marker == 'python_version < "3.12"'
    assert found[2].place.span.line == 6
    assert found[2].source_line == '    "fastapi[all]~=0.115.0",'


def test_comments_and_statements() -> None:
    result = read_text('[project]\ndependencies = [\n  "torch",  # mldebt: ignore[PIN001] later\n  "numpy # no",\n]\n')
    assert [(one.line, one.column, one.text) for one in result.comments] == [(3, 13, "# mldebt: ignore[PIN001] later")]
    assert (3, 3) in result.statements


def test_what_it_says_of_the_project() -> None:
    described = manifest(
        """
[build-system]
requires = []
[project]
name = "kit"
requires-python = ">=3.10"
classifiers = ["Typing :: Typed"]
dynamic = ["dependencies", "optional-dependencies"]
[project.scripts]
kit = "kit:main"
[tool.setuptools.packages.find]
where = ["src"]
[tool.setuptools.dynamic]
dependencies = { file = ["requirements.txt"] }
optional-dependencies.gpu = { file = "../gpu.txt" }
[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/old"]
""",
        "a/pyproject.toml",
    )
    assert described == Manifest(
        "pyproject",
        is_lock=False,
        builds=True,
        dynamic_from=("a/requirements.txt", "gpu.txt"),
        workspace=("packages/*", "!packages/old"),
        scripts=True,
        classifiers=True,
        packages=True,
        requires_python=">=3.10",
        name="kit",
        place=Place("a/pyproject.toml", Span(4, 1, 4, 10)),
        source_line="[project]",
    )


@pytest.mark.parametrize(
    "text",
    [
        "[tool.black]\n",
        "[project]\nname = 'x'\n",
        "[build-system]\n[project]\n[tool.uv]\npackage = false\n",
        "[build-system]\n[tool.poetry]\npackage-mode = false\n",
    ],
)
def test_what_builds_no_distribution(text: str) -> None:
    assert not manifest(text).builds


def test_private_classifiers_are_not_published() -> None:
    assert not manifest('[project]\nclassifiers = ["Private :: Do Not Upload"]\n').classifiers


POETRY = """
[tool.poetry]
name = "kit"
[tool.poetry.dependencies]
python = "^3.11"
torch = "^2.2"
numpy = { version = "1.26.4", extras = ["x"], markers = "sys_platform == 'linux'", python = "<3.12" }
kit-core = { git = "https://git.example.org/ml/core.git", branch = "dev", subdirectory = "py" }
kit-tags = { git = "https://git.example.org/ml/tags.git", tag = "v1.0" }
local = { path = "../local", develop = true }
shap = { version = "*", optional = true }
scipy = [
    { version = "1.10", python = "<3.9" },
    { version = "1.12", python = ">=3.9" },
]
[tool.poetry.extras]
explain = ["shap"]
[tool.poetry.dev-dependencies]
pytest = "*"
[tool.poetry.group.train.dependencies.xgboost]
version = "~2.1"
"""


def test_poetry() -> None:
    found = {(pin.name, pin.place.span.line): pin for pin in pins(POETRY)}
    assert [name for name, _ in found] == [
        "torch",
        "numpy",
        "kit-core",
        "kit-tags",
        "local",
        "shap",
        "scipy",
        "scipy",
        "pytest",
        "xgboost",
    ]
    torch, numpy = found[("torch", 6)], found[("numpy", 7)]
    assert (torch.specifier, torch.raw, torch.group) == ("<3,>=2.2", "torch = ^2.2", "")
    assert torch.place.span == Span(6, 1, 6, 15)
    assert (numpy.specifier, numpy.extras) == ("==1.26.4", ("x",))
    assert numpy.marker == "sys_platform == 'linux' and python_version < \"3.12\""
    core = found[("kit-core", 8)]
    assert core.url == "git+https://git.example.org/ml/core.git@dev#subdirectory=py"
    assert core.ref_kind is RefKind.BRANCH
    assert found[("kit-tags", 9)].ref_kind is RefKind.TAG
    assert (found[("local", 10)].url, found[("local", 10)].editable) == ("../local", True)
    assert found[("shap", 11)].group == "explain"
    assert found[("scipy", 13)].marker == 'python_version < "3.9"'
    assert found[("pytest", 19)].group == "dev"
    assert (found[("xgboost", 20)].group, found[("xgboost", 20)].specifier) == ("train", "<2.2,>=2.1")


def test_poetry_two_adds_to_the_project() -> None:
    found = pins(
        """
[project]
dependencies = ["torch", "core", "numpy"]
[tool.poetry.dependencies]
torch = { source = "mirror" }
core = { git = "https://git.example.org/ml/core.git", rev = "main" }
numpy = "1.26.4"
"""
    )
    assert [(pin.name, pin.dialect, pin.constraint, pin.specifier) for pin in found] == [
        ("torch", "pep621", False, ""),
        ("core", "pep621", False, ""),
        ("numpy", "pep621", False, ""),
        ("numpy", "poetry", True, "==1.26.4"),
    ]
    assert found[1].url == "git+https://git.example.org/ml/core.git@main"
    assert found[1].url_place is not None
    assert found[1].url_place.span.line == 6


def test_uv() -> None:
    found = pins(
        """
[project]
dependencies = ["torch", "core", "kit"]
[tool.uv]
dev-dependencies = ["ruff"]
constraint-dependencies = ["numpy<2"]
override-dependencies = ["scipy==1.12"]
[tool.uv.sources]
torch = { index = "cpu" }
kit = { workspace = true }
core = [
    { git = "https://git.example.org/ml/core", rev = "0123456789012345678901234567890123456789", marker = "x" },
    { path = "../core", marker = "os_name != 'nt'" },
]
transitive = { url = "https://index.example.org/transitive-1.0.zip" }
"""
    )
    summary = [(pin.name, pin.constraint, bool(pin.url), pin.group) for pin in found]
    assert summary == [
        ("torch", False, False, ""),
        ("core", False, True, ""),
        ("kit", False, False, ""),
        ("ruff", False, False, "dev"),
        ("numpy", True, False, ""),
        ("scipy", True, False, ""),
        ("core", True, True, ""),
        ("transitive", True, True, ""),
    ]
    core = found[1]
    assert core.ref_kind is RefKind.REVISION
    assert core.place.span.line == 3
    assert core.url_place is not None
    assert core.url_place.span.line == 12
    assert core.url_line.strip().startswith("{ git")


def test_malformed_requirements_are_notices_with_their_line() -> None:
    result = read_text(
        """[project]
dependencies = [
    "torch",
    "numpy 1.2",
    3,
]
[tool.poetry.dependencies]
scipy = "about 3"
pandas = 3
polars = { version = 1 }
[tool.uv.sources]
core = "x"
"""
    )
    assert [pin.name for pin in of_kind(result.facts, Pin)] == ["torch"]
    assert sorted((notice.kind, notice.line) for notice in result.notices) == [
        ("malformed-requirement", line) for line in (4, 5, 8, 9, 10, 12)
    ]


def test_no_toml() -> None:
    (notice,) = read_text("[project]\nname = 'kit'\n???\n").notices
    assert notice.kind == "malformed-manifest"
    assert notice.line in (0, 3)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5_000, "a." * 5_000 + "b = 1", "a = " + "{a=" * 5_000, "x = 'y'\n" * 50_000]
)
def test_hostile_toml_is_a_notice(text: str) -> None:
    result = read_text(text)
    assert [notice.kind for notice in result.notices] == ["malformed-manifest"]


def test_a_large_file_is_a_notice() -> None:
    assert [notice.kind for notice in read_text("#" * 3_000_000).notices] == ["too-large"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("*", ""),
        ("", ""),
        ("latest", ""),
        ("^1.2.3", "<2,>=1.2.3"),
        ("^0.2.3", "<0.3,>=0.2.3"),
        ("^0.0.3", "<0.0.4,>=0.0.3"),
        ("^0.0", "<0.1,>=0.0"),
        ("^0", "<1,>=0"),
        ("^1", "<2,>=1"),
        ("~1.2.3", "<1.3,>=1.2.3"),
        ("~1.2", "<1.3,>=1.2"),
        ("~1", "<2,>=1"),
        ("1.2.3", "==1.2.3"),
        ("=1.2", "==1.2"),
        ("==1.2", "==1.2"),
        ("1.2.*", "==1.2.*"),
        ("1.*", "==1.*"),
        ("!=1.2.*", "!=1.2.*"),
        (">=1.2, <2", "<2,>=1.2"),
        (">=1.2 <2", "<2,>=1.2"),
        ("> 1.2", ">1.2"),
        ("~=1.4.2", "~=1.4.2"),
        ("<>1.3", "!=1.3"),
        ("v1.2", "==1.2"),
        ("^2.0.0-rc.1", "<3,>=2.0.0rc1"),
        ("^1.0 || ^2.0", "<3,>=1.0"),
        ("1.0 | 1.2", "<=1.2,>=1.0"),
        ("<1.0 || >2.0", ""),
        ("* || ^1", ""),
        ("~1.2.*", "<1.3,>=1.2"),
        (">=1.2.*", ">=1.2"),
    ],
)
def test_poetry_versions(written: str, expected: str) -> None:
    assert translate(written) == expected


@pytest.mark.parametrize("written", ["about 3", "^", ">=", "1.2;", "^1.2<3", "x.1", "9" * 5_000])
def test_what_is_no_version(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        translate(written)


def test_groups_that_include_others() -> None:
    text = """
[dependency-groups]
base = ["numpy"]
train = [{include-group = "base"}, "torch"]
all = [{include-group = "train"}, {include-group = "all"}, {include-group = 3}]
"""
    found = read_text(text)
    assert {pin.name: pin.included_by for pin in of_kind(found.facts, Pin)} == {
        "numpy": ("train", "all"),
        "torch": ("all",),
    }
