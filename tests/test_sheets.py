"""Imposition: literal tables for each paper and flip, and what must hold for any number of cards."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive.sheets import Flip, Placed, Sheet, SheetSpec, Tick, impose, spec_for
from imagestolive.units import A4, A6, LETTER, Paper

PAPERS = {"a4": A4, "letter": LETTER}
turns = st.lists(st.booleans(), max_size=13)
flips = st.sampled_from(["long", "short"])
papers = st.sampled_from([A4, LETTER])


def rows(placed: Sequence[Placed]) -> list[tuple[int, float, float, int]]:
    return [(place.index, round(place.x_mm, 3), round(place.y_mm, 3), place.rotation_deg) for place in placed]


# Cards 0 and 3 lie, card 1 stands, card 2 lies: the front turns with its image, the back never does.
TURNED = [False, True, False, False]
TABLES: dict[tuple[str, Flip], tuple[list[tuple[int, float, float, int]], list[tuple[int, float, float, int]]]] = {
    ("a4", "long"): (
        [(0, 0, 0.5, 90), (1, 105, 0.5, 0), (2, 0, 148.5, 90), (3, 105, 148.5, 90)],
        [(0, 105, 0.5, 270), (1, 0, 0.5, 270), (2, 105, 148.5, 270), (3, 0, 148.5, 270)],
    ),
    ("a4", "short"): (
        [(0, 0, 0.5, 90), (1, 105, 0.5, 0), (2, 0, 148.5, 90), (3, 105, 148.5, 90)],
        [(0, 0, 148.5, 90), (1, 105, 148.5, 90), (2, 0, 0.5, 90), (3, 105, 0.5, 90)],
    ),
    ("a4", "none"): (
        [(0, 0, 0.5, 90), (1, 105, 0.5, 0), (2, 0, 148.5, 90), (3, 105, 148.5, 90)],
        [],
    ),
    ("letter", "long"): (
        [(0, 0, 0, 90), (1, 107.95, 0, 0), (2, 0, 139.7, 90), (3, 107.95, 139.7, 90)],
        [(0, 107.95, 0, 270), (1, 0, 0, 270), (2, 107.95, 139.7, 270), (3, 0, 139.7, 270)],
    ),
    ("letter", "short"): (
        [(0, 0, 0, 90), (1, 107.95, 0, 0), (2, 0, 139.7, 90), (3, 107.95, 139.7, 90)],
        [(0, 0, 139.7, 90), (1, 107.95, 139.7, 90), (2, 0, 0, 90), (3, 107.95, 0, 90)],
    ),
    ("letter", "none"): (
        [(0, 0, 0, 90), (1, 107.95, 0, 0), (2, 0, 139.7, 90), (3, 107.95, 139.7, 90)],
        [],
    ),
}


@pytest.mark.parametrize(("paper", "flip"), TABLES)
def test_a_full_sheet_lies_as_the_table_says(paper: str, flip: Flip) -> None:
    (sheet,) = impose(TURNED, spec_for(PAPERS[paper]), flip)
    assert (rows(sheet.fronts), rows(sheet.backs)) == TABLES[paper, flip]


def test_a_last_sheet_that_is_not_full_keeps_the_backs_behind_their_fronts() -> None:
    last = impose([False] * 5, spec_for(A4), "long")[1]
    assert (last.number, last.of) == (2, 2)
    assert rows(last.fronts) == [(4, 0, 0.5, 90)]
    assert rows(last.backs) == [(4, 105, 0.5, 270)]


def test_ticks_lie_on_the_cuts_from_the_sheets_edge_and_cross_in_the_middle() -> None:
    (sheet,) = impose([False], spec_for(A4), "long")
    assert {(tick.x0_mm, tick.y0_mm, tick.x1_mm, tick.y1_mm) for tick in sheet.ticks} == {
        (105, 0, 105, 8.5),
        (105, 144.5, 105, 152.5),
        (105, 288.5, 105, 297),
        (0, 148.5, 8.5, 148.5),
        (101, 148.5, 109, 148.5),
        (201.5, 148.5, 210, 148.5),
    }
    assert all((tick.grey, tick.width_pt) == (0.4, 0.25) for tick in sheet.ticks)


def test_no_cards_need_no_sheet() -> None:
    assert impose([], spec_for(A4), "long") == []


@pytest.mark.parametrize(("columns", "rows", "side"), [(3, 2, "wider than A4"), (2, 3, "higher than A4")])
def test_a_block_that_is_too_large_is_refused_by_the_side_that_fails(columns: int, rows: int, side: str) -> None:
    with pytest.raises(ValueError, match=side):
        SheetSpec(paper=A4, card=A6, columns=columns, rows=rows)


# ---- for any number of cards -------------------------------------------------------------------------------------------

VECTORS = {0: (0, -1), 90: (-1, 0), 180: (0, 1), 270: (1, 0)}  # where the head of a side points, y down


def reflected(sheet: Sheet, spec: SheetSpec, flip: Flip) -> dict[int, tuple[float, float]]:
    """Where each front comes to lie when the sheet is turned over."""
    width, height = spec.paper.width_mm, spec.paper.height_mm
    if flip == "long":
        return {place.index: (width - place.x_mm - spec.slot_width_mm, place.y_mm) for place in sheet.fronts}
    return {place.index: (place.x_mm, height - place.y_mm - spec.slot_height_mm) for place in sheet.fronts}


@settings(deadline=None)
@given(turned=turns, flip=flips, paper=papers)
def test_each_back_is_the_reflection_of_its_front(turned: list[bool], flip: Flip, paper: Paper) -> None:
    spec = spec_for(paper)
    for sheet in impose(turned, spec, flip):
        behind = reflected(sheet, spec, flip)
        assert {place.index for place in sheet.backs} == set(behind)
        for place in sheet.backs:
            assert (place.x_mm, place.y_mm) == pytest.approx(behind[place.index])


@settings(deadline=None)
@given(turned=turns, flip=flips, paper=papers)
def test_the_head_of_a_front_is_at_the_left_end_of_its_back_or_at_its_head(turned: list[bool], flip: Flip, paper: Paper) -> None:
    for sheet in impose(turned, spec_for(paper), flip):
        for front, back in zip(sheet.fronts, sheet.backs, strict=True):
            head = VECTORS[front.rotation_deg]
            seen_from_behind = (-head[0], head[1]) if flip == "long" else (head[0], -head[1])
            back_head = VECTORS[back.rotation_deg]
            left_end = (back_head[1], -back_head[0])  # a quarter turn to the left of its head
            assert seen_from_behind == (left_end if turned[front.index] else back_head)


@settings(deadline=None)
@given(turned=turns, flip=st.sampled_from(["long", "short", "none"]), paper=papers)
def test_slots_lie_on_the_sheet_without_touching_and_every_card_is_there_once(turned: list[bool], flip: Flip, paper: Paper) -> None:
    spec = spec_for(paper)
    sheets = impose(turned, spec, flip)
    assert len(sheets) == -(-len(turned) // 4)
    assert [place.index for sheet in sheets for place in sheet.fronts] == list(range(len(turned)))
    assert [place.index for sheet in sheets for place in sheet.backs] == ([] if flip == "none" else list(range(len(turned))))
    for side in [page for sheet in sheets for page in (sheet.fronts, sheet.backs)]:
        assert len({(round(place.x_mm), round(place.y_mm)) for place in side}) == len(side)
        for place in side:
            assert -1e-6 <= place.x_mm <= paper.width_mm - spec.slot_width_mm + 1e-6
            assert -1e-6 <= place.y_mm <= paper.height_mm - spec.slot_height_mm + 1e-6
            for other in side:
                apart_x = abs(place.x_mm - other.x_mm) >= spec.slot_width_mm - 1e-6
                apart_y = abs(place.y_mm - other.y_mm) >= spec.slot_height_mm - 1e-6
                assert place is other or apart_x or apart_y


@settings(deadline=None)
@given(turned=turns, paper=papers)
def test_ticks_keep_to_the_cuts(turned: list[bool], paper: Paper) -> None:
    def on_a_cut(tick: Tick) -> bool:
        return (tick.x0_mm == tick.x1_mm == paper.width_mm / 2) or (tick.y0_mm == tick.y1_mm == paper.height_mm / 2)

    assert all(on_a_cut(tick) for sheet in impose(turned, spec_for(paper), "long") for tick in sheet.ticks)
