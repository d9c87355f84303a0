"""What is installed, from metadata alone."""

from __future__ import annotations

import json
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from mldebt.environment import read_environment
from mldebt.errors import UserError


def test_it_agrees_with_the_interpreter_about_its_own_environment() -> None:
    import packaging

    home = Path(packaging.__file__).parent.parent
    found = read_environment(str(home)).distributions
    known = {canonicalize_name(one.metadata["Name"]): one.version for one in distributions(path=[str(home)])}
    assert found == known


def test_kinds_of_environments(tmp_path: Path) -> None:
    site = tmp_path / "venv" / "lib" / "python3.12" / "site-packages"
    for name, file, text in (
        ("torch-2.9.1.dist-info", "METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 2.9.1+cu121\n\nName: no\n"),
        ("Scikit_Learn-1.7.2.dist-info", "RECORD", ""),
        ("old_thing-1.0-py3.12.egg-info", "PKG-INFO", "Name: Old.Thing\r\nVersion: 1.0\r\n"),
        ("odd-unknown.dist-info", "METADATA", "Name: odd\nVersion: unknown\n"),
        ("twice-1.0.dist-info", "METADATA", ""),
        ("twice-2.0.dist-info", "METADATA", ""),
    ):
        (site / name).mkdir(parents=True)
        (site / name / file).write_text(text)
    (site / "plain-3.1.egg-info").write_text("Name: plain\nVersion: 3.1\n")
    assert read_environment(str(tmp_path / "venv")) == read_environment(str(site))
    assert read_environment(str(site)).distributions == {
        "old-thing": "1.0", "plain": "3.1", "scikit-learn": "1.7.2", "torch": "2.9.1+cu121",
    }  # fmt: skip


def test_conda_keeps_its_own_names(tmp_path: Path) -> None:
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    (meta / "pytorch-2.5.1-py3.12_cuda12.1_0.json").write_text(json.dumps({}))
    (meta / "history").write_text("")
    found = read_environment(str(tmp_path))
    assert (found.conda, found.distributions) == ({"pytorch": "2.5.1"}, {})


def test_a_folder_without_packages_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing is installed"):
        read_environment(str(tmp_path))
    with pytest.raises(UserError, match="no folder"):
        read_environment(str(tmp_path / "missing"))
