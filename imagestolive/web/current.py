"""What the app that is answering has: one pipeline, one press, and the ledger with jobs, decisions and marks."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask, current_app

from imagestolive.care import Blocked
from imagestolive.jobs import Jobs
from imagestolive.jobs.workplace import Workplace
from imagestolive.ledger.decisions import Decisions
from imagestolive.ledger.knownsets import KnownSets
from imagestolive.ledger.marks import Marks
from imagestolive.pipeline import Pipeline
from imagestolive.press import Press

_PLACE, _NOW = "imagestolive.place", "imagestolive.now"


def pipeline() -> Pipeline:
    return press().pipeline


def press() -> Press:
    found: Press = current_app.extensions["imagestolive"]
    return found


def place() -> Workplace:
    """Raises what opening the ledger raises."""
    found: Workplace = current_app.extensions[_PLACE]()
    return found


def jobs() -> Jobs:
    return place().jobs


def decisions() -> Decisions:
    return place().decisions


def marks() -> Marks:
    return place().marks


def known_sets() -> KnownSets:
    return place().known_sets


def now_s() -> float:
    """Unix time."""
    found: float = current_app.extensions[_NOW]()
    return found


def blocked(app: Flask) -> Callable[..., Blocked]:
    """What tells a pipeline of this app what is left out, as Decisions.blocked does. Raises what opening the ledger raises."""
    return lambda *asked: app.extensions[_PLACE]().decisions.blocked(*asked)


def install(app: Flask, open_place: Callable[[], Workplace], now: Callable[[], float]) -> None:
    """The ledger is opened when somebody first asks for it: an app whose ledger cannot be used still shows its other pages."""
    app.extensions[_PLACE] = _once(open_place)
    app.extensions[_NOW] = now


def _once(open_place: Callable[[], Workplace]) -> Callable[[], Workplace]:
    lock = threading.Lock()
    opened: list[Workplace] = []

    def find() -> Workplace:
        with lock:
            if not opened:
                opened.append(open_place())
            return opened[0]

    return find
