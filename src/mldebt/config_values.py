"""Keys of the configuration that hold texts, lists of texts and tables of texts: from TOML to their types.

Each reader gets the path of its key and the value, and returns what ``Config`` holds or fails there.
"""

from __future__ import annotations

import re

from mldebt import profiles, selectors
from mldebt.config_document import ConfigDocument
from mldebt.model import Role, Severity
from mldebt.toml_places import KeyPath

_SHOWN = {name: level for level in Severity for name in (level.value, f"{level.value}s")}


def selector_list(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    written = file.strings(key, value)
    for number, text in enumerate(written):
        file.selector((*key, number), text)
    return written


def pattern_list(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    return tuple(file.pattern((*key, number), text) for number, text in enumerate(file.strings(key, value)))


def folder_list(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    folders: list[str] = []
    for number, text in enumerate(file.strings(key, value)):
        parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".")]
        if text.startswith(("/", "\\")) or ":" in text or ".." in parts:
            file.fail((*key, number), f"{text!r} is not a folder under the root; write it relative to it", value=True)
        folders.append("/".join(parts) or ".")
    return tuple(folders)


def file_path(file: ConfigDocument, key: KeyPath, value: object) -> str:
    text = file.string(key, value)
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts or text.startswith("/") or "\\" in text or ".." in parts:
        file.fail(key, f"{text!r} is not a file under the root; write it relative to it", value=True)
    return "/".join(parts)


def file_list(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    return tuple(file_path(file, (*key, number), text) for number, text in enumerate(file.strings(key, value)))


def fail_on(file: ConfigDocument, key: KeyPath, value: object) -> Severity | None:
    text = file.one_of(key, value, ("error", "warning", "note", "never"))
    return None if text == "never" else Severity(text)


def shown(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Severity, ...]:
    written = file.strings(key, value)
    return tuple(_SHOWN[file.one_of((*key, number), text, tuple(_SHOWN))] for number, text in enumerate(written))


def address(file: ConfigDocument, key: KeyPath, value: object) -> str:
    text = file.string(key, value)
    if not re.fullmatch(r"https?://[!#-;=?-~]+", text):
        file.fail(key, f"{text!r} is not an address; write it as https://host/path/{{code}}", value=True)
    return text


def severities(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, Severity], ...]:
    """Selectors spread to codes; what is more exactly named wins."""
    levels: dict[str, tuple[int, Severity]] = {}
    for written, level in file.table(key, value).items():
        severity = Severity(file.one_of((*key, written), level, [known.value for known in Severity]))
        for spec in file.selector((*key, written), written, value=False):
            exactness = selectors.exactness(written, spec)
            if exactness >= levels.get(spec.code, (-1, severity))[0]:
                levels[spec.code] = (exactness, severity)
    return tuple((code, severity) for code, (_, severity) in sorted(levels.items()))


def roles(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, Role], ...]:
    known = [role.value for role in Role]
    return tuple(
        (file.pattern((*key, glob), glob, value=False), Role(file.one_of((*key, glob), role, known)))
        for glob, role in file.table(key, value).items()
    )


def profile(file: ConfigDocument, key: KeyPath, value: object) -> str:
    return file.one_of(key, value, tuple(profiles.load()))
