"""/plan: the teaching plan, in the page's language."""

from __future__ import annotations

from flask import Blueprint, render_template
from markupsafe import Markup

from imagestolive import teaching
from imagestolive.teaching import html
from imagestolive.web.language import words

bp = Blueprint("plan", __name__)


@bp.get("/plan")
def show() -> str:
    plan = teaching.plan(words().lang)
    return render_template("plan.html", plan=plan, body=Markup(html.render(plan)))  # noqa: S704 (our own document, rendered without its HTML)
