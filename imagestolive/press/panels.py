"""The back of a triptych's panel: the credit column alone, and whose panel it is."""

from __future__ import annotations

from imagestolive.cards import Card
from imagestolive.faces import Code, Item, Side, fit_of
from imagestolive.faces.credit import credit_column, said_of
from imagestolive.faces.key import KEY_GAP_MM, QR_MM, Key
from imagestolive.faces.setter import MARGIN_MM, Setter
from imagestolive.press.unturned import unturned
from imagestolive.qr import QUIET_MODULES, modules
from imagestolive.typeset import Metrics
from imagestolive.units import pt
from imagestolive.words import Words


def panel_back(card: Card, width_mm: float, height_mm: float, words: Words, metrics: Metrics, *, quality_small: bool = False) -> Side:
    """What the credit column of a card's back says, on an upright panel. A card without an image: number and code only."""
    setter = Setter(metrics)
    foot_mm = height_mm - MARGIN_MM
    items: list[Item] = []
    place = fit_of(card, unturned(card, width_mm, height_mm))
    if place is not None:
        code = modules(card.qr_url, card.qr_level) if card.qr_url else ()
        quiet_mm = QUIET_MODULES * QR_MM / len(code) if code else 0.0
        said = said_of(card, place, words, setter, quality_small=quality_small)
        items += credit_column(said, setter, pt(width_mm - 2 * MARGIN_MM), foot_mm - QR_MM - quiet_mm)
        items += [Code(x_mm=MARGIN_MM, y_mm=foot_mm - QR_MM, size_mm=QR_MM, modules=code)] if code else []
    key = Key(x_mm=MARGIN_MM + QR_MM + KEY_GAP_MM, end_mm=width_mm - MARGIN_MM, foot_mm=foot_mm)
    items += key.items(card, words, setter, named=place is not None)
    return Side(width_mm=width_mm, height_mm=height_mm, items=tuple(items), warnings=setter.warnings())
