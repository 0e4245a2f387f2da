"""Rows of jobs, inside a transaction that somebody opened on the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Executable, Select, and_, delete, func, insert, select, update

from imagestolive.ledger.schema import job

Row = Mapping[str, Any]  # column -> value

OVER = ("done", "failed", "cancelled")


class JobRows:
    """What is asked of the table of jobs. A job is held by whoever knows the number of its last attempt."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # ---- asking for jobs ----

    def add(self, **values: object) -> None:
        self._connection.execute(insert(job).values(state="accepted", done=0, of=0, counts="{}", attempts=0, lost=0, **values))

    def find(self, job_id: str) -> Row | None:
        return self._one(select(job).where(job.c.id == job_id))

    def same(self, once: str, states: Collection[str]) -> Row | None:
        """The newest job of that hash that is in one of these states."""
        return self._one(select(job).where(job.c.once == once, job.c.state.in_(states)).order_by(job.c.seq.desc()).limit(1))

    def unfinished(self, client: str) -> int:
        """How many jobs of a client wait or run."""
        return self._count(job.c.client == client, job.c.state.in_(("accepted", "running")))

    def waiting(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that wait."""
        return set(self._connection.scalars(select(job.c.id).where(job.c.state == "accepted", job.c.id.in_(ids))))

    def ahead(self, job_id: str) -> int:
        """How many wait before this one."""
        own = select(job.c.seq).where(job.c.id == job_id).scalar_subquery()
        return self._count(job.c.state == "accepted", job.c.seq < own)

    def all_waiting(self) -> int:
        return self._count(job.c.state == "accepted")

    def usual_s(self, last: int) -> float | None:
        """How long the last few jobs took on average."""
        spans = select((job.c.finished_s - job.c.started_s).label("span_s")).where(job.c.state == "done")
        spans_of_last = spans.order_by(job.c.seq.desc()).limit(last).subquery()
        found: float | None = self._connection.execute(select(func.avg(spans_of_last.c.span_s))).scalar()
        return found

    def end(self, job_id: str, state: str, now_s: float, states: Collection[str]) -> bool:
        """Ends a job that is in one of these states, whoever holds it."""
        chosen = and_(job.c.id == job_id, job.c.state.in_(states))
        return self._change(update(job).where(chosen).values(state=state, finished_s=now_s)) > 0

    def forget(self, ids: Collection[str]) -> None:
        self._connection.execute(delete(job).where(job.c.id.in_(ids)))

    # ---- doing jobs ----

    def claim(self, now_s: float, most_running: int) -> Row | None:
        """Takes the oldest job that waits and whose client has fewer than that many running."""
        query = update(job).where(job.c.id == self._next(most_running).scalar_subquery(), job.c.state == "accepted")
        taken = query.values(state="running", attempts=job.c.attempts + 1, started_s=now_s, heartbeat_s=now_s, done=0, of=0, counts="{}")
        return next(self._all(taken.returning(*job.c)), None)

    def next_ids(self, most_running: int, limit: int) -> list[str]:
        """What could be claimed now, oldest first."""
        return list(self._connection.scalars(self._next(most_running, limit)))

    def holds(self, job_id: str, attempt: int) -> bool:
        return self._count(self._held(job_id, attempt)) == 1

    def beat(self, job_id: str, attempt: int, **values: object) -> bool:
        """Writes progress or a heartbeat; False where the job is no longer held."""
        return self._change(update(job).where(self._held(job_id, attempt)).values(**values)) > 0

    def silent(self, before_s: float) -> list[Row]:
        """Running jobs without a heartbeat since then."""
        return list(self._all(select(job).where(job.c.state == "running", job.c.heartbeat_s < before_s)))

    # ---- tidying ----

    def over(self, before_s: float, limit: int) -> list[str]:
        """Jobs that ended before then."""
        query = select(job.c.id).where(job.c.finished_s < before_s, job.c.state.in_(OVER)).limit(limit)
        return list(self._connection.scalars(query))

    def none_from_the_future(self, now_s: float) -> None:
        """After a clock has jumped back: what it said before counts as now."""
        self._connection.execute(update(job).where(job.c.finished_s > now_s).values(finished_s=now_s))
        late = and_(job.c.state == "running", job.c.heartbeat_s > now_s)
        self._connection.execute(update(job).where(late).values(heartbeat_s=now_s))

    def states(self, ids: Collection[str]) -> dict[str, tuple[str, int]]:
        """Of the ids that there are: state and number of the last attempt."""
        found = self._connection.execute(select(job.c.id, job.c.state, job.c.attempts).where(job.c.id.in_(ids)))
        return {row.id: (row.state, row.attempts) for row in found}

    def _next(self, most_running: int, limit: int = 1) -> Select[tuple[str]]:
        other = job.alias("other")
        running = select(func.count()).where(other.c.client == job.c.client, other.c.state == "running").scalar_subquery()
        return select(job.c.id).where(job.c.state == "accepted", running < most_running).order_by(job.c.seq).limit(limit)

    def _held(self, job_id: str, attempt: int) -> Any:
        return and_(job.c.id == job_id, job.c.state == "running", job.c.attempts == attempt)

    def _count(self, *conditions: Any) -> int:
        return self._connection.execute(select(func.count()).select_from(job).where(*conditions)).scalar_one()

    def _one(self, query: Select[Any]) -> Row | None:
        return next(self._all(query), None)

    def _all(self, query: Executable) -> Iterator[Row]:
        return (row._asdict() for row in self._connection.execute(query).all())

    def _change(self, query: Any) -> int:
        return self._connection.execute(query).rowcount
