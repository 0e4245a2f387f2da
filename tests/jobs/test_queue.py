"""Messages through huey: they wake, hold no more than an id, and may be lost, doubled or damaged."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from jobplace import Place, write

from imagestolive.jobs import Job, Jobs
from imagestolive.jobs.queue import Queue
from imagestolive.jobs.worker import LOST_MOST, Worker
from imagestolive.ledger import Ledger

PATIENCE_S = 60


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with closing(Queue(tmp_path / "queue.sqlite3")) as opened:
        yield opened


def messages(folder: Path) -> list[bytes]:
    with closing(sqlite3.connect(folder / "queue.sqlite3")) as base:
        return [row[0] for row in base.execute("SELECT data FROM task ORDER BY id")]


def wait_until_over(jobs: Jobs, ids: list[str]) -> list[Job]:
    end_s = time.monotonic() + PATIENCE_S
    while True:
        found = [jobs.find(job_id) for job_id in ids]
        if not {"accepted", "running"} & {job.state for job in found}:
            return found
        assert time.monotonic() < end_s, found
        time.sleep(0.02)


def test_a_message_is_json_and_holds_no_more_than_an_id(queue: Queue, tmp_path: Path) -> None:
    queue.wake("an-id")
    (message,) = messages(tmp_path)
    told = json.loads(message)
    assert told.keys() == {"id", "name", "job"}
    assert told["job"] == "an-id"


def test_jobs_are_done_in_threads_of_this_process_whose_signals_stay_as_they_are(queue: Queue, place: Place) -> None:
    jobs = Jobs(place.ledger, place.folder, queue.wake)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = set(threading.enumerate())
    with queue.working(Worker(place.ledger, place.folder, write, wake=queue.wake)):
        assert handlers == {number: signal.getsignal(number) for number in handlers}
        ids = [jobs.accept(client="ana", address=None, kind="pdf", content=b"%d" % n, cards=1, lang="en", back="/").id for n in range(6)]
        assert {job.state for job in wait_until_over(jobs, ids)} == {"done"}
    assert set(threading.enumerate()) <= before  # some of other tests may have ended meanwhile


def test_a_queue_may_work_outside_the_main_thread(queue: Queue, place: Place) -> None:
    problems: list[BaseException] = []

    def work() -> None:
        try:
            with queue.working(Worker(place.ledger, place.folder, write)):
                pass
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert problems == []


def test_lost_doubled_and_damaged_messages_do_no_harm(queue: Queue, place: Place, tmp_path: Path) -> None:
    lost, doubled = place.accept(b"lost"), place.accept(b"doubled")
    for _ in range(2):
        queue.wake(doubled.id)
    with closing(sqlite3.connect(tmp_path / "queue.sqlite3")) as base, base:
        for garbage in (b"", b"\x80\x04\x95cos\nsystem\n", b"[]", b'{"id": 1}', b'{"id": "x", "name": "os.system", "job": "x"}'):
            base.execute("INSERT INTO task(queue, data, priority) VALUES ('imagestolive', ?, 9)", (garbage,))
    with queue.working(place.worker(), sweep_s=0.1):
        found = wait_until_over(place.jobs, [lost.id, doubled.id])
        end_s = time.monotonic() + PATIENCE_S
        while messages(tmp_path):
            assert time.monotonic() < end_s
            time.sleep(0.02)
    assert [(job.state, job.attempt) for job in found] == [("done", 1), ("done", 1)]


def test_a_damaged_queue_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    path.write_bytes(b"not a database" * 1000)
    with closing(Queue(path)) as queue:
        queue.wake("an-id")
    assert len(messages(tmp_path)) == 1
    assert path.with_suffix(".damaged").is_file()


def test_pickle_is_never_asked(queue: Queue, monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("pickle")

    monkeypatch.setattr("huey.serializer.pickle.loads", refuse)
    monkeypatch.setattr("huey.serializer.pickle.dumps", refuse)
    job = place.accept()
    queue.wake(job.id)
    with queue.working(place.worker(), sweep_s=60):
        wait_until_over(place.jobs, [job.id])


# ---- killed ----------------------------------------------------------------------------------------------------------

# Work that writes its file line by line, and stays in the middle of it where it is to be killed; the clock of each process runs a
# minute ahead of the one before.
_PROGRAM = """
import sys, time
from pathlib import Path
from imagestolive.jobs.queue import Queue
from imagestolive.jobs.worker import Result, Worker
from imagestolive.ledger import Ledger

folder, ahead_s, stays = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "stays"

def run(job, part, watch):
    with (part / "made.txt").open("w") as file:
        for n in range(20):
            watch.check()
            watch.step(n, 20)
            file.write("line\\n")
            file.flush()
            if n == 10:
                print("half", job.id, flush=True)
            while n == 10 and stays:
                watch.check()
                time.sleep(0.02)
    return Result(name="made.txt", media_type="text/plain")

queue = Queue(folder / "queue.sqlite3")
worker = Worker(Ledger(folder / "ledger.sqlite3"), folder / "jobs", run, wake=queue.wake, now=lambda: time.time() + ahead_s)
with queue.working(worker, sweep_s=0.2):
    time.sleep(600)
"""
_WHOLE = "line\n" * 20


def start(folder: Path, ahead_s: float, how: str = "goes on") -> subprocess.Popen[str]:
    program = [sys.executable, "-W", "error", "-c", _PROGRAM, str(folder), str(ahead_s), how]
    return subprocess.Popen(program, stdout=subprocess.PIPE, text=True)


def kill_in_mid_job(folder: Path, ahead_s: float) -> None:
    with start(folder, ahead_s, "stays") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("half")
        os.kill(process.pid, signal.SIGKILL)


def test_workers_that_are_killed_in_mid_job_serve_no_half_and_leave_no_job_undone(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite3")) as ledger, closing(Queue(tmp_path / "queue.sqlite3")) as queue:
        jobs = Jobs(ledger, tmp_path / "jobs", queue.wake)
        ids = [jobs.accept(client=f"{n}", address=None, kind="pdf", content=b"", cards=1, lang="en", back="/").id for n in range(4)]
        for n in range(LOST_MOST):
            kill_in_mid_job(tmp_path, n * 61.0)
            for job in map(jobs.find, ids):
                assert jobs.result(job) is None
        with start(tmp_path, LOST_MOST * 61.0) as last:
            try:
                found = wait_until_over(jobs, ids)
            finally:
                last.kill()
        for job in found:
            assert job.state == "done", job
            path = jobs.result(job)
            assert path is not None
            assert path.read_text() == _WHOLE
        assert sum(job.attempt for job in found) >= len(ids) + LOST_MOST


def test_a_job_that_kills_its_worker_again_and_again_says_so(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite3")) as ledger, closing(Queue(tmp_path / "queue.sqlite3")) as queue:
        jobs = Jobs(ledger, tmp_path / "jobs", queue.wake)
        job = jobs.accept(client="ana", address=None, kind="pdf", content=b"", cards=1, lang="en", back="/")
        for n in range(LOST_MOST + 1):
            kill_in_mid_job(tmp_path, n * 61.0)
        with start(tmp_path, (LOST_MOST + 1) * 61.0) as last:
            try:
                (failed,) = wait_until_over(jobs, [job.id])
            finally:
                last.kill()
        assert (failed.state, failed.attempt) == ("failed", LOST_MOST + 1)
        assert "Try again" in (failed.problem or "")
        assert not (tmp_path / "jobs" / job.id).exists()
