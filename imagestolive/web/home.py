"""/: three doors, each with the real thing, redrawn from what is there; a set's code; and how many images there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from markupsafe import Markup

from imagestolive import sheets, svg
from imagestolive.about import get_command
from imagestolive.credits import Credit
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import DataSetInfo, DataSetRefused, NotConfigured
from imagestolive.policy import Policy
from imagestolive.press import layout_of, put_away, spec_of
from imagestolive.web.current import pipeline, press
from imagestolive.web.language import words
from imagestolive.web.prints import SMALL_PX, Print, picture_address, prints, side

_CODE = "M1NPWWSD"  # always the same one: the page does not change from visit to visit
_ON_THE_SHEET, _IN_THE_FAN = 4, 3
OFFERED, OFFERED_IMAGES = "open-images", 41_620  # those of its validation part, which is what its command brings

bp = Blueprint("home", __name__)


@dataclass(frozen=True, kw_only=True)
class _Doors:
    """What hangs beside the doors: a sheet, a back, three cards."""

    sheet: Markup
    back: Markup
    fan: list[Print]
    credits: list[Credit]  # of all images that are shown


@bp.get("/")
def show() -> str:
    policy = pipeline().policy(sold=False)
    drawable = pipeline().drawable(policy)
    every = pipeline().data_sets()
    ready = [info for info in every if info.key in drawable]
    return render_template(
        "home.html",
        ready=ready,
        doors=_doors(ready, policy) if ready else None,
        missing=[] if ready else _missing(every, policy),
        offer=_offer(ready),
    )


def _offer(ready: Sequence[DataSetInfo]) -> tuple[int, str] | None:
    """Where there is only the starter collection: how many photographs one command would bring, and that command."""
    only_starter = ready and all(info.sheet.package for info in ready)
    offered = pipeline().config.network and isinstance(pipeline().data_set(OFFERED).why_not, NotConfigured)
    return (OFFERED_IMAGES, get_command(OFFERED)) if only_starter and offered else None


def _doors(ready: Sequence[DataSetInfo], policy: Policy) -> _Doors | None:
    """The cards of a set that never changes, and what a sheet of them looks like; None where there are no cards.

    It is drawn from the starter collection where that is here: nobody has looked at what another collection would show.
    """
    starter = [info.key for info in ready if info.sheet.package]
    try:
        asked, _ = pipeline().request(
            people=1, cards=_ON_THE_SHEET + _IN_THE_FAN, keys=starter or None, paper="a4", lang=words().lang, policy=policy
        )
        drawn = pipeline().draw(asked, _CODE, (), policy, nobody_looks=True)
        cards = [put_away(card) for card in pipeline().cards(drawn, policy, words()) if card.picture]
    except ImagesToLiveError:
        return None
    if not cards:
        return None
    on_the_sheet = cards[:_ON_THE_SHEET]
    fronts = [press().front(card, asked) for card in on_the_sheet]
    page = sheets.impose([front.height_mm > front.width_mm for front in fronts], spec_of(asked), layout_of(asked))[0]
    picks = {pick.sha256: pick for pick in drawn.picks.values()}
    return _Doors(
        sheet=Markup(  # noqa: S704 (svg.py escapes)
            svg.sheet_svg(
                page,
                lambda place: fronts[place.index],
                image_href=lambda image: picture_address(picks[image.picture.sha256], SMALL_PX, sold=False),
            )
        ),
        back=side(press().back(cards[0], asked, words())),
        fan=[card for card in prints(drawn, policy) if card.image][-_IN_THE_FAN:],
        credits=[card.credit for card in cards if card.credit],
    )


def _missing(every: Sequence[DataSetInfo], policy: Policy) -> list[str]:
    """What to do so that there is something to draw: of data sets that nobody asked for, and of those never handed out, nothing."""
    reasons = [pipeline().why_not(info.key, policy) for info in every]
    return list(dict.fromkeys(words().error(why) for why in reasons if why and not isinstance(why, (NotConfigured, DataSetRefused))))
