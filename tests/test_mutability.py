"""What a URL points at, and whether it stays the same."""

from __future__ import annotations

import time

import pytest

from mldebt.facts.pins import Pin, RefKind
from mldebt.model import Place, Span
from mldebt.mutability import Mutability, Source, is_tag, judge

SHA = "5f0c1d2e3b4a59687766554433221100ffeeddcc"
HOST = "https://git.example.org/ml/kit"


def source(url: str, kind: RefKind = RefKind.UNSTATED, path: str = "requirements.txt") -> Source | None:
    return judge(Pin("kit", "", url, Place(path, Span(1, 1, 1, 9)), url, "requirements", url=url, ref_kind=kind))


@pytest.mark.parametrize(
    ("url", "expected", "ref"),
    [
        (f"git+{HOST}.git", Mutability.DEFAULT, ""),
        (f"git+{HOST}.git#egg=kit", Mutability.DEFAULT, ""),
        ("git+ssh://git@git.example.org/ml/kit.git", Mutability.DEFAULT, ""),
        (f"git+{HOST}.git@main#egg=kit", Mutability.BRANCH, "main"),
        (f"git+{HOST}@feature/deep/one", Mutability.BRANCH, "feature/deep/one"),
        (f"git+{HOST}@my-fork", Mutability.BRANCH, "my-fork"),
        (f"git+{HOST}@{SHA}", Mutability.FIXED, SHA),
        (f"git+{HOST}@5f0c1d2", Mutability.FIXED, "5f0c1d2"),
        (f"git+{HOST}@v1.2.0", Mutability.TAG, "v1.2.0"),
        ("git+https://user:secret@git.example.org/ml/kit.git@v1#egg=kit", Mutability.TAG, "v1"),
        (f"{HOST}/archive/master.zip", Mutability.ARCHIVE, "master"),
        (f"{HOST}/archive/refs/heads/main.tar.gz", Mutability.ARCHIVE, "main"),
        (f"{HOST}/archive/refs/tags/v1.0.zip", Mutability.TAG, "refs/tags/v1.0"),
        (f"{HOST}/archive/{SHA}.zip", Mutability.FIXED, SHA),
        (f"{HOST}/archive/v1.0.tar.gz", Mutability.TAG, "v1.0"),
        ("https://git.example.org/g/ml/kit/-/archive/main/kit-main.zip", Mutability.ARCHIVE, "main"),
        ("https://raw.githubusercontent.com/o/r/main/kit-1.whl", Mutability.ARCHIVE, "main"),
        ("https://models.example.org/kit/resolve/main/kit-any-py3-none-any.whl", Mutability.ARCHIVE, "main"),
        (f"{HOST}/releases/latest/download/kit.whl", Mutability.LATEST, "releases/latest"),
        (f"{HOST}/releases/download/v1/kit-1.0-py3-none-any.whl", Mutability.FIXED, ""),
        ("https://index.example.org/archive/kit-1.0.zip", Mutability.FIXED, ""),
        ("./kit", Mutability.FIXED, "./kit"),
        (".", Mutability.FIXED, "."),
        ("../kit", Mutability.OUTSIDE, "../kit"),
        ("/opt/kit", Mutability.OUTSIDE, "/opt/kit"),
        ("C:\\kit", Mutability.OUTSIDE, "C:\\kit"),
        ("file:///srv/kit", Mutability.OUTSIDE, "file:///srv/kit"),
        ("/opt/wheels/kit-1.0-py3-none-any.whl", Mutability.FIXED, "/opt/wheels/kit-1.0-py3-none-any.whl"),
    ],
)
def test_judgements(url: str, expected: Mutability, ref: str) -> None:
    found = source(url)
    assert found is not None
    assert found.mutability is expected
    assert ref in ("", found.ref)


def test_what_the_manifest_says_of_the_ref_wins_over_its_spelling() -> None:
    url = f"git+{HOST}@v1.0"
    assert source(url, RefKind.BRANCH) == Source(Mutability.BRANCH, "v1.0")
    assert source(f"git+{HOST}@main", RefKind.TAG) == Source(Mutability.TAG, "main")
    assert source(f"git+{HOST}@main", RefKind.REVISION) == Source(Mutability.BRANCH, "main")
    assert source(f"git+{HOST}", RefKind.BRANCH) == Source(Mutability.DEFAULT)


@pytest.mark.parametrize(
    "url", ["", f"git+{HOST}@${{REF}}", f"{HOST}/archive/${{REF}}.zip", "${KIT}/kit", f"git+{HOST}@{{{{ ref }}}}"]
)
def test_nothing_is_said_of_variables(url: str) -> None:
    assert source(url) is None


def test_a_folder_above_is_inside_when_the_manifest_is_deep_enough() -> None:
    found = source("../kit", path="services/api/requirements.txt")
    assert found is not None
    assert found.mutability is Mutability.FIXED


@pytest.mark.parametrize(
    "ref",
    [
        "v1",
        "1.0",
        "v1.2.3",
        "2.0.0rc1",
        "v4.40.0.post1",
        "release-3",
        "v2.1.0+cu118",
        "kit-1.2",
        "kit/v1.0",
        "0.33.0-rc.1",
        "2024.10.1",
        "refs/tags/x",
        "V3",
    ],
)
def test_tags(ref: str) -> None:
    assert is_tag(ref)


@pytest.mark.parametrize(
    "ref",
    [
        "main",
        "develop",
        "feature/1.2",
        "release/2.1",
        "fix-123",
        "1.x",
        "v2-branch",
        "refs/heads/v1",
        "py3.11-support",
        "nightly",
        "dev-2024.1",
        "HEAD",
        "",
    ],
)
def test_branches(ref: str) -> None:
    assert not is_tag(ref)


@pytest.mark.parametrize(
    "url", ["git+https://h/" + "@" * 300_000, f"git+{HOST}@" + "1" * 300_000 + "x", "https://h/" + "a/" * 200_000]
)
def test_long_urls_take_no_time(url: str) -> None:
    started = time.perf_counter()
    source(url)
    assert time.perf_counter() - started < 60
