"""A place for jobs in which time stands still until it is told to go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from imagestolive.jobs import Job, Jobs
from imagestolive.jobs.worker import Pace, Result, Run, Watch, Worker
from imagestolive.ledger import Ledger
from imagestolive.ledger.jobrows import JobRows, Row

QUICK = Pace(look_s=0.02, beat_s=0.1)
SILENT = Pace(look_s=0.02, beat_s=3600)  # no heart beats between two lines of a test


def write(job: Job, folder: Path, _watch: Watch) -> Result:
    """Work: a file that says what it was made of."""
    (folder / "made.txt").write_bytes(job.content)
    return Result(name="made.txt", media_type="text/plain")


@dataclass
class Place:
    ledger: Ledger
    folder: Path
    now_s: float = 1_000_000.0
    woken: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.ledger, self.folder, self.woken.append, now=self.now)

    def now(self) -> float:
        return self.now_s

    def worker(self, run: Run = write, pace: Pace = QUICK) -> Worker:
        return Worker(self.ledger, self.folder, run, wake=self.woken.append, gone=self.gone.append, now=self.now, pace=pace)

    def accept(self, content: bytes = b"{}", *, client: str = "ana", address: str | None = None, cards: int = 9, lang: str = "en") -> Job:
        return self.jobs.accept(client=client, address=address, kind="pdf", content=content, cards=cards, lang=lang, back="/set/K7Q2-9FXD")

    def done(self, content: bytes = b"{}") -> Job:
        job = self.accept(content)
        self.worker().work(job.id)
        return self.jobs.find(job.id)

    def claim(self) -> Row:
        """As a worker does that is killed right after."""
        with self.ledger.writing() as connection:
            row = JobRows(connection).claim(self.now_s, 2)
        assert row is not None
        return row

    def change(self, statement: str, *values: object) -> None:
        with self.ledger.writing() as connection:
            connection.exec_driver_sql(statement if self.ledger.is_sqlite else statement.replace("?", "%s"), values)

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
