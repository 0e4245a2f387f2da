"""Text -> lines, given what fits on one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from imagestolive.typeset.text import breaks, cuts

JOINT = "·\u00a0"  # before a part that follows another; falls away where a line begins
SCRAP = 8  # an address leaves no piece shorter than this on a line

_NBSP = "\u00a0"
_BOUND = (
    re.compile(r"\bCC(?:0| [A-Z0-9+-]+)(?: [0-9]\.[0-9])?(?: [A-Z]{2,3}\b)?"),  # CC BY-NC-SA 3.0 BR
    re.compile(r"[0-9] × [0-9]"),
    re.compile(r"[0-9] ppi\b"),
)
_ADDRESS = re.compile(r"https?://")
_ADDRESS_BREAK = re.compile(r"(?<=[/?&=])(?=[^/?&=])")

Fits = Callable[[str], bool]


def wrapped(text: str, fits: Fits) -> list[str]:
    """Lines that fit, each as full as can be; see Metrics.wrap."""
    if fits(whole := text.removeprefix(JOINT)):
        return [whole.replace(_NBSP, " ")] if whole else []
    lines: list[str] = []
    line = ""
    for word in _bind(text).split(" "):
        if line and fits(f"{line} {word}"):
            line = f"{line} {word}"
            continue
        cut = _beginning(line, word, fits) if line else 0
        if line:
            lines.append(f"{line} {word[:cut]}" if cut else line)
        line = word[cut:] if cut else word.removeprefix(JOINT)
        cut_of = _address_cut if _ADDRESS.match(line) else _word_cut
        while not fits(line):
            cut = cut_of(line, fits)
            lines.append(line[:cut].rstrip(_NBSP))
            line = line[cut:].lstrip(_NBSP)
    return [line.replace(_NBSP, " ") for line in [*lines, line] if line]


def _bind(text: str) -> str:
    for pattern in _BOUND:
        text = pattern.sub(lambda found: found[0].replace(" ", _NBSP), text)
    return text


def _address_cut(address: str, fits: Fits) -> int:
    """Where the first line of an address ends: behind the last / ? & = that fits, with 8 characters on both sides."""
    start = scheme.end() if (scheme := _ADDRESS.match(address)) else 0
    ends = [found.start() for found in _ADDRESS_BREAK.finditer(address, start)]
    good = [end for end in ends if SCRAP <= end <= len(address) - SCRAP]
    return _last_that_fits(good, lambda end: fits(address[:end])) or _anywhere_cut(address, fits)


def _beginning(line: str, word: str, fits: Fits) -> int:
    """How much of a word that may be broken still fits on a line."""
    return _last_that_fits(breaks(word), lambda end: fits(f"{line} {word[:end]}"))


def _word_cut(word: str, fits: Fits) -> int:
    return _last_that_fits(breaks(word), lambda end: fits(word[:end])) or _anywhere_cut(word, fits)


def _anywhere_cut(word: str, fits: Fits) -> int:
    """The longest beginning of whole clusters that fits, at least one."""
    ends = cuts(word)
    return _last_that_fits(ends, lambda end: fits(word[:end])) or ends[0]


def _last_that_fits(ends: Sequence[int], fits: Callable[[int], bool]) -> int:
    """The last of these places that fits, or 0: found by halves, since what is longer is wider. Where joined letters make it
    narrower, a place further back is taken, never one that does not fit."""
    low, high = 0, len(ends)  # ends[:low] fit, as far as is known
    while low < high:
        middle = (low + high) // 2
        if fits(ends[middle]):
            low = middle + 1
        else:
            high = middle
    return ends[low - 1] if low else 0
