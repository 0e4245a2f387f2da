"""Fronts on paper of a given shape, where faces would turn the card to suit its image."""

from __future__ import annotations

from imagestolive.cards import Card
from imagestolive.faces import fit_of
from imagestolive.units import CardSize


def unturned(card: Card, width_mm: float, height_mm: float) -> CardSize:
    """The card size by which the front of this card comes out so wide and so high, whatever the proportions of its image."""
    size = CardSize(key="", name="", width_mm=width_mm, height_mm=height_mm)
    place = fit_of(card, size)
    return CardSize(key="", name="", width_mm=height_mm, height_mm=width_mm) if place and place.turned else size
