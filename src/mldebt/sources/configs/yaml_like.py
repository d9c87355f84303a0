"""YAML, and JSON, which is YAML to its parser. Nothing is constructed; depth, nodes and aliases are bounded."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from mldebt.sources.configs.entries import Entry
from mldebt.sources.yaml_documents import YamlFile, text_of

MAX_DEPTH = 12  # of mappings in mappings


def entries(text: str) -> Iterator[Entry]:
    """The scalar values of all mappings of the first document, by their dotted keys."""
    file = YamlFile(text)
    if file.problems and not file.documents:
        problem = file.problems[0]
        error = ValueError(problem.message)
        error.lineno = problem.line  # type: ignore[attr-defined]  # where the caller looks for it
        raise error
    if file.documents:
        yield from _mapping(file, file.documents[0], "", 0)


def _mapping(file: YamlFile, node: yaml.Node | None, prefix: str, depth: int) -> Iterator[Entry]:
    if depth > MAX_DEPTH:
        return
    for name, key, value in file.entries(node):
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, yaml.MappingNode):
            yield from _mapping(file, value, path, depth + 1)
            continue
        said = text_of(value)
        if said is not None:
            line, column = file.position(file.start(key))
            yield Entry(path, said, line, column, len(name))
