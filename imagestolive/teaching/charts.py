"""Shares as bars, in SVG: black lines and one grey, so that any printer prints them. Pure.

Colours are those of the text around them (`currentColor`): a chart is dark on paper and light on a dark screen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

WIDTH_PX = 320  # CSS pixels; smaller screens show it whole, larger ones no larger
WIDTH_MM = 82.0  # on paper: type of 11 pt, and room for a table beside it
_SIZE_PX = 15
_NAME_PX, _SHARE_PX = 156, 48  # the columns left and right of the bars
_BAR_PX = WIDTH_PX - _NAME_PX - _SHARE_PX
_ROW_PX, _THICK_PX = 26, 12
_BASELINE_PX = 18
_LINE_PX = 17  # from a line of a name to the next
_NAME_MOST_COLUMNS = 20  # letters of usual width
_NAME_MOST_LINES = 2
_FACES = "'ImagesToLive Sans', 'Source Sans 3', sans-serif"
_WEIGHT = """font-weight="400" font-variation-settings="'wght' 400\""""  # typst draws the thinnest instance unless the axis is named


@dataclass(frozen=True, kw_only=True)
class Bar:
    name: str
    share: float  # 0..1
    said: str  # the share in words: "14 %"
    in_full: bool = False  # its name is never cut: a license


def bars(rows: Sequence[Bar]) -> str:
    """One bar a row, under each other; its frame is the whole. A name has two lines, and is cut behind them unless it is `in_full`:
    a table says all names in full."""
    names = [_lines(row) for row in rows]
    heights_px = [_ROW_PX + _LINE_PX * (len(lines) - 1) for lines in names]
    tops_px = list(accumulate(heights_px, initial=0))
    height_px = tops_px.pop()
    drawn = "".join(part for row, lines, top_px in zip(rows, names, tops_px, strict=True) for part in _row(row, lines, top_px))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{height_px}" viewBox="0 0 {WIDTH_PX} {height_px}"'
        f' font-family="{_FACES}" font-size="{_SIZE_PX}" fill="currentColor">{drawn}</svg>'
    )


def _row(row: Bar, name: Sequence[str], top_px: int) -> Iterator[str]:
    baseline_px, bar_px = top_px + _BASELINE_PX, top_px + (_ROW_PX - _THICK_PX) / 2
    box = f'x="{_NAME_PX + 0.5}" y="{bar_px + 0.5:g}" height="{_THICK_PX - 1}"'
    # Lines are parts of one text, so that a name is one when it is read.
    yield f'<text {_WEIGHT} x="0" y="{baseline_px}">{escape(name[0])}'
    yield from (f'<tspan x="0" dy="{_LINE_PX}">{escape(line)}</tspan>' for line in name[1:])
    yield "</text>"
    if row.share > 0:
        yield f'<rect {box} width="{max(1.0, row.share * (_BAR_PX - 1)):.2f}" fill-opacity="0.6"/>'
    yield f'<rect {box} width="{_BAR_PX - 1}" fill="none" stroke="currentColor" stroke-width="1"/>'
    yield f'<text {_WEIGHT} x="{WIDTH_PX}" y="{baseline_px}" text-anchor="end">{escape(row.said)}</text>'


def _lines(row: Bar) -> list[str]:
    lines = wrapped(row.name, _NAME_MOST_COLUMNS)
    if row.in_full or len(lines) <= _NAME_MOST_LINES:
        return lines
    *whole, last = lines[:_NAME_MOST_LINES]
    return [*whole, f"{_pieces(last, _NAME_MOST_COLUMNS - 1)[0].rstrip()}…"]


def wrapped(text: str, most: int) -> list[str]:
    """A text in lines, at its spaces; a word that is longer than a line is cut into lines.

    >>> wrapped("tench, Tinca tinca", 12), wrapped("hippopotamus", 8), wrapped("", 8)
    (['tench, Tinca', 'tinca'], ['hippopot', 'amus'], [''])
    """
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".lstrip()
        if columns(joined) <= most:
            lines[-1] = joined
        else:
            lines += _pieces(word, most)
    return lines[1:] if len(lines) > 1 and not lines[0] else lines


def columns(text: str) -> int:
    """How wide a text is, in letters; signs of East Asia take twice the room of letters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _pieces(word: str, most: int) -> list[str]:
    pieces = [""]
    for sign in word:
        if columns(pieces[-1] + sign) > most:
            pieces.append("")
        pieces[-1] += sign
    return pieces
