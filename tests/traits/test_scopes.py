"""Which binding a name means."""

from __future__ import annotations

import pytest

from mldebt.traits.scopes import Branches, Scope
from mldebt.traits.values import UNKNOWN, Value
from tests.traits.probing import cases, probed

NAMES = cases("names.txt")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_what_python_means(name: str) -> None:
    snippet, literals = NAMES[name]
    known = [probe.value.constant for probe in probed(snippet)]
    assert ["nothing" if constant is None else str(constant) for constant in known] == literals


def scopes() -> tuple[Branches, Scope]:
    return Branches(), Scope("module", "", None)


def test_a_branch_is_taken_back_at_its_end() -> None:
    branches, scope = scopes()
    one, two = Value(reference="one"), Value(reference="two")
    branches.bind(scope, "a", one)
    branches.begin()
    branches.bind(scope, "a", two)
    branches.bind(scope, "b", two)
    bound = branches.end()
    assert (scope.find("a"), scope.find("b")) == (one, None)
    assert {name: value for (_, name), (_, value) in bound.items()} == {"a": two, "b": two}


def test_branches_in_branches_are_taken_back_one_by_one() -> None:
    branches, scope = scopes()
    values = [Value(reference=str(number)) for number in range(3)]
    branches.bind(scope, "a", values[0])
    branches.begin()
    branches.bind(scope, "a", values[1])
    branches.begin()
    branches.bind(scope, "a", values[2])
    branches.end()
    assert scope.find("a") is values[1]
    branches.end()
    assert scope.find("a") is values[0]


def test_what_no_branch_binds_stays_and_what_one_binds_is_joined() -> None:
    branches, scope = scopes()
    before = Value(reference="before", text=True)
    branches.bind(scope, "a", before)
    branches.bind(scope, "b", before)
    ends = []
    for reference in ("one", "two"):
        branches.begin()
        branches.bind(scope, "b", Value(reference=reference, text=True))
        ends.append(branches.end())
    branches.merge(ends, exhaustive=True)
    joined = scope.find("b")
    assert scope.find("a") is before
    assert joined is not None
    assert (joined.reference, joined.text) == ("", True)


@pytest.mark.parametrize(("exhaustive", "text"), [(True, True), (False, False)])
def test_what_was_before_counts_unless_a_branch_is_always_taken(exhaustive: bool, text: bool) -> None:
    branches, scope = scopes()
    branches.bind(scope, "a", UNKNOWN)
    branches.begin()
    branches.bind(scope, "a", Value(text=True))
    branches.merge([branches.end()], exhaustive=exhaustive)
    found = scope.find("a")
    assert found is not None
    assert found.text is text
