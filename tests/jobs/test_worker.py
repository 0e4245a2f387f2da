"""Work: claimed by one, watched, never half served, and ended with a sentence whatever happens."""

from __future__ import annotations

import errno
import logging
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from jobplace import QUICK, SILENT, Place, write

from imagestolive.errors import ImagesToLiveError
from imagestolive.jobs import KEPT_S, Job, NoSuchJob, State
from imagestolive.jobs import worker as workers
from imagestolive.jobs.worker import LOST_MOST, Cancelled, Result, Run, Watch, Worker
from imagestolive.ledger import LedgerBusy

PATIENCE_S = 120  # of a test, with a machine that is busy


class OutOfPaper(ImagesToLiveError):
    sentence = "{sheets} sheets are missing."


def raising(error: BaseException) -> Run:
    def run(_job: Job, folder: Path, _watch: Watch) -> Result:
        (folder / "half.pdf").write_bytes(b"half")
        raise error

    return run


def until_cancelled(job: Job, folder: Path, watch: Watch) -> Result:
    (folder / "half.pdf").write_bytes(b"half")
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        watch.check()
        time.sleep(0.01)
    return write(job, folder, watch)


def wait_for(place: Place, job: Job, state: State) -> Job:
    end_s = time.monotonic() + PATIENCE_S
    while (found := place.jobs.find(job.id)).state != state:
        assert time.monotonic() < end_s, found
        time.sleep(0.01)
    return found


def test_a_job_is_done_and_its_file_served(place: Place) -> None:
    job = place.done(b"a set")
    assert (job.state, job.name, job.media_type, job.problem, job.attempt) == ("done", "made.txt", "text/plain", None, 1)
    path = place.jobs.result(job)
    assert path is not None
    assert path.read_bytes() == b"a set"
    assert place.files() == [f"{job.id}/made.txt"]


def test_a_job_may_make_no_file(place: Place) -> None:
    job = place.accept()
    place.worker(lambda *_: None).work(job.id)
    done = place.jobs.find(job.id)
    assert (done.state, done.name, place.jobs.result(done)) == ("done", None, None)


def test_any_call_does_all_that_waits_oldest_first(place: Place) -> None:
    jobs = [place.accept(b"%d" % n) for n in range(5)]
    order: list[str] = []

    def run(job: Job, folder: Path, watch: Watch) -> Result:
        order.append(job.id)
        return write(job, folder, watch)

    place.worker(run).work("a message of long ago")
    assert order == [job.id for job in jobs]


def test_two_workers_do_a_job_once(place: Place) -> None:
    times: list[str] = []
    both = threading.Barrier(2)

    def run(job: Job, folder: Path, watch: Watch) -> Result:
        times.append(job.id)
        return write(job, folder, watch)

    def work() -> None:
        both.wait()
        place.worker(run).work(job.id)

    job = place.accept()
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert times == [job.id]


def test_a_third_job_of_a_client_waits_for_one_of_two(place: Place) -> None:
    mine = [place.accept(b"%d" % n) for n in range(3)]
    other = place.accept(client="rui")
    assert [place.claim()["id"] for _ in range(3)] == [mine[0].id, mine[1].id, other.id]
    place.worker().work()
    assert place.jobs.find(mine[2].id).state == "accepted"
    place.jobs.cancel(mine[0].id)
    place.worker().work()
    assert place.jobs.find(mine[2].id).state == "done"


def test_progress_and_counts_are_seen_while_it_runs_and_kept(place: Place) -> None:
    go_on = threading.Event()

    def run(job: Job, folder: Path, watch: Watch) -> Result:
        for reason in (None, "gone", None):
            watch.told(reason)
        watch.step(3, 9)
        assert go_on.wait(PATIENCE_S)
        return write(job, folder, watch)

    job = place.accept()
    thread = threading.Thread(target=place.worker(run).work)
    thread.start()
    wait_until_done(place, job, 3)
    running = place.jobs.find(job.id)
    go_on.set()
    thread.join()
    done = place.jobs.find(job.id)
    for seen in (running, done):
        assert (seen.done, seen.of, seen.counts) == (3, 9, {"ok": 2, "gone": 1})
    assert (running.state, done.state) == ("running", "done")


