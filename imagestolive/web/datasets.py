"""/datasets: what there is to draw from, what is not handed out, and why; /datasets/<key>: one data set's sheet."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from imagestolive.about import about, profile_document, profile_told
from imagestolive.credits import Credit
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.pipeline import DataSetInfo, NotReleased, credit_of
from imagestolive.policy import Policy
from imagestolive.teaching import formats
from imagestolive.teaching.profile import Told, head
from imagestolive.web.current import pipeline
from imagestolive.web.language import words
from imagestolive.web.prints import Shown, shown
from imagestolive.web.sending import made_now

THUMBNAILS = 6
THUMBNAIL_PX = 112
ROW_PX, GAP_PX = 1120, 12  # the page at its widest, and what .thumbs leaves between two
HANDOUTS = ("pdf", "docx", "odt", "html", "md")  # of formats.FORMATS
_THUMBNAILS_CODE = "K7Q29FXD"  # always the same one, so that the page always shows the same images

bp = Blueprint("datasets", __name__)


@bp.get("/datasets")
def show_all() -> str:
    policy = pipeline().policy(sold=False)
    drawable = set(pipeline().drawable(policy))
    every = pipeline().data_sets()
    return render_template(
        "datasets.html",
        ready=[info for info in every if info.key in drawable],
        waiting=[(info, pipeline().why_not(info.key, policy)) for info in every if info.key not in drawable and not info.sheet.refused],
        refused=[info for info in every if info.sheet.refused],
    )


@bp.get("/datasets/<key>")
def show(key: str) -> str:
    """Raises pipeline.UnknownDataSet."""
    told = about(pipeline(), key, words())
    try:
        images = [] if told.why_not else _thumbnails(told.info, pipeline().policy(sold=False))
    except ToBeFetched:  # nobody asked for these images
        images = []
    return render_template(
        "dataset.html",
        about=told,
        sheet=told.info.sheet,
        thumbnails=images,
        profile=_profile(told.info),
        head=head,
        drawn=Markup,  # charts.py escapes
        words=words(),
        handouts=[(form, formats.FORMATS[form].name) for form in HANDOUTS if formats.is_here(form)],
    )


@bp.get("/datasets/<key>/profile.<form>")
def handout(key: str, form: str) -> Response:
    """The data set in shares as a file. Raises pipeline.UnknownDataSet, why it is not open, and what formats.write raises."""
    if form not in HANDOUTS:
        abort(404)
    found = profile_document(pipeline(), key, words())
    data = formats.write(found, form, paper=request.args.get("paper", formats.PAPERS[0]))
    name = f"images-to-live-with_{found.key}-{key}_{found.lang}.{formats.FORMATS[form].ending}"
    return made_now(lambda out: out.write(data), formats.FORMATS[form].media_type, name)


def _profile(info: DataSetInfo) -> Told | None:
    """None where its records cannot be read, or there are none."""
    return profile_told(pipeline(), info.key, words()) if info.images or info.elsewhere else None


def _thumbnails(info: DataSetInfo, policy: Policy) -> list[tuple[Shown, int, int, Credit]]:
    """A row of images of a data set, drawn as a set would be, each through the gate; the size each is shown at, in px; its credit."""
    asked, _ = pipeline().request(
        people=1, cards=min(THUMBNAILS, pipeline().config.limits.cards), keys=[info.key], paper="a4", lang="en", policy=policy
    )
    images: list[tuple[Shown, int, int, Credit]] = []
    left_px = ROW_PX
    for pick in pipeline().draw(asked, _THUMBNAILS_CODE, (), policy, nobody_looks=True).picks.values():
        try:
            cleared = pipeline().release(pick, policy)
        except NotReleased:
            continue  # it went between the draw and this moment
        image = shown(pick, cleared.picture, asked, number=len(images) + 1)
        width_px, height_px = _thumbnail_size(image)
        left_px -= width_px + (GAP_PX if images else 0)
        if images and left_px < 0:
            break
        images.append((image, width_px, height_px, credit_of(cleared, words())))
    return images


def _thumbnail_size(image: Shown) -> tuple[int, int]:
    """112 px high; small images as the largest whole multiple of their pixels below that."""
    if image.pixels and (times := THUMBNAIL_PX // max(image.width_px, image.height_px)):
        return times * image.width_px, times * image.height_px
    return round(THUMBNAIL_PX * image.width_px / image.height_px), THUMBNAIL_PX
