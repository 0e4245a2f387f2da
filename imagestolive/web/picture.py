"""/picture/<key>/<image id>: a small copy of one image. It passes the gate each time it is asked for."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, request
from werkzeug.routing import BaseConverter

from imagestolive.fetch.problems import ToBeFetched
from imagestolive.pipeline import NotReleased
from imagestolive.sets import Pick
from imagestolive.web import asking
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
    longest_px = _SIZES.get(request.args.get("px", str(LARGE_PX)))
    if longest_px is None:
        abort(404)
    pick = Pick(slot=1, dataset=key, image_id=image_id, sha256=request.args.get("sha256", ""))
    policy = pipeline().policy(sold=request.args.get("sold") == "yes", client=asking.client(), school=False)  # but where it is locked
    if request.args.get("look") == "yes":
        policy = policy.to_look()
    try:
        data, mimetype = pipeline().thumbnail(pipeline().release(pick, policy), longest_px)
    except (NotReleased, ToBeFetched):
        return Response(words().say(NotReleased.sentence), status=NotReleased.status, mimetype="text/plain")
    response = Response(data, mimetype=mimetype)
    response.cache_control.private = True
    response.cache_control.max_age = KEPT_SECONDS
    return response
