"""A decoded image -> what tells it from others at a glance: its difference hash, and whether it shows anything at all."""

from __future__ import annotations

from typing import cast

from PIL import Image

COLUMNS, ROWS = 9, 8  # of the small grey copy: each tone but the last of a row is compared with the one on its right
TELLING_TONES = 2  # neighbours no further apart than this are alike, whatever their order
LEAST_TELLING = 20  # of 64 comparisons; of 589 photographs none had fewer than 25, of drawings on one ground none more than 14
LEAST_SIDE_PX = 32  # under it, two digits by two hands are more alike than two copies of one photograph
UNIFORM_TONES = 8  # of 255 a channel: what a JPEG makes of one colour, and a scanner of white paper


def small_copy(image: Image.Image) -> Image.Image:
    """Nine by eight pixels, each the mean of those it stands for."""
    return image.resize((COLUMNS, ROWS), Image.Resampling.BOX)


def difference_hash(image: Image.Image, copy: Image.Image) -> int | None:
    """64 bits, row by row: whether a tone is lighter than its neighbour on the right. Copies of one photograph differ in a few.

    None where the picture is too small, or most of it is one tone, so that the bits would say next to nothing.
    """
    if min(image.size) < LEAST_SIDE_PX:
        return None
    tones = copy.convert("L").tobytes()
    pairs = [(tones[place], tones[place + 1]) for row in range(ROWS) for place in range(COLUMNS * row, COLUMNS * row + COLUMNS - 1)]
    if sum(abs(left - right) > TELLING_TONES for left, right in pairs) < LEAST_TELLING:
        return None
    bits = 0
    for left, right in pairs:
        bits = bits << 1 | (left > right)
    return bits


def is_uniform(image: Image.Image, copy: Image.Image) -> bool:
    """Whether no channel of a grey or RGB image has tones further apart than UNIFORM_TONES. Means are never further apart than what
    they are of, so that the small copy answers for nearly every photograph."""
    return all(_range(one) <= UNIFORM_TONES for one in (copy, image))


def _range(image: Image.Image) -> int:
    """The widest range of a channel."""
    extremes = (cast("tuple[int, int]", channel.getextrema()) for channel in image.split())
    return max(most - least for least, most in extremes)
