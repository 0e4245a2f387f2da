"""Imposition: literal tables for papers, flips and slots; rasters laid over each other; and what must hold for any number of cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageOps

from imagestolive.errors import in_language
from imagestolive.sheets import (
    DoesNotFit,
    DoesNotFold,
    Flip,
    Layout,
    Marks,
    Order,
    Page,
    Placed,
    SheetLine,
    SheetSpec,
    Tick,
    as_laid,
    backs_file,
    fronts_file,
    impose,
    one_up,
    slots_of,
    spec_for,
)
from imagestolive.units import (
    A3,
    A4,
    A5,
    A6,
    A6_MINUS,
    CARD_SIZES,
    LETTER,
    PAPERS,
    QUARTER_LETTER,
    TABLOID,
    CardSize,
    Paper,
    card_size,
    paper,
)

Row = tuple[int, float, float, int]  # index, x, y, rotation

A4_A6, LETTER_QUARTERS, A3_A6 = spec_for(A4, A6), spec_for(LETTER, QUARTER_LETTER), spec_for(A3, A6)
SPECS = {"a4": A4_A6, "letter": LETTER_QUARTERS, "a3": A3_A6}


def rows(placed: Sequence[Placed]) -> list[Row]:
    return [(place.index, round(place.x_mm, 3), round(place.y_mm, 3), place.rotation_deg) for place in placed]


def side(pages: Sequence[Page], shows: str, sheet: int = 1) -> list[Row]:
    return [row for page in pages if page.shows == shows and page.sheet == sheet for row in rows(page.placed)]


def indices(pages: Sequence[Page]) -> list[list[int]]:
    return [[place.index for place in page.placed] for page in pages]


def ends(ticks: Sequence[Tick]) -> set[tuple[float, ...]]:
    return {tuple(round(end, 3) for end in (tick.x0_mm, tick.y0_mm, tick.x1_mm, tick.y1_mm)) for tick in ticks}


# ---- how many fit ------------------------------------------------------------------------------------------------------

# Columns × rows on A4, Letter, A3, Tabloid; r: slots are upright, so that lying cards are turned.
CARDS = ["a6", "a6-minus", "4x6in", "5.5x4.25in", "5x7in", "140x90mm"]
FIT = {
    0.0: [
        "2x2r 2x1r 2x4 2x2r",
        "2x2r 2x1r 3x3r 2x3r",
        "2x1r 2x1r 2x2r 2x2r",
        "1x2r 2x2r 2x3r 2x4",
        "1x2 1x2 2x2r 2x2r",
        "2x2r 1x3 3x3r 3x3r",
    ],
    3.0: [
        "1x2 1x2 2x2r 2x2r",
        "1x2 1x2 2x2r 2x2r",
        "1x2 1x2 2x2r 2x2r",
        "1x2 1x2 2x2r 2x2r",
        "1x2 1x2 2x2r 2x2r",
        "2x1r 2x1r 2x2r 2x2r",
    ],
}


@pytest.mark.parametrize(
    ("card", "bleed_mm", "fit"), [(card, bleed_mm, fit) for bleed_mm, lines in FIT.items() for card, fit in zip(CARDS, lines, strict=True)]
)
def test_as_many_cards_lie_on_a_paper_as_the_table_says(card: str, bleed_mm: float, fit: str) -> None:
    specs = [spec_for(sheet, card_size(card), bleed_mm=bleed_mm) for sheet in (A4, LETTER, A3, TABLOID)]
    assert " ".join(f"{spec.columns}x{spec.rows}{'' if spec.lying else 'r'}" for spec in specs) == fit


@pytest.mark.parametrize(
    ("spec", "margin_x_mm", "margin_y_mm", "slot"),
    [
        (A4_A6, 0, 0.5, (105, 148)),
        (spec_for(A4, A6_MINUS), 6, 8.5, (99, 140)),
        (LETTER_QUARTERS, 0, 0, (107.95, 139.7)),
        (A3_A6, 0.5, 0, (148, 105)),
        (spec_for(A4, A6, bleed_mm=3), 31, 40.5, (148, 105)),
        (spec_for(A4, A5), 0, 0.5, (210, 148)),
        (spec_for(paper("a5"), A5), 0, 0, (148, 210)),
        (one_up(A6), 0, 0, (105, 148)),
        (one_up(A6, 3), 3, 3, (105, 148)),
    ],
    ids=lambda value: f"{value.card.key} on {value.paper.key}" if isinstance(value, SheetSpec) else None,
)
def test_the_block_of_cards_is_in_the_middle_of_the_sheet(
    spec: SheetSpec, margin_x_mm: float, margin_y_mm: float, slot: tuple[float, float]
) -> None:
    assert (spec.margin_x_mm, spec.margin_y_mm) == pytest.approx((margin_x_mm, margin_y_mm))
    assert (spec.slot_width_mm, spec.slot_height_mm) == slot


@pytest.mark.parametrize(
    ("sheet", "card", "bleed_mm", "named"),
    [
        (A4, "300x100mm", 0, "A card of 300 × 100 mm does not fit on A4: its long side is longer than the 297 mm there."),
        (A4, "297x210.01mm", 0, "A card of 297 × 210.01 mm does not fit on A4: its short side is longer than the 210 mm there."),
        (A4, "250x220mm", 0, "A card of 250 × 220 mm does not fit on A4: its short side is longer than the 210 mm there."),
        (LETTER, "280x100mm", 0, "A card of 280 × 100 mm does not fit on Letter: its long side is longer than the 279.4 mm there."),
        (paper("a5"), "a5", 3, "A card of 210 × 148 mm does not fit on A5: its long side is longer than the 194 mm there."),
        (A4, "250x200mm", 3, "A card of 250 × 200 mm does not fit on A4: its short side is longer than the 194 mm there."),
    ],
)
@pytest.mark.parametrize("fold", [False, True])
def test_a_card_that_is_too_large_is_refused_by_the_side_that_fails(
    sheet: Paper, card: str, bleed_mm: float, named: str, fold: bool
) -> None:
    with pytest.raises(DoesNotFit) as refused:
        spec_for(sheet, card_size(card), bleed_mm=bleed_mm, fold=fold)
    assert str(refused.value) == named
    assert refused.value.field == "card"
    assert in_language(refused.value.facts["side"], "pt-BR") == ("maior" if "long side" in named else "menor")
    assert in_language(refused.value.facts["paper"], "pt-BR") == ("Carta" if "Letter" in named else sheet.name)


def test_a_card_as_large_as_the_paper_fits() -> None:
    assert spec_for(A4, card_size("297x210mm")).slots == 1
    assert spec_for(A4, card_size("281x194mm"), bleed_mm=3).slots == 1


@pytest.mark.parametrize(("sheet", "card"), [(A4, A5), (paper("a5"), A5), (LETTER, card_size("5x7in"))])
def test_a_card_whose_sides_do_not_fit_beside_each_other_is_not_folded(sheet: Paper, card: CardSize) -> None:
    with pytest.raises(DoesNotFold, match=r"side by side on \w+, so it cannot be folded") as refused:
        spec_for(sheet, card, fold=True)
    assert refused.value.field == "flip"
    assert spec_for(sheet, card).slots


def test_a_folded_card_takes_two_slots_and_an_odd_column_stays_empty() -> None:
    assert slots_of(spec_for(A4, A6, fold=True), "fold") == 2
    spec = spec_for(A3, A6_MINUS, fold=True)
    assert (spec.columns, spec.rows, spec.lying, slots_of(spec, "fold")) == (2, 4, True, 4)
    assert slots_of(spec_for(A3, A6_MINUS), "long") == 9


# ---- where sides lie ---------------------------------------------------------------------------------------------------

# Cards 0, 2 and 3 lie, card 1 stands: the front turns with its image, the back never does.
TURNED = [False, True, False, False]
A4_FRONTS: list[Row] = [(0, 0, 0.5, 90), (1, 105, 0.5, 0), (2, 0, 148.5, 90), (3, 105, 148.5, 90)]
A4_LONG: list[Row] = [(0, 105, 0.5, 270), (1, 0, 0.5, 270), (2, 105, 148.5, 270), (3, 0, 148.5, 270)]
LETTER_FRONTS: list[Row] = [(0, 0, 0, 90), (1, 107.95, 0, 0), (2, 0, 139.7, 90), (3, 107.95, 139.7, 90)]
LETTER_LONG: list[Row] = [(0, 107.95, 0, 270), (1, 0, 0, 270), (2, 107.95, 139.7, 270), (3, 0, 139.7, 270)]
A3_FRONTS: list[Row] = [(0, 0.5, 0, 0), (1, 148.5, 0, 270), (2, 0.5, 105, 0), (3, 148.5, 105, 0)]  # slots lie
A3_LONG: list[Row] = [(0, 148.5, 0, 0), (1, 0.5, 0, 0), (2, 148.5, 105, 0), (3, 0.5, 105, 0)]
TABLES: dict[tuple[str, Flip], tuple[list[Row], list[Row]]] = {
    ("a4", "long"): (A4_FRONTS, A4_LONG),
    ("a4", "manual"): (A4_FRONTS, A4_LONG),
    ("a4", "short"): (A4_FRONTS, [(0, 0, 148.5, 90), (1, 105, 148.5, 90), (2, 0, 0.5, 90), (3, 105, 0.5, 90)]),
    ("a4", "none"): (A4_FRONTS, []),
    ("a4", "credits"): (A4_FRONTS, []),
    ("letter", "long"): (LETTER_FRONTS, LETTER_LONG),
    ("letter", "manual"): (LETTER_FRONTS, LETTER_LONG),
    ("letter", "short"): (LETTER_FRONTS, [(0, 0, 139.7, 90), (1, 107.95, 139.7, 90), (2, 0, 0, 90), (3, 107.95, 0, 90)]),
    ("letter", "none"): (LETTER_FRONTS, []),
    ("letter", "credits"): (LETTER_FRONTS, []),
    ("a3", "long"): (A3_FRONTS, A3_LONG),
    ("a3", "manual"): (A3_FRONTS, A3_LONG),
    ("a3", "short"): (A3_FRONTS, [(0, 0.5, 315, 180), (1, 148.5, 315, 180), (2, 0.5, 210, 180), (3, 148.5, 210, 180)]),
    ("a3", "none"): (A3_FRONTS, []),
    ("a3", "credits"): (A3_FRONTS, []),
}


@pytest.mark.parametrize(("key", "flip"), TABLES)
def test_sides_lie_as_the_table_says(key: str, flip: Flip) -> None:
    pages = impose(TURNED, SPECS[key], Layout(flip=flip))
    assert (side(pages, "fronts"), side(pages, "backs")) == TABLES[key, flip]
    assert [page.shows for page in pages] == (["fronts", "backs"] if TABLES[key, flip][1] else ["fronts"])


@pytest.mark.parametrize(
    ("key", "flip", "upright", "front_deg", "back_deg"),
    [
        ("a4", "long", False, 90, 270),
        ("a4", "long", True, 0, 270),
        ("a4", "short", False, 90, 90),
        ("a4", "short", True, 0, 90),
        ("a3", "long", False, 0, 0),
        ("a3", "long", True, 270, 0),
        ("a3", "short", False, 0, 180),
        ("a3", "short", True, 270, 180),
    ],
)
def test_a_side_is_turned_as_the_table_says(key: str, flip: Flip, upright: bool, front_deg: int, back_deg: int) -> None:
    fronts, backs = impose([upright], SPECS[key], Layout(flip=flip))
    assert (fronts.placed[0].rotation_deg, backs.placed[0].rotation_deg) == (front_deg, back_deg)


def test_a_last_sheet_that_is_not_full_keeps_the_backs_behind_their_fronts() -> None:
    pages = impose([False] * 5, A4_A6, Layout())
    assert [(page.sheet, page.of, page.shows) for page in pages] == [(1, 2, "fronts"), (1, 2, "backs"), (2, 2, "fronts"), (2, 2, "backs")]
    assert rows(pages[2].placed) == [(4, 0, 0.5, 90)]
    assert rows(pages[3].placed) == [(4, 105, 0.5, 270)]


def test_a_page_says_whose_front_and_back_lie_on_it_how_large_and_on_which_paper() -> None:
    fronts, backs = impose([False], A4_A6, Layout())
    assert (fronts.paper, backs.paper) == (A4, A4)
    assert [(place.side, place.width_mm, place.height_mm, place.scale) for page in (fronts, backs) for place in page.placed] == [
        ("front", 105, 148, 1),
        ("back", 105, 148, 1),
    ]


def test_folded_the_back_lies_left_of_its_front_on_the_same_page() -> None:
    pages = impose([False, True, False], spec_for(A4, A6, fold=True), Layout(flip="fold"))
    assert [(page.sheet, page.of, page.shows) for page in pages] == [(1, 2, "both"), (2, 2, "both")]
    assert rows(pages[0].placed) == [(0, 0, 0.5, 270), (1, 0, 148.5, 270), (0, 105, 0.5, 90), (1, 105, 148.5, 0)]
    assert [place.side for place in pages[0].placed] == ["back", "back", "front", "front"]
    lying = impose([False, True], spec_for(A3, A6, fold=True), Layout(flip="fold"))
    assert side(lying, "both") == [(0, 0.5, 0, 0), (1, 0.5, 105, 0), (0, 148.5, 0, 0), (1, 148.5, 105, 270)]


def test_fed_by_hand_the_backs_come_last_sheet_first() -> None:
    pages = impose([False] * 9, A4_A6, Layout(flip="manual"))
    fronts, backs = fronts_file(pages), backs_file(pages)
    assert [(page.sheet, page.shows) for page in fronts] == [(1, "fronts"), (2, "fronts"), (3, "fronts")]
    assert [(page.sheet, page.shows) for page in backs] == [(3, "backs"), (2, "backs"), (1, "backs")]
    assert indices(backs) == [[8], [4, 5, 6, 7], [0, 1, 2, 3]]


@pytest.mark.parametrize("flip", ["none", "credits", "fold"])
def test_where_backs_are_no_pages_there_are_none_to_feed(flip: Flip) -> None:
    pages = impose([False] * 3, spec_for(A4, A6, fold=flip == "fold"), Layout(flip=flip))
    assert fronts_file(pages) == pages
    assert backs_file(pages) == []


@pytest.mark.parametrize("flip", ["long", "short", "manual", "fold", "none", "credits"])
@pytest.mark.parametrize("order", ["reading", "cut-stack"])
@pytest.mark.parametrize("start", [1, 2])
def test_no_cards_need_no_sheet(flip: Flip, order: Order, start: int) -> None:
    assert impose([], A4_A6, Layout(flip=flip, order=order, start=start)) == []


# ---- what a printer needs ----------------------------------------------------------------------------------------------


def test_turned_backs_are_turned_page_by_page() -> None:
    for flip in ("long", "short"):
        straight, turned = (impose([False] * 3, A4_A6, Layout(flip=flip, turn_backs=turn)) for turn in (False, True))
        assert turned[0] == straight[0]
        expected = [(index, round(105 - x, 3), round(149 - y, 3), (deg + 180) % 360) for index, x, y, deg in rows(straight[1].placed)]
        assert rows(turned[1].placed) == expected
    assert side(impose([False], A4_A6, Layout(turn_backs=True)), "backs") == [(0, 0, 148.5, 90)]


def test_backs_are_scaled_about_the_sheets_middle_and_then_moved_to_the_right_and_down() -> None:
    layout = Layout(back_x_mm=1.5, back_y_mm=-0.5, back_scale_percent=99)
    fronts, backs = impose([False] * 4, A4_A6, layout)
    assert rows(fronts.placed) == [(0, 0, 0.5, 90), (1, 105, 0.5, 90), (2, 0, 148.5, 90), (3, 105, 148.5, 90)]
    assert rows(backs.placed) == [(0, 105.975, 0.74, 270), (1, 2.025, 0.74, 270), (2, 105.975, 147.26, 270), (3, 2.025, 147.26, 270)]
    assert [(place.width_mm, place.height_mm, place.scale) for place in backs.placed] == [(105, 148, 0.99)] * 4
    assert {place.scale for place in fronts.placed} == {1}


def test_turned_backs_move_as_one_sees_them_once_they_are_turned_back() -> None:
    layout = Layout(turn_backs=True, back_x_mm=1.5, back_y_mm=-0.5, back_scale_percent=99)
    assert side(impose([False], A4_A6, layout), "backs") == [(0, -0.975, 148.26, 90)]
    back = impose([False], A4_A6, Layout())[1].placed[0]
    assert as_laid(back, A4, layout) == impose([False], A4_A6, layout)[1].placed[0]


def test_folded_cards_know_no_error_between_the_sides() -> None:
    spec = spec_for(A4, A6, fold=True)
    moved = Layout(flip="fold", turn_backs=True, back_x_mm=3, back_y_mm=3, back_scale_percent=98)
    assert impose(TURNED, spec, moved) == impose(TURNED, spec, Layout(flip="fold"))


@pytest.mark.parametrize(
    ("start", "fronts", "backs"),
    [
        (2, [(0, 105, 0.5, 90), (1, 0, 148.5, 90), (2, 105, 148.5, 90)], [(0, 0, 0.5, 270), (1, 105, 148.5, 270), (2, 0, 148.5, 270)]),
        (3, [(0, 0, 148.5, 90), (1, 105, 148.5, 90)], [(0, 105, 148.5, 270), (1, 0, 148.5, 270)]),
        (4, [(0, 105, 148.5, 90)], [(0, 0, 148.5, 270)]),
    ],
)
def test_a_begun_sheet_is_filled_from_its_first_free_slot(start: int, fronts: list[Row], backs: list[Row]) -> None:
    pages = impose([False] * 5, A4_A6, Layout(start=start))
    assert (side(pages, "fronts"), side(pages, "backs")) == (fronts, backs)
    assert pages[2].placed[0].index == len(fronts)
    assert (pages[2].placed[0].x_mm, pages[2].placed[0].y_mm) == (0, 0.5)


def slots(pages: Sequence[Page], spec: SheetSpec) -> list[dict[int, int]]:
    """Of each sheet of fronts, which card lies in which slot."""
    step_x, step_y = spec.slot_width_mm + spec.gutter_mm, spec.slot_height_mm + spec.gutter_mm
    found = []
    for page in pages:
        if page.shows == "fronts":
            placed = [
                (
                    round((place.y_mm - spec.margin_y_mm) / step_y) * spec.columns + round((place.x_mm - spec.margin_x_mm) / step_x),
                    place.index,
                )
                for place in page.placed
            ]
            found.append(dict(placed))
    return found


@pytest.mark.parametrize(
    ("cards", "start", "sheets"),
    [
        (8, 1, [{0: 0, 1: 2, 2: 4, 3: 6}, {0: 1, 1: 3, 2: 5, 3: 7}]),
        (5, 1, [{0: 0, 1: 2, 2: 4}, {0: 1, 1: 3}]),
        (4, 1, [{0: 0, 1: 1, 2: 2, 3: 3}]),
        (9, 1, [{0: 0, 1: 3, 2: 6}, {0: 1, 1: 4, 2: 7}, {0: 2, 1: 5, 2: 8}]),
        (7, 3, [{2: 0, 3: 1}, {0: 2, 1: 4, 2: 6}, {0: 3, 1: 5}]),
        (2, 3, [{2: 0, 3: 1}]),
        (1, 2, [{1: 0}]),
    ],
)
def test_in_cut_stack_order_cards_lie_as_the_table_says(cards: int, start: int, sheets: list[dict[int, int]]) -> None:
    assert slots(impose([False] * cards, A4_A6, Layout(order="cut-stack", start=start)), A4_A6) == sheets


def test_folded_in_cut_stack_order_each_pile_is_in_order() -> None:
    pages = impose([False] * 4, spec_for(A4, A6, fold=True), Layout(flip="fold", order="cut-stack"))
    assert indices(pages) == [[0, 2, 0, 2], [1, 3, 1, 3]]


# ---- marks -------------------------------------------------------------------------------------------------------------

A6_TICKS = {
    *((105, 0, 105, 8.5), (105, 144.5, 105, 152.5), (105, 288.5, 105, 297)),
    *((0, 148.5, 8.5, 148.5), (101, 148.5, 109, 148.5), (201.5, 148.5, 210, 148.5)),
}
A6_MINUS_TICKS = {
    *((6, 5.5, 6, 12.5), (6, 144.5, 6, 152.5), (6, 284.5, 6, 291.5)),
    *((105, 5.5, 105, 12.5), (105, 144.5, 105, 152.5), (105, 284.5, 105, 291.5)),
    *((204, 5.5, 204, 12.5), (204, 144.5, 204, 152.5), (204, 284.5, 204, 291.5)),
    *((6, 8.5, 10, 8.5), (101, 8.5, 109, 8.5), (200, 8.5, 204, 8.5)),
    *((6, 148.5, 10, 148.5), (101, 148.5, 109, 148.5), (200, 148.5, 204, 148.5)),
    *((6, 288.5, 10, 288.5), (101, 288.5, 109, 288.5), (200, 288.5, 204, 288.5)),
}
BLEED_TICKS = {
    *((31, 32.5, 31, 36.5), (31, 260.5, 31, 264.5), (179, 32.5, 179, 36.5), (179, 260.5, 179, 264.5)),
    *((23, 40.5, 27, 40.5), (183, 40.5, 187, 40.5), (23, 145.5, 27, 145.5), (183, 145.5, 187, 145.5)),
    *((23, 151.5, 27, 151.5), (183, 151.5, 187, 151.5), (23, 256.5, 27, 256.5), (183, 256.5, 187, 256.5)),
}


@pytest.mark.parametrize(
    ("spec", "ticks"),
    [
        (A4_A6, A6_TICKS),
        (spec_for(A4, A6_MINUS), A6_MINUS_TICKS),
        (spec_for(A4, A6, bleed_mm=3), BLEED_TICKS),
        (one_up(A6), set()),
        (one_up(A6, 3), set()),
    ],
    ids=["a6", "a6-minus", "bleed", "one-up", "one-up with bleed"],
)
def test_ticks_lie_on_the_cuts_as_the_table_says_and_on_fronts_alone(spec: SheetSpec, ticks: set[tuple[float, ...]]) -> None:
    fronts, backs = impose([False], spec, Layout())
    assert ends(fronts.ticks) == ticks
    assert len(fronts.ticks) == len(ticks)
    assert {(tick.grey, tick.width_pt, tick.dash_pt) for tick in fronts.ticks} <= {(0.4, 0.25, ())}
    assert backs.ticks == ()


def test_a_grid_is_a_light_line_along_each_cut() -> None:
    (fronts, _) = impose([False], A4_A6, Layout(marks="grid"))
    assert ends(fronts.ticks) == {(105, 0.5, 105, 296.5), (0, 148.5, 210, 148.5)}
    (fronts, _) = impose([False], spec_for(A4, A6_MINUS), Layout(marks="grid"))
    across = {(x, 8.5, x, 288.5) for x in (6, 105, 204)}
    assert ends(fronts.ticks) == across | {(6, y, 204, y) for y in (8.5, 148.5, 288.5)}
    assert {(tick.grey, tick.width_pt) for tick in fronts.ticks} == {(0.7, 0.25)}
    (fronts, _) = impose([False], spec_for(A4, A6, bleed_mm=3), Layout(marks="grid"))
    assert ends(fronts.ticks) == BLEED_TICKS


def test_without_marks_there_are_none() -> None:
    assert impose([False], A4_A6, Layout(marks="none"))[0].ticks == ()


FOLD = {(105, 0, 105, 8.5), (105, 144.5, 105, 152.5), (105, 288.5, 105, 297)}
CUT = {(0, 148.5, 8.5, 148.5), (101, 148.5, 109, 148.5), (201.5, 148.5, 210, 148.5)}


@pytest.mark.parametrize(("marks", "cut"), [("ticks", CUT), ("grid", {(0, 148.5, 210, 148.5)}), ("none", set())])
def test_a_fold_is_dotted_and_a_cut_is_not(marks: Marks, cut: set[tuple[float, ...]]) -> None:
    (page,) = impose([False], spec_for(A4, A6, fold=True), Layout(flip="fold", marks=marks))
    assert ends([tick for tick in page.ticks if tick.dash_pt == (1, 1.5)]) == FOLD
    assert ends([tick for tick in page.ticks if not tick.dash_pt]) == cut


def test_with_bleed_a_sheet_is_folded_midway_between_the_trims() -> None:
    (page,) = impose([False], spec_for(A3, A6, bleed_mm=3, fold=True), Layout(flip="fold"))
    across = {tick.x0_mm: tick.dash_pt for tick in page.ticks if tick.x0_mm == tick.x1_mm}
    assert across == {40.5: (), 145.5: (), 148.5: (1, 1.5), 151.5: (), 256.5: ()}


@pytest.mark.parametrize(
    ("sheet", "card", "bleed_mm", "line"),
    [
        (A4, "a6", 0, None),
        (LETTER, "5.5x4.25in", 0, None),
        (A3, "a6", 0, None),
        (A4, "a6-minus", 0, (14, 291.8, 86)),
        (A4, "140.5x99mm", 0, (14, 291.8, 86)),  # 8 mm of waste
        (A4, "140.6x99mm", 0, None),
        (A4, "210x140mm", 0, (5, 291.8, 200)),  # no cut below it: from one printer's margin to the other
        (A4, "a6", 3, (39, 291.8, 135)),
        (A4, "89x54mm", 0, (24, 291.8, 76)),
        (A4, "51.5x51.5mm", 0, None),  # 38.5 mm between the ticks
    ],
)
def test_the_sheets_line_stands_between_the_ticks_of_a_lower_waste_of_8_mm(
    sheet: Paper, card: str, bleed_mm: float, line: tuple[float, float, float] | None
) -> None:
    pages = impose([False], spec_for(sheet, card_size(card), bleed_mm=bleed_mm), Layout())
    for page in pages:
        found = page.line and (round(page.line.x_mm, 3), round(page.line.baseline_mm, 3), round(page.line.width_mm, 3))
        assert found == line


# ---- rasters -----------------------------------------------------------------------------------------------------------

DOTS = 3  # pixels in a mm


def painted(place: Placed, card: CardSize, upright: bool) -> Image.Image:
    """A side as it is read, in its card's own colour, with an arrow to where the head of its front is; then turned into its slot."""
    lying = place.side == "back" or not upright
    width, height = (card.width_mm, card.height_mm) if lying else (card.height_mm, card.width_mm)
    image = Image.new("RGB", (round(width * DOTS), round(height * DOTS)), (40 + 23 * (place.index % 9), 250 - 25 * (place.index % 7), 90))
    x, y = image.size
    leftwards = place.side == "back" and upright
    arrow = [(0.0, y / 2), (x, y / 4), (x, 3 * y / 4)] if leftwards else [(x / 2, 0.0), (x / 4, y), (3 * x / 4, y)]
    ImageDraw.Draw(image).polygon(arrow, fill="black")
    return image.rotate(place.rotation_deg, expand=True)


