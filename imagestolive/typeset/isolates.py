"""Parts of a line that keep to themselves: a title in Hebrew, its brackets and marks, within an English sentence.

Unicode's signs around such a part (UAX #9, isolates) stand in strings up to their runs; they have no width and are never drawn.
"""

from __future__ import annotations

import re
import unicodedata

LTR, RTL, FIRST, END = "\u2066", "\u2067", "\u2068", "\u2069"  # reads left to right, right to left, as its first letter does; its end
OPENING = LTR + RTL + FIRST

_SIGN = re.compile(f"[{OPENING}{END}]")
_OPEN = re.compile(f"[{OPENING}](?=[^{END}]*$)")
_LETTERS = {"L": LTR, "R": RTL, "AL": RTL}


def isolated(text: str) -> str:
    """Clean text that keeps to itself in any line; one that has nothing to keep stays as it is.

    >>> isolated("Hello!"), isolated("שלום!").startswith(RTL)
    ('Hello!', True)
    """
    return text if text.isascii() else settled(f"{FIRST}{text}{END}")


def settled(text: str) -> str:
    """Text whose isolates come in pairs, none in another, and say their direction; none where all reads left to right."""
    if not _SIGN.search(text):
        return text
    parts, after = [], 0
    for start, end in _pairs(text):
        inner = bare(text[start + 1 : end])
        opening = direction(inner) if text[start] == FIRST else text[start]
        said = inner.strip()
        spaces = inner.partition(said) if said else (inner, "", "")  # a line may end at them: they stand outside
        parts += [bare(text[after:start]), spaces[0], f"{opening}{said}{END}" if said else "", spaces[2]]
        after = end + 1
    found = "".join([*parts, bare(text[after:])])
    return found if RTL in found or any(unicodedata.bidirectional(character) in ("R", "AL") for character in found) else bare(found)


def bare(text: str) -> str:
    return _SIGN.sub("", text)


def direction(text: str) -> str:
    """The sign for how a text reads: as its first letter outside isolates does, else left to right."""
    depth = 0
    for character in text:
        if character == END and depth == 0:
            break
        depth += (character in OPENING) - (character == END)
        if depth == 0 and (found := _LETTERS.get(unicodedata.bidirectional(character))):
            return found
    return LTR


def left_open(text: str) -> str:
    """The sign of an isolate that has not ended in this text; "" where all have."""
    return found[0] if (found := _OPEN.search(text)) else ""


def closed(text: str) -> str:
    """Text that was cut off somewhere, and the end of the isolate that it was cut in."""
    return text + END if left_open(text) else text


def dotted(text: str) -> str:
    """Text that was cut at its end, and the dots that say so: they belong to the isolate that was cut."""
    return closed(f"{text.removesuffix(END)}…")


def parted(text: str) -> tuple[str, str, str]:
    """What a text says, between the signs of the isolate that it is; between two empty strings where it is none."""
    return (text[0], text[1:-1], END) if text[:1] in set(OPENING) and text.endswith(END) else ("", text, "")


def _pairs(text: str) -> list[tuple[int, int]]:
    """Where isolates begin and end that lie in no other one."""
    pairs: list[tuple[int, int]] = []
    waiting: list[int] = []
    for found in _SIGN.finditer(text):
        if found[0] != END:
            waiting.append(found.start())
        elif waiting:
            start = waiting.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, found.start()))
    return pairs
