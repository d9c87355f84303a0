"""Editors, headless, with the configuration that docs/editors/ gives: each finds the same places."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.integration.consumers import (
    EDITORS,
    FILE,
    SAVED,
    SOURCE,
    UNSAVED,
    WITH_UNSAVED,
    document,
    land,
    mldebt,
    node_module,
    plant,
    program,
    run,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return plant(tmp_path / "repository")


def script(folder: Path, name: str, text: str) -> str:
    """A driver beside the repository, so that it is no part of it."""
    path = folder.parent / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def told(path: Path) -> list[list[str]]:
    """What a driver wrote: fields between bars."""
    return [line.split("|") for line in path.read_text("utf-8").splitlines() if "|" in line]


def test_mldebt_itself(repository: Path) -> None:
    found = document(repository)["findings"]
    assert tuple(land(f["line"], f["column"], "characters", f["severity"]) for f in found) == SAVED


@pytest.mark.parametrize("editor", ["vim", "nvim"])
def test_vim_quickfix(repository: Path, editor: str) -> None:
    """The compiler plugin, and that Vim's own error format understands the lines without one."""
    out = repository.parent / "qf.out"
    driver = script(
        repository, "qf.vim",
        f"""
set nocp
set runtimepath^={EDITORS}/vim
compiler! mldebt
silent make! {FILE}
let g:out = map(getqflist(), {{_, i -> join([bufname(i.bufnr), i.lnum, i.col, i.type, i.valid], '|')}})
set errorformat&
silent make! {FILE}
let g:valid = filter(getqflist(), 'v:val.valid')
let g:out += map(g:valid, {{_, i -> join([bufname(i.bufnr), i.lnum, i.col, 'plain', 1], '|')}})
call writefile(g:out, '{out}')
qa!
""",
    )  # fmt: skip
    command = {"vim": ["-Nu", "NONE", "-es", "-n"], "nvim": ["--headless", "-u", "NONE", "-n"]}[editor]
    run([program(editor), *command, FILE, "-S", driver], repository)
    fields = told(out)
    assert {(field[0], field[4]) for field in fields} == {(FILE, "1")}
    names = {"e": "error", "w": "warning", "n": "note"}
    places = [land(int(f[1]), int(f[2]), "bytes", names.get(f[3], "")) for f in fields]
    assert tuple(places[:3]) == SAVED
    assert [(place.line, place.text) for place in places[3:]] == [(place.line, place.text) for place in SAVED]


def test_vim_ale(repository: Path) -> None:
    program("vim")
    if not any(path.joinpath("ale").exists() for path in Path("/usr/share/vim-scripts").glob("*")) and not list(
        Path("/usr/share").glob("vim*/**/ale.vim")
    ):
        pytest.skip("ALE is not installed: run .ci/integration")
    out = repository.parent / "ale.out"
    driver = script(
        repository, "ale.vim",
        f"""
set nocp nomore
set runtimepath^={EDITORS}/vim
let g:ale_linters_explicit = 1
let g:ale_linters = {{'python': ['mldebt']}}
let g:ale_echo_cursor = 0
packadd ale
filetype plugin on
edit {FILE}
set ft=python noexpandtab
call append(line('$'), '{UNSAVED.rstrip()}')
ALELint
let i = 0
while i < 200 && empty(ale#engine#GetLoclist(bufnr('%')))
  sleep 100m
  let i += 1
endwhile
let found = copy(ale#engine#GetLoclist(bufnr('%')))
call writefile(map(found, {{_, x -> join([x.lnum, x.col, x.type, x.code], '|')}}), '{out}')
qa!
""",
    )  # fmt: skip
    run([program("vim"), "-Nu", "NONE", "-n", "--not-a-term", "-S", driver], repository, TERM="dumb")
    names = {"E": "error", "W": "warning", "I": "note"}
    assert tuple(land(int(f[0]), int(f[1]), "bytes", names[f[2]]) for f in told(out)) == WITH_UNSAVED
    assert [f[3] for f in told(out)] == ["THR001", "ENV001", "ENV006", "THR001"]


