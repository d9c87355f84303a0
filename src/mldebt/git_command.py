"""How git is asked, as a command line and an environment, so that nothing of the repository under review runs.

Apart from ``git``, because a run that is only remembered asks git the same without what its other needs take
to import.
"""

from __future__ import annotations

import os

LISTING = ("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard")
"""What lists tracked and untracked files, separated by null bytes."""


def command(program: str, folder: str, *arguments: str) -> list[str]:
    """``git ARGUMENTS`` in ``folder``. A repository's own configuration may name programs: a file system
    monitor, hooks, a transport for objects that a partial clone lacks. None of them is run."""
    safe = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.untrackedCache=false")
    options = [text for setting in safe for text in ("-c", setting)]
    return [program, "-C", folder, "--no-pager", *options, *arguments]


def environment() -> dict[str, str]:
    """Without what hooks leave behind (GIT_DIR, GIT_INDEX_FILE, ...); the user's GIT_CONFIG_* stay."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("GIT_") or name.upper().startswith(("GIT_CONFIG_", "GIT_EXEC_PATH"))
    }
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
    }
