"""/set/<code>/fetch: the images of a set that are not here are fetched when somebody asks for it, by a job.

Every page of such a set answers with what there is to fetch, until it is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from imagestolive import sets
from imagestolive.about import ANY_HOST
from imagestolive.errors import ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.sets import Request
from imagestolive.web import address, asking, problems
from imagestolive.web.address import Asked
from imagestolive.web.current import pipeline
from imagestolive.web.opened import dated, wanted
from imagestolive.web.print import all_sent, read_answers

bp = Blueprint("fetch", __name__)


@bp.get("/set/<typed>/fetch")
def show(typed: str) -> Response:
    """Nothing is fetched by looking: back to the set."""
    code = sets.read_code(typed)
    return redirect(address.path(code, _asked(code)), 302)


@bp.post("/set/<typed>/fetch")
def start(typed: str) -> Response:
    """To the page of the job. Raises QueueFull."""
    code = sets.read_code(typed)
    asked = _asked(code)
    return asking.fetch_images(code, asked, address.path(code, asked), again=True)


def install(app: Flask) -> None:
    app.register_error_handler(ToBeFetched, to_be_fetched)


def to_be_fetched(error: ToBeFetched) -> problems.Page | problems.PageWithHeaders:
    """In the place of a page of a set: for how many cards images are to be fetched, and from where."""
    try:
        code = sets.read_code((request.view_args or {})["typed"])
        asked = _asked(code)
        path, _, query = address.path(code, asked).partition("?")
    except (KeyError, ImagesToLiveError):  # no page of a set
        return problems.ours(error)
    html = render_template(
        "fetch.html", code=sets.written(code), n=asked.request.slots, hosts=_hosts(asked.request), action=f"{path}/fetch?{query}"
    )
    return html, error.status


def _asked(code: str) -> Asked:
    """What was sent asks for, with the data sets that it is for and its moment. Raises what cannot be used of it."""
    asked, _ = dated(code, read_answers(all_sent()).asked)
    return replace(asked, request=wanted(asked)[0])


def _hosts(asked: Request) -> Sequence[tuple[str, list[str]]]:
    """Title and hosts of each data set whose images are elsewhere; no hosts where they are all over the web."""
    keys = {part.key for part in asked.datasets}
    infos = [info for info in pipeline().data_sets() if info.key in keys and info.hosts]
    return [(info.sheet.title, [host for host in info.hosts if host != ANY_HOST]) for info in infos]
