"""Where the findings on versions stand, and what they stay the same by."""

from __future__ import annotations

from mldebt.facts.pins import Image, Include, Pin
from mldebt.locators import redact
from mldebt.project_rule import Where


def pin_site(pin: Pin) -> Where:
    """The requirement's own line; its section and package are what it stays the same by."""
    return Where(pin.place, f"{pin.group or 'requirements'}:{pin.name}", redact(pin.raw), redact(pin.source_line))


def image_site(image: Image) -> Where:
    return Where(image.place, f"image:{image.name}", image.reference, image.source_line)


def command_site(of: Pin | Include) -> Where:
    """The command that installs."""
    return Where(of.place, f"command:{of.command}", of.command, of.source_line)
