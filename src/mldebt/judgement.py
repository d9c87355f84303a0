"""The facts of all files -> findings with their status: link, then filter. Any set of files will do: the
working tree's, or those of a commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from mldebt.config import Config
from mldebt.elsewhere import missed
from mldebt.environment import NOTHING_INSTALLED, Environment
from mldebt.facts import FileFacts
from mldebt.filter import settle
from mldebt.link import link
from mldebt.model import Finding, Notice, Suppression
from mldebt.observer import SILENT, Observer
from mldebt.project import Project
from mldebt.project_rule import ProjectRule, load_classes
from mldebt.relink import Before, Linked, Unchanged
from mldebt.rule_spec import RuleSpec
from mldebt.settings import options_of
from mldebt.vocabulary import Vocabulary


class Law(Struct, frozen=True):
    """What files are judged by. ``specs`` are the rules that are selected, ``all_specs`` all there are;
    ``whole``: the files are the whole project, so that rules about it may speak; ``installed`` is where fixes
    take versions from."""

    specs: tuple[RuleSpec, ...]
    all_specs: tuple[RuleSpec, ...]
    config: Config
    words: Vocabulary
    today: date
    whole: bool = True
    installed: Environment = NOTHING_INSTALLED
    observer: Observer = SILENT


class Judged(Struct, frozen=True):
    """``left_out`` are the rules about the whole project that did not speak; ``everywhere`` are the findings
    whatever is shown."""

    project: Project
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    suppressions: tuple[Suppression, ...]
    linked: Linked
    left_out: tuple[RuleSpec, ...] = ()
    everywhere: tuple[Finding, ...] = ()


def judge(
    law: Law,
    files: Sequence[FileFacts],
    shown: Callable[[str], bool] = lambda path: True,
    before: Before | None = None,
) -> Judged:
    """The findings in ``files``, sorted; those of which nothing is ``shown`` have the status outside. ``before`` is
    what was linked of the same files under the same law."""
    law.observer.stage("link")
    project = Project(files, law.config, law.words, law.installed)
    unchanged = Unchanged(before, project)
    rules = _project_rules(unchanged.to_look(law.specs), law.config)
    findings, notices, linked = link(project, law.specs, rules if law.whole else [], law.observer, unchanged)
    if law.config.evidence:
        components = {project.component(path) for path in project.files}
        findings = tuple(missed(findings, law.specs, law.config.evidence, components.__contains__, law.today))
    law.observer.stage("filter")
    settled = settle(
        findings,
        specs=law.specs,
        all_specs=law.all_specs,
        config=law.config,
        files=files,
        shown=shown,
        today=law.today,
        whole=law.whole,
        role=project.role,
        component=project.component,
    )
    left_out = () if law.whole else tuple(rule.spec for rule in rules)
    return Judged(
        project,
        settled.findings,
        (*notices, *settled.notices),
        settled.suppressions,
        linked,
        left_out,
        settled.everywhere,
    )


def _project_rules(specs: Sequence[RuleSpec], config: Config) -> list[ProjectRule]:
    by_class = {spec.class_name: spec for spec in specs}
    return [
        cls(by_class[cls.__name__], options_of(by_class[cls.__name__], config.options))
        for cls in load_classes("mldebt.checks", ProjectRule, {spec.name.replace("-", "_") for spec in specs})
        if cls.__name__ in by_class
    ]
