"""/picture/<key>/<image id>: a small copy of one image. It passes the gate each time it is asked for.

/set/<code>/picture/<key>/<image id>: the same for the page of that set, where images wait that are held for review. To whoever asked there
to see one, by a mark of their own or of the link that they opened, it is sent as large as any other; to all others as a few spots of its
colours. It lies below the page’s own path, for there alone browsers send the cookie of such a link.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, request
from werkzeug.routing import BaseConverter

from imagestolive.fetch.problems import ToBeFetched
from imagestolive.pipeline import Cleared, NotReleased
from imagestolive.policy import Policy
from imagestolive.sets import Pick, read_code
from imagestolive.web import asking, review
from imagestolive.web.current import pipeline
from imagestolive.web.language import words
from imagestolive.web.prints import LARGE_PX, SMALL_PX, VEILED_PX

KEPT_SECONDS = 300  # by one browser; whoever looks again after a withdrawal should not see it for long
_SIZES = {str(size_px): size_px for size_px in (VEILED_PX, SMALL_PX, LARGE_PX)}

bp = Blueprint("picture", __name__)


class _AnyText(BaseConverter):
    """An image id is whatever its data set calls it, line ends and slashes too; it is looked up, never opened as a path."""

    regex = "(?s:.+)"
    part_isolating = False
    weight = 200  # as that of werkzeug's own `path`


def install(app: Flask) -> None:
    app.url_map.converters["any_text"] = _AnyText


@bp.get("/picture/<key>/<any_text:image_id>")
def show(key: str, image_id: str) -> Response:
    """What is not released is answered without a name or a reason."""
    return _sent(key, image_id)


@bp.get("/set/<typed>/picture/<key>/<any_text:image_id>")
def look(typed: str, key: str, image_id: str) -> Response:
    """Raises sets.NotACode, and what the ledger raises."""
    return _sent(key, image_id, read_code(typed))


def _sent(key: str, image_id: str, code: str | None = None) -> Response:
    """`code`: of the set in which the image may wait for review."""
    longest_px = _SIZES.get(request.args.get("px", str(LARGE_PX)))
    if longest_px is None:
        abort(404)
    pick = Pick(slot=1, dataset=key, image_id=image_id, sha256=request.args.get("sha256", ""))
    policy = pipeline().policy(sold=request.args.get("sold") == "yes", client=asking.client(), school=False)  # but where it is locked
    try:
        cleared, held = _released(pick, policy, longest_px, code)
        data, mimetype = pipeline().thumbnail(cleared, longest_px)
    except (NotReleased, ToBeFetched):
        return Response(
            words().say(NotReleased.sentence), status=NotReleased.status, mimetype="text/plain", headers={"Cache-Control": "no-store"}
        )
    response = Response(data, mimetype=mimetype)
    response.cache_control.private = True
    if held:
        response.cache_control.no_store = True  # the mark may be taken back
    else:
        response.cache_control.max_age = KEPT_SECONDS
    return response


def _released(pick: Pick, policy: Policy, longest_px: int, code: str | None) -> tuple[Cleared, bool]:
    """The image, and whether it is held for review. Raises NotReleased, ToBeFetched."""
    try:
        return pipeline().release(pick, policy), False
    except NotReleased as shut:
        if shut.reason != "held for review" or code is None:
            raise
        if longest_px > VEILED_PX and not review.is_looked_at(code, pick):
            raise
    return pipeline().release(pick, policy.to_look()), True
