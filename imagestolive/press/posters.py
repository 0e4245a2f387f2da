"""One big image a page, its credit below it: for a wall, or for cards without backs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import BinaryIO, cast

from imagestolive import faces, pdf
from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.datasets.flickr import SHORT_ADDRESS
from imagestolive.faces import BORDER_MM, Item, Side, Span
from imagestolive.faces.setter import SMALL_LEAD, SMALL_PT, Setter
from imagestolive.pdf.images import Quality
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, about, person_said, put_away, uncropped
from imagestolive.press.unturned import unturned
from imagestolive.sheets import Page, Placed
from imagestolive.typeset import JOINT, Metrics
from imagestolive.units import Paper, mm, paper, pt
from imagestolive.words import Words

MARGIN_MM = 12.0  # of the sheet, around image and credit; below it at least as much
FREE_MM = 1.0  # below the last line, within a front's own white border
LEAD_MM = mm(SMALL_PT * SMALL_LEAD)


def posters(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    *,
    paper_key: str,
    only: Collection[int] = (),
    progress: Progress | None = None,
) -> list[Card]:
    """Writes a PDF with one image a page and gives the cards, without their pictures' data.

    Pages stand upright; a lying image is turned 90° to the left on its page. Raises NotASize, TooFewImages, NoSuchCard.
    """
    sheet = paper(paper_key)
    drawn.check_complete(words)
    return press.under_todays_rules(policy, out, lambda today: _posters(press, drawn, today, out, words, sheet, only, progress))


def _posters(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    sheet: Paper,
    only: Collection[int],
    progress: Progress | None,
) -> list[Card]:
    cards: list[Card] = []
    document = pdf.Document(press.fonts, out, quality=cast("Quality", drawn.request.printing.quality))
    for card in press.chosen(uncropped(drawn), policy, words, only, progress):
        if not cards or cards[-1].person != card.person:
            document.bookmark(person_said(card.person, words))
        side = poster(card, sheet, words, press.metrics)
        document.sheet(page(side, sheet, number=len(cards) + 1), lambda _place, side=side: side)  # type: ignore[misc]
        cards.append(dataclasses.replace(put_away(card), warnings=side.warnings))
    document.save(about(drawn, words))
    return cards


def poster(card: Card, sheet: Paper, words: Words, metrics: Metrics) -> Side:
    """The whole image as large as the margins allow, on a side that lies where the image does; its words are copied as the credit line."""
    around_mm = 2 * (MARGIN_MM - BORDER_MM)  # a front has a white border of its own
    width_mm, height_mm = sheet.width_mm - around_mm, sheet.height_mm - around_mm
    lies = card.picture is None or card.picture.width_px > card.picture.height_px
    size = unturned(card, height_mm, width_mm) if lies else unturned(card, width_mm, height_mm)
    return _with_addresses(faces.front(card, size, metrics, caption=True), card, words, metrics)


def page(side: Side, sheet: Paper, *, number: int) -> Page:
    """A page of the sheet with this side in its middle."""
    lies = side.width_mm > side.height_mm
    width_mm, height_mm = (side.height_mm, side.width_mm) if lies else (side.width_mm, side.height_mm)
    place = Placed(
        index=0,
        side="front",
        x_mm=(sheet.width_mm - width_mm) / 2,
        y_mm=(sheet.height_mm - height_mm) / 2,
        width_mm=width_mm,
        height_mm=height_mm,
        rotation_deg=90 if lies else 0,
    )
    return Page(sheet=number, of=number, shows="fronts", placed=(place,), ticks=(), line=None, paper=sheet)


def _with_addresses(side: Side, card: Card, words: Words, metrics: Metrics) -> Side:
    """Below the caption what else the back of a card says of license and source, as far as there is room: here is no back."""
    if card.credit is None:
        return side
    setter = Setter(metrics)
    items: list[Item] = []
    for item in side.items:
        if isinstance(item, Span):
            last = item.items[-1]
            room_pt, room_mm = pt(side.width_mm - BORDER_MM - last.x_mm), side.height_mm - FREE_MM - last.baseline_mm
            lines = _addresses(card, card.credit, words, setter, room_pt, most_lines=int(room_mm / LEAD_MM))
            texts = [setter.text(last.x_mm, last.baseline_mm + n * LEAD_MM, line, "sans", SMALL_PT) for n, line in enumerate(lines, 1)]
            item = dataclasses.replace(item, items=(*item.items, *texts))
        items.append(item)
    return dataclasses.replace(side, items=tuple(items), warnings=tuple(dict.fromkeys((*side.warnings, *setter.warnings()))))


def _addresses(card: Card, credit: Credit, words: Words, setter: Setter, room_pt: float, *, most_lines: int) -> list[str]:
    """Where there is no room the source is given in its short form, then left out; never the license."""
    changes = credit.changes and words.say("Changes: {changes}", changes=credit.changes)
    short = card.qr_url if card.qr_url and card.qr_url.startswith(SHORT_ADDRESS) else None
    sources: list[tuple[str | None, str | None]] = [(credit.source, None)]
    if credit.source:
        sources += [(short, "source-shortened")] if short else []
        sources += [(None, "source-left-out")]

    def lines(source: str | None) -> list[str]:
        parts = (credit.license_url, credit.dataset_terms, source and words.say("Source: {source}", source=source), changes)
        strings = [setter.drawable(part.replace(" · ", f" {JOINT}"), "sans") for part in parts if part]
        return setter.metrics.wrap(f" {JOINT}".join(strings), "sans", SMALL_PT, room_pt)

    tried = [(lines(source), gave_way) for source, gave_way in sources]
    said, gave_way = next((found for found in tried if len(found[0]) <= most_lines), tried[-1])
    if gave_way:
        setter.gave_way(gave_way)
    return said
