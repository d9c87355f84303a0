"""Does what a URL points at stay the same? The judgement of a requirement's source."""

from __future__ import annotations

import enum
import posixpath
import re

from msgspec import Struct

from mldebt.facts.pins import Pin, RefKind, split_ref


class Mutability(enum.Enum):
    """How a source may change under those who install it."""

    FIXED = "fixed"
    TAG = "tag"  # can be moved, but only on purpose
    BRANCH = "branch"
    DEFAULT = "default"  # no ref: whatever the default branch holds
    ARCHIVE = "archive"  # a download of a branch
    LATEST = "latest"  # a download of whatever is newest
    OUTSIDE = "outside"  # a path that the repository does not hold


class Source(Struct, frozen=True):
    """A judged source. ``ref`` is the branch, tag, commit or path that decided it."""

    mutability: Mutability
    ref: str = ""


LONGEST_REF = 200

_VCS = re.compile(r"(?:git|hg|svn|bzr)\+")
_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,39}")
_TEMPLATE = re.compile(r"\$\{?\w|\{\{|%\(")
_DOWNLOAD = re.compile(
    r"https?://[^/]+/(?:[^/]+/){2,5}?(?:-/)?(?:archive|zipball|tarball|zip|tar\.gz|get)/((?:refs/(?:heads|tags)/)?[^?#]+)"
)
_BRANCH_FILE = re.compile(
    r"/(?:resolve|raw|blob)/(?:refs/heads/)?(main|master|develop|dev)/"
    r"|^https?://raw\.githubusercontent\.com/[^/]+/[^/]+/(?:refs/heads/)?(main|master|develop|dev)/"
)
_LATEST_FILE = re.compile(r"/releases/latest/|/latest/download/")
_ARCHIVE_ENDING = re.compile(r"(?:\.zip|\.tar\.gz|\.tgz|\.tar\.bz2)?/?$")
_RELEASED_FILE = re.compile(r"-\d[^/]*\.(?:whl|zip|tar\.gz|tgz|tar\.bz2)$", re.IGNORECASE)
_ABSOLUTE = re.compile(r"/|~|[A-Za-z]:[\\/]|\\\\")

_BRANCH_FOLDERS = frozenset(
    {
        "feature", "features", "feat", "fix", "bugfix", "hotfix", "release", "releases", "dev", "develop",
        "wip", "user", "users", "topic", "issue", "pr", "pull", "heads",
    }
)  # fmt: skip
_VERSION_WORDS = frozenset({"v", "ver", "version", "release", "rel", "r", "tag"})
_NUMBERED = re.compile(r"[vVrR]?\d+(?:(?:a|b|c|rc|alpha|beta|pre|post|dev|p)\d*)?")
_SUFFIX = re.compile(r"(?:a|b|c|rc|alpha|beta|pre|preview|post|dev|final|ga|patch|p|cu|cpu|hotfix)\d*")


def judge(pin: Pin) -> Source | None:
    """The source of a pin; None when it has none, or when a variable stands where its ref would."""
    url = pin.url
    if not url:
        return None
    if _VCS.match(url):
        return _repository(split_ref(url)[1], pin.ref_kind)
    if "://" in url and not url.startswith("file:"):
        return _download(url)
    return _folder(url.partition("#")[0], pin.place.path)


def _repository(ref: str, kind: RefKind) -> Source | None:
    if _TEMPLATE.search(ref):
        return None
    if kind is RefKind.TAG:
        return Source(Mutability.TAG, ref)
    if not ref:
        return Source(Mutability.DEFAULT)
    if kind is RefKind.BRANCH:
        return Source(Mutability.BRANCH, ref)
    return Source(_spelt(ref), ref)


def _spelt(ref: str) -> Mutability:
    if is_commit(ref):
        return Mutability.FIXED
    return Mutability.TAG if is_tag(ref) else Mutability.BRANCH


def is_commit(ref: str) -> bool:
    """Is a ref spelt as commits are, in full or shortened?"""
    return _COMMIT.fullmatch(ref) is not None


def is_tag(ref: str) -> bool:
    """Is a ref spelt as releases are: ``v1.2``, ``2.0.0rc1``, ``release-3``, ``ranker-1.2``, ``pkg/v1``?

    ``fix-123``, ``1.x`` and ``release/2.1`` are spelt as branches are.
    """
    if ref.startswith("refs/"):
        return ref.startswith("refs/tags/")
    *folders, last = ref[:LONGEST_REF].split("/")
    if folders and folders[0].lower() in _BRANCH_FOLDERS:
        return False
    parts = [part for part in re.split(r"[._+-]", last) if part]
    first = next((at for at, part in enumerate(parts) if _NUMBERED.fullmatch(part)), len(parts))
    words, numbers = parts[:first], parts[first:]
    named = not all(word.lower() in _VERSION_WORDS for word in words)
    if len(numbers) < (2 if named else 1) or any(word.lower() in _BRANCH_FOLDERS - _VERSION_WORDS for word in words):
        return False
    return all(_NUMBERED.fullmatch(part) or _SUFFIX.fullmatch(part.lower()) for part in numbers)


def _download(url: str) -> Source | None:
    if _TEMPLATE.search(url.partition("://")[2].partition("/")[2]):
        return None
    if latest := _LATEST_FILE.search(url):
        return Source(Mutability.LATEST, latest[0].strip("/"))
    if branch := _BRANCH_FILE.search(url):
        return Source(Mutability.ARCHIVE, branch[1] or branch[2])
    found = _DOWNLOAD.match(url)
    if not found:
        return Source(Mutability.FIXED)
    ref = _ARCHIVE_ENDING.sub("", found[1])
    if "/-/archive/" in url:  # GitLab repeats the ref in the file's name
        ref = ref.rpartition("/")[0] or ref
    ref = ref if ref.startswith("refs/tags/") else ref.removeprefix("refs/heads/")
    judged = _spelt(ref)
    return Source(Mutability.ARCHIVE if judged is Mutability.BRANCH else judged, ref)


def _folder(path: str, manifest: str) -> Source | None:
    if _TEMPLATE.search(path):
        return None
    if _RELEASED_FILE.search(path):
        return Source(Mutability.FIXED, path)
    bare = re.sub(r"^file:(?://(?=/))?", "", path)
    if _ABSOLUTE.match(bare):
        return Source(Mutability.OUTSIDE, path)
    bare = bare.replace("\\", "/")
    homes = (posixpath.normpath(posixpath.join(base, bare)) for base in (posixpath.dirname(manifest), ""))
    outside = all(home == ".." or home.startswith("../") for home in homes)
    return Source(Mutability.OUTSIDE if outside else Mutability.FIXED, path)
