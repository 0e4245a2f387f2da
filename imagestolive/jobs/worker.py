"""Does jobs: claims a row, runs it with a heartbeat, writes what came of it.

A job is made in a private folder, which becomes the folder of its result in the same transaction in which the row says done.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import math
import os
import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagestolive import resources
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.jobs import KEPT_S, RUNNING_MOST, Job, State, is_plain, read_job
from imagestolive.ledger import Ledger, LedgerFull
from imagestolive.ledger.jobrows import JobRows
from imagestolive.words import DEFAULT_LANGUAGE, LANGUAGES, Words

LOST_MOST = 3  # a worker fell silent so often: the job is begun again
FULL = (errno.ENOSPC, errno.EDQUOT)

_OWN_FOLDER = re.compile(r"([A-Za-z0-9_-]{16,64})(?:\.part-([0-9]+))?", re.ASCII)
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised inside a job that nobody waits for any more. Catch it only to clean up."""


class Broken(ImagesToLiveError):
    sentence = N_("Something broke here while this was made. The fault is ours, and it was written down. Try again.")
    status = 500


class LostTooOften(ImagesToLiveError):
    sentence = N_(
        "The program that made this stopped several times in the middle. Try again; if it happens again, tell the people who run it."
    )
    status = 500


class Stuck(ImagesToLiveError):
    """Its worker lives, and nothing comes of it."""

    sentence = N_(
        "This was given up: for {minutes} minutes not one more card or image was done. "
        "Try again; if it happens again, tell the people who run it."
    )
    status = 500


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a job made: a file in the folder it was given."""

    name: str
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a worker looks and writes."""

    look_s: float = 0.5  # whether the job was cancelled
    beat_s: float = 5.0
    silent_s: float = 60.0  # without a heartbeat for so long, a job's worker is dead
    stuck_s: float = 3600.0  # without a card or an image more for so long, a job is given up though its worker lives


