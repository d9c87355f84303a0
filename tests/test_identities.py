"""What identities say of files."""

from __future__ import annotations

import pytest

from mldebt.fingerprint import identity, project_identity
from mldebt.identities import code_of, moved, path_of


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (identity("THR001", "a|b/c\\d.py", "f", "x > 1"), "a|b/c\\d.py"),
        (project_identity("FLG001", ".:ENABLE_RANKER"), None),
        (project_identity("FLG004", "svc:USE_IT:more"), None),
        (project_identity("PIN001", ".:requirements.txt:requirements:torch"), "requirements.txt"),
        (project_identity("REP001", "svc:svc/train.py:fit:rng.normal()"), "svc/train.py"),
    ],
)
def test_the_file_of_a_finding(written: str, path: str | None) -> None:
    assert path_of(written) == path
    assert code_of(written) == written[:6]


def test_a_finding_of_a_renamed_file() -> None:
    assert moved(identity("THR001", "a.py", "f", "x|y > 1"), "b|c.py") == identity("THR001", "b|c.py", "f", "x|y > 1")
    old, new = "svc:svc/train.py:fit:x:y", "svc:svc/fit.py:fit:x:y"
    assert moved(project_identity("REP001", old), "svc/fit.py") == project_identity("REP001", new)


@pytest.mark.parametrize(
    ("identity", "path", "renamed"),
    [
        ("REP001|.:.:scripts/draw.py:split:f(x,0.8)", "scripts/draw.py", "REP001|.:.:b.py:split:f(x,0.8)"),
        ("FLG005|.:use_blend:app/rank.py:rank:USE_BLEND", "app/rank.py", "FLG005|.:use_blend:b.py:rank:USE_BLEND"),
        ("PIN001|.:pyproject.toml:requirements:torch", "pyproject.toml", "PIN001|.:b.py:requirements:torch"),
        ("FLG001|.:use_blend", None, "FLG001|.:use_blend"),
        ("THR002|.:score:f:g:app/rank.py:x", None, "THR002|.:score:f:g:app/rank.py:x"),
    ],
)  # fmt: skip
def test_keys_of_the_project_that_name_a_file(identity: str, path: str | None, renamed: str) -> None:
    assert path_of(identity) == path
    assert moved(identity, "b.py") == renamed
