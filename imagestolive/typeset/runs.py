"""Lines -> runs of glyphs, left to right as they are drawn.

A line that one face has in full, without marks, is looked up character by character, as most are: no kerning, no joined letters.
In any other line each cluster gets the first face that has all of it, and HarfBuzz shapes what stands together.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from imagestolive.fonts import FACES, OTHER_FACES, Fonts, Shape
from imagestolive.typeset.bidi import levels, visual
from imagestolive.typeset.isolates import END, OPENING
from imagestolive.typeset.patterns import Pattern
from imagestolive.typeset.text import clusters, seen

OTHER_SCALE = 0.9  # Noto's small letters are higher: 536/1000 against 475 and 486
_LINES_KEPT, _CLUSTERS_KEPT = 512, 8192

_NBSP = "\u00a0"
_EMOJI = Pattern(r"\p{Emoji_Presentation}|\ufe0f")
_WIDE_SPACED = ("noto-emoji", "noto-sans-symbols")  # nothing else is set in them because it stands beside a picture
_OPENING = Pattern(r"[\p{Ps}\p{Pi}]+")
_APOSTROPHE = "’"
_QUOTES = set("«»‹›‘‚‛“”„‟") | {_APOSTROPHE}
_ISOLATES = OPENING + END
_FOLLOWING = Pattern(r"[\p{P}\p{Nd}]+")
_EMOJI_FACE = "noto-emoji"
_RARE_LETTERS = ("sans", "noto-sans")  # Latin, Greek and Cyrillic: with polytonic Greek, which our serif has not
_GREEK = Pattern(r"\p{Greek}")
_HAN = Pattern(r"\p{Han}")
_KANA = Pattern(r"[\p{Hiragana}\p{Katakana}]")
_HANGUL = Pattern(r"\p{Hangul}")
_CJK = "noto-sans-cjk-"
_SETS = {"jp": "shift_jis", "sc": "gb2312", "tc": "big5"}  # the characters that are usual in Japan, on the mainland, in Taiwan


class Glyph(NamedTuple):
    """One drawn glyph; numbers in 1/1000 of the run's own type size."""

    gid: int  # its number in the face
    advance: float
    dx: float  # offset from the pen
    dy: float
    text: str  # characters it stands for, for copying; "" where an earlier glyph of the cluster has them


@dataclass(frozen=True, kw_only=True)
class Run:
    """Glyphs of one face and one direction."""

    face: str  # one of fonts.FACES or fonts.OTHER_FACES
    scale: float  # of the line's type size: 1 for our own four, 0.9 for the others
    glyphs: tuple[Glyph, ...]  # left to right as drawn
    text: str  # the run's characters in logical order
    shaped: bool  # glyphs differ from the characters in order, number, width or place: each is placed, and copying needs ActualText


