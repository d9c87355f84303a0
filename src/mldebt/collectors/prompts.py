"""Texts and model ids that language models are given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.acts import Prompt
from mldebt.syntax.names import last_name, string
from mldebt.traits.model_ids import is_used
from mldebt.vocabulary import tokenise

SHORTEST = 40  # characters of a prompt
KEPT = 80

_MODEL = re.compile(
    r"(?:[\w.-]+[/:])?(?:gpt-|o[134](?:-|$)|claude-|gemini-|mistral-|mixtral-|command-r|text-embedding-|llama-?\d|deepseek-|qwen)[\w.:-]*"
)
_WORDS = frozenset({"prompt", "prompts", "instruction", "instructions", "system", "template", "persona"})
_NO_PROMPT = frozenset(
    {"help", "description", "doc", "error", "message", "url", "path", "file", "sql", "query", "html"}
)


def _may_ask(node: cst.SimpleString | cst.ConcatenatedString) -> bool:
    """Is the text long, or written as the id of a model may be?"""
    return type(node) is not cst.SimpleString or len(node.value) >= SHORTEST or "-" in node.value


class Prompts(Collector):
    """A ``Prompt`` for every long literal that is named as one, or stands in a message, and for every id."""

    @on(cst.SimpleString, cst.ConcatenatedString, like=_may_ask)
    def text(self, node: cst.SimpleString | cst.ConcatenatedString, at: At) -> Iterator[Seen]:
        around = type(at.parent())
        if around is cst.ConcatenatedString or around is cst.Expr:
            return
        if type(node) is cst.SimpleString and len(node.value) < SHORTEST:
            text = node.value.strip("\"'")
            if "-" in text and _MODEL.fullmatch(text) and is_used(node, at.parents, at.vocabulary):
                yield _seen(node, "model", text)
            return
        text = string(node) or ""
        if len(text) >= SHORTEST and text.count(" ") >= 5 and _is_prompt(node, at):
            yield _seen(node, "prompt", " ".join(text.split()))


def _seen(node: cst.CSTNode, kind: str, text: str) -> Seen:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def make(where: Where) -> Prompt:
        return Prompt(kind, text[:KEPT], digest, where.place, where.symbol, where.snippet[:KEPT], where.source_line)

    return Seen(node, make)


def _is_prompt(node: cst.CSTNode, at: At) -> bool:
    """Is the text assigned to, or passed as, a prompt, or the content of a message?"""
    for parent in reversed(at.parents):
        if type(parent) is cst.DictElement:
            key = string(parent.key) or ""
            return key == "content" or bool(set(tokenise(key)) & _WORDS)
        if type(parent) is cst.Arg and parent.keyword is not None:
            tokens = set(tokenise(parent.keyword.value))
            return bool(tokens & _WORDS) and not tokens & _NO_PROMPT
        if type(parent) is cst.Call:
            called = last_name(parent.func)
            return called in {
                "from_template",
                "PromptTemplate",
                "SystemMessage",
                "HumanMessage",
                "SystemMessagePromptTemplate",
            }
        if isinstance(parent, (cst.Assign, cst.AnnAssign)):
            targets = [each.target for each in parent.targets] if isinstance(parent, cst.Assign) else [parent.target]
            tokens = {token for each in targets for token in tokenise(last_name(each))}
            return bool(tokens & _WORDS) and not tokens & _NO_PROMPT
        if isinstance(parent, (cst.SimpleStatementLine, cst.Comparison)):
            return False
    return False
