"""What a job's work is: the images of a set are fetched, or one of its files is made."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from imagestolive import resources, sets
from imagestolive.config import Config
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.jobs import Job
from imagestolive.jobs.worker import Result, Watch
from imagestolive.jobs.workplace import Workplace
from imagestolive.ledger.marks import Marks
from imagestolive.pipeline import Pipeline, network_of
from imagestolive.policy import Policy
from imagestolive.press import Press
from imagestolive.press.files import download_name, make, media_type
from imagestolive.press.handouts import read_lesson
from imagestolive.sets import SetFile

HELD = "held-back.json"  # beside a result: the slots whose images were not handed out when it was made


class CacheTooSmall(ImagesToLiveError):
    """Images had to make room for others of the same set."""

    sentence = N_("The images of this set need more room than the {most_mb} MiB that are kept here. Ask for fewer.")
    hint = N_("limits.kept_mb in the configuration says how much is kept.")
    status = 507


AS_OF = "as_of"  # the option of such a job that says when its set was made, as the ledger numbers it
DRAW = "draw"  # the kind of job that fetches what a set needs; all others are called after the file they make


@contextlib.contextmanager
def runner(config: Config, place: Workplace) -> Iterator[Runner]:
    """Opens what work needs, for several threads: what is reported while a job runs is not in its file."""
    pipeline = Pipeline(config, network=network_of(config), blocked=place.decisions.blocked)
    try:
        yield Runner(pipeline, place.marks)
    finally:
        pipeline.close()


def is_free(pipeline: Pipeline, marks: Marks | None, job: Job, result: Path) -> bool:
    """Whether what a job made shows no image that was held back after it was made. Raises what Pipeline.policy raises."""
    saved = sets.read_set_file(job.content)
    try:
        held = set(json.loads((result.parent / HELD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return False
    return pipeline.held_back(saved.picks, _rules(pipeline, marks, job, saved)) <= held


def _rules(pipeline: Pipeline, marks: Marks | None, job: Job, saved: SetFile) -> Policy:
    """What may be handed out of a job's set, to whoever asked for it. Raises what Pipeline.policy raises."""
    said = marks.seen(saved.code, job.client).values() if marks else ()
    kept = [(mark.dataset, mark.image_id) for mark in said if mark.mark == "kept"]
    as_of = int(job.options[AS_OF]) if AS_OF in job.options else None
    return pipeline.policy(sold=saved.request.sold, school=saved.request.school, client=job.client, reviewed=kept, as_of=as_of)


class Runner:
    """Does one job when it is called. Safe for several threads."""

    def __init__(self, pipeline: Pipeline, marks: Marks | None = None) -> None:
        self._pipeline, self._marks = pipeline, marks
        self._pages = Pipeline(pipeline.config)

    def __call__(self, job: Job, folder: Path, watch: Watch) -> Result | None:
        """Raises what the pipeline and the makers of files raise, and Cancelled."""
        saved = sets.read_set_file(job.content)
        with self._pipeline.for_job(job.id, watch) as pipeline:
            policy = _rules(pipeline, self._marks, job, saved)
            if job.kind == DRAW:
                drawn = pipeline.draw(saved.request, saved.code, saved.refused, policy, progress=watch.step)
                if not drawn.picks:
                    drawn.check_complete(resources.words(job.lang))
                self._check_kept(saved, policy)
                return None
            held = pipeline.held_back(saved.picks, policy)
            drawn = pipeline.reprint(saved)
            lesson = read_lesson(job.options, lang=job.lang)
            result = Result(name=download_name(job.kind, drawn, lesson=lesson), media_type=media_type(job.kind))
            with (folder / result.name).open("w+b") as out:
                make(job.kind, Press(pipeline), drawn, policy, out, lesson=lesson, progress=watch.step)
            if pipeline.today(policy).hash != policy.hash:
                held = set()  # some of it may have been let go meanwhile, and be in the file
            (folder / HELD).write_text(json.dumps(sorted(held)), encoding="utf-8")
            return result

    def _check_kept(self, saved: SetFile, policy: Policy) -> None:
        """The pages can draw the set now, or nobody would ever see it. Raises CacheTooSmall."""
        try:
            self._pages.draw(saved.request, saved.code, saved.refused, policy)
        except ToBeFetched:
            raise CacheTooSmall(most_mb=self._pages.config.limits.kept_mb) from None

    def gone(self, job_id: str) -> None:
        """Nobody can take anything from a job any more: what was kept for it alone goes."""
        self._pipeline.end_job(job_id)