class Setting:
    """Sets lines in the faces of `fonts`."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._plain: dict[str, dict[str, Glyph]] = {}
        self._plain_advances: dict[str, dict[str, float]] = {}
        self._shaped_line = lru_cache(_LINES_KEPT)(self._shape_line)
        self.runs = lru_cache(_LINES_KEPT)(self._runs)
        self.width = lru_cache(_LINES_KEPT)(self._width)
        self.face_of = lru_cache(_CLUSTERS_KEPT)(self._find_face)

    def plain(self, face: str) -> dict[str, Glyph]:
        """The characters of one of fonts.FACES that need no shaping."""
        if face not in self._plain:
            found = self._fonts.glyphs(face).items()
            glyphs = {c: Glyph(gid, advance, 0, 0, c) for c, (gid, advance) in found if unicodedata.category(c)[0] != "M"}
            self._plain[face] = {**glyphs, _NBSP: glyphs[" "]}
        return self._plain[face]

    def _advances(self, face: str) -> dict[str, float]:
        if face not in self._plain_advances:
            self._plain_advances[face] = {character: glyph.advance for character, glyph in self.plain(face).items()}
        return self._plain_advances[face]

    def _runs(self, text: str, face: str) -> tuple[Run, ...]:
        """What is drawn for one line. Raises KeyError for a cluster that no face has."""
        plain = self.plain(face)
        try:
            glyphs = tuple(map(plain.__getitem__, text))
        except KeyError:
            return self._shaped_line(text, face)
        return (Run(face=face, scale=1, glyphs=glyphs, text=text.replace(_NBSP, " "), shaped=False),) if glyphs else ()

    def _width(self, text: str, face: str) -> float:
        """Width of one line in 1/1000 of its type size. Raises KeyError for a cluster that no face has."""
        try:
            return sum(map(self._advances(face).__getitem__, text))
        except KeyError:
            return sum(run.scale * glyph.advance for run in self._shaped_line(text, face) for glyph in run.glyphs)

    def _find_face(self, cluster: str, primary: str, han: str) -> str | None:
        """The first face that has all of a cluster; `han` is the face for Chinese characters."""
        first = (_EMOJI_FACE, primary) if _EMOJI.search(cluster) else (primary,)
        others = (face for face in OTHER_FACES if not face.startswith(_CJK))
        return next((face for face in (*first, "sans", *others, han) if self._has(face, cluster)), None)

    def _has(self, face: str, cluster: str) -> bool:
        return all(self._fonts.has(face, character) for character in seen(cluster))

    def _shape_line(self, text: str, primary: str) -> tuple[Run, ...]:
        text = text.replace(_NBSP, " ")
        parts = clusters(text)
        faces = self._faces(parts, primary, han_face(text))
        spread = [face for part, face in zip(parts, faces, strict=True) for _ in part]
        kinds = list(zip(spread, levels(text), strict=True))
        ends = [n for n in range(1, len(text)) if kinds[n] != kinds[n - 1] or text[n] in _ISOLATES or text[n - 1] in _ISOLATES]
        spans = list(pairwise([0, *ends, len(text)]))
        drawn = [spans[place] for place in visual([kinds[start][1] for start, _ in spans])]
        return tuple(self._run(text, *span, *kinds[span[0]], primary) for span in drawn if text[span[0]] not in _ISOLATES)

    def _faces(self, parts: list[str], primary: str, han: str) -> list[str]:
        """A face for each cluster. A word is not set in two faces for one rare letter; punctuation and digits go with the letter they
        touch, spaces with letters on both sides; quotation marks are the sentence's own."""
        found = [self._face_or_raise(part, primary, han) for part in parts]
        for start, end in _words(parts):
            rare = next((face for face in reversed(_RARE_LETTERS) if face in found[start:end]), primary)
            for place in range(start, end):
                if found[place] in (primary, *_RARE_LETTERS):
                    self._take(found, place, rare, parts)
        for place in reversed(range(len(parts) - 1)):
            if _OPENING.fullmatch(parts[place]):
                self._take(found, place, found[place + 1], parts)
        for place in range(1, len(parts)):
            if _FOLLOWING.fullmatch(parts[place]) and not _OPENING.fullmatch(parts[place]) and parts[place - 1] != " ":
                self._take(found, place, found[place - 1], parts)
        for place in range(1, len(parts) - 1):
            if parts[place] == " " and found[place - 1] == found[place + 1]:
                self._take(found, place, found[place + 1], parts)
        return found

    def _take(self, found: list[str], place: int, face: str, parts: list[str]) -> None:
        within_word = parts[place] == _APOSTROPHE and face in _RARE_LETTERS
        if face not in _WIDE_SPACED and (parts[place] not in _QUOTES or within_word) and self._has(face, parts[place]):
            found[place] = face

    def _face_or_raise(self, part: str, primary: str, han: str) -> str:
        face = self.face_of(part, primary, han)
        if face is None:
            raise KeyError(part)
        return face

    def _run(self, text: str, start: int, end: int, face: str, level: int, primary: str) -> Run:
        part = text[start:end]
        if face == primary and not level % 2 and all(character in self.plain(face) for character in part):
            return self.runs(part, face)[0]
        shapes = self._fonts.shape(face, text, start, end, rtl=bool(level % 2))
        firsts = sorted({shape.start for shape in shapes} | {start})
        texts = {first: text[first:last] for first, last in pairwise([*firsts, end])}
        return Run(
            face=face,
            scale=1 if face in FACES else OTHER_SCALE,
            glyphs=tuple(Glyph(shape.gid, shape.advance, shape.dx, shape.dy, texts.pop(shape.start, "")) for shape in shapes),
            text=part,
            shaped=[shape.start for shape in shapes] != list(range(start, end)) or any(self._is_moved(face, shape) for shape in shapes),
        )

    def _is_moved(self, face: str, shape: Shape) -> bool:
        return bool(shape.dx or shape.dy) or shape.advance != self._fonts.advance(face, shape.gid)


def _words(parts: list[str]) -> list[tuple[int, int]]:
    """Where what is set in one face starts and ends: a word; in Greek, where rare letters are many, all words in a row."""
    spaces = [place for place, part in enumerate(parts) if part == " "]
    ends = [
        place for place in spaces if not all(_GREEK.search(beside) for beside in (*parts[place - 1 : place], *parts[place + 1 : place + 2]))
    ]
    return [(before + 1, end) for before, end in pairwise([-1, *ends, len(parts)])]


def han_face(text: str) -> str:
    """The face for the Chinese characters of a text, whose form differs by country.

    Kana speaks for Japan and hangul for Korea. Else that country's for which most of the characters are usual ones, and Japan's
    where this says nothing.

    >>> [han_face(text) for text in ("東京", "东京", "漢字の")]
    ['noto-sans-cjk-jp', 'noto-sans-cjk-sc', 'noto-sans-cjk-jp']
    """
    if _KANA.search(text):
        return f"{_CJK}jp"
    if _HANGUL.search(text):
        return f"{_CJK}kr"
    han = _HAN.findall(text)
    return _CJK + max(_SETS, key=lambda region: sum(_is_usual(character, region) for character in han))


@lru_cache(_CLUSTERS_KEPT)
def _is_usual(character: str, region: str) -> bool:
    try:
        character.encode(_SETS[region])
    except UnicodeEncodeError:
        return False
    return True
