"""The files that pages hand out of a set, by the name that each has in its address: how it is made, and what it is called then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from imagestolive import resources
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press
from imagestolive.press.credits import MEDIA_TYPES, Form, write_credits
from imagestolive.press.handouts import Lesson, write_class, write_document
from imagestolive.press.names import file_name
from imagestolive.press.products import Product, write
from imagestolive.screens import screen_size
from imagestolive.sets import written
from imagestolive.teaching import DOCUMENTS, formats
from imagestolive.units import CARD_AS_PAPER, card_size, paper

Maker = Callable[[Press, DrawnSet, Policy, BinaryIO, Lesson, Progress | None], object]


def _product(product: Product, screen: str = "phone") -> Maker:
    def make(press: Press, drawn: DrawnSet, policy: Policy, out: BinaryIO, _: Lesson, progress: Progress | None) -> None:
        words = resources.words(drawn.request.lang)
        write(product, press, drawn, policy, out, words, screen=screen_size(screen), progress=progress)

    return make


def _credits(form: Form) -> Maker:
    def make(press: Press, drawn: DrawnSet, policy: Policy, out: BinaryIO, _: Lesson, progress: Progress | None) -> None:
        write_credits(press, drawn, policy, out, resources.words(drawn.request.lang), form=form, progress=progress)

    return make


def _class(press: Press, drawn: DrawnSet, policy: Policy, out: BinaryIO, lesson: Lesson, progress: Progress | None) -> None:
    write_class(press, drawn, policy, out, lesson, progress=progress)


MAKERS: Mapping[str, Maker] = {
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
    "class.zip": _class,
}
DOCUMENT_FILES: Mapping[str, tuple[str, str]] = {  # name -> document, format
    f"{key}.{formats.FORMATS[form].ending}": (key, form) for key in DOCUMENTS for form in formats.forms_of(key)
}
OF_LESSONS = ("class.zip", *DOCUMENT_FILES)  # what more is said for than the set
FILES = (*MAKERS, *DOCUMENT_FILES)
ON_SHEETS = ("pdf", "fronts.pdf", "backs.pdf", "cards.pdf", "everything.zip", "class.zip")  # what cannot be where cards do not fit

_MEDIA_TYPES: Mapping[str, str] = {
    **{found.ending.rpartition(".")[2]: found.media_type for found in formats.FORMATS.values()},
    "zip": "application/zip",
    **dict(MEDIA_TYPES.items()),
}


def make(
    file: str,
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    *,
    lesson: Lesson | None = None,
    progress: Progress | None = None,
) -> None:
    """Writes one of FILES to `out`, a file that can be read, written and written again, in the language of the cards; documents in that
    of the lesson.

    Raises what its maker raises: TooFewImages, DoesNotFit, ...
    """
    lesson = lesson or Lesson(lang=drawn.request.lang)
    if file in DOCUMENT_FILES:
        write_document(press, drawn, policy, out, *DOCUMENT_FILES[file], lesson)
    else:
        MAKERS[file](press, drawn, policy, out, lesson, progress)


def media_type(file: str) -> str:
    return _MEDIA_TYPES[file.rpartition(".")[2]]


def download_name(file: str, drawn: DrawnSet, *, lesson: Lesson | None = None) -> str:
    """It says what is in it: images-to-live-with_30x3_A4_K7Q2-9FXD.pdf, images-to-live-with_K7Q2-9FXD_credits.csv. ASCII."""
    asked = drawn.request
    what, _, ending = file.rpartition(".")
    lang = lesson.lang if lesson else asked.lang
    if file in DOCUMENT_FILES:
        key, form = DOCUMENT_FILES[file]
        return formats.file_name(key, lang, form, code=written(drawn.code))
    if file in OF_LESSONS:
        return file_name(drawn.code, f"{what}_{lang}", ending)
    if what in ("", "fronts", "backs"):
        size = card_size(asked.card) if asked.paper == CARD_AS_PAPER else paper(asked.paper)
        numbers = f"{asked.people}x{asked.cards}" + (f"+{asked.spare}" if asked.spare else "")
        tail = f"_{what}" if what else ""
        return f"images-to-live-with_{numbers}_{size.name.replace(' ', '').replace('×', 'x')}_{written(drawn.code)}{tail}.pdf"
    return file_name(drawn.code, what, ending)