NVIM = """
if not vim.fs then vim.fs = {{}} end
vim.opt.runtimepath:prepend('{plugin}')
package.preload['lint'] = function() return {{ linters = {{}}, linters_by_ft = {{}} }} end
dofile('{editors}/neovim/nvim-lint.lua')
local linter = require('lint').linters.mldebt
local buffer = vim.api.nvim_get_current_buf()
vim.api.nvim_buf_set_lines(buffer, -1, -1, false, {{ [==[{unsaved}]==] }})
local text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\\n') .. '\\n'
local command = {{ linter.cmd }}
for _, each in ipairs(linter.args) do command[#command + 1] = type(each) == 'function' and each() or each end
local out = {{}}
local namespace = vim.api.nvim_create_namespace('mldebt')
vim.diagnostic.set(namespace, buffer, linter.parser(vim.fn.system(command, text), buffer))
for _, d in ipairs(vim.diagnostic.get(buffer)) do
  out[#out + 1] = table.concat({{ d.lnum + 1, d.col + 1, d.severity, d.source, 'format' }}, '|')
end
local sarif = vim.fn.system({{ 'mldebt', 'check', '-', '--stdin-filename', '{file}', '-q', '--format', 'sarif' }}, text)
for _, d in ipairs(require('lint.parser').for_sarif()(sarif, buffer, vim.fn.getcwd())) do
  out[#out + 1] = table.concat({{ d.lnum + 1, d.col + 1, d.severity, d.source, 'sarif' }}, '|')
end
vim.fn.writefile(out, '{out}')
vim.cmd('qa!')
"""


def test_nvim_lint(repository: Path) -> None:
    """Its own parser over our configuration, and its parser of SARIF. The plugin itself wants a newer Neovim than
    distributions have; the parser does not."""
    plugin = os.environ.get("MLDEBT_NVIM_LINT", "")
    if not plugin:
        pytest.skip("MLDEBT_NVIM_LINT names no folder: run .ci/integration")
    out = repository.parent / "nvim.out"
    text = NVIM.format(plugin=plugin, editors=EDITORS, unsaved=UNSAVED.rstrip(), file=FILE, out=out)
    driver = script(repository, "nvim.lua", text)
    said = run([program("nvim"), "--headless", "-u", "NONE", "-n", FILE, "-S", driver], repository)
    assert out.exists(), said
    names = {"1": "error", "2": "warning", "3": "note", "4": "note"}
    fields = told(out)
    assert {field[3] for field in fields} == {"mldebt"}
    placed = [land(int(f[0]), int(f[1]), "bytes", names[f[2]]) for f in fields if f[4] == "format"]
    assert tuple(placed) == WITH_UNSAVED
    # It takes UTF-16 columns for bytes, so only lines and severities can be held here.
    listed = [(int(f[0]), names[f[2]]) for f in fields if f[4] == "sarif"]
    assert listed == [(place.line, place.severity) for place in WITH_UNSAVED]


def emacs(repository: Path, text: str) -> list[list[str]]:
    driver = script(repository, "driver.el", text)
    out = repository.parent / "emacs.out"
    said = run([program("emacs"), "-q", "--batch", "-l", driver], repository, OUT=str(out))
    assert out.exists(), said
    return told(out)


EMACS_HEAD = """
(set-language-environment "UTF-8")
(defun note-place (&rest fields)
  (write-region (concat (mapconcat (lambda (f) (format "%s" f)) fields "|") "\\n") nil (getenv "OUT") t))
"""


def test_emacs_flycheck(repository: Path) -> None:
    program("emacs")
    if not list(Path("/usr/share/emacs/site-lisp/elpa").glob("flycheck*")):
        pytest.skip("flycheck is not installed: run .ci/integration")
    fields = emacs(
        repository,
        f"""{EMACS_HEAD}
(require 'package) (package-initialize)
(load "{EDITORS}/emacs/flycheck-mldebt.el")
(setq flycheck-checkers '(python-mldebt) python-indent-guess-indent-offset nil)
(find-file "{FILE}")
(goto-char (point-max)) (insert {json.dumps(UNSAVED, ensure_ascii=False)})
(flycheck-mode 1) (flycheck-buffer)
(let ((n 0)) (while (and (flycheck-running-p) (< n 300)) (accept-process-output nil 0.1) (setq n (1+ n))))
(dolist (e flycheck-current-errors)
  (note-place (flycheck-error-line e) (1+ (- (flycheck-error-pos e) (save-excursion (goto-char (flycheck-error-pos e))
   (line-beginning-position)))) (flycheck-error-level e) (flycheck-error-id e)))
(set-buffer-modified-p nil)
""",
    )
    names = {"error": "error", "warning": "warning", "info": "note"}
    assert tuple(land(int(f[0]), int(f[1]), "characters", names[f[2]]) for f in fields) == WITH_UNSAVED
    assert [f[3] for f in fields] == ["THR001", "ENV001", "ENV006", "THR001"]


