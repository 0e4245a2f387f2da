"""Wakes workers through huey. A message holds a job's id and nothing else, as JSON; lost or doubled, it does no harm."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from imagestolive.jobs.worker import Worker

SWEEP_S = 12.0
STOP_S = 10  # work that does not listen for so long is left to the next worker
MESSAGES_MOST = 1000  # more of them would tell nothing new

_log = logging.getLogger(__name__)


class _AsJson(Serializer):  # type: ignore[misc]
    """Instead of pickle, which is huey's own."""

    def _serialize(self, data: Any) -> bytes:
        (job_id,) = data.args
        return json.dumps({"id": data.id, "name": data.name, "job": job_id}).encode()

    def _deserialize(self, data: bytes) -> Message:
        """Raises ValueError, KeyError, TypeError for what we never sent; huey writes that down and goes on."""
        told = json.loads(data)
        return Message(str(told["id"]), str(told["name"]), retries=0, retry_delay=0, args=(str(told["job"]),), kwargs={})


class _Threads(Consumer):  # type: ignore[misc]
    """huey's consumer inside somebody else's process, whose signals it leaves alone."""

    def _set_signal_handlers(self) -> None:
        pass


class Queue:
    """Messages that wait, in an SQLite file of huey's. Safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _set_damaged_aside(path)
        self._huey = SqliteHuey("imagestolive", filename=str(path), results=False, serializer=_AsJson(), fsync=False)
        self._work: Callable[[str], None] = lambda _: None
        self._message = self._huey.task(name="work")(lambda job_id: self._work(job_id))

    def wake(self, job_id: str) -> None:
        if self._huey.storage.queue_size() < MESSAGES_MOST:
            self._message(job_id)

    @contextlib.contextmanager
    def working(self, worker: Worker, *, threads: int = 2, sweep_s: float = SWEEP_S) -> Iterator[None]:
        """While this lasts, jobs are done in threads of this process; at its end what runs is stopped and waits again."""
        self._work = worker.work
        consumer = _Threads(
            self._huey, workers=threads, periodic=False, initial_delay=0.05, max_delay=0.5, scheduler_interval=60, shutdown_timeout=STOP_S
        )
        over = threading.Event()
        sweeper = threading.Thread(target=_sweep, args=(worker, consumer, over, sweep_s), name="sweeper", daemon=True)
        consumer.start()
        sweeper.start()
        try:
            yield
        finally:
            over.set()
            worker.stop()
            consumer.stop(graceful=True)
            sweeper.join()

    def close(self) -> None:
        self._huey.storage.close()


def _set_damaged_aside(path: Path) -> None:
    """Messages are only messages: what cannot be read is begun anew."""
    with contextlib.closing(sqlite3.connect(path)) as base:
        try:
            base.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError:  # locked, perhaps
            return
        except sqlite3.DatabaseError:
            _log.warning("%s is damaged and begun anew.", path)
        else:
            return
    path.replace(path.with_suffix(".damaged"))


def _sweep(worker: Worker, consumer: _Threads, over: threading.Event, sweep_s: float) -> None:
    while True:
        try:
            worker.sweep()
            if not over.is_set():
                consumer.check_worker_health()
        except Exception:
            _log.exception("A sweep was cut short; there will be another.")
        if over.wait(sweep_s):
            return
