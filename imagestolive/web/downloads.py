"""/set/<code>/pdf and the other files that can be made of a set. Each is made when it is asked for, in a file that nobody else has."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from imagestolive import resources, sets
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import DrawnSet
from imagestolive.policy import Policy
from imagestolive.press.credits import MEDIA_TYPES, Form, write_credits
from imagestolive.press.names import file_name
from imagestolive.press.products import Product, write
from imagestolive.screens import screen_size
from imagestolive.units import CARD_AS_PAPER, card_size, paper
from imagestolive.web import problems
from imagestolive.web.current import press
from imagestolive.web.language import words
from imagestolive.web.opened import opened
from imagestolive.web.print import form_page, read_answers
from imagestolive.web.sending import made_now

bp = Blueprint("downloads", __name__)

Maker = Callable[[DrawnSet, Policy, BinaryIO], object]


def _product(product: Product, screen: str = "phone") -> Maker:
    def make(drawn: DrawnSet, policy: Policy, out: BinaryIO) -> None:
        write(product, press(), drawn, policy, out, resources.words(drawn.request.lang), screen=screen_size(screen))

    return make


def _credits(form: Form) -> Maker:
    def make(drawn: DrawnSet, policy: Policy, out: BinaryIO) -> None:
        write_credits(press(), drawn, policy, out, resources.words(drawn.request.lang), form=form)

    return make


_MAKERS: dict[str, Maker] = {
    "pdf": _product("sheets"),
    "fronts.pdf": _product("fronts"),
    "backs.pdf": _product("backs"),
    "cards.pdf": _product("cards"),
    "posters.pdf": _product("posters"),
    "triptych.pdf": _product("triptych"),
    "wallpapers-phone.zip": _product("wallpapers", "phone"),
    "wallpapers-screen.zip": _product("wallpapers", "screen"),
    "everything.zip": _product("zip"),
    "credits.csv": _credits("csv"),
    "credits.json": _credits("json"),
    "credits.html": _credits("html"),
}
_MEDIA_TYPES: dict[str, str] = {"pdf": "application/pdf", "zip": "application/zip", **dict(MEDIA_TYPES.items())}
_ON_SHEETS = ("pdf", "fronts.pdf", "backs.pdf", "cards.pdf", "everything.zip")  # what cannot be where cards do not fit


@bp.get(f"/set/<typed>/<any({', '.join(map(repr, _MAKERS))}):file>")
def send(typed: str, file: str) -> Response:
    """One file, made now; the gate is asked once more before its bytes leave."""
    code = sets.read_code(typed)
    answers = read_answers(request.args)
    found = opened(code, answers.asked)
    if answers.wrong or (file in _ON_SHEETS and found.cannot()):
        return make_response(form_page(found, answers), 400)
    try:
        return made_now(
            lambda out: _MAKERS[file](found.drawn, found.policy, out), _MEDIA_TYPES[file.rpartition(".")[2]], _name(found.drawn, file)
        )
    except ImagesToLiveError as error:
        page, status = problems.page(words().error(error), error.status, back=found.path())
        return make_response(page, status)


def _name(drawn: DrawnSet, file: str) -> str:
    """It says what is in it: images-to-live-with_30x3_A4_K7Q2-9FXD.pdf, images-to-live-with_K7Q2-9FXD_credits.csv."""
    asked = drawn.request
    what, _, ending = file.rpartition(".")
    if what in ("", "fronts", "backs"):
        size = card_size(asked.card) if asked.paper == CARD_AS_PAPER else paper(asked.paper)
        numbers = f"{asked.people}x{asked.cards}" + (f"+{asked.spare}" if asked.spare else "")
        tail = f"_{what}" if what else ""
        return f"images-to-live-with_{numbers}_{size.name.replace(' ', '').replace('×', 'x')}_{sets.written(drawn.code)}{tail}.pdf"
    return file_name(drawn.code, what, ending)
