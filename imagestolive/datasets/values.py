"""Cells of the makers' files, as a record wants them: what is empty or cannot be used is None."""

from __future__ import annotations

import re
import urllib.parse

_LONGEST_ADDRESS = 2000
# Nearly all addresses are of this form; to take each of a hundred million apart would be slow.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,253}/[!-~]{0,1500}")
_PIXELS = re.compile("[1-9][0-9]{0,5}")


def text(cell: object) -> str | None:
    r"""A text, trimmed; halves of characters, which no file can hold, are replaced.

    >>> text("  Cáu "), text("\ud83d"), text(""), text(None)
    ('Cáu', '?', None, None)
    """
    if not isinstance(cell, str):
        return None
    if cell.isascii():
        return cell.strip() or None
    return cell.strip().encode("utf-8", "replace").decode("utf-8") or None


def pixels(cell: str) -> int | None:
    """A side of an image.

    >>> pixels("2048"), pixels("0"), pixels("")
    (2048, None, None)
    """
    return int(cell) if _PIXELS.fullmatch(cell) else None


def web_address(cell: object) -> str | None:
    """An http or https address with a host; nothing else may become a link or a QR code.

    >>> web_address("https://example.org/a"), web_address("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    if isinstance(cell, str) and _PLAIN_ADDRESS.fullmatch(cell):
        return cell
    address = text(cell)
    if address is None or len(address) > _LONGEST_ADDRESS or not address.isprintable() or " " in address:
        return None
    try:
        parts = urllib.parse.urlsplit(address)
    except ValueError:  # "http://["
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None
