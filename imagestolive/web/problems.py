"""Pages for what went wrong: a sentence, its status, and what to do next. Never a traceback."""

from __future__ import annotations

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.jobs import QueueFull
from imagestolive.sets import NotACode
from imagestolive.web.language import words

_HEADINGS = {
    403: N_("Sent from another site"),
    404: N_("Not found"),
    405: N_("Not this way"),
    409: N_("This set is not complete"),
    413: N_("Too much at once"),
    414: N_("The address is too long"),
    429: N_("Too much at once"),
    500: N_("Something broke here"),
    503: N_("Not at the moment"),
}
_HEADING = N_("This cannot be used")
_SENTENCES = {
    404: N_("There is no page at this address."),
    405: N_("This page does not answer to what was sent."),
    413: N_("What was sent is larger than any form here. Nothing was done."),
    500: N_("The fault is ours, and it was written down. Nothing of yours was stored or lost."),
}
_SENTENCE = N_("What was sent cannot be understood.")

Page = tuple[str, int]
PageWithHeaders = tuple[str, int, dict[str, str]]


def page(sentence: str, status: int, back: str | None = None) -> Page:
    """An error page; `back` is where one may go on."""
    heading = words().say(_HEADINGS.get(status, _HEADING))
    return render_template("error.html", heading=heading, sentence=sentence, back=back, again=None), status


def ours(error: ImagesToLiveError) -> PageWithHeaders:
    html, status = page(words().error(error), error.status)
    wait_s = getattr(error, "retry_after_s", None)  # of errors that say when to come again
    return html, status, {} if wait_s is None else {"Retry-After": str(wait_s)}


def no_code(error: NotACode) -> Page:
    """The code's own page: what was typed stays in the field."""
    typed = (request.view_args or {}).get("typed", request.args.get("code", ""))
    return render_template("open.html", sentence=words().error(error), typed=typed), error.status


def full(error: QueueFull) -> PageWithHeaders:
    """What was sent is kept in a form that sends it once more."""
    again = (request.full_path, list(request.form.items(multi=True)))
    html = render_template("error.html", heading=words().say(_HEADINGS[429]), sentence=words().error(error), back=None, again=again)
    return html, error.status, {"Retry-After": str(error.retry_after_s)}


def theirs(error: HTTPException) -> PageWithHeaders:
    """An error that Flask or Werkzeug raised, in our words."""
    allowed = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
    html, status = page(words().say(_SENTENCES.get(error.code or 500, _SENTENCE)), error.code or 500)
    return html, status, allowed


def install(app: Flask) -> None:
    app.register_error_handler(ImagesToLiveError, ours)
    app.register_error_handler(NotACode, no_code)
    app.register_error_handler(QueueFull, full)
    app.register_error_handler(HTTPException, theirs)