def raster(page: Page, card: CardSize, turned: Sequence[bool]) -> Image.Image:
    sheet = Image.new("RGB", (round(page.paper.width_mm * DOTS), round(page.paper.height_mm * DOTS)), "white")
    for place in page.placed:
        image = painted(place, card, turned[place.index])
        assert abs(image.width - place.width_mm * DOTS) <= 1
        assert abs(image.height - place.height_mm * DOTS) <= 1
        sheet.paste(image, (round(place.x_mm * DOTS), round(place.y_mm * DOTS)))
    return sheet


def unlike(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ."""
    marked = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value > 8 else 0)
    return marked.histogram()[255] / (one.width * one.height)


@pytest.mark.parametrize("sheet", [A4, LETTER], ids=lambda sheet: sheet.key)
@pytest.mark.parametrize("card", ["a6", "5.5x4.25in", "5x7in"])
@pytest.mark.parametrize("flip", ["long", "short"])
@pytest.mark.parametrize("cards", [1, 3, 5, 7])
def test_held_against_the_light_each_back_lies_behind_its_front_with_the_same_head(sheet: Paper, card: str, flip: Flip, cards: int) -> None:
    turned = [index % 3 == 1 for index in range(cards)]
    size = card_size(card)
    pages = impose(turned, spec_for(sheet, size), Layout(flip=flip, order="cut-stack" if cards == 7 else "reading"))
    through, other_edge = (ImageOps.mirror, ImageOps.flip) if flip == "long" else (ImageOps.flip, ImageOps.mirror)
    for fronts, backs in zip(pages[::2], pages[1::2], strict=True):
        front, back = raster(fronts, size, turned), raster(backs, size, turned)
        assert unlike(front, through(back)) < 0.01
        assert unlike(front, other_edge(back)) > 0.02


def test_the_rasters_tell_a_wrong_turn_of_one_card() -> None:
    fronts, backs = impose([False] * 4, A4_A6, Layout())
    first, *others = backs.placed
    wrong = replace(backs, placed=(replace(first, rotation_deg=90), *others))
    assert unlike(raster(fronts, A6, [False] * 4), ImageOps.mirror(raster(wrong, A6, [False] * 4))) > 0.02


# ---- for any number of cards -------------------------------------------------------------------------------------------

VECTORS = {0: (0, -1), 90: (-1, 0), 180: (0, 1), 270: (1, 0)}  # where the head of a side points, y down
sizes = st.sampled_from([*CARD_SIZES.values(), card_size("140x90mm"), card_size("89x54mm"), card_size("100x100mm")])
sheets_of_paper = st.sampled_from([*PAPERS.values(), paper("300x300mm")])
FLIPS: tuple[Flip, ...] = get_args(Flip)
ORDERS: tuple[Order, ...] = get_args(Order)
MARKS: tuple[Marks, ...] = get_args(Marks)
turns = st.lists(st.booleans(), max_size=30)


@st.composite
def jobs(draw: st.DrawFn, flips: Sequence[Flip] = FLIPS) -> tuple[SheetSpec, Layout]:
    flip = draw(st.sampled_from(flips))
    try:
        spec = spec_for(draw(sheets_of_paper), draw(sizes), bleed_mm=draw(st.sampled_from([0.0, 3.0, 3.175])), fold=flip == "fold")
    except (DoesNotFit, DoesNotFold):
        assume(False)
        raise
    start = draw(st.integers(1, slots_of(spec, flip)))
    order: Order = draw(st.sampled_from(ORDERS))
    marks: Marks = draw(st.sampled_from(MARKS))
    return spec, Layout(flip=flip, order=order, marks=marks, start=start, turn_backs=draw(st.booleans()))


def reflected(place: Placed, sheet: Paper, flip: Flip) -> tuple[float, float]:
    """Where a side comes to lie when the sheet is turned over."""
    if flip == "short":
        return place.x_mm, sheet.height_mm - place.y_mm - place.height_mm
    return sheet.width_mm - place.x_mm - place.width_mm, place.y_mm


@settings(deadline=None)
@given(turned=turns, job=jobs(flips=("long", "short", "manual")))
def test_each_back_is_the_reflection_of_its_front(turned: list[bool], job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    pages = impose(turned, spec, replace(layout, turn_backs=False))
    for fronts, backs in zip(pages[::2], pages[1::2], strict=True):
        assert (fronts.sheet, fronts.shows, backs.sheet, backs.shows) == (backs.sheet, "fronts", fronts.sheet, "backs")
        for front, back in zip(fronts.placed, backs.placed, strict=True):
            assert (front.index, front.side, back.side) == (back.index, "front", "back")
            assert (back.x_mm, back.y_mm) == pytest.approx(reflected(front, spec.paper, layout.flip), abs=1e-6)
            assert (back.width_mm, back.height_mm) == (front.width_mm, front.height_mm)


@settings(deadline=None)
@given(turned=turns, job=jobs(flips=("long", "short", "manual", "fold")))
def test_the_head_of_a_front_is_at_the_left_end_of_its_back_or_at_its_head(turned: list[bool], job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    heads: dict[tuple[int, str], tuple[int, int]] = {}
    for page in impose(turned, spec, replace(layout, turn_backs=False)):
        heads |= {(place.index, place.side): VECTORS[place.rotation_deg] for place in page.placed}
    for index, upright in enumerate(turned):
        front, back = heads[index, "front"], heads[index, "back"]
        behind = (front[0], -front[1]) if layout.flip == "short" else (-front[0], front[1])
        left_end = (back[1], -back[0])  # a quarter turn to the left of its head
        assert behind == (left_end if upright else back)


@settings(deadline=None)
@given(turned=turns, job=jobs(flips=("long", "short", "manual")))
def test_backs_turned_twice_are_not_turned(turned: list[bool], job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    straight = impose(turned, spec, replace(layout, turn_backs=False))
    for page, turned_page in zip(straight, impose(turned, spec, replace(layout, turn_backs=True)), strict=True):
        again = [as_laid(place, spec.paper, Layout(turn_backs=page.shows == "backs")) for place in turned_page.placed]
        for place, twice in zip(page.placed, again, strict=True):
            assert (twice.x_mm, twice.y_mm) == pytest.approx((place.x_mm, place.y_mm), abs=1e-6)
            assert (twice.index, twice.rotation_deg) == (place.index, place.rotation_deg)


@settings(deadline=None)
@given(turned=turns, job=jobs())
def test_sides_lie_on_the_sheet_apart_and_each_is_there_once(turned: list[bool], job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    pages = impose(turned, spec, layout)
    placed = [place for page in pages for place in page.placed]
    assert sorted(place.index for place in placed if place.side == "front") == list(range(len(turned)))
    backs = [] if layout.flip in ("none", "credits") else list(range(len(turned)))
    assert sorted(place.index for place in placed if place.side == "back") == backs
    least_mm = 5 if spec.bleed_mm else 0
    for page in pages:
        assert page.placed
        for number, place in enumerate(page.placed):
            assert place.x_mm - spec.bleed_mm >= least_mm - 1e-6
            assert place.y_mm - spec.bleed_mm >= least_mm - 1e-6
            assert place.x_mm + place.width_mm + spec.bleed_mm <= spec.paper.width_mm - least_mm + 1e-6
            assert place.y_mm + place.height_mm + spec.bleed_mm <= spec.paper.height_mm - least_mm + 1e-6
            for other in page.placed[:number]:
                apart_x = abs(place.x_mm - other.x_mm) >= spec.slot_width_mm + 2 * spec.bleed_mm - 1e-6
                apart_y = abs(place.y_mm - other.y_mm) >= spec.slot_height_mm + 2 * spec.bleed_mm - 1e-6
                assert apart_x or apart_y


@settings(deadline=None)
@given(turned=turns, job=jobs())
def test_there_are_no_more_sheets_than_needed_and_they_are_counted(turned: list[bool], job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    pages = impose(turned, spec, layout)
    sheets = -(-(len(turned) + layout.start - 1) // slots_of(spec, layout.flip)) if turned else 0
    sides = 2 if layout.flip in ("long", "short", "manual") else 1
    assert [page.sheet for page in pages] == [sheet for sheet in range(1, sheets + 1) for _ in range(sides)]
    assert {page.of for page in pages} <= {sheets}


@settings(deadline=None)
@given(cards=st.integers(1, 120), job=jobs(flips=("long", "none")))
def test_piles_of_one_cut_laid_on_each_other_are_in_order(cards: int, job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    sheets = slots(impose([False] * cards, spec, replace(layout, order="cut-stack")), spec)
    begun = [sheets.pop(0)] if layout.start > 1 else []
    piles = [sheet[slot] for slot in range(spec.slots) for sheet in sheets if slot in sheet]
    first = [card for sheet in begun for _, card in sorted(sheet.items())]
    assert first + piles == list(range(cards))
    assert all(slot >= layout.start - 1 for sheet in begun for slot in sheet)


@settings(deadline=None)
@given(cards=st.integers(0, 60), job=jobs(flips=("long", "none")))
def test_in_reading_order_sheets_are_read_one_after_the_other(cards: int, job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    sheets = slots(impose([False] * cards, spec, replace(layout, order="reading")), spec)
    places = [(number * spec.slots + slot, card) for number, sheet in enumerate(sheets) for slot, card in sheet.items()]
    assert places == [(layout.start - 1 + card, card) for card in range(cards)]


def crosses(tick: Tick, left: float, top: float, right: float, foot: float) -> bool:
    return tick.x1_mm > left + 1e-6 and tick.x0_mm < right - 1e-6 and tick.y1_mm > top + 1e-6 and tick.y0_mm < foot - 1e-6


@settings(deadline=None)
@given(job=jobs())
def test_ticks_keep_to_trims_folds_and_the_sheet_and_never_lie_in_a_bleed(job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    page = impose([False] * spec.slots, spec, replace(layout, start=1))[0]
    xs = {round(edge, 4) for place in page.placed for edge in (place.x_mm, place.x_mm + place.width_mm)}
    ys = {round(edge, 4) for place in page.placed for edge in (place.y_mm, place.y_mm + place.height_mm)}
    for tick in page.ticks:
        assert 0 <= tick.x0_mm <= tick.x1_mm <= spec.paper.width_mm
        assert 0 <= tick.y0_mm <= tick.y1_mm <= spec.paper.height_mm
        assert (tick.x0_mm == tick.x1_mm) != (tick.y0_mm == tick.y1_mm)
        on_a_trim = round(tick.x0_mm, 4) in xs if tick.x0_mm == tick.x1_mm else round(tick.y0_mm, 4) in ys
        assert on_a_trim or tick.dash_pt
        for place in page.placed:
            bleed = spec.bleed_mm
            assert not crosses(
                tick, place.x_mm - bleed, place.y_mm - bleed, place.x_mm + place.width_mm + bleed, place.y_mm + place.height_mm + bleed
            )


@settings(deadline=None)
@given(job=jobs())
def test_the_sheets_line_is_on_the_paper_clear_of_cards_and_ticks(job: tuple[SheetSpec, Layout]) -> None:
    spec, layout = job
    for page in impose([False] * spec.slots, spec, layout):
        line = page.line or SheetLine(x_mm=5, baseline_mm=0, width_mm=40)
        left, right, top, foot = line.x_mm, line.x_mm + line.width_mm, line.baseline_mm - 2, line.baseline_mm + 0.6
        assert left >= 5
        assert right <= spec.paper.width_mm - 5 + 1e-6
        assert line.width_mm >= 40
        assert not any(crosses(tick, left, top, right, foot) for tick in page.ticks if page.line)
        for place in page.placed:
            assert page.line is None or place.y_mm + place.height_mm + spec.bleed_mm <= top