def test_a_heart_beats_while_work_says_nothing(place: Place) -> None:
    beaten = threading.Event()

    def run(job: Job, folder: Path, watch: Watch) -> Result:
        place.now_s += 3600
        end_s = time.monotonic() + PATIENCE_S
        while not beaten.is_set():
            assert time.monotonic() < end_s
            with place.ledger.reading() as connection:
                if connection.exec_driver_sql("SELECT heartbeat_s FROM job").scalar() == place.now_s:
                    beaten.set()
            time.sleep(0.01)
        return write(job, folder, watch)

    place.accept()
    place.worker(run).work()
    assert beaten.is_set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """By which work stands still: no second of it passes until a test says so."""
    clock = [0.0]
    monkeypatch.setattr(workers, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    return clock


def test_work_that_hangs_is_given_up_with_a_sentence_and_the_next_job_done(
    place: Place, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    released = threading.Event()

    def run(job: Job, folder: Path, watch: Watch) -> Result:
        if job.id == stuck.id:
            watch.step(1, 9)
            wait_until_done(place, job, 1)
            clock[0] += QUICK.stuck_s
            assert released.wait(PATIENCE_S)
        return write(job, folder, watch)

    stuck, following = place.accept(b"stuck"), place.accept(b"following")
    before = set(threading.enumerate())
    place.worker(run).work()
    failed = place.jobs.find(stuck.id)
    assert failed.state == "failed"
    assert (failed.problem or "").startswith("This was given up: for 60 minutes not one more card or image was done.")
    assert place.jobs.find(following.id).state == "done"
    assert place.gone == [stuck.id]
    assert "nothing came of it" in caplog.text
    released.set()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert place.jobs.find(stuck.id) == failed  # what it brings now is too late
    assert place.files() == [f"{following.id}/made.txt"]


def test_work_that_goes_on_slowly_is_not_given_up(place: Place, clock: list[float]) -> None:
    def run(job: Job, folder: Path, watch: Watch) -> Result:
        for n in range(1, 4):
            clock[0] += 0.9 * QUICK.stuck_s
            watch.step(n, 3)
            wait_until_done(place, job, n)
        return write(job, folder, watch)

    job = place.accept()
    place.worker(run).work()
    assert place.jobs.find(job.id).state == "done"


def wait_until_done(place: Place, job: Job, cards: int) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while place.jobs.find(job.id).done != cards:
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_cancelling_stops_work_at_once_and_leaves_nothing(place: Place) -> None:
    job = place.accept()
    thread = threading.Thread(target=place.worker(until_cancelled).work)
    thread.start()
    wait_for(place, job, "running")
    start_s = time.monotonic()
    assert place.jobs.cancel(job.id).state == "cancelled"
    thread.join()
    assert time.monotonic() - start_s < 20
    assert place.jobs.find(job.id).state == "cancelled"
    assert place.files() == []
    assert place.gone == [job.id]


def test_work_that_ends_after_it_was_cancelled_is_not_served(place: Place) -> None:
    def run(job: Job, folder: Path, watch: Watch) -> Result:
        place.jobs.cancel(job.id)
        return write(job, folder, watch)

    job = place.accept()
    place.worker(run).work()
    assert place.jobs.find(job.id).state == "cancelled"
    assert place.files() == []


def test_a_worker_that_is_stopped_gives_back_what_it_runs(place: Place) -> None:
    job = place.accept()
    worker = place.worker(until_cancelled)
    thread = threading.Thread(target=worker.work)
    thread.start()
    wait_for(place, job, "running")
    worker.stop()
    thread.join()
    waiting = place.jobs.find(job.id)
    assert (waiting.state, waiting.finished_s) == ("accepted", None)
    assert place.woken == [job.id, job.id]
    assert place.files() == place.gone == []
    place.worker().work()
    assert place.jobs.find(job.id).state == "done"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OutOfPaper(sheets=3), "3 sheets are missing."),
        (OSError(errno.ENOSPC, "No space left on device"), "There is no room on this server’s disk"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "There is no room on this server’s disk"),
        (ZeroDivisionError("secret of the house"), "Something broke here"),
        (MemoryError(), "Something broke here"),
        (PermissionError(errno.EACCES, "/secret/of/the house"), "Something broke here"),
    ],
)
def test_a_job_that_fails_says_why_and_leaves_nothing(place: Place, error: Exception, sentence: str) -> None:
    job = place.accept()
    place.worker(raising(error)).work()
    failed = place.jobs.find(job.id)
    assert failed.state == "failed"
    assert (failed.problem or "").startswith(sentence)
    assert "secret" not in (failed.problem or "")
    assert place.files() == []
    assert place.gone == [job.id]


