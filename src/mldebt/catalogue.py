"""The only reader of ``rules/``: all rules, what was measured of them, and where the vocabularies are."""

from __future__ import annotations

import difflib
import functools
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import tomli
from msgspec import Struct
from msgspec.structs import replace

from mldebt import rule_table
from mldebt.errors import CatalogueError, UserError
from mldebt.rule_spec import Accuracy, Labelled, RuleSpec, Share
from mldebt.tables import Table


class Catalogue(Struct, frozen=True):
    """All rules, sorted by code, a digest of their files for cache keys, and what was measured of families."""

    specs: tuple[RuleSpec, ...]
    digest: str
    labelled: tuple[Labelled, ...] = ()

    def by_code(self, code: str) -> RuleSpec:
        """For code of ours; raises ``CatalogueError`` when there is none."""
        return self._only("code", code)

    def by_name(self, name: str) -> RuleSpec:
        """For code of ours; raises ``CatalogueError`` when there is none."""
        return self._only("name", name)

    def find(self, text: str) -> RuleSpec:
        """The rule that a user means by a code or a name, in any case. Raises ``UserError``."""
        for spec in self.specs:
            if text.upper() == spec.code or text.lower() == spec.name:
                return spec
        raise UserError(f"there is no rule {text!r}{_hint(text, [w for s in self.specs for w in (s.code, s.name)])}")

    def _only(self, key: str, value: str) -> RuleSpec:
        for spec in self.specs:
            if getattr(spec, key) == value:
                return spec
        raise CatalogueError(f"there is no rule with {key} {value!r}")


def _hint(text: str, known: Sequence[str]) -> str:
    by_case = {word.lower(): word for word in known}
    close = difflib.get_close_matches(text.lower(), by_case, n=1, cutoff=0.6)
    return f"; did you mean {by_case[close[0]]!r}?" if close else "; `mldebt rules` lists them"


def rules_folder() -> Path:
    """Where ``rules/`` is: beside the modules in a wheel (``_rules``), at the top of the project in
    a checkout or an editable install. Nobody else needs to know."""
    here = Path(__file__).resolve().parent
    for folder in (here / "_rules", here.parent.parent / "rules"):
        if (folder / "vocabulary").is_dir():
            return folder
    raise CatalogueError(f"rules: not found beside {here}; the installation is not complete")


def pages() -> Path | None:
    """Where the rules' pages are, ``CODE.md`` each: beside ``rules_folder``, in a wheel and in a checkout alike."""
    rules = rules_folder()
    folder = rules.with_name("_pages") if rules.name == "_rules" else rules.parent / "docs" / "rules"
    return folder if folder.is_dir() else None


def read_toml(path: Path) -> dict[str, object]:
    """The values of one file of ``rules/``."""
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path.name}: cannot be read: {error}") from error


def load(folder: Path | None = None) -> Catalogue:
    """The rules of ``folder`` (those that ship with mldebt), read once a process. Raises
    ``CatalogueError``, naming file and key, for anything that is not as it should be."""
    return _load(folder or rules_folder())


@functools.lru_cache(maxsize=4)
def _load(folder: Path) -> Catalogue:
    paths = sorted(path for path in folder.glob("*/*.toml") if path.parent.name != "vocabulary")
    specs = [rule_table.read(path, read_toml(path)) for path in paths]
    digest = hashlib.sha256()
    for path, spec in zip(paths, specs, strict=True):
        digest.update(f"{spec.code}\0{path.stem}\0".encode() + path.read_bytes())
    _check_together(specs)
    measured, labelled = _accuracy(folder / "accuracy.toml")
    specs = [replace(spec, accuracy=measured.get(spec.code)) for spec in specs]
    return Catalogue(tuple(sorted(specs, key=lambda spec: spec.code)), digest.hexdigest(), labelled)


def _accuracy(path: Path) -> tuple[dict[str, Accuracy], tuple[Labelled, ...]]:
    """What benchmarks/accuracy has measured, by rule and by family; nothing when it has not been run."""
    if not path.exists():
        return {}, ()
    top = Table(path.name, read_toml(path))
    found = {}
    for code, values in top.take("rule", dict, {}).items():
        found[code] = _measured(Table(f"{path.name}: rule.{code}", values))
    labelled = []
    for family, values in top.take("family", dict, {}).items():
        table = Table(f"{path.name}: family.{family}", values)
        shares = [_share(Table(f"{table.where}.{name}", table.take(name, dict))) for name in ("precision", "recall")]
        table.finish()
        labelled.append(Labelled(family, *shares))
    top.finish()
    return found, tuple(labelled)


def _share(table: Table) -> Share:
    found = Share(
        table.take("part", int), table.take("whole", int), table.take("low", float), table.take("high", float)
    )
    table.finish()
    return found


def _measured(table: Table) -> Accuracy:
    parts = {}
    for name in ("loud", "fresh"):
        values = table.take(name, dict, {})
        parts[name] = _measured(Table(f"{table.where}.{name}", values)) if values else None
    found = Accuracy(
        judged=table.take("judged", int),
        right=table.take("right", int),
        repositories=table.take("repositories", int),
        low=table.take("low", float),
        high=table.take("high", float),
        **parts,
    )
    table.finish()
    return found


# Families whose rules may stand for another family's: the id of a language model is a version, too.
_BESIDE: Mapping[str, tuple[str, ...]] = {"LLM": ("PIN",)}


def _check_together(specs: Sequence[RuleSpec]) -> None:
    """What one file cannot say of itself: codes and names are unique, superseded rules exist."""
    seen: dict[str, str] = {}
    for spec in specs:
        for word in (spec.code, spec.name):
            if word in seen:
                raise CatalogueError(f"{spec.name}.toml: {word!r} is also {seen[word]}.toml's")
            seen[word] = spec.name
    for spec in specs:
        for code in spec.supersedes:
            if code not in seen or not code.startswith((spec.family, *_BESIDE.get(spec.family, ()))):
                raise CatalogueError(f"{spec.name}.toml: supersedes: {code!r} is no rule of family {spec.family}")
