"""One side of a card -> placed items: the design of fronts and backs, and what shortens first.

All places are mm from the top left of the card as it is read, y down. A front is turned (upright) when its image is; backs always
lie. Type is never scaled with the card; grey is 0 black, 1 white, and only lines may be grey.
"""

from imagestolive.faces.backs import Kind, back
from imagestolive.faces.fits import BLEED_MM, BORDER_MM, CAPTION_FOOT_MM, LOW_PPI, Fit, Small, enough_left, fit, fit_of
from imagestolive.faces.fronts import front
from imagestolive.faces.items import Code, Fill, Frame, Image, Item, Rule, Side, Span, Text

__all__ = [
    "BLEED_MM", "BORDER_MM", "CAPTION_FOOT_MM", "LOW_PPI", "Code", "Fill", "Fit", "Frame", "Image", "Item", "Kind", "Rule", "Side", "Small",
    "Span", "Text", "back", "enough_left", "fit", "fit_of", "front",
]  # fmt: skip
