"""Sides and sheets -> SVG for the screen: the same items that pdf/ draws, in mm.

Type has the class of its face (serif, serif-italic, sans, sans-semibold), enlarged pixels the class `pixels`; the page's style sheet
says what these look like. Only presentation attributes are written, no style, so that a content security policy may forbid styles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from imagestolive.faces import BLEED_MM, Code, Fill, Frame, Image, Item, Rule, Side, Span, Text
from imagestolive.sheets import Page, Placed
from imagestolive.units import mm

ImageHref = Callable[[Image], str]


def side_svg(side: Side, *, image_href: ImageHref | None) -> str:
    """One side as it is read, cut where the card is cut. Without image_href images are left out."""
    return _svg(side.width_mm, side.height_mm, _side(side, image_href))


def sheet_svg(page: Page, side: Callable[[Placed], Side], *, image_href: ImageHref | None) -> str:
    """One page of a sheet; `side` gives what lies in each place."""
    return _svg(page.paper.width_mm, page.paper.height_mm, _sheet(page, side, image_href))


def _svg(width_mm: float, height_mm: float, elements: Iterator[str]) -> str:
    box = f"0 0 {_n(width_mm)} {_n(height_mm)}"
    paper = f'<rect width="{_n(width_mm)}" height="{_n(height_mm)}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{paper}{"".join(elements)}</svg>'


def _sheet(page: Page, side: Callable[[Placed], Side], image_href: ImageHref | None) -> Iterator[str]:
    for place in page.placed:
        shown = side(place)
        yield f'<g transform="{_turned(place, shown)}">'
        yield from _cut_outside(shown, _side(shown, image_href)) if shown.bleeds else _side(shown, image_href)
        yield "</g>"
    for tick in page.ticks:
        dash = f' stroke-dasharray="{" ".join(_n(mm(length)) for length in tick.dash_pt)}"' if tick.dash_pt else ""
        yield _line(tick.x0_mm, tick.y0_mm, tick.x1_mm, tick.y1_mm, tick.grey, tick.width_pt, dash)


def _turned(place: Placed, side: Side) -> str:
    """Around the centre of the slot; SVG turns clockwise."""
    centre = f"{_n(place.x_mm + place.width_mm / 2)} {_n(place.y_mm + place.height_mm / 2)}"
    scale = f" scale({_n(place.scale)})" if place.scale != 1 else ""
    return f"translate({centre}) rotate({-place.rotation_deg}){scale} translate({_n(-side.width_mm / 2)} {_n(-side.height_mm / 2)})"


def _cut_outside(side: Side, elements: Iterator[str]) -> Iterator[str]:
    """What reaches over the card's edge ends with the bleed: an inner drawing shows nothing outside its box."""
    box = -BLEED_MM, -BLEED_MM, side.width_mm + 2 * BLEED_MM, side.height_mm + 2 * BLEED_MM
    yield f'<svg {_box(*box)} viewBox="{" ".join(map(_n, box))}">'
    yield from elements
    yield "</svg>"


def _side(side: Side, image_href: ImageHref | None) -> Iterator[str]:
    for item in side.items:
        yield from _item(item, image_href)


def _item(item: Item, image_href: ImageHref | None) -> Iterator[str]:
    match item:
        case Text():
            yield _text(item)
        case Span():
            yield from map(_text, item.items)
        case Rule():
            yield _line(item.x0_mm, item.y0_mm, item.x1_mm, item.y1_mm, item.grey, item.width_pt)
        case Frame():
            box = _box(item.x_mm, item.y_mm, item.width_mm, item.height_mm)
            yield f'<rect {box} fill="none" stroke="{_grey(item.grey)}" stroke-width="{_n(mm(item.width_pt))}"/>'
        case Fill():
            box = _box(item.x_mm, item.y_mm, item.width_mm, item.height_mm)
            yield f'<rect {box} fill="#{bytes(item.rgb).hex()}"/>'
        case Image() if image_href is not None:
            pixels = ' class="pixels"' if item.dots else ""
            box = _box(item.x_mm, item.y_mm, item.width_mm, item.height_mm)
            yield f'<image{pixels} {box} preserveAspectRatio="none" href={quoteattr(image_href(item))}/>'
        case Code():
            yield _code(item)


def _text(item: Text) -> str:
    """The width is given, so that a page without our fonts keeps the lines apart."""
    spacing = f' letter-spacing="{_n(mm(item.tracking_pt))}"' if item.tracking_pt else ""
    return (
        f'<text class="{item.face}" x="{_n(item.x_mm)}" y="{_n(item.baseline_mm)}" font-size="{_n(mm(item.size_pt))}"{spacing}'
        f' textLength="{_n(item.width_mm)}" lengthAdjust="spacingAndGlyphs">{escape(item.string)}</text>'
    )


def _code(item: Code) -> str:
    """One path: the dark runs of each row."""
    module = item.size_mm / len(item.modules)
    runs = []
    for row, modules in enumerate(item.modules):
        column = 0
        for dark, run in groupby(modules):
            length = len(list(run))
            if dark:
                runs.append(f"M{column} {row}h{length}v1h-{length}z")
            column += length
    place = f"translate({_n(item.x_mm)} {_n(item.y_mm)}) scale({_n(module)})"
    return f'<path transform="{place}" shape-rendering="crispEdges" d="{"".join(runs)}"/>'


def _line(x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, grey: float, width_pt: float, more: str = "") -> str:
    ends = f'x1="{_n(x0_mm)}" y1="{_n(y0_mm)}" x2="{_n(x1_mm)}" y2="{_n(y1_mm)}"'
    return f'<line {ends} stroke="{_grey(grey)}" stroke-width="{_n(mm(width_pt))}"{more}/>'


def _box(x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> str:
    return f'x="{_n(x_mm)}" y="{_n(y_mm)}" width="{_n(width_mm)}" height="{_n(height_mm)}"'


def _grey(grey: float) -> str:
    return "#" + 3 * f"{round(255 * grey):02x}"


def _n(number: float) -> str:
    """A number of at most four decimals.

    >>> _n(7.50001), _n(105.0)
    ('7.5', '105')
    """
    return f"{number:.4f}".rstrip("0").rstrip(".")
