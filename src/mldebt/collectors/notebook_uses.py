"""Records where a program imports code from notebooks, or runs one as a part of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.notebook_uses import NotebookUse
from mldebt.syntax.names import dotted, keyword, last_name, string

_IMPORTERS = frozenset({"import_ipynb", "nbimporter", "importnb", "ipynb"})
_RUNNERS = frozenset({"papermill.execute_notebook", "nbclient.execute", "scrapbook.execute_notebook"})
_OPERATORS = frozenset({"PapermillOperator", "DatabricksNotebookOperator", "ExecutePreprocessor", "NotebookClient"})
_COMMAND = re.compile(r"\b(?:papermill\s+\S+\.ipynb|nbconvert\b.*--execute|jupyter\s+execute\s)")
_SHELLS = frozenset({"system", "run", "call", "check_call", "check_output", "Popen", "BashOperator", "popen"})


class NotebookUses(Collector):
    @on(cst.Import)
    def imported(self, node: cst.Import, at: At) -> Iterator[Seen]:
        for alias in node.names:
            name = dotted(alias.name)
            if name.partition(".")[0] in _IMPORTERS:
                yield Seen(node, _maker("import", name))

    @on(cst.ImportFrom)
    def imported_from(self, node: cst.ImportFrom, at: At) -> Iterator[Seen]:
        name = dotted(node.module) if node.module is not None and not node.relative else ""
        if name.partition(".")[0] in _IMPORTERS:
            yield Seen(node, _maker("import", name))

    @on(cst.Call, called={"execute_notebook", "execute", *_SHELLS, *_OPERATORS})
    def run(self, node: cst.Call, at: At) -> Iterator[Seen]:
        last = last_name(node.func)
        if last == "execute_notebook" or last in _OPERATORS or last == "execute":
            reference = at.reference(node.func)
            known = reference in _RUNNERS or (last in _OPERATORS and "." in reference)
            if known or dotted(node.func) in {"pm.execute_notebook", "papermill.execute_notebook"}:
                yield Seen(node, _maker("run", _notebook(node, at) or last))
        elif last == "run" and dotted(node.func).endswith("dbutils.notebook.run"):
            yield Seen(node, _maker("run", _notebook(node, at) or "dbutils.notebook.run"))
        elif last in _SHELLS:
            text = _command(node)
            if text and _COMMAND.search(text):
                yield Seen(node, _maker("run", text))


def _notebook(node: cst.Call, at: At) -> str | None:
    given = keyword(node, "input_path") or keyword(node, "input_nb") or keyword(node, "notebook_path")
    given = given or next((each for each in node.args if each.keyword is None), None)
    return at.text(given.value) if given is not None else None


def _command(node: cst.Call) -> str:
    """The command line that is handed to a shell, as far as it is written out."""
    given = keyword(node, "bash_command") or keyword(node, "args") or next(iter(node.args), None)
    if given is None:
        return ""
    if isinstance(given.value, (cst.List, cst.Tuple)):
        return " ".join(filter(None, (string(each.value) or "" for each in given.value.elements)))
    if type(given.value) is cst.FormattedString:
        return "".join(each.value for each in given.value.parts if type(each) is cst.FormattedStringText)
    return string(given.value) or ""


def _maker(how: str, notebook: str) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return NotebookUse(how, notebook[:60], where.place, where.symbol, where.snippet, where.source_line)

    return make
