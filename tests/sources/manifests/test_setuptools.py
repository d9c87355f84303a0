"""setup.py, setup.cfg, and the headers of scripts."""

from __future__ import annotations

import time

import pytest

from mldebt.facts import of_kind
from mldebt.facts.pins import Manifest, Pin
from mldebt.sources.manifests.in_code import read_python
from mldebt.sources.manifests.reading import ManifestFacts, read

SETUP = """
import os
from setuptools import find_packages, setup

BASE = ["numpy>=1.26", "torch"]
extras = {"gpu": ["onnxruntime-gpu==1.20"], "dev": BASE + ["pytest"]}

setup(
    name="kit",
    packages=find_packages(),
    install_requires=[
        "Scikit_Learn~=1.7.2",
        *BASE,
    ] + ["pandas; python_version < '3.13'"],
    extras_require=extras,
    setup_requires="wheel",
    python_requires=">=3.10",
    classifiers=["Typing :: Typed"],
    entry_points={"console_scripts": ["kit = kit:main"]},
)
"""


def pins(found: ManifestFacts) -> list[tuple[str, str, str, int]]:
    assert found.notices == ()
    return [(one.name, one.specifier, one.group, one.place.span.line) for one in of_kind(found.facts, Pin)]


def test_literals_through_names_and_sums() -> None:
    found = read_python("a/setup.py", SETUP)
    assert pins(found) == [
        ("scikit-learn", "~=1.7.2", "", 12),
        ("numpy", ">=1.26", "", 5),
        ("torch", "", "", 5),
        ("pandas", "", "", 14),
        ("wheel", "", "build-system", 16),
        ("onnxruntime-gpu", "==1.20", "gpu", 6),
        ("numpy", ">=1.26", "dev", 5),
        ("torch", "", "dev", 5),
        ("pytest", "", "dev", 6),
    ]
    (manifest,) = of_kind(found.facts, Manifest)
    assert (manifest.name, manifest.requires_python) == ("kit", ">=3.10")
    assert manifest.builds
    assert manifest.packages
    assert manifest.classifiers
    assert manifest.scripts
    assert manifest.place is not None
    assert (manifest.place.span.line, manifest.source_line) == (8, "setup(")


READING = {
    "a list comprehension": "install_requires=[line.strip() for line in open('requirements.txt')]",
    "a path": "install_requires=Path(here, 'requirements.txt').read_text().splitlines()",
    "a joined path": "install_requires=open(os.path.join(here, 'requirements.txt')).read().split('\\n')",
    "pip's parser": "install_requires=[str(r.req) for r in parse_requirements('requirements.txt', session=False)]",
}
BOUND = {
    "a with": "with open('requirements.txt') as f:\n    needed = f.read().splitlines()\n",
    "a function": "def load(name):\n    return open(name).readlines()\nneeded = load('requirements.txt')\n",
    "a function that knows": "def load():\n    return open('requirements.txt').readlines()\nneeded = load()\n",
    "a loop": "needed = []\nfor line in open('requirements.txt'):\n    needed.append(line)\n",
}


@pytest.mark.parametrize("argument", READING.values(), ids=READING)
def test_a_requirements_file_that_is_read_in_place(argument: str) -> None:
    (manifest,) = of_kind(read_python("a/setup.py", f"setup({argument})\n").facts, Manifest)
    assert manifest.dynamic_from == ("a/requirements.txt",)


@pytest.mark.parametrize("before", BOUND.values(), ids=BOUND)
def test_a_requirements_file_that_is_read_before(before: str) -> None:
    (manifest,) = of_kind(read_python("setup.py", f"{before}setup(install_requires=needed)\n").facts, Manifest)
    assert manifest.dynamic_from == ("requirements.txt",)


def test_arguments_in_a_dictionary() -> None:
    text = "args = dict(name='a', install_requires=['torch'])\nsetup(**args)\n"
    assert pins(read_python("setup.py", text)) == [("torch", "", "", 1)]
    text = "setup(**{'install_requires': '''\n torch==2\n\n numpy\n'''})\n"
    assert pins(read_python("setup.py", text)) == [("torch", "==2", "", 1), ("numpy", "", "", 1)]


