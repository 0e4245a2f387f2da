"""Where jobs wait, are made and are kept: the ledger, the queue and the results, beside the data."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from imagestolive.config import Config
from imagestolive.jobs import Jobs
from imagestolive.jobs.queue import Queue
from imagestolive.jobs.worker import Run, Worker
from imagestolive.ledger import Ledger

DATABASE_VARIABLE = "DATABASE_URL"


class Workplace:
    """Opened once a process, by those who ask for jobs and by those who do them.

    `database`: its URL, where the ledger is not the SQLite file in `data_folder`. Raises what Ledger raises.
    """

    def __init__(self, data_folder: Path, *, database: str | None = None) -> None:
        self.results = data_folder / "jobs"
        self.ledger = Ledger(database or data_folder / "ledger.sqlite3")
        self.queue = Queue(data_folder / "queue.sqlite3")
        self.jobs = Jobs(self.ledger, self.results, self.queue.wake)

    @contextlib.contextmanager
    def working(self, run: Run, *, threads: int = 2, gone: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """While this lasts, threads of this process do the jobs that wait."""
        worker = Worker(self.ledger, self.results, run, wake=self.queue.wake, gone=gone)
        with self.queue.working(worker, threads=threads):
            yield

    def close(self) -> None:
        self.queue.close()
        self.ledger.close()


def workplace(config: Config, environment: Mapping[str, str] | None = None) -> Workplace:
    """The one of a configuration, its ledger in the database that $DATABASE_URL names, if it names one."""
    environment = os.environ if environment is None else environment
    return Workplace(config.data_folder, database=environment.get(DATABASE_VARIABLE))
