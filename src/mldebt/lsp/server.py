"""The protocol: what the client tells, and when it is answered.

One run answers for a whole project, so changes are gathered for a moment and only the last state of the
buffers is run; a run that a newer change has overtaken is thrown away. Runs are one at a time, on a thread,
and in this process: worker processes must not be forked from it. The first look at a large project is done
by a process of its own, which leaves a warm store behind.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lsprotocol import types
from msgspec import Struct, field
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

import mldebt
from mldebt import __version__, catalogue, roots
from mldebt.config import Flags
from mldebt.discover import kind_of
from mldebt.errors import UserError
from mldebt.lsp.actions import offer
from mldebt.lsp.diagnostics import UNITS, Positions, diagnose
from mldebt.lsp.documents import Cell, Document, Notebook, TextFile
from mldebt.model import Finding
from mldebt.report import ReportOptions
from mldebt.report.explain import explain_markdown
from mldebt.run import Outcome, Request, execute

DELAY = 0.25  # seconds without a change before a run
_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [
        types.NotebookDocumentFilterWithCells(
            notebook=types.NotebookDocumentFilterNotebookType("jupyter-notebook"),
            cells=[types.NotebookCellLanguage("python")],
        )
    ],
    save=True,
)


class Project(Struct):
    """What is known of one root. ``asked`` counts the changes, ``outcome`` is the last run's."""

    root: roots.Root
    asked: int = 0
    warm: bool = False
    outcome: Outcome | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    published: set[str] = field(default_factory=set)
    told: str = ""


class Server(LanguageServer):
    def __init__(self) -> None:
        super().__init__("mldebt", __version__, notebook_document_sync=_NOTEBOOKS)
        self.projects: dict[Path, Project] = {}
        self.running = asyncio.Lock()
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="mldebt")
        self.tasks: set[asyncio.Task[None]] = set()

    # --- what is open --------------------------------------------------------------------------

    def project_of(self, uri: str) -> Project | None:
        """The project of a file; ``None`` for what is no file of a kind that is read."""
        path = to_fs_path(uri) if uri.startswith("file:") else None
        if path is None or kind_of(path) is None:
            return None
        root = roots.find_root(path, Path.cwd())
        return self.projects.setdefault(root.path, Project(root))

    def documents(self, project: Project) -> dict[str, Document]:
        """The open files of a project by their root-relative path."""
        found: dict[str, Document] = {}
        cells = {each.document for book in self.workspace.notebook_documents.values() for each in book.cells}
        for uri, text in self.workspace.text_documents.items():
            if uri not in cells and (path := self._inside(project, uri)):
                found[path] = TextFile(uri, text.source, text.version)
        for uri, book in self.workspace.notebook_documents.items():
            if path := self._inside(project, uri):
                texts = [(each, self.workspace.text_documents.get(each.document)) for each in book.cells]
                language = next((text.language_id for _, text in texts if text and text.language_id), "python")
                found[path] = Notebook(path, [_cell(each, text) for each, text in texts], language)
        return found

    def _inside(self, project: Project, uri: str) -> str | None:
        if self.project_of(uri) is not project:
            return None
        return project.root.relative(str(to_fs_path(uri)), Path.cwd())

    # --- runs ------------------------------------------------------------------------------------

    def changed(self, *uris: str) -> None:
        """These files are not what they were. Whatever kind they are of, the project they lie in is asked anew;
        a project is known once one of its sources is open."""
        known = [each for uri in uris if (each := self._known(uri))]
        paths = [Path(path) for uri in uris if uri.startswith("file:") and (path := to_fs_path(uri))]
        known += [each for root, each in self.projects.items() if any(root in path.parents for path in paths)]
        for project in {id(each): each for each in known}.values():
            project.asked += 1
            task = asyncio.ensure_future(self._check(project, project.asked))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def _known(self, uri: str) -> Project | None:
        try:
            return self.project_of(uri)
        except UserError as error:
            self._tell(str(error))
            return None

    async def _check(self, project: Project, asked: int) -> None:
        await asyncio.sleep(DELAY)
        if asked != project.asked:
            return
        async with self.running:
            if asked != project.asked:
                return
            if not project.warm:
                await self._warm(project)
            documents = self.documents(project)
            try:
                outcome = await asyncio.get_running_loop().run_in_executor(self.worker, _run, project.root, documents)
            except UserError as error:
                self._tell_once(project, str(error))
                return
            except Exception as error:  # a mistake of ours must not end the session
                self._tell_once(project, f"crashed ({type(error).__name__}: {error}); please report it")
                return
        if asked == project.asked:
            project.outcome, project.documents, project.told = outcome, documents, ""
            self._publish(project)

    async def _warm(self, project: Project) -> None:
        """Have the store filled by as many processes as pay, and say that it is going on."""
        token = f"mldebt-{len(self.projects)}"
        window = self.client_capabilities.window
        shows = bool(window and window.work_done_progress)
        if shows:
            await self.work_done_progress.create_async(token)
            self.work_done_progress.begin(token, types.WorkDoneProgressBegin("mldebt: reading the project"))
        # From our own folder: Python looks for modules where it starts, and the project may bring an mldebt of its own.
        command = [sys.executable, "-m", "mldebt", "check", str(project.root.path), "--root", str(project.root.path)]
        nothing = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command, "-q", "--fail-on", "never",
            cwd=Path(mldebt.__file__).parent.parent, stdin=nothing, stdout=nothing, stderr=nothing,
        )  # fmt: skip
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
        if shows:
            self.work_done_progress.end(token, types.WorkDoneProgressEnd())
        project.warm = True

    def _publish(self, project: Project) -> None:
        assert project.outcome is not None
        found = diagnose(project.outcome, project.documents, self.positions(project), _options(project.outcome))
        versions = {uri: version for each in project.documents.values() for uri, version in each.versions.items()}
        for uri in project.published - found.keys():
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        for uri, diagnostics in found.items():
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, diagnostics, version=versions.get(uri))
            )
        project.published = set(found)

    def positions(self, project: Project) -> Positions:
        assert project.outcome is not None
        encoding = str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding))
        return Positions(project.outcome, project.documents, UNITS.get(encoding, UNITS["utf-16"]))

    def _tell_once(self, project: Project, message: str) -> None:
        if project.told != message:
            project.told = message
            self._tell(message)

    def _tell(self, message: str) -> None:
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"mldebt: {message}"))

    # --- answers ---------------------------------------------------------------------------------

    def findings_at(self, uri: str, where: types.Range) -> list[tuple[Project, Finding, types.Diagnostic]]:
        """What was published for a document and touches a range."""
        found = []
        for project in self.projects.values():
            if project.outcome is None or uri not in project.published:
                continue
            by_print = {each.fingerprint: each for each in project.outcome.run.findings}
            told = diagnose(project.outcome, project.documents, self.positions(project), _options(project.outcome))
            for diagnostic in told.get(uri, ()):
                finding = by_print.get(str(diagnostic.data))
                if finding is not None and _touch(diagnostic.range, where):
                    found.append((project, finding, diagnostic))
        return found


