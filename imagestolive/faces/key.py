"""What stands beside the QR code: the tool, number and person, the set code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagestolive.cards import Card
from imagestolive.faces.items import Text
from imagestolive.faces.setter import MARGIN_MM, SMALL_LEAD, SMALL_PT, Setter
from imagestolive.units import mm, pt
from imagestolive.words import Words

QR_MM, SMALL_QR_MM = 18.0, 15.0
KEY_GAP_MM = 4.0  # between code and key
SMALL_KEY_MM = MARGIN_MM + SMALL_QR_MM + KEY_GAP_MM  # beside a small code there is room for the name alone
CODE_PT, CODE_TRACKING_PT, NAME_PT, NAME_LEAST_PT = 11.0, 0.4, 8.5, 7.0


@dataclass(frozen=True, kw_only=True)
class Key:
    """What stands beside the QR code, up to end_mm: by number, person and set code a card finds its way back into its set."""

    x_mm: float
    end_mm: float
    foot_mm: float

    def items(self, card: Card, words: Words, setter: Setter, *, named: bool = False) -> Iterator[Text]:
        """Number and code, in smaller type where the card is; `named`: the tool's name above, and its method's where there is room."""
        number = self._number(card, words, setter)
        if named:
            method = words.say("after Pereira and Moreschi, 2023")
            with_method = len(number) == 1 and self.x_mm > SMALL_KEY_MM and self._size_pt(method, "sans", SMALL_PT, setter) == SMALL_PT
            name = words.say("Images to live with")
            size_pt = self._size_pt(name, "serif-italic", NAME_PT, setter)
            if size_pt >= NAME_LEAST_PT:
                rise_mm = 13.4 if with_method or len(number) > 1 else 9.4
                yield setter.text(self.x_mm, self.foot_mm - rise_mm, name, "serif-italic", size_pt)
            if with_method:
                yield setter.text(self.x_mm, self.foot_mm - 9.2, method, "sans", SMALL_PT)
        yield from number
        size_pt = self._size_pt(card.code, "sans-semibold", CODE_PT, setter)
        yield setter.text(self.x_mm, self.foot_mm, card.code, "sans-semibold", size_pt, tracking_pt=CODE_TRACKING_PT * size_pt / CODE_PT)

    def _number(self, card: Card, words: Words, setter: Setter) -> list[Text]:
        """In one line, else in two, and in smaller type where that is too long as well."""
        number, of = str(card.number), str(card.of)
        said = words.say("Card {number} of {of} · Spare", number=number, of=of)
        if card.person is not None:
            said = words.say("Card {number} of {of} · Person {person}", number=number, of=of, person=str(card.person))
        lines = [said] if self._size_pt(said, "sans", SMALL_PT, setter) == SMALL_PT else said.split(" · ")
        size_pt = min(self._size_pt(line, "sans", SMALL_PT, setter) for line in lines)
        last_mm, lead_mm = self.foot_mm - 5.0, mm(size_pt * SMALL_LEAD)
        return [
            setter.text(self.x_mm, last_mm - above * lead_mm, line, "sans", size_pt)
            for line, above in zip(lines, reversed(range(len(lines))), strict=True)
        ]

    def _size_pt(self, string: str, face: str, size_pt: float, setter: Setter) -> float:
        """The size, or the smaller one in which the string ends where it must."""
        tracking_em = CODE_TRACKING_PT / CODE_PT * len(string) if face == "sans-semibold" else 0.0
        ems = setter.metrics.width_pt(string, face, 1) + tracking_em
        return min(size_pt, pt(self.end_mm - self.x_mm) / ems)
