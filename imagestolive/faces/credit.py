"""The credit column: what it says, and what shortens first where there is too much of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from imagestolive.cards import Card
from imagestolive.datasets.flickr import SHORT_ADDRESS
from imagestolive.faces.fits import LOW_PPI, Fit
from imagestolive.faces.items import Item, Span
from imagestolive.faces.setter import ADDRESS_MOST, CAPITALS, CREDIT_LEAD, DESCENT, MARGIN_MM, PART_MOST, SMALL_PT, Lines, Setter, clipped
from imagestolive.typeset import JOINT, SCRAP, Metrics, clusters, isolated, parted
from imagestolive.units import mm
from imagestolive.words import Words

CREDIT_LINES = 5
CREDIT_PT = (10.5, 9.5, 8.5)
STOPS = " ,;:.…-–—、。・（「เแโใไ"  # what falls away before the dots of a shortened title: Thai writes these vowels before their consonant
SMALL_WORD, FIRST_EASTERN = 3, "\u1100"  # no word so short is left there, where words are written in letters


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a credit column says, each string in full and drawable: the sense in serif, all else in sans."""

    actual_text: str | None  # what the credit is copied as
    sense: tuple[str, ...]
    license: tuple[str, ...]  # its address, the data set's terms
    sources: tuple[tuple[str, ...], ...]  # as recorded; what stands for it where that is too long
    changes: tuple[str, ...]
    note: tuple[str, ...]
    facts: tuple[str, ...]  # data set and year; pixels and ppi
    low_ppi: tuple[str, ...]


def said_of(card: Card, place: Fit, words: Words, setter: Setter, *, quality_small: bool = False) -> Said:
    """What the back says of a card whose image is printed as `place` tells."""

    def small(*strings: str | None) -> tuple[str, ...]:
        return tuple(setter.drawable(string, "sans") for string in strings if string)

    low_ppi = None
    if place.dots:
        low_ppi = words.say("This image is small. You will see its pixels; that is what the machine was given.")
    elif round(place.ppi) < LOW_PPI:
        low_ppi = words.say("This image is small for its card: it may look soft.")
    dataset = isolated(card.dataset or "")
    dataset_line = dataset and words.say("From the data set {dataset}", dataset=dataset)
    if dataset and card.license_seen_on:
        dataset_line = words.say("From the data set {dataset}; license as recorded on {date}", dataset=dataset, date=card.license_seen_on)
    copied = (
        words.say("Smaller copy: 220 ppi and JPEG quality 85 at most, unless light already.") if quality_small and not place.dots else None
    )
    facts = small(dataset_line, pixels(card, place, words), copied)
    credit = card.credit
    if credit is None:
        return Said(actual_text=None, sense=(), license=(), sources=((),), changes=(), note=(), facts=facts, low_ppi=small(low_ppi))
    short = card.qr_url if card.qr_url and card.qr_url.startswith(SHORT_ADDRESS) else None  # any other code may lead to the data set
    addresses = [address for address in (credit.source, short) if credit.source and address]
    printable = [address for address in addresses if len(address) <= ADDRESS_MOST]
    if len(printable) < len(addresses[:1]):
        setter.gave_way("source-left-out")
    return Said(
        actual_text=credit.line,
        sense=tuple(re.sub("^· ", JOINT, setter.drawable(clipped_title(part), "serif", PART_MOST)) for part in credit.sense),
        license=tuple(string.replace(" · ", f" {JOINT}") for string in small(credit.license_url, credit.dataset_terms)),
        sources=tuple(small(words.say("Source: {source}", source=address)) for address in printable) or ((),),
        changes=small(credit.changes and words.say("Changes: {changes}", changes=credit.changes)),
        note=small(credit.note),
        facts=facts,
        low_ppi=small(low_ppi),
    )


def pixels(card: Card, place: Fit, words: Words) -> str | None:
    """The size of the image, and at how many pixels an inch it is printed."""
    if card.picture is None:
        return None
    ppi = f"{place.ppi:.0f}" if place.ppi >= 1 else "< 1"
    width, height = str(card.picture.width_px), str(card.picture.height_px)
    return words.say("{width} × {height} pixels, printed at {ppi} ppi", width=width, height=height, ppi=ppi)


def clipped_title(title: str) -> str:
    """A title of a sane length that keeps its closing quotation mark; any other part as it is."""
    inner, quote, tail = title.rpartition("”")
    return f"{clipped(inner, PART_MOST // 2)}{quote}{tail}" if title.startswith("“") and len(inner) > PART_MOST // 2 else title


