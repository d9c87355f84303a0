"""Components: what belongs together, and what project rules may join."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt import vocabulary
from mldebt.config import Component, Config, Flags
from mldebt.facts import FileFacts
from mldebt.index import index
from mldebt.model import Finding, Role
from mldebt.project import Project
from mldebt.run import Request, execute


def project(files: dict[str, str], config: Config | None = None) -> Project:
    facts = [
        FileFacts(path, "python", 1, True, (index(text) or ()) if path.endswith(".py") else ())
        for path, text in files.items()
    ]
    return Project(facts, config or Config(), vocabulary.load({}))


SERVICES = {
    "fraud/pyproject.toml": "",
    "fraud/serve.py": "from common.limits import LIMIT\n",
    "fraud/rules.py": "",
    "churn/pyproject.toml": "",
    "churn/serve.py": "import common.limits\n",
    "common/requirements.txt": "",
    "common/limits.py": "from common import words\n",
    "common/words.py": "",
    "common/plots.py": "",
    "alone/setup.py": "",
    "alone/serve.py": "",
}


def groups(found: Project, *paths: str) -> list[list[str]]:
    return [list(group) for group in found.groups(paths, str)]


def test_services_are_apart_until_they_share_what_has_a_site() -> None:
    found = project(SERVICES)
    assert groups(found, "churn/serve.py", "fraud/rules.py", "fraud/serve.py") == [
        ["churn/serve.py"],
        ["fraud/rules.py", "fraud/serve.py"],
    ]
    shared = ["alone/serve.py", "churn/serve.py", "common/limits.py", "fraud/rules.py"]
    assert groups(found, *shared) == [["alone/serve.py"], shared[1:]]


def test_what_is_imported_is_followed_and_what_is_not_is_left_out() -> None:
    found = project(SERVICES)
    assert groups(found, "common/words.py", "fraud/rules.py") == [["common/words.py", "fraud/rules.py"]]
    assert groups(found, "common/plots.py", "fraud/rules.py") == [["common/plots.py"], ["fraud/rules.py"]]


def test_two_files_are_joined_in_either_order() -> None:
    components = project(SERVICES).components
    assert components.joined("fraud/rules.py", "common/words.py")
    assert components.joined("common/words.py", "fraud/rules.py")
    assert not components.joined("fraud/rules.py", "churn/serve.py")
    assert not components.joined("fraud/rules.py", "common/plots.py")


def test_across_components_everything_is_one() -> None:
    found = project(SERVICES, Config(across_components=True))
    assert groups(found, "churn/serve.py", "fraud/rules.py") == [["churn/serve.py", "fraud/rules.py"]]
    assert found.components.joined("churn/serve.py", "alone/serve.py")


def test_files_that_import_each_other_come_to_an_end() -> None:
    found = project(
        {
            "a/setup.py": "",
            "a/x.py": "import b.y\n",
            "b/setup.py": "",
            "b/y.py": "import a.x\n",
            "c/setup.py": "",
            "c/z.py": "",
        }
    )
    assert groups(found, "a/x.py", "b/y.py", "c/z.py") == [["a/x.py", "b/y.py"], ["c/z.py"]]


def test_the_configuration_says_which_files_are_one_component() -> None:
    declared = (
        Component("risk", ("fraud/", "!fraud/rules.py", "/churn/*.py"), kind="library"),
        Component("rest", ("*",)),
    )
    found = project(SERVICES, Config(components=declared))
    assert found.component("fraud/serve.py") == found.component("churn/serve.py") == "risk"
    assert found.component("alone/serve.py") == "rest"
    assert found.declared_kind("fraud/pyproject.toml") == "library"
    assert found.declared_kind("alone/serve.py") == ""


def test_without_a_word_it_is_the_nearest_folder_with_a_manifest() -> None:
    found = project(SERVICES, Config(components=(Component("risk", ("fraud/",)),)))
    assert found.component("churn/serve.py") == "churn"
    assert found.component("deep/er/a.py") == "."


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("jobs/", "jobs/deep/a.py", True),
        ("jobs/", "app/jobs/a.py", True),
        ("/jobs/", "app/jobs/a.py", False),
        ("jobs/*.py", "jobs/deep/a.py", False),
        ("jobs/**", "jobs/deep/a.py", True),
        ("nightly_*.py", "a/b/nightly_run.py", True),
    ],
)
def test_roles_are_matched_as_gitignore_does(pattern: str, path: str, matches: bool) -> None:
    found = project({path: ""}, Config(roles=((pattern, Role.TRAIN),)))
    assert (found.role(path) is Role.TRAIN) is matches


SERVE = """\
import os

import torch
{imports}
USE_WIDE_RECALL = os.getenv("USE_WIDE_RECALL", "{default}") == "true"
ROWS = int(os.getenv("BATCH_ROWS", "{rows}"))


def serve(model, rows):
    spam_score = torch.sigmoid(model(rows))
    if spam_score > {limit}:
        return rows[:ROWS]
    if USE_WIDE_RECALL:
        return rows.wide()
    return [] if USE_WIDE_RECALL else None


def more(rows):
    return rows.wide() if USE_WIDE_RECALL else rows
"""


def repository(root: Path, imports: str = "") -> Path:
    for name, limit, default, rows in (("fraud", "0.4", "true", "64"), ("churn", "0.7", "false", "32")):
        folder = root / name
        folder.mkdir()
        (folder / "requirements.txt").write_text("torch==2.5.0\n")
        (folder / f"{name}_serve.py").write_text(SERVE.format(imports=imports, limit=limit, default=default, rows=rows))
    return root


def check(root: Path, *, across: bool = False) -> list[Finding]:
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1, across_components=across or None)))
    assert not [notice for notice in outcome.run.notices if notice.fatal]
    return list(outcome.run.findings)


def joint(findings: list[Finding]) -> set[str]:
    """The codes of findings that name a place in the other service."""
    return {
        each.code
        for each in findings
        if any(place.place.path.partition("/")[0] != each.place.path.partition("/")[0] for place in each.related)
    }


def test_two_services_with_the_same_names_have_no_finding_in_common(tmp_path: Path) -> None:
    found = check(repository(tmp_path))
    assert [each.code for each in found].count("THR001") == 2
    assert joint(found) == set()


def test_across_components_they_have(tmp_path: Path) -> None:
    assert {"THR001", "THR002", "FLG001", "FLG006", "ENV007"} <= joint(check(repository(tmp_path), across=True))


def test_a_shared_library_that_has_the_threshold_joins_both(tmp_path: Path) -> None:
    root = repository(tmp_path, imports="from shared.accept import accepted\n")
    (root / "shared").mkdir()
    (root / "shared" / "pyproject.toml").write_text("[project]\nname = 'shared'\nversion = '1'\n")
    (root / "shared" / "accept.py").write_text(
        "import torch\n\n\ndef accepted(model, rows):\n"
        "    spam_score = torch.sigmoid(model(rows))\n    return spam_score > 0.5\n"
    )
    found = [each for each in check(root) if each.code == "THR001"]
    places = {each.place.path: {place.place.path for place in each.related} for each in found}
    assert places["fraud/fraud_serve.py"] == {"churn/churn_serve.py", "shared/accept.py"}
    assert places["shared/accept.py"] == {"churn/churn_serve.py", "fraud/fraud_serve.py"}
