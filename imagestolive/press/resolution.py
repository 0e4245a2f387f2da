"""How finely images are printed and which are not cut, in words: what is told before anybody prints."""

from __future__ import annotations

from collections.abc import Iterable

from imagestolive.faces.fits import LOW_PPI, Fit
from imagestolive.sets import Request
from imagestolive.words import Words


def low_ppi_said(fits: Iterable[Fit | None], words: Words) -> str | None:
    """One sentence on the images that print under 150 ppi; None where none does."""
    low = [fit.ppi for fit in fits if fit is not None and round(fit.ppi) < LOW_PPI]
    if not low:
        return None
    return words.count(
        "{n} image prints under {limit} ppi, at {lowest}: it is small, and its pixels may be seen.",
        "{n} images print under {limit} ppi, the lowest at {lowest}: they are small, and their pixels may be seen.",
        len(low),
        limit=str(LOW_PPI),
        lowest=str(max(1, round(min(low)))),
    )


def kept_border_said(fits: Iterable[Fit | None], request: Request, words: Words) -> str | None:
    """One sentence on the images that stay whole where the others reach the edge; None where there are none."""
    if request.printing.border != "bleed":
        return None
    whole = sum(fit is not None and not fit.bleeds for fit in fits)
    if not whole:
        return None
    return words.count(
        "{n} image keeps its white border: no license that we know of allows cutting it, or too little of it would be left.",
        "{n} images keep their white border: no license that we know of allows cutting them, or too little of them would be left.",
        whole,
    )
