"""The budgets of a project beside what is owed, and lowering them in the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from mldebt.budgets import Spent, spend
from mldebt.comparison import Asked
from mldebt.config import PYPROJECT, Limit
from mldebt.edits import Document
from mldebt.errors import UserError
from mldebt.model import Confidence, Finding, Status
from mldebt.rewrite import Change, obstacle, write
from mldebt.run import Outcome, Request, execute
from mldebt.toml_places import KeyPath, scan


class Spending(Struct, frozen=True):
    """A run of the whole project, what it owes, and what is spent of each budget."""

    outcome: Outcome
    owed: Sequence[Finding]
    spent: Sequence[Spent]


def take(request: Request) -> Spending:
    """Run the whole project and count. Known debt counts like any other."""
    outcome = execute(replace(request, asked=Asked(configured=False)))
    heard = [each for each in outcome.run.findings if each.status is Status.OPEN]
    owed = [each for each in heard if each.confidence is not Confidence.LOW]
    return Spending(outcome, owed, spend(outcome.config.budget, outcome.run.findings))


def lower(spending: Spending) -> Sequence[Spent]:
    """Write the figures of those budgets of which less is spent; those budgets. Raises ``UserError``."""
    config, tree = spending.outcome.config, spending.outcome.tree
    lowered = [each for each in spending.spent if len(each.findings) < each.limit.most]
    if not spending.spent:
        raise UserError("there is no budget to lower; mldebt budget shows one to begin with")
    if not lowered:
        return lowered
    document = Document.of(config.path, tree.read(config.path))
    top: KeyPath = ("tool", "mldebt") if config.path.rpartition("/")[2] == PYPROJECT else ()
    places = scan(document.text).values
    edits = [
        document.edit(places[each_key], str(len(each.findings)))
        for each in lowered
        for each_key in [next(key for key in places if _means(key, (*top, "budget"), each.limit))]
    ]
    change = Change(document.data, document.edited(edits))
    reason = obstacle(tree, config.path) or write(tree, {config.path: change}).get(config.path, "")
    if reason:
        raise UserError(f"{config.path} {reason}; nothing was written")
    return lowered


def _means(key: KeyPath, table: KeyPath, limit: Limit) -> bool:
    """Is ``key`` where the limit is written?"""
    if key[: len(table)] != table:
        return False
    rest = key[len(table) :]
    if limit.kind == "total":
        return rest == ("total",)
    return rest == (limit.kind, limit.written)
