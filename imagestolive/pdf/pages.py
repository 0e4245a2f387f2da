"""Placed items -> content streams. Lengths are mm from the top left, y down: each page turns its coordinates so at its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from imagestolive.faces import Code, Fill, Frame, Image, Item, Rule, Side, Span, Text
from imagestolive.pdf.images import Bitmaps
from imagestolive.pdf.objects import text
from imagestolive.pdf.type import Type
from imagestolive.sheets import Placed, Tick
from imagestolive.typeset import Run
from imagestolive.units import PT_PER_MM, mm, pt

COPIED_MOST = 8_000  # characters: a string of PDF/A has 32,767 bytes at most

_TURNS = {0: "1 0 0 1", 90: "0 -1 1 0", 180: "-1 0 0 -1", 270: "0 1 -1 0"}  # counter-clockwise, where y runs down
_KEPT, _LINES_KEPT = 4096, 512  # numbers and rules, lines of type: most stand in the same place on card after card


class Lettering:
    """Lines of type as content, in the faces of one document."""

    def __init__(self, type_: Type) -> None:
        self._type = type_
        self.line = lru_cache(_LINES_KEPT)(self._line)

    def _line(self, item: Text, *, copied: bool) -> str:
        """A line; what is drawn in another order than it is read says how it is copied, unless that is said already."""
        content = []
        x_mm, tracking_mm = item.x_mm, mm(item.tracking_pt)
        for nth, run in enumerate(item.runs, 1):
            size_mm = mm(item.size_pt) * run.scale
            said = run.shaped and not copied
            if said:
                content.append(f"/Span<</ActualText{text(run.text[:COPIED_MOST])}>>BDC")
            content.append(f"BT {self._type.name(run.face)} {_n(size_mm)} Tf {_n(tracking_mm)} Tc")
            content += self._run(run, x_mm, item.baseline_mm, size_mm, tracking_mm)
            content.append("ET")
            if nth < len(item.runs):
                x_mm += sum(glyph.advance for glyph in run.glyphs) * size_mm / 1000 + tracking_mm * len(run.glyphs)
            if said:
                content.append("EMC")
        return "\n".join(content)

    def _run(self, run: Run, x_mm: float, baseline_mm: float, size_mm: float, tracking_mm: float) -> Iterator[str]:
        """Shows a run's glyphs; of a shaped run each glyph is put where shaping says."""
        if not run.shaped:
            yield f"1 0 0 -1 {_n(x_mm)} {_n(baseline_mm)} Tm {self._type.codes(run.face, run.glyphs)} Tj"
            return
        for glyph in run.glyphs:
            at = f"{_n(x_mm + glyph.dx * size_mm / 1000)} {_n(baseline_mm - glyph.dy * size_mm / 1000)}"
            yield f"1 0 0 -1 {at} Tm {self._type.codes(run.face, (glyph,))} Tj"
            x_mm += glyph.advance * size_mm / 1000 + tracking_mm


