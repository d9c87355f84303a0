"""What moving-source says, beyond where it says it (the fixtures show that)."""

from __future__ import annotations

import pytest

from mldebt import catalogue, vocabulary
from mldebt.checks.versions.moving_source import MovingSource
from mldebt.config import Config
from mldebt.facts import FileFacts
from mldebt.link import link
from mldebt.model import Finding, Severity
from mldebt.project import Project
from mldebt.sources.manifests.reading import read

SPEC = catalogue.load().by_code("PIN003")


def findings(files: dict[str, str], **options: bool) -> tuple[Finding, ...]:
    facts = [FileFacts(path, "manifest", 1, True, read(path, text.encode()).facts) for path, text in files.items()]
    project = Project(facts, Config(), vocabulary.load())
    found, notices, _ = link(project, [SPEC], [MovingSource(SPEC, {"allow-tags": False, **options})])
    assert notices == ()
    return found


def test_credentials_are_shown_nowhere() -> None:
    (finding,) = findings({"requirements.txt": "kit @ git+https://me:hunter2@git.example.org/ml/kit.git@main\n"})
    assert "hunter2" not in repr(finding)
    assert "git+https://git.example.org/ml/kit.git@main" in finding.message


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("kit @ git+https://git.example.org/kit.git", "follows the default branch"),
        ("kit @ git+https://git.example.org/kit.git@main", "follows branch `main`"),
        ("https://git.example.org/ml/kit/archive/master.zip", "follows branch `master`"),
        ("kit @ git+https://git.example.org/kit.git@v1", "tag `v1` only"),
        ("../kit", "stands outside the repository"),
        ("https://git.example.org/ml/kit/releases/latest/download/kit.whl", "follows the latest release"),
    ],
)
def test_messages(line: str, words: str) -> None:
    (finding,) = findings({"requirements.txt": f"{line}\n"})
    assert words in finding.message
    assert finding.severity is (Severity.NOTE if "tag" in words else Severity.WARNING)


def test_tags_can_be_allowed() -> None:
    files = {"requirements.txt": "kit @ git+https://git.example.org/kit.git@v1\n"}
    assert findings(files, **{"allow-tags": True}) == ()


def test_a_branch_whose_commit_a_lock_holds_is_a_note() -> None:
    project = '[project]\ndependencies = ["kit @ git+https://git.example.org/kit.git@main"]\n'
    (finding,) = findings({"pyproject.toml": project, "uv.lock": '[[package]]\nname = "kit"\nversion = "1"\n'})
    assert finding.severity is Severity.NOTE
    (finding,) = findings({"pyproject.toml": project, "uv.lock": '[[package]]\nname = "other"\nversion = "1"\n'})
    assert finding.severity is Severity.WARNING


def test_a_source_that_several_groups_use_is_one_finding_where_it_stands() -> None:
    text = '[project]\ndependencies = ["kit"]\noptional-dependencies.gpu = ["kit"]\n'
    text += '[tool.uv.sources]\nkit = { git = "https://git.example.org/kit.git" }\n'
    (finding,) = findings({"pyproject.toml": text})
    assert finding.place.span.line == 5
    assert finding.source_line.startswith("kit = {")


def test_the_identity_stays_when_lines_move() -> None:
    line = "kit @ git+https://git.example.org/kit.git@main\n"
    (before,) = findings({"requirements.txt": line})
    (after,) = findings({"requirements.txt": f"# more\nother==1\n{line}"})
    assert (before.fingerprint, before.place.span.line) != (after.fingerprint, after.place.span.line)
    assert before.fingerprint == after.fingerprint
