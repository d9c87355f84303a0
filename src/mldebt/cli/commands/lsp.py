"""``mldebt lsp``: the language server."""

from __future__ import annotations

import gc

import click

from mldebt.errors import UserError


@click.command("lsp")
def command() -> None:
    """Serve an editor by the language server protocol, over standard input and output."""
    try:
        from mldebt.lsp.server import make_server
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "cattrs"):
            raise
        raise UserError("the language server needs more than mldebt alone: pip install 'mldebt[lsp]'") from None
    gc.enable()
    make_server().start_io()
