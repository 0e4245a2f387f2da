"""The calibration page, read as its user reads it: a printer moves, scales and turns the backs, and what the page says mends that."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive.calibration import LABEL_PT, Box, Calibration, Label, Marks, TooSmallToCalibrate, back_scale_percent, calibration
from imagestolive.sheets import Flip, Layout, Placed, Tick, impose, spec_for
from imagestolive.units import A3, A4, A5_PAPER, A6, LETTER, TABLOID, Paper, mm, paper

Point = tuple[float, float]
Through = Callable[[Point], Point]

ALL = [A4, A3, A5_PAPER, LETTER, TABLOID, paper("150x1000mm"), paper("290x300mm")]
every_paper = pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.key)
every_flip = pytest.mark.parametrize("flip", ["long", "short", "manual"])


def through(sheet: Paper, flip: Flip, *, dx: float = 0, dy: float = 0, scale: float = 1, turned: bool = False) -> Through:
    """Where a printer puts a point of the back's page, as seen from the front: it turns the page, scales it about its middle, moves it."""

    def seen(point: Point) -> Point:
        x, y = point[0] - sheet.width_mm / 2, point[1] - sheet.height_mm / 2
        x, y = (-x, -y) if turned else (x, y)
        x, y = x * scale + dx, y * scale + dy
        x, y = (x, -y) if flip == "short" else (-x, y)
        return x + sheet.width_mm / 2, y + sheet.height_mm / 2

    return seen


def value(labels: list[tuple[float, float]], place_mm: float) -> float:
    """What stands at a place of a scale, between and beyond its numbers."""
    labels = sorted(labels)
    pair = next((pair for pair in pairwise(labels) if place_mm <= pair[1][0]), (labels[-2], labels[-1]))
    (place0, value0), (place1, value1) = pair
    return value0 + (place_mm - place0) * (value1 - value0) / (place1 - place0)


def number(label: Label) -> float:
    return float(label.string.replace("−", "-"))


def level(page: Calibration) -> list[tuple[float, float]]:
    """The numbers of the level scale, but for the 0, which stands beside its line."""
    under = page.paper.height_mm / 2
    return [(label.x_mm, number(label)) for label in page.front.labels if label.string[0] in "+−" and under < label.baseline_mm < under + 6]


def upright(page: Calibration) -> list[tuple[float, float]]:
    beside = page.paper.width_mm / 2
    return [
        (label.baseline_mm - 0.8, number(label))
        for label in page.front.labels
        if label.string[0] in "+−" and beside < label.x_mm < beside + 6
    ]


def rounded(x_mm: float, y_mm: float) -> Point:
    return round(x_mm, 6), round(y_mm, 6)


def crosses(side: Marks) -> list[Point]:
    """The middles of upright crosses."""
    levels = {rounded((tick.x0_mm + tick.x1_mm) / 2, tick.y0_mm) for tick in side.ticks if tick.y0_mm == tick.y1_mm}
    uprights = {rounded(tick.x0_mm, (tick.y0_mm + tick.y1_mm) / 2) for tick in side.ticks if tick.x0_mm == tick.x1_mm}
    return sorted(levels & uprights)


def read(page: Calibration, seen: Through) -> tuple[float, float, float, float]:
    """What the user types: offsets to the right and down, and the scale by the level and by the upright crosses."""
    x, y = page.paper.width_mm / 2, page.paper.height_mm / 2
    on_level = sorted(value(level(page), seen(point)[0]) for point in crosses(page.back) if point[1] == pytest.approx(y))
    on_upright = sorted(value(upright(page), seen(point)[1]) for point in crosses(page.back) if point[0] == pytest.approx(x))
    scale_x = back_scale_percent(on_level[0], on_level[-1], 2 * page.across_mm)
    scale_y = back_scale_percent(on_upright[0], on_upright[-1], 2 * page.down_mm)
    return on_level[1], on_upright[1], scale_x, scale_y


def middle(place: Placed) -> Point:
    return place.x_mm + place.width_mm / 2, place.y_mm + place.height_mm / 2


