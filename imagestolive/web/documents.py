"""/set/<code>/documents: the teaching plan filled in for the class that has this set, in every format, and all of it in one ZIP file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from imagestolive import sets
from imagestolive.errors import ImagesToLiveError
from imagestolive.press.handouts import Lesson, paper_of, read_lesson
from imagestolive.teaching import AGES, DOCUMENTS, formats
from imagestolive.teaching.documents import AGE_WORDS, said_of
from imagestolive.web import address
from imagestolive.web.guard import site
from imagestolive.web.language import NAMES, words
from imagestolive.web.opened import Opened, opened

ASKED = ("first", "second", "age")  # of a form for documents, beside the language of its page

bp = Blueprint("documents", __name__)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A document and how it can be had."""

    key: str
    title: str
    lead: str
    href: str | None  # of its page
    files: tuple[tuple[str, str], ...]  # format, address


@bp.get("/set/<typed>/documents")
def show(typed: str) -> tuple[str, int]:
    found = opened(sets.read_code(typed), address.read(request.args, lang=words().lang))
    asked, wrong = answers(request.args)
    try:
        chosen = lesson(asked, found)
    except ImagesToLiveError as error:
        wrong[error.field or ""] = words().error(error)
        chosen = lesson({}, found)
    people = found.drawn.request.people
    why = found.too_few() or ((not_yet := found.not_all_seen()) and words().error(not_yet))
    page = render_template(
        "documents.html",
        code=found.code,
        back=found.path(),
        request=found.drawn.request,
        pairs=found.pairs(),
        asked=asked,
        says=wrong,
        fields=fields(),
        why=why,
        offered=[] if why else offered(lambda file: file_path(found, file, chosen)),
        everything=file_path(found, "class.zip", chosen),
        people=[(person, found.path_of("person.show", person=person) + found.for_others) for person in range(1, people + 1)],
        waiting=len(found.drawn.waiting),
    )
    return page, 400 if wrong else 200


def answers(args: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a form for documents holds, and what is wrong with it, by field."""
    asked = {name: args.get(name, "").strip() for name in ASKED}
    wrong: dict[str, str] = {}
    for name in ASKED:
        try:
            read_lesson({name: asked[name]}, lang=words().lang)
        except ImagesToLiveError as error:
            wrong[name] = words().error(error)
    return {name: "" if name in wrong else value for name, value in asked.items()}, wrong


def fields() -> dict[str, list[tuple[str, str]]]:
    """The choices of the form: value and words."""
    ages = [("", words().say("All ages")), *((age, words().say(AGE_WORDS[age])) for age in AGES)]
    return {"age": ages, "lang": list(NAMES.items())}


def lesson(args: Mapping[str, str], found: Opened) -> Lesson:
    """Whom the documents of a set are for. Raises NotADay, SecondBeforeFirst, NoSuchAge."""
    pairs = {name: args.get(name, "") for name in ASKED}
    return read_lesson(
        {**pairs, "paper": paper_of(found.drawn.request), "address": f"{site()}{found.path()}{found.for_others}"},
        lang=words().lang,
    )


def path(found: Opened, chosen: Lesson) -> str:
    """The address of this page, filled in."""
    return f"{found.path_of('documents.show')}&{_query(chosen)}"


def file_path(found: Opened, file: str, chosen: Lesson) -> str:
    return f"{found.path_of('downloads.send', file=file)}&{_query(chosen)}"


def _query(chosen: Lesson) -> str:
    return urlencode({name: value for name, value in chosen.pairs().items() if name in (*ASKED, "lang")})


def offered(path_of: Callable[[str], str], page_of: Callable[[str], str] | None = None) -> list[Offered]:
    """Every document with the formats that can be made here. `path_of`: file name -> address; `page_of`: key -> address of its page."""
    found = []
    for key in DOCUMENTS:
        title, lead = said_of(key, words().lang)
        here = [form for form in formats.forms_of(key) if formats.is_here(form)]
        files = tuple((formats.FORMATS[form].name, path_of(f"{key}.{formats.FORMATS[form].ending}")) for form in here)
        found.append(Offered(key=key, title=title, lead=lead, href=page_of(key) if page_of else None, files=files))
    return found
