"""The configuration: what it says, what is refused with which words, which rules it turns on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from mldebt import catalogue
from mldebt.config import Component, Config, Flags, Policy, select_rules, with_flags
from mldebt.config_file import KEYS, has_table, load, parse
from mldebt.errors import ConfigError
from mldebt.model import Confidence, Place, Role, Severity, Span, Suppression
from mldebt.rule_spec import Option, RuleSpec


def spec(code: str, name: str, *options: Option, enabled: bool = True) -> RuleSpec:
    return RuleSpec(
        code, name, code[:3], "model", Severity.WARNING, Confidence.HIGH, (), "m", "s", "w", "r", 5, (),
        options=options, enabled=enabled,
    )  # fmt: skip


SPECS = (
    spec(
        "THR001",
        "hard-coded-score-threshold",
        Option("allowed", "numbers", (0.0, 1.0), "m", "facts"),
        Option("names", "strings", (), "m", "facts"),
        Option("limit", "integer", 3, "m", "link"),
        Option("ratio", "number", 0.5, "m", "link"),
        Option("word", "string", "x", "m", "link"),
        Option("deep", "boolean", False, "m", "link"),
    ),
    spec("THR003", "threshold-constant"),
    spec("TST001", "no-prediction-test"),
    spec("PIN001", "floating-framework"),
    spec("PIN011", "library-over-pin", enabled=False),
)

EVERYTHING = """\
select = ["THR", "hard-coded-score-threshold"]
extend-select = ["PIN011"]
ignore = ["THR003"]
exclude = ["legacy/", "*_old.py"]
source-roots = ["src", "./services/api/"]
project-kind = "application"
fail-on = "never"
show = ["notes"]
strict = true
max-file-lines = 100
jobs = 2
rules-url = "https://docs.example.org/{code}?a=b#c"

[suppressions]
require-reason = true
max-days = 180
grace-days = 7
never = ["PIN001", "tests"]

[severity]
thresholds = "note"
THR001 = "error"

[roles]
"jobs/**" = "train"
"*.api.py" = "serve"

[rules.hard-coded-score-threshold]
allowed = [0, 0.5]
names = ["a"]
limit = 4
ratio = 1
word = "y"
deep = true

[vocabulary]
extend-score-words = ["riskiness"]

[[component]]
name = "scoring"
paths = ["services/scoring/", "!*_old.py"]
kind = "application"
profile = "strict"
owner = "team-x"
criticality = "high"

[[component]]
name = "rest"
paths = ["*"]

[[suppress]]
path = "notebooks/*.ipynb"
code = "THR001"

