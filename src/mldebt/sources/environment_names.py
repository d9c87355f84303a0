"""Which environment a file is for, by its name and the folders around it."""

from __future__ import annotations

import re

_WORDS = {
    "prod": "prod", "production": "prod", "prd": "prod", "live": "prod",
    "staging": "staging", "stage": "staging", "stg": "staging", "preprod": "staging", "uat": "staging",
    "dev": "dev", "develop": "dev", "development": "dev", "devel": "dev", "local": "dev",
    "test": "test", "tests": "test", "testing": "test",
}  # fmt: skip
_IN_FILES_ONLY = frozenset({"live", "stage", "local", "test", "tests", "testing"})
"""As folders they are other things as well: stages of a pipeline, what is run live."""

_TEMPLATES = frozenset({"example", "sample", "template", "dist", "tmpl", "tpl", "default", "defaults"})


def environment_of(path: str) -> str:
    """ "prod", "staging", "dev", "test" or "": the name of the file decides before the nearest folder."""
    *folders, name = path.lower().split("/")
    for word in re.split(r"[^a-z]+", name):
        if word in _WORDS:
            return _WORDS[word]
    return next((_WORDS[one] for one in reversed(folders) if one in _WORDS and one not in _IN_FILES_ONLY), "")


def environment_named(name: str) -> str:
    """The environment that a word of a file names: ``environment: production``."""
    words = re.split(r"[^a-z]+", name.lower()[:100])
    return next((_WORDS[word] for word in words if word in _WORDS), "")


def is_template(path: str) -> bool:
    """Does the file only show which variables there are?"""
    return not _TEMPLATES.isdisjoint(re.split(r"[^a-z]+", path.rpartition("/")[2].lower()))
