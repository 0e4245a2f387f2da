"""Cards on sheets: where each side lies on which page. Pure geometry; mm from the top left of the sheet, y down.

Slots are upright. A lying front is turned 90° to the left in its slot, an upright front stands; every back is turned so that the head
of an upright front is at the left end of its back, and backs of a sheet all read the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from imagestolive.units import CARD_FOR_PAPER, CARD_SIZES, CardSize, Paper

Flip = Literal["long", "short", "none"]  # the edge the printer turns the sheet on; none: one side only

TICK_MM, CROSS_MM = 8.5, 4.0  # from the sheet's edge (the first 4.5 mm may not print); each way from a crossing


@dataclass(frozen=True, kw_only=True)
class SheetSpec:
    """A block of upright slots without gaps, centred on a sheet. Raises ValueError naming the side that does not fit."""

    paper: Paper
    card: CardSize
    columns: int
    rows: int

    def __post_init__(self) -> None:
        if self.margin_x_mm < -1e-6:
            raise ValueError(f"{self.columns} cards of {self.slot_width_mm} mm are wider than {self.paper.name}")
        if self.margin_y_mm < -1e-6:
            raise ValueError(f"{self.rows} cards of {self.slot_height_mm} mm are higher than {self.paper.name}")

    @property
    def slot_width_mm(self) -> float:
        return self.card.height_mm

    @property
    def slot_height_mm(self) -> float:
        return self.card.width_mm

    @property
    def margin_x_mm(self) -> float:
        return (self.paper.width_mm - self.columns * self.slot_width_mm) / 2

    @property
    def margin_y_mm(self) -> float:
        return (self.paper.height_mm - self.rows * self.slot_height_mm) / 2

    @property
    def slots(self) -> int:
        return self.columns * self.rows


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A side in its slot: x, y are the slot's top left; the side is turned counter-clockwise to fill it."""

    index: int  # of the card in the set, from 0
    x_mm: float
    y_mm: float
    rotation_deg: int


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A hairline on a cut, which the knife takes away."""

    x0_mm: float
    y0_mm: float
    x1_mm: float
    y1_mm: float
    grey: float = 0.4  # 60 % black
    width_pt: float = 0.25


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its front page and, unless it is printed on one side, its back page."""

    number: int  # from 1
    of: int
    fronts: tuple[Placed, ...]
    backs: tuple[Placed, ...]
    ticks: tuple[Tick, ...]  # on the front page only: on both they would show the printer's error


def spec_for(paper: Paper) -> SheetSpec:
    """Four cards, of the size that leaves a paper's sheet without waste: A6 on A4, a quarter of Letter on Letter."""
    return SheetSpec(paper=paper, card=CARD_SIZES[CARD_FOR_PAPER[paper.key]], columns=2, rows=2)


def impose(turned: Sequence[bool], spec: SheetSpec, flip: Flip) -> list[Sheet]:
    """All sheets for cards in reading order; `turned` says of each card whether its front is upright."""
    count = -(-len(turned) // spec.slots)
    ticks = _ticks(spec)
    sheets = []
    for number in range(1, count + 1):
        cards = range((number - 1) * spec.slots, min(number * spec.slots, len(turned)))
        fronts = tuple(_front(index, turned[index], spec) for index in cards)
        backs = tuple(_back(index, spec, flip) for index in cards) if flip != "none" else ()
        sheets.append(Sheet(number=number, of=count, fronts=fronts, backs=backs, ticks=ticks))
    return sheets


def _front(index: int, upright: bool, spec: SheetSpec) -> Placed:
    row, column = divmod(index % spec.slots, spec.columns)
    return _placed(index, column, row, 0 if upright else 90, spec)


def _back(index: int, spec: SheetSpec, flip: Flip) -> Placed:
    """Behind its front: turned on the long edge the columns change places, on the short edge the rows."""
    row, column = divmod(index % spec.slots, spec.columns)
    if flip == "long":
        return _placed(index, spec.columns - 1 - column, row, 270, spec)
    return _placed(index, column, spec.rows - 1 - row, 90, spec)


def _placed(index: int, column: int, row: int, rotation_deg: int, spec: SheetSpec) -> Placed:
    x_mm = spec.margin_x_mm + column * spec.slot_width_mm
    y_mm = spec.margin_y_mm + row * spec.slot_height_mm
    return Placed(index=index, x_mm=x_mm, y_mm=y_mm, rotation_deg=rotation_deg)


def _ticks(spec: SheetSpec) -> tuple[Tick, ...]:
    """On every cut between cards: from both edges of the sheet, and a cross where two cuts meet."""
    width, height = spec.paper.width_mm, spec.paper.height_mm
    cuts_x = [spec.margin_x_mm + column * spec.slot_width_mm for column in range(1, spec.columns)]
    cuts_y = [spec.margin_y_mm + row * spec.slot_height_mm for row in range(1, spec.rows)]
    ticks = []
    for x in cuts_x:
        spans = [(0.0, TICK_MM), *((y - CROSS_MM, y + CROSS_MM) for y in cuts_y), (height - TICK_MM, height)]
        ticks += [Tick(x0_mm=x, y0_mm=y0, x1_mm=x, y1_mm=y1) for y0, y1 in spans]
    for y in cuts_y:
        spans = [(0.0, TICK_MM), *((x - CROSS_MM, x + CROSS_MM) for x in cuts_x), (width - TICK_MM, width)]
        ticks += [Tick(x0_mm=x0, y0_mm=y, x1_mm=x1, y1_mm=y) for x0, x1 in spans]
    return tuple(ticks)
