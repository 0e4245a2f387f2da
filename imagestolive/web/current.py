"""What the app that is answering has: one pipeline, one press, and the jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask, current_app

from imagestolive.jobs import Jobs
from imagestolive.pipeline import Pipeline
from imagestolive.press import Press

_JOBS, _NOW = "imagestolive.jobs", "imagestolive.now"


def pipeline() -> Pipeline:
    return press().pipeline


def press() -> Press:
    found: Press = current_app.extensions["imagestolive"]
    return found


def jobs() -> Jobs:
    """Raises what opening the ledger raises."""
    found: Jobs = current_app.extensions[_JOBS]()
    return found


def now_s() -> float:
    """Unix time."""
    found: float = current_app.extensions[_NOW]()
    return found


def install(app: Flask, open_jobs: Callable[[], Jobs], now: Callable[[], float]) -> None:
    """Jobs are opened when somebody first asks for one: an app whose ledger cannot be used still shows its other pages."""
    app.extensions[_JOBS] = _once(open_jobs)
    app.extensions[_NOW] = now


def _once(open_jobs: Callable[[], Jobs]) -> Callable[[], Jobs]:
    lock = threading.Lock()
    opened: list[Jobs] = []

    def find() -> Jobs:
        with lock:
            if not opened:
                opened.append(open_jobs())
            return opened[0]

    return find
