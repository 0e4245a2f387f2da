"""Locators: one string saying where an image's bytes are, relative to its data set's root.

    FILE                        a file
    FILE#@OFFSET+SIZE           bytes of a file: a member of an uncompressed tar or of a zip that stores it as it is
    FILE#!MEMBER                a member of a compressed archive
    FILE#ROW:LAYOUT             one row of an array file: idx, cifar10, cifar100, npy, digits
    FILE#ROW:parquet:COLUMN     one cell of a Parquet file
    https://...                 an image that lives elsewhere

FILE parts its folders with /; what would be misread in it, in MEMBER and in COLUMN (%, #, control characters, marks that
turn the direction of writing) is percent-encoded.
"""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass
from typing import Literal, get_args

Layout = Literal["npy", "digits", "idx", "cifar10", "cifar100"]
LAYOUTS: dict[str, Layout] = {layout: layout for layout in get_args(Layout)}
ELSEWHERE = "https://"

# Controls, line and paragraph separators, and the Unicode marks that reorder text (U+202E makes exe.jpg of gpj.exe).
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_ENCODED = re.compile(f"[%#{_UNSEEN}]")
_ESCAPED = re.compile(f"[{_UNSEEN}]")
_NUMBER = "[0-9]{1,18}"
_REST = re.compile(
    rf"@(?P<offset>{_NUMBER})\+(?P<size>{_NUMBER})|!(?P<member>.+)|(?P<row>{_NUMBER}):(?:(?P<layout>{'|'.join(LAYOUTS)})|parquet:(?P<column>.+))"
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A locator taken apart; `file`, `member` and `column` are true names again. At most one of the five kinds of rest is set."""

    file: str
    offset: int | None = None  # with size: bytes of the file
    size: int | None = None
    member: str | None = None
    row: int | None = None  # with layout or column
    layout: Layout | None = None
    column: str | None = None  # of a Parquet file


def locator(file: str, *, row: int | None = None, layout: Layout | None = None) -> str:
    """The locator of a file, or of one row in it.

    >>> locator("100% #1.jpg")
    '100%25 %231.jpg'
    >>> locator("digits.csv.gz", row=7, layout="digits")
    'digits.csv.gz#7:digits'
    """
    encoded = _encode(file)
    return encoded if row is None else f"{encoded}#{row}:{layout}"


def part_locator(file: str, offset: int, size: int) -> str:
    """The locator of `size` bytes of a file.

    >>> part_locator("train.tar", 512, 7)
    'train.tar#@512+7'
    """
    return f"{_encode(file)}#@{offset}+{size}"


def member_locator(file: str, member: str) -> str:
    """The locator of a member of a compressed archive.

    >>> member_locator("lfw.tgz", "lfw/A_B/A_B_0001.jpg")
    'lfw.tgz#!lfw/A_B/A_B_0001.jpg'
    """
    return f"{_encode(file)}#!{_encode(member)}"


def cell_locator(file: str, row: int, column: str) -> str:
    """The locator of an image in a Parquet file.

    >>> cell_locator("part-0.parquet", 7, "image")
    'part-0.parquet#7:parquet:image'
    """
    return f"{_encode(file)}#{row}:parquet:{_encode(column)}"


def elsewhere_locator(url: str) -> str:
    """The locator of an image that is not here, by its http or https address.

    >>> elsewhere_locator("http://farm1.staticflickr.com/8/7088065_65c9d45e09.jpg")
    'https://farm1.staticflickr.com/8/7088065_65c9d45e09.jpg'
    """
    return ELSEWHERE + url.partition("://")[2]


def is_elsewhere(text: str) -> bool:
    """Whether a locator leads out of the data set's folder, to the network. No path of a file can begin so: it would hold //."""
    return text.startswith(ELSEWHERE)


def place(text: str) -> Place:
    """The reverse of the above, but for addresses; raises ValueError for a form we do not know.

    >>> place("digits.csv.gz#7:digits")
    Place(file='digits.csv.gz', offset=None, size=None, member=None, row=7, layout='digits', column=None)
    """
    encoded, mark, rest = text.partition("#")
    file = _decode(encoded)
    if not mark:
        return Place(file=file)
    if not (found := _REST.fullmatch(rest)):
        raise ValueError(f"not a locator: {text!r}")
    if found["member"]:
        return Place(file=file, member=_decode(found["member"]))
    if found["offset"]:
        return Place(file=file, offset=int(found["offset"]), size=int(found["size"]))
    if found["column"]:
        return Place(file=file, row=int(found["row"]), column=_decode(found["column"]))
    return Place(file=file, row=int(found["row"]), layout=LAYOUTS[found["layout"]])


def shown(name: str, most: int = 200) -> str:
    r"""A name fit to be shown: what cannot be seen is escaped, what is not text too, and its middle goes if it is long.

    >>> shown("a\x1b[31m.jpg"), shown("caf\udce9.jpg")
    ('a%1B[31m.jpg', 'caf\\udce9.jpg')
    """
    name = _ESCAPED.sub(_percent, name.encode("utf-8", "backslashreplace").decode("utf-8"))
    return name if len(name) <= most else f"{name[: most // 2]}…{name[1 - most // 2 :]}"


def _encode(name: str) -> str:
    return _ENCODED.sub(_percent, name)


def _decode(name: str) -> str:
    return urllib.parse.unquote(name, errors="strict")


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8"))
