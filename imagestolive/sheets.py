"""Cards on sheets: where each side lies on which page. Pure geometry; mm from the top left of the sheet, y down.

Slots are upright where as many cards fit so, else they lie. In an upright slot a lying front is turned 90° to the left and an upright
front stands; in a lying slot a lying front is as it is read. Whatever the slot, the head of an upright front is at the left end of its
back, and the backs of a sheet all read the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.units import CardSize, Paper, name_said

Flip = Literal["long", "short", "manual", "fold", "none", "credits"]
Order = Literal["reading", "cut-stack"]
Marks = Literal["ticks", "grid", "none"]
Shown = Literal["fronts", "backs", "both"]

PRINTER_MARGIN_MM = 5.0  # what a printer leaves white at each edge of the paper; it matters where images reach their card's edge
EDGE_TICK_MM, TICK_MM, OUTER_TICK_MM = 8.5, 4.0, 3.0  # from the sheet's edge; into a card; into the waste
WASTE_MM = 8.0  # a margin in which ticks and a line of type have room
TICK_GAP_MM = 1.0  # between a bleed and the ticks outside it
LINE_BASELINE_MM, LINE_AFTER_MM, LINE_BEFORE_MM, LINE_LEAST_MM = 5.2, 8.0, 5.0, 40.0  # above the edge; off the ticks beside it; its width
FOLD_DASH_PT = (1.0, 1.5)
TICK_GREY, GRID_GREY = 0.4, 0.7  # 60 % and 30 % black
_TINY = 1e-6


class DoesNotFit(ImagesToLiveError):
    """A card that is larger than the paper, whichever way it is turned."""

    sentence = N_("A card of {card_width} × {card_height} mm does not fit on {paper}: its {side} side is longer than the {room} mm there.")
    field = "card"


class DoesNotFold(ImagesToLiveError):
    """A paper too narrow for a front and a back side by side."""

    sentence = N_("Front and back of a card of {card_width} × {card_height} mm do not fit side by side on {paper}, so it cannot be folded.")
    field = "flip"


@dataclass(frozen=True, kw_only=True)
class SheetSpec:
    """A block of slots, centred on a sheet. With bleed they stand two bleeds apart."""

    paper: Paper
    card: CardSize
    columns: int
    rows: int
    lying: bool = False
    bleed_mm: float = 0.0

    @property
    def slot_width_mm(self) -> float:
        return self.card.width_mm if self.lying else self.card.height_mm

    @property
    def slot_height_mm(self) -> float:
        return self.card.height_mm if self.lying else self.card.width_mm

    @property
    def gutter_mm(self) -> float:
        return 2 * self.bleed_mm

    @property
    def margin_x_mm(self) -> float:
        return (self.paper.width_mm - self.columns * self.slot_width_mm - (self.columns - 1) * self.gutter_mm) / 2

    @property
    def margin_y_mm(self) -> float:
        return (self.paper.height_mm - self.rows * self.slot_height_mm - (self.rows - 1) * self.gutter_mm) / 2

    @property
    def slots(self) -> int:
        return self.columns * self.rows

    def x_mm(self, column: int) -> float:
        return self.margin_x_mm + column * (self.slot_width_mm + self.gutter_mm)

    def y_mm(self, row: int) -> float:
        return self.margin_y_mm + row * (self.slot_height_mm + self.gutter_mm)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How cards are laid on sheets.

    The offsets move backs to the right and down as one looks at a back that is not upside down; their scale is about the sheet's middle.
    """

    flip: Flip = "long"
    order: Order = "reading"
    marks: Marks = "ticks"
    start: int = 1  # the first slot that is used on the first sheet
    turn_backs: bool = False  # each back page as a whole, by half a turn
    back_x_mm: float = 0.0
    back_y_mm: float = 0.0
    back_scale_percent: float = 100.0


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A side in its slot: x, y are the slot's top left; the side is turned counter-clockwise to fill it, and scaled about its middle."""

    index: int  # of the card, from 0
    side: Literal["front", "back"]
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    rotation_deg: int
    scale: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A hairline on a cut, which the knife takes away; dotted on a fold."""

    x0_mm: float
    y0_mm: float
    x1_mm: float
    y1_mm: float
    grey: float = TICK_GREY
    width_pt: float = 0.25
    dash_pt: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """Where code and number of a sheet may stand."""

    x_mm: float
    baseline_mm: float
    width_mm: float


@dataclass(frozen=True, kw_only=True)
class Page:
    """One side of a sheet. Ticks are on one side only: on both they would show the printer's error."""

    sheet: int  # from 1
    of: int
    shows: Shown
    placed: tuple[Placed, ...]
    ticks: tuple[Tick, ...]
    line: SheetLine | None
    paper: Paper