class Watch:
    """What a job's work tells, and is told, while it runs. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done, self._of = 0, 0
        self._counts: Counter[str] = Counter()
        self._ended = threading.Event()

    def check(self) -> None:
        """Raises Cancelled when the work is to stop; call it several times a second."""
        if self._ended.is_set():
            raise Cancelled

    def step(self, done: int, of: int) -> None:
        """So many cards are done."""
        self.check()
        with self._lock:
            self._done, self._of = done, of

    def told(self, reason: str | None) -> None:
        """An image was fetched (None), or was not, for this reason."""
        with self._lock:
            self._counts[reason or "ok"] += 1

    def end(self) -> None:
        self._ended.set()

    def progress(self) -> dict[str, object]:
        """As a row says it."""
        with self._lock:
            return {"done": self._done, "of": self._of, "counts": json.dumps(self._counts, sort_keys=True)}


Run = Callable[[Job, Path, Watch], Result | None]


class Worker:
    """Does jobs one after another; several threads may work with one.

    `run` makes a job in a folder of its own, empty at first. `wake` tells a worker that there is work. `gone` is told of each
    job that nobody can take anything from any more: it failed, was cancelled or is over for a day; maybe more than once.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        run: Run,
        *,
        wake: Callable[[str], None] = lambda _: None,
        gone: Callable[[str], None] = lambda _: None,
        now: Callable[[], float] = time.time,
        pace: Pace = Pace(),
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._run = run
        self._wake = wake
        self._gone = gone
        self._now = now
        self._pace = pace
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], Watch] = {}  # by id and attempt
        self._stopping = threading.Event()

    def work(self, job_id: str | None = None) -> None:  # noqa: ARG002
        """Does jobs, oldest first, until none waits that may run. `job_id` is the one that called: it may be done by then."""
        while not self._stopping.is_set():
            with self._ledger.writing() as connection:
                row = JobRows(connection).claim(self._now(), RUNNING_MOST)
            if row is None:
                return
            self._do(read_job(row))

    def stop(self) -> None:
        """What runs is stopped and waits again, for another worker."""
        self._stopping.set()
        with self._lock:
            for watch in self._running.values():
                watch.end()

    def sweep(self) -> None:
        """Finds jobs whose worker is dead or that nobody was woken for; deletes what is over for a day.

        Raises LedgerBusy, LedgerFull.
        """
        now_s = self._now()
        with self._ledger.writing() as connection:
            rows = JobRows(connection)
            rows.none_from_the_future(now_s)
            given_up = self._take_up(rows, now_s)
            called = rows.next_ids(RUNNING_MOST, limit=RUNNING_MOST)
        for job_id in called:
            self._call(job_id)
        self._tell_gone(given_up)
        self._purge(now_s)
        self._tidy()

    # ---- one job ----

    def _do(self, job: Job) -> None:
        watch = Watch()
        with self._lock:
            self._running[job.id, job.attempt] = watch
        if self._stopping.is_set():
            watch.end()
        part = self._folder / f"{job.id}.part-{job.attempt}"
        making = threading.Thread(target=self._make_whole, args=(job, part, watch), name="job", daemon=True)
        try:
            self._beat(job, watch, making)
        finally:
            with self._lock:
                del self._running[job.id, job.attempt]
            shutil.rmtree(part, ignore_errors=True)
        self._tell_gone([job.id])

    def _make_whole(self, job: Job, part: Path, watch: Watch) -> None:
        try:
            self._make(job, part, watch)
        except Exception:  # the ledger cannot be written: the next sweep takes the job up
            _log.exception("What came of job %s could not be written.", _mark(job.id))

    def _make(self, job: Job, part: Path, watch: Watch) -> None:
        try:
            part.mkdir(parents=True)
            result = self._run(job, part, watch)
            if result is not None:
                _settle(part, result)
        except Cancelled:
            self._let_go(job)
        except Exception as error:
            self._fail(job, watch, part, error)
        else:
            try:
                self._finish(job, watch, part, result)
            except (OSError, LedgerFull) as error:
                self._fail(job, watch, part, error)

    def _finish(self, job: Job, watch: Watch, part: Path, result: Result | None) -> None:
        """Served is only what this moves: a worker that lost its job meanwhile moves nothing."""
        with self._ledger.writing() as connection:
            rows = JobRows(connection)
            if not rows.holds(job.id, job.attempt):
                return
            shutil.rmtree(self._folder / job.id, ignore_errors=True)
            if result is not None:
                part.rename(self._folder / job.id)
            made = {"name": result.name, "media_type": result.media_type} if result else {}
            rows.beat(job.id, job.attempt, state="done", finished_s=self._now(), **watch.progress(), **made)

    def _fail(self, job: Job, watch: Watch, part: Path, error: Exception) -> None:
        sentence = _said(error, job)
        shutil.rmtree(part, ignore_errors=True)  # before the ledger: it may need the room
        with self._ledger.writing() as connection:
            JobRows(connection).beat(job.id, job.attempt, state="failed", problem=sentence, finished_s=self._now(), **watch.progress())
        if _is_full(error):
            self._purge(self._now())

    def _let_go(self, job: Job) -> None:
        """A job that was stopped with its worker waits again; one that was cancelled says so already."""
        state: State = "accepted" if self._stopping.is_set() else "cancelled"
        with self._ledger.writing() as connection:
            JobRows(connection).beat(job.id, job.attempt, state=state, finished_s=None if state == "accepted" else self._now())
        if state == "accepted":
            self._call(job.id)

    def _call(self, job_id: str) -> None:
        try:
            self._wake(job_id)
        except Exception:
            _log.exception("Nobody could be woken for a job; the next sweep tries again.")

    def _tell_gone(self, ids: Sequence[str]) -> None:
        """Tells of those that ended without a result, or are no more; not of one that another worker has taken up."""
        with self._ledger.reading() as connection:
            states = JobRows(connection).states(ids)
        for job_id in ids:
            if states.get(job_id, ("gone", 0))[0] in ("gone", "failed", "cancelled"):
                try:
                    self._gone(job_id)
                except Exception:
                    _log.exception("What job %s leaves behind could not be taken away.", _mark(job_id))

    # ---- heartbeat ----

    def _beat(self, job: Job, watch: Watch, making: threading.Thread) -> None:
        """Starts a job's thread and tells of it until it is over, or given up: then it is left to itself, for nothing ends a library."""
        told, told_s = watch.progress(), time.monotonic()
        moved_s = told_s
        making.start()
        while not _is_over(making, self._pace.look_s):
            progress, now_s = watch.progress(), time.monotonic()
            try:
                if progress == told and now_s - moved_s >= self._pace.stuck_s:
                    self._give_up(job, watch)
                    return
                if progress != told or now_s - told_s >= self._pace.beat_s:
                    with self._ledger.writing() as connection:
                        held = JobRows(connection).beat(job.id, job.attempt, heartbeat_s=self._now(), **progress)
                    moved_s = moved_s if progress == told else now_s
                    told, told_s = progress, now_s
                else:
                    with self._ledger.reading() as connection:
                        held = JobRows(connection).holds(job.id, job.attempt)
            except ImagesToLiveError as error:  # busy or full: another beat may come through
                _log.warning("No heartbeat for job %s: %s", _mark(job.id), error)
                continue
            if not held:
                watch.end()

    def _give_up(self, job: Job, watch: Watch) -> None:
        """Raises LedgerBusy, LedgerFull."""
        minutes = math.ceil(self._pace.stuck_s / 60)
        problem = _words(job.lang).error(Stuck(minutes=minutes))
        with self._ledger.writing() as connection:
            JobRows(connection).beat(job.id, job.attempt, state="failed", problem=problem, finished_s=self._now())
        watch.end()
        _log.error("Job %s was given up: nothing came of it for %s minutes.", _mark(job.id), minutes)

    # ---- sweeping ----

    def _take_up(self, rows: JobRows, now_s: float) -> list[str]:
        """Lets jobs of dead workers wait again; the ids of those that were lost too often."""
        given_up = []
        with self._lock:
            own = {job_id for job_id, _ in self._running}  # after a machine slept, our own jobs seem silent for a moment
        for row in rows.silent(now_s - self._pace.silent_s):
            if row["id"] in own:
                continue
            if row["lost"] < LOST_MOST:
                rows.beat(row["id"], row["attempts"], state="accepted", lost=row["lost"] + 1)
            else:
                problem = _words(row["lang"]).error(LostTooOften())
                rows.beat(row["id"], row["attempts"], state="failed", problem=problem, finished_s=now_s)
                given_up.append(row["id"])
        return given_up

    def _purge(self, now_s: float) -> None:
        while True:
            with self._ledger.writing() as connection:
                rows = JobRows(connection)
                ids = rows.over(now_s - KEPT_S, limit=500)
                rows.forget(ids)
            for job_id in ids:
                if _OWN_FOLDER.fullmatch(job_id):
                    shutil.rmtree(self._folder / job_id, ignore_errors=True)
            self._tell_gone(ids)
            if len(ids) < 500:
                return

    def _tidy(self) -> None:
        """Takes away folders of jobs that are no more, and parts that nobody works on. What is not named as ours stays."""
        if not self._folder.is_dir():
            return
        found = [(path, named) for path in self._folder.iterdir() if (named := _OWN_FOLDER.fullmatch(path.name))]
        for start in range(0, len(found), 500):
            some = found[start : start + 500]
            with self._ledger.reading() as connection:
                states = JobRows(connection).states({named[1] for _, named in some})
            for path, named in some:
                state, attempt = states.get(named[1], ("gone", 0))
                wanted = {"done": (None,), "running": (None, str(attempt))}.get(state, ())
                if named[2] not in wanted:
                    shutil.rmtree(path, ignore_errors=True)


