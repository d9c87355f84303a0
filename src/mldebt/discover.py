"""Paths -> sources: what a run reads, sorted.

Where git is, the files that it tracks; elsewhere a walk that honours .gitignore. Files and folders
named on the command line join in any case. Links are never followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from msgspec import Struct, field

from mldebt import git, roots, snapshot, walk
from mldebt.config import NAME, PYPROJECT, Config
from mldebt.model import Notice
from mldebt.patterns import Patterns
from mldebt.roots import Named, Root
from mldebt.snapshot import STORE
from mldebt.tree import Stamp, Tree

VARIABLE_FILE = re.compile(
    r"(?:^|/)(?![^/]*\.(?:py|[cm]?[jt]sx?|json|sh|ya?ml|toml|md|rst|rs|go|vault|enc|gpg|age|zip|png)$)"
    r"(?:[^/]*\.env(?:[._-][^/]*)?|\.envrc|env\.(?:example|sample|template|dist))$"
)
"""``.env`` and its likes, and none of the programs that are called after it (``.env.d.ts``)."""

_CONFIG_WORDS = (
    "conf|config|configs|configuration|settings|params|parameters|hparams|hyperparams|hyperparameters|values|experiments?|"
    "model|models|train|training|serving|inference|pipeline|thresholds?|features|flags|toggles|prod|production|staging|stage|dev|development"
)
_NO_CONFIG_FOLDERS = (
    r"\.github|\.circleci|\.gitlab|\.vscode|\.idea|\.devcontainer|templates|locales?|i18n|translations|fixtures?|schemas?|"
    "migrations|tests?|docs?|examples?|data|datasets?|static|public|assets|web|frontend|ui"
)
_NO_CONFIG_FILES = (
    r"package|package-lock|tsconfig[^/]*|composer|mkdocs|docker-compose[^/]*|compose[^/]*|\.pre-commit-config|\.gitlab-ci|"
    r"azure-pipelines|environment[^/]*|conda[^/]*|pyproject|setup|tox|pixi|openapi|swagger|renovate|dependabot|cloudbuild|"
    r"buildspec|codecov|_config|tokenizer[^/]*|vocab|special_tokens_map|generation_config|preprocessor_config|mldebt"
)


def config_pattern(suffixes: str) -> re.Pattern[str]:
    """Paths of configuration files, by what their names and folders say; ``suffixes`` are alternatives."""
    return re.compile(
        rf"^(?!(?:.*/)?(?:{_NO_CONFIG_FOLDERS})/)(?!(?:.*/)?(?:{_NO_CONFIG_FILES})\.[a-z]+$)"
        rf"(?=(?:.*[/_.-])?(?:{_CONFIG_WORDS})[/_.-]).*\.(?:{suffixes})$",
        re.IGNORECASE,
    )


# The first that meets the file's path wins; a kind whose reader is to come gets its line here. Type stubs
# (.pyi) hold no code and are not read.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("python", re.compile(r"\.py$")),
    ("notebook", re.compile(r"\.ipynb$")),
    ("lock", re.compile(r"(^|/)((uv|poetry|pdm|pixi)\.lock|Pipfile\.lock|pylock(\.[^./]+)?\.toml)$")),
    ("manifest", re.compile(r"(^|/)(pyproject\.toml|Pipfile|setup\.cfg|pixi\.toml)$")),
    ("manifest", re.compile(r"(^|/)(MLproject|\.python-version|runtime\.txt|\.tool-versions)$")),
    ("manifest", re.compile(r"(^|/)(environment|conda|env)([._-][^/]*)?\.ya?ml$")),
    (
        "manifest",
        re.compile(r"(requirement|constraint|(?<![a-z])reqs?(?![a-z]))[^/]*\.(txt|in|pip|lock)$", re.IGNORECASE),
    ),
    ("manifest", re.compile(r"(^|/)(requirements?|constraints?|reqs?)/[^/]+\.(txt|in|pip|lock)$", re.IGNORECASE)),
    ("manifest", re.compile(r"(^|/)((Dockerfile|Containerfile)([._-][^/]*)?|[^/]+\.(Dockerfile|dockerfile))$")),
    ("variables", re.compile(r"\.(ya?ml|sh|bash|zsh|ksh)$")),
    ("variables", VARIABLE_FILE),
    ("document", re.compile(r"(^|/)(README|MODEL[_-]?CARD|DATASHEET)[^/]*\.(md|rst|txt)$", re.IGNORECASE)),
    ("document", re.compile(r"(^|/)model[_-]?cards?/[^/]+\.(md|rst|txt)$", re.IGNORECASE)),
    ("document", re.compile(r"(^|/)(renovate\.json5?|\.renovaterc(\.json)?)$")),
    ("document", re.compile(r"^((\.github|\.gitlab|docs)/)?CODEOWNERS$")),
    ("config", config_pattern("toml|json|ini|cfg|conf")),
    ("workflow", re.compile(r"(^|/)(Makefile|makefile|justfile|Justfile|Procfile|crontab|Jenkinsfile|tox\.ini)$")),
)

INCLUDED = "requirements"
"""The kind of a requirements file that its name does not tell (see ``included``)."""

# Nobody's source, even where git tracks it.
_NEVER = (
    ".git .hg .svn .venv venv .tox .nox .eggs *.egg-info .direnv __pypackages__ site-packages dist-packages "
    f"node_modules __pycache__ {STORE} .mypy_cache .pytest_cache .ruff_cache .ipynb_checkpoints"
)
# What tools leave behind; a tracked folder of this name is somebody's source.
_LEFT_BEHIND = "build dist _build htmlcov"

# What pip leaves beside a package that it puts into a folder (``pip install --target``, for a function in the cloud).
_INSTALLED = re.compile(r"^(.*/)?([^/]+)-[^/-]+\.dist-info/")

_EXCLUDED = Patterns.of(f"{name}/" for name in _NEVER.split())
_PRUNED = Patterns.of(f"{name}/" for name in f"{_NEVER} {_LEFT_BEHIND}".split())


class Source(Struct, frozen=True, order=True):
    """A file that is read. ``path`` is root-relative; ``kind`` chooses its reader."""

    path: str
    kind: str


class Basis(Struct):
    """What the listing rests on: while all of it is the same, so are the sources. Paths are root-relative;
    ``looked`` has what was asked of the disk, as it was before it was read; ``walked`` the names in the
    folders that were walked; ``git`` and ``listing`` the program that was asked and its answer. ``whole`` is
    false when it rests on more than that."""

    looked: dict[str, tuple[int, int, int, int] | None] = field(default_factory=dict)
    walked: dict[str, bytes] = field(default_factory=dict)
    git: str = ""
    listing: bytes = b""
    whole: bool = True


class Discovery(Struct, frozen=True):
    """Sources sorted by path, and what a person should know about the listing. ``store_tracked`` says
    that the repository brings a store of facts with it, which is not to be believed."""

    sources: tuple[Source, ...]
    notices: tuple[Notice, ...]
    basis: Basis
    store_tracked: bool = False
    keeps: Callable[[str], bool] = lambda path: True  # is a file that something includes one to read?

    def exists(self, path: str, tree: Tree) -> bool:
        """Is there a file inside the root? The answer is part of what the run rests on."""
        if path not in self.basis.looked:
            self.basis.looked[path] = snapshot.stamp(f"{tree.root}{os.sep}{path}")
        return tree.exists(path)

    def stamp(self, path: str) -> Stamp | None:
        """The stamp of a source as it was before anything was read; ``None`` when it is not there."""
        found = self.basis.looked.get(path)
        return Stamp(*found) if found is not None else None


class Shown(Struct, frozen=True):
    """The PATHS of a run: ``shown(path)`` says whether findings in that file are shown."""

    files: frozenset[str]
    folders: tuple[str, ...]

    @classmethod
    def of(cls, named: Iterable[Named]) -> Shown:
        named = tuple(named)
        return cls(
            frozenset(each.path for each in named if not each.folder),
            tuple(sorted("" if each.path == "." else f"{each.path}/" for each in named if each.folder)),
        )

    def __call__(self, path: str) -> bool:
        return path in self.files or path.startswith(self.folders)


def kind_of(path: str) -> str | None:
    """The kind of a file by its path; None when mldebt does not read such files."""
    return next((kind for kind, pattern in _KINDS if pattern.search(path)), None)


def discover(
    tree: Tree, root: Root, config: Config, named: Sequence[Named], *, force_exclude: bool = False
) -> Discovery:
    """The sources of a run: the whole project under the root, and what is ``named``.

    A named file is read even if it is excluded or git does not track it; a named folder with nothing
    left in it is walked. ``force_exclude`` lets exclusions hold for what is named, too.
    """
    notices: list[Notice] = []
    kept = _keeper(config)
    basis = Basis()
    look = _Look(tree, basis)
    listed = _list(look, root, notices, kept, {each.path for each in named})
    installed = _installed(listed)
    found = {path for path in listed if kept(path) and not path.startswith(installed) and look.is_plain(path)}
    for each in named:
        if each.folder:
            found.update(_named_folder(look, each.path, found, notices, kept, force_exclude))
        elif kind_of(each.path) is None:
            notices.append(Notice("not-a-source", "is no kind of file that is read", each.path))
        elif kept(each.path) or not force_exclude:
            found.add(each.path)
    notices += _nested_configurations(look, listed)
    for path in sorted(path for path in found if not _is_text(path)):
        found.remove(path)
        shown = path.encode("utf-8", "backslashreplace").decode()
        notices.append(Notice("undecodable", "is not read: its name is not UTF-8", shown))
    sources = (Source(path, kind) for path in sorted(found) if (kind := kind_of(path)) is not None)
    tracked = root.git_top is not None and any(path.startswith(f"{STORE}/") for path in listed)
    for path in found:
        look.at(path)
    files = frozenset(listed)

    def keeps(path: str) -> bool:
        return path in files and not is_excluded(path, config) and _is_text(path) and look.is_plain(path)

    return Discovery(tuple(sources), tuple(notices), basis, tracked, keeps)


def is_excluded(path: str, config: Config) -> bool:
    """Does anybody exclude the file? For few files: the patterns are read anew."""
    return _EXCLUDED.excludes(path) or Patterns.of(config.exclude).excludes(path)


class _Look:
    """The tree, with a memory of what was asked of it."""

    def __init__(self, tree: Tree, basis: Basis) -> None:
        self.tree = tree
        self.basis = basis
        self._root = f"{tree.root}{os.sep}"

    def at(self, path: str) -> tuple[int, int, int, int] | None:
        """The stamp of ``path``, from the first time it was asked for."""
        if path not in self.basis.looked:
            self.basis.looked[path] = snapshot.stamp(self._root + path)
        return self.basis.looked[path]

    def is_plain(self, path: str) -> bool:
        """A regular file and no link. Deleted files are none, nor are submodules."""
        found = self.at(path)
        return found is not None and found[0] >= 0

    def walk(self, start: str, notices: list[Notice]) -> Iterator[str]:
        seen = walk.Seen(self.basis.walked, self.basis.looked)
        return walk.files(self.tree, start, _PRUNED, notices, seen)


def sources_among(paths: Iterable[str], config: Config, named: Container[str] = ()) -> tuple[Source, ...]:
    """The sources among the files of a commit, sorted; excluded ones only where they are ``named``."""
    kept, paths = _keeper(config), sorted(paths)
    installed = _installed(paths)
    kinds = (
        (path, kind_of(path)) for path in paths if (kept(path) and not path.startswith(installed)) or path in named
    )
    return tuple(Source(path, kind) for path, kind in kinds if kind is not None and _is_text(path))


def _installed(paths: Iterable[str]) -> tuple[str, ...]:
    """Where the packages begin that were installed into the project: others' code, whoever tracks it. A package is
    called as its distribution is, or without the ``Py`` and ``python-`` before it."""
    found: dict[str, None] = {}
    for path in paths:
        beside = _INSTALLED.match(path) if ".dist-info/" in path else None
        if beside is not None:
            name = beside[2].replace("-", "_")
            short = re.sub(r"^py(thon_)?", "", name.lower())
            for each in (name, name.lower(), short):
                found |= {f"{beside[1] or ''}{each}/": None, f"{beside[1] or ''}{each}.py": None}
    return tuple(found)


def _keeper(config: Config) -> Callable[[str], bool]:
    """Is a path one of a source that nobody excludes?"""
    excluded = Patterns.of(config.exclude)

    def kept(path: str) -> bool:
        return kind_of(path) is not None and not _EXCLUDED.excludes(path) and not excluded.excludes(path)

    return kept


def _list(
    look: _Look, root: Root, notices: list[Notice], kept: Callable[[str], bool], named: set[str]
) -> tuple[str, ...]:
    """All files of the project, sources or not; tracked ones may be gone from the disk."""
    if root.git_top is not None:
        listing = git.list_files(root.path)
        if isinstance(listing, git.Listing):
            left = [path for path in listing.untracked if path not in named and kept(path)]
            if left and listing.tracked:
                notices.append(_untracked(left))
            look.basis.git, look.basis.listing = listing.program, listing.raw
            return listing.tracked
        notices.append(listing)
        look.basis.whole = False
    return tuple(look.walk("", notices))


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:  # bytes of the file system that stand as surrogates
        return False
    return True


def _untracked(paths: list[str]) -> Notice:
    some = ", ".join(sorted(paths)[:3]) + (", ..." if len(paths) > 3 else "")
    count = (
        "1 file that git does not track was" if len(paths) == 1 else f"{len(paths)} files that git does not track were"
    )
    return Notice("untracked", f"{count} not read: {some}; git add them, or name them")


def _named_folder(
    look: _Look,
    folder: str,
    found: set[str],
    notices: list[Notice],
    kept: Callable[[str], bool],
    force_exclude: bool,
) -> Iterator[str]:
    """A folder that was named and of which nothing is left: git tracks nothing there, or it is excluded."""
    start = "" if folder == "." else folder
    prefix = f"{start}/" if start else ""
    if any(path.startswith(prefix) for path in found):
        return
    meant = not force_exclude and bool(start) and not kept(f"{start}/a.py")
    for path in look.walk(start, notices):
        if kept(path) or (meant and kind_of(path) is not None):
            yield path


def _nested_configurations(look: _Look, listed: Iterable[str]) -> Iterator[Notice]:
    for path in listed:
        _, slash, name = path.rpartition("/")
        if not slash or name not in (NAME, PYPROJECT) or not look.is_plain(path):
            continue
        if name == NAME or roots.has_table(look.tree, path):
            yield Notice("nested-configuration", "is not read: a run has one configuration, that of its root", path)


# --- whose a file is -------------------------------------------------------------------------------

_VENDORED = re.compile(
    r"(^|/)(vendor|vendored|_vendor|_vendored|third[_-]?party|extern|node_modules|site-packages|dist-packages)/",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"_pb2(_grpc)?\.pyi?$|(^|/)migrations/(.*/)?\d{4}_\w+\.py$|(^|/)(alembic|migrations)/versions/|(^|/)_version\.py$"
)
_SAYS_GENERATED = re.compile(rb"auto-?generated|do not edit|@generated", re.IGNORECASE)
_HEAD_LINES, _HEAD_BYTES = 6, 2_000


def origin_of(path: str, data: bytes) -> str:
    """Whose a file is: "vendored" (others'), "generated" (a program's) or "own"; by its path and by what
    the comments of its first lines say."""
    if _VENDORED.search(path):
        return "vendored"
    if _GENERATED.search(path):
        return "generated"
    head = data[:_HEAD_BYTES].splitlines()[:_HEAD_LINES]
    said = (line for line in head if line.lstrip().startswith((b"#", b'"""', b"'''")))
    return "generated" if any(_SAYS_GENERATED.search(line) for line in said) else "own"
