"""Sheets -> vector pages, by reportlab: type and lines drawn, bitmaps called by name (pdf/images.py brings them)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from imagestolive.faces import Code, Frame, Image, Rule, Side, Span, Text
from imagestolive.fonts import FACES, Fonts
from imagestolive.pdf.images import Bitmaps
from imagestolive.sheets import Placed, Sheet, SheetSpec, Tick
from imagestolive.units import pt

rl_config.useA85 = 0  # streams as bytes; as ASCII they are a quarter larger
_LOCK = threading.Lock()  # reportlab's table of fonts is the process's, and a font serves one document at a time


@dataclass(frozen=True, kw_only=True)
class Pages:
    """A PDF of all pages in printing order, without bitmaps and metadata."""

    file: BytesIO
    bitmaps: tuple[frozenset[str], ...]  # the names that each page calls


def draw(sheets: Sequence[Sheet], fronts: Sequence[Side], backs: Sequence[Side], spec: SheetSpec, fonts: Fonts, bitmaps: Bitmaps) -> Pages:
    """Front page, back page, front page, ...; sides are by card index."""
    file = BytesIO()
    with _LOCK:
        registered = [_register(face, fonts) for face in FACES]
        try:
            pen = _Pen(file, spec, bitmaps)
            for sheet in sheets:
                pen.page(sheet.fronts, fronts, sheet.ticks)
                if sheet.backs:
                    pen.page(sheet.backs, backs, ())
            pen.save()
        finally:
            for font in registered:
                font.unregister()
    file.seek(0)
    return Pages(file=file, bitmaps=tuple(pen.called))


def _register(face: str, fonts: Fonts) -> TTFont:
    font = TTFont(face, BytesIO(fonts.ttf(face)), asciiReadable=False)
    pdfmetrics.registerFont(font)
    return font


class _Pen:
    """Draws sides into their slots; mm from the top left outside, points from the bottom left inside."""

    def __init__(self, file: BytesIO, spec: SheetSpec, bitmaps: Bitmaps) -> None:
        self._spec = spec
        self._bitmaps = bitmaps
        page = (pt(spec.paper.width_mm), pt(spec.paper.height_mm))
        self._canvas = Canvas(file, pagesize=page, pageCompression=1, invariant=1, initialFontName="sans")
        self._height_mm = spec.paper.height_mm  # of what is being drawn on
        self._calls: set[str] = set()
        self.called: list[frozenset[str]] = []

    def page(self, placed: Sequence[Placed], sides: Sequence[Side], ticks: Sequence[Tick]) -> None:
        for place in placed:
            self._side(place, sides[place.index])
        for tick in ticks:
            self._line(tick.x0_mm, tick.y0_mm, tick.x1_mm, tick.y1_mm, tick.grey, tick.width_pt)
        self._canvas.showPage()
        self.called.append(frozenset(self._calls))
        self._calls.clear()

    def save(self) -> None:
        self._canvas.save()

    def _side(self, place: Placed, side: Side) -> None:
        canvas, paper_mm = self._canvas, self._height_mm
        canvas.saveState()
        centre_x = place.x_mm + self._spec.slot_width_mm / 2
        centre_y = place.y_mm + self._spec.slot_height_mm / 2
        canvas.translate(pt(centre_x), pt(paper_mm - centre_y))
        canvas.rotate(place.rotation_deg)
        canvas.translate(-pt(side.width_mm) / 2, -pt(side.height_mm) / 2)
        self._height_mm = side.height_mm
        for item in side.items:
            match item:
                case Text():
                    self._text(item)
                case Span():
                    actual_text = item.actual_text.encode("utf-16-be", "replace").hex().upper()
                    canvas.addLiteral(f"/Span <</ActualText <FEFF{actual_text}>>> BDC")
                    for text in item.items:
                        self._text(text)
                    canvas.addLiteral("EMC")
                case Rule():
                    self._line(item.x0_mm, item.y0_mm, item.x1_mm, item.y1_mm, item.grey, item.width_pt)
                case Frame():
                    canvas.setStrokeGray(item.grey)
                    canvas.setLineWidth(item.width_pt)
                    canvas.rect(*self._box(item.x_mm, item.y_mm, item.width_mm, item.height_mm))
                case Image():
                    self._bitmap(item, item.width_mm, item.height_mm)
                case Code():
                    self._bitmap(item, item.size_mm, item.size_mm)
        self._height_mm = paper_mm
        canvas.restoreState()

    def _text(self, item: Text) -> None:
        text = self._canvas.beginText(pt(item.x_mm), pt(self._height_mm - item.baseline_mm))
        text.setFont(item.face, item.size_pt)
        text.setCharSpace(item.tracking_pt)
        text.textOut(item.string)
        self._canvas.drawText(text)

    def _line(self, x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, grey: float, width_pt: float) -> None:
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(width_pt)
        self._canvas.line(pt(x0_mm), pt(self._height_mm - y0_mm), pt(x1_mm), pt(self._height_mm - y1_mm))

    def _bitmap(self, item: Image | Code, width_mm: float, height_mm: float) -> None:
        x, y, width, height = self._box(item.x_mm, item.y_mm, width_mm, height_mm)
        name = self._bitmaps.name(item)
        self._calls.add(name)
        self._canvas.saveState()
        self._canvas.transform(width, 0, 0, height, x, y)
        self._canvas.addLiteral(f"{name} Do")
        self._canvas.restoreState()

    def _box(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> tuple[float, float, float, float]:
        return pt(x_mm), pt(self._height_mm - y_mm - height_mm), pt(width_mm), pt(height_mm)
