"""A card as pages show it: the image on white paper, its label, and its back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from flask import url_for
from markupsafe import Markup

from imagestolive import faces, resources, svg
from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.pipeline import DrawnSet, name_and_year
from imagestolive.policy import Policy
from imagestolive.press import has_backs
from imagestolive.records import Picture, Reason
from imagestolive.sets import Pick, Request, written
from imagestolive.units import CardSize, card_size
from imagestolive.web.current import pipeline, press
from imagestolive.web.language import words
from imagestolive.words import Words

LARGE_PX, SMALL_PX = 640, 320  # the longer side of what /picture sends
VEILED_PX = 12  # the same, of an image that nobody has to see: a few spots of its colours


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An image for an <img>. Small ones are never enlarged but by CSS, as squares."""

    src: str
    veiled_src: str  # in its place, until somebody wants to look
    small_src: str | None  # half as large, for plain screens
    width_px: int
    height_px: int
    alt: str  # neutral: what the image shows is for the reader to say
    turned: bool
    stout: bool  # nearer to a square than the card: it is the card's short side that bounds it
    pixels: bool
    keyline: bool  # as white as the paper: a line around it shows where it ends


@dataclass(frozen=True, kw_only=True)
class Print:
    """A card of a set; without an image it has a notice in its place."""

    number: int
    person: int | None  # None: a spare card
    image: Shown | None
    notice: str | None
    reason: Reason | None = None  # why it shows no image; "held for review" with one: it is there to be looked at, and not handed out
    credit: Credit | None
    dataset: tuple[str, str] | None  # key; "COCO, 2014"
    back: Markup | None  # None: nothing is printed there
    warnings: tuple[str, ...]  # of the side that has the credit, as faces.Side has them


def prints(drawn: DrawnSet, policy: Policy, *, only: Sequence[int] = ()) -> list[Print]:
    """The cards of a set: labels in the page's language, backs in that of the cards. `only`: the numbers of those wanted."""
    card_words = resources.words(drawn.request.lang)
    said = press().chosen(drawn, policy, words(), only, None)
    printed = press().chosen(drawn, policy, card_words, only, None) if card_words.lang != words().lang else None
    return [_print(drawn, card, next(printed) if printed else card, card_words, policy) for card in said]


def looked_at(drawn: DrawnSet, policy: Policy) -> list[Print]:
    """The same for the person who looks at every card: those held for review come with their images, others say why they have none."""
    return [_looked_at(drawn, card, policy) if card.image is None else card for card in prints(drawn, policy)]


def _looked_at(drawn: DrawnSet, card: Print, policy: Policy) -> Print:
    reason = pipeline().reason(drawn, card.number, policy)
    if reason != "held for review":
        return replace(card, reason=reason)
    card_words, looking = resources.words(drawn.request.lang), policy.to_look()
    said, printed = (pipeline().card(drawn, card.number, looking, spoken) for spoken in (words(), card_words))
    return replace(_print(drawn, said, printed, card_words, looking), reason=reason)


def _print(drawn: DrawnSet, card: Card, printed: Card, card_words: Words, policy: Policy) -> Print:
    if card.picture is None or printed.picture is None:
        return Print(
            number=card.number, person=card.person, image=None, notice=card.notice, credit=None, dataset=None, back=None, warnings=()
        )
    pick, request = drawn.picks[card.number], drawn.request
    front = press().front(printed, request)
    back = press().back(printed, request, card_words) if has_backs(request) else None
    return Print(
        number=card.number,
        person=card.person,
        image=shown(pick, card.picture, request, number=card.number, code=_code_to_look(drawn, card.number, policy)),
        notice=None,
        credit=card.credit,
        dataset=(pick.dataset, name_and_year(pipeline().data_set(pick.dataset).sheet)),
        back=side(back) if back else None,
        warnings=(*front.warnings, *(back.warnings if back else ())),
    )


def _code_to_look(drawn: DrawnSet, slot: int, policy: Policy) -> str | None:
    return drawn.code if policy.held_pass or slot in drawn.waiting else None


def side(printed: faces.Side) -> Markup:
    """One side of a card as the page draws it, without its image."""
    return Markup(svg.side_svg(printed, image_href=None))  # noqa: S704 (svg.py escapes)


def shown(pick: Pick, picture: Picture, request: Request, *, number: int, code: str | None = None) -> Shown:
    """How an image that has passed the gate is asked for by a page. `code`: of the set in which it waits, or waited, for review."""
    size, sold = card_size(request.card), request.sold
    fit = faces.fit(picture.width_px, picture.height_px, size)
    large = max(picture.width_px, picture.height_px) > SMALL_PX
    return Shown(
        src=picture_address(pick, LARGE_PX, sold=sold, code=code),
        veiled_src=picture_address(pick, VEILED_PX, sold=sold, code=code),
        small_src=picture_address(pick, SMALL_PX, sold=sold, code=code) if large else None,
        width_px=picture.width_px,
        height_px=picture.height_px,
        alt=words().say("Card {number}, {width} by {height} pixels", number=number, width=picture.width_px, height=picture.height_px),
        turned=fit.turned,
        stout=_stout(picture, size, turned=fit.turned),
        pixels=fit.dots is not None,
        keyline=picture.pale_edge,
    )


def _stout(picture: Picture, size: CardSize, *, turned: bool) -> bool:
    long_px, short_px = (picture.height_px, picture.width_px) if turned else (picture.width_px, picture.height_px)
    return long_px * (size.height_mm - 2 * faces.BORDER_MM) < short_px * (size.width_mm - 2 * faces.BORDER_MM)


def address_in_set(drawn: DrawnSet, pick: Pick, longest_px: int) -> str:
    """Where a page of a set has the image of one of its cards from."""
    code = drawn.code if pick.slot in drawn.waiting else None
    return picture_address(pick, longest_px, sold=drawn.request.sold, code=code)


def picture_address(pick: Pick, longest_px: int, *, sold: bool, code: str | None = None) -> str:
    """Where the image of a pick is sent from: this image, under the policy of this set. `code`: of the set in which somebody looks at it
    while it is held for review."""
    where = url_for if code is None else partial(url_for, typed=written(code))
    endpoint = "picture.show" if code is None else "picture.look"
    for_sale = "yes" if sold else None  # None: left away
    return where(endpoint, key=pick.dataset, image_id=pick.image_id, sha256=pick.sha256, px=longest_px, sold=for_sale)
