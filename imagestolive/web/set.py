"""/set/<code>: every card of a set, to be looked at before it is handed out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.pipeline import AllElsewhere, DrawnSet, left_out_sentence
from imagestolive.press import person_said, warning
from imagestolive.web import address, asking, make
from imagestolive.web.current import pipeline
from imagestolive.web.language import words
from imagestolive.web.opened import Opened, opened
from imagestolive.web.print import downloads_of, follow, print_steps, sent_by_the_form
from imagestolive.web.prints import Print, prints

bp = Blueprint("set", __name__)

Page = str | tuple[str, int]


class NoRoomInTheAddress(ImagesToLiveError):
    """The address is where replaced images are remembered, and it is full."""

    sentence = N_(
        "Card {number} was not replaced: so many images of this set were refused that its address has no room for one more. "
        "The set stays as it was. For other images, make a new set."
    )


@bp.get("/set/<typed>")
@bp.get("/set/<path:typed>")
def show(typed: str) -> Response | Page:
    """Raises sets.NotACode, which has its own page; numbers that cannot be used come back in the form of /make."""
    code = sets.read_code(typed)
    if sent_by_the_form():
        return follow(code, Opened.path)
    try:
        return _page(_open(code))
    except ImagesToLiveError as error:
        if error.field not in ("people", "cards"):
            raise
    form = make.Form.typed(MultiDict([*request.args.items(multi=True), ("code", sets.written(code))]))
    return make.form_page(form, make.wrong_answers(form)), 400


@bp.post("/set/<typed>")
def replace(typed: str) -> Response | Page:
    """Refuses the image on one card: to the set's new address."""
    found = _open(sets.read_code(typed))
    slots = found.drawn.request.slots
    slot = sets.whole_number(request.form.get("replace", ""), name="replace", least=1, most=slots, field="replace")
    refused = pipeline().refuse(found.drawn, slot)
    try:
        there = address.path(found.drawn.code, found.request, refused, found.asked.without)
    except address.AddressTooLong:
        return _page(found, wrong=words().error(NoRoomInTheAddress(number=slot))), 400
    there += f"#card-{slot}"
    if pipeline().needs_network(found.drawn.request):
        try:
            pipeline().draw(found.drawn.request, found.drawn.code, refused, found.policy)
        except ToBeFetched:
            return asking.fetch_images(found.drawn.code, found.request, refused, there)
    return redirect(there, 303)


def _open(code: str) -> Opened:
    return opened(code, address.read(request.args, lang=words().lang))


def _page(found: Opened, wrong: str | None = None) -> str:
    drawn, policy = found.drawn, found.policy
    cards = prints(drawn, policy)
    return render_template(
        "set.html",
        code=found.code,
        request=drawn.request,
        path=found.path(),
        downloads=[(found.path_of("downloads.send", file=file), said, found.is_long(file)) for file, said in downloads_of(drawn.request)],
        print_path=found.path_of("print.show"),
        steps=print_steps(drawn.request, words()),
        change_path=_change_path(found),
        cards_here=len(cards),
        ungrouped=pipeline().ungrouped(drawn.request, words()),
        people=[(person_said(person, words()), list(group)) for person, group in groupby(cards, key=lambda card: card.person)],
        licenses=Counter(card.credit.license_name for card in cards if card.credit).most_common(),
        data_sets=_data_sets(drawn),
        left_out=left_out_sentence(drawn.left_out, words()),
        left_out_number=sum(drawn.left_out.values()),
        notices=_notices(found, cards),
        wrong=wrong,
        short=found.too_few(),
        fetch_path=found.path_of("fetch.start")
        if drawn.left_out.get("not reachable") and pipeline().needs_network(drawn.request)
        else None,
        cannot=(why := found.cannot()) and words().error(why),
        code_alone=not request.args.keys() & {"people", "cards", "dataset"},
    )


def _fetch_path(found: Opened) -> str | None:
    """Where to ask for images again that could not be reached, if there are any."""
    missed = found.drawn.left_out.get("not reachable") and pipeline().needs_network(found.drawn.request)
    return found.path_of("fetch.start") if missed else None


def _change_path(found: Opened) -> str:
    """The form of /make, filled in with what this set was asked for."""
    asked = found.request
    kept: dict[str, Any] = {name: value for name, value in found.pairs() if name in address.PRINTING}
    return url_for(
        "make.ask",
        code=found.code,
        people=asked.people,
        cards=asked.cards,
        dataset=[part.key for part in asked.datasets],
        card_lang=asked.lang,
        sold="yes" if asked.sold else "no",
        by=asked.by,
        **kept,
    )


def _data_sets(drawn: DrawnSet) -> list[tuple[str, str, int]]:
    """Key, title and number of cards of each data set that is drawn from."""
    cards = Counter(pick.dataset for pick in drawn.picks.values())
    known = {info.key: info.sheet.title for info in pipeline().data_sets()}
    return [(part.key, known[part.key], cards[part.key]) for part in drawn.request.datasets if part.key in known]


def _notices(found: Opened, cards: Sequence[Print]) -> list[str]:
    """What is not as it was, or not as it was asked for."""
    drawn, say = found.drawn, words().say
    known = {info.key: info.sheet.title for info in pipeline().data_sets()}
    told = [words().error(why) for key in found.asked.without if key in known and (why := pipeline().why_not(key, found.policy))]
    gone = [part.key for part in drawn.request.datasets if part.key not in known]
    told += [say("The data set “{key}” is not here any more. Its cards show no image until you replace them.", key=key) for key in gone]
    told += [
        words().error(why)
        for part in drawn.request.datasets
        if part.key in known and isinstance(why := pipeline().why_not(part.key, found.policy), AllElsewhere)
    ]
    held = sum(card.notice is not None for card in cards)
    if held:
        told.append(
            words().count(
                "{n} card shows no image. Nothing takes its place until you replace it.",
                "{n} cards show no image. Nothing takes their place until you replace them.",
                held,
            )
        )
    told += [
        say("{title} has changed since this set was made, so some cards may show other images.", title=known.get(key, key))
        for key in drawn.changed
    ]
    told += [
        say("Card {number}: {sentence}", number=card.number, sentence=warning(code, words()))
        for card in cards
        for code in card.warnings
        if code.startswith("no-glyph")
    ]
    return told