def test_emacs_flymake(repository: Path) -> None:
    fields = emacs(
        repository,
        f"""{EMACS_HEAD}
(load "{EDITORS}/emacs/flymake-mldebt.el")
(setq python-indent-guess-indent-offset nil compilation-skip-threshold 0)
(find-file "{FILE}")
(goto-char (point-max)) (insert {json.dumps(UNSAVED, ensure_ascii=False)})
(setq flymake-diagnostic-functions nil flymake-start-on-flymake-mode nil)
(setq-default flymake-diagnostic-functions nil)
(flymake-mldebt-setup)
(flymake-start nil t)
(let ((n 0)) (while (and (null (flymake-diagnostics)) (< n 300)) (accept-process-output nil 0.1) (setq n (1+ n))))
(dolist (d (sort (flymake-diagnostics) (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b)))))
  (save-excursion (goto-char (flymake-diagnostic-beg d))
   (note-place (line-number-at-pos) (1+ (- (point) (line-beginning-position))) (flymake-diagnostic-type d))))
(set-buffer-modified-p nil)
""",
    )
    names = {":error": "error", ":warning": "warning", ":note": "note"}
    assert tuple(land(int(f[0]), int(f[1]), "characters", names[f[2]]) for f in fields) == WITH_UNSAVED


def test_emacs_compile(repository: Path) -> None:
    """compilation-mode's own pattern; where ``next-error`` jumps is what counts."""
    fields = emacs(
        repository,
        f"""{EMACS_HEAD}
(load "{EDITORS}/emacs/compile-mldebt.el")
(setq python-indent-guess-indent-offset nil compilation-skip-threshold 0)
(let ((buffer (compile (concat compile-command " {FILE}"))))
  (while (get-buffer-process buffer) (accept-process-output nil 0.1))
  (with-current-buffer buffer
    (goto-char (point-min))
    (dotimes (_ 3)
      (compilation-next-error 1)
      (let* ((message (get-text-property (point) 'compilation-message))
             (type (compilation--message->type message)))
        (save-excursion (save-window-excursion (compile-goto-error)
          (note-place (line-number-at-pos) (1+ (- (point) (line-beginning-position))) type)))))))
""",
    )
    names = {"2": "error", "1": "warning", "0": "note"}
    assert tuple(land(int(f[0]), int(f[1]), "characters", names[f[2]]) for f in fields) == SAVED


def test_the_problem_matcher_of_vs_code(repository: Path) -> None:
    module = node_module("@rushstack/problem-matcher")
    tasks = json.loads((EDITORS / "vscode" / "tasks.json").read_text("utf-8"))["tasks"]
    (task, watch) = tasks
    assert watch["problemMatcher"]["pattern"] == task["problemMatcher"]["pattern"]
    output = mldebt(repository, *task["args"])
    matcher = {**task["problemMatcher"], "name": "mldebt"}
    code = (
        f"const {{parseProblemMatchersJson}} = require({json.dumps(str(module))});"
        "const [matcher, lines] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const [parsed] = parseProblemMatchersJson([matcher]);"
        "for (const line of lines) console.log(JSON.stringify(parsed.exec(line + '\\n')));"
    )
    given = json.dumps([matcher, output.splitlines()])
    problems = [json.loads(line) for line in run([program("node"), "-e", code], repository, stdin=given).splitlines()]
    # A severity that VS Code does not know ("note") becomes the default of the matcher.
    known = {"error": "error", "warning": "warning"}
    default = {"info": "note"}[matcher["severity"]]
    assert tuple(land(p["line"], p["column"], "utf16", known.get(p["severity"], default)) for p in problems) == SAVED
    assert [p["code"] for p in problems] == ["THR001", "ENV001", "ENV006"]
    assert {p["file"] for p in problems} == {FILE}


def test_efm_langserver(repository: Path) -> None:
    from tests.integration.lsp_client import Client

    config = script(repository, "efm.yaml", (EDITORS / "efm-langserver.yaml").read_text("utf-8"))
    with Client([program("efm-langserver"), "-c", config], repository) as client:
        client.open(repository / FILE, SOURCE + UNSAVED)
        found = client.diagnostics(repository / FILE)
    names = {1: "error", 2: "warning", 3: "note", 4: "note"}
    starts = [(each["range"]["start"], names[each["severity"]]) for each in found]
    places = [land(start["line"] + 1, start["character"] + 1, "utf16", severity) for start, severity in starts]
    assert tuple(sorted(places)) == WITH_UNSAVED


def test_lines_for_editors_have_nothing_beside_them(repository: Path) -> None:
    out = mldebt(repository, "check", "-", "--stdin-filename", FILE, "-q", stdin=SOURCE + UNSAVED)
    line = re.compile(r"pkg/a\.py:\d+:\d+: (error|warning|note): .* \[[A-Z]+\d+\]")
    assert [bool(line.fullmatch(each)) for each in out.splitlines()] == [True] * len(WITH_UNSAVED)
