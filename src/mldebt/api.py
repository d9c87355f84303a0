"""What authors of rules may rely on: these names keep their meaning within a minor version.

A package with rules has an entry point of the group ``mldebt.rules``::

    [project.entry-points."mldebt.rules"]
    acme = "acme_mldebt:plugin"

    # acme_mldebt.py
    from mldebt.api import At, Call, Hit, Plugin, Rule, on

    class NoPickledModels(Rule):
        @on(Call)
        def look(self, node: Call, at: At) -> Iterable[Hit]:
            if at.reference(node.func) == "pickle.load":
                yield Hit(node)

    plugin = Plugin([(NoPickledModels, '''
    code = "ACME001"
    name = "no-pickled-models"
    message = "a pickled model is loaded: use the registry"
    [[bad]]
    code = "import pickle\\npickle.load(f)  # expect: ACME001"
    [[good]]
    code = "registry.load(f)"
    ''')])

It runs with ``mldebt check --plugin acme``, or for a user who has ``plugins = ["acme"]`` in
``~/.config/mldebt/config.toml``. Nodes are libcst's. A rule keeps nothing between nodes, looks at no
other file, and must not raise: one that does is named in a notice and makes the exit code 2.
"""

from __future__ import annotations

from libcst import Assign, Attribute, BinaryOperation, Call, ClassDef, Comparison, CSTNode, For, FunctionDef, If, Name

from mldebt.engine import At, Hit, Number, Rule, Where, on
from mldebt.model import Confidence, Outcome, Role, Severity
from mldebt.plugins import Plugin
from mldebt.terms import Term, all_of, any_of, negate
from mldebt.traits.values import Evidence, Trait, Value

__all__ = [
    "Assign",
    "At",
    "Attribute",
    "BinaryOperation",
    "CSTNode",
    "Call",
    "ClassDef",
    "Comparison",
    "Confidence",
    "Evidence",
    "For",
    "FunctionDef",
    "Hit",
    "If",
    "Name",
    "Number",
    "Outcome",
    "Plugin",
    "Role",
    "Rule",
    "Severity",
    "Term",
    "Trait",
    "Value",
    "Where",
    "all_of",
    "any_of",
    "negate",
    "on",
]
