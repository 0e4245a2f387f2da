"""Faces -> fonts of a PDF: composite fonts whose codes are the glyph numbers of the face, cut down to what was drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import groupby

from imagestolive.fonts import Fonts, Subset
from imagestolive.pdf.objects import Objects, array
from imagestolive.typeset import Glyph

_SYMBOLIC = 4  # font descriptor flag: the codes are no letters of a standard set
_STEM_V = 80  # of a regular text face; it matters only where a viewer has to replace the font
_MOST_RANGES = 100  # of one bfchar block
_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{blocks}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Type:
    """Gives names to faces, remembers which of their glyphs were drawn, and embeds them at the end."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._faces: dict[str, dict[int, str]] = {}  # face -> glyph number -> what it stands for
        self._codes: dict[str, dict[int, str]] = {}  # face -> glyph number -> four hexadecimal digits, of those whose text is known

    def name(self, face: str) -> str:
        """The resource name of a face."""
        if face not in self._faces:
            self._faces[face], self._codes[face] = {}, {}
        return f"/Face{list(self._faces).index(face) + 1}"

    def codes(self, face: str, glyphs: tuple[Glyph, ...]) -> str:
        """A hexadecimal string that shows glyphs."""
        codes = self._codes[face]
        try:
            return f"<{''.join([codes[glyph[0]] for glyph in glyphs])}>"
        except KeyError:
            return f"<{''.join([self._code(face, glyph) for glyph in glyphs])}>"

    def _code(self, face: str, glyph: Glyph) -> str:
        used, code = self._faces[face], f"{glyph.gid:04X}"
        if not used.get(glyph.gid):
            used[glyph.gid] = glyph.text
        if used[glyph.gid]:
            self._codes[face][glyph.gid] = code
        return code

    def embed(self, objects: Objects) -> str:
        """Writes all fonts; gives the entries of the resource dictionary."""
        return "".join(f"{self.name(face)} {_embed(face, used, self._fonts, objects)} 0 R" for face, used in self._faces.items())


def _embed(face: str, used: Mapping[int, str], fonts: Fonts, objects: Objects) -> int:
    subset = fonts.subset(face, used)
    tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.blake2b(subset.data, digest_size=6).digest())
    name = f"/{tag}+{subset.name}"
    program = objects.stream(f"/Length1 {len(subset.data)}", subset.data)
    measures = f"/ItalicAngle {subset.italic_angle:g}/Ascent {subset.ascent:g}/Descent {subset.descent:g}/CapHeight {subset.cap_height:g}"
    descriptor = objects.write(
        f"<</Type/FontDescriptor/FontName{name}/Flags {_SYMBOLIC}/FontBBox{array(round(side) for side in subset.bbox)}{measures}"
        f"/StemV {_STEM_V}/FontFile2 {program} 0 R>>"
    )
    descendant = objects.write(
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        f"/FontDescriptor {descriptor} 0 R/DW 0/W{array(_widths(used, subset))}/CIDToGIDMap {_map(subset, objects)} 0 R>>"
    )
    to_unicode = objects.stream("", _to_unicode(used).encode())
    return objects.write(
        f"<</Type/Font/Subtype/Type0/BaseFont{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]/ToUnicode {to_unicode} 0 R>>"
    )


def _map(subset: Subset, objects: Objects) -> int:
    """From our codes, which are the face's glyph numbers, to those of the subset."""
    numbers = bytearray(2 * (max(subset.cids) + 1))
    for code, number in subset.cids.items():
        numbers[2 * code : 2 * code + 2] = number.to_bytes(2, "big")
    return objects.stream("", bytes(numbers))


def _widths(used: Mapping[int, str], subset: Subset) -> Iterator[str]:
    """First code and widths of each run of codes without a gap."""
    for _, run in groupby(enumerate(sorted(used)), key=lambda place: place[1] - place[0]):
        codes = [code for _, code in run]
        yield f"{codes[0]} {array(f'{subset.widths[subset.cids[code]]:g}' for code in codes)}"


def _to_unicode(used: Mapping[int, str]) -> str:
    lines = [f"<{code:04X}> <{text.encode('utf-16-be', 'replace').hex().upper()}>" for code, text in sorted(used.items()) if text]
    blocks = [lines[first : first + _MOST_RANGES] for first in range(0, len(lines), _MOST_RANGES)]
    return _TO_UNICODE.format(blocks="".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks))
