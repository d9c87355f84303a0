"""pixi: the manifest, also inside of pyproject.toml, and the locks of conda packages."""

from __future__ import annotations

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import LockedVersion, Manifest, Pin
from mldebt.sources.manifests.reading import read

TEXT = """[workspace]
name = "scoring"
channels = ["conda-forge"]

[dependencies]
python = ">=3.12,<3.13"
pytorch = ">=2.4,<3"
numpy = "*"
lightgbm = { version = "4.6.*", channel = "conda-forge" }

[pypi-dependencies]
transformers = { version = ">=4.57", extras = ["torch"] }
kit = { git = "https://git.example.org/ml/kit.git", branch = "main" }
openai = "*"

[feature.gpu.dependencies]
cuda-version = "12.6.*"

[target.linux-64.dependencies]
xgboost = "==3.1.1"
"""


def pins(path: str, text: str) -> list[tuple[str, str, str, str]]:
    found = read(path, text.encode())
    assert found.notices == ()
    return [(one.name, one.specifier, one.dialect, one.group) for one in of_kind(found.facts, Pin)]


def test_a_manifest() -> None:
    assert pins("pixi.toml", TEXT) == [
        ("pytorch", "<3,>=2.4", "pixi-conda", ""),
        ("numpy", "", "pixi-conda", ""),
        ("lightgbm", "==4.6.*", "pixi-conda", ""),
        ("transformers", ">=4.57", "pixi", ""),
        ("kit", "", "pixi", ""),
        ("openai", "", "pixi", ""),
        ("xgboost", "==3.1.1", "pixi-conda", ""),
        ("cuda-version", "==12.6.*", "pixi-conda", "gpu"),
    ]
    (manifest,) = of_kind(read("pixi.toml", TEXT.encode()).facts, Manifest)
    assert (manifest.requires_python, manifest.source_line) == (">=3.12,<3.13", "[workspace]")


def test_inside_of_pyproject() -> None:
    text = '[project]\nname = "a"\n[tool.pixi.dependencies]\npytorch = "*"\npython = "3.12.*"\n'
    assert pins("pyproject.toml", text) == [("pytorch", "", "pixi-conda", "")]
    (manifest,) = of_kind(read("pyproject.toml", text.encode()).facts, Manifest)
    assert manifest.requires_python == "3.12.*"


def test_what_pixi_cannot_read_is_a_notice() -> None:
    found = read("pixi.toml", b"[dependencies]\ntorch = 3\nnumpy = [1]\nscipy = 'a b c d'\n")
    assert [one.line for one in found.notices] == [2, 3, 4]


PIXI_LOCK = """version: 6
environments:
  default:
    packages:
      linux-64:
      - conda: https://conda.example.org/conda-forge/linux-64/pytorch-2.4.1-cpu_py312.conda
packages:
- conda: https://conda.example.org/conda-forge/linux-64/pytorch-2.4.1-cpu_py312.conda
  sha256: aa
- conda: https://conda.example.org/conda-forge/noarch/huggingface_hub-0.26.1-pyh_0.tar.bz2
- pypi: https://files.example.org/transformers-4.57.1-py3-none-any.whl
  name: transformers
  version: 4.57.1
- kind: conda
  name: numpy
  version: '2.1.0'
"""


def test_the_lock_of_pixi() -> None:
    locked = list(of_kind(read("pixi.lock", PIXI_LOCK.encode()).facts, LockedVersion))
    assert [(one.name, one.version, one.line) for one in locked] == [
        ("pytorch", "2.4.1", 8),
        ("huggingface-hub", "0.26.1", 10),
        ("transformers", "4.57.1", 11),
        ("numpy", "2.1.0", 14),
    ]


@pytest.mark.parametrize("path", ["conda-lock.yml", "envs/train.conda-lock.yml", "conda-lock.yaml"])
def test_the_lock_of_conda(path: str) -> None:
    text = (
        "version: 1\nmetadata:\n  name: x\npackage:\n- name: pytorch\n  version: 2.4.1\n  manager: conda\n- name: pip\n"
    )
    found = read(path, text.encode())
    assert [(one.name, one.version, one.line) for one in of_kind(found.facts, LockedVersion)] == [
        ("pytorch", "2.4.1", 5)
    ]
    (manifest,) = of_kind(found.facts, Manifest)
    assert (manifest.dialect, manifest.is_lock) == ("conda-lock", True)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (".python-version", "3.12.8\n", "==3.12.*"),
        ("a/.python-version", "# mine\nmy-env\n3.11\n", "==3.11.*"),
        ("runtime.txt", "python-3.10.4\n", "==3.10.*"),
        (".tool-versions", "nodejs 20.1.0\npython 3.12.1 3.11.2\n", "==3.12.*"),
    ],
)
def test_which_python_is_meant(path: str, text: str, said: str) -> None:
    (manifest,) = of_kind(read(path, text.encode()).facts, Manifest)
    assert manifest.requires_python == said


@pytest.mark.parametrize(
    ("path", "text"),
    [(".tool-versions", "nodejs 20.1.0\n"), ("runtime.txt", "java-17\n"), (".python-version", "system\n")],
)
def test_no_python_is_meant(path: str, text: str) -> None:
    assert read(path, text.encode()).facts == ()
