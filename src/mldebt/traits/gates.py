"""Does a test let something through or stop it: a quality gate?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice

import libcst as cst

from mldebt.syntax.children import descendants
from mldebt.syntax.names import last_name, string
from mldebt.vocabulary import Vocabulary, tokenise

MAX_NODES = 400  # of the branches that are looked at

_STOPPING = frozenset({"exit", "fail", "abort", "_exit"})


def is_gate(parents: Sequence[cst.CSTNode], vocabulary: Vocabulary) -> bool:
    """Is the test around the current node a gate: an assertion, a branch that raises or exits or that
    promotes, registers or deploys, or the answer of a function that is named so?"""
    words = vocabulary.words("gate-words")
    for index in range(len(parents) - 1, -1, -1):
        node = parents[index]
        if type(node) is cst.Assert:
            return True
        if isinstance(node, (cst.If, cst.IfExp)):
            return _decides(node, words)
        if type(node) is cst.Assign:
            return any(set(tokenise(last_name(each.target))) & words for each in node.targets)
        if type(node) is cst.FunctionDef:
            answers = any(type(each) is cst.Return for each in parents[index:])
            return answers and bool(set(tokenise(node.name.value)) & words)
        if type(node) is cst.IndentedBlock and not any(type(each) is cst.Return for each in parents[index:]):
            return False
    return False


def _decides(node: cst.If | cst.IfExp, words: frozenset[str]) -> bool:
    if type(node) is cst.IfExp:
        return any(set(tokenise(string(each) or "")) & words for each in (node.body, node.orelse))
    branches = chain(descendants(node.body), descendants(node.orelse) if node.orelse is not None else ())
    for each in islice(branches, MAX_NODES):
        if type(each) is cst.Raise:
            return True
        if type(each) is cst.Call:
            last = last_name(each.func)
            if last in _STOPPING or set(tokenise(last)) & words:
                return True
        if type(each) is cst.Assign and any(set(tokenise(last_name(t.target))) & words for t in each.targets):
            return True
    return False
