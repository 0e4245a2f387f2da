"""Locators: one string saying where an image's bytes are, relative to its data set's root.

FILE, or FILE#ROW:LAYOUT for one row of an array file. FILE parts its folders with /; what would be misread in it
(%, #, control characters, marks that turn the direction of writing) is percent-encoded.
"""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass
from typing import Literal, get_args

Layout = Literal["npy", "digits"]

# Controls, line and paragraph separators, and the Unicode marks that reorder text (U+202E makes exe.jpg of gpj.exe).
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_ENCODED = re.compile(f"[%#{_UNSEEN}]")
_ESCAPED = re.compile(f"[{_UNSEEN}]")
_ROW = re.compile(rf"(?P<row>[0-9]{{1,18}}):(?P<layout>{'|'.join(get_args(Layout))})")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A locator taken apart; `file` is the true name again."""

    file: str
    row: int | None = None
    layout: Layout | None = None


def locator(file: str, *, row: int | None = None, layout: Layout | None = None) -> str:
    """The locator of a file, or of one row in it.

    >>> locator("100% #1.jpg")
    '100%25 %231.jpg'
    >>> locator("digits.csv.gz", row=7, layout="digits")
    'digits.csv.gz#7:digits'
    """
    encoded = _ENCODED.sub(_percent, file)
    return encoded if row is None else f"{encoded}#{row}:{layout}"


def place(text: str) -> Place:
    """The reverse of `locator`; raises ValueError for a form we do not know.

    >>> place("digits.csv.gz#7:digits")
    Place(file='digits.csv.gz', row=7, layout='digits')
    """
    encoded, mark, rest = text.partition("#")
    file = urllib.parse.unquote(encoded, errors="strict")
    if not mark:
        return Place(file=file)
    if not (found := _ROW.fullmatch(rest)):
        raise ValueError(f"not a locator: {text!r}")
    layout: Layout = "npy" if found["layout"] == "npy" else "digits"
    return Place(file=file, row=int(found["row"]), layout=layout)


def shown(name: str, most: int = 200) -> str:
    r"""A name fit to be shown: what cannot be seen is escaped, what is not text too, and its middle goes if it is long.

    >>> shown("a\x1b[31m.jpg"), shown("caf\udce9.jpg")
    ('a%1B[31m.jpg', 'caf\\udce9.jpg')
    """
    name = _ESCAPED.sub(_percent, name.encode("utf-8", "backslashreplace").decode("utf-8"))
    return name if len(name) <= most else f"{name[: most // 2]}…{name[1 - most // 2 :]}"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8"))
