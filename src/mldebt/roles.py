"""What a file is for: decided from its path, its imports, its decorators and what it calls."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from mldebt.facts.modules import ClassFact, ModuleFact
from mldebt.model import Role
from mldebt.vocabulary import Vocabulary

_TEST = re.compile(r"(^|[/_.-])(tests?|testing|conftest|test_utils|unittests?|testsuite)([/_.-]|$)", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"(^|/)(examples?|docs?|tutorials?|samples?|demos?|cookbooks?|notebooks?|courses?|playground|sandbox)(/|$)"
    r"|(^|/)((lessons?|lectures?|exercises?|homeworks?|labs)([-_ ]?\d+)?|(chap(ter)?|lab)[-_ ]?\d+|\w+[-_]labs)(/|$)"
    r"|(^|[/_])(example|demo|tutorial)s?[_.]",  # a sample is often one of data
    re.IGNORECASE,
)
_DOCUMENTATION = re.compile(r"(^|/)(docs?|documentation|tutorials?)(/|$)", re.IGNORECASE)
_PLATFORM_FUNCTIONS = frozenset(
    {"lambda_handler", "predict_fn", "model_fn", "input_fn", "output_fn", "predict_endpoint"}
)
_SETTINGS_SUFFIXES = frozenset({"settings", "config", "constants"})
_TEST_LIBRARIES = frozenset({"pytest", "unittest", "nose", "hypothesis", "behave"})


def is_documentation(path: str) -> bool:
    """Is the file there to be read: its numbers and names are what it shows, and nobody runs it for its results?"""
    return _DOCUMENTATION.search(path) is not None


def decide(
    path: str, module: ModuleFact | None, classes: Iterable[ClassFact], vocabulary: Vocabulary, learning: bool
) -> Role:
    """The role of the Python file ``path``; ``learning`` says that it is an ML module. The first that fits wins."""
    role = settled(path, module, classes, vocabulary)
    if role is not None or module is None:
        return role or Role.OTHER
    roots = _roots(module)
    if (learning or "predicts" in module.marks) and _serves(module, roots, vocabulary):
        return Role.SERVE
    if learning and ({"fits", "trains"} & set(module.marks)):
        return Role.TRAIN
    if "predicts" in module.marks and learning and roots & vocabulary.words("serve-markers"):
        return Role.SERVE
    if roots & vocabulary.words("pipeline-markers"):
        return Role.PIPELINE
    if "main" in module.marks:
        return Role.SCRIPT
    return Role.OTHER


def settled(path: str, module: ModuleFact | None, classes: Iterable[ClassFact], vocabulary: Vocabulary) -> Role | None:
    """The role of the Python file ``path`` where no other file has a say in it: a test, an example, settings."""
    if _TEST.search(path):
        return Role.TEST
    if module is not None and "tests" in module.marks and _roots(module) & _TEST_LIBRARIES:
        return Role.TEST
    if _EXAMPLE.search(path):
        return Role.EXAMPLE
    if module is not None and _is_settings(path, module, classes, vocabulary):
        return Role.SETTINGS
    return None


def _roots(module: ModuleFact) -> set[str]:
    return {each.target.partition(".")[0] for each in module.imports}


def _is_settings(path: str, module: ModuleFact, classes: Iterable[ClassFact], vocabulary: Vocabulary) -> bool:
    stem = posixpath.basename(path).partition(".")[0]
    names = vocabulary.words("settings-modules")
    folder = posixpath.basename(posixpath.dirname(path))
    if stem in names or (folder in names and stem in {"__init__", "base", "prod", "dev", "local", "production"}):
        return True
    if stem.rpartition("_")[2] in _SETTINGS_SUFFIXES or stem.partition("_")[0] in {"settings", "config"}:
        return True
    bases = vocabulary.words("settings-bases")
    own = list(classes)
    settings = [each for each in own if any(b in bases or b.rpartition(".")[2] in bases for b in each.bases)]
    return bool(settings) and len(module.definitions) <= 2 * len(settings)


def _serves(module: ModuleFact, roots: set[str], vocabulary: Vocabulary) -> bool:
    """Has it request handlers or tasks: decorators of a serving library, or functions a platform calls?"""
    if set(module.definitions) & _PLATFORM_FUNCTIONS:
        return True
    if not roots & {marker.partition(".")[0] for marker in vocabulary.words("serve-markers")}:
        return False
    handlers = vocabulary.words("serve-decorators")
    return any("." in each and each.rpartition(".")[2] in handlers for each in module.decorators)
