"""Texts as typst can draw them: in the faces that we have, and in pieces between which a line may end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from imagestolive.fonts import NO_GLYPH, folders

LONG = 24  # characters without a space that a narrow column takes; what is longer may break within
_JOINERS = "\u200c\u200d"
_WORDS = re.compile(rf"(\S{{{LONG + 1},}})")
_ADDRESS_PARTS = re.compile(r"[^/?&=]*[/?&=]+|[^/?&=]+")  # an address breaks behind these signs
# And a long part of it, or of a file's name, behind these, but for the code of a set, which is typed as it is read.
_NAME_PARTS = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}(?![A-Z0-9])[.,;:_-]*|[^.,;:_-]*[.,;:_-]+|[^.,;:_-]+")


def pieces(text: str) -> list[str]:
    """A text, drawable, in the pieces between which a line may end although no space stands there."""
    found = [""]
    for place, part in enumerate(_WORDS.split(drawable(text))):
        if place % 2:
            first, *more = [piece for address_part in _ADDRESS_PARTS.findall(part) for piece in _name_parts(address_part)]
            found[-1] += first
            found += more
        else:
            found[-1] += part
    return found


def drawable(text: str) -> str:
    """The text with what our faces have: □ for what none of them has, a space for a control character, nothing for a sign unseen."""
    return "".join(map(_covered, _letters(_visible(text))))


def _name_parts(word: str) -> Iterator[str]:
    if len(word) <= LONG:
        yield word
        return
    for part in _NAME_PARTS.findall(word):
        yield from _cut(part)


def _cut(word: str) -> Iterator[str]:
    """A word in pieces of so many letters that none is a scrap, letters with their marks."""
    piece, count = "", 0
    for letter in _letters(word):
        if count == LONG // 2:
            yield piece
            piece, count = "", 0
        piece, count = piece + letter, count + 1
    yield piece


def _visible(text: str) -> str:
    return "".join(map(_seen, unicodedata.normalize("NFC", text)))


def _seen(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category == "Cf" or "\ufe00" <= character <= "\ufe0f" else character


def _letters(text: str) -> Iterator[str]:
    """Characters, each with the marks and joiners that follow it, and what a joiner joins to it."""
    letter = ""
    for character in text:
        if letter and character not in _JOINERS and letter[-1] not in _JOINERS and not unicodedata.category(character).startswith("M"):
            yield letter
            letter = ""
        letter += character
    if letter:
        yield letter


@lru_cache(maxsize=10_000)
def _covered(letter: str) -> str:
    """A letter that one face has whole; else its parts; else a sign for it."""
    drawn = "".join(character for character in letter if character not in _JOINERS)
    if letter == "\n" or folders.own_have(drawn) or folders.others_have(drawn):
        return letter
    return "".join(map(_covered, drawn)) if len(drawn) > 1 else NO_GLYPH