# ---- how many fit -----------------------------------------------------------------------------------------------------


def spec_for(paper: Paper, card: CardSize, *, bleed_mm: float = 0.0, fold: bool = False) -> SheetSpec:
    """As many cards as fit on a paper. Raises DoesNotFit, DoesNotFold.

    Cards with a white border may touch the paper's edge; a bleed keeps the printer's margin.
    """
    margin_mm = PRINTER_MARGIN_MM + bleed_mm if bleed_mm else 0.0
    room = paper.width_mm - 2 * margin_mm, paper.height_mm - 2 * margin_mm
    best: SheetSpec | None = None
    for lying in (False, True):
        slot = (card.width_mm, card.height_mm) if lying else (card.height_mm, card.width_mm)
        columns, rows = (int((space + 2 * bleed_mm + _TINY) / (side + 2 * bleed_mm)) for space, side in zip(room, slot, strict=True))
        columns -= columns % 2 if fold else 0
        if columns * rows and (best is None or columns * rows > best.slots):
            best = SheetSpec(paper=paper, card=card, columns=columns, rows=rows, lying=lying, bleed_mm=bleed_mm)
    if best is not None:
        return best
    facts: dict[str, Any] = {"card_width": card.width_mm, "card_height": card.height_mm, "paper": name_said(paper)}
    long_is_too_long = card.width_mm > max(room) + _TINY
    if fold and not long_is_too_long and card.height_mm <= min(room) + _TINY:
        raise DoesNotFold(**facts)
    side, space = ("long", max(room)) if long_is_too_long else ("short", min(room))
    raise DoesNotFit(**facts, side=_SIDES[side], room=space)


_SIDES = {"long": {"en": "long", "pt-BR": "maior"}, "short": {"en": "short", "pt-BR": "menor"}}


def own_paper(card: CardSize, bleed_mm: float = 0.0) -> Paper:
    """A page of a card's size: one card a page, standing."""
    width_mm, height_mm = card.height_mm + 2 * bleed_mm, card.width_mm + 2 * bleed_mm
    return Paper(key="card", name=card.name, width_mm=width_mm, height_mm=height_mm)


def one_up(card: CardSize, bleed_mm: float = 0.0) -> SheetSpec:
    """One card on a page of its own size."""
    return SheetSpec(paper=own_paper(card, bleed_mm), card=card, columns=1, rows=1, bleed_mm=bleed_mm)


# ---- pages ------------------------------------------------------------------------------------------------------------


def impose(turned: Sequence[bool], spec: SheetSpec, layout: Layout) -> list[Page]:
    """All pages in printing order; `turned` says of each card whether its front is upright."""
    places = _places(len(turned), spec, layout)
    count = max((sheet for sheet, _ in places), default=-1) + 1
    by_sheet: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for index, (sheet, slot) in enumerate(places):
        by_sheet[sheet].append((index, slot))
    ticks, line = tuple(_marks(spec, layout)), _line(spec)
    pages = []
    for number, cards in enumerate(by_sheet, start=1):
        fronts = tuple(_front(index, slot, turned[index], spec, layout) for index, slot in cards)
        backs = tuple(_back(index, slot, spec, layout) for index, slot in cards)

        def page(shows: Shown, placed: tuple[Placed, ...], ticks: tuple[Tick, ...], number: int = number) -> Page:
            return Page(sheet=number, of=count, shows=shows, placed=placed, ticks=ticks, line=line, paper=spec.paper)

        if layout.flip == "fold":
            pages.append(page("both", (*backs, *fronts), ticks))
            continue
        pages.append(page("fronts", fronts, ticks))
        if layout.flip in ("long", "short", "manual"):
            pages.append(page("backs", backs, ()))
    return pages


def fronts_file(pages: Sequence[Page]) -> list[Page]:
    """For printers that are fed by hand: the fronts."""
    return [page for page in pages if page.shows != "backs"]


def backs_file(pages: Sequence[Page]) -> list[Page]:
    """The backs, last sheet first, as the printed pile lies."""
    return [page for page in reversed(pages) if page.shows == "backs"]