def slanted(side: Marks) -> Point:
    (one, other) = [tick for tick in side.ticks if tick.x0_mm != tick.x1_mm and tick.y0_mm != tick.y1_mm]
    assert (one.x0_mm + one.x1_mm, one.y0_mm + one.y1_mm) == (other.x0_mm + other.x1_mm, other.y0_mm + other.y1_mm)
    return (one.x0_mm + one.x1_mm) / 2, (one.y0_mm + one.y1_mm) / 2


def square(page: Calibration, name: str) -> Point:
    """The middle of the square beside which a number stands."""
    sign = {"1": -1, "2": 1}[name]
    at_y = page.paper.height_mm / 2 + sign * 24
    (label,) = [label for label in page.front.labels if label.string == name and label.baseline_mm == pytest.approx(at_y + 0.8)]
    sides = [
        tick.x0_mm
        for tick in page.front.ticks
        if tick.x0_mm == tick.x1_mm
        and (tick.y0_mm, tick.y1_mm) == pytest.approx((at_y - 7, at_y + 7))
        and abs(tick.x0_mm - label.x_mm) < 20
    ]
    return sum(sides) / len(sides), at_y


@pytest.mark.parametrize(
    ("flip", "dx", "dy", "typed"),
    [
        ("long", 2, 0, (-2, 0)),
        ("long", 0, 3, (0, -3)),
        ("short", 2, 0, (-2, 0)),
        ("short", 0, 3, (0, -3)),
        ("manual", -1.5, 0.5, (1.5, -0.5)),
    ],
)
def test_a_printer_that_moves_backs_to_the_right_or_down_is_told_to_move_them_back(flip: Flip, dx: float, dy: float, typed: Point) -> None:
    page = calibration(A4, flip)
    assert read(page, through(A4, flip, dx=dx, dy=dy))[:2] == pytest.approx(typed)


@pytest.mark.parametrize(("flip", "right", "up"), [("long", "+10", "+10"), ("manual", "+10", "+10"), ("short", "−10", "−10")])
def test_the_numbers_grow_as_the_sheet_is_turned(flip: Flip, right: str, up: str) -> None:
    labels = {(label.x_mm, round(label.baseline_mm, 6)): label.string for label in calibration(A4, flip).front.labels}
    assert labels[115, 153.9] == right
    assert labels[108.6, 139.3] == up


@settings(deadline=None)
@given(
    sheet=st.sampled_from(ALL),
    flip=st.sampled_from(["long", "short", "manual"]),
    dx=st.floats(-9, 9),
    dy=st.floats(-9, 9),
    scale=st.floats(0.98, 1.02),
    turned=st.booleans(),
)
def test_what_is_read_off_brings_the_backs_behind_their_fronts(
    sheet: Paper, flip: Flip, dx: float, dy: float, scale: float, turned: bool
) -> None:
    seen = through(sheet, flip, dx=dx, dy=dy, scale=scale, turned=turned)
    back_x_mm, back_y_mm, scale_x, scale_y = read(calibration(sheet, flip), seen)
    assert scale_x == pytest.approx(scale_y) == pytest.approx(100 / scale)
    layout = Layout(flip=flip, turn_backs=turned, back_x_mm=back_x_mm, back_y_mm=back_y_mm, back_scale_percent=scale_x)
    fronts, backs = impose([False, True, False], spec_for(sheet, A6), layout)[:2]
    for front, back in zip(fronts.placed, backs.placed, strict=True):
        # The offset is scaled too, hence 2 % of 9 mm.
        assert seen(middle(back)) == pytest.approx(middle(front), abs=0.2)
        assert back.scale * scale == pytest.approx(1)


@every_flip
@pytest.mark.parametrize("turned", [False, True])
def test_the_slanted_cross_falls_into_square_2_where_the_printer_turns_backs(flip: Flip, turned: bool) -> None:
    page = calibration(A4, flip)
    assert through(A4, flip, turned=turned)(slanted(page.back)) == pytest.approx(square(page, "2" if turned else "1"))


