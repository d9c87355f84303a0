"""Write the rules' pages, docs/rules/, from the catalogue: ``python docs/generate.py [--check]``.

With ``--check`` nothing is written; the exit code is 1 when a page is missing, stale or too many.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from mldebt.catalogue import FAMILIES, Accuracy, Catalogue, RuleSpec, load
from mldebt.report.explain import explain_markdown

PAGES = Path(__file__).resolve().parent / "rules"


def pages(catalogue: Catalogue) -> dict[str, str]:
    """File name -> text, for every page of docs/rules/."""
    found = {f"{spec.code}.md": explain_markdown(spec) for spec in catalogue.specs}
    return {"README.md": _overview(catalogue), "ACCURACY.md": _accuracy(catalogue), **found}


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


def _accuracy(catalogue: Catalogue) -> str:
    lines = [
        "# How often the rules are right",
        "",
        "Findings in public repositories were read, one by one, by somebody who did not write the rules;",
        "`benchmarks/accuracy/judged.jsonl` holds the places and the verdicts. Guards were then made for the",
        "classes of false alarms that came up, so the table is of what the rules still say there, and is kinder",
        "than fresh code. `python benchmarks/accuracy/measure.py --corpus DIR --write` measures it anew.",
        "Intervals are Wilson's, at 95 %.",
        "A rule that is not in the table has not been read often enough to say anything.",
        "",
        "| rule | severity | right of judged | repositories | interval |",
        "|---|---|---|---|---|",
    ]
    lines += [_measured(spec, spec.accuracy) for spec in catalogue.specs if spec.accuracy is not None]
    return "\n".join(lines) + "\n"


def _measured(spec: RuleSpec, found: Accuracy) -> str:
    share = f"{found.right} of {found.judged}"
    interval = f"{found.low:.2f} to {found.high:.2f}"
    return f"| [{spec.code}]({spec.code}.md) | {spec.severity.value} | {share} | {found.repositories} | {interval} |"


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


def main(arguments: list[str]) -> int:
    wanted = pages(load())
    if arguments == ["--check"]:
        names = stale(PAGES, wanted)
        for name in names:
            print(f"docs/rules/{name}: is not what docs/generate.py writes; run it", file=sys.stderr)
        return 1 if names else 0
    if arguments:
        print("usage: python docs/generate.py [--check]", file=sys.stderr)
        return 2
    write(PAGES, wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
