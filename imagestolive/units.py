"""Millimetres, points, pixels; the papers and cards we know, in mm.

One inch is 25.4 mm exactly (international inch, 1959); one point is 1/72 inch (PDF).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imagestolive.errors import N_, ImagesToLiveError

MM_PER_INCH = 25.4
PT_PER_MM = 72 / MM_PER_INCH
PRINTER_DPI = 300  # the dot that enlarged pixels are whole multiples of
DOT_MM = MM_PER_INCH / PRINTER_DPI


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A sheet, always held upright."""

    key: str
    name: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True, kw_only=True)
class CardSize:
    """A card, always named lying: width is the longer side."""

    key: str
    name: str
    width_mm: float
    height_mm: float


class NotASize(ImagesToLiveError):
    """A card or paper size that is neither known by name nor written in mm, or is too small or too large."""

    sentence = N_("“{typed}” is no size of a {what}: take {known}, or an own one such as {example}, with sides from {least} to {most} mm.")


A3 = Paper(key="a3", name="A3", width_mm=297.0, height_mm=420.0)
A4 = Paper(key="a4", name="A4", width_mm=210.0, height_mm=297.0)
A5_PAPER = Paper(key="a5", name="A5", width_mm=148.0, height_mm=210.0)
LETTER = Paper(key="letter", name="Letter", width_mm=215.9, height_mm=279.4)
TABLOID = Paper(key="tabloid", name="Tabloid", width_mm=279.4, height_mm=431.8)
PAPERS = {paper.key: paper for paper in (A4, A3, A5_PAPER, LETTER, TABLOID)}

A6 = CardSize(key="a6", name="A6", width_mm=148.0, height_mm=105.0)
A6_MINUS = CardSize(key="a6-minus", name="A6 minus", width_mm=140.0, height_mm=99.0)
FOUR_BY_SIX = CardSize(key="4x6in", name="4 × 6 in", width_mm=152.4, height_mm=101.6)
FIVE_BY_SEVEN = CardSize(key="5x7in", name="5 × 7 in", width_mm=177.8, height_mm=127.0)
QUARTER_LETTER = CardSize(key="5.5x4.25in", name="5.5 × 4.25 in", width_mm=139.7, height_mm=107.95)
A5 = CardSize(key="a5", name="A5", width_mm=210.0, height_mm=148.0)
CARD_SIZES = {size.key: size for size in (A6, A6_MINUS, FOUR_BY_SIX, FIVE_BY_SEVEN, QUARTER_LETTER, A5)}
CARD_AS_PAPER = "card"  # a page of the card's own size
CARD_FOR_PAPER = {"a4": "a6", "a3": "a6", "a5": "a5", "letter": "5.5x4.25in", "tabloid": "5.5x4.25in"}

_OWN = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)[x×]([0-9]{1,4}(?:\.[0-9]{1,2})?)mm")
_WHAT = {"card": {"en": "card", "pt-BR": "cartão"}, "paper": {"en": "paper", "pt-BR": "papel"}}
_PORTUGUESE = {"letter": "Carta", "tabloid": "Tabloide"}
CARD_LEAST_MM, CARD_MOST_MM = 50, 420
PAPER_LEAST_MM, PAPER_MOST_MM = 50, 1200


def card_size(key: str) -> CardSize:
    """A card size by its key or name, or one's own: "140x90mm". Raises NotASize.

    >>> card_size("90x140mm").key
    '140x90mm'
    """
    if known := _KNOWN_CARDS.get(_flat(key)):
        return known
    short_mm, long_mm = _own(key, "card", CARD_SIZES, "140x90mm", CARD_LEAST_MM, CARD_MOST_MM)
    return CardSize(key=f"{long_mm:g}x{short_mm:g}mm", name=f"{long_mm:g} × {short_mm:g} mm", width_mm=long_mm, height_mm=short_mm)


def paper(key: str) -> Paper:
    """A paper by its key or name, or one's own: "210x330mm". Raises NotASize."""
    if known := _KNOWN_PAPERS.get(_flat(key)):
        return known
    short_mm, long_mm = _own(key, "paper", PAPERS, "210x330mm", PAPER_LEAST_MM, PAPER_MOST_MM)
    return Paper(key=f"{short_mm:g}x{long_mm:g}mm", name=f"{short_mm:g} × {long_mm:g} mm", width_mm=short_mm, height_mm=long_mm)


def name_said(paper: Paper) -> Mapping[str, str]:
    """A paper’s name as sentences in each language have it; what is typed is its key, in any language.

    >>> name_said(LETTER)["pt-BR"], name_said(paper("215.9x330mm"))["pt-BR"]
    ('Carta', '215,9 × 330 mm')
    """
    return {"en": paper.name, "pt-BR": _PORTUGUESE.get(paper.key, paper.name).replace(".", ",")}


def _flat(typed: str) -> str:
    """However a size is written: "A6 minus" as "a6-minus"."""
    return re.sub(r"[\s-]", "", typed.lower()).replace("×", "x")


_KNOWN_CARDS = {_flat(size.key): size for size in CARD_SIZES.values()}
_KNOWN_PAPERS = {_flat(paper.key): paper for paper in PAPERS.values()}


def _own(key: str, what: str, known: Iterable[str], example: str, least: int, most: int) -> tuple[float, float]:
    found = _OWN.fullmatch(key.strip().lower().replace(" ", ""))
    sides = sorted(map(float, found.groups())) if found else []
    if not found or not least <= sides[0] or not sides[1] <= most:
        typed = "".join(sign if sign.isprintable() else "\ufffd" for sign in key[:40])
        raise NotASize(field=what, typed=typed, what=_WHAT[what], known=", ".join(known), example=example, least=least, most=most)
    return sides[0], sides[1]


def pt(mm: float) -> float:
    """Millimetres in points.

    >>> pt(25.4)
    72.0
    """
    return mm * PT_PER_MM


def mm(points: float) -> float:
    """Points in millimetres."""
    return points / PT_PER_MM
