"""Where jobs wait, are made and are kept: the ledger, the queue and the results, beside the data."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from imagestolive.config import DATABASE_VARIABLE, Config, ledger_place
from imagestolive.jobs import Jobs
from imagestolive.jobs.queue import Queue
from imagestolive.jobs.worker import Pace, Run, Worker
from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import Decisions
from imagestolive.ledger.knownsets import KnownSets
from imagestolive.ledger.marks import Marks

TIDY_S = 3600.0


class Workplace:
    """Opened once a process, by those who ask for jobs and by those who do them.

    `database`: its URL, where the ledger is not the SQLite file in `data_folder`. Raises what Ledger raises.
    """

    def __init__(self, data_folder: Path, *, database: str | None = None, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.results = data_folder / "jobs"
        self.ledger = Ledger(ledger_place(data_folder, database))
        self.queue = Queue(data_folder / "queue.sqlite3")
        self.jobs = Jobs(self.ledger, self.results, self.queue.wake)
        self.decisions = Decisions(self.ledger)
        self.marks = Marks(self.ledger)
        self.known_sets = KnownSets(self.ledger)

    @contextlib.contextmanager
    def working(self, run: Run, *, threads: int = 2, gone: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """While this lasts, threads of this process do the jobs that wait."""
        worker = _Keeper(self.ledger, self.results, run, wake=self.queue.wake, gone=gone, pace=self.pace, tidy=self.tidy)
        with self.queue.working(worker, threads=threads):
            yield

    def tidy(self) -> None:
        """Deletes what is kept for a time alone, once its time is over. Raises LedgerBusy, LedgerFull."""
        self.decisions.purge_contacts()
        self.marks.purge()
        self.known_sets.purge()

    def close(self) -> None:
        self.queue.close()
        self.ledger.close()


class _Keeper(Worker):
    """A worker whose sweeps once an hour tidy up what is not its own."""

    def __init__(self, *place: Any, tidy: Callable[[], None], **more: Any) -> None:
        super().__init__(*place, **more)
        self._tidy_rest = tidy
        self._tidied_s: float | None = None

    def sweep(self) -> None:
        super().sweep()
        if self._tidied_s is None or time.monotonic() - self._tidied_s > TIDY_S:
            self._tidied_s = time.monotonic()
            self._tidy_rest()


def workplace(config: Config, environment: Mapping[str, str] | None = None) -> Workplace:
    """The one of a configuration, its ledger in the database that $DATABASE_URL names, if it names one."""
    environment = os.environ if environment is None else environment
    pace = Pace(stuck_s=config.limits.stuck_minutes * 60)
    return Workplace(config.data_folder, database=environment.get(DATABASE_VARIABLE), pace=pace)
