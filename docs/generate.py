"""Write the rules' pages, docs/rules/, from the catalogue: ``python docs/generate.py [--check]``.

With ``--check`` nothing is written; the exit code is 1 when a page is missing, stale or too many.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from mldebt.catalogue import FAMILIES, Catalogue, RuleSpec, load
from mldebt.report.explain import explain_markdown

PAGES = Path(__file__).resolve().parent / "rules"


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
