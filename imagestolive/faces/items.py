"""What is placed on one side of a card. All places are mm from the top left of the card as it is read, y down.

Grey is 0 black, 1 white, and only lines may be grey.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from imagestolive.qr import Modules
from imagestolive.records import Picture
from imagestolive.typeset import Run


@dataclass(frozen=True, kw_only=True)
class Text:
    """One line of type, solid black."""

    x_mm: float
    baseline_mm: float
    string: str
    face: str  # one of fonts.FACES
    size_pt: float
    width_mm: float  # as measured, tracking included
    runs: tuple[Run, ...] = field(compare=False)  # what is drawn for the string, left to right: it follows from string and face
    tracking_pt: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Rule:
    x0_mm: float
    y0_mm: float
    x1_mm: float
    y1_mm: float
    grey: float
    width_pt: float


@dataclass(frozen=True, kw_only=True)
class Frame:
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    grey: float
    width_pt: float


@dataclass(frozen=True, kw_only=True)
class Fill:
    """A rectangle of one colour, without a line around it."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    rgb: tuple[int, int, int]  # 0..255


@dataclass(frozen=True, kw_only=True)
class Image:
    """A whole picture in its own proportions. One that bleeds is larger than the card, and the bleed's edge cuts it."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    picture: Picture
    dots: int | None  # each pixel prints as a square of so many 1/300 inch; None: no pixel is seen


@dataclass(frozen=True, kw_only=True)
class Code:
    """A QR code; the quiet zone is the white around it."""

    x_mm: float
    y_mm: float
    size_mm: float
    modules: Modules


@dataclass(frozen=True, kw_only=True)
class Span:
    """Lines that are copied out of the file as one exact string."""

    items: tuple[Text, ...]
    actual_text: str


Item = Text | Rule | Frame | Fill | Image | Code | Span


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a card. `warnings` are codes of what was lost in setting it, such as "title-shortened" or "no-glyph: 日本"; press has
    the sentence of each."""

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]
    warnings: tuple[str, ...] = ()
    bleeds: bool = False
