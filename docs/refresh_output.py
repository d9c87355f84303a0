"""Puts the real output of a run over the specimen project into the README.

usage: python docs/refresh_output.py [--check]

One finding a rule, in the order of the run, between the comments ``output:begin`` and ``output:end``.
With ``--check`` nothing is written and the exit code is 1 when the README would change.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
README = TOP / "README.md"
SPECIMEN = TOP / "fixtures" / "projects" / "credit-service"
BLOCK = re.compile(r"(<!-- output:begin -->\n).*?(<!-- output:end -->)", re.DOTALL)
CODE = re.compile(r" \[([A-Z]+\d+)\]")


def run_specimen() -> list[str]:
    command = [sys.executable, "-m", "mldebt", "check", "--fail-on", "never"]
    done = subprocess.run(command, cwd=SPECIMEN, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()


def one_a_rule(lines: list[str]) -> list[str]:
    """The first line of each code."""
    first: dict[str, str] = {}
    for line in lines:
        found = CODE.search(line)
        if found:
            first.setdefault(found[1], line)
    return list(first.values())


def main(arguments: list[str]) -> int:
    lines = run_specimen()
    shown = one_a_rule(lines)
    picture = "\n".join(["```", "$ mldebt check", *shown, f"... {len(lines) - len(shown)} more", "```"])
    before = README.read_text("utf-8")
    after = BLOCK.sub(lambda match: f"{match[1]}{picture}\n{match[2]}", before)
    if "--check" in arguments:
        if after != before:
            print("README.md: the picture of the output is stale; run python docs/refresh_output.py")
        return int(after != before)
    README.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
