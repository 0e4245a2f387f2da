"""Single cards: each side a page of the card's own size, for a photo printer or a print shop."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import BinaryIO, cast

from imagestolive import faces, pdf, sheets
from imagestolive.cards import Card
from imagestolive.pdf.images import Quality
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, about, captioned, has_backs, person_said, put_away
from imagestolive.sheets import Layout
from imagestolive.units import card_size
from imagestolive.words import Words


def single_cards(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    *,
    only: Collection[int] = (),
    progress: Progress | None = None,
) -> list[Card]:
    """Writes a PDF of single sides, each card's back after its front, and gives the cards, without their pictures' data.

    Cards to the edge have their bleed around them, and the trim box says where they are cut. Raises TooFewImages, NoSuchCard.
    """
    drawn.check_complete(words)

    def make(today: Policy) -> list[Card]:
        return _write(press, drawn, today, out, words, only, progress)

    return press.under_todays_rules(policy, out, make)


def _write(
    press: Press, drawn: DrawnSet, policy: Policy, out: BinaryIO, words: Words, only: Collection[int], progress: Progress | None
) -> list[Card]:
    request = drawn.request
    bleed_mm = faces.BLEED_MM if request.printing.border == "bleed" else 0.0
    backs = has_backs(request) or not captioned(request)  # a page of credits lies beside no single card
    cards: list[Card] = []
    named: set[int | None] = set()
    document = pdf.Document(press.fonts, out, quality=cast("Quality", request.printing.quality))
    spec, layout = sheets.one_up(card_size(request.card), bleed_mm), Layout(flip="long" if backs else "none", marks="none")
    for card in press.chosen(drawn, policy, words, only, progress):
        if card.person not in named:
            named.add(card.person)
            document.bookmark(person_said(card.person, words))
        front = press.front(card, request)
        sides = [front, press.back(card, request, words)] if backs else [front]
        for page in sheets.impose([front.height_mm > front.width_mm], spec, layout):
            document.sheet(page, lambda place, sides=sides: sides[place.side == "back"], bleed_mm)  # type: ignore[misc]
        warnings = tuple(dict.fromkeys(warning for side in sides for warning in side.warnings))
        cards.append(dataclasses.replace(put_away(card), warnings=warnings))
    document.save(about(drawn, words))
    return cards
