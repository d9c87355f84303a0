"""What is saved, where, and whether the place says which run it came from."""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, dotted, keyword, last_name, string
from mldebt.traits.artefacts import written
from mldebt.traits.values import Value
from mldebt.vocabulary import Vocabulary, tokenise

_VERSIONED = re.compile(r"(?<![a-z])v\d|\d{4}|\d{1,2}\.\d|[0-9a-f]{8,}|latest_run")
_MODEL_SUFFIXES = (
    ".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".onnx", ".h5", ".hdf5", ".keras", ".sav", ".model", ".cbm",
    ".ubj", ".dill", ".safetensors", ".tflite", ".ckpt", ".npz",
)  # fmt: skip
_TRANSFORMERS = frozenset(
    {"scaler", "encoder", "vectorizer", "vectoriser", "transformer", "preprocessor", "pipeline", "pipe", "imputer",
     "pca",
     "dv", "tokenizer", "binarizer", "le", "tfidf", "net", "network", "forest", "booster", "reg", "lr", "rf", "svm",
     "knn",
     "xgb", "lgbm", "tree", "search", "grid", "best"}
)  # fmt: skip
_PASSING = frozenset(
    {"checkpoint", "checkpoints", "ckpt", "ckpts", "tmp", "temp", "cache", "epoch", "snapshot", "test"}
)


class Saved(Struct, frozen=True):
    """A call that saves ``what`` under a literal ``path``."""

    what: cst.CSTNode
    path: str


def saved_by(node: cst.Call, reference: str, value_of: Callable[[cst.CSTNode], Value]) -> Saved | None:
    """What ``node`` saves; ``None`` for another call, or a path that is not written out."""
    last = last_name(node.func)
    what: cst.CSTNode | None = None
    where: cst.CSTNode | None = None
    if last == "dump" and reference.partition(".")[0] in {
        "joblib",
        "pickle",
        "cloudpickle",
        "dill",
        "skops",
        "sklearn",
    }:
        what, where = argument(node, 0, "obj") or argument(node, 0, "value"), argument(node, 1, "file")
        where = where or argument(node, -1, "filename")
    elif reference in {"torch.save", "torch.jit.save", "onnx.save", "safetensors.torch.save_file"}:
        what, where = argument(node, 0, "obj"), argument(node, 1, "f")
    elif reference == "torch.onnx.export":
        what, where = argument(node, 0, "model"), argument(node, 2, "f")
    elif reference.endswith(("models.save_model", "saving.save_model")) and "keras" in reference:
        what, where = argument(node, 0, "model"), argument(node, 1, "filepath")
    elif last in {"save_model", "save_weights", "to_onnx", "save_pretrained"} or (
        last == "save" and _is_model(_owner(node))
    ):
        what, where = _owner(node), argument(node, 0) or next((each.value for each in node.args if each.keyword), None)
    if what is None or where is None:
        return None
    path = _path(where, value_of)
    if not path:
        return None
    is_file = path.lower().endswith(_MODEL_SUFFIXES)
    if not (is_file if last == "dump" else _is_model(what) or is_file):
        return None
    if last == "dump" and not _is_model(what):
        return None
    return Saved(what, path)


def _path(node: cst.CSTNode, value_of: Callable[[cst.CSTNode], Value]) -> str:
    """The text of the path that is written to, "" where a part of it is for others to say. An open file stands
    for the path that it was opened with, by name or in place."""
    opened = value_of(node).call
    if opened is not None and last_name(opened.func) == "open":
        given = argument(opened, 0, "file") if dotted(opened.func) in {"open", "io.open", "gzip.open"} else None
        if given is None and type(opened.func) is cst.Attribute:
            given = opened.func.value  # path.open("wb")
        if given is None:
            return ""
        node = given
    return written(node, value_of)


def _owner(node: cst.Call) -> cst.CSTNode | None:
    return node.func.value if type(node.func) is cst.Attribute else None


def _is_model(node: cst.CSTNode | None) -> bool:
    """Is it called as a model or a fitted transformer is?"""
    if node is None:
        return False
    if type(node) is cst.Call and last_name(node.func) == "state_dict":
        return True
    if isinstance(node, (cst.Tuple, cst.List)):
        return any(_is_model(each.value) for each in node.elements)
    if type(node) is cst.Dict:
        return any(type(each) is cst.DictElement and _is_model(each.value) for each in node.elements)
    tokens = tokenise(last_name(node))
    return bool(tokens) and bool({*tokens[-1:], tokens[0]} & (_TRANSFORMERS | {"model", "models", "clf", "classifier",
        "regressor", "estimator", "trainer", "predictor", "recommender", "ranker"}))  # fmt: skip


def is_versioned(path: str) -> bool:
    """Does the path itself say which version, date or run it is, or that it will not stay?"""
    return bool(_VERSIONED.search(path.lower())) or bool(_PASSING & set(tokenise(path)))


def has_lineage(body: cst.CSTNode, vocabulary: Vocabulary) -> bool:
    """Is something about the run written down in ``body``: a registry, a tracker, a file beside the artefact?"""
    calls, keys = vocabulary.words("lineage-calls"), vocabulary.words("lineage-keys")
    for each in descendants(body):
        if type(each) is cst.Call:
            name = dotted(each.func)
            last = name.rpartition(".")[2]
            if last in calls or name in calls or name.partition(".")[0] in {"mlflow", "wandb", "clearml", "bentoml"}:
                return True
            if keyword(each, "metadata") is not None:
                return True
        elif type(each) is cst.SimpleString and (string(each) or "").lower().endswith((".json", ".yaml", ".yml")):
            return True
        elif type(each) is cst.DictElement and string(each.key) in keys:
            return True  # dump({"model": model, "metrics": metrics}, path)
    return False
