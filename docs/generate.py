"""Write docs/rules/, docs/accuracy.md, docs/fixes.md and docs/taxonomy.md from the catalogue:
``python docs/generate.py [--check]``.

With ``--check`` nothing is written; the exit code is 1 when a page is missing, stale or too many.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from mldebt import taxonomy
from mldebt.catalogue import Catalogue, load
from mldebt.report.explain import explain_markdown
from mldebt.rule_spec import FAMILIES, Accuracy, Labelled, RuleSpec

PAGES = Path(__file__).resolve().parent / "rules"
ACCURACY = PAGES.parent / "accuracy.md"
TAXONOMY = PAGES.parent / "taxonomy.md"
FIXES = PAGES.parent / "fixes.md"
# The families whose findings are read.
MEASURED = ("THR", "BIZ", "ENV", "FLG", "TST", "OPS", "GLU", "DOC", "LLM", "MOD")


def pages(catalogue: Catalogue) -> dict[str, str]:
    """File name -> text, for every page of docs/rules/."""
    found = {f"{spec.code}.md": explain_markdown(spec) for spec in catalogue.specs}
    return {"README.md": _overview(catalogue), **found}


def stale(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Names of pages in ``folder`` that are missing, differ, or belong to no rule."""
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*present, *wanted} if present.get(name) != wanted.get(name))


