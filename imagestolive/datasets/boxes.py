"""Sizes and boxes as makers write them, in pixels, to those of records: whole numbers, boxes in fractions of the sides."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

DIGITS = 5  # of a fraction: a hundred-thousandth of a side is less than a tenth of a pixel

Box = tuple[float, float, float, float]


def whole(value: Any) -> int:
    """A number such as a side in pixels or an id: whole, above 0, and no larger than JSON can be trusted with. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53:
        return value
    raise ValueError(value)


def in_fractions(corners: Iterable[Any], width_px: int, height_px: int) -> Box | None:
    """Corners x0, y0, x1, y1 in pixels as fractions of an image's sides. Boxes may stick out; None for one wholly outside, or empty.

    Raises TypeError, ValueError or OverflowError where they are no four numbers.

    >>> in_fractions((-8, 10, 50, 40), 100, 50), in_fractions((120, 0, 140, 9), 100, 50)
    ((0.0, 0.2, 0.5, 0.8), None)
    """
    x0, y0, x1, y1 = map(float, corners)
    if not all(map(math.isfinite, (x0, y0, x1, y1))):
        raise ValueError(corners)
    box = _fraction(x0, width_px), _fraction(y0, height_px), _fraction(x1, width_px), _fraction(y1, height_px)
    return box if box[0] < box[2] and box[1] < box[3] else None


def _fraction(pixels: float, side: int) -> float:
    return round(min(max(pixels / side, 0.0), 1.0), DIGITS)
