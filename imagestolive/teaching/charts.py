"""Shares as bars, in SVG: black lines and one grey, so that any printer prints them. Pure.

Colours are those of the text around them (`currentColor`): a chart is dark on paper and light on a dark screen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH_PX = 320  # CSS pixels; smaller screens show it whole, larger ones no larger
WIDTH_MM = 85.0  # on paper: type of 11 pt
_SIZE_PX = 15
_NAME_PX, _SHARE_PX = 156, 48  # the columns left and right of the bars
_BAR_PX = WIDTH_PX - _NAME_PX - _SHARE_PX
_ROW_PX, _THICK_PX = 26, 12
_BASELINE_PX = 18
_NAME_MOST_COLUMNS = 20  # letters of usual width
_FACES = "'ImagesToLive Sans', 'Source Sans 3', sans-serif"
_WEIGHT = """font-weight="400" font-variation-settings="'wght' 400\""""  # typst draws the thinnest instance unless the axis is named


@dataclass(frozen=True, kw_only=True)
class Bar:
    name: str
    share: float  # 0..1
    said: str  # the share in words: "14 %"


def bars(rows: Sequence[Bar]) -> str:
    """One bar a row, under each other; its frame is the whole. Names are cut where they are too long: a table says them in full."""
    height_px = _ROW_PX * len(rows)
    drawn = "".join(part for place, row in enumerate(rows) for part in _row(row, place * _ROW_PX))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{height_px}" viewBox="0 0 {WIDTH_PX} {height_px}"'
        f' font-family="{_FACES}" font-size="{_SIZE_PX}" fill="currentColor">{drawn}</svg>'
    )


def _row(row: Bar, top_px: int) -> Iterator[str]:
    baseline_px, bar_px = top_px + _BASELINE_PX, top_px + (_ROW_PX - _THICK_PX) / 2
    box = f'x="{_NAME_PX + 0.5}" y="{bar_px + 0.5:g}" height="{_THICK_PX - 1}"'
    yield f'<text {_WEIGHT} x="0" y="{baseline_px}">{escape(cut(row.name, _NAME_MOST_COLUMNS))}</text>'
    if row.share > 0:
        yield f'<rect {box} width="{max(1.0, row.share * (_BAR_PX - 1)):.2f}" fill-opacity="0.6"/>'
    yield f'<rect {box} width="{_BAR_PX - 1}" fill="none" stroke="currentColor" stroke-width="1"/>'
    yield f'<text {_WEIGHT} x="{WIDTH_PX}" y="{baseline_px}" text-anchor="end">{escape(row.said)}</text>'


def cut(text: str, most: int) -> str:
    """As much of a text as has room; signs of East Asia take twice the room of letters.

    >>> cut("tench, Tinca tinca", 12), cut("dog", 12)
    ('tench, Tinc…', 'dog')
    """
    widths = [2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text]
    if sum(widths) <= most:
        return text
    kept, room = 0, most - 1
    while room >= widths[kept]:
        room -= widths[kept]
        kept += 1
    return f"{text[:kept].rstrip()}…"
