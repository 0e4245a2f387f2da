"""/set/<code>/p/<n>: the images of one person of a set, as large as they are, with who made them. A link for a learning platform."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from imagestolive import sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.web import address
from imagestolive.web.language import words
from imagestolive.web.opened import opened
from imagestolive.web.prints import Shown, prints

PIXELS_MOST_PX = 512

bp = Blueprint("person", __name__)


class NoSuchPerson(ImagesToLiveError):
    sentence = N_("This set is for {people} people: there is no person {person} in it.")
    status = 404


@bp.get("/set/<typed>/p/<int:person>")
def show(typed: str, person: int) -> str:
    """Raises NoSuchPerson, and what opening a set raises."""
    found = opened(sets.read_code(typed), address.read(request.args, lang=words().lang))
    people = found.drawn.request.people
    if not 1 <= person <= people:
        raise NoSuchPerson(person=person, people=people)
    cards = [(card, card.image and _size(card.image)) for card in prints(found.drawn, found.policy) if card.person == person]
    return render_template("person.html", code=found.code, person=person, cards=cards)


def _size(image: Shown) -> tuple[int, int]:
    """A photograph never larger than its pixels; pixels as squares of a whole number, as large as the page lets them."""
    times = max(1, PIXELS_MOST_PX // max(image.width_px, image.height_px)) if image.pixels else 1
    return times * image.width_px, times * image.height_px
