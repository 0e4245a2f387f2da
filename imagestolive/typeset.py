"""Strings -> measured lines. Widths are sums of advances, which is what is drawn: no kerning, no joined letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from imagestolive.fonts import NO_GLYPH, Fonts

SCRAP = 8  # an address leaves no piece shorter than this on a line

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")  # bidi controls, joiners, soft hyphen
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_BOUND = (
    re.compile(r"\bCC(?:0| [A-Z0-9+-]+)(?: [0-9]\.[0-9])?(?: [A-Z]{2,3}\b)?"),  # CC BY-NC-SA 3.0 BR
    re.compile(r"[0-9] × [0-9]"),
    re.compile(r"[0-9] ppi\b"),
)
JOINT = "·\u00a0"  # before a part that follows another; falls away where a line begins
_ADDRESS = re.compile(r"https?://")
_ADDRESS_BREAK = re.compile(r"(?<=[/?&=])(?=[^/?&=])")
_NBSP = "\u00a0"


def clean(text: str) -> str:
    """Text as it may stand on a line: NFC, no control characters, single spaces.

    >>> clean("evil\\u202egpj.exe \\n\\x00 two")
    'evilgpj.exe two'
    """
    text = _CONTROLS.sub("", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


class Metrics:
    """What a line measures in the faces of `fonts`, and where it breaks."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts

    def width_pt(self, text: str, face: str, size_pt: float) -> float:
        """Width of one line. Raises KeyError for a character that the face has not: see drawable."""
        advances = self._fonts.advances(face)
        return sum(advances[character] for character in text.replace(_NBSP, " ")) * size_pt / 1000

    def missing(self, text: str, face: str) -> str:
        """The characters that the face cannot draw, each once, in order."""
        advances = self._fonts.advances(face)
        return "".join(dict.fromkeys(character for character in text if character not in advances))

    def drawable(self, text: str, face: str) -> tuple[str, str]:
        """Clean text that the face can draw in full, and the characters for which □ had to stand.

        A character without a glyph becomes its compatibility form (Flickr's fancy letters turn into plain ones), else its letter
        without marks, else □. A mark or joiner without a glyph falls away.
        """
        advances = self._fonts.advances(face)
        text = clean(text)
        if not self.missing(text, face):
            return text, ""
        drawn, lost = [], []
        for character in text:
            for form in (character, unicodedata.normalize("NFKC", character), _without_marks(character)):
                if all(part in advances for part in form):
                    drawn.append(form)
                    break
            else:
                drawn.append(NO_GLYPH)
                lost.append(character)
        return clean("".join(drawn)), "".join(dict.fromkeys(lost))

    def wrap(self, text: str, face: str, size_pt: float, width_pt: float) -> list[str]:
        """Lines no wider than width_pt, each as full as can be.

        Lines break at spaces; an address after / ? & = and never so that fewer than 8 characters stand alone; what is longer than
        a line, anywhere. License names, sizes and resolutions hold together. A JOINT falls away at the start of a line.
        """

        def fits(line: str) -> bool:
            return self.width_pt(line, face, size_pt) <= width_pt

        lines: list[str] = []
        line = ""
        for word in _bind(text).split(" "):
            if line and fits(f"{line} {word}"):
                line = f"{line} {word}"
                continue
            if line:
                lines.append(line)
            line = word.removeprefix(JOINT)
            cut_of = _address_cut if _ADDRESS.match(line) else _anywhere_cut
            while not fits(line):
                cut = cut_of(line, fits)
                lines.append(line[:cut].rstrip(_NBSP))
                line = line[cut:].lstrip(_NBSP)
        return [line.replace(_NBSP, " ") for line in [*lines, line] if line]

    def balance(self, text: str, face: str, size_pt: float, width_pt: float) -> list[str]:
        """As few lines as wrap gives, but of like length: for what stands alone."""
        lines = self.wrap(text, face, size_pt, width_pt)
        narrower = lines
        while len(narrower) == len(lines) > 1:
            lines = narrower
            width_pt -= size_pt / 4
            narrower = self.wrap(text, face, size_pt, width_pt)
        return lines


def _bind(text: str) -> str:
    for pattern in _BOUND:
        text = pattern.sub(lambda found: found[0].replace(" ", _NBSP), text)
    return text


def _without_marks(character: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", character) if unicodedata.category(part)[0] != "M")


def _address_cut(address: str, fits: Callable[[str], bool]) -> int:
    """Where the first line of an address ends: behind the last / ? & = that fits, with 8 characters on both sides."""
    start = scheme.end() if (scheme := _ADDRESS.match(address)) else 0
    cuts = [found.start() for found in _ADDRESS_BREAK.finditer(address, start)]
    good = [cut for cut in cuts if SCRAP <= cut <= len(address) - SCRAP and fits(address[:cut])]
    return max(good, default=0) or _anywhere_cut(address, fits)


def _anywhere_cut(word: str, fits: Callable[[str], bool]) -> int:
    """The longest beginning that fits, at least one character; marks stay with their letter."""
    cut = 1
    while cut < len(word) and fits(word[: cut + 1]):
        cut += 1
    while cut > 1 and unicodedata.category(word[cut])[0] == "M":
        cut -= 1
    return cut
