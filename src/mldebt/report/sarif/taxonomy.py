"""The debt taxonomy as a SARIF taxonomy, and the relations of rules to it."""

from __future__ import annotations

import sarif_om as om

from mldebt import taxonomy
from mldebt.rule_spec import RuleSpec

NAME = "ml-debt"


def component(version: str) -> om.ToolComponent:
    """The taxonomy: one taxon a kind of debt."""
    return om.ToolComponent(
        name=NAME,
        version=version,
        short_description=om.MultiformatMessageString(text="Kinds of technical debt in machine-learning systems."),
        taxa=[
            om.ReportingDescriptor(
                id=taxon.id,
                name=taxon.name.replace(" ", ""),
                short_description=om.MultiformatMessageString(text=taxon.says),
            )
            for taxon in taxonomy.load().taxa
        ],
    )


def supported() -> om.ToolComponentReference:
    """How the driver says that its rules refer to it."""
    return om.ToolComponentReference(name=NAME, index=0)


def relations(rule: RuleSpec) -> list[om.ReportingDescriptorRelationship]:
    """The kinds of debt that a rule tells of."""
    known = taxonomy.load()
    numbers = {taxon.id: number for number, taxon in enumerate(known.taxa)}
    return [
        om.ReportingDescriptorRelationship(
            target=om.ReportingDescriptorReference(
                id=each, index=numbers[each], tool_component=om.ToolComponentReference(name=NAME, index=0)
            ),
            kinds=["relevant"],
        )
        for each in known.of(rule)
    ]
