"""Sends the SARIF log to code scanning. Where that is not to be had (no permission, no Advanced Security, a
fork's pull request, no network) it says so in one line and the job goes on: annotations and summary are there.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 60


def main() -> int:
    if not os.environ["SARIF"]:
        print(_line("the run ended before it could be written"))
        return 0
    log = Path(os.environ["SARIF"]).read_bytes()
    body = {
        "commit_sha": os.environ["GITHUB_SHA"],
        "ref": os.environ["GITHUB_REF"],
        "sarif": base64.b64encode(gzip.compress(log, mtime=0)).decode("ascii"),
        "checkout_uri": Path(os.environ["GITHUB_WORKSPACE"]).as_uri(),
        "tool_name": "mldebt",
    }
    request = urllib.request.Request(
        f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/code-scanning/sarifs",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {os.environ['INPUT_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            print(f"mldebt: code scanning has the log ({answer.status})")
    except urllib.error.HTTPError as refusal:
        print(_line(f"{refusal.code} {_reason(refusal)}"))
    except OSError as problem:
        print(_line(str(problem)))
    return 0


def _reason(refusal: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(refusal.read(100_000))["message"])
    except (ValueError, KeyError, TypeError, OSError):
        return str(refusal.reason)


def _line(reason: str) -> str:
    told = " ".join(reason.split()).replace("%", "%25")[:300]
    return f"::notice title=mldebt::code scanning did not take the log ({told}); annotations and summary remain"


if __name__ == "__main__":
    sys.exit(main())
