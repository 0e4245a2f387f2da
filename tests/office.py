"""The pages and their jobs, which are done when a test says so."""

from __future__ import annotations

import time
from dataclasses import dataclass

import hosts
from flask import Flask
from flask.testing import FlaskClient

from imagestolive.jobs.worker import Run, Worker
from imagestolive.jobs.workplace import Workplace


@dataclass(kw_only=True)
class Office:
    """An app, and its jobs, which are done when a test says so."""

    app: Flask
    place: Workplace
    run: Run
    clock: list[float]  # what the app takes for now, in seconds
    played: hosts.Played | None = None

    def client(self) -> FlaskClient:
        """A browser of its own."""
        return self.app.test_client()

    def work(self, run: Run | None = None) -> None:
        """Does all that waits."""
        Worker(self.place.ledger, self.place.results, run or self.run).work()

    def sweep(self, *, later_s: float = 0) -> None:
        Worker(self.place.ledger, self.place.results, self.run, now=lambda: time.time() + later_s).sweep()

    def states(self) -> list[str]:
        """Of all jobs, oldest first."""
        with self.place.ledger.reading() as connection:
            return list(connection.exec_driver_sql("SELECT state FROM job ORDER BY seq").scalars())
