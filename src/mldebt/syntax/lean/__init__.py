"""The nodes of libcst, made from what ``ast`` reads: in a fraction of the time of libcst's own parser.

A lean tree has the shape of libcst's: the same types with the same children. What it lacks is white
space, punctuation and parentheses; asking a node for them is an ``AttributeError``. It knows where
its nodes stand, so that nothing has to be generated to find out. Tests hold it against libcst.
"""

from mldebt.syntax.lean.builder import Lean, build

__all__ = ["Lean", "build"]
