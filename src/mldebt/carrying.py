"""What names carry across files: the traits of what they mean, through re-exports, wrappers and bound arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.facts.exports import Carried, Export
from mldebt.terms import Carries
from mldebt.traits.values import BY_FLOW, Trait

if TYPE_CHECKING:
    from mldebt.project import Project


class Carrying:
    """Answers for one project. A question that leads back to itself has no answer."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._asking: set[Carries] = set()

    def carried(self, path: str, name: str, trait: Trait) -> tuple[Carried, Export | None] | None:
        """What ``name``, as ``path`` calls it, carries of ``trait``, with the export that says so."""
        question = Carries(path, name, trait.value)
        if question in self._asking:
            return None
        self._asking.add(question)
        try:
            return self._carried_by(path, name, trait)
        finally:
            self._asking.discard(question)

    def _carried_by(self, path: str, name: str, trait: Trait) -> tuple[Carried, Export | None] | None:
        found = self._project.lookup(path, name)
        if found is not None:
            where, export = found
            for each in export.carried:
                if each.trait == trait.value and self._project.holds(each.when) is True:
                    return self._through_wrapper(each, export, trait)
            if export.refers and export.refers != name:
                further = self.carried(where, export.refers, trait)
                if further is not None:
                    return self._bound(further[0], export), further[1] or export
        if trait is Trait.FLAG:
            flag = self._outside_flag(self._project.outside(path, name))
            return (flag, None) if flag is not None else None
        return None

    def _through_wrapper(self, carried: Carried, export: Export, trait: Trait) -> tuple[Carried, Export]:
        """The detail of what a wrapper hands on is that of what it wraps."""
        if carried.detail or carried.parameter >= 0 or not isinstance(carried.when, Carries):
            return carried, export
        wrapped = self.carried(carried.when.path, carried.when.name, trait)
        return (self._bound(wrapped[0], export) if wrapped is not None else carried), export

    def _bound(self, carried: Carried, export: Export) -> Carried:
        """What a call carries, made about the argument that the call which made ``export`` was given."""
        if not 0 <= carried.parameter < len(export.arguments):
            return carried
        given = export.arguments[carried.parameter]
        if given.startswith("#"):
            return replace(carried, parameter=int(given[1:]))
        return replace(carried, detail=self.text(export.place.path, given), parameter=-1)

    def text(self, path: str, given: str) -> str:
        """The text that an argument recorded in the file ``path`` stands for (see ``values.given_to``)."""
        if given.startswith("="):
            return given[1:]
        found = self._project.lookup(path, given[1:]) if given.startswith("@") else None
        literal = found[1].value if found is not None else ""
        return literal[1:-1] if literal[:1] in {'"', "'"} else ""

    def _outside_flag(self, reference: str) -> Carried | None:
        """The flag that a call of a provider's client, made elsewhere, evaluates: its key is an argument."""
        if not reference.endswith("()"):
            return None
        methods = self._project.vocabulary.mapping("flag-sdks").get(reference.partition(".")[0].removesuffix("()"), ())
        last = reference.removesuffix("()").rpartition(".")[2]
        for entry in methods:
            method, _, position = entry.partition(":")
            if method == last:
                return Carried(Trait.FLAG.value, BY_FLOW, parameter=int(position) if position.isdigit() else -1)
        return None
