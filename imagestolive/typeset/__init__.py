"""Strings -> measured lines and the glyphs that are drawn for them, in any script that the faces of fonts.py have."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from imagestolive.fonts import NO_GLYPH, Fonts
from imagestolive.typeset.isolates import END, OPENING, dotted, isolated, parted
from imagestolive.typeset.lines import JOINT, SCRAP, wrapped
from imagestolive.typeset.runs import Glyph, Run, Setting, han_face
from imagestolive.typeset.text import clean, clusters, seen, without_marks

__all__ = ["JOINT", "SCRAP", "Glyph", "Metrics", "Run", "clean", "clusters", "dotted", "isolated", "parted"]

_KEPT = 2048  # lines
_PASSES = 4  # what stands for a cluster may form another with its neighbours


class Metrics:
    """What a line measures in the faces of `fonts`, what is drawn for it, and where it breaks.

    `face` is one of fonts.FACES everywhere; what it has not is drawn in other faces.
    """

    def __init__(self, fonts: Fonts) -> None:
        self._setting = Setting(fonts)
        # The same license, data set and name of the tool stand on card after card.
        self.drawable = lru_cache(_KEPT)(self._drawable)
        self._wrapped = lru_cache(_KEPT)(self._wrap)

    def width_pt(self, text: str, face: str, size_pt: float) -> float:
        """Width of one line. Raises KeyError for a character that no face has: see drawable."""
        return self._setting.width(text, face) * size_pt / 1000

    def runs(self, text: str, face: str) -> tuple[Run, ...]:
        """What is drawn for one line, left to right. Raises KeyError for a character that no face has: see drawable."""
        return self._setting.runs(text, face)

    def _drawable(self, text: str, face: str) -> tuple[str, str]:
        """Clean text that can be drawn in full, and the characters for which □ had to stand.

        A cluster that no face has becomes its compatibility form (Flickr's fancy letters turn into plain ones), else its letters
        without marks, else □. A mark or joiner without a glyph falls away; signs around isolates stay.
        """
        text = clean(text)
        if all(map(self._setting.plain(face).__contains__, text)):
            return text, ""
        lost: dict[str, None] = {}
        for _ in range(_PASSES):
            han = han_face(text)
            drawn = clean("".join(self._drawable_cluster(cluster, face, han, lost) for cluster in clusters(text)))
            if drawn == text:
                break
            text = drawn
        return text, "".join(lost)

    def wrap(self, text: str, face: str, size_pt: float, width_pt: float) -> list[str]:
        """Lines no wider than width_pt, each as full as can be.

        Lines break at spaces, and between Chinese and Japanese characters; an address that is longer than a line after / ? & = and
        never so that fewer than 8 characters stand alone; what else is longer than a line, between any two clusters. License names,
        sizes, resolutions and days hold together. A JOINT falls away at the start of a line.
        """
        return list(self._wrapped(text, face, size_pt, width_pt))

    def _wrap(self, text: str, face: str, size_pt: float, width_pt: float) -> tuple[str, ...]:
        return tuple(wrapped(text, lambda line: self.width_pt(line, face, size_pt) <= width_pt))

    def balance(self, text: str, face: str, size_pt: float, width_pt: float) -> list[str]:
        """As few lines as wrap gives, but of like length: for what stands alone."""
        lines = self.wrap(text, face, size_pt, width_pt)
        narrower = lines
        while len(narrower) == len(lines) > 1:
            lines = narrower
            width_pt -= size_pt / 4
            narrower = self.wrap(text, face, size_pt, width_pt)
        return lines

    def _drawable_cluster(self, cluster: str, face: str, han: str, lost: dict[str, None]) -> str:
        if not seen(cluster):
            return cluster if cluster in OPENING + END else ""
        for form in (cluster, unicodedata.normalize("NFKC", cluster), without_marks(cluster)):
            if all(self._setting.face_of(part, face, han) for part in clusters(form)):
                return form
        lost[cluster] = None
        return NO_GLYPH
