"""Puts the real output of a run over the specimen project into the README.

usage: python docs/refresh_output.py [--check]

The lines go between the comments ``output:begin`` and ``output:end``, cut where they would be too
wide to read. With ``--check`` nothing is written and the exit code is 1 when the README would change.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
README = TOP / "README.md"
SPECIMEN = TOP / "fixtures" / "projects" / "credit-service"
PATHS = ("requirements", "src/credit_service/api.py", "src/credit_service/jobs", "src/credit_service/model.py")
WIDTH = 140
BLOCK = re.compile(r"(<!-- output:begin -->\n).*?(<!-- output:end -->)", re.DOTALL)
LINE = re.compile(r"(?P<said>.*?)(?: \(also .*\))? (?P<code>\[[A-Z]+\d+\])")


def run_specimen() -> list[str]:
    command = [sys.executable, "-m", "mldebt", "check", "--quiet", "--fail-on", "never", *PATHS]
    done = subprocess.run(command, cwd=SPECIMEN, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()


def shorten(line: str) -> str:
    """One finding without its other sites, its message cut at a word."""
    found = LINE.fullmatch(line)
    if found is None:
        return line
    said, code = found["said"], found["code"]
    if len(said) > WIDTH:
        said = said[:WIDTH].rpartition(" ")[0] + " ..."
    return f"{said} {code}"


def main(arguments: list[str]) -> int:
    lines = [shorten(line) for line in run_specimen()]
    picture = "\n".join(["```", f"$ mldebt check {' '.join(PATHS)}", *lines, "```"])
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