@every_paper
@every_flip
def test_the_backs_crosses_fall_on_the_scales_and_on_the_corners_of_the_front(sheet: Paper, flip: Flip) -> None:
    page = calibration(sheet, flip)
    x, y = sheet.width_mm / 2, sheet.height_mm / 2
    corners = [point for point in crosses(page.front) if abs(point[0] - x) > 1 and abs(point[1] - y) > 1]
    assert len(corners) >= 4
    behind = [through(sheet, flip)(point) for point in crosses(page.back)]
    on_scales = [point for point in behind if point[0] == pytest.approx(x) or point[1] == pytest.approx(y)]
    assert len(on_scales) == 5
    for point in behind:
        assert point in on_scales or any(point == pytest.approx(corner) for corner in corners)
    assert page.across_mm == pytest.approx(max(abs(point[0] - x) for point in on_scales))
    assert page.down_mm == pytest.approx(max(abs(point[1] - y) for point in on_scales))


@every_flip
def test_each_cross_can_be_read_to_the_mm_wherever_the_printer_may_put_it(flip: Flip) -> None:
    page = calibration(A4, flip)
    graduated = {
        round(tick.x0_mm - 105, 6)
        for tick in page.front.ticks
        if tick.x0_mm == tick.x1_mm and abs((tick.y0_mm + tick.y1_mm) / 2 - 148.5) < 1e-6
    }
    assert {place + end for end in (-75, 0, 75) for place in range(-10, 11)} <= graduated
    assert set(range(-85, 86, 5)) <= graduated
    graduated = {
        round(tick.y0_mm - 148.5, 6)
        for tick in page.front.ticks
        if tick.y0_mm == tick.y1_mm and abs((tick.x0_mm + tick.x1_mm) / 2 - 105) < 1e-6
    }
    assert {place + end for end in (-115, 0, 115) for place in range(-10, 11)} <= graduated
    assert set(range(-125, 126, 5)) <= graduated


def test_on_a4_the_page_is_as_the_table_says() -> None:
    page = calibration(A4, "long")
    assert (page.across_mm, page.down_mm, page.bar_mm) == (75, 115, 100)
    assert crosses(page.back) == [
        (20, 20),
        (20, 277),
        (30, 148.5),
        (105, 33.5),
        (105, 148.5),
        (105, 263.5),
        (180, 148.5),
        (190, 20),
        (190, 277),
    ]
    assert slanted(page.back) == (131, 124.5)
    (bar,) = [tick for tick in page.front.ticks if tick.width_pt == 0.75]
    assert (bar.x0_mm, bar.y0_mm, bar.x1_mm, bar.y1_mm) == (22, 162.5, 22, 262.5)
    assert ("100", "start") in [(label.string, label.anchor) for label in page.front.labels]


@pytest.mark.parametrize(("key", "bar_mm"), [("a5", 50), ("letter", 100), ("tabloid", 100), ("a3", 100)])
def test_the_bar_is_the_longest_that_has_room_and_as_long_as_its_number(key: str, bar_mm: float) -> None:
    page = calibration(paper(key), "long")
    (bar,) = [tick for tick in page.front.ticks if tick.width_pt == 0.75]
    assert bar.y1_mm - bar.y0_mm == pytest.approx(bar_mm) == page.bar_mm
    assert any(label.string == f"{bar_mm}" and label.x_mm == bar.x0_mm + 2 for label in page.front.labels)


