"""The own column of each kind of back, right of the credit: lines, seven days, a question, what was written about the image, an address."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from imagestolive.cards import Card
from imagestolive.faces.items import Fill, Frame, Item, Rule, Text
from imagestolive.faces.setter import CAPITALS, CREDIT_LEAD, MARGIN_MM, SMALL_LEAD, SMALL_PT, Setter
from imagestolive.records import Exposure, Look
from imagestolive.typeset import isolated
from imagestolive.units import mm, pt
from imagestolive.words import Words

FIRST_BASELINE_MM = 12.5  # capitals of 10.5 pt hang from the margin
WRITE_LINES, WRITE_STEP_MM, WRITE_GREY, WRITE_PT = 6, 9.5, 0.55, 0.3
DAYS, FIRST_DAY_MM, DAY_LEAST_MM, DAY_PT, DAY_RISE_MM = 7, 26.0, 6.0, 8.5, 1.2
QUESTION_PT, QUESTION_LEAD, QUESTION_LINES, QUESTION_WRITE_LINES = (15.0, 13.0, 11.0, 9.5, 8.5), 1.3, 5, 4
CLAIM_HEAD_MM, CLAIM_GAPS_MM = 4.9, (0.6, 2.6)  # from head to first line; after a paragraph, and more before a head
CLAIM_PT, CLAIM_MOST = 10.5, 400  # characters of a label or caption
CLAIMS_READ, LABELS_SHARE = 200, 0.5  # more are only counted; of the room above the measures, where there are captions too
CHIPS, CHIP_MM, CHIP_GAP_MM, CHIP_HEAD_MM, PALE = 6, 9.0, 0.8, 12.5, 225
KEYLINE_GREY, KEYLINE_PT = 0.7, 0.25
STAMP_WIDTH_MM, STAMP_HEIGHT_MM, STAMP_EDGE_MM, STAMP_CORNER_MM = 20.0, 25.0, 8.0, 3.0
ADDRESS_LINES, ADDRESS_STEP_MM, ADDRESS_LOWEST_MM = 4, 10.0, 23.0  # the post wants the lowest 16 mm free
ADDRESS_LEAST_WIDTH_MM, ADDRESS_LEAST_HEIGHT_MM = 45.0, 75.0


@dataclass(frozen=True, kw_only=True)
class Column:
    """Where a column lies on its card: between the margins, from `x_mm`, `width_mm` wide, down to `foot_mm`."""

    x_mm: float
    width_mm: float
    foot_mm: float

    @property
    def end_mm(self) -> float:
        return self.x_mm + self.width_mm

    @property
    def takes_an_address(self) -> bool:
        return self.width_mm >= ADDRESS_LEAST_WIDTH_MM and self.foot_mm + MARGIN_MM >= ADDRESS_LEAST_HEIGHT_MM


def lines_to_write_on(column: Column, lines: int = WRITE_LINES, *, below_mm: float = MARGIN_MM) -> Iterator[Rule]:
    """Upwards from the foot, as many as there is room for below a place."""
    for step in range(lines):
        y_mm = column.foot_mm - step * WRITE_STEP_MM
        if y_mm - WRITE_STEP_MM >= below_mm - 0.01 or step == 0:
            yield _rule(column.x_mm, y_mm, column.end_mm, y_mm)


def seven_days(column: Column, words: Words, setter: Setter) -> Iterator[Item]:
    """A line a day."""
    head_mm = FIRST_BASELINE_MM
    yield setter.text(column.x_mm, head_mm, words.say("Seven days"), "serif", CLAIM_PT)
    first_mm = FIRST_DAY_MM
    if column.foot_mm - first_mm < (DAYS - 1) * DAY_LEAST_MM:
        first_mm = head_mm + (column.foot_mm - head_mm) / DAYS
    for day in range(DAYS):
        y_mm = first_mm + day * (column.foot_mm - first_mm) / (DAYS - 1)
        yield setter.text(column.x_mm, y_mm - DAY_RISE_MM, str(day + 1), "serif", DAY_PT)
        yield _rule(column.x_mm, y_mm, column.end_mm, y_mm)


def question(column: Column, asked: str, setter: Setter) -> Iterator[Item]:
    """One question, as large as there is room for, and lines to answer on. A second half begins a line where there are enough."""
    string = setter.drawable(asked, "serif", CLAIM_MOST)
    apart = re.split(r"(?<=\?) ", string)
    for size_pt, parts in product(QUESTION_PT, (apart, [string])):
        lines = [line for part in parts for line in setter.metrics.balance(part, "serif", size_pt, pt(column.width_mm))]
        lead_mm, first_mm = mm(size_pt * QUESTION_LEAD), MARGIN_MM + CAPITALS * mm(size_pt)
        last_mm = first_mm + (len(lines) - 1) * lead_mm
        if len(lines) <= QUESTION_LINES and last_mm + WRITE_STEP_MM <= column.foot_mm:
            break
    for place, line in enumerate(lines):
        yield setter.line(column.x_mm, first_mm + place * lead_mm, line, "serif", size_pt)
    yield from lines_to_write_on(column, QUESTION_WRITE_LINES, below_mm=last_mm)


def address(column: Column, card_width_mm: float) -> Iterator[Rule]:
    """A divider, four corners for the stamp (a box would betray a crooked back), lines for the address."""
    middle_mm = column.x_mm - 4.5
    yield _rule(middle_mm, MARGIN_MM, middle_mm, column.foot_mm)
    left_mm, top_mm, corner_mm = card_width_mm - STAMP_EDGE_MM - STAMP_WIDTH_MM, STAMP_EDGE_MM, STAMP_CORNER_MM
    for x_mm, inwards in ((left_mm, corner_mm), (left_mm + STAMP_WIDTH_MM, -corner_mm)):
        for y_mm, downwards in ((top_mm, corner_mm), (top_mm + STAMP_HEIGHT_MM, -corner_mm)):
            yield _rule(x_mm, y_mm, x_mm + inwards, y_mm)
            yield _rule(x_mm, y_mm, x_mm, y_mm + downwards)
    for line in range(ADDRESS_LINES):
        y_mm = column.foot_mm + MARGIN_MM - ADDRESS_LOWEST_MM - line * ADDRESS_STEP_MM
        if y_mm > top_mm + STAMP_HEIGHT_MM + corner_mm:
            yield _rule(column.x_mm + 2, y_mm, column.end_mm, y_mm)


# ---- what was written about the image ---------------------------------------------------------------------------------


def data(column: Column, card: Card, words: Words, setter: Setter) -> Iterator[Item]:
    """Labels and captions, as claims of those who made them; then what the pixels and the camera's settings say."""
    low_mm, looked = column.foot_mm, list[Item]()
    if card.look:
        measured = _measured(column, card.look, words, setter, foot_mm=column.foot_mm - CHIP_HEAD_MM - mm(SMALL_PT * SMALL_LEAD) * 1.5)
        low_mm = min(text.baseline_mm for text in measured) - 2 * mm(SMALL_PT) if measured else column.foot_mm - CHIP_HEAD_MM - 5
        looked = [*measured, *_palette(column, card.look, words, setter)]
    yield from _claims(column, card, words, setter, low_mm)
    yield from looked


