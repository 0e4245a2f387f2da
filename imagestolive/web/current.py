"""The one pipeline of the app that is answering."""

from __future__ import annotations

from flask import current_app

from imagestolive.pipeline import Pipeline


def pipeline() -> Pipeline:
    found: Pipeline = current_app.extensions["imagestolive"]
    return found
