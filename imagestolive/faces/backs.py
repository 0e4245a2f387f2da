"""The back: a divided postcard, the credit column left, the kind's own column right. Backs always lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from imagestolive.cards import Card
from imagestolive.faces import columns
from imagestolive.faces.alone import credit_alone, stands_alone
from imagestolive.faces.columns import Column
from imagestolive.faces.credit import compact_credit, credit_column, said_of
from imagestolive.faces.fits import Small, fit_of
from imagestolive.faces.items import Code, Item, Side
from imagestolive.faces.key import KEY_GAP_MM, QR_MM, SMALL_QR_MM, Key
from imagestolive.faces.setter import GUTTER_MM, MARGIN_MM, Setter
from imagestolive.qr import QUIET_MODULES, modules
from imagestolive.typeset import Metrics
from imagestolive.units import CardSize, pt
from imagestolive.words import Words

Kind = Literal["credit", "postcard", "notes", "questions", "data"]

SMALL_QR_MODULES = 29  # in a small code a module is half a millimetre at least
KEY_FREE_MM = 1.0  # between key and own column


def back(
    card: Card,
    size: CardSize,
    words: Words,
    metrics: Metrics,
    *,
    kind: Kind = "credit",
    caption: bool = False,
    small: Small = "fill",
    bleeds: bool = False,
    quality_small: bool = False,
) -> Side:
    """The back of a card; what it says of size and ppi is true of a front made with the same `caption`, `small` and `bleeds`.

    A withdrawn card has number and code only. A card too small for an address, or for two columns, has the credit back, and says so.
    """
    setter = Setter(metrics)
    place = fit_of(card, size, caption=caption, small=small, bleeds=bleeds)
    if place is None:
        x_mm = MARGIN_MM if stands_alone(size) else MARGIN_MM + QR_MM + KEY_GAP_MM
        key = Key(x_mm=x_mm, end_mm=size.width_mm - MARGIN_MM, foot_mm=size.height_mm - MARGIN_MM)
        found = tuple(key.items(card, words, setter))
        return Side(width_mm=size.width_mm, height_mm=size.height_mm, items=found, warnings=setter.warnings())
    said = said_of(card, place, words, setter, quality_small=quality_small)
    code = modules(card.qr_url, card.qr_level) if card.qr_url else ()
    if stands_alone(size):
        if kind != "credit":
            setter.gave_way("too-small-to-post" if kind == "postcard" else "too-small-beside")
        alone = tuple(credit_alone(card, said, code, size, words, setter))
        return Side(width_mm=size.width_mm, height_mm=size.height_mm, items=alone, warnings=setter.warnings())
    left_mm = (size.width_mm - 2 * MARGIN_MM - GUTTER_MM) * 61 / 119
    foot_mm = size.height_mm - MARGIN_MM
    own_mm = MARGIN_MM + left_mm + GUTTER_MM
    column = Column(x_mm=own_mm, width_mm=size.width_mm - MARGIN_MM - own_mm, foot_mm=foot_mm)
    if kind == "postcard" and not column.takes_an_address:
        setter.gave_way("too-small-to-post")
        kind = "credit"
    if kind == "postcard":
        side_mm = SMALL_QR_MM if len(code) <= SMALL_QR_MODULES else QR_MM
        credit = compact_credit(said, setter, pt(left_mm), last_mm=foot_mm - side_mm - 4)
    else:
        side_mm = QR_MM
        quiet_mm = QUIET_MODULES * QR_MM / len(code) if code else 0.0
        credit = credit_column(said, setter, pt(left_mm), foot_mm - QR_MM - quiet_mm)
    end_mm = own_mm - (GUTTER_MM / 2 if kind == "postcard" else 0.0) - KEY_FREE_MM
    key = Key(x_mm=MARGIN_MM + side_mm + KEY_GAP_MM, end_mm=end_mm, foot_mm=foot_mm)
    items: list[Item] = [
        *credit,
        *key.items(card, words, setter, named=True),
        *([Code(x_mm=MARGIN_MM, y_mm=foot_mm - side_mm, size_mm=side_mm, modules=code)] if code else []),
        *_own(kind, card, column, size, words, setter),
    ]
    return Side(width_mm=size.width_mm, height_mm=size.height_mm, items=tuple(items), warnings=setter.warnings())


def _own(kind: Kind, card: Card, column: Column, size: CardSize, words: Words, setter: Setter) -> Iterator[Item]:
    match kind:
        case "postcard":
            return columns.address(column, size.width_mm)
        case "notes":
            return columns.seven_days(column, words, setter)
        case "questions" if card.question:
            return columns.question(column, card.question, setter)
        case "data":
            return columns.data(column, card, words, setter)
    return columns.lines_to_write_on(column)