def write(folder: Path, wanted: dict[str, str]) -> None:
    """Make ``folder`` hold these pages and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale(folder, wanted):
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (folder / name).unlink()


def accuracy_page(catalogue: Catalogue) -> str:
    """docs/accuracy.md, from what was measured."""
    measured = [spec for spec in catalogue.specs if spec.accuracy is not None]
    lines = [
        "# How often mldebt is right",
        "",
        "Two things are measured, and both can be measured anew by one command, `python benchmarks/accuracy/measure.py",
        "--corpus DIR --write`, from a folder of unpacked repositories. Intervals are Wilson's, at 95 %.",
        "",
        "## Precision: findings that were read",
        "",
        "Findings in public repositories were read one by one and called right or wrong;",
        "`benchmarks/accuracy/judged.jsonl` holds the places, the verdicts and who read them. Reader *a* did not write",
        "the rules; reader *b* wrote guards for the classes of false alarms that came up, and what a guard silenced is",
        "no longer in the table, so *all* is kinder than fresh code. *Loud* are the findings that were warnings or",
        "errors when they were read. *Fresh* are those, of the loud ones where there are any, in repositories that no",
        "guard of that rule was made on. A rule is a warning or an error by default only when its loud findings were",
        "right with a lower bound of 0.81 or more (that of 46 in 50), and five repositories or more are fresh; else",
        "it is a note, whatever it costs when it is right. `tests/test_accuracy.py` holds the rules to it.",
        "",
        "| rule | severity | all: right of judged | loud | loud interval | fresh | repositories, all and fresh |",
        "|---|---|---|---|---|---|---|",
        *(_measured(spec, spec.accuracy) for spec in measured if spec.accuracy is not None),
        "",
        "Not in the table, because nobody has read enough of their findings: "
        + ", ".join(spec.code for spec in catalogue.specs if spec.accuracy is None and spec.family in MEASURED)
        + ".",
        "",
        "## Recall: lines that were labelled",
        "",
        "Lines of fourteen repositories were labelled yes, weak, no or unsure before any rule spoke, and lines of",
        "others that a search for the names of environments gave, or that were met reading files from top to bottom",
        "(`benchmarks/accuracy/labels.jsonl`). Precision here is the share of yes among the yes and no lines that are",
        "reported, recall the share of the yes lines that are. Guards were made with the fourteen in view.",
        "",
        "| family | precision | interval | recall | interval |",
        "|---|---|---|---|---|",
        *map(_labelled, catalogue.labelled),
    ]
    return "\n".join(lines) + "\n"


def _measured(spec: RuleSpec, found: Accuracy) -> str:
    cells = [f"{found.right} of {found.judged}"]
    loud, fresh = found.loud, found.fresh
    cells += [f"{loud.right} of {loud.judged}", f"{loud.low:.2f} to {loud.high:.2f}"] if loud is not None else ["", ""]
    cells += [f"{fresh.right} of {fresh.judged}"] if fresh is not None else [""]
    cells += [f"{found.repositories}, {fresh.repositories}" if fresh is not None else f"{found.repositories}, 0"]
    return f"| [{spec.code}](rules/{spec.code}.md) | {spec.severity.value} | {' | '.join(cells)} |"


def _labelled(found: Labelled) -> str:
    cells = []
    for share in (found.precision, found.recall):
        cells += [f"{share.right} of {share.judged}", f"{share.low:.2f} to {share.high:.2f}"]
    return f"| {found.family} | {' | '.join(cells)} |"


def _overview(catalogue: Catalogue) -> str:
    lines = [
        "# Rules",
        "",
        f"mldebt knows {len(catalogue.specs)} rules. `mldebt explain CODE` prints a page of these.",
        "",
    ]
    for family, specs in groupby(catalogue.specs, key=lambda spec: spec.family):
        lines += [f"## {family}: {FAMILIES[family].replace('-', ' ')}", ""]
        lines += ["| code | name | severity | what it reports |", "|---|---|---|---|"]
        lines += [*map(_row, specs), ""]
    return "\n".join(lines).rstrip() + "\n"


def _row(spec: RuleSpec) -> str:
    severity = spec.severity.value if spec.enabled else "off"
    return f"| [{spec.code}]({spec.code}.md) | `{spec.name}` | {severity} | {spec.summary} |"


def fixes_page(catalogue: Catalogue) -> str:
    """docs/fixes.md: how the findings of each rule are fixed."""
    fixable = [spec for spec in catalogue.specs if spec.fixes]
    lines = [
        "# What can be fixed",
        "",
        "`mldebt check --diff` shows what would be written, `--fix` writes it. Without more, only *safe* fixes are",
        "made: the program does what it did, or what a lock says it does. `--unsafe-fixes` makes the *unsafe* ones as",
        "well: they are right as a rule, and a person should look. *Suggested* ones are shown in JSON, SARIF and",
        "editors, and never made.",
        "",
        "A fix writes what the project knows already: the version in a lock, the seed that training uses, a class of",
        "settings that exists. What is not known, or known in two ways, is not fixed. Before a byte is written, all",
        "rules run on the result: a fix whose finding is still there, or that brings another one, is taken back, and",
        "why it was is said. Comments, quotes, line ends and encodings stay; a file that is read-only, a link, or has",
        "changed since it was read is not written; a second run changes nothing. Undo is git's.",
        "",
        "| rule | safety | what the fix does |",
        "|---|---|---|",
        *(
            f"| [{spec.code}](rules/{spec.code}.md) `{spec.name}` | {fix.safety} | {fix.does} |"
            for spec in fixable
            for fix in spec.fixes
        ),
    ]
    return "\n".join(lines) + "\n"


def taxonomy_page(catalogue: Catalogue) -> str:
    """docs/taxonomy.md: each bullet with its rules, or why there are none."""
    known = taxonomy.load()
    specs = {spec.code: spec for spec in catalogue.specs}
    lines = [
        "# The taxonomy of machine-learning debt",
        "",
        "mldebt was specified from a taxonomy of technical debt in machine-learning systems. Each of its bullets is",
        "here with the rules that bear on it, or with the reason why none does. *Rule*: what is reported is the thing",
        "itself. *Proxy*: what is reported is evidence that something is there or is not. *Report*: no rule, but a",
        "report shows it. *None*: nothing in a repository can.",
        "",
        "In SARIF the kinds of debt are a taxonomy, and every rule is related to its own.",
        "",
        "| kind of debt | id in SARIF | what it is | rules |",
        "|---|---|---|---|",
    ]
    for taxon in known.taxa:
        codes = [spec.code for spec in catalogue.specs if taxon.id in known.of(spec)]
        lines.append(f"| {taxon.name} | `{taxon.id}` | {taxon.says} | {_links(codes)} |")
    for section, bullets in groupby(known.bullets, key=lambda bullet: bullet.section):
        lines += [
            "",
            f"## {section[0].upper()}{section[1:]}",
            "",
            "| | bullet | | rules, or why not |",
            "|---|---|---|---|",
        ]
        for bullet in bullets:
            there = _links([code for code in bullet.rules if code in specs])
            later = [code for code in bullet.rules if code not in specs]
            words = [there, f"not built: {', '.join(later)}" if later else "", bullet.why]
            how = bullet.how if there or not bullet.rules else "none"
            lines.append(f"| {bullet.id} | {bullet.says} | {how} | {'; '.join(filter(None, words))} |")
    return "\n".join(lines) + "\n"


def _links(codes: list[str]) -> str:
    return ", ".join(f"[{code}](rules/{code}.md)" for code in codes)


def main(arguments: list[str]) -> int:
    catalogue = load()
    wanted = pages(catalogue)
    single = {ACCURACY: accuracy_page(catalogue), FIXES: fixes_page(catalogue), TAXONOMY: taxonomy_page(catalogue)}
    if arguments == ["--check"]:
        names = [f"docs/rules/{name}" for name in stale(PAGES, wanted)]
        for path, text in single.items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                names.append(f"docs/{path.name}")
        for name in names:
            print(f"{name}: is not what docs/generate.py writes; run it", file=sys.stderr)
        return 1 if names else 0
    if arguments:
        print("usage: python docs/generate.py [--check]", file=sys.stderr)
        return 2
    write(PAGES, wanted)
    for path, text in single.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
