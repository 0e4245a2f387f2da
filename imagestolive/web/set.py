"""/set/<code>: every card of a set, to be looked at before it is handed out; and /set/<code>/pdf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby

from flask import Blueprint, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import resources, sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import DrawnSet, left_out_sentence, warning
from imagestolive.policy import Policy
from imagestolive.sets import Request
from imagestolive.units import PAPERS
from imagestolive.web import address, make, problems
from imagestolive.web.address import Asked
from imagestolive.web.current import pipeline
from imagestolive.web.language import words
from imagestolive.web.prints import Print, prints

bp = Blueprint("set", __name__)

_FLIPS = {
    "long": N_("On both sides, turned on the long edge"),
    "short": N_("On both sides, turned on the short edge"),
    "none": N_("Fronts only"),
}

Page = str | tuple[str, int]


class NoRoomInTheAddress(ImagesToLiveError):
    """The address is where replaced images are remembered, and it is full."""

    sentence = N_(
        "Card {number} was not replaced: so many images of this set were refused that its address has no room for one more. "
        "The set stays as it was. For other images, make a new set."
    )


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A set as its address asks for it, drawn under today's rules."""

    asked: Asked
    drawn: DrawnSet
    policy: Policy

    @property
    def request(self) -> Request:
        """What goes on in the addresses of this set: what was asked for, not what the data sets have become."""
        return self.asked.request if self.asked.request.datasets else self.drawn.request

    def path(self) -> str:
        return address.path(self.drawn.code, self.request, self.asked.refused, self.asked.without)


@bp.get("/set/<typed>")
@bp.get("/set/<path:typed>")
def show(typed: str) -> Page:
    """Raises sets.NotACode, which has its own page; numbers that cannot be used come back in the form of /make."""
    code = sets.read_code(typed)
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
    opened = _open(sets.read_code(typed))
    slots = opened.drawn.request.slots
    slot = sets.whole_number(request.form.get("replace", ""), name="replace", least=1, most=slots, field="replace")
    refused = pipeline().refuse(opened.drawn, slot)
    try:
        there = address.path(opened.drawn.code, opened.request, refused, opened.asked.without)
    except address.AddressTooLong:
        return _page(opened, wrong=words().error(NoRoomInTheAddress(number=slot))), 400
    return redirect(f"{there}#card-{slot}", 303)


@bp.get("/set/<typed>/pdf")
def pdf(typed: str) -> Response:
    """The set as a PDF, made now; the pipeline asks the gate once more before it gives the bytes away."""
    opened = _open(sets.read_code(typed))
    drawn, made = opened.drawn, BytesIO()
    try:
        pipeline().write_pdf(drawn, opened.policy, made, resources.words(drawn.request.lang))
    except ImagesToLiveError as error:
        page, status = problems.page(words().error(error), error.status, back=opened.path())
        return make_response(page, status)
    made.seek(0)
    response = send_file(made, mimetype="application/pdf", as_attachment=True, download_name=_file_name(drawn))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _open(code: str) -> _Opened:
    asked = address.read(request.args, lang=words().lang)
    wanted = asked.request
    sets.check_numbers(wanted.people, wanted.cards, make.most_cards())
    policy = pipeline().policy(sold=wanted.sold)
    if not wanted.datasets:
        wanted, _ = pipeline().request(
            people=wanted.people,
            cards=wanted.cards,
            keys=None,
            by=wanted.by,
            paper=wanted.paper,
            flip=wanted.flip,
            lang=wanted.lang,
            policy=policy,
            most=make.most_cards(),
        )
    return _Opened(asked=asked, drawn=pipeline().draw(wanted, code, asked.refused, policy), policy=policy)


def _page(opened: _Opened, wrong: str | None = None) -> str:
    drawn, policy = opened.drawn, opened.policy
    cards = prints(drawn, policy)
    return render_template(
        "set.html",
        code=sets.written(drawn.code),
        request=drawn.request,
        path=opened.path(),
        pdf_path=url_for("set.pdf", typed=sets.written(drawn.code)) + "?" + opened.path().partition("?")[2],
        own_path=url_for("set.show", typed=sets.written(drawn.code)),
        change_path=_change_path(opened),
        cards_here=len(cards),
        ungrouped=pipeline().ungrouped(drawn.request, words()),
        people=[(person, list(group)) for person, group in groupby(cards, key=lambda card: card.person)],
        licenses=Counter(card.credit.license_name for card in cards if card.credit).most_common(),
        data_sets=_data_sets(drawn),
        left_out=left_out_sentence(drawn.left_out, words()),
        left_out_number=sum(drawn.left_out.values()),
        notices=_notices(opened, cards),
        wrong=wrong,
        short=_too_few(drawn),
        papers=[(key, words().say(said)) for key, said in make.PAPER_CHOICES.items()],
        flips=[(key, words().say(said)) for key, said in _FLIPS.items()],
        kept=[pair for pair in _pairs(opened) if pair[0] not in ("paper", "flip")],  # these two the form asks for
        code_alone=not request.args.keys() & {"people", "cards", "dataset"},
    )


def _pairs(opened: _Opened) -> list[tuple[str, str]]:
    return address.query(opened.request, opened.asked.refused, opened.asked.without)


def _change_path(opened: _Opened) -> str:
    """The form of /make, filled in with what this set was asked for."""
    asked = opened.request
    return url_for(
        "make.ask",
        code=sets.written(opened.drawn.code),
        people=asked.people,
        cards=asked.cards,
        dataset=[part.key for part in asked.datasets],
        paper=asked.paper,
        flip=asked.flip,
        card_lang=asked.lang,
        sold="yes" if asked.sold else "no",
        by=asked.by,
    )


def _data_sets(drawn: DrawnSet) -> list[tuple[str, str, int]]:
    """Key, title and number of cards of each data set that is drawn from."""
    cards = Counter(pick.dataset for pick in drawn.picks.values())
    known = {info.key: info.sheet.title for info in pipeline().data_sets()}
    return [(part.key, known[part.key], cards[part.key]) for part in drawn.request.datasets if part.key in known]


def _notices(opened: _Opened, cards: Sequence[Print]) -> list[str]:
    """What is not as it was, or not as it was asked for."""
    drawn, say = opened.drawn, words().say
    known = {info.key: info.sheet.title for info in pipeline().data_sets()}
    told = [words().error(why) for key in opened.asked.without if key in known and (why := pipeline().why_not(key, opened.policy))]
    gone = [part.key for part in drawn.request.datasets if part.key not in known]
    told += [say("The data set “{key}” is not here any more. Its cards show no image until you replace them.", key=key) for key in gone]
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


def _too_few(drawn: DrawnSet) -> str | None:
    try:
        drawn.check_complete(words())
    except ImagesToLiveError as error:
        return words().error(error)
    return None


def _file_name(drawn: DrawnSet) -> str:
    """It says what is in it: images-to-live-with_30x3_A4_K7Q2-9FXD.pdf."""
    asked = drawn.request
    return f"images-to-live-with_{asked.people}x{asked.cards}_{PAPERS[asked.paper].name}_{sets.written(drawn.code)}.pdf"
