"""Where the page of a rule is: with the team, on this machine, or nowhere."""

from __future__ import annotations

from mldebt.report.options import ReportOptions


def published(code: str, options: ReportOptions) -> str:
    """The page that everybody can open, for reports that leave this machine; "" when there is none.

    ``rules-url`` holds ``{code}`` where the code goes; without it, the code becomes the last part.
    """
    url = options.rules_url
    if not url:
        return ""
    return url.replace("{code}", code) if "{code}" in url else f"{url.rstrip('/')}/{code}"


def local(code: str, options: ReportOptions) -> str:
    """The page that can be opened here: the team's, else the one that came with mldebt."""
    return published(code, options) or (f"{options.pages_url}/{code}.md" if options.pages_url else "")


def link(code: str, options: ReportOptions) -> str:
    """The code as a terminal shows it: with ``hyperlinks``, as a link to its page (OSC 8)."""
    url = local(code, options) if options.hyperlinks else ""
    return f"\x1b]8;;{url}\x1b\\{code}\x1b]8;;\x1b\\" if url else code
