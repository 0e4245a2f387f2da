"""Long work in the background. A job is a row of the ledger: what the row says is true, everything else only wakes a worker."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.ledger import Ledger
from imagestolive.ledger.jobrows import JobRows, Row

State = Literal["accepted", "running", "done", "failed", "cancelled"]

RUNNING_MOST = 2  # jobs of one client at a time
WAITING_MOST = 10
ADDRESS_CARDS_MOST = 6000  # cards that may wait for one address
KEPT_S = 24 * 3600.0  # results, and the rows of jobs that are over

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_log = logging.getLogger(__name__)


class NoSuchJob(ImagesToLiveError):
    """Never there, or over for a day."""

    sentence = N_("There is nothing here. What we made is kept for 24 hours, then it is deleted.")
    status = 404


class QueueFull(ImagesToLiveError):
    """More work than one person, or one address, may have waiting."""

    status = 429

    def __init__(self, *, retry_after_s: int, **facts: object) -> None:
        super().__init__(field=None, wait_s=retry_after_s, **facts)
        self.retry_after_s = retry_after_s


class TooManyOfYours(QueueFull):
    sentence = N_("{most} of your orders wait or are being made already. Cancel one, or try again in about {wait_s} seconds.")


class TooManyFromThere(QueueFull):
    sentence = N_("{cards} cards wait already for the network that you are in; {most} may. Try again in about {wait_s} seconds.")


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is being made for somebody, or was."""

    id: str  # whoever knows it may see it
    kind: str  # "draw": fetch what a set needs; else the file to make, such as "pdf"
    state: State
    content: bytes  # of the set file it works on
    client: str  # whose it is: the hash of a random value, as decisions and marks know it
    lang: str  # of its sentences
    back: str  # the path of the set, where its page leads back to
    cards: int
    done: int  # of so many (`of`) cards
    of: int
    counts: Mapping[str, int]  # images fetched, by outcome: "ok" or a reason
    attempt: int  # how often it was begun
    problem: str | None  # why it failed: a sentence in `lang`
    options: Mapping[str, str]  # what the file is made for, beside its set: press.handouts.Lesson
    name: str | None  # of the result
    media_type: str | None
    created_s: float
    started_s: float | None
    finished_s: float | None


