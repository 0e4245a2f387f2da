"""/make: what a set should be; it answers with the set's own address. A wrong answer comes back in the form, with what was typed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from flask import Blueprint, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.press import check
from imagestolive.sets import Request
from imagestolive.units import CARD_AS_PAPER, paper
from imagestolive.web import address, asking
from imagestolive.web.current import decisions, pipeline
from imagestolive.web.language import NAMES, words
from imagestolive.words import LANGUAGES

PEOPLE, CARDS = "30", "3"
PAPER_CHOICES = {"a4": N_("A4, four postcards on a sheet"), "letter": N_("Letter, four cards on a sheet")}
_SOLD = {"no": N_("No"), "yes": N_("Yes: leave out images whose license does not allow it")}
_SCHOOL = {
    "no": N_("No"),
    "yes": N_("Yes: no people, nothing doubtful, and every image is looked at before it is printed"),
}
BY_CHOICES = {
    "image": N_("Every image has the same chance"),
    "class": N_("First a class, such as “dog”, then one of its images"),
    "author": N_("First an author, then one of their images"),
}

bp = Blueprint("make", __name__)

Field = Literal["people", "cards", "dataset", "paper", "card_lang", "sold", "school", "by"]
_LABELS: dict[Field, str] = {
    "people": N_("How many people?"),
    "cards": N_("How many images for each person?"),
    "paper": N_("Which paper?"),
    "card_lang": N_("In which language are the backs?"),
    "sold": N_("Will these prints be sold or used to advertise?"),
    "school": N_("Is this set for children?"),
    "dataset": N_("From which data sets?"),
    "by": N_("How are the images drawn?"),
}


class NoDataSetChosen(ImagesToLiveError):
    """All boxes were left empty."""

    sentence = N_("Choose at least one data set.")
    field = "dataset"


class NotOffered(ImagesToLiveError):
    """A choice that is not on the form."""

    sentence = N_("“{typed}” is not one of the choices.")


@dataclass(frozen=True, kw_only=True)
class Form:
    """The answers as they were typed."""

    people: str = PEOPLE
    cards: str = CARDS
    keys: tuple[str, ...] | None = None  # None: all that can be drawn from
    paper: str = "a4"
    printing: tuple[tuple[str, str], ...] = ()  # what the form has no field for: other choices of a set that is asked for anew
    card_lang: str
    sold: str = "no"
    school: str = ""  # as the configuration says
    by: str = "image"
    code: str | None = None  # None: a new one

    @classmethod
    def typed(cls, values: MultiDict[str, str]) -> Form:
        """The first value of each field, as text; an empty one is as good as none."""
        chosen = tuple(dict.fromkeys(part.split("~")[0] for part in values.getlist("dataset")))
        return cls(
            people=values.get("people", "").strip() or PEOPLE,
            cards=values.get("cards", "").strip() or CARDS,
            keys=chosen if chosen or "dataset_asked" in values else None,
            paper=values.get("paper") or "a4",
            printing=tuple((name, values[name]) for name in address.PRINTING if name != "paper" and values.get(name)),
            card_lang=values.get("card_lang") or words().lang,
            sold=values.get("sold") or "no",
            school=values.get("school", ""),
            by=values.get("by") or "image",
            code=values.get("code") or None,
        )


@bp.get("/make")
def ask() -> str | tuple[str, int]:
    """The form, filled in with what the address says; what it chooses that is not offered is named."""
    form = Form.typed(request.args)
    wrong = _not_offered(form)
    return (form_page(form, wrong), 400) if wrong else form_page(form)


@bp.post("/make")
def draw() -> Response | tuple[str, int]:
    """To the set's address, by way of the job that fetches its images if they are elsewhere; or the form again, with what is wrong.

    Raises QueueFull.
    """
    form = Form.typed(request.form)
    wrong = wrong_answers(form)
    if not wrong:
        try:
            return _draw(form)
        except ImagesToLiveError as error:
            if error.field not in _LABELS:
                raise
            wrong = [error]
    return form_page(form, wrong), 400


def form_page(form: Form, wrong: Sequence[ImagesToLiveError] = ()) -> str:
    """The form; `wrong` are errors whose `field` is one of its fields."""
    says = {error.field: words().error(error) for error in reversed(wrong)}
    policy = pipeline().policy(sold=False)
    drawable = pipeline().drawable(policy)
    every = pipeline().data_sets()
    offered = [info for info in every if info.key in drawable]
    return render_template(
        "make.html",
        form=form,
        labels={name: words().say(label) for name, label in _LABELS.items()},
        says={name: says[name] for name in _LABELS if name in says},
        offered=offered,
        ticked={info.key for info in offered if form.keys is None or info.key in form.keys},
        others=[(info, pipeline().why_not(info.key, policy)) for info in every if info.key not in drawable],
        papers=_papers(form.paper),
        sold=[(key, words().say(said)) for key, said in _SOLD.items()],
        school=form.school or ("yes" if policy.school else "no"),
        schools=None if pipeline().config.school_locked else [(key, words().say(said)) for key, said in _SCHOOL.items()],
        languages=NAMES.items(),
        ways=[(key, words().say(said)) for key, said in BY_CHOICES.items()],
        default_people=PEOPLE,
        default_cards=CARDS,
    )


def _papers(chosen: str) -> list[tuple[str, str]]:
    """The two that most people have, and another that was chosen elsewhere."""
    offered = [(key, words().say(said)) for key, said in PAPER_CHOICES.items()]
    return offered if chosen in PAPER_CHOICES or not _is_paper(chosen) else [*offered, (chosen, _paper_name(chosen))]


def _is_paper(key: str) -> bool:
    try:
        return key == CARD_AS_PAPER or paper(key).key == key
    except ImagesToLiveError:
        return False


def _paper_name(key: str) -> str:
    return words().say("Paper of the card’s own size") if key == CARD_AS_PAPER else words().decimal(paper(key).name)


def wrong_answers(form: Form) -> list[ImagesToLiveError]:
    """All that can be said before anything is looked up."""
    wrong: list[ImagesToLiveError] = []
    for part in (_people, _cards, _numbers):
        try:
            part(form)
        except ImagesToLiveError as error:
            wrong.append(error)
    wrong += _not_offered(form)
    if form.keys == ():
        wrong.append(NoDataSetChosen())
    return wrong


def most_cards() -> int:
    """How many cards a set may have here: the pages' own limit, or that of every set where it is lower."""
    limits = pipeline().config.limits
    return min(limits.web_cards, limits.cards)


