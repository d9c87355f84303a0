"""LLM001: one prompt, or one model's id, is written in several files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.facts.acts import Prompt
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = (Role.TEST, Role.EXAMPLE)
SHOWN = 50  # characters of a prompt in a message


class RepeatedPrompt(ProjectRule):
    """One hit a text and a group of components that may be joined: its first site, the others related."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        by_text: dict[tuple[str, str], list[Prompt]] = defaultdict(list)
        for path, prompt in project.facts(Prompt):
            # An id that says itself that it moves is PIN009's, wherever else it is written.
            if project.role(path) not in _QUIET and not prompt.text.endswith("-latest"):
                by_text[prompt.kind, prompt.digest].append(prompt)
        for (kind, digest), found in sorted(by_text.items()):
            for group in project.groups(found, lambda each: each.place.path):
                files: dict[str, Prompt] = {}
                for each in group:
                    files.setdefault(each.place.path, each)
                if len(files) < self.options["min-files"]:
                    continue
                sites = tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in files.values())
                text = group[0].text
                shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
                yield ProjectHit(
                    sites=sites,
                    key=f"{kind}:{digest}",
                    fields={"text": shown},
                    variant="" if kind == "prompt" else "model",
                    outcome=Outcome(confidence=Confidence.HIGH),
                    stands=True,
                    concept=f"language-model:{text}" if kind == "model" else f"prompt:{shown}",
                )
