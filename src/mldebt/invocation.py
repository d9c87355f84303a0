"""What the flags of the command line, the environment and standard input ask the pipeline for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from pathlib import Path

from mldebt import profiles, user_config
from mldebt.comparison import Asked
from mldebt.config import Flags
from mldebt.errors import UserError
from mldebt.model import Severity
from mldebt.observer import SILENT, Observer
from mldebt.run import Request


def read_flags(
    given: Mapping[str, object],
    cwd: Path,
    environment: Mapping[str, str],
    standard_input: Callable[[], bytes],
    observer: Observer = SILENT,
) -> Request:
    """The flags as the pipeline takes them. Raises ``UserError`` for what cannot be meant."""
    paths = given["paths"] or (".",)
    assert isinstance(paths, tuple)
    stdin, filename = None, given.get("stdin_filename")
    if "-" in paths and "stdin_filename" not in given:
        raise UserError("`-` goes with check only")
    if "-" in paths:
        if len(paths) > 1:
            raise UserError("`-` stands alone: standard input is one file")
        if not filename:
            raise UserError("`-` needs --stdin-filename PATH: roles and configuration depend on where the file is")
        stdin = standard_input()
    elif filename:
        raise UserError("--stdin-filename goes with `-`")
    return Request(
        cwd=cwd,
        paths=() if stdin is not None else paths,
        root=_text(given, "root"),
        flags=_flags(given),
        stdin=stdin,
        stdin_filename=_text(given, "stdin_filename") or "",
        force_exclude=bool(given.get("force_exclude")) or stdin is not None,
        index=not given.get("no_index"),
        quick=bool(given.get("quick")),
        cached=not (given.get("no_cache") or given.get("profile_rules")),
        observer=observer,
        asked=_asked(given, cwd),
        plugins=tuple(dict.fromkeys((*user_config.wanted_plugins(environment), *_many(given, "plugins")))),
        environment=_text(given, "environment"),
        today=_today(_text(given, "as_of"), environment),
    )


def _asked(given: Mapping[str, object], cwd: Path) -> Asked:
    file = _text(given, "baseline")
    if given.get("no_index") and (given.get("new") or given.get("since") is not None):
        raise UserError("--new and --since compare whole projects; leave out --no-index")
    if file is not None and given.get("no_baseline"):
        raise UserError("--baseline and --no-baseline exclude each other")
    return Asked(
        new=bool(given.get("new")),
        since=_text(given, "since"),
        baseline=None if file is None else cwd / file,
        configured=not given.get("no_baseline"),
    )


def _flags(given: Mapping[str, object]) -> Flags:
    shown = {name if name in {"error", "warning", "note"} else name[:-1] for name in _many(given, "show")}
    return Flags(
        select=_split(given, "select"),
        extend_select=_split(given, "extend_select") or (),
        ignore=_split(given, "ignore"),
        exclude=_many(given, "exclude") or None,
        fail_on=_text(given, "fail_on"),
        show=tuple(severity for severity in Severity if severity.value in shown) or None,
        strict=True if given.get("strict") else None,
        profile=_known_profile(_text(given, "profile")),
        across_components=True if given.get("across_components") else None,
        jobs=jobs if isinstance(jobs := given.get("jobs"), int) else None,
    )


def _known_profile(name: str | None) -> str | None:
    if name is not None and name not in profiles.load():
        raise UserError(f"--profile: there is no profile {name!r}; there are {', '.join(profiles.load())}")
    return name


def _today(as_of: str | None, environment: Mapping[str, str]) -> date:
    """--as-of, else SOURCE_DATE_EPOCH, else the clock."""
    if as_of is not None:
        try:
            return date.fromisoformat(as_of)
        except ValueError:
            raise UserError(f"--as-of: {as_of!r} is no date; write it as 2027-03-31") from None
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), timezone.utc).date()
        except (ValueError, OverflowError, OSError):
            raise UserError(f"SOURCE_DATE_EPOCH: {epoch!r} is no number of seconds") from None
    return datetime.now(timezone.utc).date()


def _many(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = given.get(name) or ()
    return tuple(value) if isinstance(value, tuple) else ()


def _split(given: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """Repeated and comma-separated values of a flag; ``None`` when it is not given."""
    values = tuple(part.strip() for each in _many(given, name) for part in each.split(",") if part.strip())
    return values or None


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) else None
