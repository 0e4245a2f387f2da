"""/remove: take an image out, by id or address, without an account. One image goes at once; a whole account waits for a person.

The form is filled in by POST, as /find does it; only the form's own button does anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, render_template, request

from imagestolive import finding
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.finding import FindAnswer, Left
from imagestolive.identify import MOST_CHARACTERS, identify
from imagestolive.ledger.decisions import CONTACT_MOST, NOT_SAID, REASONS, Entry, TooMany
from imagestolive.web import asking
from imagestolive.web.current import decisions, now_s, pipeline
from imagestolive.web.find import TRAP, check_trap, private, shortened
from imagestolive.web.language import words
from imagestolive.web.make import NotOffered
from imagestolive.web.pace import Pace

ENTRIES_MOST = 50  # of one request
FILES_MOST = 20  # read for one entry, to know them again under any other name
ADDRESS_MOST = 200  # requests within an hour: a school, or all who come through one proxy
_PACE = "imagestolive.remove.pace"
_FIELDS = ("q", "dataset", "reason", "contact", TRAP)

bp = Blueprint("remove", __name__)


class NothingOfThatName(ImagesToLiveError):
    """An id that no data set lists, so that nobody knows what it stands for."""

    sentence = N_("No data set here lists “{typed}”, so nothing was taken out. Give the photograph’s address, or its number at Flickr.")
    field = "q"


class WhichDataSet(ImagesToLiveError):
    """An id that several makers gave to different images."""

    sentence = N_("Several data sets have an image of this name. Choose the one that is meant.")
    field = "dataset"


class ContactTooLong(ImagesToLiveError):
    sentence = N_("This is too long: up to {most} characters are kept.")
    field = "contact"


class TooManyFromThere(TooMany):
    """More from one address than people send."""

    sentence = N_(
        "So many requests came from the network that you are in that this one was not noted. "
        "Try again in {wait_min} minutes, or write to us."
    )


@dataclass(frozen=True, kw_only=True)
class Form:
    """What was typed and chosen."""

    q: str = ""
    dataset: str = ""
    reason: str = ""
    contact: str = ""

    @classmethod
    def sent(cls) -> Form:
        return cls(**{name: request.form.get(name, "") for name in ("q", "dataset", "reason", "contact")})


@dataclass(frozen=True, kw_only=True)
class Done:
    """What happened, for the page that says so."""

    at_once: bool  # something is hidden from now on
    waits: bool  # something waits for an operator
    here: Sequence[str]  # titles of the data sets that have it
    ways_out: Sequence[tuple[str, str]]  # of these: title, and how to leave it at its makers
    contact: bool
    references: Sequence[str]


@bp.get("/remove")
def ask() -> Response:
    """The empty form: an address does not fill it in, for it would stay in logs."""
    return _page(Form())


@bp.post("/remove")
def act() -> Response | tuple[Response, int] | tuple[Response, int, dict[str, str]]:
    """The form filled in; or, sent by its own button, what is asked for is done."""
    form = Form.sent()
    if request.form.get("do") != "take-out":
        return _page(form)
    try:
        return _take_out(form)
    except TooMany as error:
        return _page(form, wrong=error), error.status, {"Retry-After": str(error.retry_after_s)}
    except ImagesToLiveError as error:
        if error.field not in _FIELDS:
            raise
        return _page(form, wrong=error), error.status


def _take_out(form: Form) -> Response:
    check_trap()
    if form.reason and form.reason not in REASONS:
        raise NotOffered(typed=shortened(form.reason)[:60], field="reason")
    if len(form.contact.strip()) > CONTACT_MOST:
        raise ContactTooLong(most=CONTACT_MOST)
    answer = finding.find(pipeline(), identify(form.q))
    left = _meant(answer, form)
    if wait_s := pace().wait_s(request.remote_addr or ""):
        raise TooManyFromThere(retry_after_s=wait_s)
    known = asking.client()
    cookie, client = (None, known) if known else asking.new_client()
    entries = _noted(left[:ENTRIES_MOST], form, client)
    response = private(render_template("remove.html", done=_done(answer, form, entries)))
    if cookie:
        asking.keep(response, cookie)
    return response


def _meant(answer: FindAnswer, form: Form) -> list[Left]:
    """Raises NothingOfThatName, WhichDataSet."""
    chosen = [one for one in answer.found if one.sheet.key == form.dataset]
    images = [one for one in answer.found if one.by == "image"]
    if len(images) == len(answer.found) > 1 and not chosen:
        raise WhichDataSet
    left = finding.left_out(answer, form.dataset if chosen else None)
    if not left or (not answer.found and answer.asked.kind == "image"):
        raise NothingOfThatName(typed=shortened(form.q)[:60])
    return left


def _noted(left: Sequence[Left], form: Form, client: str) -> list[Entry]:
    """One request counts once, however many entries it takes."""
    entries: list[Entry] = []
    for one in left:
        sums = (pipeline().known_sha256(record) for record in one.records[:FILES_MOST])
        entries.append(
            decisions().opt_out(
                target=one.target,
                dataset=one.dataset,
                value=one.value,
                sha256s=sorted({sha256 for sha256 in sums if sha256}),
                reason=form.reason or NOT_SAID,
                contact=form.contact.strip() or None if not entries else None,
                client=client if not entries else None,
            )
        )
    return entries


def _done(answer: FindAnswer, form: Form, entries: Sequence[Entry]) -> Done:
    chosen = [one for one in answer.found if one.sheet.key == form.dataset and one.by == "image"]
    meant = chosen or answer.found
    return Done(
        at_once=any(entry.force == "everywhere" for entry in entries),
        waits=any(entry.force == "waiting" for entry in entries),
        here=[one.sheet.title for one in meant],
        ways_out=[(one.sheet.title, finding.way_out(one.sheet, words())) for one in meant],
        contact=bool(form.contact.strip()),
        references=[entry.id for entry in entries],
    )


def _page(form: Form, wrong: ImagesToLiveError | None = None) -> Response:
    said = {wrong.field or "q": words().error(wrong)} if wrong else {}
    return private(
        render_template(
            "remove.html",
            done=None,
            form=Form(q=shortened(form.q), dataset=form.dataset, reason=form.reason, contact=shortened(form.contact)[:CONTACT_MOST]),
            says=said,
            most=MOST_CHARACTERS,
            contact_most=CONTACT_MOST,
            reasons=[("", words().say("I would rather not say")), *_in_words(REASONS)],
            data_sets=_choices(form) if isinstance(wrong, WhichDataSet) else [],
        )
    )


def _in_words(sentences: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, words().say(sentence)) for key, sentence in sentences.items()]


def _choices(form: Form) -> list[tuple[str, str]]:
    return [(one.sheet.key, one.sheet.title) for one in finding.find(pipeline(), identify(form.q)).found]


def pace() -> Pace:
    """Counted from when somebody first asks; raced for, a few requests are not counted."""
    found: Pace | None = current_app.extensions.get(_PACE)
    if found is None:
        found = current_app.extensions.setdefault(_PACE, Pace(ADDRESS_MOST, now_s))
    return found