def make_server() -> Server:
    """The server with its features, not yet speaking to anybody."""
    server = Server()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def text_changed(
        params: types.DidOpenTextDocumentParams | types.DidChangeTextDocumentParams | types.DidSaveTextDocumentParams,
    ) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def text_closed(params: types.DidCloseTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_changed(
        params: types.DidOpenNotebookDocumentParams
        | types.DidChangeNotebookDocumentParams
        | types.DidSaveNotebookDocumentParams
        | types.DidCloseNotebookDocumentParams,
    ) -> None:
        server.changed(params.notebook_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        server.changed(*(each.uri for each in params.changes))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        found = server.findings_at(params.text_document.uri, types.Range(params.position, params.position))
        pages = {finding.code: catalogue.load().find(finding.code) for _, finding, _ in found}
        text = "\n\n---\n\n".join(explain_markdown(page) for page in pages.values())
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        only = params.context.only
        if only and not any(str(getattr(kind, "value", kind)) in ("", "quickfix") for kind in only):
            return []
        actions: list[types.CodeAction] = []
        for project, finding, diagnostic in server.findings_at(params.text_document.uri, params.range):
            assert project.outcome is not None
            actions += offer(finding, diagnostic, project.outcome, project.documents, server.positions(project))
        return actions

    return server


def _run(root: roots.Root, documents: dict[str, Document]) -> Outcome:
    """One run with the buffers in the stead of files. All files of the project are shown, so that project
    rules speak; a new file that git does not know yet is named."""
    there = [path for path in documents if (root.path / path).is_file()]
    overlay = {path: document.data for path, document in documents.items()}
    same = [path for path in there if _read(root.path / path) == overlay[path]]
    request = Request(
        cwd=root.path,
        paths=(".", *there),
        root=str(root.path),
        flags=Flags(jobs=1),
        force_exclude=True,
        overlay={path: data for path, data in overlay.items() if path not in same},
    )
    return execute(request)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _options(outcome: Outcome) -> ReportOptions:
    pages = catalogue.pages()
    return ReportOptions(
        show=outcome.config.show, rules_url=outcome.config.rules_url, pages_url=pages.as_uri() if pages else ""
    )


def _cell(cell: types.NotebookCell, text: TextDocument | None) -> Cell:
    is_code = cell.kind is types.NotebookCellKind.Code
    count = cell.execution_summary.execution_order if cell.execution_summary else None
    if text is None:
        return Cell(cell.document, is_code, "", execution_count=count)
    return Cell(cell.document, is_code, text.source, text.version, count)


def _touch(left: types.Range, right: types.Range) -> bool:
    def numbers(position: types.Position) -> tuple[int, int]:
        return position.line, position.character

    return numbers(left.start) <= numbers(right.end) and numbers(right.start) <= numbers(left.end)
