"""Jobs as they are done: over hosts on loopback, with a real worker, ledger and queue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import elsewhere
import hosts
import pikepdf
import pytest

from imagestolive import sets
from imagestolive.config import Config
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.fetch.remote import STOP_S
from imagestolive.jobs import Job, Jobs
from imagestolive.jobs.running import DRAW, Runner
from imagestolive.jobs.worker import Pace
from imagestolive.jobs.workplace import Workplace
from imagestolive.pipeline import PROGRAM, Pipeline
from imagestolive.sets import SetFile

CODE = sets.read_code("K7Q2-9FXD")


@pytest.fixture
def remote(tmp_path: Path, data_folder: Path) -> Config:
    elsewhere.lend_fonts(data_folder, tmp_path / "data")
    return elsewhere.config(elsewhere.rows(tmp_path / "set", 40), tmp_path / "data")


@contextmanager
def working(config: Config, played: hosts.Played) -> Iterator[Jobs]:
    pipeline = Pipeline(config, network=lambda: elsewhere.network(played))
    run = Runner(pipeline)
    with closing(pipeline), closing(Workplace(config.data_folder)) as place, place.working(run, gone=run.gone):
        yield place.jobs


def wanted(config: Config, cards: int) -> SetFile:
    """A set that is not drawn yet."""
    pipeline = Pipeline(config)
    policy = pipeline.policy(sold=False)
    request, _ = pipeline.request(people=1, cards=cards, keys=None, paper="a4", lang="en", policy=policy)
    return SetFile(program=PROGRAM, code=CODE, request=request, refused=(), picks=())


def accept(jobs: Jobs, kind: str, saved: SetFile, *, client: str = "ana") -> Job:
    return jobs.accept(client=client, address=None, kind=kind, content=saved.to_bytes(), cards=saved.request.slots, lang="en", back="/")


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "this took too long"
        time.sleep(0.02)


def over(jobs: Jobs, job: Job) -> Job:
    until(lambda: jobs.find(job.id).state not in ("accepted", "running"))
    return jobs.find(job.id)


def test_a_set_is_fetched_by_a_job_and_then_seen_without_a_network(remote: Config) -> None:
    saved = wanted(remote, 6)
    gone = {n: hosts.Reply(status=404) for n in range(0, 40, 3)}
    with hosts.played(elsewhere.routes(40, other=gone)) as played, working(remote, played) as jobs:
        done = over(jobs, accept(jobs, DRAW, saved))
    assert (done.state, done.done, done.of, done.problem) == ("done", 6, 6, None)
    pipeline = Pipeline(remote)
    found = pipeline.draw(saved.request, CODE, (), pipeline.policy(sold=False))
    assert len(found.picks) == 6
    assert done.counts["ok"] >= 6
    assert done.counts.get("gone", 0) >= found.left_out.get("gone", 0) > 0


def test_a_file_is_made_by_a_job_with_the_images_that_its_page_showed(remote: Config) -> None:
    with hosts.played(elsewhere.routes(40)) as played, working(remote, played) as jobs:
        over(jobs, accept(jobs, DRAW, wanted(remote, 6)))
        pipeline = Pipeline(remote)
        found = pipeline.draw(wanted(remote, 6).request, CODE, (), pipeline.policy(sold=False))
        done = over(jobs, accept(jobs, "pdf", found.set_file()))
        assert (done.state, done.problem, done.media_type) == ("done", None, "application/pdf")
        result = jobs.result(done)
        assert result is not None
        with pikepdf.open(result) as made:
            (attached,) = made.attachments.values()
            assert sets.read_set_file(attached.get_file().read_bytes()).picks == tuple(found.picks.values())


def test_two_people_who_ask_for_the_same_file_at_once_get_two(remote: Config) -> None:
    with hosts.played(elsewhere.routes(40)) as played, working(remote, played) as jobs:
        over(jobs, accept(jobs, DRAW, wanted(remote, 6)))
        pipeline = Pipeline(remote)
        saved = pipeline.draw(wanted(remote, 6).request, CODE, (), pipeline.policy(sold=False)).set_file()
        both = [over(jobs, accept(jobs, "pdf", saved, client=client)) for client in ("ana", "bia")]
        paths = [jobs.result(job) for job in both]
        assert paths[0] is not None
        assert paths[1] is not None
        assert paths[0] != paths[1]
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_cancelling_stops_the_fetching_though_no_host_answers(remote: Config) -> None:
    assert Pace().look_s + STOP_S <= 2  # seconds; what comes on top is the machine's
    slow = {n: hosts.Reply(wait_s=60) for n in range(40)}
    with hosts.played(elsewhere.routes(40, other=slow)) as played, working(remote, played) as jobs:
        job = accept(jobs, DRAW, wanted(remote, 6))
        until(lambda: bool(elsewhere.image_paths(played)))
        began = time.monotonic()
        jobs.cancel(job.id)
        until(lambda: not list((remote.data_folder / "jobs").glob("*.part-*")))
        assert time.monotonic() - began < 20  # hosts would be waited for longer
        assert jobs.find(job.id).state == "cancelled"
        asked = len(elsewhere.image_paths(played))
        time.sleep(0.3)
        assert len(elsewhere.image_paths(played)) == asked


def test_a_file_that_cannot_be_made_says_why(remote: Config) -> None:
    gone = {n: hosts.Reply(status=404) for n in range(40)}
    with hosts.played(elsewhere.routes(40, other=gone)) as played, working(remote, played) as jobs:
        over(jobs, accept(jobs, DRAW, wanted(remote, 6)))
        pipeline = Pipeline(remote)
        found = pipeline.draw(wanted(remote, 6).request, CODE, (), pipeline.policy(sold=False))
        failed = over(jobs, accept(jobs, "pdf", found.set_file()))
    assert failed.state == "failed"
    assert failed.problem == "asked for 6, 0 can be used: 40 gone at the source"


def test_images_that_may_not_be_kept_stay_as_long_as_their_job(tmp_path: Path) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 9), tmp_path / "data", remote_only=True)
    objects = tmp_path / "data" / "fetched" / "objects"
    with hosts.played(elsewhere.routes(9)) as played, working(remote, played) as jobs:
        done = over(jobs, accept(jobs, DRAW, wanted(remote, 3)))
        assert done.state == "done"
        assert len([path for path in objects.rglob("*") if path.is_file()]) == 3
    run = Runner(Pipeline(remote))
    run.gone(done.id)
    assert not [path for path in objects.rglob("*") if path.is_file()]


def test_after_an_outage_a_new_job_brings_the_set(tmp_path: Path, data_folder: Path) -> None:
    elsewhere.lend_fonts(data_folder, tmp_path / "data")
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 200), tmp_path / "data")
    with hosts.played({}) as played, working(remote, played) as jobs:
        failed = over(jobs, accept(jobs, DRAW, wanted(remote, 6)))
    assert failed.state == "failed"
    assert failed.problem is not None
    assert failed.problem.startswith("None of the last 50 images could be reached")
    with hosts.played(elsewhere.routes(200)) as played, working(remote, played) as jobs:
        done = over(jobs, accept(jobs, DRAW, wanted(remote, 6)))
    assert (done.state, done.counts.keys()) == ("done", {"ok"})


def test_a_set_that_the_cache_is_too_small_for_says_so(remote: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def made_room(self: Pipeline, *_: object, **__: object) -> None:
        raise ToBeFetched

    with hosts.played(elsewhere.routes(40)) as played:
        pipeline = Pipeline(remote, network=lambda: elsewhere.network(played))
        run = Runner(pipeline)
        monkeypatch.setattr(run._pages, "draw", made_room.__get__(run._pages))
        with closing(pipeline), closing(Workplace(remote.data_folder)) as place, place.working(run, gone=run.gone):
            failed = over(place.jobs, accept(place.jobs, DRAW, wanted(remote, 6)))
    assert failed.problem == "The images of this set need more room than the 2,048 MiB that are kept here. Ask for fewer."