def test_columns_count_characters() -> None:
    (pin,) = of_kind(read_python("setup.py", "setup(author='äöü', install_requires=['torch'])\n").facts, Pin)
    assert pin.place.span.column == 39


@pytest.mark.parametrize("text", ["import x\n", "setup = 3\n", "setup(\n", "def setup(): ...\n", "print 'setup'\n"])
def test_what_is_no_setup(text: str) -> None:
    assert read_python("setup.py", text) == ManifestFacts()


def test_setup_cfg() -> None:
    text = """[metadata]
name = kit
classifiers =
    Typing :: Typed
# a comment
[options]
packages = find:
python_requires = >=3.10
install_requires =
    numpy>=1.26
    # torch
    torch ; sys_platform == "linux"
setup_requires = wheel
[options.extras_require]
gpu =
    onnxruntime-gpu==1.20
all = pandas
[options.entry_points]
console_scripts =
    kit = kit:main
[flake8]
install_requires = nothing
"""
    found = read("a/setup.cfg", text.encode())
    assert pins(found) == [
        ("numpy", ">=1.26", "", 10),
        ("torch", "", "", 12),
        ("wheel", "", "build-system", 13),
        ("onnxruntime-gpu", "==1.20", "gpu", 16),
        ("pandas", "", "all", 17),
    ]
    (manifest,) = of_kind(found.facts, Manifest)
    assert (manifest.name, manifest.requires_python, manifest.source_line) == ("kit", ">=3.10", "[metadata]")
    assert manifest.packages
    assert manifest.classifiers
    assert manifest.scripts
    text = "[options]\ninstall_requires = file: needs.txt, requirements/base.txt\n"
    (manifest,) = of_kind(read("a/setup.cfg", text.encode()).facts, Manifest)
    assert manifest.dynamic_from == ("a/needs.txt", "a/requirements/base.txt")


def test_a_setup_cfg_of_other_tools() -> None:
    assert read("setup.cfg", b"[flake8]\nmax-line-length = 100\n") == ManifestFacts()


def test_the_header_of_a_script() -> None:
    text = """#!/usr/bin/env -S uv run
# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "torch",
#     "numpy==2.3.4",
# ]
# ///
import torch
"""
    found = read_python("a/job.py", text)
    assert pins(found) == [("torch", "", "", 5), ("numpy", "==2.3.4", "", 6)]
    (manifest,) = of_kind(found.facts, Manifest)
    assert (manifest.dialect, manifest.requires_python) == ("pep723", ">=3.12")
    (pin, _) = of_kind(found.facts, Pin)
    assert (pin.place.span.column, pin.source_line) == (7, '#     "torch",')


@pytest.mark.parametrize(
    "text",
    [
        "# /// script\n# dependencies = ['torch']\n",
        "# /// script\nimport a\n# ///\n",
        "x = '# /// script'\n",
        "# /// script\n# ///\n",
    ],
)
def test_what_is_no_header(text: str) -> None:
    assert read_python("job.py", text) == ManifestFacts()


def test_a_header_that_is_no_toml() -> None:
    (notice,) = read_python("job.py", "a = 1\n# /// script\n# dependencies = [\n# ///\n").notices
    assert notice.kind == "malformed-manifest"


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=" + "[" * 90 + "]" * 90 + ")",
        "setup(install_requires=" + "+".join(["a"] * 900) + ")",
        "a = b\nb = a\nsetup(install_requires=a, extras_require=b)",
        "a = a + a\nsetup(install_requires=a + f(a))",
        "a = ['x']\n"
        + "".join(f"a{n} = a{n - 1 if n else ''} + a{n - 1 if n else ''}\n" for n in range(60))
        + "setup(install_requires=a59)",
        "setup(install_requires=[" + "'torch'," * 20_000 + "])",
        "# /// script\n" + "# a = 1\n" * 50_000 + "# //",
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    started = time.perf_counter()
    read_python("setup.py", text)
    read_python("job.py", text)
    assert time.perf_counter() - started < 10
