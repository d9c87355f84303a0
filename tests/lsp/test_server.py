"""The language server, driven over its standard input and output by a client library."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra mldebt[lsp] is not installed")

from lsprotocol import types

from mldebt.sources import utf16_column
from tests.integration.consumers import FILE, SAVED, SOURCE, UNSAVED, WITH_UNSAVED, land
from tests.integration.consumers import plant as plant_hard
from tests.lsp.editor import Editor, apply, editing
from tests.toy import CONFIGURATION, SCORING, check, plant, write

pytestmark = pytest.mark.integration  # each test starts a server: a minute together

LEVELS = {1: "error", 2: "warning", 3: "note"}


def play(script: Coroutine[Any, Any, None]) -> None:
    asyncio.run(script)


def codes(diagnostics: list[types.Diagnostic]) -> list[str]:
    return [str(each.code) for each in diagnostics]


def shown(editor: Editor, uri: str) -> list[str]:
    last = editor.last(uri)
    return codes(list(last.diagnostics)) if last else []


def whole(uri: str) -> types.Range:
    return types.Range(types.Position(0, 0), types.Position(10_000, 0))


def edits_of(action: types.CodeAction, uri: str) -> list[types.TextEdit]:
    assert action.edit is not None
    return list((action.edit.changes or {})[uri])


@pytest.mark.parametrize(
    ("encoding", "unit"),
    [
        (types.PositionEncodingKind.Utf16, "utf16"),
        (types.PositionEncodingKind.Utf8, "bytes"),
        (types.PositionEncodingKind.Utf32, "characters"),
    ],
)
def test_places_in_the_unit_that_was_agreed_on(tmp_path: Path, encoding: types.PositionEncodingKind, unit: str) -> None:
    """The fixture of all consumers, with a line that is not saved."""
    root = plant_hard(tmp_path / "repository")

    async def script() -> None:
        async with editing(root, [encoding]) as editor:
            uri = editor.open(root / FILE, SOURCE + UNSAVED)
            found = await editor.diagnostics(uri, 1)
            starts = [(each.range.start, LEVELS[int(each.severity or 0)]) for each in found]
            assert tuple(land(at.line + 1, at.character + 1, unit, level) for at, level in starts) == WITH_UNSAVED
            editor.change(uri, 2, SOURCE)
            assert len(await editor.diagnostics(uri, 2)) == len(SAVED)

    play(script())


def test_open_change_save_close(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)

    async def script() -> None:
        async with editing(root) as editor:
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            assert codes(await editor.diagnostics(uri, 1)) == ["THR001"]
            editor.change(uri, 2, SCORING.replace("0.72", "limit"))
            assert await editor.diagnostics(uri, 2) == []
            editor.change(uri, 3, "def f(:\n")
            (broken,) = await editor.diagnostics(uri, 3)
            assert (broken.code, broken.severity) == ("syntax-error", types.DiagnosticSeverity.Information)
            editor.change(uri, 4, SCORING)
            assert codes(await editor.diagnostics(uri, 4)) == ["THR001"]
            editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
            await editor.until(lambda: (last := editor.last(uri)) is not None and not last.diagnostics)

    play(script())


def test_a_buffer_is_heard_by_the_files_that_import_it(tmp_path: Path) -> None:
    """An unsaved change in one file, and what it makes of another one that is open."""
    root = plant(tmp_path, git=True)
    caller = (root / "app" / "feed.py").read_text("utf-8")

    async def script() -> None:
        async with editing(root) as editor:
            feed = editor.open(root / "app" / "feed.py", caller)
            scoring = editor.open(root / "app" / "scoring.py", SCORING)
            await editor.until(lambda: bool((last := editor.last(feed)) and "THR001" in codes(list(last.diagnostics))))
            editor.change(scoring, 2, SCORING.replace("torch.sigmoid(net(batch)).item()", "len(batch)"))
            await editor.until(
                lambda: bool((last := editor.last(feed)) and "THR001" not in codes(list(last.diagnostics)))
            )

    play(script())


def test_the_server_says_what_the_command_says(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)
    expected: dict[str, list[tuple[str, int, int]]] = {}
    for each in check(root).document["findings"]:
        if each["listed"]:
            expected.setdefault(each["path"], []).append((each["code"], each["line"], each["column"]))

    async def script() -> None:
        async with editing(root) as editor:
            for path in expected:
                uri = editor.open(root / path, (root / path).read_text("utf-8"))
                found = await editor.diagnostics(uri, 1)
                places = [(str(d.code), d.range.start.line + 1, d.range.start.character + 1) for d in found]
                assert places == expected[path]

    play(script())


def test_what_a_diagnostic_tells(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)

    async def script() -> None:
        async with editing(root) as editor:
            write(root / "mldebt.toml", CONFIGURATION + 'show = ["notes"]\n')
            path = root / "app" / "feed.py"
            uri = editor.open(path, path.read_text("utf-8"))
            found = {str(each.code): each for each in await editor.diagnostics(uri, 1)}
            assert set(found) == {"FLG001", "THR001"}
            told = found["THR001"]
            assert told.source == "mldebt"
            assert told.code_description is not None
            assert told.code_description.href.endswith("/THR001.md")
            assert [each.location.uri for each in told.related_information or ()][:1] == [uri]  # the way of the value
            others = {each.location.uri for each in found["FLG001"].related_information or ()}
            assert any(each.endswith("/jobs/nightly.py") for each in others)
            assert any("reading the project" in str(each) for each in editor.reported)

    play(script())


def test_hover_explains_and_actions_come_when_they_are_asked_for(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)

    async def script() -> None:
        async with editing(root) as editor:
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            (found,) = await editor.diagnostics(uri, 1)
            document = types.TextDocumentIdentifier(uri)
            told = await editor.text_document_hover_async(types.HoverParams(document, found.range.start))
            assert told is not None
            assert isinstance(told.contents, types.MarkupContent)
            assert told.contents.value.startswith("# THR001")
            nothing = await editor.text_document_hover_async(types.HoverParams(document, types.Position(0, 0)))
            assert nothing is None
            context = types.CodeActionContext([], only=[types.CodeActionKind.Refactor])
            params = types.CodeActionParams(document, whole(uri), context)
            assert not await editor.text_document_code_action_async(params)

    play(script())


KINDS = ["Accept", "Put", "Report"]
STATEMENTS = (
    "flag = judge(net, batch) > 0.72",
    "if judge(net, batch) > 0.72:  # noqa: E501\n        return 1",
    "flag = (\n        judge(net, batch)\n        > 0.72\n    )",
    "flag = '''\n    text''' if judge(net, batch) > 0.72 else '''\n    # no comment\n    '''",
    "flag = judge(net, batch) \\\n        > 0.72",
)


def test_a_suppression_holds_where_it_is_offered(tmp_path: Path) -> None:
    """Whatever the statement looks like: after the action the finding is gone, and the reason is asked for."""
    root = plant(tmp_path, git=True)

    async def script() -> None:
        async with editing(root) as editor:
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            for number, statement in enumerate(STATEMENTS, 1):
                text = f"{SCORING}\n\ndef other(net, batch):\n    {statement}\n    return None\n"
                editor.change(uri, 2 * number, text)
                found = await editor.diagnostics(uri, 2 * number)
                assert codes(found) == ["THR001", "THR001"]
                offered = await editor.actions(uri, found[1].range)
                assert [each.title.split(" ")[0] for each in offered if "ignore" in each.title] == KINDS
                accept = next(each for each in offered if each.title.startswith("Accept"))
                after = apply(text, edits_of(accept, uri))
                editor.change(uri, 2 * number + 1, after)
                left = codes(await editor.diagnostics(uri, 2 * number + 1))
                assert (statement, left.count("THR001")) == (statement, 1)
                write(root / "app" / "scoring.py", after)
                ran = check(root, "app")
                assert ran.document["summary"]["suppressed"] == 1
                assert "SUP003" in {each["code"] for each in ran.document["findings"]}

    play(script())


def test_fixes_are_quick_fixes(tmp_path: Path) -> None:
    text = (
        'import requests\n\nOLLAMA = "http://localhost:11434"\n\n\ndef summary(text):\n'
        '    é = "😀"; answer = requests.post(f"{OLLAMA}/api/chat", json={"text": text})\n'
        "    return answer.json(), é\n"
    )
    root = plant(tmp_path, git=True)
    write(root / "mldebt.toml", 'select = ["OPS005"]\nshow = ["notes"]\n')
    write(root / "app" / "client.py", text)

    async def script() -> None:
        async with editing(root) as editor:
            uri = editor.open(root / "app" / "client.py", text)
            (found,) = await editor.diagnostics(uri, 1)
            assert found.code == "OPS005"
            offered = await editor.actions(uri, whole(uri))
            (fix,) = (each for each in offered if "ignore" not in each.title)
            after = apply(text, edits_of(fix, uri))
            assert 'json={"text": text}, timeout=' in after
            editor.change(uri, 2, after)
            assert await editor.diagnostics(uri, 2) == []

    play(script())


# --- notebooks -------------------------------------------------------------------------------------


def open_notebook(editor: Editor, path: Path, cells: list[tuple[str, str]]) -> list[str]:
    """Cells as (language, text); their URIs."""
    uris = [f"vscode-notebook-cell:{path}#{number}" for number in range(len(cells))]
    kinds = [
        types.NotebookCellKind.Markup if language == "markdown" else types.NotebookCellKind.Code
        for language, _ in cells
    ]
    book = types.NotebookDocument(
        uri=path.as_uri(), notebook_type="jupyter-notebook", version=1,
        cells=[types.NotebookCell(kind, uri) for kind, uri in zip(kinds, uris, strict=True)],
    )  # fmt: skip
    texts = [
        types.TextDocumentItem(uri, language, 1, text)
        for uri, (language, text) in zip(uris, cells, strict=True)
        if language != "markdown"
    ]
    editor.notebook_document_did_open(types.DidOpenNotebookDocumentParams(book, texts))
    return uris


def test_notebooks_are_checked_cell_by_cell(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)
    cells = [
        ("markdown", "# Title"),
        ("python", "import torch\n%matplotlib inline"),
        ("python", ['name = "😀é\\\\"; score = torch.sigmoid(net(batch)).item()', "\tpass"][0]),
        ("python", '# a "quoted" line\nok = "\\t😀", score > 0.72'),
    ]

    async def script() -> None:
        async with editing(root) as editor:
            write(root / "mldebt.toml", 'show = ["notes"]\nselect = ["THR001"]\n')
            uris = open_notebook(editor, root / "look.ipynb", cells)
            found = await editor.diagnostics(uris[3], 1)
            assert codes(found) == ["THR001"]
            start = found[0].range.start
            line = cells[3][1].split("\n")[start.line]
            assert start.character == utf16_column(line, line.index("score > ") + 1) - 1
            assert start.line == 1
            assert await editor.diagnostics(uris[1]) == []
            related = [each.location.uri for each in found[0].related_information or ()]
            assert uris[2] in related
            accept = next(
                each for each in await editor.actions(uris[3], found[0].range) if each.title.startswith("Accept")
            )
            after = apply(cells[3][1], edits_of(accept, uris[3]))
            assert "# mldebt: ignore[THR001] accepted --" in after.split("\n")[1]
            change = types.NotebookDocumentCellContentChanges(
                types.VersionedTextDocumentIdentifier(2, uris[3]), [types.TextDocumentContentChangeWholeDocument(after)]
            )
            editor.notebook_document_did_change(
                types.DidChangeNotebookDocumentParams(
                    types.VersionedNotebookDocumentIdentifier(2, (root / "look.ipynb").as_uri()),
                    types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(text_content=[change])),
                )
            )
            assert codes(await editor.diagnostics(uris[3], 2)) == []

    write(root / "look.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    play(script())


# --- many changes, and what goes wrong ---------------------------------------------------------------


def test_only_the_last_of_many_changes_is_answered(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)

    async def script() -> None:
        async with editing(root) as editor:
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            await editor.diagnostics(uri, 1)
            before = len(editor.published)
            for version in range(2, 60):
                editor.change(uri, version, SCORING + f"\n\nx = {version}\n" * (version % 3))
            editor.change(uri, 60, SCORING.replace("0.72", "limit"))
            assert await editor.diagnostics(uri, 60) == []
            told = [each.version for each in editor.published[before:] if each.uri == uri]
            assert told[-1] == 60
            assert len(told) < 10
            assert told == sorted(told, key=lambda version: version or 0)

    play(script())


def test_a_request_can_be_taken_back(tmp_path: Path) -> None:
    """The server stays sound when requests are cancelled, answered or not."""
    root = plant(tmp_path, git=True)

    async def script() -> None:
        async with editing(root) as editor:
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            await editor.diagnostics(uri, 1)
            for number in range(5):
                params = types.CodeActionParams(
                    types.TextDocumentIdentifier(uri), whole(uri), types.CodeActionContext([])
                )
                editor.protocol.send_request(types.TEXT_DOCUMENT_CODE_ACTION, params, msg_id=f"r{number}")
                editor.cancel_request(types.CancelParams(f"r{number}"))
            assert await editor.actions(uri, whole(uri))

    play(script())


def test_a_wrong_configuration_is_told_once_and_mended(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)
    write(root / "mldebt.toml", "selekt = []\n")

    async def script() -> None:
        async with editing(root) as editor:
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            await editor.until(lambda: bool(editor.messages))
            assert "did you mean 'select'" in editor.messages[0]
            editor.change(uri, 2, SCORING + "\n")
            await asyncio.sleep(1)
            assert len(editor.messages) == 1
            write(root / "mldebt.toml", "")
            changed = types.FileEvent((root / "mldebt.toml").as_uri(), types.FileChangeType.Changed)
            editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
            assert codes(await editor.diagnostics(uri, 2)) == ["THR001"]

    play(script())


def test_nothing_of_the_project_is_run(tmp_path: Path) -> None:
    """A repository may hold a package that is called as ours, or as what we use."""
    root = plant(tmp_path, git=True)
    for name in ("mldebt", "libcst", "click"):
        write(root / name / "__init__.py", "open('pwned', 'w').close()\n")
        write(root / name / "__main__.py", "open('pwned', 'w').close()\n")

    async def script() -> None:
        async with editing(root, command=str(Path(sys.executable).with_name("mldebt"))) as editor:
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            assert codes(await editor.diagnostics(uri, 1)) == ["THR001"]

    play(script())
    assert not list(tmp_path.rglob("pwned"))


def test_what_is_no_source_is_left_alone(tmp_path: Path) -> None:
    root = plant(tmp_path, git=True)

    async def script() -> None:
        async with editing(root) as editor:
            editor.open(root / "logo.svg", "text", "xml")
            item = types.TextDocumentItem("untitled:Untitled-1", "python", 1, SCORING)
            editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
            uri = editor.open(root / "app" / "scoring.py", SCORING)
            await editor.diagnostics(uri, 1)
            assert {each.uri for each in editor.published} == {uri}

    play(script())
