"""The command ``mldebt``, and ``python -m mldebt``.

What can be answered without understanding the command line is: importing what that takes is most of the time
of a run over a project in which nothing has changed.
"""

from __future__ import annotations

import gc
import sys

from mldebt import __version__


def main() -> None:
    # What is imported stays, and going through it takes a tenth of a short run: ``run`` goes on without it.
    gc.disable()
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"mldebt {__version__}\n")
        return
    if arguments[:1] == ["check"]:
        from mldebt.replay import replay

        code = replay(arguments)
        if code is not None:
            sys.exit(code)
    from mldebt.cli import main as command

    command()


if __name__ == "__main__":
    main()
