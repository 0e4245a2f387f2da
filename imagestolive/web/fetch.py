"""/set/<code>/fetch: the images of a set that are not here are fetched when somebody asks for it, by a job.

Every page of such a set answers with what there is to fetch, until it is here.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from imagestolive import sets
from imagestolive.about import ANY_HOST
from imagestolive.errors import ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.sets import Request
from imagestolive.web import address, asking, problems
from imagestolive.web.current import pipeline
from imagestolive.web.opened import wanted
from imagestolive.web.print import read_answers

bp = Blueprint("fetch", __name__)


@bp.get("/set/<typed>/fetch")
def show(typed: str) -> Response:
    """Nothing is fetched by looking: back to the set."""
    path, _ = _set(typed)
    return redirect(path, 302)


@bp.post("/set/<typed>/fetch")
def start(typed: str) -> Response:
    """To the page of the job. Raises QueueFull."""
    path, asked = _set(typed)
    return asking.fetch_images(sets.read_code(typed), asked, read_answers(request.args).asked.refused, path, again=True)


def install(app: Flask) -> None:
    app.register_error_handler(ToBeFetched, to_be_fetched)


def to_be_fetched(error: ToBeFetched) -> problems.Page:
    """In the place of a page of a set: how many images are to be fetched, and from where."""
    try:
        path, asked = _set((request.view_args or {})["typed"])
    except (KeyError, ImagesToLiveError):
        return problems.ours(error)
    html = render_template(
        "fetch.html",
        code=sets.written(sets.read_code((request.view_args or {})["typed"])),
        n=asked.slots,
        hosts=_hosts(asked),
        action=path.partition("?")[0] + "/fetch?" + path.partition("?")[2],
    )
    return html, error.status


def _set(typed: str) -> tuple[str, Request]:
    """The path of the set that the address names, and its request."""
    code, asked = sets.read_code(typed), read_answers(request.args).asked
    request_, _ = wanted(asked)
    return address.path(code, request_, asked.refused, asked.without), request_


def _hosts(asked: Request) -> Sequence[tuple[str, list[str]]]:
    """Title and hosts of each data set whose images are elsewhere; no hosts where they are all over the web."""
    infos = [pipeline().data_set(part.key) for part in asked.datasets if part.key in _known()]
    return [(info.sheet.title, [host for host in info.hosts if host != ANY_HOST]) for info in infos if info.hosts]


def _known() -> set[str]:
    return {info.key for info in pipeline().data_sets()}
