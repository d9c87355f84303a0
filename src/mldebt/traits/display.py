"""Is a test only about how something looks? Colour bands and emoji are no decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.syntax.children import children
from mldebt.syntax.names import dotted, string
from mldebt.vocabulary import Vocabulary, tokenise

_NUMBER = re.compile(r"%[-+ 0#]*\d*(\.\d+)?[feEgGd]")

_PLOTTING = frozenset(
    {"plot", "plots", "draw", "render", "visualize", "visualise", "visualization", "annotate", "figure"}
)


def is_display(parents: Sequence[cst.CSTNode], vocabulary: Vocabulary) -> bool:
    """Do the branches that the innermost test around the current node decides on hold nothing but looks?"""
    for node in reversed(parents):
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            return False
        if type(node) is cst.IfExp:
            return _looks(node, vocabulary) or _is_written(node, parents)
        if type(node) is cst.If:
            return all(_is_look(each, vocabulary) for each in _small_statements(node.body))
    return False


def is_display_chain(node: cst.If | cst.IfExp, vocabulary: Vocabulary) -> bool:
    """Do all branches of a chain hold nothing but looks?"""
    if isinstance(node, cst.IfExp):
        return _looks(node, vocabulary)
    current: cst.If | cst.Else | None = node
    while current is not None:
        if not all(_is_look(each, vocabulary) for each in _small_statements(current.body)):
            return False
        current = current.orelse if type(current) is cst.If else None
    return True


def is_drawn(symbol: str, path: str) -> bool:
    """Is this the body of a function, or a module, that draws?"""
    return bool(_PLOTTING & {*tokenise(symbol.rpartition(".")[2]), *tokenise(path.rpartition("/")[2])})


def has_windows(imported: frozenset[str], vocabulary: Vocabulary) -> bool:
    """Does a module with these imports work with places on a screen? What has no name there is mostly one."""
    return not imported.isdisjoint(vocabulary.words("window-toolkits"))


def _is_written(node: cst.IfExp, parents: Sequence[cst.CSTNode]) -> bool:
    """Does the conditional choose words inside an f-string: ``f"{p:.2f} ({'ok' if p > 0.8 else 'low'})"``?"""
    position = next(index for index, each in enumerate(parents) if each is node)
    chosen = all(isinstance(each, cst.BaseString) for each in (node.body, node.orelse))
    return chosen and any(type(each) is cst.FormattedStringExpression for each in parents[:position])


def _small_statements(suite: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    for statement in suite.body:
        if type(statement) is cst.SimpleStatementLine:
            yield from statement.body
        else:
            yield statement


def _is_look(statement: cst.CSTNode, vocabulary: Vocabulary) -> bool:
    words = vocabulary.words("display-words")
    if type(statement) is cst.Assign:
        named = {token for each in statement.targets for token in tokenise(dotted(each.target))}
        return bool(named & words) or _looks(statement.value, vocabulary)
    if type(statement) is cst.Return:
        return statement.value is not None and _looks(statement.value, vocabulary)
    if type(statement) is cst.Expr and type(statement.value) is cst.Call:
        return bool(set(tokenise(dotted(statement.value.func))) & words)
    return type(statement) is cst.Pass


def _looks(node: cst.CSTNode, vocabulary: Vocabulary) -> bool:
    """A colour, an emoji, markup, a chain of such, or a name that says so."""
    if type(node) is cst.IfExp:
        sides = [each for each in (node.body, node.orelse) if string(each) != ""]  # "**" or nothing
        return bool(sides) and all(_looks(each, vocabulary) for each in sides)
    if isinstance(node, (cst.Tuple, cst.List)):
        return any(_looks(each.value, vocabulary) for each in node.elements)
    if _is_number(node):
        return True
    if isinstance(node, (cst.Name, cst.Attribute, cst.Subscript, cst.Call)):
        inner = node.value if type(node) is cst.Subscript else node.func if type(node) is cst.Call else node
        return bool(set(tokenise(dotted(inner))) & vocabulary.words("display-words"))
    text = string(node)
    if text is None:
        return type(node) is cst.FormattedString and any(_markup(each) for each in children(node))
    return _is_look_text(text, vocabulary)


def _is_number(node: cst.CSTNode) -> bool:
    """A number that is written out, with a sign at most: ``f"{share:.1%}"``, ``"%.2f" % share + "%"``."""
    if type(node) is cst.BinaryOperation and type(node.operator) is cst.Add:
        sides = (node.left, node.right)
        return any(map(_is_number, sides)) and all(_is_number(each) or _wordless(string(each)) for each in sides)
    if type(node) is cst.BinaryOperation and type(node.operator) is cst.Modulo:
        form = string(node.left)
        return form is not None and bool(_NUMBER.search(form)) and _wordless(_NUMBER.sub("", form))
    if type(node) is not cst.FormattedString:
        return False
    texts = [each.value for each in node.parts if type(each) is cst.FormattedStringText]
    formed = any(type(each) is cst.FormattedStringExpression and each.format_spec for each in node.parts)
    return formed and all(map(_wordless, texts))


def _wordless(text: str | None) -> bool:
    return text is not None and not any(each.isalnum() for each in text)


def _markup(part: cst.CSTNode) -> bool:
    return type(part) is cst.FormattedStringText and "<" in part.value


def _is_look_text(text: str, vocabulary: Vocabulary) -> bool:
    stripped = text.strip().lower()
    if stripped and not stripped.strip("*"):
        return True  # the stars of significance
    if stripped in vocabulary.words("display-literals") or stripped.startswith(("#", "<")):
        return True
    return bool(stripped) and all(ord(each) > 0x2000 or each.isspace() for each in stripped)
