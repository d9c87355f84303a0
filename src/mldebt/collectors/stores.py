"""The tables, files and topics that code writes and reads by a literal name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.acts import Stored
from mldebt.syntax.names import argument, last_name
from mldebt.vocabulary import tokenise

_PICKLES = frozenset({"dump", "dumps", "load", "loads", "to_pickle", "read_pickle"})
_PICKLING = frozenset({"pickle", "joblib", "cloudpickle", "dill"})
_READ = re.compile(r"\b(?:from|join)\s+[\"`\[]?([A-Za-z_][\w.]{2,80})", re.IGNORECASE)
_WRITTEN = re.compile(r"\binsert\s+(?:or\s+\w+\s+)?into\s+[\"`\[]?([A-Za-z_][\w.]{2,80})", re.IGNORECASE)
_NO_TABLES = frozenset({"select", "the", "this", "where", "values", "unnest", "lateral", "information_schema"})
_SENDING = frozenset({"send", "produce", "subscribe"})
_MESSENGERS = frozenset({"producer", "consumer", "kafka", "publisher"})
_PATHS = frozenset({"join", "Path", "text", "joinpath"})
_ENDING = re.compile(r"\.\w+(\.\w+)?")
MAX_PARTS = 8  # of a path that are gone through for its end
MAX_SQL = 20_000

MAX_STEPS = 8  # of a path that is put together


class Stores(Collector):
    """A ``Stored`` for every call that names what it writes or reads."""

    @on(cst.Call, called=("dump", "load"), called_in=("stores",))
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        name = last_name(node.func)
        entry = at.vocabulary.mapping("stores").get(name)
        if entry is not None:
            (way, _, form), position, keyword = entry[0].partition(" "), entry[1], entry[2]
            given = argument(node, int(position), keyword)
            text = _text(given, at) if given is not None else ""
            if name == "open":
                way = _open_way(node, at)
            elif way == "either":
                way = _spark_way(node)
            if form == "sql":
                for each_way, table in _tables(text):
                    yield _seen(node, each_way, "table", table)
            elif given is not None and way and (name not in _SENDING or _is_producer(node, at)):
                pickled = name in _PICKLES or bool(_PICKLING & set(at.reference(node.func).split(".")))
                reference = "" if text else _elsewhere(given, at)
                if text or reference:
                    yield _seen(node, way, form, text, pickled=pickled, reference=reference)
        if name in {"dump", "load"} and at.reference(node.func).partition(".")[0] in _PICKLING:
            yield from self._pickled(node, name, at)

    @staticmethod
    def _pickled(node: cst.Call, name: str, at: At) -> Iterator[Seen]:
        given = argument(node, 1 if name == "dump" else 0, "filename")
        opened = at.value(given).call if given is not None else None
        if opened is not None and last_name(opened.func) == "open":
            given = argument(opened, 0)
        text = _text(given, at) if given is not None else ""
        if text:
            yield _seen(node, "write" if name == "dump" else "read", "file", text, pickled=True)


def _seen(node: cst.CSTNode, way: str, form: str, name: str, *, pickled: bool = False, reference: str = "") -> Seen:
    def make(where: Where) -> Stored:
        text = where.snippet, where.source_line
        return Stored(way, form, name[:200], where.place, where.symbol, *text, pickled, reference)

    return Seen(node, make)


def _is_producer(node: cst.Call, at: At) -> bool:
    """Is a message sent: by the name of what sends it, or by the class that it was made by?"""
    if type(node.func) is not cst.Attribute:
        return False
    made = at.reference(node.func.value).rpartition(".")[2]
    return bool(_MESSENGERS & {*tokenise(last_name(node.func.value)), *tokenise(made)})


def _spark_way(node: cst.Call) -> str:
    """``spark.read.parquet(path)``, ``frame.write.mode("append").parquet(path)``; "" for another library's."""
    chain: cst.CSTNode = node.func
    while isinstance(chain, (cst.Attribute, cst.Call)):
        if type(chain) is cst.Attribute and chain.attr.value in {"read", "write"}:
            return chain.attr.value
        chain = chain.value if isinstance(chain, cst.Attribute) else chain.func
    return ""


def _elsewhere(node: cst.BaseExpression, at: At) -> str:
    """The name that another file of the project may bind to the text."""
    reference = at.reference(node) if isinstance(node, (cst.Name, cst.Attribute)) else ""
    return reference if "(" not in reference and at.origins.may_be_own(reference) else ""


def _text(node: cst.BaseExpression, at: At) -> str:
    """The literal name, also the end of a path that is put together; a name may be made from itself."""
    for _ in range(MAX_PARTS):
        if type(node) is cst.Dict and node.elements:
            node = node.elements[0].value  # data_files={"train": ...}
        text = at.text(node)
        if text is not None:
            return text
        value = at.value(node)
        made = value.call or value.joined if type(node) is cst.Name else node
        if type(made) is cst.BinaryOperation:
            node = made.right
            if _ENDING.fullmatch(at.text(node) or ""):
                return ""  # the name stands before it
        elif type(made) is cst.Call and made.args and last_name(made.func) in _PATHS:
            node = made.args[-1].value
        else:
            return ""
    return ""


def _open_way(node: cst.Call, at: At) -> str:
    mode = argument(node, 1, "mode")
    if mode is None:
        return "read"
    text = at.text(mode) or ""
    return "write" if set(text) & set("wax+") else "read" if text else ""


def _tables(sql: str) -> Iterator[tuple[str, str]]:
    sql = sql[:MAX_SQL]
    for way, pattern in (("write", _WRITTEN), ("read", _READ)):
        for found in pattern.finditer(sql):
            if found[1].lower() not in _NO_TABLES:
                yield way, found[1].lower()