@every_paper
def test_at_each_edge_step_n_is_n_mm_from_the_paper_and_its_number_stands_beside_it(sheet: Paper) -> None:
    front = calibration(sheet, "long").front
    steps = [tick for tick in front.ticks if tick.width_pt == 0.5]
    assert len(steps) == 40
    found: dict[str, list[int]] = {"left": [], "right": [], "top": [], "foot": []}
    for tick in steps:
        x, y = (tick.x0_mm + tick.x1_mm) / 2, (tick.y0_mm + tick.y1_mm) / 2
        away = {"left": x, "right": sheet.width_mm - x, "top": y, "foot": sheet.height_mm - y}
        edge = min(away, key=lambda name: away[name])
        digit = 0.8
        beside = [
            label.string
            for label in front.labels
            if (abs(label.x_mm - x) < 0.01 if edge in ("top", "foot") else abs(label.baseline_mm - digit - y) < 0.01)
            and min(label.x_mm, sheet.width_mm - label.x_mm, label.baseline_mm, sheet.height_mm - label.baseline_mm) < 14
        ]
        assert f"{away[edge]:.0f}" in beside
        found[edge].append(round(away[edge]))
    assert {edge: sorted(places) for edge, places in found.items()} == {edge: list(range(1, 11)) for edge in found}


# ---- nothing lies on anything else -------------------------------------------------------------------------------------


def rectangle(mark: Tick | Label | Box) -> tuple[float, float, float, float]:
    """Left, top, right, foot; a digit is about 0.5 em wide."""
    if isinstance(mark, Tick):
        return min(mark.x0_mm, mark.x1_mm), min(mark.y0_mm, mark.y1_mm), max(mark.x0_mm, mark.x1_mm), max(mark.y0_mm, mark.y1_mm)
    if isinstance(mark, Box):
        return mark.x_mm, mark.y_mm, mark.x_mm + mark.width_mm, mark.y_mm + mark.height_mm
    width = 0.5 * mm(LABEL_PT) * len(mark.string)
    left = mark.x_mm - width / 2 if mark.anchor == "middle" else mark.x_mm
    return left, mark.baseline_mm - 1.6, left + width, mark.baseline_mm


def apart(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@every_paper
@every_flip
def test_numbers_and_boxes_keep_clear_of_each_other_of_the_ticks_and_of_the_papers_edge(sheet: Paper, flip: Flip) -> None:
    page = calibration(sheet, flip)
    for side in (page.front, page.back):
        clear: list[Label | Box] = [*side.labels, *side.boxes.values()]
        for place, mark in enumerate(clear):
            own = rectangle(mark)
            assert own[0] >= 10, mark
            assert own[1] >= 10, mark
            assert own[2] <= sheet.width_mm - 10, mark
            assert own[3] <= sheet.height_mm - 10, mark
            others: list[Tick | Label | Box] = [*clear[:place], *side.ticks]
            for other in others:
                assert apart(own, rectangle(other)), (mark, other)


@every_paper
@every_flip
def test_boxes_have_room_for_sentences_and_the_backs_lies_behind_none_of_them(sheet: Paper, flip: Flip) -> None:
    page = calibration(sheet, flip)
    assert set(page.front.boxes) == {"title", "reading", "edges"}
    for box in (*page.front.boxes.values(), *page.back.boxes.values()):
        assert box.width_mm >= 28
        assert box.height_mm >= (40 if box in page.front.boxes.values() else 30)
    left, top, right, foot = rectangle(page.back.boxes["title"])
    for tick in page.back.ticks:
        assert apart((left - 2.9, top - 2.9, right + 2.9, foot + 2.9), rectangle(tick)), tick
    one, other = through(sheet, flip)((left, top)), through(sheet, flip)((right, foot))
    behind = (min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))
    marks: list[Tick | Label | Box] = [*page.front.boxes.values(), *page.front.labels, *page.front.ticks]
    for mark in marks:
        assert apart(behind, rectangle(mark)), mark


@pytest.mark.parametrize("flip", ["fold", "none", "credits"])
def test_where_nothing_is_printed_on_the_back_only_the_front_is_drawn(flip: Flip) -> None:
    page = calibration(A4, flip)
    assert page.back == Marks()
    assert page.front == calibration(A4, "long").front


@pytest.mark.parametrize("key", ["147x300mm", "148x209mm", "105x148mm"])
def test_a_paper_without_room_is_refused(key: str) -> None:
    with pytest.raises(TooSmallToCalibrate, match=r"at least 148 × 210 mm.*is smaller") as refused:
        calibration(paper(key), "long")
    assert refused.value.field == "paper"
