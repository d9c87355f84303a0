"""What the configuration declares to stand outside of the repository is not missed in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from mldebt.config import Declaration
from mldebt.model import Finding
from mldebt.rule_spec import RuleSpec


def missed(
    findings: Iterable[Finding],
    specs: Iterable[RuleSpec],
    declarations: Sequence[Declaration],
    is_component: Callable[[str], bool],
    today: date,
) -> list[Finding]:
    """The findings without those that miss what stands elsewhere. A declaration for a component is heard in it,
    one for a model everywhere, since which files are the model's is not known; after its last day, neither is."""
    topics = {spec.code: spec.topic for spec in specs if spec.topic}
    standing: dict[str, set[str]] = {}
    for each in declarations:
        if not each.until or each.until >= today.isoformat():
            standing.setdefault(each.topic, set()).add(each.name if is_component(each.name) else "")
    return [each for each in findings if not _is_elsewhere(each, standing.get(topics.get(each.code, ""), ()))]


def _is_elsewhere(finding: Finding, names: Collection[str]) -> bool:
    return "" in names or finding.component in names
