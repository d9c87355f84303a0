"""Downloads of weights and data by name: which calls they are, what they ask for, what fixes it."""

from __future__ import annotations

import enum
import re
from functools import lru_cache

import libcst as cst
from msgspec import Struct

from mldebt.mutability import is_commit
from mldebt.syntax.names import argument, keyword
from mldebt.vocabulary import Vocabulary

LONGEST_ID = 300  # characters; hubs allow fewer
LONGEST_SHOWN = 120  # characters of an id in a message

_MOVING = frozenset({"main", "master", "HEAD", "dev", "develop", "development", "latest", "nightly"})
_FILES = (
    "pt|pth|bin|onnx|ckpt|h5|hdf5|pkl|joblib|json|jsonl|csv|tsv|parquet|txt|py|gguf|safetensors|zip|tar|gz|ya?ml|pb"
)
_NAME = r"[A-Za-z0-9][\w.-]*"
_HUBS = r"(?:huggingface\.co|hf\.co|hf-mirror\.com)"
_MOVING_URL = re.compile(
    rf"(?:{_HUBS}|^\{{\}})/((?:datasets/|spaces/)?[\w.{{}}-]+/[\w.{{}}-]+)/(?:resolve|raw)/(main|master)/([^\s?#]*)"
)
_SECRETS = re.compile(r"(?<=://)[^/@\s]{1,300}@|[?#].*", re.DOTALL)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|mp4|avi|wav|mp3|flac|pdf|md)$", re.IGNORECASE)


class Fixity(enum.Enum):
    """How far the version of what is downloaded is fixed."""

    NONE = "none"
    BRANCH = "branch"
    TAG = "tag"
    FIXED = "fixed"
    UNKNOWN = "unknown"  # arguments that are not written here may say


class Api(Struct, frozen=True):
    """A call that downloads. ``fixed_by`` is the argument that fixes the version, or how it stands
    behind the id (":ref", "@ref", "/version"); ``positions`` is where the id is."""

    name: str
    fixed_by: str
    position: int
    keywords: tuple[str, ...]

    def asked(self, call: cst.Call) -> cst.BaseExpression | None:
        """The argument that says what is downloaded."""
        for name in self.keywords:
            given = keyword(call, name)
            if given is not None:
                return given.value
        return argument(call, self.position)


@lru_cache(maxsize=4)
def last_names(vocabulary: Vocabulary) -> frozenset[str]:
    """The last segments of all calls that download: the cheap question before ``api_of``."""
    return frozenset(name.rpartition(".")[2] for name in vocabulary.mapping("pretrained-apis"))


@lru_cache(maxsize=512)
def api_of(reference: str, vocabulary: Vocabulary) -> Api | None:
    """The call that ``reference`` is, ``None`` when it downloads nothing. Names without a library
    count only for libraries that are known to download."""
    parts = reference.split(".")
    spellings = [reference]
    if parts[0].removesuffix("()") in vocabulary.words("pretrained-modules"):
        spellings += [f"{parts[0]}.{parts[-1]}", ".".join(parts[-2:]), parts[-1]]
    known = vocabulary.mapping("pretrained-apis")
    entry = next((known[each] for each in spellings if each in known), None)
    if entry is None:
        return None
    fixed_by, position, *keywords = entry
    return Api(parts[-1], fixed_by, int(position), tuple(keywords))


@lru_cache(maxsize=64)
def repository_pattern(api: Api, vocabulary: Vocabulary) -> str:
    """A regular expression of the ids that name a repository or a URL, and no folder, for ``api``."""
    if api.fixed_by == "/version":
        return r"https?://\S+"
    if api.fixed_by == "check_hash":
        # Those of the hub are told by their URL; a file named by its hash is as fixed as names are.
        return rf"(?!.*[-_.][0-9a-f]{{8,64}}\.\w+$)https?://(?!{_HUBS})\S+"
    if api.fixed_by == "@ref":
        return rf"hf[-_]hub:{_NAME}/{_NAME}(?:@.+)?"
    if api.fixed_by == ":ref":
        return rf"{_NAME}/{_NAME}(?::.+)?"
    owned = f"{_NAME}/{_NAME}"
    if api.name in {"hf_hub_download", "snapshot_download", "load"}:
        return owned
    words = "|".join(sorted(vocabulary.words("pretrained-local-words")))
    no_folder = rf"(?!(?:\w*_)?(?:{words})(?:_\w*)?/)(?!.*[/_-](?:{words})$)(?!.*\.(?:{_FILES})$)"
    if api.name.startswith("load_dataset"):
        builders = "|".join(sorted(vocabulary.words("pretrained-local-builders")))
        alone = rf"(?!(?:{words}|{builders})$)(?!(?:{words})_)[a-z0-9][\w.-]*"
    else:
        # A name without an owner is one of the first models (bert-base-uncased): with dashes or digits.
        alone = rf"(?!(?:{words})[-_.])(?=[^/]*[-\d])[A-Za-z0-9][\w.-]*"
    return rf"{no_folder}(?:{owned}|{alone})"


def is_repository(text: str, api: Api, vocabulary: Vocabulary) -> bool:
    """Does ``text``, given to ``api``, name something on a hub?"""
    return len(text) <= LONGEST_ID and re.fullmatch(repository_pattern(api, vocabulary), text) is not None


def behind(api: Api, text: str) -> tuple[str, str]:
    """An id and the version that stands behind it, "" when none does."""
    if api.fixed_by == "/version":
        found = re.search(r"/(?:versions/)?(\d+)/?(?:\?.*)?$", text)
        return text, found[1] if found else ""
    if api.fixed_by in {":ref", "@ref"}:
        scheme, colon, rest = text.partition(":") if api.fixed_by == "@ref" else ("", "", text)
        artefact, _, ref = rest.partition(api.fixed_by[0])
        return f"{scheme}{colon}{artefact}", ref
    return text, ""


def presentable(artefact: str) -> str:
    """An id or URL for a message: without passwords, signatures and what makes it long."""
    return _SECRETS.sub("", artefact)[:LONGEST_SHOWN]


def fixity(ref: str) -> Fixity:
    """How far a branch, tag or commit fixes a version."""
    if not ref:
        return Fixity.NONE
    if is_commit(ref):
        return Fixity.FIXED
    return Fixity.BRANCH if ref in _MOVING or ref.startswith(("refs/pr/", "refs/convert/")) else Fixity.TAG


def moving_url(text: str) -> tuple[str, str] | None:
    """The repository and branch of a URL that downloads from a branch of a hub. ``{}`` stands for what is not
    known; before the first slash it is taken for the hub's host. Pictures and sounds are examples."""
    found = _MOVING_URL.search(text) if len(text) <= 2 * LONGEST_ID else None
    if found is None or _PICTURE.search(found[3]):
        return None
    return found[1], found[2]
