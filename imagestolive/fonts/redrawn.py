"""Glyphs drawn anew, for files that HarfBuzz cannot cut into TrueType of our measure. Loading fontTools takes as long as ten cards."""

from __future__ import annotations

import io
from collections.abc import Sequence

import uharfbuzz
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

_CURVE_ERROR = 0.5  # units: what a cubic curve may lose when it becomes quadratic ones
_NO_DATE = 2_082_844_800  # 1970-01-01 in seconds since 1904: a subset has no clock


def redrawn(font: uharfbuzz.Font, gids: Sequence[int], *, cubic: bool) -> bytes:
    """A TrueType file of these glyphs, the first .notdef, at the scale and weight that are set."""
    names = [".notdef", *(f"glyph{gid}" for gid in gids[1:])]
    glyphs = {}
    for name, gid in zip(names, gids, strict=True):
        pen = TTGlyphPen({})
        font.draw_glyph_with_pen(gid, Cu2QuPen(pen, _CURVE_ERROR, reverse_direction=cubic))
        glyphs[name] = pen.glyph()
    widths = [font.get_glyph_h_advance(gid) for gid in gids]
    builder = FontBuilder(font.scale[0], isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupGlyf(glyphs)
    lefts = [getattr(glyphs[name], "xMin", 0) for name in names]
    builder.setupHorizontalMetrics(dict(zip(names, zip(widths, lefts, strict=True), strict=True)))
    extents = font.get_font_extents("ltr")
    builder.setupHorizontalHeader(ascent=extents.ascender, descent=extents.descender)
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=_NO_DATE, modified=_NO_DATE)
    data = io.BytesIO()
    builder.font.save(data)
    return data.getvalue()
