"""The one pipeline and the one press of the app that is answering."""

from __future__ import annotations

from flask import current_app

from imagestolive.pipeline import Pipeline
from imagestolive.press import Press


def pipeline() -> Pipeline:
    return press().pipeline


def press() -> Press:
    found: Press = current_app.extensions["imagestolive"]
    return found