def _claims(column: Column, card: Card, words: Words, setter: Setter, low_mm: float) -> Iterator[Item]:
    """Labels, then captions, above low_mm; how many more there are is said of both."""

    def drawable(said: Sequence[str]) -> Iterator[str]:
        return (isolated(text) for claim in said[:CLAIMS_READ] if (text := setter.drawable(claim, "serif", CLAIM_MOST)))

    labels = list(dict.fromkeys(drawable(card.labels)))
    captions = [f"“{caption}”" for caption in drawable(card.captions)]
    claims = _Claims(column, setter)
    if not labels and not captions:
        nothing = words.say("Nothing was written about this image in the data set, or nothing that was kept.")
        yield from claims.set(nothing, "sans", SMALL_PT, SMALL_LEAD, low_mm=low_mm) or ()
    if labels:
        limit_mm = MARGIN_MM + (low_mm - MARGIN_MM) * LABELS_SHARE if captions else low_mm
        more = len(card.labels) - CLAIMS_READ
        yield from _labels(claims, labels, words, max(0, more), limit_mm)
    if captions:
        described = words.say("Described by paid workers as:") if card.captions_paid else words.say("Described in the data set as:")
        yield from _captions(claims, captions, described, words, low_mm)


def _labels(claims: _Claims, labels: list[str], words: Words, unread: int, low_mm: float) -> list[Item]:
    """As many as there is room for in one paragraph, from the first."""

    def tried(shown: int) -> tuple[_Claims, list[Item]] | None:
        left = len(labels) - shown + unread
        parts = [
            ", ".join(labels[:shown]) + ("," if left and shown else ""),
            words.count("and {n} more", "and {n} more", left) if left else "",
        ]
        trial = claims.copy()
        head = trial.head(words.say("Labelled in the data set as:"), low_mm=low_mm)
        said = trial.set(" ".join(filter(None, parts)), "serif", CLAIM_PT, CREDIT_LEAD, low_mm=low_mm)
        return None if head is None or said is None else (trial, [*head, *said])

    found = tried(len(labels))
    if found is None:
        unshown = bisect_left(range(len(labels) + 1), True, lo=1, key=lambda left: tried(len(labels) - left) is not None)
        found = tried(len(labels) - unshown) if unshown <= len(labels) else None
    if found is None:
        return []
    claims.take(found[0])
    return found[1]


