"""Which file an import means."""

from __future__ import annotations

import pytest

from mldebt.modules import MAX_SEGMENTS, Modules

FLAT = ("train.py", "utils.py", "lib/__init__.py", "lib/core.py", "lib/deep/__init__.py", "lib/deep/end.py")
SRC = (
    "pyproject.toml",
    "src/app/__init__.py",
    "src/app/serve.py",
    "src/app/model.py",
    "tests/test_serve.py",
    "tests/model.py",
)
SERVICES = (
    "common/__init__.py", "common/rates.py", "one/pyproject.toml", "one/src/core/__init__.py", "one/src/core/rates.py",
    "one/src/core/run.py", "two/requirements.txt", "two/core/__init__.py", "two/core/rates.py", "two/run.py",
    "two/common.py",
)  # fmt: skip
NAMESPACE = ("a/b/c.py", "a/b/d.py", "a/e.py")
SHADOWS = ("app/__init__.py", "app/logging.py", "app/queue/__init__.py", "app/run.py", "tool/json.py", "tool/run.py")

LOCATED = [
    # files, importer, name, the file, the rest
    (FLAT, "train.py", "utils", "utils.py", ""),
    (FLAT, "train.py", "utils.f", "utils.py", "f"),
    (FLAT, "train.py", "lib", "lib/__init__.py", ""),
    (FLAT, "train.py", "lib.core.C.x", "lib/core.py", "C.x"),
    (FLAT, "train.py", "lib.unknown", "lib/__init__.py", "unknown"),
    (FLAT, "train.py", "lib.deep.end", "lib/deep/end.py", ""),
    (FLAT, "train.py", "numpy.array", None, ""),
    (FLAT, "train.py", "train.f", "train.py", "f"),
    (FLAT, "train.py", "@.f", "train.py", "f"),
    (FLAT, "train.py", "@.C().x", "train.py", "C().x"),
    (FLAT, "lib/core.py", "lib.deep.end.f", "lib/deep/end.py", "f"),
    (FLAT, "lib/core.py", "utils.f", "utils.py", "f"),
    (FLAT, "lib/core.py", ".deep.end.f", "lib/deep/end.py", "f"),
    (FLAT, "lib/core.py", ".f", "lib/__init__.py", "f"),
    (FLAT, "lib/core.py", ".", "lib/__init__.py", ""),
    (FLAT, "lib/__init__.py", ".core.f", "lib/core.py", "f"),
    (FLAT, "lib/deep/end.py", "..core.f", "lib/core.py", "f"),
    (FLAT, "lib/deep/end.py", "...utils.f", "utils.py", "f"),
    (FLAT, "lib/deep/end.py", "....utils.f", None, ""),
    (FLAT, "train.py", "..utils.f", None, ""),
    (FLAT, "train.py", "lib.core().deep.end", "lib/__init__.py", "core().deep.end"),
    (FLAT, "train.py", "lib[].core", None, ""),
    (FLAT, "train.py", "", None, ""),
    (SRC, "src/app/serve.py", "app.model.f", "src/app/model.py", "f"),
    (SRC, "src/app/serve.py", "model.f", "src/app/model.py", "f"),
    (SRC, "tests/test_serve.py", "app.model.f", "src/app/model.py", "f"),
    (SRC, "tests/test_serve.py", "model.f", "tests/model.py", "f"),
    (SRC, "tests/test_serve.py", "src.app.model.f", "src/app/model.py", "f"),
    (SERVICES, "one/src/core/run.py", "core.rates.f", "one/src/core/rates.py", "f"),
    (SERVICES, "two/run.py", "core.rates.f", "two/core/rates.py", "f"),
    (SERVICES, "one/src/core/run.py", "common.rates.f", "common/rates.py", "f"),
    (SERVICES, "two/run.py", "common.rates.f", "two/common.py", "rates.f"),
    (SERVICES, "common/rates.py", "core.rates.f", None, ""),
    (NAMESPACE, "a/e.py", "a.b.c.f", "a/b/c.py", "f"),
    (NAMESPACE, "a/e.py", ".b.d.f", "a/b/d.py", "f"),
    (NAMESPACE, "a/e.py", "a.b.f", None, ""),
    (SHADOWS, "app/run.py", "logging.f", None, ""),
    (SHADOWS, "app/run.py", "queue.f", None, ""),
    (SHADOWS, "app/run.py", ".logging.f", "app/logging.py", "f"),
    (SHADOWS, "app/run.py", "app.logging.f", "app/logging.py", "f"),
    (SHADOWS, "tool/run.py", "json.f", "tool/json.py", "f"),
]


