"""What was linked by earlier runs of a project, by the law under which it was."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.cache import Store, digest_of
from mldebt.config import Config
from mldebt.environment import NOTHING_INSTALLED
from mldebt.judgement import Law
from mldebt.kept_link import Packed, pack
from mldebt.recall import Recalled
from mldebt.relink import Before, Linked

# What the configuration says of what becomes of findings; linking does not look at it.
_OF_LATER = Config()
_LATER = ("baseline", "fail_on", "show", "strict", "policy", "jobs", "suppressions", "budget", "evidence", "rules_url")


class Links:
    """The store as far as linking goes. ``key`` is that of the facts."""

    def __init__(self, store: Store, key: str, law: Law) -> None:
        self._store = store
        self._facts_key = key
        self._law = law
        config = replace(law.config, **{name: getattr(_OF_LATER, name) for name in _LATER})
        parts = (key, repr(config), *(spec.code for spec in law.specs))
        self._key = digest_of("\0".join(parts).encode("utf-8", "surrogatepass"))

    def before(self, recalled: Recalled) -> Before | None:
        """What was linked of these files, if they are the same ones and it is known what those said then that say
        something else now."""
        data = self._store.linked(self._key) if self._may_be_kept() else None
        if data is None:
            return None
        packed = Packed(data)
        marks = packed.marks
        if marks.keys() != {each.path for each in recalled.files}:
            return None
        changed = {}
        for path, mark in marks.items():
            if recalled.marks.get(path) == mark:
                continue
            entry = recalled.replaced.get(path)
            stored = self._store.facts(path, self._facts_key, entry) if entry is not None else None
            if stored is None or stored.mark != mark:
                return None
            changed[path] = stored.facts
        return Before(packed.linked(), changed)

    def keep(self, linked: Linked, recalled: Recalled, before: Before | None) -> None:
        """Keep what was linked, if all that it was linked from is stored, and if it is not kept already."""
        if before is not None and not before.changed and linked.by_rule.keys() == before.linked.by_rule.keys():
            return
        if (
            linked.relations is not None
            and self._may_be_kept()
            and recalled.marks.keys() == {each.path for each in recalled.files}
        ):
            self._store.keep_linked(self._key, pack(linked, recalled.marks))

    def _may_be_kept(self) -> bool:
        """Nothing is where the files are not the whole project, or versions come from installed packages."""
        return self._law.whole and self._law.installed == NOTHING_INSTALLED
