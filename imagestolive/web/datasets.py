"""/datasets: what there is to draw from, what is not handed out, and why; /datasets/<key>: one data set's sheet."""

from __future__ import annotations

from flask import Blueprint, render_template

from imagestolive.about import about
from imagestolive.credits import Credit
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.pipeline import DataSetInfo, NotReleased, credit_of
from imagestolive.policy import Policy
from imagestolive.web.current import pipeline
from imagestolive.web.language import words
from imagestolive.web.prints import Shown, shown

THUMBNAILS = 6
THUMBNAIL_PX = 112
ROW_PX, GAP_PX = 1120, 12  # the page at its widest, and what .thumbs leaves between two
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
    return render_template("dataset.html", about=told, sheet=told.info.sheet, thumbnails=images)


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