def credit_column(said: Said, setter: Setter, width_pt: float, limit_mm: float) -> list[Item]:
    """The column with as much of what it says as there is room for above limit_mm.

    What gives way, in this order: the remark on small images, words of the title, the source's own address, the note, the size of
    type. Author, license and license address are never cut.
    """

    @cache
    def shorten(size_pt: float, most_lines: int) -> tuple[list[str], bool]:
        return _shorten(said.sense, setter.metrics, size_pt, width_pt, most_lines)

    everything = (said.note, ()), said.sources, range(CREDIT_LINES, 0, -1), (said.low_ppi, ())
    bare = ((),), said.sources[-1:], (1,), ((),)
    for size_pt in _sizes():
        for note, source, most_lines, low_ppi in product(*(everything if size_pt >= CREDIT_PT[-1] else bare)):
            sense, shortened = shorten(size_pt, most_lines)
            if len(sense) > most_lines and size_pt > CREDIT_PT[-1]:
                continue
            small_pt = min(SMALL_PT, size_pt)
            line = Lines(setter, width_pt, y_mm=MARGIN_MM + CAPITALS * mm(size_pt if sense else small_pt))
            credit = line.set(sense, "serif", size_pt, size_pt * CREDIT_LEAD)
            line.y_mm += 0.6 if sense else 0.0
            credit += line.wrapped((*said.license, *source, *said.changes), small_pt)
            rest = line.wrapped(note, small_pt)
            line.y_mm += 2.0 if credit else 0.0
            rest += line.wrapped((*said.facts, *low_ppi), small_pt)
            if rest[-1].baseline_mm + DESCENT * mm(small_pt) <= limit_mm:
                for happened, what in (
                    (shortened, "title-shortened"),
                    (source != said.sources[0], "source-shortened"),
                    (size_pt < CREDIT_PT[-1], "small-type"),
                ):
                    if happened:
                        setter.gave_way(what)
                return [*([Span(items=tuple(credit), actual_text=said.actual_text)] if said.actual_text else []), *rest]
    raise AssertionError("there is always a smaller size")


COMPACT_PT, COMPACT_LEAD, COMPACT_LINES = 7.0, 9 / 7, 8


def compact_credit(said: Said, setter: Setter, width_pt: float, *, last_mm: float) -> list[Item]:
    """The credit run on in small type, its last baseline at last_mm: what leaves room for a message.

    The title gives way first, then the source's own address, then the size of type.
    """
    for size_pt in (COMPACT_PT, *(COMPACT_PT * 0.9**step for step in range(1, 30))):
        for source in said.sources:
            tail = [*said.license, *source, *said.changes, *said.note, *said.facts]
            sense = tuple(re.sub("^· ", JOINT, setter.drawable(part, "sans", PART_MOST)) for part in said.sense)
            whole = (*sense[:-1], f" {JOINT}".join((*sense[-1:], *tail)))
            lines, shortened = _shorten(whole, setter.metrics, size_pt, width_pt, COMPACT_LINES, face="sans", run_on=True)
            lead_mm = mm(size_pt * COMPACT_LEAD)
            first_mm = last_mm - (len(lines) - 1) * lead_mm
            if first_mm - mm(size_pt) < MARGIN_MM or (len(lines) > COMPACT_LINES and size_pt == COMPACT_PT):
                continue
            for happened, what in (
                (shortened, "title-shortened"),
                (source != said.sources[0], "source-shortened"),
                (size_pt < COMPACT_PT, "small-type"),
            ):
                if happened:
                    setter.gave_way(what)
            texts = [setter.line(MARGIN_MM, first_mm + place * lead_mm, line, "sans", size_pt) for place, line in enumerate(lines)]
            copied = said.actual_text and " · ".join((said.actual_text, *said.note, *said.facts))
            return [Span(items=tuple(texts), actual_text=copied)] if copied else list(texts)
    raise AssertionError("there is always a smaller size")


def _sizes() -> Iterator[float]:
    """The design's three, and then ever smaller ones, for names such as no person bears: a credit must be whole."""
    yield from CREDIT_PT
    size_pt = CREDIT_PT[-1]
    while True:
        size_pt *= 0.9
        yield size_pt


def _shorten(
    sense: tuple[str, ...], metrics: Metrics, size_pt: float, width_pt: float, most_lines: int, *, face: str = "serif", run_on: bool = False
) -> tuple[list[str], bool]:
    """The credit sentence in so many lines, and whether its title lost words; in more where the title has no more to lose.

    One sense a line while there is room; then run on; then words leave the end of the title, as few as need be.
    """

    def lines_with(title: str) -> list[str]:
        parts = (title, *sense[1:])
        apart = [] if run_on else [line for part in parts for line in metrics.wrap(part, face, size_pt, width_pt)]
        return apart if apart and len(apart) <= most_lines else metrics.wrap(" ".join(parts), face, size_pt, width_pt)

    if not sense or len(whole := lines_with(sense[0])) <= most_lines:
        return whole if sense else [], False
    titles = list(ever_shorter(sense[0]))
    lost = bisect_left(titles, True, lo=1, hi=max(1, len(titles) - 1), key=lambda title: len(lines_with(title)) <= most_lines)
    return (lines_with(titles[lost]), True) if len(titles) > 1 else (whole, False)


def ever_shorter(title: str) -> Iterator[str]:
    """The title, and its shorter forms down to the shortest."""
    shorter: str | None = title
    while shorter is not None:
        yield shorter
        shorter = _without_last_word(shorter)


def _without_last_word(title: str) -> str | None:
    """“A long title in the sun” with a word less inside its quotation marks, no small word before the dots; None: nothing to lose.

    A very long word, or a title in a script that writes no spaces, loses its last quarter first.

    >>> _without_last_word("“A long title in the sun”,")
    '“A long title…”,'
    """
    if not title.startswith("“"):
        return None
    inner, _, tail = title[1:].rpartition("”")
    opening, inner, closing = parted(inner)
    words = inner.removesuffix("…").split(" ")
    parts = clusters(words[-1])
    if len(parts) >= 2 * SCRAP:
        words[-1] = "".join(parts[: len(parts) * 3 // 4])
    elif len(words) == 1:
        return None
    else:
        words.pop()
    while len(words) > 1 and _is_small(words[-1]):
        words.pop()
    return f"“{opening}{' '.join(words).rstrip(STOPS)}…{closing}”{tail}"


def _is_small(word: str) -> bool:
    return len(word.strip(STOPS)) <= SMALL_WORD and word < FIRST_EASTERN