class Jobs:
    """The jobs as those see them who ask for work. Safe for several threads and processes.

    `folder` holds the results; `wake` tells workers that there is work and may fail or be lost.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        wake: Callable[[str], None],
        *,
        now: Callable[[], float] = time.time,
        token: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._wake = wake
        self._now = now
        self._token = token
        self._addresses = _Addresses(now)

    def accept(
        self,
        *,
        client: str,
        address: str | None,
        kind: str,
        content: bytes,
        cards: int,
        lang: str,
        back: str,
        options: Mapping[str, str] = MappingProxyType({}),
        again: bool = False,
    ) -> Job:
        """A job for this; the one there is where this client asked for the same and it waits, runs or is done.

        `again`: one that is done counts no more, for what it brought is gone.
        Raises QueueFull, and LedgerBusy, LedgerFull.
        """
        hashed = hashlib.sha256(client.encode()).hexdigest()
        wanted = json.dumps(dict(options), sort_keys=True)
        once = hashlib.sha256(b"\0".join((hashed.encode(), kind.encode(), wanted.encode(), content))).hexdigest()
        with self._ledger.writing() as connection:
            rows = JobRows(connection)
            live = ("accepted", "running") if again else ("accepted", "running", "done")
            if (row := rows.same(once, live)) is not None:
                if not self._is_missing(job := read_job(row)):
                    return job
                rows.forget([job.id])
            self._check_limits(rows, hashed, address, cards)
            job_id = self._token(16)
            rows.add(
                id=job_id,
                kind=kind,
                content=content,
                once=once,
                client=hashed,
                lang=lang,
                back=back,
                cards=cards,
                options=wanted,
                accepted_s=self._now(),
            )
            added = read_job(cast(Row, rows.find(job_id)))
        if address is not None:
            self._addresses.add(address, job_id, cards)
        self._call(job_id)
        return added

    def find(self, job_id: str) -> Job:
        """Raises NoSuchJob."""
        if not _ID.fullmatch(job_id):
            raise NoSuchJob
        with self._ledger.reading() as connection:
            row = JobRows(connection).find(job_id)
        if row is None:
            raise NoSuchJob
        return read_job(row)

    def ahead(self, job: Job) -> int:
        """How many jobs wait before one that waits."""
        with self._ledger.reading() as connection:
            return JobRows(connection).ahead(job.id)

    def cancel(self, job_id: str) -> Job:
        """Ends a job that waits or runs; its worker stops within two seconds. Raises NoSuchJob."""
        self.find(job_id)
        with self._ledger.writing() as connection:
            JobRows(connection).end(job_id, "cancelled", self._now(), ("accepted", "running"))
        return self.find(job_id)

    def result(self, job: Job) -> Path | None:
        """The file that was made; None where there is none."""
        if job.state != "done" or not job.name or not _ID.fullmatch(job.id) or not is_plain(job.name):
            return None
        path = self._folder / job.id / job.name
        return path if path.is_file() and not path.is_symlink() else None

    def _is_missing(self, job: Job) -> bool:
        """Whether somebody took away what a job made."""
        return job.state == "done" and job.name is not None and self.result(job) is None

    def _check_limits(self, rows: JobRows, client: str, address: str | None, cards: int) -> None:
        most = RUNNING_MOST + WAITING_MOST
        if rows.unfinished(client) >= most:
            raise TooManyOfYours(retry_after_s=_wait_s(rows), most=most)
        if address is not None and (waiting := self._addresses.waiting(address, rows)) and waiting + cards > ADDRESS_CARDS_MOST:
            raise TooManyFromThere(retry_after_s=_wait_s(rows), cards=waiting, most=ADDRESS_CARDS_MOST)

    def _call(self, job_id: str) -> None:
        try:
            self._wake(job_id)
        except Exception:
            _log.exception("Nobody could be woken for a job; the next sweep finds it.")


class _Addresses:
    """Cards that wait, by address: in memory alone, under a hash with a salt that is forgotten with everything else every day."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._day = -1
        self._salt = b""
        self._jobs: dict[bytes, dict[str, int]] = {}  # address -> job -> cards

    def add(self, address: str, job_id: str, cards: int) -> None:
        with self._lock:
            self._jobs.setdefault(self._hashed(address), {})[job_id] = cards

    def waiting(self, address: str, rows: JobRows) -> int:
        with self._lock:
            known = dict(self._jobs.get(self._hashed(address), {}))
        still = rows.waiting(known) if known else set()
        with self._lock:
            left = self._jobs.get(self._hashed(address), {})
            for job_id in known.keys() - still:
                left.pop(job_id, None)
            if not left:
                self._jobs.pop(self._hashed(address), None)
        return sum(known[job_id] for job_id in still)

    def _hashed(self, address: str) -> bytes:
        day = int(self._now() // 86400)
        if day != self._day:
            self._day, self._salt = day, secrets.token_bytes(16)
            self._jobs.clear()
        return hashlib.blake2b(address.encode(), key=self._salt, digest_size=16).digest()


def is_plain(name: str) -> bool:
    """Whether a name is one of a file in its folder and of nothing else."""
    return name not in ("", ".", "..") and not set(name) & set("/\\\0")


def read_job(row: Row) -> Job:
    """A row as a job; damaged counts and options are left away."""
    return Job(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        content=row["content"],
        client=row["client"],
        lang=row["lang"],
        back=row["back"],
        cards=row["cards"],
        done=row["done"],
        of=row["of"],
        counts=_counts(row["counts"]),
        attempt=row["attempts"],
        problem=row["problem"],
        options=_options(row["options"]),
        name=row["name"],
        media_type=row["media_type"],
        created_s=row["accepted_s"],
        started_s=row["started_s"],
        finished_s=row["finished_s"],
    )


def _counts(text: str) -> dict[str, int]:
    return {name: count for name, count in _object(text).items() if type(count) is int and count >= 0}


def _options(text: str) -> dict[str, str]:
    return {name: value for name, value in _object(text).items() if isinstance(value, str)}


def _object(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _wait_s(rows: JobRows) -> int:
    """When there may be room, in whole seconds: half the waiting work of all, as the last jobs went."""
    usual_s = rows.usual_s(20) or 10.0
    return math.ceil(min(max(usual_s * max(rows.all_waiting(), 1) / RUNNING_MOST, 10.0), 3600.0))