[[suppress]]
path = "a.py"
codes = ["PIN", "threshold-constant"]
symbol = "main"
kind = "accepted"
reason = "a demonstration"
until = 2027-03-31
owner = "team-x"
"""

EXPECTED = Config(
    path="mldebt.toml",
    select=("THR", "hard-coded-score-threshold"),
    extend_select=("PIN011",),
    ignore=("THR003",),
    exclude=("legacy/", "*_old.py"),
    source_roots=("src", "services/api"),
    project_kind="application",
    fail_on=None,
    show=(Severity.NOTE,),
    strict=True,
    policy=Policy(True, 180, 7, ("PIN001", "tests")),
    max_file_lines=100,
    jobs=2,
    rules_url="https://docs.example.org/{code}?a=b#c",
    severity=(("THR001", Severity.ERROR), ("THR003", Severity.NOTE)),
    roles=(("jobs/**", Role.TRAIN), ("*.api.py", Role.SERVE)),
    options=(
        ("THR001", "allowed", (0.0, 0.5)),
        ("THR001", "deep", True),
        ("THR001", "limit", 4),
        ("THR001", "names", ("a",)),
        ("THR001", "ratio", 1.0),
        ("THR001", "word", "y"),
    ),
    vocabulary=(("score-words", ("riskiness",)),),
    components=(
        Component("scoring", ("services/scoring/", "!*_old.py"), "application", "strict", "team-x", "high"),
        Component("rest", ("*",)),
    ),
    suppressions=(
        Suppression(("THR001",), Place("mldebt.toml", Span(51, 1, 51, 13)), (0, 0), pattern="notebooks/*.ipynb"),
        Suppression(
            ("PIN", "threshold-constant"),
            Place("mldebt.toml", Span(55, 1, 55, 13)),
            (0, 0),
            "accepted",
            "a demonstration",
            "2027-03-31",
            "team-x",
            "main",
            "a.py",
        ),
    ),
)


def read(**files: str) -> Config:
    named = {"mldebt.toml": files.get("own"), "pyproject.toml": files.get("project")}

    def reader(path: str) -> bytes | None:
        text = named[path]
        return None if text is None else text.encode()

    return load(reader, SPECS)


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(own=text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_everything_is_read() -> None:
    assert read(own=EVERYTHING) == EXPECTED
    assert read(own=EVERYTHING.replace("\n", "\r\n")) == EXPECTED


def test_pyproject_says_the_same_under_its_table() -> None:
    moved = EVERYTHING.replace("[[suppress", "[[tool.mldebt.suppress").replace("[[component", "[[tool.mldebt.component")
    for name in ("suppressions", "severity", "roles", "rules.hard-coded-score-threshold", "vocabulary"):
        moved = moved.replace(f"[{name}]", f"[tool.mldebt.{name}]")
    found = read(project='[project]\nname = "x"\n[tool.mldebt]\n' + moved)
    placeless = [replace(s, place=EXPECTED.suppressions[0].place) for s in found.suppressions]
    expected = [replace(s, place=EXPECTED.suppressions[0].place) for s in EXPECTED.suppressions]
    assert placeless == expected
    assert replace(found, path="mldebt.toml", suppressions=()) == replace(EXPECTED, suppressions=())
    assert found.suppressions[0].place == Place("pyproject.toml", Span(54, 1, 54, 25))


def test_no_file_and_no_table_are_the_defaults() -> None:
    assert read() == read(project='[project]\nname = "mldebt"\n') == read(project="# mldebt\n[broken") == Config()
    assert read(own="") == Config(path="mldebt.toml")
    assert read(project="[tool.mldebt]") == Config(path="pyproject.toml")


def test_two_places_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"mldebt\.toml and \[tool\.mldebt\] in pyproject\.toml are both here"):
        read(own="", project="[tool.mldebt]")
    assert read(own="", project="[tool.other]").path == "mldebt.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strict = true\nfail_on = 1", "2:1: fail_on: there is no such key; did you mean 'fail-on'?"),
        ("fail-on = 'warn'", "1:11: fail-on: expected one of error, warning, note, never, found 'warn'; did you mean"),
        ("strict = 'yes'", "1:10: strict: expected true or false, found a text"),
        ("select = 'THR'", "1:10: select: expected a list of texts, found a text"),
        ("select = ['THR001',\n  3]", "2:3: select[2]: expected a text, found a whole number"),
        ("select = ['THR01x']", "1:11: select[1]: there is no rule 'THR01x'; did you mean 'THR001'?"),
        ("select = ['T']", "1:11: select[1]: there is no rule 'T'"),
        ("ignore = ['hard-coded-treshold']", "1:11: ignore[1]: there is no rule 'hard-coded-treshold'; did you mean"),
        ("exclude = ['a', '[b']", "1:17: exclude[2]: '[b' is not a pattern: a [ has no ]"),
        ("exclude = ['']", "1:12: exclude[1]: '' is not a pattern: it is empty or a comment"),
        ("source-roots = ['../x']", "1:17: source-roots[1]: '../x' is not a folder under the root"),
        ("source-roots = ['/x']", "1:17: source-roots[1]: '/x' is not a folder under the root"),
        ("max-file-lines = 0", "1:18: max-file-lines: expected a whole number from 1, found 0"),
        ("jobs = true", "1:8: jobs: expected a whole number from 0, found true"),
        ("severity = 1", "1:12: severity: expected a table, found a whole number"),
        ("[severity]\nTHR009 = 'note'", "2:1: severity.THR009: there is no rule 'THR009'; did you mean"),
        ("[severity]\nTHR001 = 'warn'", "2:10: severity.THR001: expected one of error, warning, note, found 'warn'"),
        ("[roles]\n'a[' = 'train'", "2:1: roles.\"a[\": 'a[' is not a pattern: a [ has no ]"),
        ("[roles]\na = 'training'", "2:5: roles.a: expected one of train, serve,"),
        ("[rules.THR]\nlimit = 1", "1:8: rules.THR: there is no rule 'THR'; its code or name is needed"),
        (
            "[rules.THR001]\nlimits = 1",
            "2:1: rules.THR001.limits: THR001 has no option 'limits'; did you mean 'limit'?",
        ),
        ("[rules.THR003]\nx = 1", "2:1: rules.THR003.x: THR003 has no option 'x'; it has none"),
        ("[rules.THR001]\nlimit = 1.5", "2:9: rules.THR001.limit: expected a whole number, found a number"),
        ("[rules.THR001]\nratio = true", "2:9: rules.THR001.ratio: expected a number, found true"),
        (
            "[rules.THR001]\nallowed = ['x']",
            "2:11: rules.THR001.allowed: expected a list of numbers, found a text in it",
        ),
        ("[rules.THR001]\nnames = 'x'", "2:9: rules.THR001.names: expected a list of texts, found a text"),
        ("[rules.THR001]\nratio = 1" + "0" * 400, "2:9: rules.THR001.ratio: is larger than any number"),
        ("[rules.THR001]\n[rules.hard-coded-score-threshold]", "2:8: rules.hard-coded-score-threshold: says the same"),
        (
            "[vocabulary]\nextend-score-word = []",
            "2:1: vocabulary.extend-score-word: there is no such list; did you mean",
        ),
        ("[vocabulary]\nextend-score-words = ['a=b']", "2:22: vocabulary.extend-score-words: vocabulary score-words"),
        ("[component]", "1:2: component: expected tables; write [[component]]"),
        ("[[component]]\npaths = ['a']", "1:3: component[1]: name is missing"),
        ("[[component]]\nname = 'a'\npaths = []", "3:1: component[1].paths: paths is missing"),
        ("[[component]]\nname = 'a'\npaths = ['[']", "3:10: component[1].paths[1]: '[' is not a pattern"),
        (
            "[[component]]\nname = 'a'\npaths = ['a']\nkind = 'app'",
            "4:8: component[1].kind: expected one of application",
        ),
        ("[[component]]\nname = 'a'\npaths = ['a']\nowners = 'x'", "4:1: component[1].owners: there is no such key"),
        (
            "[[component]]\nname = 'a'\npaths = ['a']\n[[component]]\nname = 'a'\npaths = ['b']",
            "5:8: component[2].name: there is a component 'a' already",
        ),
        ("[suppress]", "1:2: suppress: expected tables; write [[suppress]]"),
        ("[[suppress]]\ncode = 'THR001'", "1:3: suppress[1]: path is missing"),
        ("[[suppress]]\npath = 'a'", "1:3: suppress[1]: code (a text) or codes (a list) is needed"),
        ("[[suppress]]\npath = 'a'\ncode = 'THR9'", "3:8: suppress[1].code: there is no rule 'THR9'"),
        (
            "[[suppress]]\npath = 'a'\nreasons = 'x'",
            "3:1: suppress[1].reasons: there is no such key; did you mean 'reason'?",
        ),
        (
            "[[suppress]]\npath = 'a'\ncode = 'THR001'\nuntil = 2027-03-31T10:00:00",
            "4:9: suppress[1].until: expected a day",
        ),
        ("[[suppress]]\npath = 'a'\ncode = 'THR001'\nuntil = '31.3.2027'", "4:9: suppress[1].until: expected a day"),
        (
            "[[suppress]]\npath = 'a'\ncode = 'THR001'\nkind = 'fine'",
            "4:8: suppress[1].kind: expected one of wrong, accepted",
        ),
        ("a = 1\nb = = 2", "2:5: is not TOML: Invalid value"),
        ("a = 1\nb", "2"),
        ("a = " + "[" * 5_000, " is nested too deeply"),
    ],
)
def test_mistakes_are_told_with_place_key_and_remedy(text: str, message: str) -> None:
    assert refused(text).startswith(f"mldebt.toml:{message}")


def test_mistakes_in_pyproject_name_the_whole_key() -> None:
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:2:1: tool\.mldebt\.selct: there is no such key"):
        read(project="[tool.mldebt]\nselct = []")
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:1:18: tool\.mldebt: expected a table, found true"):
        read(project="tool = {mldebt = true}")
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:2:10: is not TOML"):
        read(project="[tool.mldebt]\nselect = ]")


def test_not_utf8() -> None:
    with pytest.raises(ConfigError, match=r"^mldebt\.toml:2: is not UTF-8"):
        parse("mldebt.toml", b"# a\n# \xe9\n", SPECS)


def test_has_table() -> None:
    assert has_table(b"[tool.mldebt.roles]\n")
    assert has_table(b"tool.mldebt.strict = true")
    assert not has_table(b"[tool.mldebt-other]\n")
    assert not has_table(b"dependencies = ['mldebt']")


def codes(config: Config) -> list[str]:
    return [rule.code for rule in select_rules(SPECS, config)]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Config(), ["PIN001", "THR001", "THR003", "TST001"]),
        (Config(select=("THR",)), ["THR001", "THR003"]),
        (Config(select=("thresholds",)), ["THR001", "THR003"]),
        (Config(select=("thr00",)), ["THR001", "THR003"]),
        (Config(select=("threshold-constant",)), ["THR003"]),
        (Config(select=("PIN",)), ["PIN001"]),
        (Config(select=("PIN011",)), ["PIN011"]),
        (Config(select=("ALL",)), ["PIN001", "PIN011", "THR001", "THR003", "TST001"]),
        (Config(extend_select=("library-over-pin",)), ["PIN001", "PIN011", "THR001", "THR003", "TST001"]),
        (Config(ignore=("THR",)), ["PIN001", "TST001"]),
        (Config(ignore=("THR",), extend_select=("THR003",)), ["PIN001", "THR003", "TST001"]),
        (Config(select=("THR",), ignore=("THR001",)), ["THR003"]),
        (Config(select=("THR001",), ignore=("THR001",)), []),
        (Config(ignore=("ALL",)), []),
    ],
)
def test_selection(config: Config, expected: list[str]) -> None:
    assert codes(config) == expected


def test_an_unknown_selector_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(ConfigError, match=r"ignore: there is no rule 'THR0O1'; did you mean 'THR001'\?"):
        codes(Config(ignore=("THR0O1",)))
    with pytest.raises(ConfigError, match="select: there is no rule 'T'"):
        codes(Config(select=("T",)))


def test_flags_go_over_the_file() -> None:
    config = Config(select=("THR",), extend_select=("PIN001",), ignore=("THR003",), strict=True, jobs=3)
    assert with_flags(config, Flags()) == config
    flags = Flags(select=("TST",), extend_select=("PIN011",), ignore=(), fail_on="never", strict=False, show=())
    assert with_flags(config, flags) == Config(
        select=("TST",), extend_select=("PIN001", "PIN011"), fail_on=None, strict=False, jobs=3
    )


def test_exclusions_add_up_and_bad_ones_are_told() -> None:
    assert with_flags(Config(exclude=("a",)), Flags(exclude=("b",))).exclude == ("a", "b")
    with pytest.raises(ConfigError, match=r"^--exclude: 'a\[' is not a pattern: a \[ has no \]$"):
        with_flags(Config(), Flags(exclude=("a[",)))


@pytest.mark.parametrize("page", ["configuration.md", "suppressions.md"])
def test_what_the_documentation_shows_is_understood(page: str) -> None:
    text = (Path(__file__).parent.parent / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        assert parse("mldebt.toml", block.encode(), catalogue.load().specs) != Config(path="mldebt.toml")


def test_the_documentation_has_every_key() -> None:
    text = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"| `{key}` |" not in text and f"[{key}" not in text] == []
