"""Where a whole image lies on its card, and at how many pixels an inch it prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imagestolive.cards import Card
from imagestolive.units import DOT_MM, MM_PER_INCH, PRINTER_DPI, CardSize

BORDER_MM = 8.0  # white around the image, at least
CAPTION_FOOT_MM = 14.0  # below a captioned image
CAPTION_DROP_MM, CAPTION_LINES = (4.6, 3.4), 2  # from image to baseline: of one line, of the first of two
PIXELS_PPI = 72  # below, a pixel is seen as a square, and shown as one
LOW_PPI = 150  # below, the eye sees that something is missing
THUMBNAIL_MM = 40.0  # the longer side
BLEED_MM = 3.0
LEFT_LEAST = 1 / 3

Small = Literal["fill", "as-is", "thumbnail"]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Where a whole image lies on its (turned) card, and at how many pixels an inch it prints."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    ppi: float
    dots: int | None
    turned: bool
    bleeds: bool = False


def fit(width_px: int, height_px: int, size: CardSize, *, foot_mm: float = BORDER_MM, small: Small = "fill", bleeds: bool = False) -> Fit:
    """The whole image as large as the white border allows, centred; pixels that are seen in whole printer's dots.

    `foot_mm` is the border below it: CAPTION_FOOT_MM where a caption stands there. `small` is for images that would print at less
    than LOW_PPI: as-is at just that, or as a thumbnail. One that `bleeds` covers the card and BLEED_MM around it.

    >>> from imagestolive.units import A6
    >>> fit(28, 28, A6).dots, round(fit(640, 408, A6).ppi), fit(300, 200, A6, small="as-is").ppi
    (37, 123, 150.0)
    """
    turned = 10 * height_px >= 11 * width_px  # 1.1, in whole numbers: 1.1 * 100 is a little more than 110
    card_width, card_height = (size.height_mm, size.width_mm) if turned else (size.width_mm, size.height_mm)
    if bleeds:
        return _over_the_edge(width_px, height_px, card_width, card_height, turned=turned)
    box_width, box_height = card_width - 2 * BORDER_MM, card_height - BORDER_MM - foot_mm
    mm_a_px = min(box_width / width_px, box_height / height_px)
    if MM_PER_INCH / mm_a_px < LOW_PPI and small == "as-is":
        mm_a_px = MM_PER_INCH / LOW_PPI
    elif MM_PER_INCH / mm_a_px < LOW_PPI and small == "thumbnail":
        mm_a_px = min(mm_a_px, THUMBNAIL_MM / max(width_px, height_px))
    dots = None
    if MM_PER_INCH / mm_a_px < PIXELS_PPI:
        dots = int(mm_a_px / DOT_MM + 1e-9)
        mm_a_px = dots * DOT_MM
    width, height = width_px * mm_a_px, height_px * mm_a_px
    return Fit(
        x_mm=(card_width - width) / 2,
        y_mm=BORDER_MM + (box_height - height) / 2,
        width_mm=width,
        height_mm=height,
        ppi=PRINTER_DPI / dots if dots else MM_PER_INCH / mm_a_px,
        dots=dots,
        turned=turned,
    )


def fit_of(card: Card, size: CardSize, *, caption: bool = False, small: Small = "fill", bleeds: bool = False) -> Fit | None:
    """How a card's image is printed; None where it has none.

    Only an image that may be cut bleeds, and none that has a caption: its credit needs the white border.
    """
    if card.picture is None:
        return None
    return fit(
        card.picture.width_px,
        card.picture.height_px,
        size,
        foot_mm=CAPTION_FOOT_MM if caption else BORDER_MM,
        small=small,
        bleeds=bleeds and card.may_crop and not caption,
    )


def enough_left(width_px: int, height_px: int, size: CardSize) -> bool:
    """Whether an image that is cut to a card keeps a third of itself at least."""
    long_px, short_px = max(width_px, height_px), min(width_px, height_px)
    slender, card_slender = long_px / short_px, (size.width_mm + 2 * BLEED_MM) / (size.height_mm + 2 * BLEED_MM)
    return min(slender / card_slender, card_slender / slender) >= LEFT_LEAST


def _over_the_edge(width_px: int, height_px: int, card_width_mm: float, card_height_mm: float, *, turned: bool) -> Fit:
    """As small as covers the card with its bleed; what is too long on one axis is cut at both ends alike."""
    mm_a_px = max((card_width_mm + 2 * BLEED_MM) / width_px, (card_height_mm + 2 * BLEED_MM) / height_px)
    dots = None
    if MM_PER_INCH / mm_a_px < PIXELS_PPI:
        dots = int(mm_a_px / DOT_MM + 1 - 1e-9)
        mm_a_px = dots * DOT_MM
    width, height = width_px * mm_a_px, height_px * mm_a_px
    return Fit(
        x_mm=(card_width_mm - width) / 2,
        y_mm=(card_height_mm - height) / 2,
        width_mm=width,
        height_mm=height,
        ppi=PRINTER_DPI / dots if dots else MM_PER_INCH / mm_a_px,
        dots=dots,
        turned=turned,
        bleeds=True,
    )
