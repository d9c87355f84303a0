"""pyproject.toml: PEP 621, PEP 735, build requirements; Poetry and uv through their own modules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.facts import Fact
from mldebt.facts.pins import Manifest, Pin
from mldebt.model import Notice
from mldebt.sources.manifests import pixi, poetry, uv
from mldebt.sources.manifests.contents import ManifestFacts, resolve
from mldebt.sources.manifests.tables import Document, MalformedTomlError, Table, load, statements

DIALECT = "pyproject"
PATTERN = re.compile(r"(?:^|/)pyproject\.toml$")

_PACKAGES = (
    ("tool", "setuptools", "packages"),
    ("tool", "setuptools", "py-modules"),
    ("tool", "poetry", "packages"),
    ("tool", "hatch", "build", "targets", "wheel", "packages"),
    ("tool", "flit", "module"),
    ("tool", "uv", "build-backend"),
)
_DYNAMIC = (
    ("tool", "setuptools", "dynamic", "dependencies", "file"),
    ("tool", "hatch", "metadata", "hooks", "requirements_txt", "files"),
)


MOST_GROUPS = 300

_FLIT = ("tool", "flit", "metadata")  # Flit before PEP 621


def read(path: str, text: str) -> ManifestFacts:
    try:
        document = load(path, text)
    except MalformedTomlError as error:
        return ManifestFacts(notices=(Notice("malformed-manifest", f"not TOML: {error}"[:300], path, error.line),))
    declared = list(_declared(document))
    runtime = {pin.name for pin in declared if pin.dialect == "pep621"}
    own = list(poetry.pins(document))
    additions = [pin for pin in own if pin.name in runtime]  # Poetry 2: what [project] declares is only added to
    redirects = [*uv.sources(document), *(pin for pin in additions if pin.url)]
    facts: tuple[Fact, ...] = (
        describe(document),
        *_sourced(declared, redirects),
        *(replace(pin, constraint=True) for pin in additions if pin.specifier and not pin.url),
        *(pin for pin in own if pin.name not in runtime),
        *pixi.pins(document, ("tool", "pixi")),
    )
    return ManifestFacts(facts, tuple(document.notices), document.places.comments, statements(facts))


def _declared(document: Document) -> Iterator[Pin]:
    """Requirements that ``[tool.uv.sources]`` may redirect."""
    yield from document.requirements(("project", "dependencies"), "pep621")
    for extra in document.table("project", "optional-dependencies"):
        yield from document.requirements(("project", "optional-dependencies", extra), "pep621", extra)
    including = _including(document)
    for group in document.table("dependency-groups"):
        for pin in document.requirements(("dependency-groups", group), "pep735", group):
            yield replace(pin, included_by=including.get(group, ()))
    yield from uv.pins(document)
    for group in document.table("tool", "pdm", "dev-dependencies"):
        yield from document.requirements(("tool", "pdm", "dev-dependencies", group), "pdm", group)
    for environment in document.table("tool", "hatch", "envs"):
        for key in ("dependencies", "extra-dependencies"):
            yield from document.requirements(("tool", "hatch", "envs", environment, key), "hatch", environment)
    yield from document.requirements((*_FLIT, "requires"), "flit")
    for extra in document.table(*_FLIT, "requires-extra"):
        yield from document.requirements((*_FLIT, "requires-extra", extra), "flit", extra)
    yield from document.requirements((*_FLIT, "dev-requires"), "flit", "dev")
    yield from document.requirements(("tool", "rye", "dev-dependencies"), "rye", "dev")
    yield from document.requirements(("build-system", "requires"), "build-system", "build-system")


def _including(document: Document) -> dict[str, tuple[str, ...]]:
    """Group -> the groups that include it (PEP 735), also through others."""
    direct: dict[str, list[str]] = {}
    for group in document.table("dependency-groups"):
        for _, item in document.items("dependency-groups", group):
            named = item.get("include-group") if isinstance(item, dict) else None
            if isinstance(named, str):
                direct.setdefault(named, []).append(group)
    found: dict[str, tuple[str, ...]] = {}
    for group in list(direct)[:MOST_GROUPS]:
        seen: dict[str, None] = {}
        queue = list(direct[group])
        while queue:
            one = queue.pop(0)
            if one not in seen and one != group:
                seen[one] = None
                queue.extend(direct.get(one, ()))
        found[group] = tuple(seen)
    return found


def _sourced(pins: list[Pin], sources: list[Pin]) -> Iterator[Pin]:
    """The pins with the URLs that the sources give them. The first source of a name stands for it;
    what no requirement names stays as a constraint (it redirects what others require)."""
    first: dict[str, Pin] = {}
    for source in sources:
        first.setdefault(source.name, source)
    used: set[str] = set()
    for pin in pins:
        redirected = None if pin.constraint or pin.url or pin.dialect == "build-system" else first.get(pin.name)
        if redirected is None:
            yield pin
            continue
        used.add(pin.name)
        yield replace(
            pin, url=redirected.url, ref_kind=redirected.ref_kind, editable=redirected.editable,
            url_place=redirected.place, url_line=redirected.source_line,
        )  # fmt: skip
    for source in sources:
        if source.name not in used or source is not first[source.name]:
            yield replace(source, constraint=True)


def describe(document: Document) -> Manifest:
    """What the file says of its project, apart from requirements."""
    project, settings = document.table("project"), document.table("tool", "poetry")
    flit = document.table(*_FLIT)
    packaged = settings.get("package-mode") is not False and document.value("tool", "uv", "package") is not False
    classifiers = (*document.strings("project", "classifiers"), *document.strings("tool", "poetry", "classifiers"))
    classifiers += document.strings(*_FLIT, "classifiers")
    scripts = ("scripts", "gui-scripts")
    headers = (("project",), ("tool", "poetry"), _FLIT)
    place = next((document.place(keys) for keys in headers if document.table(*keys)), None)
    return Manifest(
        DIALECT,
        is_lock=False,
        builds="build-system" in document.data and bool(project or settings or flit) and packaged,
        dynamic_from=_dynamic(document),
        workspace=(*uv.workspace(document), *document.strings("tool", "rye", "workspace", "members")),
        scripts=any(project.get(key) or settings.get(key) or document.table("tool", "flit", key) for key in scripts),
        classifiers=bool(classifiers) and not any(one.startswith("Private ::") for one in classifiers),
        packages=any(document.value(*keys) for keys in _PACKAGES),
        requires_python=_text(project, "requires-python")
        or _python(document)
        or _text(flit, "requires-python")
        or pixi.python(document, ("tool", "pixi")),
        name=_text(project, "name") or _text(settings, "name"),
        place=place,
        source_line=document.line(place) if place else "",
    )


def _dynamic(document: Document) -> tuple[str, ...]:
    written = [target for keys in _DYNAMIC for target in document.strings(*keys)]
    optional = ("tool", "setuptools", "dynamic", "optional-dependencies")
    for extra in document.table(*optional):
        written.extend(document.strings(*optional, extra, "file"))
    return tuple(resolve(posixpath.dirname(document.path), target) for target in written)


def _python(document: Document) -> str:
    value = document.value("tool", "poetry", "dependencies", "python")
    return value if isinstance(value, str) else ""


def _text(table: Table, key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
