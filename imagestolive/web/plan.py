"""/plan: the documents of the teaching plan, filled in with what their reader says; /plan/<document>: one of them, as a page or a file.

For the credits and data sets of a set, and a link for each person, see documents.py: they are known where the whole set is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from imagestolive import sets
from imagestolive.errors import ImagesToLiveError
from imagestolive.press.files import DOCUMENT_FILES
from imagestolive.press.handouts import open_document, read_lesson
from imagestolive.teaching import formats, html
from imagestolive.teaching.blocks import Document
from imagestolive.web.documents import ASKED, answers, fields, offered
from imagestolive.web.language import words
from imagestolive.web.sending import made_now

bp = Blueprint("plan", __name__)

_ADDRESS = re.compile(r"/set/([0-9A-Za-z-]{8,11})\?([^#\s]+)")
_PAPERS = [("a4", "A4"), ("letter", "Letter")]


@bp.get("/plan")
def show() -> Response | tuple[str, int]:
    """Whoever gives the whole address of a set is led to its documents: they say more than a code can."""
    if (whole := _ADDRESS.search(request.args.get("set", ""))) is not None:
        said = urlencode({name: value for name in ASKED if (value := request.args.get(name))})
        return redirect(f"{url_for('documents.show', typed=whole[1])}?{'&'.join(filter(None, (whole[2], said)))}", 303)
    asked, wrong = _answers(request.args)
    pairs = {name: value for name, value in asked.items() if value}
    try:
        _document("plan", asked)
    except ImagesToLiveError as error:
        wrong[error.field or ""] = words().error(error)
        pairs = {}
    page = render_template(
        "plan.html",
        plan=_document("plan", {}),
        asked=asked,
        says=wrong,
        fields={**fields(), "paper": _PAPERS},
        offered=offered(
            lambda file: _to("plan.read", pairs, key=file, lang=words().lang),
            lambda key: _to("plan.read", pairs, key=key),
        ),
        missing=[found.name for form, found in formats.FORMATS.items() if not formats.is_here(form)],
    )
    return page, 400 if wrong else 200


@bp.get("/plan/<key>")
def read(key: str) -> Response | str:
    """A page, or with the ending of a format a file. Raises NoSuchDocument, and what a wrong answer raises."""
    if key in DOCUMENT_FILES:
        return _file(*DOCUMENT_FILES[key])
    found = _document(key, request.args)
    pairs = {name: value for name, value in request.args.items() if name in (*ASKED, "set", "paper")}
    return render_template(
        "document.html",
        document=found,
        body=Markup(html.render(found)),  # noqa: S704 (our own document, escaped)
        files=[
            (formats.FORMATS[form].name, _to("plan.read", pairs, key=f"{key}.{formats.FORMATS[form].ending}", lang=words().lang))
            for form in formats.forms_of(key)
            if formats.is_here(form)
        ],
        others=[other for other in offered(lambda _: "", lambda other: _to("plan.read", pairs, key=other)) if other.key != key],
        back=_to("plan.show", pairs),
    )


def _file(key: str, form: str) -> Response:
    found = _document(key, request.args)
    paper = formats.known_paper(request.args.get("paper") or formats.PAPERS[0])
    return made_now(
        lambda out: out.write(formats.write(found, form, paper=paper)),
        formats.FORMATS[form].media_type,
        formats.file_name(key, found.lang, form, code=found.code),
    )


def _document(key: str, args: Mapping[str, str]) -> Document:
    """Filled in with what was said. Raises NotACode, NotADay, SecondBeforeFirst, NoSuchAge, NoSuchDocument."""
    typed = args.get("set", "").strip()
    code = sets.written(sets.read_code(typed)) if typed else None
    chosen = read_lesson({name: args.get(name, "") for name in ASKED}, lang=words().lang)
    return open_document(key, chosen, code=code)


def _answers(args: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What the form holds, and what is wrong with it, by field."""
    asked, wrong = answers(args)
    typed, paper = args.get("set", "").strip(), args.get("paper", "")
    try:
        asked["set"] = sets.written(sets.read_code(typed)) if typed else ""
    except ImagesToLiveError as error:
        wrong["set"] = words().error(error)
        asked["set"] = ""
    asked["paper"] = paper if paper in formats.PAPERS else ""
    return asked, wrong


def _to(endpoint: str, pairs: Mapping[str, str], **more: Any) -> str:
    return url_for(endpoint, **{**pairs, **more})
