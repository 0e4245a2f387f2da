"""What is drawn on a calibration page, by which a printer's error between the sides is read off. Pure; mm from the top left, y down.

Turned over and held against the light with the front towards the eye, the back's middle cross falls on both scales of the front: what it
cuts off there is what to type as the backs' offset, sign and all. The crosses at the ends of a scale tell the scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.sheets import Flip, Tick
from imagestolive.units import A5_PAPER, Paper, name_said

LABEL_PT = 6.5
STEPS = 10  # of a staircase, 1 mm each
BARS_MM = (100.0, 50.0)  # the longest that has room

_STEP_MM = 3.0  # a step's length
_EDGE_MM = 20.0  # from the sheet's edge to a scale's end, and to the corners' crosses
_INNER_MM, _OUTER_MM, _FOOT_MM = 14.0, 18.0, 25.0  # what boxes leave free: by a scale, at the sides, above and below
_CLEAR_MM = 3.0  # between sentences and a square or cross
_READ_MM = 10  # how far from its place a cross can be read
_HAIR_MM, _ALONG_MM, _CORNER_MM = 12.0, 4.0, 3.0  # half a hair across a scale, along it, half a cross in a corner
_SQUARE_X_MM, _SQUARE_Y_MM, _SQUARE_MM = 26.0, 24.0, 7.0  # from the middle of the sheet; half a side
_BAR_X_MM, _BAR_ROOM_MM = 22.0, 14.0
_HALF_DIGIT_MM = 0.8  # half the height of a digit


class TooSmallToCalibrate(ImagesToLiveError):
    """A paper on which scales and sentences have no room."""

    sentence = N_("A calibration page needs paper of at least {least_width} × {least_height} mm; {paper} is smaller. Take {example}.")
    field = "paper"


@dataclass(frozen=True, kw_only=True)
class Label:
    """A number in LABEL_PT, without a unit."""

    x_mm: float
    baseline_mm: float
    string: str
    anchor: Literal["start", "middle"] = "middle"


@dataclass(frozen=True, kw_only=True)
class Box:
    """Where sentences may stand."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True, kw_only=True)
