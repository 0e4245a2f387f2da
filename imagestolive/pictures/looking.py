"""Bytes -> what their pixels say (colours, ink), and how the camera was set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from PIL import Image

from imagestolive.pictures.changing import image_of
from imagestolive.pictures.exif import exposure
from imagestolive.pictures.reading import read
from imagestolive.records import FetchedImage, Look

COPY_PX = 64  # longest side of the copy that is looked at
COLOURS = 6
ALIKE = 40  # colours no further apart than this, of 255 a channel, count as one
LEAST_SHARE = 0.01  # of the pixels; a rarer colour is an accident
_CELL = 16  # tones that are counted together, a channel

_Rgb = tuple[int, int, int]


@dataclass(kw_only=True)
class _Colour:
    """Pixels of about one colour: how many, and the sums of their channels."""

    pixels: int
    sums: tuple[int, int, int]

    @property
    def mean(self) -> _Rgb:
        red, green, blue = (round(channel / self.pixels) for channel in self.sums)
        return red, green, blue

    def add(self, other: _Colour) -> None:
        self.pixels += other.pixels
        self.sums = (self.sums[0] + other.sums[0], self.sums[1] + other.sums[1], self.sums[2] + other.sums[2])


def look(fetched: FetchedImage) -> Look:
    """Palette, ink and exposure of one image, the same each time. Raises Unreadable."""
    image = image_of(read(fetched))
    tones = image.convert("L").histogram()
    lightness = sum(tone * pixels for tone, pixels in enumerate(tones)) / sum(tones) / 255
    image.thumbnail((COPY_PX, COPY_PX), Image.Resampling.NEAREST, reducing_gap=None)  # any other would mix colours that are not there
    return Look(palette=_palette(image.convert("RGB")), ink=round(1 - lightness, 3), exposure=exposure(fetched))


def _palette(image: Image.Image) -> tuple[_Rgb, ...]:
    """The most frequent colours. Counted here and not by Pillow's quantizers: these give near-equal ones, and may change."""
    found: list[tuple[_Rgb, _Colour]] = []  # each with the colour it began with, around which it gathers
    for cell in sorted(_cells(image), key=_most_frequent_first):
        mean = cell.mean
        near = min(found, key=lambda one: _apart(one[0], mean), default=None)
        if near is not None and _apart(near[0], mean) <= ALIKE**2:
            near[1].add(cell)
        else:
            found.append((mean, cell))
    colours = sorted((colour for _, colour in found), key=_most_frequent_first)[:COLOURS]
    least = LEAST_SHARE * image.width * image.height
    return tuple(colour.mean for n, colour in enumerate(colours) if n == 0 or colour.pixels >= least)


def _cells(image: Image.Image) -> list[_Colour]:
    """The pixels of an RGB image, gathered in cells of the colour cube."""
    samples = iter(image.tobytes())
    cells: dict[_Rgb, _Colour] = {}
    for (red, green, blue), pixels in Counter(zip(samples, samples, samples, strict=True)).items():
        colour = _Colour(pixels=pixels, sums=(red * pixels, green * pixels, blue * pixels))
        cell = cells.setdefault((red // _CELL, green // _CELL, blue // _CELL), colour)
        if cell is not colour:
            cell.add(colour)
    return list(cells.values())


def _most_frequent_first(colour: _Colour) -> tuple[int, _Rgb]:
    return -colour.pixels, colour.mean


def _apart(one: _Rgb, other: _Rgb) -> int:
    """The square of the distance."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2
