"""What the terms of candidates come to once all files have spoken: true, false, or ``None`` for unknown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mldebt import declared
from mldebt.facts.loads import UncheckedLoad
from mldebt.model import Role
from mldebt.terms import (
    All,
    Any,
    Carries,
    Constant,
    Declares,
    GivesData,
    HasRole,
    IsInImage,
    IsMachineLearning,
    IsModel,
    IsOwn,
    IsText,
    LoadsModel,
    LooksAtData,
    Not,
    RunsForRequests,
    Serves,
    Term,
)
from mldebt.traits.values import Trait

if TYPE_CHECKING:
    from mldebt.project import Project

# What is not run on a request, whoever imports it.
_ASIDE = frozenset({Role.TRAIN, Role.TEST, Role.EXAMPLE})


def holds(project: Project, term: Term) -> bool | None:
    """What ``term`` comes to: true, false, or ``None`` for unknown."""
    if isinstance(term, Constant):
        return term.value
    if isinstance(term, Carries):
        return True if project.carried(term.path, term.name, Trait(term.trait)) is not None else None
    if isinstance(term, IsModel):
        return project.is_model(term.path, term.name)
    if isinstance(term, IsMachineLearning) and term.anywhere:
        return project.component(term.path) in project.learning_components
    if isinstance(term, IsMachineLearning):
        return term.path in (project.learning_directly if term.directly else project.learning)
    if isinstance(term, Serves):
        return term.path in project.serving and project.role(term.path) not in _ASIDE
    if isinstance(term, HasRole):
        return project.role(term.path).value in term.roles
    if isinstance(term, IsOwn):
        return project.modules.locate(term.path, term.name) is not None
    if isinstance(term, IsText):
        return _is_text(project, term)
    if isinstance(term, RunsForRequests):
        return (term.path, term.symbol) in project.run_for_requests
    if isinstance(term, LoadsModel):
        return term.path in project.loading
    if isinstance(term, LooksAtData):
        return _looks_at_data(project, term)
    if isinstance(term, GivesData):
        return _gives_data(project, term)
    if isinstance(term, Declares):
        answer = declared.meets(project.declarations(term.path, term.distribution), term.specifier)
        return True if answer is None and term.or_unknown else answer
    if isinstance(term, IsInImage):
        return any(term.text == path or term.text.startswith(f"{path}/") for path in project.image_paths)
    if isinstance(term, Not):
        answer = holds(project, term.term)
        return None if answer is None else not answer
    return _combined(holds(project, each) for each in term.terms) if isinstance(term, All) else _either(project, term)


def _looks_at_data(project: Project, term: LooksAtData) -> bool:
    node = project.calls.target(term.path, term.name)
    checks = project.vocabulary.words("data-checks")
    reached = project.calls.reached([node], 1) if node is not None else ()
    return any(
        project.calls.refuses(each)
        or any(called.rpartition(".")[2] in checks for called in project.calls.references(each))
        for each in reached
    )


def _gives_data(project: Project, term: GivesData) -> bool:
    node = project.calls.target(term.path, term.name)
    return node is not None and any(
        each.symbol == node[1] and not any(_looks_at_data(project, LooksAtData(node[0], name)) for name in each.handed)
        for each in project.of(node[0], UncheckedLoad)
    )


def _is_text(project: Project, term: IsText) -> bool | None:
    found = project.lookup(term.path, term.name)
    written = found[1].value if found is not None else ""
    try:
        text = ast.literal_eval(written) if written.endswith(("'", '"')) else None
    except (ValueError, SyntaxError):
        return None  # cut
    return re.fullmatch(term.pattern, text) is not None if isinstance(text, str) else None


def _combined(answers: Iterable[bool | None]) -> bool | None:
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def _either(project: Project, term: Any) -> bool | None:
    answers = [holds(project, each) for each in term.terms]
    return True if True in answers else None if None in answers else False
