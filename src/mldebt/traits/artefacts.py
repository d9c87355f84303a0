"""Where a saved model is: which file, which version of it, and whether that is for the deployment to say."""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, dotted, last_name
from mldebt.traits.values import Trait, Value
from mldebt.vocabulary import tokenise

_VERSIONED = re.compile(
    r"(?:^|[/_.@-])v?\d+(?:\.\d+)+|(?:^|[/_-])v\d+|\d{4}-?\d{2}-?\d{2}|\b[0-9a-f]{7,40}\b|(?<=[a-z])[-_]\d+(?=[./]|$)|/\d+(?:/|$)"
)
_FILE = re.compile(
    r"\.(?:pkl|pickle|joblib|pt|pth|bin|h5|hdf5|keras|onnx|sav|cbm|tflite|ckpt|safetensors|mlmodel|model|dill|ubj|pb|weights|npz|gguf)$",
    re.IGNORECASE,
)
UNNUMBERED = r"[^\d]*\.(?:pkl|pickle|joblib|pt|pth|bin|h5|hdf5|keras|onnx|sav|cbm|tflite|ckpt|safetensors|model)"
"""A path to a model, as a whole, in which no number says which."""
_MOUNTED = re.compile(r"/(?:opt/ml|mnt/models|models|var/azureml-app|gcs|model)/")
_STAGE = re.compile(r"models:/[^/@]+/(?:Staging|Production|Archived)", re.IGNORECASE)
_LATEST = re.compile(r"(?:^|[/_.:@-])latest(?:[/_.-]|$)", re.IGNORECASE)
# Loaders of folders: a relative or absolute path is none of a model hub.
_FOLDERS = frozenset({"from_pretrained", "pipeline", "SentenceTransformer", "CrossEncoder"})
_ROWS = frozenset({"docs", "documents", "data", "dataset", "df", "chunks", "texts", "corpus", "history", "cache"})
# pickled too, and no model
_PATHS = frozenset({"join", "Path", "str", "joinpath", "abspath", "resolve", "as_posix"})
_GIVEN = (Trait.EXTERNAL, Trait.VARIABLE, Trait.SETTINGS, Trait.FLAG, Trait.ENVIRONMENT)


class Artefact(Struct, frozen=True):
    """``text`` is the part of the address that is written down; ``kind`` is "fixed" (one file, whatever is
    in it), "latest" (whatever came last), "stage" (of a registry) or "versioned"."""

    text: str
    kind: str


def artefact_of(node: cst.Call, value_of: Callable[[cst.CSTNode], Value]) -> Artefact | None:
    """The artefact that a loader is given; ``None`` when the address comes from outside or is not known."""
    by_folder = last_name(node.func) in _FOLDERS
    given = argument(node, -1, "model") if by_folder else None
    given = given or argument(node, 0) or argument(node, -1, "model_uri") or argument(node, -1, "path")
    if given is None:
        given = argument(node, -1, "model_path")
    if given is None:
        return None
    opened = value_of(given).call
    if opened is not None and last_name(opened.func) in {"open", "read_bytes"}:
        given = argument(opened, 0) or (opened.func.value if type(opened.func) is cst.Attribute else given)
    text = written(given, value_of)
    if not text:
        return None
    if _MOUNTED.match(text):
        return None  # the platform puts the chosen version there
    if _LATEST.search(text):
        return Artefact(text, "latest")
    if _STAGE.fullmatch(text):
        return Artefact(text, "stage")
    if text.startswith(("models:/", "runs:/")):
        return Artefact(text, "versioned")
    if _VERSIONED.search(text):
        return Artefact(text, "versioned")
    if _ROWS.intersection(named := tokenise(text.rpartition("/")[2])) and "model" not in named:
        return None
    if _FILE.search(text) or (by_folder and text.startswith(("./", "../", "/"))):
        return Artefact(text, "fixed")
    return None


def written(node: cst.CSTNode, value_of: Callable[[cst.CSTNode], Value], depth: int = 0) -> str:
    """The end of an address as far as it is literal; "" when a part of it is for others to say."""
    if depth > 6:
        return ""
    value = value_of(node)
    if any(value.has(trait) for trait in _GIVEN) or value.parameter >= 0:
        return ""
    if isinstance(value.constant, str):
        return value.constant
    if type(node) is cst.BinaryOperation and isinstance(node.operator, (cst.Divide, cst.Add)):
        left = _base(node.left, value_of, depth)
        right = written(node.right, value_of, depth + 1)
        return "/".join(filter(None, (left, right))) if left is not None and right else ""
    made = value.call or value.joined
    if isinstance(node, (cst.Name, cst.Attribute)) and made is not None:
        return written(made, value_of, depth + 1)
    if type(node) is cst.Call and last_name(node.func) in _PATHS:
        parts = [each.value for each in node.args]
        if not parts:
            return written(node.func.value, value_of, depth + 1) if type(node.func) is cst.Attribute else ""
        bases = [_base(each, value_of, depth) for each in parts[:-1]]
        end = written(parts[-1], value_of, depth + 1)
        return "/".join([*filter(None, bases), end]) if end and None not in bases else ""
    if type(node) is cst.FormattedString:
        return _formatted(node, value_of)
    return ""


def _base(node: cst.CSTNode, value_of: Callable[[cst.CSTNode], Value], depth: int) -> str | None:
    """A folder: its text, "" when it is where the code is, ``None`` when it is for others to say."""
    value = value_of(node)
    if any(value.has(trait) for trait in _GIVEN) or value.parameter >= 0:
        return None
    if isinstance(value.constant, str):
        return value.constant
    text = written(node, value_of, depth + 1)
    if text:
        return text
    made_of = [value_of(each) for each in descendants(value.call)] if value.call is not None else []
    if value.joined is not None or any(each.has(trait) for each in made_of for trait in _GIVEN):
        return None  # GIVEN / "models", Path(os.environ["MODELS"])
    return "" if _is_here(node, value.reference) else None


def _is_here(node: cst.CSTNode, reference: str) -> bool:
    """Is the folder one that the code itself knows: made of ``__file__``, or a constant of this module?"""
    for each in descendants(node):
        if type(each) is cst.Name and each.value == "__file__":
            return True
    root = reference.partition(".")[0].removesuffix("()")
    own = root in {"", "@", "os", "pathlib"}
    return own and isinstance(node, (cst.Name, cst.Attribute)) and dotted(node).partition(".")[0].isupper()


def _formatted(node: cst.FormattedString, value_of: Callable[[cst.CSTNode], Value]) -> str:
    parts: list[str] = []
    for each in node.parts:
        if type(each) is cst.FormattedStringText:
            parts.append(each.value)
        elif type(each) is cst.FormattedStringExpression:
            base = _base(each.expression, value_of, 1)
            if base is None:
                return ""
            parts.append(base)
    return "".join(parts)