def test_what_broke_is_written_down_and_not_shown(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.accept()
    place.worker(raising(ZeroDivisionError("secret of the house"))).work()
    assert "secret of the house" in caplog.text
    assert "Traceback" in caplog.text


def test_a_failure_is_told_in_the_language_of_the_job(place: Place) -> None:
    job = place.accept(lang="pt-BR")
    place.worker(raising(OSError(errno.ENOSPC, "full"))).work()
    problem = place.jobs.find(job.id).problem or ""
    assert problem
    assert not problem.startswith("There is no room")


def test_a_full_disk_purges_what_is_over(place: Place) -> None:
    old = place.done(b"old")
    place.now_s += KEPT_S + 1
    place.accept()
    place.worker(raising(OSError(errno.ENOSPC, "full"))).work()
    with pytest.raises(NoSuchJob):
        place.jobs.find(old.id)
    assert place.files() == []


@pytest.mark.parametrize("name", ["../outside.txt", "missing.txt", "", ".."])
def test_a_result_that_is_no_file_of_the_job_fails_it(place: Place, name: str) -> None:
    job = place.accept()
    place.worker(lambda *_: Result(name=name, media_type="text/plain")).work()
    assert place.jobs.find(job.id).state == "failed"


def test_a_job_whose_worker_fell_silent_is_done_again_three_times_and_then_fails(place: Place) -> None:
    job = place.accept(lang="pt-BR")
    for time_lost in range(1, LOST_MOST + 1):
        assert place.claim()["attempts"] == time_lost
        place.worker().sweep()
        assert place.jobs.find(job.id).state == "running"
        place.now_s += 61
        place.worker().sweep()
        assert place.jobs.find(job.id).state == "accepted"
        assert place.woken[-1] == job.id
    place.claim()
    place.now_s += 61
    place.worker().sweep()
    failed = place.jobs.find(job.id)
    assert failed.state == "failed"
    assert failed.problem
    place.worker().work()
    assert place.jobs.find(job.id) == failed


@pytest.mark.parametrize("same", [False, True], ids=["another worker", "another thread"])
def test_work_that_was_thought_dead_changes_nothing_any_more(place: Place, caplog: pytest.LogCaptureFixture, same: bool) -> None:
    """It comes back with a result of its own, when the job has been done by another."""

    def run(job: Job, folder: Path, watch: Watch) -> Result:
        place.now_s += 61
        if job.attempt == 2:
            return write(job, folder, watch)
        place.worker().sweep()
        (worker if same else place.worker()).work()
        folder.mkdir(exist_ok=True)  # the sweep took it away
        (folder / "late.txt").write_bytes(b"late")
        return Result(name="late.txt", media_type="text/plain")

    job = place.accept(b"in time")
    worker = place.worker(run, SILENT)
    worker.work()
    assert caplog.text == ""
    done = place.jobs.find(job.id)
    assert (done.state, done.name, done.attempt) == ("done", "made.txt", 2)
    assert place.files() == [f"{job.id}/made.txt"]
    assert (place.folder / place.files()[0]).read_bytes() == b"in time"


def test_a_worker_leaves_its_own_jobs_alone_after_the_machine_slept(place: Place) -> None:
    worker = place.worker(lambda *_: None)

    def run(job: Job, folder: Path, watch: Watch) -> Result:
        place.now_s += 3600
        worker.sweep()
        return write(job, folder, watch)

    worker._run = run
    job = place.accept()
    worker.work()
    done = place.jobs.find(job.id)
    assert (done.state, done.attempt) == ("done", 1)


def test_a_worker_that_died_while_it_moved_its_result_is_followed_by_another(place: Place) -> None:
    job = place.accept(b"whole")
    place.claim()
    (place.folder / job.id).mkdir(parents=True)
    (place.folder / job.id / "made.txt").write_bytes(b"of the first attempt")
    (place.folder / f"{job.id}.part-1").mkdir()
    assert place.jobs.result(place.jobs.find(job.id)) is None
    place.now_s += 61
    worker = place.worker()
    worker.sweep()
    worker.work()
    path = place.jobs.result(place.jobs.find(job.id))
    assert path is not None
    assert path.read_bytes() == b"whole"
    assert place.files() == [f"{job.id}/made.txt"]


def test_a_job_nobody_was_woken_for_is_found(place: Place) -> None:
    job = place.accept()
    place.woken.clear()
    place.worker().sweep()
    assert place.woken == [job.id]


def test_results_and_rows_go_after_a_day(place: Place) -> None:
    job = place.done()
    place.now_s += KEPT_S - 1
    place.worker().sweep()
    assert place.jobs.result(place.jobs.find(job.id)) is not None
    place.now_s += 2
    place.worker().sweep()
    with pytest.raises(NoSuchJob):
        place.jobs.find(job.id)
    assert list(place.folder.iterdir()) == []
    assert place.gone == [job.id]


def test_a_clock_that_jumps_back_keeps_nothing_for_ever(place: Place) -> None:
    place.now_s += 10 * 365 * 86_400
    done, running = place.done(b"done"), place.accept(b"running")
    place.claim()
    place.now_s -= 10 * 365 * 86_400
    place.worker().sweep()
    assert place.jobs.result(place.jobs.find(done.id)) is not None
    place.now_s += 61
    place.worker().sweep()
    assert place.jobs.find(running.id).state == "accepted"
    place.now_s += KEPT_S
    place.worker().sweep()
    with pytest.raises(NoSuchJob):
        place.jobs.find(done.id)


def test_a_sweep_takes_leftovers_away_and_nothing_that_is_not_ours(place: Place) -> None:
    job = place.done()
    ours = [f"{job.id}.part-1", "B" * 22, f"{'C' * 22}.part-7"]
    theirs = ["notes", "A.part-x", "a folder of somebody"]
    for name in (*ours, *theirs):
        (place.folder / name).mkdir()
    (place.folder / "README").write_bytes(b"")
    place.worker().sweep()
    assert sorted(path.name for path in place.folder.iterdir()) == sorted([job.id, "README", *theirs])


def test_rows_with_hostile_ids_harm_nothing_outside(place: Place, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "kept.txt").write_bytes(b"")
    place.done()
    place.change("UPDATE job SET id = '../x'")
    place.now_s += KEPT_S + 1
    place.worker().sweep()
    assert (tmp_path / "x" / "kept.txt").is_file()


def test_a_ledger_that_is_locked_while_work_ends_costs_a_heartbeat_and_no_job(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = place.accept()
    with monkeypatch.context() as patch:

        def run(job: Job, folder: Path, watch: Watch) -> Result:
            patch.setattr(place.ledger, "writing", raise_busy)
            return write(job, folder, watch)

        place.worker(run)._do(place.jobs.find(place.claim()["id"]))
    assert place.jobs.find(job.id).state == "running"
    assert "could not be written" in caplog.text
    place.now_s += 61
    place.worker().sweep()
    place.worker().work()
    assert place.jobs.find(job.id).state == "done"


def raise_busy() -> None:
    raise LedgerBusy


def test_cancelled_is_no_error_in_the_log(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.accept()
    with caplog.at_level(logging.INFO):
        place.worker(raising(Cancelled())).work()
    assert caplog.text == ""


def test_a_sweep_goes_on_where_nobody_can_be_woken_or_told(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    def broken(job_id: str) -> None:
        raise OSError("a broken wire")

    old = place.done(b"old")
    place.now_s += KEPT_S + 1
    place.accept()
    Worker(place.ledger, place.folder, write, wake=broken, gone=broken, now=place.now).sweep()
    with pytest.raises(NoSuchJob):
        place.jobs.find(old.id)
    assert caplog.text.count("OSError: a broken wire") == 2


def test_no_id_of_a_job_stands_in_a_log(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    job = place.accept()
    place.worker(raising(ZeroDivisionError("broken"))).work()
    assert "broken" in caplog.text
    assert job.id not in caplog.text
