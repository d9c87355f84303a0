"""Shell scripts: which variables they read, and which they give to the programs that they start.

Not a shell: quotes, comments, substitutions and here-documents are told apart so that a ``$`` in single
quotes is none; one pass, nothing expanded. Names in small letters are the script's own.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.references import Reference, reference_at, references
from mldebt.toml_places import Comment

DIALECT = "shell"
PATTERN = re.compile(r"(?:\.(?:sh|bash|zsh|ksh)|(?:^|/)\.envrc)$")

_OWN_WORDS = (
    "BASH BASHPID BASH_SOURCE BASH_LINENO BASH_REMATCH BASH_VERSION BASH_VERSINFO BASHOPTS SHELLOPTS COLUMNS "
    "COMP_WORDS COMP_CWORD DIRSTACK EUID FUNCNAME GROUPS HISTFILE HOME HOSTNAME HOSTTYPE IFS LINENO LINES LOGNAME "
    "MACHTYPE OLDPWD OPTARG OPTIND OPTERR OSTYPE PATH PIPESTATUS PPID PS1 PS2 PS4 PWD RANDOM REPLY SECONDS SHELL SHLVL "
    "TERM UID USER ZSH_VERSION _"
)
_OWN = frozenset(_OWN_WORDS.split())
"""What the shell sets by itself."""

_STOP = re.compile(r"['\"\\$#\n<();&|{`]")
_STOP_IN_QUOTES = re.compile(r"[\"\\$]")
_COMMAND = re.compile(
    r"[ \t]*(?:(?:if|then|else|elif|do|while|until|time|!|exec|sudo)[ \t]+)*"
    r"(?:(export|local|declare|typeset|readonly|for|read|env)(?:[ \t]+-[\w-]+)*[ \t]+)?"
)
_ASSIGNMENT = re.compile(r"[ \t]*([A-Za-z_]\w*)\+?=")
_VALUE = re.compile(r"'([^'\n]*)'|\"([^\"\\\n]*(?:\\.[^\"\\\n]*)*)\"|([^\s;&|\"'()`]*)", re.DOTALL)
_WRITTEN = re.compile(r"[^\n;&|]{0,300}")
_ENDS = re.compile(r"[\s;&|)]|$")
_NAME = re.compile(r"[ \t]*([A-Za-z_]\w*)")
_FOLLOWED = re.compile(r"[ \t]+[^\s#;&|)]")
_HEREDOC = re.compile(r"<<-?[ \t]*(\\?|['\"]?)([A-Za-z_]\w*)")
_OPTION = re.compile(r"(?<=[ \t])(?:-e|--env|--build-arg)[ \t=]+['\"]?([A-Za-z_]\w*)=")
_LINE = re.compile(r"[^\n]*\n?")


class Given(Struct, frozen=True):
    """A variable that is given to programs: its value as far as it is a plain word."""

    name: str
    value: str
    offset: int
    end: int


class Script(Struct):
    """What a stretch of shell says."""

    reads: list[Reference] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)


def read(path: str, text: str) -> ManifestFacts:
    found = Findings(path, text, DIALECT)
    script = scan(text)
    report(script, found)
    comments = []
    for begin, end in script.comments:
        if text.find("mldebt:", begin, end) >= 0:
            comments.append(Comment(*found.position(begin), text[begin:end].rstrip()))
    return found.done(comments)


def report(script: Script, found: Findings, service: str = "", environment: str = "") -> None:
    """Tell what a script says; its offsets are those of the file."""
    for given in script.given:
        found.declare(given.name, given.value, given.offset, given.end, service=service, environment=environment)
    for one in script.reads:
        found.read(one.name, one.default, one.offset)


def scan(text: str, begin: int = 0, end: int | None = None) -> Script:
    """Read the shell between two offsets of a text."""
    scanner = _Scanner(text, begin, len(text) if end is None else end)
    scanner.run()
    return scanner.script


class _Scanner:
    def __init__(self, text: str, begin: int, end: int) -> None:
        self.text = text
        self.at = begin
        self.begin = begin
        self.end = end
        self.script = Script()
        self._around = [""]  # what encloses this place: "" commands, '"' quotes, "(" a substitution or group
        self._own: set[str] = set()
        self._assigned: set[str] = set()  # own from the next line on
        self._heredocs: list[tuple[str, bool]] = []

    def run(self) -> None:
        self._command()
        while self.at < self.end:
            if self._around[-1] == '"':
                self._in_quotes()
            else:
                self._in_command()
        self._options()

    def _in_quotes(self) -> None:
        stop = _STOP_IN_QUOTES.search(self.text, self.at, self.end)
        if stop is None:
            self.at = self.end
            return
        self.at = stop.start()
        if stop[0] == '"':
            self._around.pop()
            self.at += 1
        elif stop[0] == "\\":
            self.at += 2
        else:
            self._dollar()

    def _in_command(self) -> None:
        stop = _STOP.search(self.text, self.at, self.end)
        if stop is None:
            self.at = self.end
            return
        self.at = stop.start()
        one = stop[0]
        if one == "'":
            close = self.text.find("'", self.at + 1, self.end)
            self.at = close + 1 if close >= 0 else self.end
        elif one == '"':
            self._around.append('"')
            self.at += 1
        elif one == "\\":
            self.at += 2
        elif one == "$":
            self._dollar()
        elif one == "#":
            self._comment()
        elif one == "<":
            self._heredoc()
        elif one == "\n":
            self.at += 1
            self._own |= self._assigned
            self._assigned.clear()
            self._bodies()
            self._command()
        else:
            self._bracket(one)

    def _bracket(self, one: str) -> None:
        closes = one == ")" and self._around[-1] == "("  # else it ends a pattern of ``case``
        if one == "(":
            self._around.append("(")
        elif closes:
            self._around.pop()
        self.at += 1
        if not closes:
            self._command()

    def _dollar(self) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if following == "(":
            self._around.append("(")
            self.at += 2
            self._command()
        elif following == "'" and self._around[-1] != '"':
            self.at += 2
            while self.at < self.end and self.text[self.at] != "'":
                self.at += 2 if self.text[self.at] == "\\" else 1
            self.at += 1
        else:
            one = reference_at(self.text, self.at, self.end)
            if one is None:
                self.at += 2 if following in ("#", "$") else 1
                return
            self.at = one.end
            self._read(one)

    def _read(self, one: Reference) -> None:
        if one.name.upper() == one.name and one.name not in _OWN and one.name not in self._own:
            self.script.reads.append(one)

    def _comment(self) -> None:
        if self.at > self.begin and self.text[self.at - 1] not in " \t\n;&|()":
            self.at += 1
            return
        line = self.text.find("\n", self.at, self.end)
        line = self.end if line < 0 else line
        self.script.comments.append((self.at, line))
        self.at = line

    def _heredoc(self) -> None:
        found = _HEREDOC.match(self.text, self.at, self.end)
        if found is None or self.text[self.at + 2 : self.at + 3] == "<":
            self.at += 3 if self.text.startswith("<<<", self.at) else 1
            return
        self._heredocs.append((found[2], bool(found[1])))
        self.at = found.end() + (found[1] in ("'", '"'))

    def _bodies(self) -> None:
        """The here-documents that were announced on the line that has ended."""
        for delimiter, quoted in self._heredocs:
            begin = self.at
            while self.at < self.end:
                line = _LINE.match(self.text, self.at, self.end)
                last, self.at = self.at, line.end() if line else self.end
                if self.text[last : self.at].strip() == delimiter:
                    break
            if not quoted:
                for one in references(self.text, begin, self.at):
                    self._read(one)
        self._heredocs.clear()

    def _command(self) -> None:
        """The assignments that a command begins with."""
        word = _COMMAND.match(self.text, self.at, self.end)
        assert word is not None  # every part of it may be missing
        at = word.end()
        if word[1] in ("for", "read"):
            self._names(at, several=word[1] == "read")
            return
        while True:
            found = _ASSIGNMENT.match(self.text, at, self.end)
            if found is None:
                return
            value = _VALUE.match(self.text, found.end(), self.end)
            assert value is not None  # the last of its alternatives may be empty
            plain = "`" not in value[0] and _ENDS.match(self.text, value.end(), self.end) is not None
            plain = plain and "$(" not in value[0]
            given = word[1] in ("export", "env") or _is_exporting(word[0])
            if given or (not word[1] and plain and _FOLLOWED.match(self.text, value.end(), self.end)):
                self._give(found, value if plain else None)
            at = self.at = found.end()
            if not plain:  # a value with commands in it is read like the rest
                self._assigned.add(found[1])
                return
            self._inside(found[1], found.end(), value.end())
            at = self.at = value.end()

    def _give(self, name: re.Match[str], value: re.Match[str] | None) -> None:
        """A variable that programs get; a value that is no plain word is kept as it is written."""
        written = value or _WRITTEN.match(self.text, name.end(), self.end)
        assert written is not None  # it may be empty
        said = _said(value) if value is not None else written[0].strip()
        if name[1] not in _OWN:
            self.script.given.append(Given(name[1], said, name.start(1), written.end()))

    def _inside(self, name: str, begin: int, end: int) -> None:
        """What the value of an assignment reads; from there on the name is the script's own."""
        if self.text[begin : begin + 1] != "'":
            for one in references(self.text, begin, end):
                self._read(one)
        self._own.add(name)

    def _names(self, at: int, *, several: bool) -> None:
        while True:
            found = _NAME.match(self.text, at, self.end)
            if found is None:
                return
            self._own.add(found[1])
            at = found.end()
            if not several:
                return

    def _options(self) -> None:
        """``docker run -e NAME=value``."""
        comments = iter(self.script.comments)
        comment = next(comments, None)
        for found in _OPTION.finditer(self.text, self.begin, self.end):
            while comment is not None and comment[1] <= found.start():
                comment = next(comments, None)
            if comment is None or found.start() < comment[0]:
                self._give(found, _VALUE.match(self.text, found.end(), self.end))


def _said(value: re.Match[str]) -> str:
    return next((part for part in value.groups() if part is not None), "")


def _is_exporting(command: str) -> bool:
    """``declare -x``, ``typeset -x``."""
    return re.search(r"\s-\w*x", command) is not None
