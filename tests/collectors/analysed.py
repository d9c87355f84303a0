"""A small project from texts, analysed for real: what the collectors saw, and what it comes to."""

from __future__ import annotations

from textwrap import dedent

from mldebt import catalogue, vocabulary
from mldebt.analyse import analyse, make_analyser
from mldebt.config import Config
from mldebt.discover import Source, kind_of
from mldebt.facts import FileFacts
from mldebt.project import Project
from mldebt.settings import AnalyserSettings
from mldebt.syntax import stack

SETTINGS = AnalyserSettings(catalogue.load().specs, (), (), 20_000)


def analysed(files: dict[str, str]) -> Project:
    """The project whose files have these texts. Nothing may crash."""
    words = vocabulary.load({})
    analyser = make_analyser(SETTINGS, words)

    def read() -> list[FileFacts]:
        return [
            analyse(analyser, Source(path, kind_of(path) or ""), dedent(text).encode()) for path, text in files.items()
        ]

    found = stack.call(read)
    assert not [notice for each in found for notice in each.notices if notice.fatal]
    return Project(found, Config(), words)
