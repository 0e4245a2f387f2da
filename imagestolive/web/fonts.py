"""/fonts/<face>.woff2: the four faces, made on this machine out of their packages."""

from __future__ import annotations

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from imagestolive.fonts import FACES
from imagestolive.web.current import pipeline

KEPT_SECONDS = 30 * 86400

bp = Blueprint("fonts", __name__)


@bp.get("/fonts/<face>.woff2")
def show(face: str) -> Response:
    if face not in FACES:
        abort(404)
    response = Response(pipeline().fonts.woff2(face), mimetype="font/woff2")
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    return response.make_conditional(request)
