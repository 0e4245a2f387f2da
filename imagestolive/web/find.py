"""/find: “Is my photograph in here?” The question comes by POST alone, and no trace of it stays: no address holds it, nothing keeps it.

Images are shown when somebody asks for them, inside the page: their own addresses would say what was found, to whoever reads a log.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request

from imagestolive import finding
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.finding import FindAnswer, Found
from imagestolive.identify import MOST_CHARACTERS, identify
from imagestolive.pipeline import NotReleased, credit_of, name_and_year, notice
from imagestolive.policy import Policy
from imagestolive.records import ImageRecord, Reason
from imagestolive.sets import Pick
from imagestolive.web import asking, guard
from imagestolive.web.current import pipeline
from imagestolive.web.language import words

SHOWN_MOST = 12  # images of one data set
SHOWN_PX = 320
TRAP = "website"  # a field that nobody sees; programs that fill in every form fill it in

bp = Blueprint("find", __name__)


class FilledByAProgram(ImagesToLiveError):
    """The field that stays empty was filled in."""

    sentence = N_("A field that nobody sees was filled in, as programs do. Nothing was done; leave it empty and send the form again.")
    field = TRAP


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An image as it is shown, or why it is not."""

    src: str | None  # the image itself, as a data: address
    width_px: int = 0
    height_px: int = 0
    alt: str = ""
    credit: str | None = None
    notice: str | None = None


@dataclass(frozen=True, kw_only=True)
class One:
    """A data set that has it, as the page tells it."""

    key: str
    name: str  # "COCO, 2014"
    images: str
    story: str | None
    way_out: str
    out: str | None  # what is left out of it already, if anything is
    may_show: bool  # not all of it is
    may_go: bool  # there is something to be taken out
    seen: tuple[Seen, ...]  # none until somebody asks
    not_shown: int  # how many more there are


@bp.get("/find")
def ask() -> Response:
    """The form. An address that holds a question is not answered: it would stay in the browser and in logs."""
    return page("")


@bp.post("/find")
def answer() -> tuple[Response, int] | Response:
    """What was found of one name, address or number; with `show`, the images that one data set has of it."""
    typed = request.form.get("q", "")
    try:
        check_trap()
        found = finding.find(pipeline(), identify(typed))
    except ImagesToLiveError as error:
        if error.field not in ("q", TRAP):
            raise
        return page(shortened(typed), wrong=words().error(error)), 400
    return page(found.asked.typed, answer=found, show=request.form.get("show"))


def check_trap() -> None:
    """Raises FilledByAProgram."""
    if request.form.get(TRAP):
        raise FilledByAProgram


def shortened(typed: str) -> str:
    """What is kept in the field of what was typed."""
    return "".join(sign for sign in typed[:MOST_CHARACTERS] if sign.isprintable())


def page(typed: str, *, wrong: str | None = None, answer: FindAnswer | None = None, show: str | None = None) -> Response:
    policy = pipeline().policy(sold=False, client=asking.client()) if show else None
    everybody = _rules_for_everybody() if answer else None
    html = render_template(
        "find.html",
        typed=typed,
        wrong=wrong,
        most=MOST_CHARACTERS,
        heading=finding.heading(answer, words()) if answer else None,
        found=[_one(one, everybody, policy if one.sheet.key == show else None) for one in answer.found] if answer else [],
        others=finding.others(answer, words()) if answer else [],
    )
    return private(html, images=show is not None)


def private(html: str, *, images: bool = False) -> Response:
    """An answer that no one keeps. `images`: it holds some itself."""
    response = make_response(html)
    response.headers["Cache-Control"] = "private, no-store"
    if images:
        response.headers["Content-Security-Policy"] = guard.policy(images="'self' data:")
    return response


def _rules_for_everybody() -> Policy | None:
    """None: nobody knows at this moment what is left out. Then the answer goes without it, as images do not."""
    try:
        return pipeline().policy(sold=False)
    except ImagesToLiveError:
        return None


def _one(found: Found, everybody: Policy | None, policy: Policy | None) -> One:
    """`policy`: that under which its images are shown; None: they are not."""
    sheet, records = found.sheet, found.records[:SHOWN_MOST]
    seen = tuple(_seen(record, n, policy) for n, record in enumerate(records, start=1)) if policy else ()
    out = finding.withheld(found, everybody) if everybody else []
    gone = sum(reason in finding.TAKEN_OUT for reason in out)
    return One(
        key=sheet.key,
        name=name_and_year(sheet),
        images=finding.images(found, words()),
        story=finding.story(sheet, words()),
        way_out=finding.way_out(sheet, words()),
        out=finding.withheld_said(found, out, words()),
        may_show=found.more or gone < len(found.records),
        may_go=found.more or not out or any(reason not in ("withdrawn", "flagged") for reason in out),  # a report waits for a decision
        seen=seen,
        not_shown=len(found.records) - len(seen) if policy else 0,
    )


def _seen(record: ImageRecord, number: int, policy: Policy) -> Seen:
    pick = Pick(slot=1, dataset=record.dataset, image_id=record.image_id, sha256="")
    try:
        cleared = pipeline().release(pick, policy)
        data, media_type = pipeline().thumbnail(cleared, SHOWN_PX)
    except NotReleased as shut:
        return Seen(src=None, notice=_not_shown(shut.reason))
    except ToBeFetched:
        return Seen(src=None, notice=words().say("This image is not kept here: it would be fetched when it is drawn."))
    width_px, height_px = cleared.picture.width_px, cleared.picture.height_px
    scale = min(1.0, SHOWN_PX / max(width_px, height_px))
    return Seen(
        src=f"data:{media_type};base64,{base64.b64encode(data).decode()}",
        width_px=max(1, round(width_px * scale)),
        height_px=max(1, round(height_px * scale)),
        alt=words().say("Image {number}, {width} by {height} pixels", number=number, width=width_px, height=height_px),
        credit=credit_of(cleared, words()).line,
    )


def _not_shown(reason: Reason) -> str:
    if reason in finding.TAKEN_OUT:
        return words().say(finding.ALREADY_OUT)
    return notice(reason, words())
