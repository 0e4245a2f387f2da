"""/open?code=: from a code that somebody typed to the set's page."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from imagestolive import sets

bp = Blueprint("open", __name__)


@bp.get("/open")
def show() -> Response:
    """Raises sets.NotACode, which has its own page."""
    code = sets.read_code(request.args.get("code", ""))
    return redirect(url_for("set.show", typed=sets.written(code)), 303)