def _captions(claims: _Claims, captions: list[str], described: str, words: Words, low_mm: float) -> list[Item]:
    """Each that there is room for, one below the other."""
    more_mm = mm(SMALL_PT * SMALL_LEAD) + 0.6
    for room_mm in (0.0, more_mm):  # for saying how many more there are
        trial = claims.copy()
        head = trial.head(described, low_mm=low_mm)
        found = [trial.set(caption, "serif", CLAIM_PT, CREDIT_LEAD, low_mm=low_mm - room_mm) for caption in captions] if head else []
        left = found.count(None)
        if not left or room_mm:
            break
    if head is None:
        return []
    more = trial.set(words.count("and {n} more", "and {n} more", left), "sans", SMALL_PT, SMALL_LEAD, low_mm=low_mm) if left else []
    items = [item for paragraph in found for item in paragraph or ()]
    if not items and not more:
        return []
    claims.take(trial)
    return [*head, *items, *(more or ())]


class _Claims:
    """Sets paragraphs down a column; `None`, and nothing is taken up, where one would reach below low_mm."""

    def __init__(self, column: Column, setter: Setter, y_mm: float = FIRST_BASELINE_MM) -> None:
        self._column, self._setter, self._y_mm = column, setter, y_mm  # y_mm: the next baseline

    def copy(self) -> _Claims:
        return _Claims(self._column, self._setter, self._y_mm)

    def take(self, other: _Claims) -> None:
        self._y_mm = other._y_mm

    def head(self, said: str, *, low_mm: float) -> list[Item] | None:
        self._y_mm += CLAIM_GAPS_MM[1] if self._y_mm > FIRST_BASELINE_MM else 0.0
        return self.set(said, "sans-semibold", SMALL_PT, SMALL_LEAD, low_mm=low_mm, after_mm=CLAIM_HEAD_MM - mm(SMALL_PT * SMALL_LEAD))

    def set(
        self, said: str, face: str, size_pt: float, lead: float, *, low_mm: float, after_mm: float = CLAIM_GAPS_MM[0]
    ) -> list[Item] | None:
        lead_mm, first_mm = mm(size_pt * lead), self._y_mm
        drawn = self._setter.drawable(said, face, len(said))  # a claim’s first sign may join what stands before it
        lines = self._setter.metrics.wrap(drawn, face, size_pt, pt(self._column.width_mm))
        if first_mm + (len(lines) - 1) * lead_mm > low_mm:
            return None
        self._y_mm += lead_mm * len(lines) + after_mm
        return [self._setter.line(self._column.x_mm, first_mm + place * lead_mm, line, face, size_pt) for place, line in enumerate(lines)]


def _measured(column: Column, look: Look, words: Words, setter: Setter, *, foot_mm: float) -> Sequence[Text]:
    """Ink and exposure, their last line at foot_mm."""
    said = [words.say("In grey, {percent} % of it would be ink.", percent=round(100 * look.ink))]
    if look.exposure and (exposed := _exposed(look.exposure, words)):
        said.append(words.say("Exposed: {exposure}", exposure=exposed))
    lines = [line for string in said for line in setter.metrics.wrap(string, "sans", SMALL_PT, pt(column.width_mm))]
    lead_mm = mm(SMALL_PT * SMALL_LEAD)
    first_mm = foot_mm - (len(lines) - 1) * lead_mm
    return [setter.line(column.x_mm, first_mm + place * lead_mm, line, "sans", SMALL_PT) for place, line in enumerate(lines)]


def _exposed(exposure: Exposure, words: Words) -> str:
    """1/250 s · f/2.8 · ISO 200; what the file does not say is left away."""
    said = (
        f"{exposure.seconds} s" if exposure.seconds else None,
        f"f/{exposure.f_number:g}" if exposure.f_number else None,
        f"ISO {exposure.iso}" if exposure.iso else None,
    )
    exposed = " · ".join(filter(None, said))
    return exposed.replace(".", ",") if words.lang == "pt-BR" else exposed


def _palette(column: Column, look: Look, words: Words, setter: Setter) -> Iterator[Item]:
    yield setter.text(column.x_mm, column.foot_mm - CHIP_HEAD_MM, words.say("Most frequent colours"), "sans-semibold", SMALL_PT)
    side_mm = min(CHIP_MM, (column.width_mm - (CHIPS - 1) * CHIP_GAP_MM) / CHIPS)
    for place, rgb in enumerate(look.palette[:CHIPS]):
        x_mm, y_mm = column.x_mm + place * (side_mm + CHIP_GAP_MM), column.foot_mm - side_mm
        yield Fill(x_mm=x_mm, y_mm=y_mm, width_mm=side_mm, height_mm=side_mm, rgb=rgb)
        if min(rgb) > PALE:
            yield Frame(x_mm=x_mm, y_mm=y_mm, width_mm=side_mm, height_mm=side_mm, grey=KEYLINE_GREY, width_pt=KEYLINE_PT)


def _rule(x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float) -> Rule:
    return Rule(x0_mm=x0_mm, y0_mm=y0_mm, x1_mm=x1_mm, y1_mm=y1_mm, grey=WRITE_GREY, width_pt=WRITE_PT)
