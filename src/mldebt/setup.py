"""What a repository needs to use mldebt, by what it has: the texts of files, none of which is written here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from mldebt import __version__, config_file
from mldebt.config import NAME, PYPROJECT


class Proposal(Struct, frozen=True):
    """A file that may be written. ``there``: what it is for is served already; ``by_hand`` is said then, and
    where the file exists."""

    path: str
    text: str
    what: str
    by_hand: str
    there: bool = False


def propose(root: Path, top: Path, baseline: str) -> Iterator[Proposal]:
    """The files for the project at ``root``, in the repository with its top at ``top``. ``baseline`` is the
    name of the file of known debt, "" without one."""
    yield _configuration(root, baseline)
    if root != top:
        return  # hooks, workflows and editors look at the top of the repository
    yield Proposal(
        ".pre-commit-config.yaml", _PRE_COMMIT, "the hook; `pre-commit install` turns it on",
        f"it is there; add this to its repos:\n{_indented(_HOOK)}",
    )  # fmt: skip
    if (top / ".gitlab-ci.yml").exists():
        yield Proposal(".gitlab-ci.yml", "", "", f"it is there; add this job:\n{_indented(_GITLAB)}", there=True)
    elif (top / ".git").exists():
        yield Proposal(
            ".github/workflows/mldebt.yml", _WORKFLOW, "annotations, step summary and a SARIF log", "it is there"
        )
    if (top / ".vscode").is_dir():
        yield Proposal(
            ".vscode/tasks.json", _editor_file("vscode/tasks.json"), "tasks with a problem matcher",
            "it is there; docs/editors/vscode/tasks.json has the tasks to add",
        )  # fmt: skip
    if (top / ".idea").is_dir():
        yield Proposal(
            ".idea/watcherTasks.xml", _editor_file("others/watcherTasks.xml"), "a file watcher for PyCharm",
            "it is there; docs/editors/others/watcherTasks.xml has the watcher to add",
        )  # fmt: skip


def _configuration(root: Path, baseline: str) -> Proposal:
    line = f'baseline = "{baseline}"\n' if baseline else ""
    pyproject = root / PYPROJECT
    configured = pyproject.is_file() and config_file.has_table(pyproject.read_bytes())
    told = f"make sure that it has {line.strip()}" if line else ""
    if configured:
        return Proposal(PYPROJECT, "", "", f"[tool.mldebt] is there; {told}".rstrip("; "), there=True)
    return Proposal(NAME, _CONFIGURATION.format(baseline=line), "the configuration", told)


def _editor_file(name: str) -> str:
    """A file of docs/editors, which lies beside the modules in a wheel."""
    here = Path(__file__).resolve().parent
    folder = next(each for each in (here / "_editors", here.parent.parent / "docs" / "editors") if each.is_dir())
    return (folder / name).read_text(encoding="utf-8")


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines()).rstrip("\n")


_CONFIGURATION = """\
# mldebt: what it looks for, and how loudly. `mldebt rules` lists all rules, `mldebt explain CODE` tells of one.
{baseline}fail-on = "warning"                # error, warning, note or never
# show = ["notes"]                 # what is counted and not listed
# exclude = ["third_party/"]       # as in .gitignore
# ignore = ["PIN008"]              # codes, prefixes, names, families

# [severity]
# THR003 = "warning"
"""
_HOOK = f"""\
- repo: local
  hooks:
    - id: mldebt
      name: mldebt
      entry: mldebt check --new --quick --force-exclude
      language: python
      additional_dependencies: ["mldebt=={__version__}"]
      types_or: [python, jupyter, toml, yaml, dockerfile, plain-text]
      require_serial: true
"""
_PRE_COMMIT = f"repos:\n{_indented(_HOOK)}\n".replace("    - repo", "  - repo").replace("\n    ", "\n  ")
_WORKFLOW = f"""\
name: mldebt
on:
  pull_request:
  push:
    branches: [main, master]

permissions:
  contents: read

jobs:
  mldebt:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install mldebt=={__version__}
      - run: mldebt check --format github --output sarif=mldebt.sarif --output markdown=mldebt.md
      - if: always()
        run: test ! -f mldebt.md || cat mldebt.md >> "$GITHUB_STEP_SUMMARY"
"""
_GITLAB = f"""\
mldebt:
  image: python:3.12
  script:
    - pip install mldebt=={__version__}
    - mldebt check --output gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""
