"""REP004: data is read from a place whose content changes, without a version or checksum."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, dotted, keyword, last_name
from mldebt.terms import IsMachineLearning

_REMOTE = re.compile(r"(?:https?|s3a?|gs|gcs|abfss?|adl|wasbs?|hdfs|ftp|az|dbfs)://", re.IGNORECASE)
_VERSIONED = re.compile(
    r"[0-9a-f]{32,}|(?<![a-z])v\d|/\d+\.\d|(?:19|20)\d\d[-_/]?[01]\d|releases/download|version(?:id)?[=/_-]?\d|"
    r"snapshot|@[0-9a-f]{7}|/(?:19|20)\d\d[/_.-]",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"\.(?:csv|tsv|json|jsonl|ndjson|parquet|feather|xlsx?|zip|gz|tgz|bz2|xz|tar|txt|npy|npz|h5|pkl|data|arff)(?:[?#]|$)",
    re.IGNORECASE,
)
_QUERIES = frozenset({"read_sql", "read_sql_query", "read_gbq"})
_LONGEST_QUERY = 2_000
_FROM = re.compile(r"\bselect\b[^;]*?\bfrom\s+[`\"\[]?([\w.-]+)", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:where|between|as\s+of|version|snapshot|limit|date|day|month|year|partition|valid_from)\b", re.I
)


class UnversionedData(Rule):
    @on(cst.Call, called_in=("data-loads", "data-fetches", "table-names"))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        source = self._source(node, at)
        if source is None or _is_checked(node, at):
            return
        yield Hit(
            node,
            {"source": source if len(source) <= 58 else f"{source[:55]}..."},
            # A table is there for any program; what stands at a URL and is a file of data is seldom anything else.
            outcomes=(Outcome(IsMachineLearning(at.path, directly="://" not in source), Confidence.MEDIUM),),
            concept=f"data:{source}",
            value=source,
        )

    def _source(self, node: cst.Call, at: At) -> str | None:
        """The moving place that data is read from, ``None`` when it is none."""
        last = last_name(node.func)
        words = at.vocabulary.words
        reads = last in words("data-loads")
        if not reads and last not in words("data-fetches") | words("table-names"):
            return None
        if (
            last in words("table-names")
            and at.reference(node.func).partition(".")[0] != "pandas"
            and _is_spark(node.func)
        ):
            return _table(node, at)
        if last in _QUERIES:
            return _query(node, at)
        given = argument(node, 0) or (node.args[0].value if node.args else None)
        if last == "get_file":
            given = argument(node, 1, "origin")
        text = at.text(given) if given is not None else None
        if text is None or not _REMOTE.match(text) or _VERSIONED.search(text):
            return None
        if not reads and (not _DATA.search(text) or not _reads_url(node.func, last, at)):
            return None
        return text


def _table(node: cst.Call, at: At) -> str | None:
    given = node.args[0].value if node.args else None
    text = at.text(given) if given is not None else None
    return text if text and "." in text and not _VERSIONED.search(text) else None


def _query(node: cst.Call, at: At) -> str | None:
    """The table that a literal query reads as it is by now, ``None`` for one that says of when, or is not known."""
    given = argument(node, 0, "sql") or argument(node, 0, "query")
    text = at.text(given) if given is not None else None
    found = _FROM.search(text) if text is not None and len(text) < _LONGEST_QUERY else None
    if text is None or found is None or _DATED.search(text) or _VERSIONED.search(text):
        return None
    return found[1]


def _is_spark(func: cst.BaseExpression) -> bool:
    return dotted(func) in {
        "spark.table",
        "spark.read.table",
        "self.spark.table",
        "spark_session.table",
        "sqlContext.table",
    }


def _reads_url(func: cst.BaseExpression, last: str, at: At) -> bool:
    if last == "get":
        return at.reference(func) in {"requests.get", "httpx.get"}
    return True


def _is_checked(node: cst.Call, at: At) -> bool:
    """Is the content fixed by an argument, or checked in the function around?"""
    if any(keyword(node, name) for name in at.vocabulary.words("content-arguments")):
        return True
    function = at.function
    if function is None:
        return False
    checks = at.vocabulary.words("checksums")
    for each in descendants(function.node.body):
        if type(each) is cst.Name and each.value in checks:
            return True
        if type(each) is cst.Attribute and each.attr.value in checks:
            return True
    return False