class Marks:
    """One side of the page. Boxes of the front: "title", "reading", "edges"; of the back: "title", behind none of them."""

    ticks: tuple[Tick, ...] = ()
    labels: tuple[Label, ...] = ()
    boxes: Mapping[str, Box] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Both sides of the page, each as one sees it. The back is as the printer makes it: no offset, no turn.

    The end crosses should fall on -across_mm and +across_mm of the level scale, -down_mm and +down_mm of the upright one.
    A slanted cross of the back falls into square 1 of the front; where it falls into square 2, the backs are to be turned.
    """

    paper: Paper
    flip: Flip
    front: Marks
    back: Marks  # empty where the flip has no back
    across_mm: int
    down_mm: int
    bar_mm: float


def calibration(paper: Paper, flip: Flip) -> Calibration:
    """The calibration page of a paper for one way to turn it. Raises TooSmallToCalibrate."""
    if paper.width_mm < A5_PAPER.width_mm or paper.height_mm < A5_PAPER.height_mm:
        least = {"least_width": f"{A5_PAPER.width_mm:g}", "least_height": f"{A5_PAPER.height_mm:g}", "example": "A4"}
        raise TooSmallToCalibrate(paper=name_said(paper), **least)
    page = _Page(paper=paper, flip=flip)
    return Calibration(
        paper=paper,
        flip=flip,
        front=page.front(),
        back=page.back() if flip in ("long", "short", "manual") else Marks(),
        across_mm=page.reach_x_mm - _READ_MM,
        down_mm=page.reach_y_mm - _READ_MM,
        bar_mm=page.bar_mm,
    )


def back_scale_percent(low_mm: float, high_mm: float, apart_mm: float) -> float:
    """The scale to type, of where the crosses at the ends of a scale were read and how far apart they should be.

    >>> round(back_scale_percent(-75.75, 75.75, 150), 2)
    99.01
    """
    return 100 * apart_mm / (high_mm - low_mm)


@dataclass(frozen=True, kw_only=True)
class _Page:
    paper: Paper
    flip: Flip

    @property
    def middle(self) -> tuple[float, float]:
        return self.paper.width_mm / 2, self.paper.height_mm / 2

    @property
    def reach_x_mm(self) -> int:
        return int((self.paper.width_mm / 2 - _EDGE_MM) / 5) * 5

    @property
    def reach_y_mm(self) -> int:
        return int((self.paper.height_mm / 2 - _EDGE_MM) / 5) * 5

    @property
    def bar_mm(self) -> float:
        room_mm = self.paper.height_mm / 2 - _INNER_MM - _FOOT_MM
        return next(bar for bar in BARS_MM if bar <= room_mm)

    @property
    def signs(self) -> tuple[int, int]:
        """Where the front's numbers grow, +1 to the right and down.

        Turned on the long edge, a back that lies d too far to the right is seen through the paper d too far to the left. It has to go back
        by d to the left, -d, which is what stands there if numbers grow to the right. Down stays down, so numbers grow upwards.
        On the short edge it is the other way round.
        """
        return (-1, 1) if self.flip == "short" else (1, -1)

    def front(self) -> Marks:
        ticks = (*self._scales(), *self._corners(), *self._squares(), *self._stairs(), *self._bar())
        return Marks(
            ticks=ticks, labels=(*self._numbers(), *self._square_numbers(), *self._step_numbers(), self._bar_number()), boxes=self._boxes()
        )

    def back(self) -> Marks:
        x, y = self.middle
        across, down = self.reach_x_mm - _READ_MM, self.reach_y_mm - _READ_MM
        ticks = [
            *_cross(x, y, _HAIR_MM, _HAIR_MM),
            *(tick for end in (-across, across) for tick in _cross(x + end, y, _ALONG_MM, _HAIR_MM)),
            *(tick for end in (-down, down) for tick in _cross(x, y + end, _HAIR_MM, _ALONG_MM)),
            *self._corners(),
            *_slanted(*self._behind(x - _SQUARE_X_MM, y - _SQUARE_Y_MM)),
        ]
        return Marks(ticks=tuple(ticks), boxes={"title": self._title_behind()})

    def _behind(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """A point of the front as a point of the back."""
        return (x_mm, self.paper.height_mm - y_mm) if self.flip == "short" else (self.paper.width_mm - x_mm, y_mm)

    def _scales(self) -> Iterator[Tick]:
        x, y = self.middle
        yield _tick(x - self.reach_x_mm, y, x + self.reach_x_mm, y)
        yield _tick(x, y - self.reach_y_mm, x, y + self.reach_y_mm)
        for place in _graduation(self.reach_x_mm):
            yield _tick(x + place, y - _rank(place), x + place, y + _rank(place))
        for place in _graduation(self.reach_y_mm):
            yield _tick(x - _rank(place), y + place, x + _rank(place), y + place)

    def _numbers(self) -> Iterator[Label]:
        x, y = self.middle
        sign_x, sign_y = self.signs
        yield Label(x_mm=x - 3.2, baseline_mm=y + 5.4, string="0")
        for place in _tens(self.reach_x_mm):
            yield Label(x_mm=x + place, baseline_mm=y + 5.4, string=_signed(sign_x * place))
        for place in _tens(self.reach_y_mm):
            yield Label(x_mm=x + 3.6, baseline_mm=y + place + _HALF_DIGIT_MM, string=_signed(sign_y * place), anchor="start")

    def _corners(self) -> Iterator[Tick]:
        for x in (_EDGE_MM, self.paper.width_mm - _EDGE_MM):
            for y in (_EDGE_MM, self.paper.height_mm - _EDGE_MM):
                yield from _cross(x, y, _CORNER_MM, _CORNER_MM)

    def _squares(self) -> Iterator[Tick]:
        x, y = self.middle
        for sign in (-1, 1):
            left, top = x + sign * _SQUARE_X_MM - _SQUARE_MM, y + sign * _SQUARE_Y_MM - _SQUARE_MM
            right, foot = left + 2 * _SQUARE_MM, top + 2 * _SQUARE_MM
            yield from (_tick(left, top, right, top), _tick(left, foot, right, foot))
            yield from (_tick(left, top, left, foot), _tick(right, top, right, foot))

    def _square_numbers(self) -> Iterator[Label]:
        x, y = self.middle
        for number, sign in (("1", -1), ("2", 1)):
            beside = x + sign * (_SQUARE_X_MM + _SQUARE_MM + 2)
            yield Label(x_mm=beside, baseline_mm=y + sign * _SQUARE_Y_MM + _HALF_DIGIT_MM, string=number)

    def _stair_corners(self) -> Iterator[tuple[float, float, bool, int]]:
        """Where each staircase starts on its edge, whether that edge is upright, and which way into the sheet is."""
        x, y = self.middle
        length = STEPS * _STEP_MM
        yield from ((x + 5, 0, False, 1), (x - 5 - length, self.paper.height_mm, False, -1))
        yield from ((0, y - 5 - length, True, 1), (self.paper.width_mm, y + 5, True, -1))

    def _stairs(self) -> Iterator[Tick]:
        """Step n is n mm from the edge of the paper: the lowest number whose step is printed is the printer's margin."""
        for x, y, upright, inward in self._stair_corners():
            for step in range(1, STEPS + 1):
                along, deep = (step - 1) * _STEP_MM, step * inward
                ends = (
                    (x + deep, y + along, x + deep, y + along + _STEP_MM)
                    if upright
                    else (x + along, y + deep, x + along + _STEP_MM, y + deep)
                )
                yield _tick(*ends, grey=0, width_pt=0.5)

    def _step_numbers(self) -> Iterator[Label]:
        for x, y, upright, inward in self._stair_corners():
            for step in range(1, STEPS + 1):
                along, deep = (step - 0.5) * _STEP_MM, (STEPS + 2.5) * inward
                at = (x + deep, y + along) if upright else (x + along, y + deep)
                yield Label(x_mm=at[0], baseline_mm=at[1] + _HALF_DIGIT_MM, string=str(step))

    def _bar(self) -> Iterator[Tick]:
        top = self.paper.height_mm / 2 + _INNER_MM
        yield _tick(_BAR_X_MM, top, _BAR_X_MM, top + self.bar_mm, grey=0, width_pt=0.75)
        for y in (top, top + self.bar_mm):
            yield _tick(_BAR_X_MM - 2, y, _BAR_X_MM + 2, y, grey=0, width_pt=0.25)

    def _bar_number(self) -> Label:
        middle_mm = self.paper.height_mm / 2 + _INNER_MM + self.bar_mm / 2
        return Label(x_mm=_BAR_X_MM + 2, baseline_mm=middle_mm + _HALF_DIGIT_MM, string=f"{self.bar_mm:g}", anchor="start")

    def _boxes(self) -> dict[str, Box]:
        x, y = self.middle
        bar, square = _OUTER_MM + _BAR_ROOM_MM, _SQUARE_Y_MM + _SQUARE_MM + _CLEAR_MM
        right_mm, foot_mm = self.paper.width_mm - _OUTER_MM, self.paper.height_mm - _FOOT_MM
        return {
            "title": _box(x + _INNER_MM, _FOOT_MM, right_mm, y - _INNER_MM),
            "reading": _box(x + _INNER_MM, y + square, right_mm, foot_mm),
            "edges": _box(bar, y + _INNER_MM, x - _INNER_MM, foot_mm),
        }

    def _title_behind(self) -> Box:
        """Behind the upper left of the front, which has no sentences, between the crosses and the square."""
        x, y = self.middle
        left, top = self._behind(_OUTER_MM, y - (self.reach_y_mm - _READ_MM) + _ALONG_MM + _CLEAR_MM)
        right, foot = self._behind(x - _INNER_MM, y - _SQUARE_Y_MM - _SQUARE_MM - _CLEAR_MM)
        return _box(min(left, right), min(top, foot), max(left, right), max(top, foot))


