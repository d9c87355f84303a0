"""Where environment markers are evaluated: the machines that models are trained and served on."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

from mldebt.facts.pins import Pin

Environment = Mapping[str, str]


def _linux(minor: int) -> Environment:
    return {
        "implementation_name": "cpython",
        "implementation_version": f"3.{minor}.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"3.{minor}.0",
        "python_version": f"3.{minor}",
        "sys_platform": "linux",
        "extra": "",
    }


LINUX: tuple[Environment, ...] = tuple(_linux(minor) for minor in range(9, 15))
"""CPython 3.9 to 3.14 on Linux."""


def applies(pin: Pin, environment: Environment) -> bool:
    """Is the requirement installed there? One whose marker cannot be read is."""
    if not pin.marker:
        return True
    try:
        return Marker(pin.marker).evaluate(dict(environment))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, ValueError, RecursionError):
        return True
