"""How findings on versions are fixed: recipes from what locks and environments say is run today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from mldebt.dependencies import Dependencies, Tested
from mldebt.facts.pins import Pin
from mldebt.ladder import Level, level
from mldebt.model import Recipe

_KEYED = frozenset({"poetry", "pipfile", "pixi", "pixi-conda"})
MOST_NAMED = 3  # packages that a title names


def pin_recipes(pins: Sequence[Pin], known: Dependencies) -> tuple[Recipe, ...]:
    """The recipe that pins all of ``pins``, which stand at one place, to the versions that are run today;
    none unless every version is known."""
    tested = [known.tested(pin) for pin in pins]
    found = [(pin, one) for pin, one in zip(pins, tested, strict=True) if one is not None]
    if not found or len(found) < len(pins):
        return ()
    return (require({pin: f"=={one.version}" for pin, one in found}, _title(found), "safe"),)


def loosen_recipes(pin: Pin) -> tuple[Recipe, ...]:
    """The recipe that makes a library's exact requirement one from that release to the next major one;
    below 1.0 to the next minor one."""
    exact = pin.specifier.lstrip("=")
    try:
        release = (*Version(exact).release, 0)
    except InvalidVersion:
        return ()
    end = f"{release[0] + 1}" if release[0] else f"0.{release[1] + 1}"
    specifier = f">={exact.partition('+')[0]},<{end}"
    return (require({pin: specifier}, f"require {pin.name}{specifier}, and leave the release to users", "safe"),)


def align_recipes(floating: Sequence[Pin], exact: Sequence[Pin]) -> tuple[Recipe, ...]:
    """The recipe that gives the side which floats the release that the other side names. It changes what one of
    them runs, so a person should look."""
    if len(floating) != 1 or len(exact) != 1 or level(exact[0].specifier) < Level.EXACT:
        return ()
    pin, span = floating[0], floating[0].place.span
    version = exact[0].specifier.lstrip("=").partition("+")[0]
    at = f"{pin.place.path} {span.line} {span.column} {span.end_line} {span.end_column}"
    made = require({pin: f"=={version}"}, f"pin {pin.name} to {version}, as in {exact[0].place.path}", "unsafe")
    return (replace(made, arguments=(("at", at), *made.arguments)),)


def require(specifiers: dict[Pin, str], title: str, safety: str) -> Recipe:
    """The recipe that gives the requirements of one place other specifiers."""
    pin = next(iter(specifiers))
    language = "toml" if pin.dialect in _KEYED else "conda" if pin.dialect.endswith("conda") else "pep508"
    packages = sorted({(f"package:{one.name}", specifier) for one, specifier in specifiers.items()})
    command = (("command", "yes"),) if pin.command else ()
    return Recipe("require-version", title, safety, (("language", language), *command, *packages))


def _title(found: Iterable[tuple[Pin, Tested]]) -> str:
    """``pin torch to 2.9.1, as in uv.lock``."""
    pairs = list(found)
    named = ", ".join(f"{pin.name} to {one.version}" for pin, one in pairs[:MOST_NAMED])
    more = f" and {len(pairs) - MOST_NAMED} more" if len(pairs) > MOST_NAMED else ""
    return f"pin {named}{more}, as in {', '.join(dict.fromkeys(one.source for _, one in pairs))}"
