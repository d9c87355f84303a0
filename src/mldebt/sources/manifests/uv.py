"""``[tool.uv]`` of pyproject.toml: sources, constraints, overrides, development requirements."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.facts.pins import Pin
from mldebt.locators import normalise
from mldebt.sources.manifests.poetry import locate
from mldebt.sources.manifests.tables import Document

DIALECT = "uv"


def pins(document: Document) -> Iterator[Pin]:
    yield from document.requirements(("tool", "uv", "dev-dependencies"), DIALECT, "dev")
    for key in ("constraint-dependencies", "override-dependencies"):
        yield from document.requirements(("tool", "uv", key), DIALECT, constraint=True)


def sources(document: Document) -> Iterator[Pin]:
    """Where uv takes packages from: constraints with a URL. Indexes and workspace members have none."""
    for name in document.table("tool", "uv", "sources"):
        keys = ("tool", "uv", "sources", name)
        choices = list(document.items(*keys)) or [(keys, document.value(*keys))]
        for path, choice in choices:
            if not isinstance(choice, dict):
                document.complain(path, f"not a source: {name}")
                continue
            url, ref_kind = locate(choice)
            if url:
                blank = document.blank(path, f"{name} = {url}", DIALECT, constraint=True)
                marker = choice.get("marker")
                yield replace(
                    blank, name=normalise(name), url=url, ref_kind=ref_kind, editable=choice.get("editable") is True,
                    marker=marker if isinstance(marker, str) else "",
                )  # fmt: skip


def workspace(document: Document) -> tuple[str, ...]:
    """Globs of the members; those that are left out carry a ``!``."""
    root = ("tool", "uv", "workspace")
    return (*document.strings(*root, "members"), *(f"!{glob}" for glob in document.strings(*root, "exclude")))
