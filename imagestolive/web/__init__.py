"""The pages. Each screen is one URL, one view file, one template of the same name; views go through the pipeline.

No set is stored: it is all in its address. A browser keeps its page's language and its printers in cookies, and, once it has asked for
work that takes longer than a moment, a random one that tells its jobs from those of others (asking.py). Kept on the server for such a
job, for 24 hours after it is over: the set it works on, its file, and a hash of that cookie; of the address it came from, how many cards
wait, in memory. No GET changes anything.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from flask import Flask
from jinja2 import StrictUndefined

from imagestolive import resources
from imagestolive.config import Config, load_config
from imagestolive.jobs.workplace import Workplace, workplace
from imagestolive.pipeline import Pipeline
from imagestolive.press import Press
from imagestolive.web import (
    asking,
    care,
    contact,
    current,
    datasets,
    documents,
    door,
    downloads,
    fetch,
    find,
    fonts,
    guard,
    home,
    job,
    language,
    make,
    open,  # noqa: A004 (named as its URL)
    operator,
    person,
    picture,
    plan,
    print,  # noqa: A004 (named as its URL)
    printers,
    privacy,
    problems,
    remove,
    set,  # noqa: A004 (named as its URL)
)

BACKS_KEPT = 1000  # what one large set has

_SCREENS = (home, open, make, set, print, downloads, fetch, job, printers, picture, datasets, plan, documents)
_OTHERS = (person, fonts, care, privacy, find, remove)


def create_app(
    config: Config | None = None, place: Workplace | None = None, *, operator_token: str | None = None, now: Callable[[], float] = time.time
) -> Flask:
    """The WSGI app over one configuration; without one, over what the environment names. Raises what load_config raises.

    `place`, with the ledger, is that of its data folder, unless another is handed in; a worker does its jobs, here or in another process.
    `operator_token` opens /operator; without one, the environment's.
    """
    config = config or load_config()
    app = Flask("imagestolive.web", template_folder=str(resources.folder("templates")))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["imagestolive"] = Press(Pipeline(config, blocked=current.blocked(app)), backs_kept=BACKS_KEPT)
    current.install(app, lambda: place or workplace(config), now)
    app.url_map.merge_slashes = False  # werkzeug's redirect for it would repeat the name of the host
    for part in (guard, language, contact, problems, asking, fetch, picture):
        part.install(app)
    for screen in (*_SCREENS, *_OTHERS):
        app.register_blueprint(screen.bp)
    operator.install(app, operator_token or os.environ.get(door.VARIABLE, "").strip() or None, now)
    return app