def _not_offered(form: Form) -> list[ImagesToLiveError]:
    answers: tuple[tuple[Field, str, Collection[str]], ...] = (
        ("paper", form.paper, [key for key, _ in _papers(form.paper)]),
        ("card_lang", form.card_lang, LANGUAGES),
        ("sold", form.sold, _SOLD),
        ("school", form.school, ("", *_SCHOOL)),
        ("by", form.by, BY_CHOICES),
    )
    return [NotOffered(typed=sets.shown(typed), field=field) for field, typed, choices in answers if typed not in choices]


def _people(form: Form) -> int:
    return _number(form.people, "people", sets.PEOPLE_MOST)


def _cards(form: Form) -> int:
    return _number(form.cards, "cards", sets.CARDS_MOST)


def _numbers(form: Form) -> tuple[int, int]:
    people, cards = _people(form), _cards(form)
    sets.check_numbers(people, cards, most_cards())
    return people, cards


def _number(typed: str, field: Literal["people", "cards"], most: int) -> int:
    label = words().say(_LABELS[field])
    return sets.whole_number(typed, name=f"“{label}”", least=1, most=min(most, most_cards()), field=field)


def _draw(form: Form) -> Response:
    people, cards = _numbers(form)
    kept = _printed_as(form)
    asked, left = pipeline().request(
        people=people,
        cards=cards,
        keys=form.keys,
        by=form.by,
        paper=kept.paper,
        card=kept.card,
        flip=kept.flip,
        back=kept.back,
        lang=form.card_lang,
        spare=kept.spare,
        printing=kept.printing,
        policy=pipeline().policy(sold=form.sold == "yes", school=form.school == "yes" if form.school else None),
        most=most_cards(),
    )
    elsewhere = pipeline().needs_network(asked)
    code = sets.read_code(form.code) if form.code else asking.code_of_form() if elsewhere else sets.new_code(secrets.randbits)
    stayed = {part.key for part in asked.datasets}
    without = [key for key in form.keys or () if key not in stayed] if left else []
    whole = address.Asked(request=asked, without=tuple(without), as_of=decisions().moment(code))
    there = address.path(code, whole)
    return asking.fetch_images(code, whole, there) if elsewhere else redirect(there, 303)


def _printed_as(form: Form) -> Request:
    """What the form says of printing, and what came along; what is no choice, and a card too large for the paper, goes to the usual."""
    args = MultiDict([("paper", form.paper), *form.printing])
    kept = address.read(args, lang=form.card_lang, wrong=[]).request
    try:
        check(kept)
    except ImagesToLiveError:
        kept = replace(kept, card=address.card_of(kept.paper), printing=replace(kept.printing, border="white", start=1))
    return kept
