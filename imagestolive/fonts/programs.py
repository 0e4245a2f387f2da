"""What a font file can do: say which characters it has, shape them, and give the outlines of a few of its glyphs as a small font."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import uharfbuzz
from uharfbuzz import OTMetricsTag, OTNameIdPredefined, StyleTag, SubsetFlags, SubsetInput, SubsetInputSets, SubsetPlan

from imagestolive.errors import N_, ImagesToLiveError

PER_EM = 1000  # all faces are measured and embedded in thousandths of their size
_NEEDED = {"glyf", "gvar", "fvar", "avar", "head", "hhea", "hmtx", "HVAR", "loca", "maxp", "post"}  # of a file that is cut down
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
        blob = uharfbuzz.Blob.from_file_path(str(source)) if isinstance(source, Path) else uharfbuzz.Blob(source)
        face = self._face = uharfbuzz.Face(blob, index)
        self._weight = weight
        self._name = name or face.get_name(OTNameIdPredefined.POSTSCRIPT_NAME)
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
        """A font of these glyphs and .notdef, and the glyphs that these are composed of. Raises MayNotEmbed."""
        if int.from_bytes(self._table("OS/2")[8:10], "big") & _MAY_NOT:
            raise MayNotEmbed(font=self._name)
        drawn = [0, *sorted(set(gids) - {0})]
        if "glyf" in self._face.table_tags and self._face.upem == PER_EM:
            data, kept = self._cut(drawn)
        else:
            from imagestolive.fonts.redrawn import redrawn  # rare, and slow to load

            data, kept = redrawn(self._font, drawn, cubic="glyf" not in self._face.table_tags), drawn
        cids = {gid: cid for cid, gid in enumerate(kept)}
        extents = self._font.get_font_extents("ltr")
        return Subset(
            name=self._name,
            data=data,
            cids={gid: cids[gid] for gid in drawn},
            widths={cid: self.advance(gid) for gid, cid in cids.items()},
            ascent=extents.ascender,
            descent=extents.descender,
            cap_height=self._font.get_metric_position(OTMetricsTag.CAP_HEIGHT),
            italic_angle=self._font.get_style_value(StyleTag.SLANT_ANGLE),
            bbox=struct.unpack_from(">4h", uharfbuzz.Face(data).reference_table("head").data, 36),
        )

    def _cut(self, gids: list[int]) -> tuple[bytes, list[int]]:
        """The file without all else, in the weight that is set, and the numbers that its glyphs had."""
        asked = SubsetInput()
        asked.sets(SubsetInputSets.GLYPH_INDEX).set(set(gids))
        asked.sets(SubsetInputSets.DROP_TABLE_TAG).set({int.from_bytes(tag.encode(), "big") for tag in {*self._face.table_tags} - _NEEDED})
        asked.flags = SubsetFlags.NO_HINTING | SubsetFlags.NOTDEF_OUTLINE
        if self._weight is not None:
            for axis in self._face.axis_infos:
                asked.pin_axis_to_default(self._face, axis.tag)
            asked.pin_axis_location(self._face, "wght", self._weight)
        plan = SubsetPlan(self._face, asked)
        numbers: Mapping[int, int] = plan.new_to_old_glyph_mapping
        return plan.execute().blob.data, [old for _, old in sorted(numbers.items())]

    def _table(self, tag: str) -> bytes:
        data: bytes = self._face.reference_table(tag).data
        return data
