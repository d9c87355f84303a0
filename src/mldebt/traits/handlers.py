"""Functions that answer requests, and what they do on each one."""

from __future__ import annotations

from collections.abc import Iterator, Set

import libcst as cst

from mldebt.syntax.children import LEAVES, children, descendants
from mldebt.syntax.names import argument, dotted, last_name, string
from mldebt.traits.failures import failures_of
from mldebt.traits.scopes import ClassBody, Function
from mldebt.vocabulary import Vocabulary, tokenise

# What a page of Gradio calls functions by.
_SHOWING = frozenset({"Interface", "ChatInterface", "click", "submit", "change", "upload"})
_NO_RECORD = frozenset({"print", "append", "add", "write", "put", "send"})  # a list or a reply, mostly


def is_handler(function: Function, vocabulary: Vocabulary) -> bool:
    """Does something outside call the function for each request: by its decorator, by the platform's name
    for it, or as the method of a class that a platform serves?"""
    words = vocabulary.words
    requests, pipelines = words("request-decorators"), words("pipeline-markers")
    for each in function.decorators:
        root, dot, _ = each.lstrip("@.").partition(".")
        if dot and each.rpartition(".")[2] in requests and root not in pipelines:
            return True
    name = function.simple_name
    if function.klass is None:
        return name in words("request-functions") and "." not in function.name
    if any(base.rpartition(".")[2].endswith("Servicer") for base in function.klass.bases):
        return name[:1].isupper()  # a method of gRPC
    return name in words("request-methods") and _is_served(function.klass, vocabulary)


def is_given_request(function: Function, imported: Set[str], vocabulary: Vocabulary) -> bool:
    """Is the function one that a web framework, which is ``imported``, gives a request to: a view of Django, of
    aiohttp, of Azure?"""
    params = [each for each in function.node.params.params if each.name.value not in {"self", "cls"}]
    if not params or params[0].name.value not in {"request", "req"} or "." in function.name.replace(".post", ""):
        return False
    return not imported.isdisjoint(vocabulary.words("request-frameworks"))


def _is_served(klass: ClassBody, vocabulary: Vocabulary) -> bool:
    """Does a platform serve the class: by its base, by its decorator, or by its name?"""
    words = vocabulary.words
    bases, decorators = words("serving-bases"), words("model-decorators")
    if any(base in bases or base.rpartition(".")[2] in bases for base in klass.bases):
        return True
    if klass.name in words("model-class-names"):
        return True
    made = (each.decorator for each in klass.node.decorators)
    return any(
        ".".join(dotted(each.func if type(each) is cst.Call else each).split(".")[-2:]) in decorators for each in made
    )


def shown(module: cst.Module) -> frozenset[str]:
    """The functions that the module hands to what shows a page and calls them for each input: ``fn`` of
    ``gr.Interface(fn, ...)``, of ``button.click(fn, ...)``."""
    found = set()
    for node in descendants(module):
        if type(node) is cst.Call and last_name(node.func) in _SHOWING:
            given = argument(node, 0, "fn")
            if type(given) is cst.Name:
                found.add(given.value)
    return frozenset(found)


def is_wrapper(function: Function, vocabulary: Vocabulary) -> bool:
    """Is the function a method of a class that is stored with a model, to be served with it?"""
    bases = vocabulary.words("model-wrappers")
    return function.klass is not None and any(each in bases for each in function.klass.bases)


def route_of(function: cst.FunctionDef) -> str:
    """The address of ``@app.post("/score")``, "" when a decorator has none."""
    for each in function.decorators:
        given = argument(each.decorator, 0, "path") if type(each.decorator) is cst.Call else None
        route = string(given) if given is not None else None
        if route is not None and route.startswith("/"):
            return route
    return ""


_OF_THEIR_OWN = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})


def own_nodes(body: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes below ``body`` that run with it, without the leaves: not those of the functions and classes that it
    defines."""
    stack = [body]
    while stack:
        node = stack.pop()
        yield node
        if type(node) not in _OF_THEIR_OWN or node is body:
            stack += [each for each in children(node)[::-1] if type(each) not in LEAVES]


def own_calls(body: cst.CSTNode) -> Iterator[cst.Call]:
    """The calls below ``body`` that run with it."""
    return (node for node in own_nodes(body) if type(node) is cst.Call)


def tells(body: cst.CSTNode, vocabulary: Vocabulary) -> bool:
    """Does a body count, trace or write down what it works with? A message without anything in it does not."""
    failures = failures_of(vocabulary)
    words = vocabulary.words("watching-calls")
    for node in own_calls(body):
        name = last_name(node.func)
        if name in words or {"monitor", "monitoring", "telemetry", "audit"} & set(tokenise(name)):
            return True
        if name in _NO_RECORD or not failures.reports(node):
            continue
        if any(type(each.value) is not cst.SimpleString for each in node.args):
            return True
    return False


def is_thin(function: cst.FunctionDef) -> bool:
    """Does the body only hand its arguments on: ``return other.predict(rows)``, also over one name?"""
    body = function.body.body
    statements = [each for each in body if not _is_docstring(each)]
    if not statements or len(statements) > 2 or type(statements[0]) is not cst.SimpleStatementLine:
        return False
    small = statements[0].body[0]
    value = small.value if isinstance(small, (cst.Return, cst.Expr)) else None
    if len(statements) == 2:
        value = small.value if type(small) is cst.Assign and _returns_name(statements[1]) else None
    if type(value) is cst.Await:
        value = value.expression
    if type(value) is not cst.Call or not dotted(value.func):
        return False
    return all(type(each) is not cst.Call for argument in value.args for each in descendants(argument.value))


def _returns_name(node: cst.CSTNode) -> bool:
    small = node.body[0] if type(node) is cst.SimpleStatementLine else None
    return type(small) is cst.Return and type(small.value) is cst.Name


def _is_docstring(node: cst.CSTNode) -> bool:
    if type(node) is not cst.SimpleStatementLine or len(node.body) != 1:
        return False
    small = node.body[0]
    return type(small) is cst.Expr and isinstance(small.value, (cst.BaseString, cst.Ellipsis))


def is_main_test(node: cst.If) -> bool:
    """``if __name__ == "__main__":``"""
    test = node.test
    return type(test) is cst.Comparison and "__name__" in {dotted(test.left), *(
        dotted(each.comparator) for each in test.comparisons
    )}  # fmt: skip