def slots_of(spec: SheetSpec, flip: Flip) -> int:
    """How many cards a sheet holds: folded, each takes two slots."""
    return spec.slots // 2 if flip == "fold" else spec.slots


def _places(cards: int, spec: SheetSpec, layout: Layout) -> list[tuple[int, int]]:
    """Sheet and slot of each card, both from 0.

    In cut-stack order a sheet that is begun already is not in the pile that is cut: it takes the first cards in reading order.
    """
    slots, skipped = slots_of(spec, layout.flip), layout.start - 1
    if layout.order == "reading":
        return [divmod(skipped + index, slots) for index in range(cards)]
    begun = min(cards, slots - skipped) if skipped else 0
    first = 1 if begun else 0
    sheets = -(-(cards - begun) // slots)
    stacked = [(first + place % sheets, place // sheets) for place in range(cards - begun)]
    return [(0, skipped + index) for index in range(begun)] + stacked


def _front(index: int, slot: int, upright: bool, spec: SheetSpec, layout: Layout) -> Placed:
    row, column = divmod(slot, spec.columns // 2 if layout.flip == "fold" else spec.columns)
    column = 2 * column + 1 if layout.flip == "fold" else column
    rotation_deg = (270 if upright else 0) if spec.lying else (0 if upright else 90)
    return _placed(index, "front", column, row, rotation_deg, spec)


def _back(index: int, slot: int, spec: SheetSpec, layout: Layout) -> Placed:
    """Behind its front: turned on the long edge the columns change places, on the short edge the rows; folded, it lies left of it."""
    if layout.flip == "fold":
        row, column = divmod(slot, spec.columns // 2)
        return _placed(index, "back", 2 * column, row, 0 if spec.lying else 270, spec)
    row, column = divmod(slot, spec.columns)
    if layout.flip == "short":
        back = _placed(index, "back", column, spec.rows - 1 - row, 180 if spec.lying else 90, spec)
    else:
        back = _placed(index, "back", spec.columns - 1 - column, row, 0 if spec.lying else 270, spec)
    return as_laid(back, spec.paper, layout)


def as_laid(back: Placed, paper: Paper, layout: Layout) -> Placed:
    """A back as its printer has to be given it: moved and scaled as one sees it, and half turned for a printer that turns it back."""
    calibrated = _calibrated(back, paper, layout)
    return _half_turned(calibrated, paper) if layout.turn_backs else calibrated


def _placed(index: int, side: Literal["front", "back"], column: int, row: int, rotation_deg: int, spec: SheetSpec) -> Placed:
    return Placed(
        index=index,
        side=side,
        x_mm=spec.x_mm(column),
        y_mm=spec.y_mm(row),
        width_mm=spec.slot_width_mm,
        height_mm=spec.slot_height_mm,
        rotation_deg=rotation_deg,
    )


def _half_turned(back: Placed, paper: Paper) -> Placed:
    return replace(
        back,
        x_mm=paper.width_mm - back.x_mm - back.width_mm,
        y_mm=paper.height_mm - back.y_mm - back.height_mm,
        rotation_deg=(back.rotation_deg + 180) % 360,
    )


def _calibrated(back: Placed, paper: Paper, layout: Layout) -> Placed:
    """Scaled about the sheet's middle, then moved."""
    scale = layout.back_scale_percent / 100
    centre_x, centre_y = back.x_mm + back.width_mm / 2, back.y_mm + back.height_mm / 2
    centre_x = paper.width_mm / 2 + (centre_x - paper.width_mm / 2) * scale + layout.back_x_mm
    centre_y = paper.height_mm / 2 + (centre_y - paper.height_mm / 2) * scale + layout.back_y_mm
    return replace(back, x_mm=centre_x - back.width_mm / 2, y_mm=centre_y - back.height_mm / 2, scale=scale)


# ---- marks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """The cuts across one axis of a sheet: `trims` are where they cross it, `folds` where it is folded."""

    trims: tuple[float, ...]
    folds: tuple[float, ...]
    margin_mm: float
    length_mm: float


def _axes(spec: SheetSpec, layout: Layout) -> tuple[_Axis, _Axis]:
    fold = layout.flip == "fold"
    return (
        _axis([spec.x_mm(column) for column in range(spec.columns)], spec.slot_width_mm, spec.margin_x_mm, spec.paper.width_mm, fold=fold),
        _axis([spec.y_mm(row) for row in range(spec.rows)], spec.slot_height_mm, spec.margin_y_mm, spec.paper.height_mm, fold=False),
    )


def _axis(starts: Sequence[float], slot_mm: float, margin_mm: float, length_mm: float, *, fold: bool) -> _Axis:
    """Edges of the slots, twins once; those that lie on the sheet's own edge, or nearly, need no cut."""
    edges = sorted({round(edge, 6) for start in starts for edge in (start, start + slot_mm)})
    cut = [edge for edge in edges if 1 < edge < length_mm - 1]
    # Between a back and its front: on their common edge, or, with bleed, midway, and both trims are cut through the folded sheet.
    folds = [round((left + slot_mm + right) / 2, 6) for left, right in zip(starts[::2], starts[1::2], strict=True)] if fold else []
    return _Axis(trims=tuple(edge for edge in cut if edge not in folds), folds=tuple(folds), margin_mm=margin_mm, length_mm=length_mm)


def _marks(spec: SheetSpec, layout: Layout) -> Iterator[Tick]:
    across, down = _axes(spec, layout)
    for upright, own, other in ((True, across, down), (False, down, across)):
        cuts = own.trims if layout.marks != "none" else ()
        for place in (*cuts, *own.folds):  # a sheet cannot be folded well without its line
            folded = place in own.folds
            grid = layout.marks == "grid" and not folded and not spec.bleed_mm
            for start, end in _outside(spec, other) if spec.bleed_mm else _whole(other) if grid else _along(other):
                ends = (place, start, place, end) if upright else (start, place, end, place)
                yield Tick(
                    x0_mm=ends[0],
                    y0_mm=ends[1],
                    x1_mm=ends[2],
                    y1_mm=ends[3],
                    grey=GRID_GREY if grid else TICK_GREY,
                    dash_pt=FOLD_DASH_PT if folded else (),
                )


def _whole(other: _Axis) -> Iterator[tuple[float, float]]:
    """A cut from one end of the block to the other, for scissors."""
    yield max(0.0, other.margin_mm), other.length_mm - max(0.0, other.margin_mm)


def _along(other: _Axis) -> Iterator[tuple[float, float]]:
    """Where a cut is marked: at both ends, and a cross where it meets another cut or a fold."""
    margin_mm, length_mm = max(0.0, other.margin_mm), other.length_mm
    if margin_mm < PRINTER_MARGIN_MM:  # the first millimetres of the paper may not print
        first, last = (0.0, EDGE_TICK_MM), (length_mm - EDGE_TICK_MM, length_mm)
    else:
        out = OUTER_TICK_MM if margin_mm >= WASTE_MM else 0.0
        first, last = (margin_mm - out, margin_mm + TICK_MM), (length_mm - margin_mm - TICK_MM, length_mm - margin_mm + out)
    inner = sorted(place for place in (*other.trims, *other.folds) if margin_mm + 1 < place < length_mm - margin_mm - 1)
    yield from (first, *((place - TICK_MM, place + TICK_MM) for place in inner), last)


def _outside(spec: SheetSpec, other: _Axis) -> Iterator[tuple[float, float]]:
    """Ticks that touch no image: outside the bleed of the outermost cards, if the paper goes so far."""
    end = other.margin_mm - spec.bleed_mm - TICK_GAP_MM
    start = max(0.0, end - TICK_MM)
    if end <= start:
        return
    yield from ((start, end), (other.length_mm - end, other.length_mm - start))


def _line(spec: SheetSpec) -> SheetLine | None:
    """Between the ticks in the lower waste, where it is widest."""
    if spec.margin_y_mm - spec.bleed_mm < WASTE_MM - _TINY:
        return None
    across, _ = _axes(spec, Layout())
    first, last = PRINTER_MARGIN_MM - LINE_AFTER_MM, spec.paper.width_mm - PRINTER_MARGIN_MM + LINE_BEFORE_MM
    stops = [first, *across.trims, last]
    gaps = [(after - LINE_BEFORE_MM - before - LINE_AFTER_MM, before + LINE_AFTER_MM) for before, after in pairwise(stops)]
    width_mm, x_mm = max(gaps, key=lambda gap: (round(gap[0], 3), -gap[1]))
    if width_mm < LINE_LEAST_MM:
        return None
    return SheetLine(x_mm=x_mm, baseline_mm=spec.paper.height_mm - LINE_BASELINE_MM, width_mm=width_mm)
