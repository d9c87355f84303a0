"""Runs one file abstractly to see where its data goes: loads, splits, fits, and what leaks between them.

The module's statements run first, then each function by itself; a call of a function of the file runs
its body with what it is given. What comes from other files is unknown and new. Nothing here knows rules:
they ask ``story_of`` what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import libcst as cst
from msgspec.structs import replace

from mldebt.syntax.children import calls, children, descendants, statements
from mldebt.syntax.names import dotted, keyword, last_name, string, target_names
from mldebt.traits.lineage import NOTHING, TEST, TRAIN, VALIDATION, Data, Frame, Made, Story, either, union
from mldebt.traits.steps import Steps
from mldebt.vocabulary import Vocabulary, tokenise

MAX_STATEMENTS = 6_000  # statements that are run in one file, calls of its functions included
MAX_DEPTH = 5  # functions that call functions
MAX_NESTING = 120  # of expressions

_TRAIN_WORDS = frozenset({"train", "training", "tr", "trn"})
_TEST_WORDS = frozenset({"test", "testing", "tst", "te", "holdout"})
_VALIDATION_WORDS = frozenset({"val", "valid", "validation", "dev", "eval"})
_KEEPS_COLUMNS = frozenset(
    {"copy", "dropna", "reset_index", "fillna", "sample", "drop_duplicates", "sort_values", "sort_index", "astype",
     "head", "tail", "query", "replace", "interpolate", "ffill", "bfill", "to_numpy", "infer_objects"}
)  # fmt: skip
_WARNINGS = frozenset({"log", "logger", "logging", "warn", "warning", "exit", "abort"})
_NOTHING = frozenset({cst.Lambda, cst.FormattedString, cst.Integer, cst.Float})
_NUMBERS = frozenset({cst.Integer, cst.Float})
_ALL = frozenset({"*"})  # columns that are dropped and not known


def story_of(module: cst.Module, vocabulary: Vocabulary) -> Story:
    """What happens in ``module``."""
    runner = _Runner(vocabulary, _imports(module))
    runner.run(module)
    del runner.steps  # the two know each other: apart they go at once, and the tree with them
    return runner.story


def _imports(module: cst.Module) -> dict[str, str]:
    """Name -> what it means, of all imports in the module, wherever they stand."""
    found: dict[str, str] = {}
    for node in statements(module):
        if type(node) is cst.Import:
            for alias in node.names:
                name = dotted(alias.name)
                asname = alias.asname.name if alias.asname is not None else None
                if type(asname) is cst.Name:
                    found[asname.value] = name
                else:
                    found[name.partition(".")[0]] = name.partition(".")[0]
        elif type(node) is cst.ImportFrom and not isinstance(node.names, cst.ImportStar):
            base = dotted(node.module) if node.module is not None else ""
            prefix = "." * len(node.relative) + base
            prefix += "" if prefix.endswith(".") else "."
            for alias in node.names:
                given = alias.asname.name if alias.asname is not None else alias.name
                if type(given) is cst.Name:
                    found[given.value] = f"{prefix}{dotted(alias.name)}"
    return found


@lru_cache(maxsize=10_000)
def part_named(name: str) -> str:
    """The part of a split that data called ``name`` is, by its name; "" when it does not say."""
    tokens = set(tokenise(name))
    found = [
        part
        for part, words in ((TRAIN, _TRAIN_WORDS), (TEST, _TEST_WORDS), (VALIDATION, _VALIDATION_WORDS))
        if tokens & words
    ]
    return found[0] if len(found) == 1 else ""


def is_standardised(node: cst.BinaryOperation) -> bool:
    """Is it written like ``(x - mean) / deviation``?"""
    left = node.left
    return (
        type(node.operator) is cst.Divide and type(left) is cst.BinaryOperation and type(left.operator) is cst.Subtract
    )


def may_learn(node: cst.BinaryOperation) -> bool:
    """May ``node`` be standardised by what was learnt from the data, not by numbers that are written there?"""
    if not is_standardised(node):
        return False
    moved = node.left.right if type(node.left) is cst.BinaryOperation else node
    return type(node.right) not in _NUMBERS and type(moved) not in _NUMBERS


class _Runner:
    def __init__(self, vocabulary: Vocabulary, imports: Mapping[str, str]) -> None:
        self.story = Story()
        self.imports = imports
        self.vocabulary = vocabulary
        self.steps = Steps(self)
        self.env: dict[str, Data] = {}
        self._functions: dict[str, cst.FunctionDef] = {}
        self._classes: dict[str, cst.ClassDef] = {}
        self._running: list[cst.FunctionDef] = []
        self._returned: list[Data] = []
        self._names: dict[int, set[str]] = {}  # of functions, by their ids: they may run often
        self._warning: dict[int, bool] = {}  # of ``if``s, the same
        self._left = MAX_STATEMENTS
        self._depth = 0
        self._numbers = 0

    # running -----------------------------------------------------------------------------------

    def run(self, module: cst.Module) -> None:
        classes: list[cst.ClassDef] = []
        for node in module.body:
            if type(node) is cst.FunctionDef:
                self._functions[node.name.value] = node
            elif type(node) is cst.ClassDef:
                classes.append(node)
                self._classes[node.name.value] = node
        self._block(module.body)
        outer = self.env
        for name, function in self._functions.items():
            self.env = dict(outer)
            self.story.returned[name] = self._body(function).origins
        for klass in classes:
            self._class(klass, outer)

    def _class(self, klass: cst.ClassDef, outer: dict[str, Data]) -> None:
        """The methods one after the other: what they keep in self, the next ones find there."""
        methods = [each for each in klass.body.body if type(each) is cst.FunctionDef]
        methods.sort(key=lambda each: each.name.value != "__init__")
        known = self._functions
        self._functions = {**known, **{f"self.{each.name.value}": each for each in methods}}
        kept: dict[str, Data] = {}
        for method in methods:
            self.env = {**outer, **kept}
            self.story.returned[f"{klass.name.value}.{method.name.value}"] = self._body(method).origins
            kept = {name: value for name, value in self.env.items() if name.startswith("self.")}
        self._functions = known

    def _body(self, function: cst.FunctionDef) -> Data:
        self._running.append(function)
        returned, self._returned = self._returned, []
        self._suite(function.body)
        result = NOTHING
        for position, value in enumerate(self._returned):
            result = either(result, value) if position else value
        self._returned = returned
        self._running.pop()
        return result

    def inline(self, function: cst.FunctionDef, node: cst.Call, first: Data | None = None) -> Data | None:
        """What a call of a function of this file gives, or of one that ``first`` is handed to; ``None`` when it
        is not followed."""
        if function in self._running or len(self._running) >= MAX_DEPTH or self._left <= 0:
            return None
        parameters = [*function.params.posonly_params, *function.params.params, *function.params.kwonly_params]
        if parameters and parameters[0].name.value in {"self", "cls"}:
            parameters = parameters[1:]
        names = [each.name.value for each in parameters]
        given: dict[str, Data] = {}
        if first is not None and names:
            given[names[0]] = first
        for position, argument in enumerate(node.args if first is None else ()):
            value = self.data(argument.value)
            if argument.keyword is not None:
                given[argument.keyword.value] = value
            elif position < len(names) and not argument.star:
                given[names[position]] = value
        outer = self.env
        local = self._names_in(function)
        self.env = {name: value for name, value in outer.items() if "." in name or name not in local or name in given}
        self.env.update({each: _told_by(each, value) for each, value in given.items()})
        result = self._body(function)
        kept = {name: value for name, value in self.env.items() if name.startswith("self.")}
        self.env = outer
        self.env.update(kept)
        return result

    def _names_in(self, function: cst.FunctionDef) -> set[str]:
        known = self._names.get(id(function))
        if known is None:
            known = {name.value for name in descendants(function.body) if type(name) is cst.Name}
            self._names[id(function)] = known
        return known

    def function(self, name: str) -> cst.FunctionDef | None:
        return self._functions.get(name)

    def fresh(self) -> int:
        """A number that nothing else has."""
        self._numbers += 1
        return self._numbers

    # statements --------------------------------------------------------------------------------

    def _suite(self, suite: cst.BaseSuite) -> None:
        self._block(suite.body)

    def _block(self, body: Iterable[cst.CSTNode]) -> None:
        for statement in body:
            for small in statement.body if type(statement) is cst.SimpleStatementLine else (statement,):
                self._left -= 1
                if self._left <= 0:
                    return
                method = _STATEMENTS.get(type(small))
                if method is not None:
                    method(self, small)

    def _expression(self, node: cst.Expr) -> None:
        self.data(node.value)

    def _assign(self, node: cst.Assign) -> None:
        value = self.data(node.value)
        for target in node.targets:
            self._bind(target.target, value, node.value)

    def _annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, self.data(node.value), node.value)

    def _augmented(self, node: cst.AugAssign) -> None:
        self._bind(node.target, union(self.data(node.target), self.data(node.value)), node.value)

    def _bind(self, target: cst.CSTNode, value: Data, source: cst.CSTNode) -> None:
        if type(target) is cst.Tuple or type(target) is cst.List:
            self._unpack(target, value, source)
            return
        name = dotted(target)
        if name:
            self.env[name] = self._as_named(name, value, source)
            if type(target) is cst.Attribute:
                self.mix(target.value, value)
            return
        if type(target) is cst.Subscript:  # df["a"] = ..., x[:, 1] = ..., df.loc[i, "a"] = ...
            owner = target.value
            if type(owner) is cst.Attribute and owner.attr.value in {"loc", "iloc", "at", "iat"}:
                owner = owner.value
            self.mix(owner, value)

    def mix(self, owner: cst.CSTNode, value: Data) -> None:
        """``value`` becomes a part of what ``owner`` names."""
        name = dotted(owner)
        if name and name != "self":
            known = self.lookup(name, owner)
            joined = union(known, value)
            self.env[name] = replace(joined, frame=known.frame, made=known.made)

    def _unpack(self, target: cst.Tuple | cst.List, value: Data, source: cst.CSTNode) -> None:
        count = len(target.elements)
        elements = value.elements if value.elements is not None and len(value.elements) == count else None
        parts = [part_named(next(iter(target_names(each.value)), "")) for each in target.elements]
        if elements is None and TRAIN in parts and {TEST, VALIDATION} & set(parts) and type(source) is cst.Call:
            self.steps.split(source, (value,))  # by somebody else's function, whose parts their names tell
            base = value.plain()
            elements = tuple(replace(base, parts=frozenset({part} if part else ())) for part in parts)
        for position, each in enumerate(target.elements):
            part = elements[position] if elements is not None else value.plain()
            written = source
            if isinstance(source, (cst.Tuple, cst.List)) and len(source.elements) == count:
                written = source.elements[position].value
            self._bind(each.value, part, written)

    def _as_named(self, name: str, value: Data, source: cst.CSTNode) -> Data:
        """What a name says of the data that it is given: the part of a split that is cut by hand."""
        part = part_named(name.rpartition(".")[2])
        if part == VALIDATION and value.parts == {TEST}:
            return replace(value, parts=frozenset({VALIDATION}))
        if not part or value.parts or value.made is not None:
            return value
        base = source.value if type(source) is cst.Subscript else source
        if _cuts_rows(source) and value.origins and part_named(last_name(base)) != part:
            self.steps.split(source, (value,))
            return replace(value, parts=frozenset({part}))
        return value

    def _return(self, node: cst.Return) -> None:
        self._returned.append(self.data(node.value) if node.value is not None else NOTHING)

    def _delete(self, node: cst.Del) -> None:
        targets = [each.value for each in node.target.elements] if type(node.target) is cst.Tuple else [node.target]
        for target in targets:
            if type(target) is cst.Subscript:
                self.drop(target.value, self.texts(target.slice[0].slice))

    def drop(self, owner: cst.CSTNode, columns: frozenset[str]) -> None:
        """Columns are taken out of the table that ``owner`` names."""
        name = dotted(owner)
        known = self.env.get(name)
        if known is not None and known.frame is not None:
            self.env[name] = replace(known, frame=Frame(known.frame.number, known.frame.dropped | columns))

    def _assert(self, node: cst.Assert) -> None:
        self.check(self.data(node.test))

    def check(self, value: Data, by: str = "") -> None:
        """Something looks at whether ``value`` is what it should be; ``by`` is what it is called."""
        self.story.checked |= value.origins
        if {"validate", "schema"} & set(tokenise(by)):
            self.story.typed |= value.origins

    def _if(self, node: cst.If) -> None:
        known = self._decided(node.test)
        if known is not None:  # a function that is told which way to go
            if known:
                self._suite(node.body)
            elif type(node.orelse) is cst.If:
                self._if(node.orelse)
            elif node.orelse is not None:
                self._suite(node.orelse.body)
            return
        test = self.data(node.test)
        if _names(node.test) & self.vocabulary.words("checksums"):
            self.story.sealed = True
        warns = self._warning.get(id(node))
        if warns is None:
            warns = self._warning[id(node)] = _warns(node.body)
        if warns:
            self.check(test)
        before = dict(self.env)
        self._suite(node.body)
        after, self.env = self.env, before
        if type(node.orelse) is cst.If:
            self._if(node.orelse)
        elif node.orelse is not None:
            self._suite(node.orelse.body)
        for name, value in after.items():
            other = self.env.get(name)
            self.env[name] = value if other is None else either(value, other)

    def _decided(self, test: cst.BaseExpression) -> bool | None:
        """What a comparison of a text that is known with a literal one comes to, ``None`` for any other test."""
        if type(test) is not cst.Comparison or len(test.comparisons) != 1 or type(test.left) is not cst.Name:
            return None
        target = test.comparisons[0]
        left = self.env.get(test.left.value)
        right = string(target.comparator)
        if left is None or left.text is None or right is None:
            return None
        if isinstance(target.operator, (cst.Equal, cst.NotEqual)):
            return (left.text == right) is (type(target.operator) is cst.Equal)
        return None

    def _for(self, node: cst.For) -> None:
        value = self.data(node.iter)
        self._bind(node.target, value.plain() if value.elements is None else union(*value.elements), node.iter)
        self._suite(node.body)
        if node.orelse is not None:
            self._suite(node.orelse.body)

    def _while(self, node: cst.While) -> None:
        self.data(node.test)
        self._suite(node.body)

    def _with(self, node: cst.With) -> None:
        for item in node.items:
            value = self.data(item.item)
            if item.asname is not None:
                self._bind(item.asname.name, value, item.item)
        self._suite(node.body)

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        self._suite(node.body)
        for handler in node.handlers:
            self._suite(handler.body)
        for further in (node.orelse, node.finalbody):
            if further is not None:
                self._suite(further.body)

    # expressions -------------------------------------------------------------------------------

    def data(self, node: cst.CSTNode | None) -> Data:
        """What ``node`` is, with what names are bound to now."""
        if node is None or self._depth > MAX_NESTING:
            return NOTHING
        self._depth += 1
        try:
            return self._data(node)
        finally:
            self._depth -= 1

    def _data(self, node: cst.CSTNode) -> Data:
        if type(node) is cst.Name:
            return self.lookup(node.value, node)
        if type(node) is cst.Attribute:
            return self._attribute(node)
        if type(node) is cst.Call:
            return self.steps.call(node)
        if type(node) is cst.Subscript:
            return self._subscript(node)
        if type(node) is cst.Tuple or type(node) is cst.List:
            elements = tuple(self.data(each.value) for each in node.elements[:64])
            return replace(union(*elements), elements=elements) if elements else NOTHING
        if type(node) is cst.SimpleString or type(node) is cst.ConcatenatedString:
            return Data(text=string(node))
        if type(node) is cst.IfExp:
            return either(self.data(node.body), self.data(node.orelse))
        if type(node) is cst.BinaryOperation:
            return self._binary(node)
        if type(node) in _NOTHING:
            return NOTHING
        parts = children(node)
        return union(*(self.data(each) for each in parts)) if parts else NOTHING

    def _binary(self, node: cst.BinaryOperation) -> Data:
        left, right = self.data(node.left), self.data(node.right)
        joined = union(left, right)
        if is_standardised(node) and right.statistic and type(node.left) is cst.BinaryOperation:
            moved = self.data(node.left.right)
            if moved.statistic and moved.origins & right.origins:
                return self.steps.by_hand(node, "", joined, "statistic")
        return replace(joined, statistic=left.statistic and (right.statistic or not right.origins))

    def lookup(self, name: str, node: cst.CSTNode) -> Data:
        """What ``name`` is bound to; something new, remembered, when nothing says."""
        known = self.env.get(name)
        if known is None:
            if name.partition(".")[0] in self.imports or name in self._functions or name in self._classes:
                return NOTHING
            part = part_named(name.rpartition(".")[2])
            number = self.fresh()
            made = Made("", ("name", name))
            known = Data(frozenset({number}), frozenset({part} if part else ()), frame=Frame(number), made=made)
            self.env[name] = known
        return known

    def _attribute(self, node: cst.Attribute) -> Data:
        name = dotted(node)
        if name and (name in self.env or (name.startswith("self.") and name.count(".") == 1)):
            return self.lookup(name, node)
        owner = self.data(node.value)
        if node.attr.value in {"shape", "columns", "dtypes", "index", "size"}:
            return replace(owner.plain(), fits=frozenset(), parts=frozenset())
        if owner.frame is not None and node.attr.value == "values":
            return replace(owner, made=None)
        if owner.frame is not None and not owner.made_by_call:
            return replace(owner.plain(), column=(owner.frame.number, node.attr.value))
        return owner.plain()

    def _subscript(self, node: cst.Subscript) -> Data:
        owner = self.data(node.value)
        index = node.slice[0].slice if len(node.slice) == 1 else None
        inner = index.value if type(index) is cst.Index else None
        key = string(inner) if inner is not None else None
        if key is not None:
            column = (owner.frame.number, key) if owner.frame is not None else None
            return replace(owner.plain(), column=column)
        if type(inner) is cst.Integer and owner.elements is not None:
            position = int(inner.value, 0) if len(inner.value) < 4 else len(owner.elements)
            return owner.elements[position] if position < len(owner.elements) else owner.plain()
        if inner is not None and isinstance(inner, (cst.Comparison, cst.BinaryOperation)):
            return replace(owner, made=None, elements=None)  # rows: the columns stay
        return owner.plain()

    def texts(self, node: cst.CSTNode | None) -> frozenset[str]:
        """The literal strings that ``node`` is, ``*`` for others that are not known."""
        if type(node) is cst.Index:
            node = node.value
        if node is None:
            return _ALL
        if isinstance(node, (cst.List, cst.Tuple)):
            return frozenset().union(*(self.texts(each.value) for each in node.elements)) if node.elements else _ALL
        text = self.data(node).text
        return frozenset({text}) if text is not None else _ALL

    def keeps_columns(self, owner: Data, method: str, node: cst.Call) -> Frame | None:
        """The table that a method of a table gives, while its columns are known."""
        if owner.frame is None:
            return None
        if method in _KEEPS_COLUMNS:
            return owner.frame
        if method == "drop":
            given = keyword(node, "columns") or next((each for each in node.args if each.keyword is None), None)
            if keyword(node, "index") is not None and keyword(node, "columns") is None:
                return owner.frame
            dropped = self.texts(given.value) if given is not None else _ALL
            return Frame(owner.frame.number, owner.frame.dropped | dropped)
        return None


_STATEMENTS: Mapping[type[cst.CSTNode], Callable[..., None]] = {
    cst.Assign: _Runner._assign,
    cst.AnnAssign: _Runner._annotated,
    cst.AugAssign: _Runner._augmented,
    cst.Expr: _Runner._expression,
    cst.Return: _Runner._return,
    cst.Del: _Runner._delete,
    cst.Assert: _Runner._assert,
    cst.If: _Runner._if,
    cst.For: _Runner._for,
    cst.While: _Runner._while,
    cst.With: _Runner._with,
    cst.Try: _Runner._try,
    cst.TryStar: _Runner._try,
}


def _told_by(name: str, value: Data) -> Data:
    """What a parameter is given, with the part of a split that its name tells where nothing else does."""
    part = part_named(name)
    return replace(value, parts=frozenset({part})) if part and value.origins and not value.parts else value


def _warns(body: cst.CSTNode) -> bool:
    """Is something raised, warned of or logged in ``body``?"""
    return any(type(each) is cst.Raise for each in statements(body)) or any(
        not _WARNINGS.isdisjoint(tokenise(dotted(each.func))) for each in calls(body)
    )


def _names(node: cst.CSTNode) -> frozenset[str]:
    return frozenset(each.value for each in descendants(node) if type(each) is cst.Name)


def _cuts_rows(node: cst.CSTNode) -> bool:
    """Is ``node`` some of the rows of what it is made from?"""
    if type(node) is cst.Call and type(node.func) is cst.Attribute:
        method = node.func.attr.value
        if method in {"sample", "head", "tail", "query", "take", "iloc", "truncate", "limit"}:
            return True
        return method in {"copy", "reset_index"} and _cuts_rows(node.func.value)
    if type(node) is not cst.Subscript or not node.slice:
        return False
    first = node.slice[0].slice
    if type(first) is cst.Slice:
        return first.lower is not None or first.upper is not None
    if type(first) is not cst.Index:
        return False
    if isinstance(first.value, (cst.Comparison, cst.UnaryOperation, cst.BinaryOperation)):
        return True
    tokens = set(tokenise(dotted(first.value)))
    return bool(tokens & {"idx", "index", "indices", "indexes", "inds", "mask", "ix", "fold"})
