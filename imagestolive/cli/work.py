"""imagestolive work: does the jobs that the web pages accept."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from imagestolive import resources
from imagestolive.cli.options import config_option, configuration, root_option
from imagestolive.cli.telling import ended_politely, fail
from imagestolive.errors import ImagesToLiveError

THREADS = 2


@click.command("work")
@root_option
@config_option
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="How many jobs are done at once.")
def command(roots: Sequence[str], config_file: Path | None, threads: int) -> None:
    """Do the jobs that the web pages accept: fetch images, make files. Several may work side by side.

    What runs when this is ended waits again, for the next one. “imagestolive serve” does its own jobs and needs no other.
    """
    from imagestolive.jobs.running import runner  # a database is not needed to print
    from imagestolive.jobs.workplace import workplace

    words = resources.words("en")
    try:
        config = configuration(config_file, roots)
        words = resources.words(config.language)
        place = workplace(config)
        with ended_politely(), contextlib.closing(place), runner(config, place) as run, place.working(run, threads=threads, gone=run.gone):
            click.echo(words.say("Waiting for work (Ctrl-C ends it)."), err=True)
            threading.Event().wait()
    except ImagesToLiveError as error:
        fail(error, words)
