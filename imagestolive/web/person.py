"""/set/<code>/p/<n>: the images of one person of a set, as large as they are, with who made them. A link for a learning platform."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from imagestolive import sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.web import address, review
from imagestolive.web.current import marks, pipeline
from imagestolive.web.language import words
from imagestolive.web.opened import Opened, opened
from imagestolive.web.prints import Print, Shown, prints

PIXELS_MOST_PX = 512

bp = Blueprint("person", __name__)


class NoSuchPerson(ImagesToLiveError):
    sentence = N_("This set is for {people} people: there is no person {person} in it.")
    status = 404


class NotLookedAt(ImagesToLiveError):
    """School mode hands out nothing that nobody has looked at; pupils have no marks of their own."""

    sentence = N_("These images can be seen here once somebody has looked at each of them on the page of the set.")
    status = 409


@bp.get(f"/set/<typed>/p/<int(max={sets.PEOPLE_MOST}):person>")
def show(typed: str, person: int) -> str:
    """Raises NoSuchPerson, NotLookedAt, and what opening a set raises."""
    found = opened(sets.read_code(typed), address.read(request.args, lang=words().lang))
    asked = found.drawn.request
    numbers = [slot for slot in found.drawn.picks if asked.person(slot) == person]
    if not 1 <= person <= asked.people:
        raise NoSuchPerson(person=person, people=asked.people)
    if found.policy.school and not _looked_at(found, numbers):
        raise NotLookedAt
    shown = prints(found.drawn, found.policy, only=numbers) if numbers else []
    cards = [(card, card.image and _size(card.image), _source(found, card)) for card in shown]
    return render_template("person.html", code=found.code, person=person, cards=cards)


def _looked_at(found: Opened, numbers: list[int]) -> bool:
    """Whether some one reviewer has said something of each image that is shown; of places that show words nobody has to."""
    shown = [slot for slot in numbers if pipeline().reason(found.drawn, slot, found.policy) in (None, "held for review")]
    images = {slot: found.drawn.picks[slot].image for slot in shown}
    return marks().all_seen(found.drawn.code, images)


def _source(found: Opened, card: Print) -> str | None:
    """Where its image is sent from, to whoever was given this page; one that waited was kept by who gave it."""
    if card.image is None:
        return None
    if card.number not in found.drawn.waiting:
        return card.image.src
    kept = request.args.get(review.KEEPER, "")
    return f"{card.image.src}&{urlencode({review.KEEPER: kept})}" if kept else card.image.src


def _size(image: Shown) -> tuple[int, int]:
    """A photograph never larger than its pixels; pixels as squares of a whole number, as large as the page lets them."""
    times = max(1, PIXELS_MOST_PX // max(image.width_px, image.height_px)) if image.pixels else 1
    return times * image.width_px, times * image.height_px
