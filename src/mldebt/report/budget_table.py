"""Budgets as a table, and one to begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mldebt.budgets import Spent
from mldebt.model import Finding
from mldebt.report.printable import escape


def render(spent: Sequence[Spent]) -> str:
    """A line each: the budget, what is spent, what is allowed."""
    names = [escape(each.limit.name) for each in spent]
    width = max(len(name) for name in names)
    rows = [
        f"{name:<{width}}  {len(each.findings):>6,} of {each.limit.most:>6,}{'  over budget' if each.is_over else ''}"
        for name, each in zip(names, spent, strict=True)
    ]
    return "\n".join(rows) + "\n"


def suggestion(findings: Sequence[Finding]) -> str:
    """Today's figures as a table for the configuration."""
    families = Counter(each.family for each in findings)
    lines = ["# no budget is set; today's figures, for mldebt.toml ([tool.mldebt.budget] in pyproject.toml):"]
    lines += ["[budget]", f"total = {len(findings)}"]
    lines += [f"family.{family} = {number}" for family, number in sorted(families.items())]
    return "\n".join(lines) + "\n"
