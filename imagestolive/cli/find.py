"""imagestolive find: is my photograph in here?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from imagestolive import finding, resources
from imagestolive.cli.options import blocked_by, config_option, configuration, root_option
from imagestolive.cli.telling import fail, paragraph
from imagestolive.errors import ImagesToLiveError
from imagestolive.finding import FindAnswer
from imagestolive.identify import MOST_CHARACTERS, identify
from imagestolive.pipeline import Pipeline, name_and_year
from imagestolive.policy import Policy
from imagestolive.words import LANGUAGES, Words

IDS_SHOWN = 10  # of one data set


@click.command("find")
@click.argument("text")
@root_option
@config_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the answer.")
def command(text: str, roots: Sequence[str], config_file: Path | None, lang: str | None) -> None:
    """Look for a photograph in all data sets that are here: TEXT is the name or id of a Flickr account, the address of a photograph or of
    its file, a short address, its number, or the makers’ id of an image. Nothing is kept of the question; with - it is read from
    standard input, so that no shell keeps it either."""
    words = resources.words(lang or "en")
    try:
        config = configuration(config_file, roots)
        words = resources.words(lang or config.language)
        typed = sys.stdin.readline(MOST_CHARACTERS + 2) if text == "-" else text
        asked = identify(typed)
        with blocked_by(config) as blocked, closing(Pipeline(config, blocked=blocked)) as pipeline:
            _tell(finding.find(pipeline, asked), pipeline.policy(sold=False), words)
    except ImagesToLiveError as error:
        fail(error, words)


def _tell(answer: FindAnswer, policy: Policy, words: Words) -> None:
    paragraph(f"{finding.heading(answer, words)}.")
    for found in answer.found:
        click.echo(f"\n{name_and_year(found.sheet)} ({found.sheet.key})")
        ids = ", ".join(record.image_id for record in found.records[:IDS_SHOWN])
        more = ", …" if len(found.records) > IDS_SHOWN else ""
        paragraph(finding.images(found, words), first="  ", rest="  ")
        paragraph(f"{ids}{more}", first="  ", rest="  ")
        if out := finding.withheld_said(found, finding.withheld(found, policy), words):
            paragraph(out, first="  ", rest="  ")
        if story := finding.story(found.sheet, words):
            paragraph(story, first="  ", rest="  ")
        paragraph(words.say("To leave the data set itself: {way}", way=finding.way_out(found.sheet, words)), first="  ", rest="  ")
    click.echo()
    for sentence in finding.others(answer, words):
        paragraph(sentence)
