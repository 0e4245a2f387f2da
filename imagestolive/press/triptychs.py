"""A sheet for each person that folds into three panels and stands beside a screen: images on one side, their credits on the other.

The sheet is folded twice, once to the front and once to the back. All images stand the same way up, and each credit is behind its image.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import BinaryIO, Literal, cast

from imagestolive import faces, pdf
from imagestolive.cards import Card
from imagestolive.faces import Side
from imagestolive.pdf.images import Quality
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, about, person_said, put_away, uncropped
from imagestolive.press.panels import panel_back
from imagestolive.press.papers import large_paper
from imagestolive.press.unturned import unturned
from imagestolive.sheets import EDGE_TICK_MM, FOLD_DASH_PT, Page, Placed, Tick
from imagestolive.units import Paper
from imagestolive.words import Words

Turn = Literal["long", "short"]  # the edge on which the printer turns the (upright) sheet

PANELS = 3


def triptychs(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    *,
    paper_key: str = "a4",
    flip: Turn = "long",
    only: Collection[int] = (),
    progress: Progress | None = None,
) -> list[Card]:
    """Writes a PDF with a sheet, front and back, for every three cards of a person, and gives the cards without their pictures' data.

    Raises NotASize, PaperTooSmall, TooFewImages, NoSuchCard.
    """
    sheet = large_paper(paper_key)
    drawn.check_complete(words)
    return press.under_todays_rules(policy, out, lambda today: _triptychs(press, drawn, today, out, words, sheet, flip, only, progress))


def _triptychs(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    sheet: Paper,
    flip: Turn,
    only: Collection[int],
    progress: Progress | None,
) -> list[Card]:
    width_mm, height_mm = panel_size_mm(sheet)
    quality = cast("Quality", drawn.request.printing.quality)

    def front(card: Card) -> Side:
        return faces.front(card, unturned(card, width_mm, height_mm), press.metrics)

    def back(card: Card) -> Side:
        return panel_back(card, width_mm, height_mm, words, press.metrics, quality_small=quality == "small")

    document = pdf.Document(press.fonts, out, quality=quality)
    cards = []
    for card in press.chosen(uncropped(drawn), policy, words, only, progress):
        document.put(front(card))
        cards.append(put_away(card))
    told: dict[int, tuple[str, ...]] = {}

    def side(place: Placed) -> Side:
        card = cards[place.index]
        found = front(card) if place.side == "front" else back(card)
        told[place.index] = (*told.get(place.index, ()), *found.warnings)
        return found

    named: set[int | None] = set()
    for page in leporellos([card.person for card in cards], sheet, flip):
        person = cards[page.placed[0].index].person
        if person not in named:
            named.add(person)
            document.bookmark(person_said(person, words))
        document.sheet(page, side)
    document.save(about(drawn, words, flip=flip))
    return [dataclasses.replace(card, warnings=tuple(dict.fromkeys(told[place]))) for place, card in enumerate(cards)]


# ---- where panels lie -------------------------------------------------------------------------------------------------


def panel_size_mm(sheet: Paper) -> tuple[float, float]:
    """Width and height of a panel as it stands: a third of the sheet's long side, and its short side.

    >>> from imagestolive.units import A4
    >>> panel_size_mm(A4)
    (99.0, 210.0)
    """
    return sheet.height_mm / PANELS, sheet.width_mm


def leporellos(persons: Sequence[int | None], sheet: Paper, flip: Turn) -> list[Page]:
    """The pages for cards whose persons these are, in order: front, back, front, ... No sheet is shared by two persons.

    Sheets are upright, as those of cards are; their panels lie on them one above the other, turned 90° to the left, the first one
    lowest. Each back lies in the mirror image of its front and has its head on the same edge of the paper.
    """
    chunks = [
        [index for index, _ in cards][first : first + PANELS]
        for _, group in groupby(enumerate(persons), key=lambda numbered: numbered[1])
        for cards in [list(group)]
        for first in range(0, len(cards), PANELS)
    ]
    pages = []
    for number, chunk in enumerate(chunks, start=1):
        fronts = tuple(_placed(index, "front", PANELS - 1 - n, 90, sheet) for n, index in enumerate(chunk))
        if flip == "long":  # the sheet's left and right change places, its head stays
            backs = tuple(_placed(index, "back", PANELS - 1 - n, 270, sheet) for n, index in enumerate(chunk))
        else:
            backs = tuple(_placed(index, "back", n, 90, sheet) for n, index in enumerate(chunk))
        whole = Page(sheet=number, of=len(chunks), shows="fronts", placed=fronts, ticks=(), line=None, paper=sheet)
        pages += [whole, dataclasses.replace(whole, shows="backs", placed=backs, ticks=_folds(sheet))]
    return pages


def _placed(index: int, side: Literal["front", "back"], row: int, rotation_deg: int, sheet: Paper) -> Placed:
    """`row` of the panels on the upright sheet, the highest first."""
    panel_mm = sheet.height_mm / PANELS
    return Placed(
        index=index, side=side, x_mm=0.0, y_mm=row * panel_mm, width_mm=sheet.width_mm, height_mm=panel_mm, rotation_deg=rotation_deg
    )


def _folds(sheet: Paper) -> tuple[Tick, ...]:
    """Where to fold, at both ends of both folds; on backs alone, since marks beside an image stay to be seen."""
    ends = ((0.0, EDGE_TICK_MM), (sheet.width_mm - EDGE_TICK_MM, sheet.width_mm))
    folds_mm = [sheet.height_mm * n / PANELS for n in range(1, PANELS)]
    return tuple(Tick(x0_mm=x0, y0_mm=y, x1_mm=x1, y1_mm=y, dash_pt=FOLD_DASH_PT) for y in folds_mm for x0, x1 in ends)
