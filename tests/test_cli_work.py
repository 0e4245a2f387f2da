"""imagestolive work and serve: processes that do jobs until they are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagestolive import cli
from imagestolive.jobs import Job
from imagestolive.jobs.workplace import Workplace

PATIENCE_S = 60

# imagestolive serve whose jobs last until they are stopped: CONFIG
ENDLESS = """
import contextlib, sys, time
from imagestolive.__main__ import main
from imagestolive.jobs import running

class Endless:
    def __call__(self, job, folder, watch):
        while True:
            watch.check()
            time.sleep(0.02)

    def gone(self, job_id): ...

running.runner = lambda _config, _place: contextlib.nullcontext(Endless())
sys.argv[1:] = ["serve", "--port", "0", "--config", sys.argv[1]]
main()
"""


@contextmanager
def working(data: Path, config: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker that has said it is ready."""
    program = [sys.executable, "-W", "error::ResourceWarning", "-m", "imagestolive", "work", "--config", str(config), "--threads", "1"]
    environment = {**os.environ, "IMAGESTOLIVE_DATA": str(data)}
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            assert "Waiting for work" in process.stderr.readline()
            yield process
        finally:
            process.kill()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("network: false\nstarter: false\n", encoding="utf-8")
    return path


def accept(place: Workplace, content: bytes) -> Job:
    return place.jobs.accept(client="ana", address=None, kind="pdf", content=content, cards=1, lang="en", back="/")


def reached(place: Workplace, job: Job, *states: str) -> Job:
    end_s = time.monotonic() + PATIENCE_S
    while (found := place.jobs.find(job.id)).state not in states:
        assert time.monotonic() < end_s, found
        time.sleep(0.05)
    return found


def over(place: Workplace, job: Job) -> Job:
    return reached(place, job, "done", "failed", "cancelled")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program hears")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_worker_does_what_waits_and_what_comes_until_it_is_ended(tmp_path: Path, config: Path, number: int, status: int) -> None:
    data = tmp_path / "data"
    with closing(Workplace(data)) as place:
        before = accept(place, b"no set file")
        with working(data, config) as process:
            failed = over(place, before)
            after = over(place, accept(place, b"none either"))
            process.send_signal(number)
            assert process.wait(PATIENCE_S) == status
            assert process.stderr is not None
            assert process.stderr.read() == ""
    assert failed.state == after.state == "failed"
    assert (failed.problem or "").startswith("This is not a set file of ours")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program hears")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 0)])
def test_pages_that_are_ended_give_back_the_job_they_are_at(
    tmp_path: Path, data_folder: Path, config: Path, number: int, status: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data_folder / "fonts").mkdir(exist_ok=True)
    (data / "fonts").symlink_to(data_folder / "fonts", target_is_directory=True)  # they take seconds to make
    program = [sys.executable, "-W", "error::ResourceWarning", "-c", ENDLESS, str(config)]
    environment = {**os.environ, "IMAGESTOLIVE_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    with closing(Workplace(data)) as place:
        job = accept(place, b"endless")
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
            try:
                assert process.stdout is not None
                assert process.stderr is not None
                assert "http://127.0.0.1:" in process.stdout.readline()
                reached(place, job, "running")
                process.send_signal(number)
                assert process.wait(PATIENCE_S) == status
                assert "Traceback" not in process.stderr.read()
            finally:
                process.kill()
        assert place.jobs.find(job.id).state == "accepted"


def test_a_ledger_that_cannot_be_used_is_one_sentence_and_exit_2(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.sqlite3").write_bytes(b"no database" * 1000)
    result = CliRunner().invoke(cli.main, ["work", "--config", str(config)])
    assert result.exit_code == 2
    assert result.stderr.startswith("imagestolive: The program’s own records cannot be read")
    assert str(tmp_path / "data" / "ledger.sqlite3") in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_url_that_is_wrong_is_told_without_its_password(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", "oracle-of-delphi://pythia:secret@delphi/omphalos")
    result = CliRunner().invoke(cli.main, ["work", "--config", str(config)])
    assert result.exit_code == 2
    assert "DATABASE_URL" in result.stderr
    assert "secret" not in result.stderr
