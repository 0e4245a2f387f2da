"""A card: a cleared picture and what its back says. Text only; how it looks is decided in faces/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from imagestolive.credits import Credit
from imagestolive.datasets import flickr
from imagestolive.records import ImageRecord, Look, Picture

Level = Literal["L", "M"]  # how much of a damaged QR code can still be read: 7 % or 15 %

# What QR version 4 holds: at 18 mm its modules are just over half a millimetre, which a school printer can still draw.
_MOST_BYTES: tuple[tuple[Level, int], ...] = (("M", 62), ("L", 78))


@dataclass(frozen=True, kw_only=True)
class Card:
    """One card of a set. Without a picture it is withdrawn or gone, and `notice` says which on its front."""

    picture: Picture | None
    notice: str | None = None
    credit: Credit | None = None
    dataset: str | None = None  # name and year: "Open Images, 2016"
    license_seen_on: str | None = None  # the day on which the license was as the data set records it, in words
    number: int  # in the set, from 1
    of: int
    person: int | None  # from 1; None for a spare card
    code: str  # the set's, as people read it: "K7Q2-9FXD"
    qr_url: str | None = None
    qr_level: Level = "M"
    may_crop: bool = False  # its license allows to cut it at the card's edge, and enough of it would be left
    question: str | None = None  # of the plan, for backs that ask one
    labels: tuple[str, ...] = ()  # what was written about the image, for backs that tell it
    captions: tuple[str, ...] = ()
    captions_paid: bool = False  # its datasheet says that paid workers wrote them
    look: Look | None = None
    warnings: tuple[str, ...] = ()


def qr_address(record: ImageRecord, homepage: str | None) -> tuple[str | None, Level]:
    """Where the card's QR code leads, and its level of error correction: the image's page, else the data set's.

    Flickr has short addresses for all its photographs. Any other must fit into QR version 4, or the data set's homepage
    takes its place; None where that does not fit either.
    """
    photo_id = record.photo_id or flickr.photo_id(record.landing_url)
    short = photo_id and flickr.short_page(photo_id)
    for address in (short, record.landing_url or record.source_url, homepage):
        if address and address.startswith(("http://", "https://")):
            ascii_only = quote(address, safe="!#$%&'()*+,/:;=?@[]~")
            for level, most_bytes in _MOST_BYTES:
                if len(ascii_only) <= most_bytes:
                    return ascii_only, level
    return None, "M"
