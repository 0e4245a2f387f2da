"""Which card sizes may be posted as postcards, by the size alone: the world's posts together, USPS, Deutsche Post.

Limits as the posts gave them in November 2026. Thickness, weight and what stands on the address side are the sender's matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from imagestolive.errors import N_
from imagestolive.units import MM_PER_INCH, CardSize

_TINY = 1e-6


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a post takes as a postcard, in mm, long side first; and what is said of a card that is one, or why it is none."""

    post: str
    least_mm: tuple[float, float]
    most_mm: tuple[float, float]
    ratio_least: float  # long side over short side
    tolerance_mm: float = 0.0
    allowed: str
    too_small: str
    too_large: str
    too_square: str


@dataclass(frozen=True, kw_only=True)
class Posting:
    """What one post says to a card size. `why` is a sentence for words.say."""

    post: str
    allowed: bool
    why: str


LIMITS = (
    # UPU, as the posts of CY, RS, AF, PT restate it: 90 × 140 to 120 × 235 mm (some 125 × 235), ± 2 mm, length at least 1.4 × width
    Limits(
        post="upu",
        least_mm=(140, 90),
        most_mm=(235, 120),
        ratio_least=1.4,
        tolerance_mm=2,
        allowed=N_("The size may be posted as a postcard abroad (UPU)."),
        too_small=N_("Too small for a postcard abroad (UPU): 140 × 90 mm at least."),
        too_large=N_("Too large for a postcard abroad (UPU): 235 × 120 mm at most."),
        too_square=N_("Too square for a postcard abroad (UPU): the long side has to be 1.4 times the short side at least."),
    ),
    # USPS retail, at least 3.5 × 5 in; up to 6 × 9 in only presorted or automated. No card within the limits reaches the upper ratio, 2.5.
    Limits(
        post="usps",
        least_mm=(5 * MM_PER_INCH, 3.5 * MM_PER_INCH),
        most_mm=(6 * MM_PER_INCH, 4.25 * MM_PER_INCH),
        ratio_least=1.3,
        allowed=N_("The size may be posted at the USPS card price."),
        too_small=N_("Too small for the USPS card price: 5 × 3.5 in at least."),
        too_large=N_("Too large for the USPS card price: 6 × 4.25 in at most."),
        too_square=N_("Too square for the USPS card price: the long side has to be 1.3 times the short side at least."),
    ),
    Limits(
        post="deutsche-post",
        least_mm=(140, 90),
        most_mm=(235, 125),
        ratio_least=1.4,
        allowed=N_("The size may be posted as a postcard with Deutsche Post."),
        too_small=N_("Too small for a postcard with Deutsche Post: 140 × 90 mm at least."),
        too_large=N_("Too large for a postcard with Deutsche Post: 235 × 125 mm at most."),
        too_square=N_("Too square for a postcard with Deutsche Post: the long side has to be 1.4 times the short side at least."),
    ),
)


def posting(card: CardSize) -> tuple[Posting, ...]:
    """What each post says to a card size, always in the order of LIMITS.

    >>> from imagestolive.units import A6
    >>> [said.allowed for said in posting(A6)]
    [True, True, True]
    """
    answers = [(limits, _why(card, limits)) for limits in LIMITS]
    return tuple(Posting(post=limits.post, allowed=why == limits.allowed, why=why) for limits, why in answers)


def _why(card: CardSize, limits: Limits) -> str:
    slack_mm = limits.tolerance_mm + _TINY
    sides = card.width_mm, card.height_mm
    if card.width_mm < limits.ratio_least * card.height_mm - _TINY:
        return limits.too_square
    if any(side < least - slack_mm for side, least in zip(sides, limits.least_mm, strict=True)):
        return limits.too_small
    if any(side > most + slack_mm for side, most in zip(sides, limits.most_mm, strict=True)):
        return limits.too_large
    return limits.allowed
