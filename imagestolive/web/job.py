"""/job/<id>: how far something is that takes longer than a moment, and what came of it. Whoever knows the id may see it.

The page of a job that goes on asks for itself again every two seconds, and not at all when it is told to stand still.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.jobs import KEPT_S, Job
from imagestolive.jobs.running import DRAW
from imagestolive.pipeline import left_out_sentence
from imagestolive.web.asking import again_path, result
from imagestolive.web.current import jobs, now_s
from imagestolive.web.language import words
from imagestolive.web.sending import kept

REFRESH_S = 2
NOBODY_S = 60  # a job that waits longer may have no worker
_HEADINGS = {
    (DRAW, "accepted"): N_("Waiting for its turn"),
    (DRAW, "running"): N_("The images are being fetched"),
    (DRAW, "done"): N_("The images are here"),
    (DRAW, "failed"): N_("The images were not fetched"),
    ("file", "accepted"): N_("Waiting for its turn"),
    ("file", "running"): N_("The file is being made"),
    ("file", "done"): N_("The file is ready"),
    ("file", "failed"): N_("The file was not made"),
    ("file", "gone"): N_("The file is no longer here"),
}
_CANCELLED = N_("This was cancelled")

bp = Blueprint("job", __name__)


class NoSuchFile(ImagesToLiveError):
    """A name that is not that of a job's result."""

    sentence = N_("There is no page at this address.")
    status = 404


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A job as its page shows it."""

    state: str  # of a job, or "gone": done, but its file is not there any more
    heading: str
    done: int  # cards
    of: int
    goes_on: bool
    still: bool  # does not ask for itself again
    draws: bool
    ahead: int
    waits_long: bool
    hours_left: int
    fetched: int
    left_out: str


@bp.get("/job/<job_id>")
def show(job_id: str) -> str:
    """Raises NoSuchJob."""
    job = jobs().find(job_id)
    return render_template(
        "job.html",
        job=job,
        shown=_shown(job),
        refresh_s=REFRESH_S,
        again_path=again_path(job),
        file_path=url_for("job.send", job_id=job.id, name=job.name) if job.name else None,
    )


@bp.post("/job/<job_id>/cancel")
def cancel(job_id: str) -> Response:
    """Back to its page; a job that is over stays what it is. Raises NoSuchJob."""
    return redirect(url_for("job.show", job_id=jobs().cancel(job_id).id), 303)


@bp.get("/job/<job_id>/<name>")
def send(job_id: str, name: str) -> Response:
    """What the job made. Raises NoSuchJob, NoSuchFile."""
    job = jobs().find(job_id)
    path = result(job)
    if path is None or name != job.name or job.media_type is None:
        raise NoSuchFile
    try:
        return kept(path, job.media_type)
    except OSError:  # it went in this moment
        raise NoSuchFile from None


@bp.after_request
def private(response: Response) -> Response:
    """Its address is its key: nothing on the way, and no browser, keeps the page or the file."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(job: Job) -> _Shown:
    draws = job.kind == DRAW
    state = "gone" if job.state == "done" and not draws and result(job) is None else job.state
    heading = _CANCELLED if state == "cancelled" else _HEADINGS[DRAW if draws else "file", state]
    goes_on = state in ("accepted", "running")
    waited_s = now_s() - job.created_s
    left_s = KEPT_S - max(0.0, now_s() - (job.finished_s or now_s()))
    return _Shown(
        state=state,
        heading=words().say(heading),
        done=job.done * job.cards // job.of if job.of else 0,  # a file may go through its cards several times
        of=job.cards,
        goes_on=goes_on,
        still="still" in request.args,
        draws=draws,
        ahead=jobs().ahead(job) if state == "accepted" else 0,
        waits_long=state == "accepted" and waited_s > NOBODY_S,
        hours_left=max(1, math.ceil(left_s / 3600)),
        fetched=job.counts.get("ok", 0),
        left_out=left_out_sentence({reason: n for reason, n in job.counts.items() if reason != "ok" and n}, words()),
    )
