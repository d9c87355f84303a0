"""The catalogue's contract: what a rule's file must hold, and that rule, class, fixtures and page agree."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from mldebt.catalogue import Catalogue, load, rules_folder
from mldebt.errors import CatalogueError, UserError
from mldebt.model import Role, Severity
from mldebt.rule_spec import FAMILIES, RuleSpec

ROOT = Path(__file__).resolve().parent.parent
SPECS = load().specs
BY_CODE = [pytest.param(spec, id=spec.code) for spec in SPECS]

RULE = """
code = "THR901"
name = "made-up-rule"
family = "THR"
debt = "configuration"
severity = "warning"
confidence = "high"
minutes = 15
message = "`{score}` is wrong"
summary = "One line."
why = "Because."
remedy = "Do."
references = []

[roles]
train = "error"
other = "warning"

[placeholders]
score = "the score"

[[options]]
name = "allowed-literals"
type = "numbers"
default = [0.5]
meaning = "Numbers."
affects = "facts"

[[bad]]
path = "a.py"
code = '''
a = 1  # expect: THR901
'''

[[good]]
path = "a.py"
code = "a = 1"
"""


@pytest.fixture
def catalogue_of(tmp_path: Path) -> Callable[..., Catalogue]:
    """Loads a catalogue of the files given as ``{"folder/name": text}``."""

    def build(**files: str) -> Catalogue:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", "-")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".toml").write_text(text, encoding="utf-8")
        return load(tmp_path)

    return build


# the reader ---------------------------------------------------------------------------------------


def test_a_rule_is_read_whole(catalogue_of: Callable[..., Catalogue]) -> None:
    (spec,) = catalogue_of(thresholds__made_up_rule=RULE).specs
    assert (spec.code, spec.severity, spec.minutes, spec.enabled) == ("THR901", Severity.WARNING, 15, True)
    assert spec.roles == ((Role.TRAIN, Severity.ERROR), (Role.OTHER, Severity.WARNING))
    assert spec.options[0].default == (0.5,)
    assert spec.bad[0].code == "a = 1  # expect: THR901\n"
    assert spec.say(score="p") == "`p` is wrong"


def changed(old: str, new: str) -> str:
    assert old in RULE
    return RULE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed("minutes = 15", "minute = 15"), "minutes: is missing"),
        (changed("minutes = 15", "minutes = 15\ncolour = 1"), "unknown key 'colour'"),
        (changed("minutes = 15", 'minutes = "15"'), "minutes: is not of type int"),
        (changed("minutes = 15", "minutes = true"), "minutes: is not of type int"),
        (changed("minutes = 15", "minutes = 0"), "minutes: is not positive"),
        (changed('severity = "warning"', 'severity = "fatal"'), "severity: 'fatal' is none of error, warning, note"),
        (changed('debt = "configuration"', 'debt = "moral"'), "debt: 'moral' is none of"),
        (changed("THR901", "THR1"), "code: 'THR1' is not THR and 3 digits"),
        (changed("THR901", "BIZ901"), "code: 'BIZ901' is not THR"),
        (changed("made-up-rule", "other-rule"), "name: 'other-rule' is not the file's name"),
        (changed("made-up-rule", "Made_up"), "is not kebab-case"),
        (changed("train =", "trainer ="), "'trainer' is no role"),
        (changed('train = "error"', 'train = "off"'), "train: 'off' is none of"),
        (changed("{score}", "{score!r}"), "is no plain placeholder"),
        (changed("`{score}`", "`{}`"), "is no plain placeholder"),
        (changed("`{score}`", "`{score`"), "message"),
        (changed("`{score}`", "`{value}`"), "message: value not declared under placeholders"),
        (changed("`{score}`", "it"), "placeholders: score not in any message"),
        (changed("references = []", "references = [1]"), "references: is not a list of texts"),
        (changed("references = []", 'references = []\nsupersedes = ["THR999"]'), "supersedes: 'THR999' is no rule"),
        (changed("references = []", 'references = []\nsupersedes = ["THR901"]'), "supersedes: itself"),
        (changed("default = [0.5]", "default = 0.5"), "options[1]: default: is not of type numbers"),
        (changed("default = [0.5]", "default = [1]"), "options[1]: default: is not of type numbers"),
        (changed('affects = "facts"', 'affects = "all"'), "options[1]: affects: 'all' is none of"),
        (changed('summary = "One line."', 'summary = " "'), "summary: is empty"),
        (RULE.partition("[[good]]")[0], "at least one example"),
        (RULE + '[[good]]\npath = "a.py"\ncode = "b = 1"\n', "two examples have one path"),
        (RULE + 'role = "x"\n', "good[1]: unknown key 'role'"),
        (RULE + "= 1\n", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(catalogue_of: Callable[..., Catalogue], text: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=re.escape(message)) as error:
        catalogue_of(thresholds__made_up_rule=text)
    assert "made-up-rule.toml" in str(error.value)


def test_a_rule_in_the_wrong_folder_is_refused(catalogue_of: Callable[..., Catalogue]) -> None:
    with pytest.raises(CatalogueError, match="family: THR belongs in thresholds/"):
        catalogue_of(versions__made_up_rule=RULE)


def test_a_code_belongs_to_one_rule(catalogue_of: Callable[..., Catalogue]) -> None:
    with pytest.raises(CatalogueError, match="'THR901' is also"):
        catalogue_of(thresholds__made_up_rule=RULE, thresholds__other=RULE.replace("made-up-rule", "other"))


def test_variants_are_messages_of_their_own(catalogue_of: Callable[..., Catalogue]) -> None:
    text = changed("[placeholders]", '[variants]\nshown = "{score} is shown"\n\n[placeholders]')
    (spec,) = catalogue_of(thresholds__made_up_rule=text).specs
    assert spec.say("shown", score="p{q}") == "p{q} is shown"
    with pytest.raises(CatalogueError, match="no message named 'hidden'"):
        spec.say("hidden", score="p")
    with pytest.raises(CatalogueError, match="needs a value for 'score'"):
        spec.say(value="p")


def test_the_digest_follows_the_files(tmp_path: Path) -> None:
    digests = set()
    for number, text in enumerate((RULE, RULE, changed("Because.", "So."))):
        path = tmp_path / str(number) / "thresholds" / "made-up-rule.toml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        digests.add(load(path.parent.parent).digest)
    assert len(digests) == 2


# finding a rule -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["THR001", "thr001", "hard-coded-score-threshold", "Hard-Coded-Score-Threshold"])
def test_a_rule_is_found_by_code_or_name(text: str) -> None:
    assert load().find(text).code == "THR001"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("THR01", "did you mean 'THR0"),
        ("hard-coded-threshold", "did you mean 'hard-coded-score-threshold'"),
        ("zzz", "`mldebt rules` lists them"),
    ],
)
def test_a_rule_that_is_not_there_brings_a_hint(text: str, hint: str) -> None:
    with pytest.raises(UserError, match=re.escape(hint)):
        load().find(text)


def test_our_own_questions_are_exact() -> None:
    assert load().by_code("THR001") is load().by_name("hard-coded-score-threshold")
    for ask in (load().by_code, load().by_name):
        with pytest.raises(CatalogueError, match="thr001"):
            ask("thr001")


def test_read_once_and_sorted() -> None:
    assert load() is load()
    assert [spec.code for spec in SPECS] == sorted(spec.code for spec in SPECS)


# the rules that ship ------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", BY_CODE)
def test_messages_are_one_convincing_sentence(spec: RuleSpec) -> None:
    for message in (spec.message, *dict(spec.variants).values()):
        assert 60 <= len(message) <= 160, len(message)
        assert message[0].islower() or message[0] in '`{"', message
        assert not message.endswith("."), message
        assert not re.search(r"\bfiles?\b.*\{|\{(n|count|sites|files)\}", message), "counts are related places"


@pytest.mark.parametrize("spec", BY_CODE)
def test_texts_say_something(spec: RuleSpec) -> None:
    assert spec.summary.endswith(".")
    assert len(spec.summary) <= 100
    sentences = re.findall(r"[.?!](?=\s|$)", spec.why)
    assert 2 <= len(sentences) <= 5, "why: two to four sentences on the interest that is paid"
    assert spec.remedy.endswith((".", "`"))


@pytest.mark.parametrize("spec", BY_CODE)
def test_code_families_are_silent_in_tests_and_quiet_in_examples(spec: RuleSpec) -> None:
    roles = dict(spec.roles)
    if spec.family not in ("PIN", "SUP", "TST"):  # tests are what TST speaks of
        assert Role.TEST not in roles
    if spec.family != "SUP":
        assert roles.get(Role.EXAMPLE, Severity.NOTE) is Severity.NOTE
    assert spec.severity in roles.values()


@pytest.mark.parametrize("spec", BY_CODE)
def test_bad_examples_mark_what_is_reported_and_good_ones_nothing(spec: RuleSpec) -> None:
    assert any(re.search(rf"# expect: .*{spec.code}\b", example.code) for example in spec.bad)
    for example in spec.good:
        assert "# expect:" not in example.code
    for example in (*spec.bad, *spec.good):
        assert not example.path.startswith("/")
        assert ".." not in example.path
        if example.path.endswith(".py"):
            ast.parse(example.code)


# found wherever mldebt is installed ----------------------------------------------------------------


def test_a_checkout_finds_its_rules() -> None:
    assert rules_folder() == ROOT / "rules"


def test_a_wheel_finds_its_rules(tmp_path: Path) -> None:
    """The layout that pyproject.toml gives a wheel, unpacked away from the checkout."""
    pytest.importorskip("hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    script = (
        "import json; from mldebt.catalogue import load, rules_folder; from mldebt import vocabulary;"
        "print(json.dumps([str(rules_folder()), len(load().specs), load().digest, vocabulary.load().digest()]))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "site")},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    folder, rules, digest, words = json.loads(shown.stdout)
    assert Path(folder) == (tmp_path / "site" / "mldebt" / "_rules").resolve()
    assert rules == len(SPECS)
    from mldebt import vocabulary

    assert (digest, words) == (load().digest, vocabulary.load().digest())


# the pages ----------------------------------------------------------------------------------------


def generator() -> ModuleType:
    found = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_pages_are_what_the_generator_writes() -> None:
    generate = generator()
    assert generate.stale(ROOT / "docs" / "rules", generate.pages(load())) == [], "run docs/generate.py"
    assert generate.ACCURACY.read_text("utf-8") == generate.accuracy_page(load()), "run docs/generate.py"


def test_the_generator_sees_and_mends_drift(tmp_path: Path) -> None:
    generate = generator()
    wanted = generate.pages(load())
    assert set(generate.stale(tmp_path, wanted)) == set(wanted)
    generate.write(tmp_path, wanted)
    assert generate.stale(tmp_path, wanted) == []
    (tmp_path / "THR001.md").write_text("old", encoding="utf-8")
    (tmp_path / "THR999.md").write_text("gone", encoding="utf-8")
    assert generate.stale(tmp_path, wanted) == ["THR001.md", "THR999.md"]
    generate.write(tmp_path, wanted)
    assert generate.stale(tmp_path, wanted) == []


def test_families_have_letters_and_a_folder_of_their_own() -> None:
    assert all(re.fullmatch(r"[A-Z]{3}", letters) for letters in FAMILIES)
    assert len(set(FAMILIES.values())) == len(FAMILIES)
    folders = {path.name for path in (ROOT / "rules").iterdir() if path.is_dir()} - {"vocabulary"}
    assert folders <= set(FAMILIES.values())
