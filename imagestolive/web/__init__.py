"""The pages. Each screen is one URL, one view file, one template of the same name; views go through the pipeline.

Nothing is stored, by any request: a set is all in its address; a browser keeps its page's language and its printers in cookies.
"""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined

from imagestolive import resources
from imagestolive.config import Config, load_config
from imagestolive.pipeline import Pipeline
from imagestolive.press import Press
from imagestolive.web import (
    contact,
    datasets,
    downloads,
    fonts,
    guard,
    home,
    language,
    make,
    open,  # noqa: A004 (named as its URL)
    picture,
    plan,
    print,  # noqa: A004 (named as its URL)
    printers,
    problems,
    set,  # noqa: A004 (named as its URL)
)

BACKS_KEPT = 1000  # what one large set has

_SCREENS = (home, open, make, set, print, downloads, printers, picture, datasets, plan, fonts)


def create_app(config: Config | None = None) -> Flask:
    """The WSGI app over one configuration; without one, over what the environment names. Raises what load_config raises."""
    app = Flask("imagestolive.web", template_folder=str(resources.folder("templates")))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["imagestolive"] = Press(Pipeline(config or load_config()), backs_kept=BACKS_KEPT)
    app.url_map.merge_slashes = False  # werkzeug's redirect for it would repeat the name of the host
    for part in (guard, language, contact, problems, picture):
        part.install(app)
    for screen in _SCREENS:
        app.register_blueprint(screen.bp)
    return app
