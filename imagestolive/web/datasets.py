"""/datasets: what there is to draw from, what is not handed out, and why; /datasets/<key>: one data set's sheet."""

from __future__ import annotations

import datetime

from flask import Blueprint, render_template

from imagestolive.credits import Credit
from imagestolive.errors import N_
from imagestolive.pipeline import DataSetInfo, NotReleased, credit_of
from imagestolive.policy import Policy
from imagestolive.units import A6
from imagestolive.web.current import pipeline
from imagestolive.web.language import words
from imagestolive.web.prints import Shown, shown

THUMBNAILS = 8
THUMBNAIL_PX = 128
_STATUS = {"available": N_("available"), "on request": N_("on request"), "withdrawn": N_("withdrawn")}
_TERMS_ALLOW = {
    "open": N_("allow printing"),
    "teaching": N_("allow teaching"),
    "research": N_("allow research only"),
    "nothing-stated": N_("say nothing about printing"),
}
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
    info = pipeline().data_set(key)
    policy = pipeline().policy(sold=False)
    reason = pipeline().why_not(key, policy)
    return render_template(
        "dataset.html",
        info=info,
        sheet=info.sheet,
        why_not=reason and words().error(reason),
        status=words().say(_STATUS[info.sheet.status]),
        terms_allow=words().say(_TERMS_ALLOW[info.sheet.terms_allow]),
        thumbnails=[] if reason else _thumbnails(info, policy),
        seen_on=words().date(datetime.date.fromisoformat(info.sheet.seen_on)),
        ground=pipeline().config.allow_unlicensed if info.sheet.terms_allow in ("research", "nothing-stated") else None,
        problems=[problem.said(words()) for problem in info.problems],
    )


def _thumbnails(info: DataSetInfo, policy: Policy) -> list[tuple[Shown, int, int, Credit]]:
    """A few images of a data set, drawn as a set would be, each through the gate; the size each is shown at, in px; its credit."""
    asked, _ = pipeline().request(people=1, cards=THUMBNAILS, keys=[info.key], paper="a4", lang="en", policy=policy)
    images: list[tuple[Shown, int, int, Credit]] = []
    for pick in pipeline().draw(asked, _THUMBNAILS_CODE, (), policy).picks.values():
        try:
            cleared = pipeline().release(pick, policy)
        except NotReleased:
            continue  # it went between the draw and this moment
        image = shown(pick, cleared.picture, A6, number=len(images) + 1, sold=False)
        images.append((image, *_thumbnail_size(image), credit_of(cleared, words())))
    return images


def _thumbnail_size(image: Shown) -> tuple[int, int]:
    """128 px high; small images as the largest whole multiple of their pixels below that."""
    if image.pixels and (times := THUMBNAIL_PX // max(image.width_px, image.height_px)):
        return times * image.width_px, times * image.height_px
    return round(THUMBNAIL_PX * image.width_px / image.height_px), THUMBNAIL_PX
