"""The baseline of a project beside what is there: read, brought up to date, written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from mldebt import __version__, base, baseline, commits, comparison, replacing, roots, rulebook, selectors
from mldebt.baseline import Baseline
from mldebt.comparison import Asked
from mldebt.config import Config
from mldebt.errors import UserError
from mldebt.git import GitError
from mldebt.model import Finding
from mldebt.rule_spec import RuleSpec
from mldebt.run import Outcome, Request, execute
from mldebt.tree import Tree, WorkingTree

NEW = "NEW"
"""Stands for the rules that are newer than the baseline."""


class Ledger(Struct, frozen=True):
    """A run of the whole project; its baseline file, called ``name`` and of bytes ``held`` when it was read
    (None: it is not there); and what that holds, renamed files under their new names."""

    outcome: Outcome
    path: Path
    name: str
    held: bytes | None
    baseline: Baseline
    today: date
    settled: Callable[[str], bool]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.outcome.run.findings

    @property
    def is_configured(self) -> bool:
        return self.outcome.config.baseline == self.name

    def updated(self, rules: str | None = "ALL") -> Baseline:
        """The baseline with what is paid lowered, and with what is there of ``rules`` taken in (a selector,
        ``NEW``, or None for none). Raises ``UserError`` for rules that do not exist."""
        if rules is None:
            takes, version = frozenset[str](), self.baseline.version
        elif rules == "ALL":
            takes, version = frozenset(spec.code for spec in self.outcome.specs), __version__
        elif rules == NEW:
            newer = baseline.newer_rules(self.outcome.specs, self.baseline.version)
            takes, version = frozenset(spec.code for spec in newer), __version__
        else:
            takes, version = _meant(rules, self.outcome.all_specs), self.baseline.version
        found = baseline.updated(
            self.baseline, self.findings, self.settled, self.today, takes=lambda code: code in takes
        )
        return replace(found, version=version)

    def write(self, found: Baseline) -> None:
        """Replace the file. Raises ``UserError``, also when somebody else did meanwhile."""
        data = baseline.render(found)
        if data != self.held:
            replacing.replace(self.path, data, self.held)


def open_ledger(request: Request, file: str | None) -> Ledger:
    """Run the whole project and read its baseline: ``file`` (relative to the working directory), else that
    of the configuration, else the default. Raises ``UserError``."""
    outcome = execute(replace(request, asked=Asked(configured=False)))
    tree, files = outcome.tree, tuple(map(outcome.project.file, outcome.project.files))
    path, name = _place(tree, outcome.config, request.cwd, file)
    held = _bytes(path)
    found = Baseline({}) if held is None else baseline.parse(name, held)
    present = base.Present(tree, files, outcome.run.findings)
    return Ledger(
        outcome,
        path,
        name,
        held,
        found.moved(base.renamed_since(found.paths(), present)),
        request.today or date.today(),
        comparison.settled(outcome.specs, outcome.all_specs, files),
    )


def baselines_since(request: Request, file: str | None, ref: str) -> tuple[Baseline, Baseline]:
    """The baseline where HEAD left ``ref``, and as it is now; one that is not there is empty."""
    tree = WorkingTree(roots.find_root(".", request.cwd, request.root).path)
    config = roots.load_config(tree, rulebook.load(tree, request.plugins).specs)
    path, name = _place(tree, config, request.cwd, file)
    commit = base.fork_of(tree.root, ref)
    try:
        blobs = {each: blob for each, blob in commits.files_of(tree.root, commit).items() if each == name}
        old = next(commits.contents(tree.root, blobs), {}).get(name)
    except GitError as problem:
        raise UserError(f"--since {ref}: {problem}") from None
    held = _bytes(path)
    return (
        Baseline({}) if old is None else baseline.parse(f"{commit[:8]}:{name}", old),
        Baseline({}) if held is None else baseline.parse(name, held),
    )


def read(path: Path) -> Baseline:
    """The baseline in a file. Raises ``UserError``."""
    held = _bytes(path)
    if held is None:
        raise UserError(f"baseline {path} does not exist")
    return baseline.parse(str(path), held)


def _place(tree: Tree, config: Config, cwd: Path, file: str | None) -> tuple[Path, str]:
    if file is None:
        name = config.baseline or baseline.DEFAULT
        return tree.root / name, name
    path = (cwd / file).absolute()
    real = path.parent.resolve() / path.name
    return path, real.relative_to(tree.root).as_posix() if real.is_relative_to(tree.root) else str(file)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None


def _meant(rules: str, specs: Sequence[RuleSpec]) -> frozenset[str]:
    found: set[str] = set()
    for written in (each.strip() for each in rules.split(",")):
        meant = selectors.meant(written, specs)
        if not meant:
            raise UserError(f"--rules: there is no rule {written!r}{selectors.suggestion(written, specs)}")
        found.update(spec.code for spec in meant)
    return frozenset(found)
