"""An editor for the tests: the client library of pygls, which starts the server as a process of its own and
speaks to it over standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

SECONDS = 120


class Editor(LanguageClient):
    """Remembers what was published: the last diagnostics by URI, and every publication in its order."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.published: list[types.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.reported: list[object] = []
        self._news = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]  # the library's decorator has no types
        def publish(params: types.PublishDiagnosticsParams) -> None:
            self.published.append(params)
            self._news.set()

        @self.feature(types.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]  # the library's decorator has no types
        def show(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)
            self._news.set()

        @self.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)  # type: ignore[untyped-decorator]  # the library's decorator has no types
        def create(params: types.WorkDoneProgressCreateParams) -> None:
            return None

        @self.feature(types.PROGRESS)  # type: ignore[untyped-decorator]  # the library's decorator has no types
        def report(params: types.ProgressParams) -> None:
            self.reported.append(params.value)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for something published or shown that makes it hold."""

        async def wait() -> None:
            while not holds():
                self._news.clear()
                await self._news.wait()

        await asyncio.wait_for(wait(), SECONDS)

    def last(self, uri: str) -> types.PublishDiagnosticsParams | None:
        return next((each for each in reversed(self.published) if each.uri == uri), None)

    async def diagnostics(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """Those of the document, once they are of that version of it."""

        def is_there() -> bool:
            last = self.last(uri)
            return last is not None and (version is None or last.version == version)

        await self.until(is_there)
        last = self.last(uri)
        assert last is not None
        return list(last.diagnostics)

    def open(self, path: Path, text: str, language: str = "python") -> str:
        uri = path.as_uri()
        item = types.TextDocumentItem(uri, language, 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, version: int, text: str) -> None:
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def actions(self, uri: str, where: types.Range) -> list[types.CodeAction]:
        context = types.CodeActionContext([])
        given = await self.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
        )
        return [each for each in given or [] if isinstance(each, types.CodeAction)]


@asynccontextmanager
async def editing(
    root: Path, encodings: list[types.PositionEncodingKind | str] | None = None, command: str = ""
) -> AsyncIterator[Editor]:
    """An editor with the server running in ``root``; ``command`` is another program than that of the tests."""
    editor = Editor()
    await editor.start_io(*([command] if command else [sys.executable, "-m", "mldebt"]), "lsp", cwd=str(root))
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings or [types.PositionEncodingKind.Utf16]),
        window=types.WindowClientCapabilities(work_done_progress=True),
    )
    answer = await editor.initialize_async(
        types.InitializeParams(capabilities=capabilities, process_id=None, root_uri=root.as_uri())
    )
    assert answer.server_info is not None
    assert answer.server_info.name == "mldebt"
    editor.initialized(types.InitializedParams())
    try:
        yield editor
    finally:
        await asyncio.wait_for(editor.shutdown_async(None), SECONDS)
        editor.exit(None)
        await asyncio.wait_for(editor.stop(), SECONDS)  # type: ignore[no-untyped-call]  # the library's


def apply(text: str, edits: list[types.TextEdit]) -> str:
    """The text with the edits made, as an editor that counts UTF-16 units makes them."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def offset(position: types.Position) -> int:
        line = text.split("\n")[position.line]
        before = line.encode("utf-16-le")[: position.character * 2].decode("utf-16-le")
        return starts[position.line] + len(before)

    for edit in sorted(edits, key=lambda each: offset(each.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
