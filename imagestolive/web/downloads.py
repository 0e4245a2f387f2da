"""/set/<code>/pdf and the other files that can be made of a set. What takes a moment is made when it is asked for, in a file that nobody
else has; what takes longer is asked for by a form, and made by a job.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from flask import Blueprint, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import resources, sets
from imagestolive.errors import ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.press import files
from imagestolive.press.handouts import Lesson
from imagestolive.press.names import file_name
from imagestolive.press.singles import single_cards
from imagestolive.web import asking, documents, problems, review
from imagestolive.web.current import press
from imagestolive.web.language import words
from imagestolive.web.opened import Opened, opened
from imagestolive.web.print import all_sent, form_page, read_answers
from imagestolive.web.sending import made_now

bp = Blueprint("downloads", __name__)

_FILE = f"/set/<typed>/<any({', '.join(map(repr, files.FILES))}):file>"


@bp.get(_FILE)
def send(typed: str, file: str) -> Response:
    """One file, made now, or the form that asks for it; the gate is asked once more before its bytes leave."""
    found = _opened(typed, file, request.args)
    if isinstance(found, Response):
        return found
    if found.is_long(file):
        return make_response(_ask_first(found, file, documents.lesson(request.args, found)), 409)

    def answer() -> Response:
        lesson = documents.lesson(request.args, found)
        return made_now(
            lambda out: files.make(file, press(), found.drawn, found.policy, out, lesson=lesson),
            files.media_type(file),
            files.download_name(file, found.drawn, lesson=lesson),
        )

    return _or_why_not(answer, found)


@bp.get("/set/<typed>/card.pdf")
def send_one(typed: str) -> Response:
    """The card alone whose number is in `only`: so little that it is made at once."""
    found = _opened(typed, "cards.pdf", request.args)
    if isinstance(found, Response):
        return found
    drawn = found.drawn
    try:
        number = sets.whole_number(request.args.get("only", ""), name="only", least=1, most=drawn.request.slots, field="only")
    except sets.NumberWrong as error:
        return make_response(form_page(found, read_answers(request.args), error), 400)

    def answer() -> Response:
        return made_now(
            lambda out: single_cards(press(), drawn, found.policy, out, resources.words(drawn.request.lang), only=[number]),
            files.media_type("cards.pdf"),
            file_name(drawn.code, f"card-{number}", "pdf"),
        )

    return _or_why_not(answer, found)


def _or_why_not(answer: Callable[[], Response], found: Opened) -> Response:
    """The answer, or the page that says why there is none and leads back to the set."""
    try:
        return answer()
    except ToBeFetched:
        raise
    except ImagesToLiveError as error:
        page, status = problems.page(words().error(error), error.status, back=found.path())
        return make_response(page, status)


@bp.post(_FILE)
def start(typed: str, file: str) -> Response:
    """The same file, made by a job with the images that the set has now: to its page. Raises QueueFull."""
    found = _opened(typed, file, all_sent())
    if isinstance(found, Response):
        return found
    if (short := found.too_few()) is not None:
        return make_response(problems.page(short, 409, back=found.path()))
    review.hand_on(found.drawn.code, asking.client() or asking.new_client()[1], found.drawn)
    if file not in files.OF_LESSONS:
        return asking.make_file(file, found.drawn, found.path())
    lesson = documents.lesson(all_sent(), found)
    return asking.make_file(file, found.drawn, documents.path(found, lesson), lesson.pairs())


def _opened(typed: str, file: str, args: MultiDict[str, str]) -> Opened | Response:
    """The set, or the form with what cannot be used."""
    code = sets.read_code(typed)
    answers = read_answers(args)
    found = opened(code, answers.asked)
    if answers.wrong or (file in files.ON_SHEETS and found.cannot()):
        return make_response(form_page(found, answers), 400)
    if (not_yet := found.not_all_seen()) is not None:
        page, status = problems.page(words().error(not_yet), not_yet.status, back=found.path())
        return make_response(page, status)
    return found


def _ask_first(found: Opened, file: str, lesson: Lesson) -> str:
    return render_template(
        "download.html",
        code=found.code,
        action=documents.file_path(found, file, lesson) if file in files.OF_LESSONS else found.path_of("downloads.send", file=file),
        back=found.path(),
        seconds=math.ceil(found.seconds_of(file)),
    )
