"""The faces we print and serve: four of our own, kept in the folder handed in, and Noto for every other script.

Own faces are made again when their package, fontTools or the recipe changes.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, get_args

import fontTools

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fonts import own
from imagestolive.fonts.others import PROGRAMS, WEIGHT, path_of
from imagestolive.fonts.own import NO_GLYPH, FontsMissing
from imagestolive.fonts.programs import FontProgram, MayNotEmbed, Shape, Subset

__all__ = ["FACES", "NO_GLYPH", "OTHER_FACES", "Fonts", "FontsMissing", "FontsNotKept", "MayNotEmbed", "Shape", "Subset"]

FACES = tuple(own.RECIPES)
OTHER_FACES = tuple(PROGRAMS)  # in the order in which they are asked

_Form = Literal["ttf", "woff2"]
_FORMS: tuple[_Form, ...] = get_args(_Form)


class FontsNotKept(ImagesToLiveError):
    sentence = N_("The fonts cannot be kept in {folder}: {detail}")
    status = 500


class Fonts:
    """The faces, by name. Two processes may use one folder at once: each file appears whole or not at all.

    >>> fonts = Fonts(Path("data/fonts"))  # doctest: +SKIP
    >>> fonts.ttf("serif")[:4]  # doctest: +SKIP
    b'\\x00\\x01\\x00\\x00'
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[str, str], bytes] = {}
        self._glyphs: dict[str, dict[str, tuple[int, float]]] = {}
        self._programs: dict[str, FontProgram] = {}

    def ttf(self, face: str) -> bytes:
        """One of FACES as a static TrueType font without kerning or features, so that widths are sums of advances."""
        return self._kept(face, "ttf")

    def woff2(self, face: str) -> bytes:
        """One of FACES for the web: Latin and Latin Extended, our punctuation, kerned; figures are of one width in all faces."""
        return self._kept(face, "woff2")

    def prepared(self) -> bool:
        """Whether all that prepare makes is in the folder, as far as it can be read."""
        try:
            return all(_is_made(self._path(face, form)) for face in FACES for form in _FORMS)
        except OSError:
            return False

    def prepare(self) -> None:
        """Makes all that is not in the folder yet, which takes seconds the first time, and sees that the other faces are there."""
        for program in PROGRAMS.values():
            path_of(program)
        for face in FACES:
            self.ttf(face)
            self.woff2(face)

    def glyphs(self, face: str) -> Mapping[str, tuple[int, float]]:
        """Number and advance (1/1000 of the type size) of the glyph of each character that a face has."""
        if face not in self._glyphs:
            self._glyphs[face] = self._program(face).glyphs()
        return self._glyphs[face]

    def has(self, face: str, character: str) -> bool:
        return self._program(face).has(character)

    def shape(self, face: str, text: str, start: int, end: int, *, rtl: bool) -> list[Shape]:
        """The glyphs of text[start:end] in one face and one direction, left to right; see has."""
        return self._program(face).shape(text, start, end, rtl=rtl)

    def advance(self, face: str, gid: int) -> float:
        """The width of a glyph by itself, without kerning, in 1/1000 of the type size."""
        return self._program(face).advance(gid)

    def subset(self, face: str, gids: Collection[int]) -> Subset:
        """The face with these glyphs and .notdef."""
        return self._program(face).subset(gids)

    def _program(self, face: str) -> FontProgram:
        if face not in self._programs:
            if face in FACES:
                self._programs[face] = FontProgram(self.ttf(face))
            else:
                program = PROGRAMS[face]
                self._programs[face] = FontProgram(path_of(program), name=program.name, index=program.index, weight=WEIGHT)
        return self._programs[face]

    def _path(self, face: str, form: _Form) -> Path:
        return self._folder / f"{face}-{own.fingerprint(own.RECIPES[face])}-fonttools{fontTools.version}-r{own.RECIPE}.{form}"

    def _kept(self, face: str, form: _Form) -> bytes:
        if (face, form) not in self._read:
            path = self._path(face, form)
            try:
                if not _is_made(path):
                    self._keep(path, _made(own.RECIPES[face], form))
                self._read[face, form] = path.read_bytes()
            except OSError as error:
                raise FontsNotKept(folder=self._folder, detail=error.strerror) from error
        return self._read[face, form]

    def _keep(self, path: Path, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _is_made(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _made(recipe: own.Recipe, form: _Form) -> bytes:
    from imagestolive.fonts import making

    return making.static(recipe) if form == "ttf" else making.web(recipe)
