"""Where a link of a document may lead."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_UNSEEN = re.compile(r"[\x00-\x20\x7f\\]")  # browsers skip some of these, and take a backslash for a slash


def followed(href: str | None) -> str | None:
    """The address, if it is a web page, a mail address, or within the same place; None for anything else."""
    if not href or _UNSEEN.search(href):
        return None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return href if parts.hostname else None
    if parts.scheme == "mailto":
        return href if parts.path else None
    return href if not parts.scheme and not parts.netloc else None


def is_elsewhere(href: str) -> bool:
    """Whether it leads to another place on the web or to a mail address."""
    return bool(urlsplit(href).scheme)
