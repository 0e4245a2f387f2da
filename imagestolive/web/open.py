"""/open?code=: from a code that somebody typed to the set's page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from imagestolive import sets

bp = Blueprint("open", __name__)


@bp.get("/open")
def show() -> Response | tuple[str, int]:
    """Raises sets.NotACode, which has its own page."""
    typed = request.args.get("code", "")
    if not typed.strip():
        return render_template("open.html", sentence=None, typed=""), 400
    code = sets.read_code(typed)
    return redirect(url_for("set.show", typed=sets.written(code)), 303)
