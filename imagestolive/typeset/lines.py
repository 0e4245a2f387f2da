"""Text -> lines, given what fits on one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from imagestolive.typeset.isolates import closed, left_open
from imagestolive.typeset.text import breaks, cuts

JOINT = "·\u00a0"  # before a part that follows another; falls away where a line begins
SCRAP = 8  # an address leaves no piece shorter than this on a line

_NBSP = "\u00a0"
_BOUND = (
    re.compile(r"\bCC(?:0| [A-Z0-9+-]+)(?: [0-9]\.[0-9])?(?: [A-Z]{2,3}\b)?"),  # CC BY-NC-SA 3.0 BR
    re.compile(r"[0-9] × [0-9]"),
    re.compile(r"[0-9] ppi\b"),
    re.compile(r"\b[0-9]{1,2} (?:Jan|Feb|Ma[ry]|Apr|Ju[nl]|Aug|Sep|Oct|Nov|Dec)[a-z]* [0-9]{4}\b"),
    re.compile(r"\b[0-9]{1,2} de [a-zç]+ de [0-9]{4}\b"),
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
        if cut := _beginning(line, word, fits) if line else 0:
            before, rest = f"{line} {word[:cut]}", word[cut:]
        else:
            before, rest = _with_label(line, word, fits)
        lines.append(closed(before))
        line = left_open(before) + rest.removeprefix(JOINT)
        cut_of = _address_cut if _ADDRESS.match(line) else _word_cut
        while not fits(line):
            cut = cut_of(line, fits)
            before, rest = line[:cut].rstrip(_NBSP), line[cut:].lstrip(_NBSP)
            lines.append(closed(before))
            line = left_open(before) + rest
    return [line.replace(_NBSP, " ") for line in [*lines, line] if line]


def _bind(text: str) -> str:
    for pattern in _BOUND:
        text = pattern.sub(lambda found: found[0].replace(" ", _NBSP), text)
    return text


def _address_cut(address: str, fits: Fits) -> int:
    """Where the first line of an address ends: behind the last / ? & = that fits, with 8 characters on both sides."""
    return _last_that_fits(_address_breaks(address), lambda end: fits(address[:end])) or _anywhere_cut(address, fits)


def _address_breaks(address: str) -> list[int]:
    start = scheme.end() if (scheme := _ADDRESS.match(address)) else 0
    ends = [found.start() for found in _ADDRESS_BREAK.finditer(address, start)]
    return [end for end in ends if SCRAP <= end <= len(address) - SCRAP]


def _beginning(line: str, word: str, fits: Fits) -> int:
    """How much of a word that may be broken still fits on a line; an address is broken where no line has room for it."""
    ends = breaks(word) if not _ADDRESS.match(word) else [] if fits(word) else _address_breaks(word)
    return _last_that_fits(ends, lambda end: fits(f"{line} {word[:end]}"))


def _with_label(line: str, word: str, fits: Fits) -> tuple[str, str]:
    """A line and what begins the next: this word, and what stands before an address at the end of the line, such as “Source:”."""
    before, _, label = line.rpartition(" ")
    labelled = f"{label} {word}"
    moves = before and label.endswith(":") and _ADDRESS.match(word) and fits(labelled.removeprefix(JOINT))
    return (before, labelled) if moves else (line, word)


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
