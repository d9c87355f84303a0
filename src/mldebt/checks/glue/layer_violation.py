"""GLU002: serving imports training, training imports the web application, or model code imports in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from mldebt.facts.acts import ImportSite
from mldebt.model import Confidence, Outcome
from mldebt.practices import FIT, practices
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.vocabulary import tokenise


class LayerViolation(ProjectRule):
    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        served = {each.place.path for each in known.answering if not each.wraps}
        trainers = {*known.trainers, *(act.place.path for act in known.acts_of(FIT) if _is_named(act.place.path))}
        edges: dict[str, dict[str, ImportSite]] = defaultdict(dict)
        for path, site in project.outside_tests(ImportSite):
            found = project.modules.locate(path, site.target)
            if found is not None and found[0] != path:
                edges[path].setdefault(found[0], site)
        for path, targets in sorted(edges.items()):
            for target, site in sorted(targets.items()):
                if path in served and target in trainers and target not in served:
                    yield _hit("", site, target, f"{path}>{target}")
                elif path in trainers and path not in served and target in served:
                    yield _hit("training", site, target, f"{path}>{target}")
        for circle in _circles(_at_start(edges)):
            if any(each in project.learning_directly for each in circle):
                first, second = circle[0], circle[1]
                others = [edges[one][two] for one, two in zip(circle[1:], (*circle[2:], circle[0]), strict=True)]
                yield _hit("circle", edges[first][second], second, "circle:" + ">".join(circle), others)


def _at_start(edges: Mapping[str, Mapping[str, ImportSite]]) -> dict[str, dict[str, ImportSite]]:
    """Without what is imported inside of functions, which is how a circle is broken."""
    return {
        path: {target: site for target, site in targets.items() if not site.late} for path, targets in edges.items()
    }


def _is_named(path: str) -> bool:
    """Is the file called after training?"""
    return bool({"train", "trainer", "training", "retrain"} & set(tokenise(path.rpartition("/")[2])))


def _hit(variant: str, site: ImportSite, target: str, key: str, related: list[ImportSite] | None = None) -> ProjectHit:
    return ProjectHit(
        sites=(Where(site.place, "", site.snippet, site.source_line),),
        key=key,
        fields={"module": target.removesuffix(".py").replace("/", ".")},
        variant=variant,
        outcome=Outcome(confidence=Confidence.HIGH),
        related=tuple(Where(each.place, "", each.snippet, each.source_line) for each in related or ()),
    )


def _circles(edges: Mapping[str, Mapping[str, ImportSite]]) -> Iterator[tuple[str, ...]]:
    """Circles of two or three modules, each once, that begin at the first in path order. Those through a
    package's ``__init__`` are how packages re-export; longer ones consist of so many that no one is to blame."""
    plain = {
        path: sorted(each for each in targets if not each.endswith("__init__.py"))
        for path, targets in edges.items()
        if not path.endswith("__init__.py")
    }
    for first in sorted(plain):
        for second in plain[first]:
            if second <= first:
                continue
            further = plain.get(second, [])
            if first in further:
                yield first, second
                continue
            for third in further:
                if third > first and third != second and first in plain.get(third, ()):
                    yield first, second, third
