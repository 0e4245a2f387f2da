"""Millimetres, points, pixels; the papers and cards we know, in mm.

One inch is 25.4 mm exactly (international inch, 1959); one point is 1/72 inch (PDF).
"""

from __future__ import annotations

from dataclasses import dataclass

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


A4 = Paper(key="a4", name="A4", width_mm=210.0, height_mm=297.0)
LETTER = Paper(key="letter", name="Letter", width_mm=215.9, height_mm=279.4)
PAPERS = {paper.key: paper for paper in (A4, LETTER)}

A6 = CardSize(key="a6", name="A6", width_mm=148.0, height_mm=105.0)
QUARTER_LETTER = CardSize(key="5.5x4.25in", name="5.5 × 4.25 in", width_mm=139.7, height_mm=107.95)
CARD_SIZES = {size.key: size for size in (A6, QUARTER_LETTER)}
CARD_FOR_PAPER = {A4.key: A6.key, LETTER.key: QUARTER_LETTER.key}


def pt(mm: float) -> float:
    """Millimetres in points.

    >>> pt(25.4)
    72.0
    """
    return mm * PT_PER_MM


def mm(points: float) -> float:
    """Points in millimetres."""
    return points / PT_PER_MM
