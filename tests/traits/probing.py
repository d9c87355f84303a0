"""What the interpreter knows at ``probe(...)``: for tests of the traits layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import libcst as cst

from mldebt import vocabulary
from mldebt.syntax import stack
from mldebt.traits.flow import Interpreter
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.values import BY_FLOW, Trait, Value


@dataclass(frozen=True, slots=True)
class Probe:
    """One call of ``probe``, in the order they are told of."""

    value: Value
    symbol: str
    klass: str
    parents: tuple[str, ...]


def cases(name: str) -> dict[str, tuple[str, list[str]]]:
    """The cases of a file beside this one: ``==== name``, a snippet, ``---- what, each, probe, is``."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    found: dict[str, tuple[str, list[str]]] = {}
    for part in text.split("\n==== ")[1:]:
        title, _, rest = part.partition("\n")
        snippet, _, expected = rest.partition("\n---- ")
        assert title not in found
        found[title] = (snippet, [each.strip() for each in expected.strip().split(",")])
    return found


def walked(snippet: str) -> tuple[Interpreter, list[Probe]]:
    """The interpreter after ``snippet``, and its probes."""
    words = vocabulary.load()
    names = Names(words)
    probes: list[Probe] = []

    def listen(node: cst.CSTNode) -> None:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "probe":
            scope = interpreter.scope
            probes.append(
                Probe(
                    interpreter.evaluator.value(node.args[0].value),
                    scope.name,
                    scope.klass.name if scope.klass is not None else "",
                    tuple(type(parent).__name__ for parent in interpreter.parents),
                )
            )

    interpreter = Interpreter(names, Origins(words, names), {cst.Call: listen})
    stack.call(lambda: interpreter.run(cst.parse_module(snippet)))
    return interpreter, probes


def probed(snippet: str) -> list[Probe]:
    return walked(snippet)[1]


def details(snippet: str, trait: Trait = Trait.SCORE) -> list[str | None]:
    """For each probe what ``trait`` is about, known by flow; ``None`` where it is not known."""
    found = (probe.value.traits.get(trait) for probe in probed(snippet))
    return [each.detail if each is not None and each.weight >= BY_FLOW else None for each in found]
