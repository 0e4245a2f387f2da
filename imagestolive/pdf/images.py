"""Bitmaps -> image streams: JPEG data as they are, samples and QR codes losslessly; each bitmap once a file."""

from __future__ import annotations

import math
import zlib
from functools import lru_cache
from typing import Literal

from imagestolive import pictures
from imagestolive.faces import Code, Image
from imagestolive.pdf.objects import LEVEL, Objects
from imagestolive.qr import KEPT, Modules
from imagestolive.records import Picture
from imagestolive.units import MM_PER_INCH

SMALL_PPI = 220
ADVANCE_BYTES = 500_000  # what the first pictures of a light file may weigh beyond their room; 90 full A6 cards stay within 10 MB with it
ENLARGED_MOST_PX = 12_000_000  # a whole A4 page in 1/300 inch has 8.7 million

Quality = Literal["original", "small"]

_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB"}
_BITS = bytes.maketrans(b"\x00\x01", b"\xff\x00")  # a module is a byte of eight bits


class Bitmaps:
    """Writes each bitmap when it first comes, and knows it by what it shows from then on: its data can be put away."""

    def __init__(self, objects: Objects, quality: Quality) -> None:
        self._objects = objects
        self._quality = quality
        self._left_bytes = ADVANCE_BYTES  # by the pictures so far
        self._pictures: dict[tuple[Picture, int | None], int] = {}
        self._codes: dict[Modules, int] = {}

    def number(self, item: Image | Code) -> int:
        """The object that shows an item."""
        if isinstance(item, Code):
            if item.modules not in self._codes:
                self._codes[item.modules] = self._code(item.modules)
            return self._codes[item.modules]
        known = item.picture.without_data(), item.dots
        if known not in self._pictures:
            self._pictures[known] = self._picture(item)
        return self._pictures[known]

    def _picture(self, item: Image) -> int:
        """Pixels that are to be seen are enlarged here, so that no viewer smooths them."""
        picture = item.picture
        if item.dots:
            picture = pictures.enlarge(picture, _times(picture, item.dots))
        elif self._quality == "small":
            picture = self._small(picture, _pixels(item.width_mm), _pixels(item.height_mm))
        if picture.jpeg is None and picture.samples is None:
            raise ValueError("a picture whose data are put away was never drawn in this document")
        data, packed = (picture.jpeg, "DCTDecode") if picture.jpeg else (zlib.compress(picture.samples or b""), "FlateDecode")
        return self._objects.stream(
            f"/Type/XObject/Subtype/Image/Width {picture.width_px}/Height {picture.height_px}/ColorSpace{_SPACES[picture.channels]}"
            f"/BitsPerComponent 8/Filter/{packed}",
            data,
            packed=True,
            known_by=picture.sha256,
        )

    def _small(self, picture: Picture, width_px: int, height_px: int) -> Picture:
        """A light copy. One picture takes what others have left of their room, so that quality is lost only where all are heavy."""
        light = pictures.small(picture, width_px, height_px, more_bytes=self._left_bytes)
        if light.jpeg is not None:
            self._left_bytes += pictures.room_bytes(width_px, height_px) - len(light.jpeg)
        return light

    def _code(self, modules: Modules) -> int:
        """A mask through which black is painted where a bit is 0. A module is 8 x 8 bits, large enough to stay sharp."""
        side_px = 8 * len(modules)
        entries = f"/Type/XObject/Subtype/Image/Width {side_px}/Height {side_px}/ImageMask true/BitsPerComponent 1/Filter/FlateDecode"
        return self._objects.stream(entries, _deflated(modules), packed=True)


@lru_cache(KEPT)  # as the backs that a page has shown: the PDF that is asked for next has the same codes
def _deflated(modules: Modules) -> bytes:
    return zlib.compress(b"".join([8 * row.translate(_BITS) for row in modules]), LEVEL)


def _times(picture: Picture, dots: int) -> int:
    """By what a picture is enlarged: to the printer's dots, or as far as memory bears. Squares of many dots are squares too."""
    return max(1, min(dots, math.isqrt(ENLARGED_MOST_PX // (picture.width_px * picture.height_px))))


def _pixels(length_mm: float) -> int:
    return round(length_mm / MM_PER_INCH * SMALL_PPI)
