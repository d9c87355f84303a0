"""Facts from the store where files are what they were, from analysis where they are not.

A file is what it was when its size and time say so and are old enough to tell, else when its content
does. What is analysed is kept only if the file did not change meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from mldebt import cache, workers
from mldebt.cache import Fresh, Known, Store, Stored
from mldebt.discover import Source
from mldebt.facts import FileFacts
from mldebt.observer import SILENT, Observer
from mldebt.settings import Job
from mldebt.tree import Overlay, Stamp, Tree, UnreadableError
from mldebt.vocabulary import Vocabulary


class Recalled(Struct, frozen=True):
    """The facts of every source, in their order, how many of them came from the store, and by path, where that is
    known, the digests of what they were taken from and the marks by which they are stored. ``replaced`` is what
    the store had of those that were analysed."""

    files: tuple[FileFacts, ...]
    remembered: int
    digests: Mapping[str, str]
    marks: Mapping[str, bytes]
    replaced: Mapping[str, Known]

    def joined(self, other: Recalled) -> Recalled:
        """Both, in the order of the paths."""
        files = tuple(sorted((*self.files, *other.files), key=lambda each: each.path))
        return Recalled(
            files,
            self.remembered + other.remembered,
            {**self.digests, **other.digests},
            {**self.marks, **other.marks},
            {**self.replaced, **other.replaced},
        )


def key_of(job: Job, vocabulary: Vocabulary, catalogue_digest: str) -> str:
    """The store's key of a job: what its analysis depends on beside the files."""
    settings = job.settings
    options = (repr(settings.options), str(settings.max_file_lines), repr(settings.roles))
    return cache.key_of((catalogue_digest, vocabulary.digest(), *options))


def analyse(
    job: Job,
    sources: Sequence[Source],
    stamp_of: Callable[[str], Stamp | None],
    store: Store,
    key: str,
    jobs: int,
    observer: Observer = SILENT,
) -> Recalled:
    """The facts of all ``sources``; what was not known is kept in ``store``. ``stamp_of`` a path is its stamp
    as it was before anything was read."""
    overlaid = job.tree.files if isinstance(job.tree, Overlay) else {}
    known = store.known([source.path for source in sources], key)
    found: dict[Source, FileFacts] = {}
    stamps: dict[Source, tuple[Stamp, str, int]] = {}
    fresh: list[Fresh] = []
    digests: dict[str, str] = {}
    marks: dict[str, bytes] = {}
    for source in sources:
        entry = known.get(source.path)
        if source.path in overlaid:
            remembered = _same_content(store, source, key, entry, cache.digest_of(overlaid[source.path]))
            if remembered is not None and remembered.facts.kind == source.kind:
                found[source], marks[source.path] = remembered.facts, remembered.mark
            continue
        stamp = stamp_of(source.path)
        if stamp is None:
            continue
        remembered = store.facts(source.path, key, entry) if entry is not None and entry.is_current(stamp) else None
        if remembered is not None and entry is not None:
            digests[source.path] = entry.digest
        else:
            checked = time.time_ns()
            digest = _digest(job.tree, source.path)
            if digest is None:
                continue
            stamps[source] = (stamp, digest, checked)
            remembered = _same_content(store, source, key, entry, digest)
            if remembered is not None:
                fresh.append(Fresh(source.path, digest, stamp, checked, remembered.facts))
        if remembered is not None and remembered.facts.kind == source.kind:
            found[source], marks[source.path] = remembered.facts, remembered.mark
    missing = [source for source in sources if source not in found]
    observer.todo(len(missing), sum(_size(stamp_of(each.path)) for each in missing), len(found))
    analysed = dict(zip(missing, workers.analyse_files(job, missing, jobs, observer), strict=True))
    observer.stage("store")
    fresh += _unchanged(job.tree, analysed, stamps)
    digests.update((each.path, each.digest) for each in fresh)
    marks.update(store.keep(fresh, key))
    return Recalled(
        tuple(found.get(each) or analysed[each] for each in sources),
        len(found),
        digests,
        {path: mark for path, mark in marks.items() if mark},
        {each.path: known[each.path] for each in missing if each.path in known},
    )


def unknown_size(
    sources: Sequence[Source], stamp_of: Callable[[str], Stamp | None], store: Store, key: str
) -> tuple[int, int]:
    """Of how many of the ``sources`` the store knows nothing, and how many bytes they have. A file that may
    have changed counts when its size did: to read it again costs little beside its analysis."""
    known = store.known([source.path for source in sources], key)
    sizes = [
        stamp.size
        for source in sources
        if (stamp := stamp_of(source.path)) is not None
        and ((entry := known.get(source.path)) is None or entry.size != stamp.size)
    ]
    return len(sizes), sum(sizes)


def _size(stamp: Stamp | None) -> int:
    return max(0, stamp.size) if stamp is not None else 0


def _same_content(store: Store, source: Source, key: str, entry: Known | None, digest: str) -> Stored | None:
    return store.facts(source.path, key, entry) if entry is not None and entry.digest == digest else None


def _unchanged(
    tree: Tree, analysed: Mapping[Source, FileFacts], stamps: Mapping[Source, tuple[Stamp, str, int]]
) -> list[Fresh]:
    """What may be kept: files that were the same before and after, and whose analysis did not fail by our fault."""
    fresh = []
    for source, found in analysed.items():
        if source not in stamps or any(notice.fatal for notice in found.notices):
            continue
        stamp, digest, checked = stamps[source]
        if _stamp(tree, source.path) == stamp:
            fresh.append(Fresh(source.path, digest, stamp, checked, found))
    return fresh


def _stamp(tree: Tree, path: str) -> Stamp | None:
    try:
        return tree.stat(path)
    except UnreadableError:
        return None


def _digest(tree: Tree, path: str) -> str | None:
    try:
        return cache.digest_of(tree.read(path))
    except UnreadableError:
        return None
