"""LLM002: a language model is asked with no bound on its answer and nothing looks at what comes back."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, last_name
from mldebt.traits.handlers import own_nodes
from mldebt.vocabulary import tokenise

_PATHS = ("chat.", "completions.", "responses.")  # nothing else has these
_LENGTH = frozenset({
    "max_tokens", "max_completion_tokens", "max_output_tokens", "max_tokens_to_sample", "max_new_tokens", "num_predict",
    "generation_config", "config", "options", "inference_config",
})  # fmt: skip
_TIME = frozenset({"timeout", "request_timeout", "http_options", "request_options", "client"})
_SHAPE = frozenset({
    "response_format", "tools", "functions", "tool_choice", "response_model", "text_format", "text", "format",
    "guided_json", "extra_body", "output_type", "response_schema", "function_call",
})  # fmt: skip
_PARSING = frozenset({
    "loads", "model_validate_json", "model_validate", "parse_obj", "parse_raw", "validate_json", "validate_python",
    "literal_eval", "json", "search", "match", "fullmatch", "findall", "parse", "with_structured_output", "safe_load",
})  # fmt: skip
_PARSING_WORDS = frozenset({"parse", "extract", "validate", "clean", "postprocess", "sanitize", "check"})

_GENERAL = frozenset({"create", "acreate", "chat"})


_CHAINED = frozenset({"invoke", "ainvoke", "stream", "astream", "batch", "abatch"})
_PARSERS = frozenset({"json", "pydantic", "structured", "parser"})


class UnboundedLlmCall(Rule):
    @on(cst.Call, called=_CHAINED)
    def chained(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``ChatOpenAI(model=name).invoke(question)``, also through ``prompt | llm``: LangChain."""
        links = list(_links(node.func.value, at)) if type(node.func) is cst.Attribute else []
        made = next(filter(None, (_chat_model(each, at) for each in links)), None)
        if made is None or _bounds(made) or any(_PARSERS & set(tokenise(last_name(each))) for each in links):
            return
        if not _bounds(node) and not _is_parsed(at):
            yield Hit(node, {"call": node.func}, outcomes=(Outcome(confidence=Confidence.HIGH),))

    @on(cst.Call, called=_GENERAL, called_in=("language-model-calls",))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        name = last_name(node.func)
        if at.is_notebook:
            return  # somebody sits in front of it
        if not _is_completion(node, name, at):
            return
        if _bounds(node) or _client_is_bounded(node, at) or _is_parsed(at):
            return
        yield Hit(node, {"call": node.func}, outcomes=(Outcome(confidence=Confidence.HIGH),))


def _links(node: cst.BaseExpression, at: At) -> Iterator[cst.BaseExpression]:
    """The parts of a chain ``prompt | llm | parser``, written in place or bound to a name here or in the module."""
    if type(node) is cst.Name:
        node = _chain_called(node.value, at) or node
    if type(node) is cst.BinaryOperation and type(node.operator) is cst.BitOr:
        yield from _links(node.left, at)
        yield node.right
    else:
        yield node


def _chain_called(name: str, at: At) -> cst.BaseExpression | None:
    """What is bound to ``name``, in the function around or in the module."""
    bodies = [at.function.node.body] if at.function is not None else []
    for body in (*bodies, at.parents[0]):
        for each in own_nodes(body):
            if type(each) is cst.Assign and dotted(each.targets[0].target) == name:
                return each.value
    return None


def _chat_model(node: cst.BaseExpression, at: At) -> cst.Call | None:
    """The call that made ``node``, when it is a chat model of LangChain."""
    made = at.value(node).call
    if made is None or not at.reference(made.func).startswith("langchain"):
        return None
    return made if last_name(made.func) in at.vocabulary.words("chat-models") else None


def _bounds(node: cst.Call) -> bool:
    """Is the call given a bound, or options that may hold one?"""
    given = {each.keyword.value for each in node.args if each.keyword is not None}
    return any(each.star for each in node.args) or bool(given & (_LENGTH | _TIME | _SHAPE))


def _is_completion(node: cst.Call, name: str, at: At) -> bool:
    """Is this a call of a client of language models: by what was imported, or by the path of its name?"""
    calls = at.vocabulary.words("language-model-calls")
    reference = at.reference(node.func).replace("()", "")
    written = dotted(node.func) or ".".join(_parts(node.func))
    for each in calls:
        if "." in each and (f".{reference}".endswith(f".{each}") or f".{written}".endswith(f".{each}")):
            return each.startswith(_PATHS) or reference.partition(".")[0] in at.vocabulary.words(
                "language-model-clients"
            )
    return name in calls and reference.partition(".")[0] in at.vocabulary.words("language-model-clients")


def _parts(node: cst.BaseExpression) -> list[str]:
    """The names of a chain, whatever is called or subscripted in it."""
    found: list[str] = []
    while isinstance(node, (cst.Attribute, cst.Call, cst.Subscript)):
        if type(node) is cst.Attribute:
            found.append(node.attr.value)
            node = node.value
        else:
            node = node.func if isinstance(node, cst.Call) else node.value
    return found[::-1]


def _client_is_bounded(node: cst.Call, at: At) -> bool:
    """Was the client made with a timeout of its own, or with options that may hold one?"""
    root = node.func
    while type(root) is cst.Attribute:
        made = at.value(root).call
        if made is not None:
            return any(each.star or (each.keyword is not None and each.keyword.value in _TIME) for each in made.args)
        root = root.value
    if type(root) is cst.Call:
        return any(each.keyword is not None and each.keyword.value in _TIME for each in root.args)
    made = at.value(root).call
    return made is not None and any(
        each.star or (each.keyword is not None and each.keyword.value in _TIME) for each in made.args
    )


def _is_parsed(at: At) -> bool:
    """Does the function around the call take its answers apart, or check them?"""
    body = at.function.node.body if at.function is not None else at.parents[0]
    for each in descendants(body):
        if type(each) is cst.Attribute and each.attr.value in {"finish_reason", "refusal", "tool_calls"}:
            return True
        if type(each) is cst.Call:
            name = last_name(each.func)
            if name in _PARSING or set(tokenise(name)) & _PARSING_WORDS:
                return True
            if name in {"int", "float"} and each.args and type(each.args[0].value) is not cst.SimpleString:
                return True
            if name in {"wait_for", "timeout", "fail_after"}:
                return True
    return False
