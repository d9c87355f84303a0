"""FLG005: a feature flag is evaluated in model code, or where the model's input is made."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from mldebt.facts.sites import FlagSite
from mldebt.flag_sites import flag_sites
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.vocabulary import tokenise

_SURE = frozenset({"sdk", "environment", "settings", "name"})


class FlagInModelPath(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        for key, sites in flag_sites(project).items():
            for site in sites:
                if site.branches and site.kind in _SURE and self._makes_input(project, site):
                    yield ProjectHit(
                        sites=(Where(site.place, site.symbol, site.snippet, site.source_line),),
                        key=f"{key}:{site.place.path}:{site.symbol}:{site.snippet}",
                        fields={"flag": key},
                        outcome=Outcome(confidence=Confidence.MEDIUM),
                        concept=f"flag:{key}",
                    )

    @staticmethod
    def _makes_input(project: Project, site: FlagSite) -> bool:
        """Does it stand in a model's class, in a module or function of an ML module that makes features, or decide
        there what a column holds?"""
        path = site.place.path
        if project.role(path) in {Role.TEST, Role.SETTINGS} or path not in project.learning:
            return False
        if project.holds(site.unless) is True or site.shapes:
            return True
        words = project.vocabulary.words("feature-code-words")
        stem = posixpath.basename(path).partition(".")[0]
        named = tokenise(stem), tokenise(site.symbol.rpartition(".")[2])
        return any(not words.isdisjoint(tokens) for tokens in named)
