"""The command ``mldebt``, and ``python -m mldebt``.

What can be answered without understanding the command line is: importing what that takes is most of the time
of a run over a project in which nothing has changed.
"""

from __future__ import annotations

import gc
import sys

from mldebt import __version__


def main() -> None:
    gc.disable()  # until ``run`` has imported what it needs, which stays: going through that takes a tenth of a run
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"mldebt {__version__}\n")
        return
    if arguments[:1] == ["check"]:
        from mldebt.replay import replay

        code = replay(arguments)
        if code is not None:
            sys.exit(code)
    gc.disable()  # what a command makes it needs until its end; workers and the server collect for themselves
    from mldebt.cli import main as command

    command()


if __name__ == "__main__":
    main()
