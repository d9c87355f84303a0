"""Files that are no code: manifests, configuration, workflows. One may be several of these at once."""

from __future__ import annotations

from mldebt.discover import INCLUDED, Source
from mldebt.facts import FileFacts
from mldebt.sources import configs, variables, workflow
from mldebt.sources.manifests import reading
from mldebt.suppressions import suppressions_in
from mldebt.traits.configured import configured_thresholds
from mldebt.vocabulary import Vocabulary


def analyse_text(source: Source, data: bytes, vocabulary: Vocabulary) -> FileFacts:
    """What each reader that knows the name of the file says of it. Never raises for what is in the file."""
    readers = (reading.read, variables.read, workflow.read, configs.read)
    said = [reader(source.path, data) for reader in (readers if source.kind != INCLUDED else (reading.read_included,))]
    comments = sorted({each for one in said for each in one.comments}, key=lambda each: (each.line, each.column))
    statements = sorted({each for one in said for each in one.statements})
    notices = {
        (each.kind, each.line, each.message if each.line else ""): each
        for one in reversed(said)
        for each in one.notices
    }
    facts = tuple(fact for one in said for fact in one.facts)
    suppressed = suppressions_in(source.path, comments, statements)
    return FileFacts(
        path=source.path,
        kind=source.kind,
        lines=data.count(b"\n") + (not data.endswith(b"\n") and bool(data)),
        analysed=not any(notice.fatal for notice in notices.values()),
        facts=(*facts, *configured_thresholds(facts, vocabulary)),
        suppressions=suppressed.suppressions,
        notices=(*notices.values(), *suppressed.notices),
    )
