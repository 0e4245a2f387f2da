"""What documents are filled in with: the class that uses them, as far as its set and two dates say. No names, nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from imagestolive.teaching.blocks import BLANK, Block


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Texts in the language of the document. What is None stays a place to be filled in by hand.

    The blocks are made by who knows the set: press/handouts.py.
    """

    code: str | None = None  # K7Q2-9FXD
    address: str | None = None  # of the set's page
    first_class: str | None = None  # a date in words
    second_class: str | None = None
    people: int | None = None
    cards: int | None = None  # of each person
    people_links: tuple[Block, ...] = ()  # a table: person, address
    credits: tuple[Block, ...] = ()
    datasheets: tuple[Block, ...] = ()  # headings of level 3 and what stands under them

    def word(self, name: str) -> str | None:
        """What stands in the place of {name} in a source; None: nothing is known by that name."""
        values = {
            "set": self.code,
            "address": self.address,
            "first": self.first_class,
            "second": self.second_class,
            "people": self.people,
            "cards": self.cards,
            "all-cards": self.people and self.cards and self.people * self.cards,
        }
        if name not in values:
            return None
        return BLANK if values[name] is None else str(values[name])

    def blocks(self, name: str) -> tuple[Block, ...]:
        """What stands in the place of `::: name`."""
        return {"links": self.people_links, "credits": self.credits, "datasheets": self.datasheets}[name]


NOTHING = Filling()
