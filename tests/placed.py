"""What tests ask of the items placed on a side: its lines of type, its boxes, what touches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TypeVar

from imagestolive.faces import Code, Fill, Image, Item, Rule, Side, Span, Text
from imagestolive.faces.setter import CAPITALS
from imagestolive.units import mm

Box = tuple[float, float, float, float]  # left, top, right, bottom
Kind = TypeVar("Kind", bound=Item)


def texts(side: Side) -> Iterator[Text]:
    for item in side.items:
        match item:
            case Text():
                yield item
            case Span():
                yield from item.items


def lines(side: Side) -> list[str]:
    return [text.string for text in texts(side)]


def said(side: Side) -> str:
    return " ".join(lines(side))


def only(side: Side, kind: type[Kind]) -> list[Kind]:
    return [item for item in side.items if isinstance(item, kind)]


def rounded(text: Text) -> tuple[str, float, float, str, float]:
    return text.string, round(text.x_mm, 2), round(text.baseline_mm, 2), text.face, text.size_pt


def ruled(side: Side) -> list[tuple[float, float, float, float]]:
    return [(round(rule.x0_mm, 2), round(rule.y0_mm, 2), round(rule.x1_mm, 2), round(rule.y1_mm, 2)) for rule in only(side, Rule)]


def type_box(text: Text) -> Box:
    em = mm(text.size_pt)
    return text.x_mm, text.baseline_mm - 0.75 * em, text.x_mm + text.width_mm, text.baseline_mm + 0.25 * em


def boxes(side: Side) -> Iterator[Box]:
    """What must stay apart: lines of type, lines to write on, colours, codes with their quiet zone."""
    yield from map(type_box, texts(side))
    for item in side.items:
        match item:
            case Code():
                quiet = 4 * item.size_mm / len(item.modules)
                yield item.x_mm - quiet, item.y_mm - quiet, item.x_mm + item.size_mm + quiet, item.y_mm + item.size_mm + quiet
            case Rule() if item.y0_mm == item.y1_mm:
                yield min(item.x0_mm, item.x1_mm), item.y0_mm - 0.1, max(item.x0_mm, item.x1_mm), item.y0_mm + 0.1
            case Rule():
                yield item.x0_mm - 0.1, item.y0_mm, item.x0_mm + 0.1, item.y1_mm
            case Fill() | Image():
                yield item.x_mm, item.y_mm, item.x_mm + item.width_mm, item.y_mm + item.height_mm


def touching(side: Side) -> list[tuple[Box, Box]]:
    """Pairs of boxes that overlap; lines that are drawn to meet each other (the stamp's corners) do not count."""
    thin = 0.2 + 1e-6

    def is_line(box: Box) -> bool:
        return min(abs(box[2] - box[0]), abs(box[3] - box[1])) <= thin

    return [(one, other) for one, other in combinations(boxes(side), 2) if _overlap(one, other) and not (is_line(one) and is_line(other))]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def too_near_the_trim(side: Side, least_mm: float) -> list[Item]:
    """Items that come nearer to the trim than least_mm; type is measured at the height of its capitals, a code by its modules."""
    found: list[Item] = []
    for text in texts(side):
        top_mm = text.baseline_mm - CAPITALS * mm(text.size_pt)
        if not _inside((text.x_mm, top_mm, text.x_mm + text.width_mm, text.baseline_mm), side, least_mm):
            found.append(text)
    for item in side.items:
        match item:
            case Rule():
                box = min(item.x0_mm, item.x1_mm), min(item.y0_mm, item.y1_mm), max(item.x0_mm, item.x1_mm), max(item.y0_mm, item.y1_mm)
            case Code():
                box = item.x_mm, item.y_mm, item.x_mm + item.size_mm, item.y_mm + item.size_mm
            case Text() | Span():
                continue
            case _:
                box = item.x_mm, item.y_mm, item.x_mm + item.width_mm, item.y_mm + item.height_mm
        if not _inside(box, side, least_mm):
            found.append(item)
    return found


def _inside(box: Box, side: Side, least_mm: float) -> bool:
    least_mm -= 1e-6
    return box[0] >= least_mm and box[1] >= least_mm and box[2] <= side.width_mm - least_mm and box[3] <= side.height_mm - least_mm
