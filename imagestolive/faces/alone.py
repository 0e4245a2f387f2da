"""The back of a card too small for two columns: the credit alone, over all of it."""

from __future__ import annotations

from imagestolive.cards import Card
from imagestolive.faces.credit import Said, credit_column
from imagestolive.faces.items import Code, Item
from imagestolive.faces.key import KEY_GAP_MM, QR_MM, Key
from imagestolive.faces.setter import CAPITALS, MARGIN_MM, Setter
from imagestolive.qr import QUIET_MODULES, Modules
from imagestolive.units import CardSize, mm, pt
from imagestolive.words import Words

WIDTH_LEAST_MM, HEIGHT_LEAST_MM = 105.0, 65.0  # of a card with two columns; the tool's name, too, wants this height
CREDIT_LEAST_MM = 30.0  # beside a credit narrower than this no code stands
AIR_MM = 2.0


def stands_alone(size: CardSize) -> bool:
    """Whether the credit is all that the back of such a card can hold."""
    return size.width_mm < WIDTH_LEAST_MM or size.height_mm < HEIGHT_LEAST_MM


def credit_alone(card: Card, said: Said, code: Modules, size: CardSize, words: Words, setter: Setter) -> list[Item]:
    """The credit, number and set code below it; the QR code right of both, or left out where it would leave them too little."""
    foot_mm, width_mm = size.height_mm - MARGIN_MM, size.width_mm - 2 * MARGIN_MM
    if code:
        beside_mm = width_mm - QR_MM - max(KEY_GAP_MM, QUIET_MODULES * QR_MM / len(code))
        if beside_mm >= CREDIT_LEAST_MM:
            width_mm = beside_mm
        else:
            setter.gave_way("code-left-out")
            code = ()
    key = Key(x_mm=MARGIN_MM, end_mm=MARGIN_MM + width_mm, foot_mm=foot_mm)
    below = list(key.items(card, words, setter, named=size.height_mm >= HEIGHT_LEAST_MM))
    limit_mm = min(text.baseline_mm - CAPITALS * mm(text.size_pt) for text in below) - AIR_MM
    right_mm = size.width_mm - MARGIN_MM - QR_MM
    return [
        *credit_column(said, setter, pt(width_mm), limit_mm),
        *below,
        *([Code(x_mm=right_mm, y_mm=foot_mm - QR_MM, size_mm=QR_MM, modules=code)] if code else []),
    ]
