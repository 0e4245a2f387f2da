"""Recipes -> font files. fontTools' larger parts take longer to load than thirty cards to make: only who makes a face loads this module."""

from __future__ import annotations

import io
from typing import Any

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from imagestolive.fonts.own import NO_GLYPH, RECIPE, Recipe, source

_DROPPED = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "STAT")  # kerning and features: we draw without, and they make instancing slow
_WEB_FEATURES = ["ccmp", "kern", "liga", "locl", "mark"]
_WEB_RANGES = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x02BB, 0x02BC), (0x0300, 0x030C), (0x1E00, 0x1EFF),  # Latin, its extensions, its marks
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2022, 0x2022), (0x2026, 0x2026), (0x2030, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2713, 0x2713),
)  # fmt: skip


def _variable(recipe: Recipe) -> TTFont:
    return TTFont(io.BytesIO(source(recipe)), recalcTimestamp=False)


def static(recipe: Recipe) -> bytes:
    font = _variable(recipe)
    for table in _DROPPED:
        if table in font:
            del font[table]
    font = instancer.instantiateVariableFont(font, recipe.axes, inplace=True)
    _add_no_glyph(font)
    return _saved(font, recipe)


def web(recipe: Recipe) -> bytes:
    font = _variable(recipe)
    options = subset.Options(layout_features=_WEB_FEATURES, hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in _WEB_RANGES for code in range(first, last + 1)])
    cutter.subset(font)  # before instancing: what is dropped need not be interpolated
    font = instancer.instantiateVariableFont(font, recipe.axes, inplace=True)
    font.flavor = "woff2"
    return _saved(font, recipe)


def _add_no_glyph(font: TTFont) -> None:
    """Draws □ into a face that has none (Source Serif 4): an outline 60 units wide, as high as a capital."""
    if ord(NO_GLYPH) in font.getBestCmap():
        return
    height = font["OS/2"].sCapHeight
    pen = TTGlyphPen(None)
    for left, foot, right, top, clockwise in ((60, 0, 60 + height, height, True), (120, 60, height, height - 60, False)):
        corners = [(left, foot), (left, top), (right, top), (right, foot)]
        pen.moveTo(corners[0])
        for corner in corners[1:] if clockwise else corners[:0:-1]:
            pen.lineTo(corner)
        pen.closePath()
    name = f"uni{ord(NO_GLYPH):04X}"
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (height + 120, 60)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(NO_GLYPH)] = name


def _saved(font: TTFont, recipe: Recipe) -> bytes:
    names: Any = font["name"]
    kept = {record.nameID: str(record) for record in names.names if record.nameID in (0, 13, 14)}  # copyright and license stay
    names.names = []
    postscript = f"{recipe.family.replace(' ', '')}-{recipe.style}"
    full = f"{recipe.family} {recipe.style}"
    ours = {1: recipe.family, 2: recipe.style, 3: f"{postscript};r{RECIPE}", 4: full, 5: f"Version {RECIPE}.0", 6: postscript}
    for name_id, text in sorted({**kept, **ours}.items()):
        names.setName(text, name_id, 3, 1, 0x409)
    font.recalcTimestamp = False
    data = io.BytesIO()
    font.save(data)
    return data.getvalue()