@pytest.mark.parametrize(("files", "importer", "name", "path", "rest"), LOCATED)
def test_a_name_leads_into_a_file(
    files: tuple[str, ...], importer: str, name: str, path: str | None, rest: str
) -> None:
    assert Modules(files).locate(importer, name) == (None if path is None else (path, rest))


def test_a_neighbour_called_after_a_package_of_others_is_none() -> None:
    files = ("app/__init__.py", "app/openai.py", "app/run.py", "tool/openai.py", "tool/run.py")
    modules = Modules(files, installed={"openai"})
    assert modules.locate("app/run.py", "openai.OpenAI") is None
    assert modules.locate("app/run.py", ".openai.f") == ("app/openai.py", "f")
    assert modules.locate("app/run.py", "app.openai.f") == ("app/openai.py", "f")
    assert modules.locate("tool/run.py", "openai.f") == ("tool/openai.py", "f")  # beside a script it is found first


def test_a_source_root_is_looked_into() -> None:
    files = ("backend/python/app/model.py", "jobs/nightly.py")
    assert Modules(files).locate("jobs/nightly.py", "app.model.f") is None
    assert Modules(files, ["/backend/python/"]).locate("jobs/nightly.py", "app.model.f") == (
        "backend/python/app/model.py",
        "f",
    )


def test_what_two_source_roots_have_is_not_known() -> None:
    files = ("one/model.py", "two/model.py", "two/rates.py", "jobs/nightly.py", "model.py")
    modules = Modules(files, ["one", "two"])
    assert modules.locate("jobs/nightly.py", "model.f") is None
    assert modules.locate("jobs/nightly.py", "rates.f") == ("two/rates.py", "f")
    assert modules.locate("one/other.py", "model.f") == ("one/model.py", "f")


def test_a_given_root_goes_before_the_usual_ones() -> None:
    files = ("lib/model.py", "src/model.py", "jobs/nightly.py")
    assert Modules(files).locate("jobs/nightly.py", "model.f") == ("src/model.py", "f")
    assert Modules(files, ["lib"]).locate("jobs/nightly.py", "model.f") == ("lib/model.py", "f")


def test_what_the_root_and_src_both_have_is_not_known() -> None:
    assert Modules(("model.py", "src/model.py", "jobs/a.py")).locate("jobs/a.py", "model.f") is None


def test_a_name_without_end_is_cut() -> None:
    found = Modules(FLAT).locate("train.py", "utils" + ".a" * 5_000)
    assert found is not None
    assert found[0] == "utils.py"
    assert found[1].count(".") < MAX_SEGMENTS


def test_the_same_question_has_the_same_answer() -> None:
    modules = Modules(FLAT)
    assert modules.locate("train.py", "lib.core.f") is modules.locate("train.py", "lib.core.f")


@pytest.mark.parametrize(
    ("path", "component"),
    [
        ("one/src/core/run.py", "one"),
        ("one/pyproject.toml", "one"),
        ("two/core/rates.py", "two"),
        ("common/rates.py", "."),
        ("run.py", "."),
    ],
)
def test_a_component_is_the_nearest_folder_with_a_manifest(path: str, component: str) -> None:
    assert Modules(SERVICES).component(path) == component


def test_the_root_s_own_manifest_makes_no_other_component() -> None:
    assert Modules(SRC).component("src/app/serve.py") == "."