def _is_over(thread: threading.Thread, seconds: float) -> bool:
    """Whether it is by then."""
    thread.join(seconds)
    return not thread.is_alive()


def _mark(job_id: str) -> str:
    """What a job is called in a log: whoever knows its id may take what it made."""
    return hashlib.blake2b(job_id.encode(), digest_size=4).hexdigest()


def _settle(part: Path, result: Result) -> None:
    """Makes sure that the file is there and on the disk."""
    if not is_plain(result.name) or (part / result.name).is_symlink():
        raise ValueError(f"{result.name!r} is no file of this job")
    with (part / result.name).open("rb") as file:
        os.fsync(file.fileno())


def _said(error: Exception, job: Job) -> str:
    """Why a job failed, in its language."""
    words = _words(job.lang)
    if _is_full(error):
        _log.error("Job %s failed: no space left on the disk.", _mark(job.id))
        return words.error(LedgerFull())
    if isinstance(error, ImagesToLiveError):
        _log.info("Job %s failed: %s", _mark(job.id), error)
        return words.error(error)
    _log.error("Job %s failed.", _mark(job.id), exc_info=error)
    return words.error(Broken())


def _is_full(error: Exception) -> bool:
    return isinstance(error, LedgerFull) or (isinstance(error, OSError) and error.errno in FULL)


def _words(lang: str) -> Words:
    return resources.words(lang if lang in LANGUAGES else DEFAULT_LANGUAGE)
