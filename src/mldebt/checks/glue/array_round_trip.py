"""GLU005: arrays go from one framework through NumPy into another, and back."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import dotted, last_name
from mldebt.traits.handlers import own_calls

_MAKERS = {
    "torch.from_numpy": "torch", "torch.tensor": "torch", "torch.as_tensor": "torch", "torch.Tensor": "torch",
    "torch.FloatTensor": "torch", "tensorflow.convert_to_tensor": "tensorflow", "tensorflow.constant": "tensorflow",
    "jax.numpy.array": "jax", "jax.numpy.asarray": "jax", "cupy.asarray": "cupy", "cupy.array": "cupy",
    "mxnet.nd.array": "mxnet", "paddle.to_tensor": "paddle",
}  # fmt: skip
_LEAVES = frozenset({"numpy", "tolist", "asnumpy"})
LEAST = 2  # ways in, beside one way out


class ArrayRoundTrip(Rule):
    # Of two frameworks one is not PyTorch.
    opened_by = Gate(words=frozenset(_MAKERS.values()) - {"torch"})

    @on(cst.IndentedBlock)
    def body(self, node: cst.IndentedBlock, at: At) -> Iterator[Hit]:
        """A function that makes tensors of two frameworks and takes tensors apart in between."""
        function = at.function
        if function is None or function.node.body is not node:
            return
        made: dict[str, cst.Call] = {}
        left = False
        for each in own_calls(node):
            name = last_name(each.func)
            if name in _LEAVES and type(each.func) is cst.Attribute and not each.args:
                left = True
            framework = _MAKERS.get(self._reference(each, at))
            if framework is not None and each.args and not isinstance(each.args[0].value, (cst.Integer, cst.Float)):
                made.setdefault(framework, each)
        if len(made) >= LEAST and left:
            first, second = sorted(made)[:2]
            yield Hit(
                made[second],
                {"one": first, "other": second, "function": function.simple_name},
                outcomes=(Outcome(confidence=Confidence.MEDIUM),),
                related=((made[first], first),),
            )

    @staticmethod
    def _reference(node: cst.Call, at: At) -> str:
        written = dotted(node.func)
        root, dot, rest = written.partition(".")
        target = at.imports.get(root)
        return f"{target}{dot}{rest}" if target is not None else ""
