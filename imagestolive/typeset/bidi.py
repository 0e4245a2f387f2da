"""The Unicode bidirectional algorithm (UAX #9) for one line that reads left to right and has no controls in it but isolates.

Without embeddings the line and each isolate in it is one isolating run, and steps W1 to L2 are all there is. The pure Python half of
python-bidi does not pair brackets (N0), its other half gives no levels.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import insort
from collections.abc import Callable, Iterator, Sequence

from imagestolive.typeset.isolates import END, FIRST, OPENING, RTL, direction

_RTL = re.compile(f"[{RTL}{FIRST}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_NEUTRAL = ("B", "S", "WS", "ON")
_SIDE = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # how what is neutral sees its neighbours
_LEVEL = {"L": (0, 1), "R": (1, 0), "AN": (2, 1), "EN": (2, 1)}  # above an even and an odd level: I1 and I2
_ISOLATES = ("LRI", "RLI", "FSI", "PDI")
_FOLLOWS_THE_LINE = ("WS", "S", "B", *_ISOLATES)


def levels(text: str) -> list[int]:
    """The level of each character: even ones read left to right, odd ones right to left.

    >>> levels("a אב 12")
    [0, 0, 1, 1, 1, 2, 2]
    """
    if not _RTL.search(text):
        return [0] * len(text)
    resolved: dict[int, int] = {}
    for level, places in _runs(text):
        resolved.update(zip(places, _run_levels([text[place] for place in places], level), strict=True))
    for place in sorted(resolved, reverse=True):  # L1: space at the end follows the line
        if unicodedata.bidirectional(text[place]) not in _FOLLOWS_THE_LINE:
            break
        resolved[place] = 0
    found, level = [], 0
    for place in range(len(text)):
        level = resolved.get(place, level)  # joiners go with what they follow
        found.append(level)
    return found


def visual(levels: Sequence[int]) -> list[int]:
    """L2: in which order pieces of these levels stand, from left to right.

    >>> visual([0, 1, 2, 1, 0])
    [0, 3, 2, 1, 4]
    """
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order


def _runs(text: str) -> list[tuple[int, list[int]]]:
    """X5a to X6a: the level and the places of the line, without what is in isolates, and of what is in each isolate."""
    runs: list[tuple[int, list[int]]] = [(0, [])]
    within = [runs[0]]
    for place, character in enumerate(text):
        if character == END and len(within) > 1:
            within.pop()
        level, places = within[-1]
        if unicodedata.bidirectional(character) != "BN":
            places.append(place)
        if character in OPENING:
            opening = direction(text[place + 1 :]) if character == FIRST else character
            runs.append(((level + 1) | 1 if opening == RTL else (level + 2) & ~1, []))
            within.append(runs[-1])
    return runs


def _run_levels(characters: Sequence[str], level: int) -> Iterator[int]:
    base = "R" if level % 2 else "L"
    original = [unicodedata.bidirectional(character) or "L" for character in characters]
    original = ["ON" if kind in _ISOLATES else kind for kind in original]
    kinds = list(original)
    _resolve_weak(kinds, base)
    _resolve_brackets(characters, original, kinds, base)
    _resolve_neutral(kinds, base)
    return (level + _LEVEL[kind][level % 2] for kind in kinds)


def _resolve_weak(kinds: list[str], base: str) -> None:
    """W1 to W7, in place; `base`: L or R, as the run reads."""
    strong = before = base
    for place, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[place] = before  # W1
        before = kinds[place]
        if before in ("L", "R", "AL"):
            strong = before
        elif before == "EN" and strong == "AL":
            kinds[place] = "AN"  # W2; a mark on it has seen a number
    for place, kind in enumerate(kinds):
        if kind == "AL":
            kinds[place] = "R"  # W3
    for place in range(1, len(kinds) - 1):
        around = (kinds[place - 1], kinds[place + 1])
        if around == ("EN", "EN") and kinds[place] in ("ES", "CS"):
            kinds[place] = "EN"  # W4
        elif around == ("AN", "AN") and kinds[place] == "CS":
            kinds[place] = "AN"
    for start, end in _stretches(kinds, lambda kind: kind == "ET"):
        if "EN" in (*kinds[max(start - 1, 0) : start], *kinds[end : end + 1]):
            kinds[start:end] = ["EN"] * (end - start)  # W5
    strong = base
    for place, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[place] = "ON"  # W6
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"  # W7


def _resolve_brackets(characters: Sequence[str], original: Sequence[str], kinds: list[str], base: str) -> None:
    """N0: brackets around something that reads as the run does so too, in place; around what does not, it depends on before."""
    for opening, closing in _pairs(characters, kinds):
        inside = {_SIDE[kind] for kind in kinds[opening + 1 : closing] if kind in _SIDE}
        if not inside:
            continue
        before = next((_SIDE[kind] for kind in reversed(kinds[:opening]) if kind in _SIDE), base)
        side = base if base in inside else before
        for bracket in (opening, closing):
            kinds[bracket] = side
            for mark in range(bracket + 1, len(kinds)):
                if original[mark] != "NSM":
                    break
                kinds[mark] = side


def _pairs(characters: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Brackets that belong together (BD16), by the place of the opening one."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for place, character in enumerate(characters):
        if kinds[place] != "ON" or not unicodedata.mirrored(character):
            continue
        category = unicodedata.category(character)
        if category == "Ps":
            if len(waiting) == 63:
                return []
            waiting.append((_closing(character), place))
        elif category == "Pe":
            depth = next((depth for depth in reversed(range(len(waiting))) if waiting[depth][0] == character), None)
            if depth is not None:
                insort(pairs, (waiting[depth][1], place))
                del waiting[depth:]
    return pairs


def _closing(opening: str) -> str:
    """The bracket that closes: in Unicode the next character, or the one after it: [ \\ ]."""
    following = chr(ord(opening) + 1)
    return following if unicodedata.category(following) == "Pe" else chr(ord(opening) + 2)


def _resolve_neutral(kinds: list[str], base: str) -> None:
    """N1 and N2, in place."""
    for start, end in _stretches(kinds, lambda kind: kind in _NEUTRAL):
        before = _SIDE[kinds[start - 1]] if start else base
        after = _SIDE[kinds[end]] if end < len(kinds) else base
        kinds[start:end] = [before if before == after else base] * (end - start)


def _stretches(kinds: Sequence[str], belongs: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Where unbroken rows of such kinds start and end."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and belongs(kinds[end]):
            end += 1
        if end > start:
            yield start, end
        start = end + 1
