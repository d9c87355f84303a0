"""unpinned-pretrained-artefact: how loud it is, what it calls the artefact, what its options allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.model import Finding
from mldebt.run import Request, execute

IMPORT = "from transformers import AutoModel\n"


def found(folder: Path, code: str, options: str = "", path: str = "encode.py") -> list[Finding]:
    (folder / path).write_text(IMPORT + code + "\n", encoding="utf-8")
    (folder / "mldebt.toml").write_text(f"[rules.PIN008]\n{options}\n" if options else "", encoding="utf-8")
    outcome = execute(Request(folder, root=".", flags=Flags(select=("PIN008",), jobs=1)))
    assert not outcome.run.notices
    return list(outcome.run.findings)


@pytest.mark.parametrize(
    ("arguments", "severity", "confidence", "words"),
    [
        ("'o/r'", "warning", "high", "`o/r` is loaded without a revision"),
        ("'o/r', revision='main'", "warning", "high", "`o/r` is loaded at `main`, a branch"),
        ("'o/r', revision='v1.0'", "note", "high", "`o/r` is loaded at `v1.0`: a tag"),
        ("'o/r', trust_remote_code=True", "error", "high", "`o/r` runs code from its repository"),
        ("'o/r', trust_remote_code=False", "warning", "high", "`o/r` is loaded without a revision"),
        ("'o/r', **options", "warning", "low", "`o/r` is loaded without a revision"),
        ("options.name", "warning", "low", "`options.name` is loaded without a revision"),
        ("name", "warning", "medium", "`o/s` is loaded without a revision"),
    ],
)
def test_how_loud_it_is(tmp_path: Path, arguments: str, severity: str, confidence: str, words: str) -> None:
    (finding,) = found(tmp_path, f"def load(options, name='o/s'):\n    return AutoModel.from_pretrained({arguments})")
    assert (finding.severity.value, finding.confidence.value) == (severity, confidence)
    assert finding.message.startswith(words)


def test_a_tag_can_be_allowed(tmp_path: Path) -> None:
    code = "AutoModel.from_pretrained('o/r', revision='v1.0')\nAutoModel.from_pretrained('o/r', revision='main')"
    assert [each.place.span.line for each in found(tmp_path, code, "allow-tags = true")] == [3]


def test_an_organisation_can_be_allowed(tmp_path: Path) -> None:
    code = "AutoModel.from_pretrained('ours/r')\nAutoModel.from_pretrained('theirs/r')"
    code += "\nURL = 'https://huggingface.co/datasets/ours/rows/resolve/main/rows.csv'"
    assert [each.place.span.line for each in found(tmp_path, code, 'allow-orgs = ["ours"]')] == [3]


def test_a_subclass_downloads_as_its_base_does(tmp_path: Path) -> None:
    code = "class Encoder(AutoModel):\n    pass\n\nEncoder.from_pretrained('o/r')"
    assert [each.place.span.line for each in found(tmp_path, code)] == [5]


def test_sites_of_one_artefact_name_each_other(tmp_path: Path) -> None:
    code = "AutoModel.from_pretrained('o/r')\nAutoModel.from_pretrained('o/r', revision='main')"
    first, second = found(tmp_path, code)
    assert [(each.place.span.line, each.message) for each in first.related] == [(3, "o/r@main")]
    assert [(each.place.span.line, each.message) for each in second.related] == [(2, "o/r")]


def test_tests_are_silent_and_examples_are_notes(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (finding,) = found(tmp_path, "AutoModel.from_pretrained('o/r', trust_remote_code=True)", path="examples/run.py")
    assert finding.severity.value == "note"
    (tmp_path / "examples" / "run.py").unlink()
    assert found(tmp_path, "AutoModel.from_pretrained('o/r')", path="test_encode.py") == []
