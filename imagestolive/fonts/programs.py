"""What a font file can do: say which characters it has, shape them, and give the outlines of a few of its glyphs as a small font."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import uharfbuzz
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from imagestolive.errors import N_, ImagesToLiveError

PER_EM = 1000  # all faces are measured and embedded in thousandths of their size
_CURVE_ERROR = 0.5  # 1/1000 em: what a cubic curve may lose when it becomes quadratic ones
_NO_DATE = 2_082_844_800  # 1970-01-01 in seconds since 1904: a subset has no clock
_MAY_NOT = 0x0002 | 0x0100 | 0x0200  # OS/2 fsType: restricted, no subsetting, bitmaps only


class MayNotEmbed(ImagesToLiveError):
    sentence = N_("The font {font} does not allow itself to be embedded in a document.")
    status = 500


class Shape(NamedTuple):
    """One glyph as it is drawn; numbers in 1/1000 of the type size."""

    gid: int
    start: int  # the first character that it stands for
    advance: float
    dx: float
    dy: float


@dataclass(frozen=True, kw_only=True)
class Subset:
    """A face cut down to what a document draws, for embedding as CIDFontType2."""

    name: str  # PostScript name of the face, without tag
    data: bytes  # a TrueType file with these glyphs; the same bytes for the same gids
    cids: Mapping[int, int]  # glyph number in the face -> glyph number in `data`
    widths: Mapping[int, float]  # 1/1000 em, by glyph number in `data`, exactly as hmtx of `data` says
    ascent: float  # these and the following: 1/1000 em
    descent: float
    cap_height: float
    italic_angle: float  # degrees
    bbox: tuple[float, float, float, float]


class FontProgram:
    """One face of a font file, in one weight.

    >>> FontProgram(Path("NotoSansHebrew[wght].ttf"), name="NotoSansHebrew-Regular", weight=400)  # doctest: +SKIP
    """

    def __init__(self, source: Path | bytes, *, name: str | None = None, index: int = 0, weight: int | None = None) -> None:
        """`source` is mapped where it is a path. `name` is the PostScript name, unless the font's own will do."""
        self._source, self._index = source, index
        blob = uharfbuzz.Blob.from_file_path(str(source)) if isinstance(source, Path) else uharfbuzz.Blob(source)
        face = uharfbuzz.Face(blob, index)
        self._name = name or face.get_name(uharfbuzz.OTNameIdPredefined.POSTSCRIPT_NAME)
        self._font = uharfbuzz.Font(face)
        self._font.scale = (PER_EM, PER_EM)
        if weight is not None:
            self._font.set_variations({"wght": weight})
        self._codes = face.unicodes
        self._glyph_count = face.glyph_count

    def has(self, character: str) -> bool:
        return ord(character) in self._codes

    def glyphs(self) -> dict[str, tuple[int, float]]:
        """Glyph number and advance of each character, unshaped."""
        gids = {chr(code): gid for code in self._codes if (gid := self._font.get_nominal_glyph(code)) is not None}
        return {character: (gid, self._font.get_glyph_h_advance(gid)) for character, gid in gids.items()}

    def shape(self, text: str, start: int, end: int, *, rtl: bool) -> list[Shape]:
        """The glyphs of text[start:end], all of one direction, from left to right; the text around decides how letters join."""
        buffer = uharfbuzz.Buffer()
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        buffer.add_str(text, start, end - start)
        buffer.direction = "rtl" if rtl else "ltr"
        buffer.language = "und"  # else it would be that of the process
        buffer.guess_segment_properties()  # the script: the only thing left to guess
        uharfbuzz.shape(self._font, buffer)
        return [
            Shape(info.codepoint, info.cluster, place.x_advance, place.x_offset, place.y_offset)
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        ]

    def advance(self, gid: int) -> float:
        """The width of a glyph, as subset has it, in 1/1000 of the type size."""
        advance: float = self._font.get_glyph_h_advance(gid)
        return advance

    def subset(self, gids: Collection[int]) -> Subset:
        """A font of these glyphs and .notdef. Raises MayNotEmbed."""
        source = self._source if isinstance(self._source, Path) else io.BytesIO(self._source)
        with TTFont(source, lazy=True, fontNumber=self._index) as about:
            if about["OS/2"].fsType & _MAY_NOT:
                raise MayNotEmbed(font=self._name)
            drawn = [0, *sorted(set(gids) - {0})]
            font, widths = self._cut(drawn, cubic="glyf" not in about)
            data = io.BytesIO()
            font.save(data)
            per_em, head = PER_EM / about["head"].unitsPerEm, font["head"]
            return Subset(
                name=self._name,
                data=data.getvalue(),
                cids={gid: cid for cid, gid in enumerate(drawn)},
                widths=dict(enumerate(widths)),
                ascent=about["hhea"].ascent * per_em,
                descent=about["hhea"].descent * per_em,
                cap_height=about["OS/2"].sCapHeight * per_em,
                italic_angle=int.from_bytes(about.reader["post"][4:8], "big", signed=True) / 0x10000,  # not the names behind it
                bbox=(head.xMin, head.yMin, head.xMax, head.yMax),
            )

    def _cut(self, gids: list[int], *, cubic: bool) -> tuple[TTFont, list[float]]:
        names = [".notdef", *(f"glyph{gid}" for gid in gids[1:])]
        glyphs = {}
        for name, gid in zip(names, gids, strict=True):
            pen = TTGlyphPen({})
            self._font.draw_glyph_with_pen(gid, Cu2QuPen(pen, _CURVE_ERROR, reverse_direction=cubic))
            glyphs[name] = pen.glyph()
        widths = [self._font.get_glyph_h_advance(gid) for gid in gids]
        builder = FontBuilder(PER_EM, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupGlyf(glyphs)
        lefts = [getattr(glyphs[name], "xMin", 0) for name in names]
        builder.setupHorizontalMetrics(dict(zip(names, zip(widths, lefts, strict=True), strict=True)))
        extents = self._font.get_font_extents("ltr")
        builder.setupHorizontalHeader(ascent=extents.ascender, descent=extents.descender)
        builder.setupPost(keepGlyphNames=False)
        builder.updateHead(created=_NO_DATE, modified=_NO_DATE)
        return builder.font, widths
