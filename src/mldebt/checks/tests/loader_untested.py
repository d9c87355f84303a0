"""TST003: data is read or validated for a model by a function that no test reaches, where other things are tested."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.facts.acts import Definition
from mldebt.practices import FIT, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule


class LoaderUntested(ProjectRule):
    """One hit a file: its first public function that reads or validates data, in a component that has tests."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        seen: set[str] = set()
        learning = set(project.calls.reached((act.place.path, act.symbol) for act in known.acts_of(FIT)))
        readers = [each for each in known.defined("reader") if each.public and each.place.path in project.learning]
        readers = [each for each in readers if not (_gives_items(each) and known.trains_in_tests(each.place.path))]
        # What is called validation is it where a model learns from what was let through.
        readers += [e for e in known.defined("validator") if e.public and (e.place.path, e.symbol) in learning]
        readers.sort(key=lambda each: (each.place.path, each.place.span))
        tested = {each.place.path for each in readers if known.is_tested(each)}
        for each in readers:
            path = each.place.path
            if path in seen or path in tested or not known.has_trials(path):
                continue
            seen.add(path)
            function = each.symbol
            yield ProjectHit(sites=(where(each),), key=f"{path}:{function}", fields={"function": function})


def _gives_items(reader: Definition) -> bool:
    """Is it of a data set, which training reads without calling it by name?"""
    return reader.symbol.endswith("__")