def _tick(x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, *, grey: float = 0.4, width_pt: float = 0.25) -> Tick:
    return Tick(x0_mm=x0_mm, y0_mm=y0_mm, x1_mm=x1_mm, y1_mm=y1_mm, grey=grey, width_pt=width_pt)


def _cross(x_mm: float, y_mm: float, half_width_mm: float, half_height_mm: float) -> tuple[Tick, Tick]:
    level = _tick(x_mm - half_width_mm, y_mm, x_mm + half_width_mm, y_mm, grey=0)
    return level, _tick(x_mm, y_mm - half_height_mm, x_mm, y_mm + half_height_mm, grey=0)


def _slanted(x_mm: float, y_mm: float) -> tuple[Tick, Tick]:
    """A cross on end, which nobody takes for one that is read."""
    half = _CORNER_MM
    falling = _tick(x_mm - half, y_mm - half, x_mm + half, y_mm + half, grey=0, width_pt=0.75)
    return falling, _tick(x_mm - half, y_mm + half, x_mm + half, y_mm - half, grey=0, width_pt=0.75)


def _box(left_mm: float, top_mm: float, right_mm: float, foot_mm: float) -> Box:
    return Box(x_mm=left_mm, y_mm=top_mm, width_mm=right_mm - left_mm, height_mm=foot_mm - top_mm)


def _graduation(reach_mm: int) -> list[int]:
    """Each 5 mm, and each mm where a cross may fall."""
    read = [place + end for end in (_READ_MM - reach_mm, 0, reach_mm - _READ_MM) for place in range(-_READ_MM, _READ_MM + 1)]
    return sorted({*range(-reach_mm, reach_mm + 1, 5), *read} - {0})


def _rank(place_mm: int) -> float:
    """Half the length of a scale's tick."""
    return 2.5 if place_mm % 10 == 0 else 1.8 if place_mm % 5 == 0 else 0.9


def _tens(reach_mm: int) -> list[int]:
    return [place for place in range(-(reach_mm // 10) * 10, reach_mm + 1, 10) if place]


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}"
