"""One rule, told to a person: for ``mldebt explain CODE``, for help in SARIF, for the docs."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from mldebt.report.printable import duration
from mldebt.report.style import Style
from mldebt.rule_spec import Example, Option, RuleSpec

_LANGUAGES = {
    "py": "python", "pyi": "python", "toml": "toml", "yaml": "yaml", "yml": "yaml", "json": "json",
    "ipynb": "json", "cfg": "ini", "ini": "ini", "sh": "sh", "sql": "sql",
}  # fmt: skip


def explain_text(rule: RuleSpec, width: int = 88, color: bool = False) -> str:
    """The rule as plain text, wrapped to ``width``."""
    style = Style(color)
    lines = [f"{style.paint(rule.code, 'bold')} {rule.name} ({_level(rule)})", ""]
    lines += [*_wrap(rule.summary, width)]
    for title, words in (("Why", rule.why), ("Remedy", rule.remedy)):
        lines += ["", style.paint(title, "bold"), *_wrap(words, width, "  ")]
    for title, examples in (("Reported", rule.bad), ("Not reported", rule.good)):
        for example in examples:
            code = textwrap.indent(_code(example), "    ").split("\n")
            lines += ["", style.paint(f"{title}: {example.path}", "bold"), *code]
    if facts := list(_facts(rule)):
        lines += ["", style.paint("Details", "bold")]
        for fact in facts:
            lines += _wrap(f"- {fact}", width, "  ", "    ")
    lines += ["", style.paint("To accept one place", "bold"), f"    {_accept(rule)}"]
    lines += ["", *_references(rule)]
    return "\n".join(lines).rstrip() + "\n"


def explain_markdown(rule: RuleSpec) -> str:
    """The rule as a page of GitHub's markdown."""
    parts = [f"# {rule.code} `{rule.name}`", rule.summary, "## Why", rule.why, "## Remedy", rule.remedy]
    for title, examples in (("Reported", rule.bad), ("Not reported", rule.good)):
        for example in examples:
            parts += [f"## {title}: `{example.path}`", _fence(example)]
    parts += ["## Details", "\n".join(f"- {fact}" for fact in _facts(rule, "`"))]
    if rule.options:
        parts += ["## Options", _option_table(rule.options)]
    parts += ["## To accept one place", f"```text\n{_accept(rule)}\n```"]
    if rule.references:
        parts += ["## References", "\n".join(f"- {reference}" for reference in rule.references)]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _level(rule: RuleSpec) -> str:
    return f"{rule.severity.value}, {rule.confidence.value} confidence" + ("" if rule.enabled else ", off by default")


def _facts(rule: RuleSpec, quote: str = "") -> Iterator[str]:
    yield f"{_level(rule)}; {rule.debt} debt; about {duration(rule.minutes)} to repay"
    if rule.roles:
        spoken = ", ".join(f"{role.value} ({severity.value})" for role, severity in rule.roles)
        yield f"speaks in files whose role is: {spoken}"
    if measured := rule.accuracy:
        share = f"{measured.right} of {measured.judged} findings that were read were right"
        interval = f"95 % interval {measured.low:.2f} to {measured.high:.2f}"
        yield f"measured: {share}, in {measured.repositories} repositories ({interval})"
    if not rule.documentation:
        yield "silent in what is there to be read: docs, documentation and tutorials"
    if rule.topic:
        yield f"silent where the configuration declares {quote}{rule.topic}{quote} to stand elsewhere"
    if rule.supersedes:
        yield f"speaks instead of: {', '.join(f'{quote}{code}{quote}' for code in rule.supersedes)}"
    for fix in rule.fixes:
        yield f"fixed ({fix.safety}): {fix.does}"
    if not quote:
        for option in rule.options:
            yield f"option {option.name} ({option.type}, default {_value(option)}): {option.meaning}"


def _option_table(options: Sequence[Option]) -> str:
    rows = ["| option | type | default | meaning |", "|---|---|---|---|"]
    rows += [f"| `{o.name}` | {o.type} | `{_value(o)}` | {o.meaning.replace('|', chr(92) + '|')} |" for o in options]
    return "\n".join(rows)


def _value(option: Option) -> str:
    """A default as it would stand in the configuration file."""
    value = option.default
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_scalar(item) for item in value)}]"
    return _scalar(value)


def _scalar(value: str | float) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _accept(rule: RuleSpec) -> str:
    return f"# mldebt: ignore[{rule.code}] accepted -- the reason"


def _references(rule: RuleSpec) -> list[str]:
    return ["References", *(f"  {reference}" for reference in rule.references)] if rule.references else []


def _fence(example: Example) -> str:
    """A code block whose fence is longer than any run of backticks inside it."""
    code = _code(example)
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    language = _LANGUAGES.get(example.path.rpartition(".")[2].lower(), "text")
    return f"{fence}{language}\n{code}\n{fence}"


def _code(example: Example) -> str:
    """The code with its expectations in words for readers."""
    return re.sub(r"# expect: (?=[A-Z])", "# reported: ", example.code.rstrip())


def _wrap(words: str, width: int, indent: str = "", further: str | None = None) -> Iterator[str]:
    """Paragraphs, wrapped; a line that is indented already (code, a list) stays as it is."""
    further = indent if further is None else further
    for paragraph in re.split(r"\n[ \t]*\n", words.strip("\n")):
        if paragraph.startswith((" ", "\t")):
            yield from (indent + line for line in paragraph.split("\n"))
        else:
            yield from textwrap.wrap(
                paragraph, width, initial_indent=indent, subsequent_indent=further, break_on_hyphens=False
            )
