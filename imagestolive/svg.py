"""Sides and sheets -> SVG for the screen: the same items that pdf/ draws, in mm.

Type has the class of its face (serif, serif-italic, sans, sans-semibold), enlarged pixels the class `pixels`; the page's style sheet
says what these look like. Only presentation attributes are written, no style, so that a content security policy may forbid styles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from imagestolive.faces import Code, Frame, Image, Item, Rule, Side, Span, Text
from imagestolive.sheets import Placed, Sheet, SheetSpec
from imagestolive.units import mm

ImageHref = Callable[[Image], str]


def side_svg(side: Side, *, image_href: ImageHref | None) -> str:
    """One side as it is read. Without image_href images are left out."""
    return _svg(side.width_mm, side.height_mm, _side(side, image_href))


def sheet_svg(sheet: Sheet, fronts: Sequence[Side], spec: SheetSpec, *, image_href: ImageHref | None) -> str:
    """The front page of a sheet; `fronts` by card index."""
    return _svg(spec.paper.width_mm, spec.paper.height_mm, _sheet(sheet, fronts, spec, image_href))


def _svg(width_mm: float, height_mm: float, elements: Iterator[str]) -> str:
    box = f"0 0 {_n(width_mm)} {_n(height_mm)}"
    paper = f'<rect width="{_n(width_mm)}" height="{_n(height_mm)}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{paper}{"".join(elements)}</svg>'


def _sheet(sheet: Sheet, fronts: Sequence[Side], spec: SheetSpec, image_href: ImageHref | None) -> Iterator[str]:
    for place in sheet.fronts:
        yield f'<g transform="{_turned(place, fronts[place.index], spec)}">'
        yield from _side(fronts[place.index], image_href)
        yield "</g>"
    for tick in sheet.ticks:
        yield _line(tick.x0_mm, tick.y0_mm, tick.x1_mm, tick.y1_mm, tick.grey, tick.width_pt)


def _turned(place: Placed, side: Side, spec: SheetSpec) -> str:
    """Around the centre of the slot; SVG turns clockwise."""
    centre_x, centre_y = place.x_mm + spec.slot_width_mm / 2, place.y_mm + spec.slot_height_mm / 2
    to_centre, to_corner = f"{_n(centre_x)} {_n(centre_y)}", f"{_n(-side.width_mm / 2)} {_n(-side.height_mm / 2)}"
    return f"translate({to_centre}) rotate({-place.rotation_deg}) translate({to_corner})"


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


def _line(x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, grey: float, width_pt: float) -> str:
    ends = f'x1="{_n(x0_mm)}" y1="{_n(y0_mm)}" x2="{_n(x1_mm)}" y2="{_n(y1_mm)}"'
    return f'<line {ends} stroke="{_grey(grey)}" stroke-width="{_n(mm(width_pt))}"/>'


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
