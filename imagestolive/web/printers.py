"""/printers: the printers that this browser remembers, in a cookie of its own; and the page from which their numbers are read.

Its address may carry a set, `?set=K7Q2-9FXD&people=30&...`: the one from whose page somebody came, and to which they go back.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import printers, sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.press.calibration import calibration
from imagestolive.printers import FLIPS, NAME_MOST, Printer, read_name, read_number
from imagestolive.units import PAPERS, paper
from imagestolive.web import address
from imagestolive.web.current import press
from imagestolive.web.language import words
from imagestolive.web.make import NotOffered
from imagestolive.web.sending import made_now

COOKIE = "printers"
COOKIE_DAYS = 365
COOKIE_MOST_BYTES = 3800  # browsers keep 4096, with name and attributes
PRINTERS_MOST = 8

LABELS: Mapping[str, str] = {
    "name": N_("Name of the printer"),
    "flip": N_("How does it print on both sides?"),
    "turn_backs": N_("Do backs come out upside down?"),
    "back_x": N_("Backs further to the right, mm"),
    "back_y": N_("Backs further down, mm"),
    "back_scale": N_("Size of backs, percent"),
}
FLIPS_SAID: Mapping[str, str] = {
    "long": N_("It turns the sheet on the long edge"),
    "short": N_("It turns the sheet on the short edge"),
    "manual": N_("It does not: I put the pile back by hand"),
}
_PARTS: Mapping[str, str] = {"back_x": "back_x_mm", "back_y": "back_y_mm", "back_scale": "back_scale_percent"}

bp = Blueprint("printers", __name__)


@dataclass(frozen=True, kw_only=True)
class _Answers:
    """What was typed, and what is wrong with it by field."""

    typed: Mapping[str, str]
    wrong: list[ImagesToLiveError]
    printer: Printer


def remembered() -> dict[str, Printer]:
    """The printers of this browser, by name; a cookie that we did not write is none."""
    value = request.cookies.get(COOKIE, "")
    if not value or len(value) > COOKIE_MOST_BYTES:
        return {}
    try:
        found = printers.from_text(base64.urlsafe_b64decode(value.encode("ascii")).decode("ascii"))
    except (ValueError, binascii.Error):
        return {}
    return found if len(found) <= PRINTERS_MOST else {}


@bp.get("/printers")
def show() -> str:
    return _page(_read(MultiDict()))


@bp.post("/printers")
def change() -> Response | tuple[str, int]:
    """Remembers a printer, or forgets one."""
    known = remembered()
    if name := request.form.get("forget"):
        return _kept({other: printer for other, printer in known.items() if other != name})
    answers = _read(request.form)
    wrong = list(answers.wrong)
    if not wrong:
        try:
            return _kept(printers.with_one(known, answers.typed["name"], answers.printer, PRINTERS_MOST))
        except ImagesToLiveError as error:
            wrong.append(error)
    return _page(answers, wrong), 400


@bp.get("/printers/calibration.pdf")
def calibrate() -> Response:
    """Two pages to be printed on both sides. Raises NotASize."""
    sheet = paper(request.args.get("paper") or "a4")
    flip = request.args.get("page_flip") or "long"
    if flip not in FLIPS:
        raise NotOffered(typed=sets.shown(flip), field="flip")
    name = f"images-to-live-with_{sheet.name.replace(' ', '')}_calibration.pdf".replace("×", "x")
    return made_now(lambda out: calibration(press(), sheet, out, words(), printer=Printer(flip=flip)), "application/pdf", name)


def _read(typed: MultiDict[str, str]) -> _Answers:
    values = {name: typed.get(name, "") for name in LABELS}
    values["flip"] = values["flip"] or "long"
    values["turn_backs"] = values["turn_backs"] or "no"
    wrong: list[ImagesToLiveError] = []
    numbers: dict[str, float] = {}
    for name, part in _PARTS.items():
        try:
            if values[name].strip():
                numbers[part] = read_number(values[name], part, name=f"“{words().say(LABELS[name])}”", field=name)
        except ImagesToLiveError as error:
            wrong.append(error)
    for name, allowed in (("flip", FLIPS), ("turn_backs", ("no", "yes"))):
        if values[name] not in allowed:
            wrong.append(NotOffered(typed=sets.shown(values[name]), field=name))
    if typed:
        try:
            values["name"] = read_name(values["name"])
        except ImagesToLiveError as error:
            wrong.append(error)
    flip = values["flip"] if values["flip"] in FLIPS else "long"
    return _Answers(typed=values, wrong=wrong, printer=Printer(flip=flip, turn_backs=values["turn_backs"] == "yes", **numbers))


def _pairs() -> list[tuple[str, str]]:
    """The set of this address, its code first, read and written anew; none where it names none. Raises NotACode, AddressUnreadable."""
    typed = request.args.get("set", "")
    if not typed:
        return []
    asked = address.read(request.args, lang=words().lang)
    return [("set", sets.written(sets.read_code(typed))), *address.query(asked)]


def _own_path() -> str:
    """This page, with its set."""
    return url_for("printers.show") + (f"?{urlencode(pairs, quote_via=quote)}" if (pairs := _pairs()) else "")


def _back_path() -> str | None:
    """Where the set's paper, backs and printer are chosen."""
    if not (pairs := _pairs()):
        return None
    return f"{url_for('print.show', typed=pairs[0][1])}?{urlencode(pairs[1:], quote_via=quote)}"


def _page(answers: _Answers, wrong: list[ImagesToLiveError] | None = None) -> str:
    says = {error.field: words().error(error) for error in reversed(wrong or []) if error.field in LABELS}
    return render_template(
        "printers.html",
        known=[(name, said(printer)) for name, printer in remembered().items()],
        typed=answers.typed,
        labels={name: words().say(label) for name, label in LABELS.items()},
        says=says,
        flips=[(key, words().say(text)) for key, text in FLIPS_SAID.items()],
        turns=[("no", words().say("No")), ("yes", words().say("Yes: turn all of them by half"))],
        papers=[(sheet.key, sheet.name) for sheet in PAPERS.values()],
        name_most=NAME_MOST,
        own_path=_own_path(),
        back_path=_back_path(),
    )


def said(printer: Printer) -> str:
    """A printer in words."""
    return printers.said(printer, words())


def _kept(known: Mapping[str, Printer]) -> Response:
    """To the page, with the cookie as it is now; too many names for a cookie are too many printers."""
    value = base64.urlsafe_b64encode(printers.to_text(known).encode("ascii")).decode("ascii")
    if len(value) > COOKIE_MOST_BYTES:
        raise printers.TooManyPrinters(most=len(known) - 1)
    response = make_response(redirect(_own_path(), 303))
    if known:
        response.set_cookie(COOKIE, value, max_age=COOKIE_DAYS * 86400, secure=request.is_secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Lax")
    return response
