"""What the rules on versions ask of a project: one view on its manifests, made once."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt.coverage import CONDA_LOCKS, Coverage
from mldebt.environment import Environment
from mldebt.facts.pins import Pin
from mldebt.ladder import admits, is_open
from mldebt.manifest_files import ManifestFile, is_development, manifest_files, words
from mldebt.model import Role
from mldebt.project_kind import ProjectKinds
from mldebt.vocabulary import Vocabulary

if TYPE_CHECKING:
    from mldebt.project import Project


class Side(enum.Enum):
    """What requirements are installed for."""

    TRAIN = "train"
    SERVE = "serve"


class Tested(Struct, frozen=True):
    """A version that is run today, without its local part, and what says so."""

    version: str
    source: str


class Dependencies:
    """The manifests of a project and the questions about their requirements. Only read once built."""

    def __init__(
        self,
        coverage: Coverage,
        kinds: ProjectKinds,
        vocabulary: Vocabulary,
        serving: frozenset[str],
        environment: Environment,
    ) -> None:
        self.coverage = coverage
        self.kinds = kinds
        self._vocabulary = vocabulary
        self._serving_modules = serving
        self._environment = environment
        self._development = vocabulary.words("development-groups")
        self._imaged: dict[str, set[Side]] = {}
        for one in coverage.manifests.values():
            side = self._image_side(one) if one.is_image else None
            if side is not None:
                for path in coverage.included(one.path):
                    self._imaged.setdefault(path, set()).add(side)

    @property
    def manifests(self) -> Iterator[ManifestFile]:
        """Manifests and images; no locks."""
        return (one for one in self.coverage.manifests.values() if not one.manifest.is_lock)

    def distribution(self, pin: Pin) -> str:
        """The distribution that a pin is about; conda has names of its own."""
        if pin.dialect.endswith("conda"):
            return self._vocabulary.mapping("conda-names").get(pin.name, (pin.name,))[0]
        return pin.name

    def is_framework(self, pin: Pin) -> bool:
        return self._vocabulary.matches("frameworks", self.distribution(pin))

    def follows(self, pin: Pin, others: Iterable[Pin]) -> bool:
        """Does another one of a list of requirements, of which something is said, choose the version of this one?"""
        leaders = self._vocabulary.mapping("companions").get(self.distribution(pin), ())
        return bool(leaders) and any(
            not is_open(other.specifier) and self.distribution(other) in leaders and other.group in ("", pin.group)
            for other in others
        )

    def bounded(self, pin: Pin) -> str:
        """All that is said of the pin's version where it is installed, as one specifier."""
        return ",".join(dict.fromkeys(filter(None, (pin.specifier, *self.coverage.bounds(pin)))))

    def locked(self, pin: Pin) -> tuple[str, ...]:
        """The versions that the lock which decides this requirement holds; () without one."""
        path = self.coverage.lock(pin)
        return tuple(filter(None, self.coverage.manifests[path].locked.get(pin.name, ()))) if path else ()

    def tested(self, pin: Pin) -> Tested | None:
        """The version of a package that is run today: that of the lock which decides the requirement, of
        the nearest lock or compiled file that names it, or of the installed environment. ``None`` where
        nothing says one version, or one that the requirement does not admit."""
        conda = pin.dialect.endswith("conda")
        deciding = self.coverage.lock(pin)
        near = [*([self.coverage.manifests[deciding]] if deciding else []), *self.coverage.locks_above(pin.place.path)]
        for lock in near:
            versions = lock.locked.get(pin.name) if (lock.manifest.dialect in CONDA_LOCKS) >= conda else None
            if versions is not None:
                return _one_version(pin, versions, lock.path)
        installed = self._environment.conda if conda else self._environment.distributions
        version = installed.get(pin.name)
        return _one_version(pin, (version,), "the environment") if version else None

    def product(self, pin: Pin) -> str:
        """The distribution whose versions are compared: builds of one are one."""
        name = self.distribution(pin)
        return self._vocabulary.mapping("distribution-variants").get(name, (name,))[0]

    def sides(self, path: str, group: str = "") -> frozenset[Side]:
        """What a requirement of this manifest and group is installed for: by the name of the group, of
        the file and its folders, the nearest first, or by the images that install the file."""
        named = self._named_side(group) if group else None
        named = named or next(filter(None, map(self._named_side, reversed(path.split("/")))), None)
        return frozenset({named}) if named else frozenset(self._imaged.get(path, ()))

    @property
    def side_words(self) -> frozenset[str]:
        """The words in paths that say what requirements are installed for."""
        return self._vocabulary.words("train-path-words") | self._vocabulary.words("serve-path-words")

    def _named_side(self, name: str) -> Side | None:
        said = words(name)
        train = not said.isdisjoint(self._vocabulary.words("train-path-words"))
        serve = not said.isdisjoint(self._vocabulary.words("serve-path-words"))
        return None if train == serve else Side.TRAIN if train else Side.SERVE

    def is_development(self, pin: Pin) -> bool:
        return is_development(pin, self._development)

    def is_served(self, path: str) -> bool:
        """Does an image that serves install this manifest?"""
        return Side.SERVE in self._imaged.get(path, ())

    def _image_side(self, image: ManifestFile) -> Side | None:
        """By what it starts (a server, a module that handles requests, a training), else by its name."""
        started = image.manifest.starts.replace("/", " ").split()
        if self._vocabulary.words("server-programs").intersection(started):
            return Side.SERVE
        modules = tuple(f"/{word}" for word in started if word.endswith(".py"))
        if modules and any(f"/{path}".endswith(modules) for path in self._serving_modules):
            return Side.SERVE
        names = (*image.path.split("/"), *(word for word in started if word.endswith(".py")))
        return next(filter(None, map(self._named_side, reversed(names))), None)


def _one_version(pin: Pin, versions: Iterable[str], source: str) -> Tested | None:
    """``versions`` as one that the requirement admits; builds of one release (``+cu121``) are one."""
    public = {version.partition("+")[0] for version in versions}
    version = public.pop() if len(public) == 1 else ""
    return Tested(version, source) if version and admits(pin.specifier, version) else None


def dependencies(project: Project) -> Dependencies:
    """The view on this project; the same one each time."""
    return project.reads.once(Dependencies, lambda: _made(project))


def _made(project: Project) -> Dependencies:
    development = project.vocabulary.words("development-groups")
    coverage = Coverage(manifest_files(project.files, project.of), development)
    serving = frozenset(path for path in project.files if project.role(path) is Role.SERVE)
    kinds = ProjectKinds(coverage, serving, project.config.project_kind, project.declared_kind)
    return Dependencies(coverage, kinds, project.vocabulary, serving, project.environment)
