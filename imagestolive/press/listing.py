"""What stands on a sheet beside the cards: its number and code in the waste, and pages of credits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from imagestolive.cards import Card
from imagestolive.faces import Item, Side, Span
from imagestolive.faces.credit import clipped_title
from imagestolive.faces.setter import PART_MOST, SMALL_LEAD, SMALL_PT, Setter
from imagestolive.sheets import SheetLine
from imagestolive.typeset import JOINT, Metrics, isolated
from imagestolive.units import Paper, mm, pt
from imagestolive.words import Words

LINE_PT = 6.5
PAGE_MARGIN_MM = 20.0
HEAD_PT, HEAD_MM = 15.0, 14.0  # of a page of credits; from its margin to the first credit
NUMBER_MM = 12.0  # the column of card numbers
ADDRESS_MOST = 2000  # characters


def sheet_line(said: str, hint: str, place: SheetLine, metrics: Metrics) -> Sequence[Item]:
    """Code and number of a sheet, and how it is printed as far as there is room."""
    setter = Setter(metrics)
    for string in (f"{said} · {hint}", said):
        line = setter.text(place.x_mm, place.baseline_mm, string, "sans", LINE_PT)
        if line.width_mm <= place.width_mm:
            return (line,)
    return ()


def credit_pages(
    cards: Sequence[Card], paper: Paper, words: Words, metrics: Metrics, *, code: str, told: Callable[[int, tuple[str, ...]], None]
) -> Iterator[Side]:
    """Pages that list the credit of each card by its number: for sheets whose cards have no backs.

    `told` hears of each card, by its place from 0, what could not be set, as faces.Side has it.
    """
    width_pt = pt(paper.width_mm - 2 * PAGE_MARGIN_MM - NUMBER_MM)
    lead_mm = mm(SMALL_PT * SMALL_LEAD)
    room = int((paper.height_mm - 2 * PAGE_MARGIN_MM - HEAD_MM) / lead_mm)  # lines a page
    title = words.say("Credits of set {code}", code=code)
    head = Setter(metrics).text(PAGE_MARGIN_MM, PAGE_MARGIN_MM + mm(HEAD_PT) * 0.7, title, "serif", HEAD_PT)
    items: list[Item] = [head]
    line = 0
    for place, card in enumerate(cards):
        setter = Setter(metrics)
        lines = [part for said in _drawn(card, words, setter) for part in metrics.wrap(said, "sans", SMALL_PT, width_pt)]
        if line and line + len(lines) > room:
            yield _page(items, paper)
            items, line = [head], 0
        y_mm = PAGE_MARGIN_MM + HEAD_MM + line * lead_mm
        texts = [setter.text(PAGE_MARGIN_MM + NUMBER_MM, y_mm + n * lead_mm, part, "sans", SMALL_PT) for n, part in enumerate(lines[:room])]
        items.append(setter.text(PAGE_MARGIN_MM, y_mm, str(card.number), "sans-semibold", SMALL_PT))
        items.append(Span(items=tuple(texts), actual_text="\n".join(_said(card, words))))
        line += len(lines) + 1
        told(place, (*setter.warnings(), *(("text-cut",) if len(lines) > room else ())))
    if line:
        yield _page(items, paper)


def _drawn(card: Card, words: Words, setter: Setter) -> Iterator[str]:
    """What _said says, as it is set: typographic, a dot between parts only within a line."""
    credit = card.credit
    if credit is None:
        yield setter.drawable(card.notice or "", "sans")
        return
    sentence = [clipped_title(part) for part in credit.sense]
    if sentence != list(credit.sense):
        setter.gave_way("title-shortened")
    source = credit.source and words.say("Source: {source}", source=credit.source)
    changes = credit.changes and words.say("Changes: {changes}", changes=credit.changes)
    sense = (setter.drawable(part, "sans", PART_MOST) for part in sentence)
    addresses = (
        setter.drawable(part, "sans", ADDRESS_MOST) for part in (credit.license_url, credit.dataset_terms, source, changes) if part
    )
    yield " ".join((*(re.sub("^· ", JOINT, part) for part in sense), *(JOINT + part.replace(" · ", f" {JOINT}") for part in addresses)))
    if card.dataset:
        yield setter.drawable(words.say("From the data set {dataset}", dataset=isolated(card.dataset)), "sans")


def _said(card: Card, words: Words) -> Iterator[str]:
    """The credit line, and which data set it is from."""
    yield card.credit.line if card.credit else card.notice or ""
    if card.credit and card.dataset:
        yield words.say("From the data set {dataset}", dataset=card.dataset)


def _page(items: Sequence[Item], paper: Paper) -> Side:
    return Side(width_mm=paper.width_mm, height_mm=paper.height_mm, items=tuple(items))