class Content:
    """The content of one page."""

    def __init__(self, height_mm: float, lettering: Lettering, bitmaps: Bitmaps) -> None:
        self._lettering = lettering
        self._bitmaps = bitmaps
        self._lines = [f"{PT_PER_MM:.6f} 0 0 {-PT_PER_MM:.6f} 0 {pt(height_mm):.4f} cm"]
        self.called: dict[str, int] = {}  # resource name -> object number, of the bitmaps it shows

    def data(self) -> bytes:
        return "\n".join(self._lines).encode("ascii")

    def placed(self, place: Placed, side: Side, bleed_mm: float) -> None:
        """A side in its slot, turned around the slot's middle; one that bleeds is cut `bleed_mm` outside the card."""
        centre_x, centre_y = place.x_mm + place.width_mm / 2, place.y_mm + place.height_mm / 2
        self._lines.append(f"q {_TURNS[place.rotation_deg]} {_n(centre_x)} {_n(centre_y)} cm")
        if place.scale != 1:
            self._lines.append(f"{place.scale:.6f} 0 0 {place.scale:.6f} 0 0 cm")
        self._lines.append(f"1 0 0 1 {_n(-side.width_mm / 2)} {_n(-side.height_mm / 2)} cm")
        self.side(side, bleed_mm)
        self._lines.append("Q")

    def side(self, side: Side, bleed_mm: float) -> None:
        """A side whose top left corner is where the coordinates begin."""
        if side.bleeds:
            box = _n(-bleed_mm), _n(-bleed_mm), _n(side.width_mm + 2 * bleed_mm), _n(side.height_mm + 2 * bleed_mm)
            self._lines.append(f"{' '.join(box)} re W n")
        for item in side.items:
            self.item(item)

    def moved(self, x_mm: float, y_mm: float) -> None:
        self._lines.append(f"1 0 0 1 {_n(x_mm)} {_n(y_mm)} cm")

    def tick(self, tick: Tick) -> None:
        if tick.dash_pt:
            self._lines.append(f"[{' '.join(_n(mm(length)) for length in tick.dash_pt)}] 0 d")
        self._line(tick.x0_mm, tick.y0_mm, tick.x1_mm, tick.y1_mm, tick.grey, tick.width_pt)
        if tick.dash_pt:
            self._lines.append("[] 0 d")

    def item(self, item: Item) -> None:
        match item:
            case Text():
                self._lines.append(self._lettering.line(item, copied=False))
            case Span():
                self._copied_as(item.actual_text, item.items)
            case Rule():
                self._line(item.x0_mm, item.y0_mm, item.x1_mm, item.y1_mm, item.grey, item.width_pt)
            case Frame():
                box = _box(item.x_mm, item.y_mm, item.width_mm, item.height_mm)
                self._lines.append(f"{item.grey:g} G {_n(mm(item.width_pt))} w {box} re S")
            case Fill():
                red, green, blue = (f"{value / 255:.4f}" for value in item.rgb)
                self._lines.append(f"q {red} {green} {blue} rg {_box(item.x_mm, item.y_mm, item.width_mm, item.height_mm)} re f Q")
            case Image():
                self._bitmap(item, item.width_mm, item.height_mm)
            case Code():
                self._bitmap(item, item.size_mm, item.size_mm)

    def _copied_as(self, string: str, items: tuple[Text, ...]) -> None:
        self._lines.append(f"/Span<</ActualText{text(string[:COPIED_MOST])}>>BDC")
        self._lines.extend([self._lettering.line(item, copied=True) for item in items])
        self._lines.append("EMC")

    def _line(self, x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, grey: float, width_pt: float) -> None:
        self._lines.append(_stroke(x0_mm, y0_mm, x1_mm, y1_mm, grey, width_pt))

    def _bitmap(self, item: Image | Code, width_mm: float, height_mm: float) -> None:
        number = self._bitmaps.number(item)
        name = f"/Image{number}"
        self.called[name] = number
        self._lines.append(f"q {_n(width_mm)} 0 0 {_n(-height_mm)} {_n(item.x_mm)} {_n(item.y_mm + height_mm)} cm {name} Do Q")


def _box(x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> str:
    return f"{_n(x_mm)} {_n(y_mm)} {_n(width_mm)} {_n(height_mm)}"


@lru_cache(_KEPT)
def _stroke(x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, grey: float, width_pt: float) -> str:
    return f"{grey:g} G {_n(mm(width_pt))} w {_n(x0_mm)} {_n(y0_mm)} m {_n(x1_mm)} {_n(y1_mm)} l S"


@lru_cache(_KEPT)
def _n(number: float) -> str:
    """A number of at most four decimals: a ten-thousandth of a millimetre.

    >>> _n(7.50001), _n(105.0), _n(-0.00001)
    ('7.5', '105', '0')
    """
    return f"{round(number, 4) + 0.0:.7g}"
