"""Papers that what is printed needs."""

from __future__ import annotations

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.units import A5_PAPER, Paper, name_said, paper


class PaperTooSmall(ImagesToLiveError):
    """A paper on which the lines of this would run into each other."""

    sentence = N_("{paper} is too small for this: take a paper of at least {width} × {height} mm.")
    field = "paper"


def large_paper(key: str) -> Paper:
    """A paper by its key, as large as A5 at least. Raises NotASize, PaperTooSmall."""
    found = paper(key)
    if found.width_mm < A5_PAPER.width_mm or found.height_mm < A5_PAPER.height_mm:
        raise PaperTooSmall(paper=name_said(found), width=A5_PAPER.width_mm, height=A5_PAPER.height_mm)
    return found
