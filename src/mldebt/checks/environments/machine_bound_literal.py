"""ENV006: a path, bucket or address of one machine or account is written in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome, Recipe, Severity
from mldebt.syntax.names import dotted, string
from mldebt.terms import TRUE, HasRole, IsInImage, negate
from mldebt.vocabulary import tokenise

LONGEST = 300  # characters of a text that is looked at; longer ones are documents

_HOME = re.compile(r"(?:file://)?(?:/[a-z]{2,8})?/(?:home|Users)/(?P<who>[\w.@-]+)(?:/|$)")
_WINDOWS_HOME = re.compile(r"[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}(?P<who>[\w.@ -]+?)(?:[\\/]|$)")
_BUCKET = re.compile(r"(?:s3a?|s3n|gs|abfss?|wasbs?|oss|cos)://(?P<who>[A-Za-z0-9][\w.@-]+)")
_ADDRESS = re.compile(
    r"(?:(?:[a-z][a-z+]*://)(?:[^/@\s]*@)?(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)[\d.]+|"
    r"https?://(?:localhost|127\.0\.0\.1)(?::\d+)?)(?:[:/]|$)"
)
_LOOPBACK = re.compile(r"https?://(localhost|127\.)")
_ASKED_ABOUT = frozenset(
    {"startswith", "endswith", "replace", "removeprefix", "removesuffix", "split", "partition", "rpartition", "index",
     "match", "search", "sub", "compile", "find", "count", "fullmatch", "findall", "strip", "lstrip", "rstrip"}
)  # fmt: skip
_DEFAULTS = frozenset({"default", "value", "fallback", "placeholder", "help", "label", "description"})
_SAID = frozenset({"print", "debug", "info", "warning", "error", "exception", "critical", "log", "echo", "write"})


class MachineBoundLiteral(Rule):
    @on(cst.SimpleString, cst.FormattedStringText, like=lambda node: "/" in node.value or "\\" in node.value)
    def text(self, node: cst.SimpleString | cst.FormattedStringText, at: At) -> Iterator[Hit]:
        text = _beginning(node, at)
        if text is None or len(text) > LONGEST or any(each.isspace() and each != " " for each in text):
            return
        found = _bound(text, at)
        if found is None or _is_not_used(at, found) or _is_setting(at):
            return
        if found == "address" and ((_LOOPBACK.match(text) and not _is_called_with(node, at)) or _is_main(at)):
            return
        severity = None if found == "" else Severity.NOTE
        confidence = Confidence.MEDIUM if found else Confidence.HIGH
        elsewhere = negate(IsInImage(text.rstrip("/"))) if not found else TRUE
        if found == "address":
            elsewhere = negate(HasRole(at.path, ("example",)))  # samples talk to the machine they are tried on
        outcomes = (Outcome(elsewhere, confidence, severity),)
        recipes = _recipes(node, found, at)
        yield Hit(node, {"value": _shortened(text)}, variant=found, outcomes=outcomes, recipes=recipes)


def _recipes(node: cst.SimpleString | cst.FormattedStringText, kind: str, at: At) -> tuple[Recipe, ...]:
    """A field of settings that are read from outside: there, it is what holds until somebody says otherwise."""
    if type(node) is not cst.SimpleString or any(type(each) is cst.Param for each in at.parents):
        return ()
    name = _named(at) or kind or "path"
    arguments = (("literal", node.value), ("name", name), ("external", "yes"))
    return (Recipe("move-to-settings", "make it a field of", "unsafe", arguments, wants="setting"),)


def _named(at: At) -> str:
    """What the text is called where it stands: by an assignment, a keyword, a key."""
    parent = at.parent()
    if type(parent) is cst.Assign:
        return dotted(parent.targets[0].target).rpartition(".")[2]
    if type(parent) is cst.AnnAssign:
        return dotted(parent.target).rpartition(".")[2]
    if type(parent) is cst.Arg and parent.keyword is not None:
        return parent.keyword.value
    if type(parent) is cst.DictElement:
        return string(parent.key) or ""
    return ""


def _is_main(at: At) -> bool:
    """Is this what the file does when it is run by hand?"""
    tests = (each.test for each in at.parents if type(each) is cst.If and type(each.test) is cst.Comparison)
    return any(dotted(test.left) == "__name__" for test in tests)


def _is_called_with(node: cst.CSTNode, at: At) -> bool:
    """Is a call made with this very text? Names, defaults and ports that are computed can be changed."""
    argument, call = at.parent(), at.parent(2)
    if type(node) is not cst.SimpleString or type(argument) is not cst.Arg or type(call) is not cst.Call:
        return False
    named = argument.keyword.value if argument.keyword is not None else ""
    if named in _DEFAULTS or (not named and call.args[0] is not argument):
        return False  # config("URL", "http://localhost"): it stands for what was not set
    words = set(tokenise(dotted(call.func)))
    if words & {"origins", "append", "add", "hosts"}:
        return False
    return "get" not in words or bool(words & {"requests", "httpx", "session", "client"})


def _beginning(node: cst.SimpleString | cst.FormattedStringText, at: At) -> str | None:
    """The text that a literal begins with; what comes later in an f-string begins nothing."""
    if type(node) is cst.SimpleString:
        return string(node)
    whole = at.parent()
    if type(whole) is cst.FormattedString and whole.parts and whole.parts[0] is node:
        return node.value
    return None


def _bound(text: str, at: At) -> str | None:
    """The variant of the message for what the text is bound to, ``None`` when it is bound to nothing."""
    home = _HOME.match(text) or _WINDOWS_HOME.match(text)
    if home is not None:
        who = home["who"].lower()
        return None if at.vocabulary.matches("shared-accounts", who) or _is_placeholder(who, at) else ""
    bucket = _BUCKET.match(text)
    if bucket is not None:
        who = bucket["who"].lower()
        public = who.partition("@")[0] in at.vocabulary.words("public-buckets")
        return None if public or _is_placeholder(who, at) or " " in text else "bucket"
    if _ADDRESS.match(text) and " " not in text:
        return "address"
    return None


def _is_placeholder(who: str, at: At) -> bool:
    words = set(re.split(r"[^a-z0-9]+", who))
    return who.startswith("your") or bool(words & at.vocabulary.words("placeholder-words"))


def _is_not_used(at: At, variant: str) -> bool:
    """Is the text a documentation, a message, a pattern, or something that others are compared with?"""
    if type(at.parent()) is cst.Expr:
        return True
    for parent in reversed(at.parents):
        if isinstance(parent, (cst.Comparison, cst.Assert, cst.Raise)):
            return True
        if isinstance(parent, (cst.List, cst.Tuple, cst.Set)) and variant == "address":
            return True  # the origins that a server lets in
        if type(parent) is cst.Call:
            name = dotted(parent.func).rpartition(".")[2] or (
                parent.func.attr.value if type(parent.func) is cst.Attribute else ""
            )
            if name in _ASKED_ABOUT or name in _SAID:
                return True
        if type(parent) is cst.Assign:
            return any("example" in tokenise(dotted(each.target)) for each in parent.targets)
        if isinstance(parent, (cst.BaseStatement, cst.BaseSmallStatement)):
            return False
    return False


def _is_setting(at: At) -> bool:
    """Is the text the default of something that is set from outside?"""
    words = at.vocabulary.words("config-calls")
    for parent in reversed(at.parents):
        if type(parent) is cst.Call:
            name = dotted(parent.func)
            if name in words or name.rpartition(".")[2] in words or ".".join(name.split(".")[-2:]) in words:
                return True
        if type(parent) is cst.BooleanOperation and type(parent.operator) is cst.Or:
            return True
        if isinstance(parent, (cst.BaseStatement, cst.BaseSmallStatement)):
            break
    klass = at.klass
    bases = at.vocabulary.words("settings-bases")
    return klass is not None and any(base in bases or base.rpartition(".")[2] in bases for base in klass.bases)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
