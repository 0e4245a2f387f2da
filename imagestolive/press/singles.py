"""Single cards: each side a page of the card's own size, for a photo printer or a print shop."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO, cast

from imagestolive import faces, pdf
from imagestolive.cards import Card
from imagestolive.pdf.images import Quality
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, about, has_backs, person_said, put_away
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
    cards: list[Card] = []
    named: set[int | None] = set()
    document = pdf.Document(press.fonts, out, quality=cast("Quality", request.printing.quality))
    for card in press.chosen(drawn, policy, words, only, progress):
        if card.person not in named:
            named.add(card.person)
            document.bookmark(person_said(card.person, words))
        sides = [press.front(card, request)]
        if has_backs(request):
            sides.append(press.back(card, request, words))
        for side in sides:
            document.side(side, bleed_mm)
        cards.append(put_away(card))
    document.save(about(drawn, words))
    return cards
