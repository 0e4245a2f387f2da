"""imagestolive datasets: what there is to draw from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from imagestolive import resources
from imagestolive.about import About, about
from imagestolive.cli.options import config_option, configuration, root_option
from imagestolive.cli.telling import fail, paragraph, told
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import DataSetInfo, Pipeline, TermsForbid
from imagestolive.words import LANGUAGES, Words


@click.command("datasets")
@click.argument("key", required=False)
@root_option
@config_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the list.")
def command(key: str | None, roots: Sequence[str], config_file: Path | None, lang: str | None) -> None:
    """List the data sets: how many images each has, or why nothing can be drawn from it. With KEY: all that is known of that one."""
    words = resources.words(lang or "en")
    try:
        config = configuration(config_file, roots)
        words = resources.words(lang or config.language)
        pipeline = Pipeline(config)
        if key is not None:
            _tell_of_one(about(pipeline, key, words), words)
            return
        policy = pipeline.policy(sold=False)
        for info in pipeline.data_sets():
            if info.why_not:
                said = told(info.why_not, words)  # it names the data set itself
            else:
                said = f"{info.sheet.title}: {state(info, words)}"
                if isinstance(pipeline.why_not(info.key, policy), TermsForbid):
                    said += "; " + words.say("only with --allow-unlicensed")
            paragraph(said, first=f"{info.key:22}  ", rest=" " * 24)
            for problem in info.problems:
                paragraph(problem.said(words), first=" " * 24, rest=" " * 24)
    except ImagesToLiveError as error:
        fail(error, words)


def state(info: DataSetInfo, words: Words) -> str:
    """How many images a data set has, in a few words."""
    said = words.count("{n} image", "{n} images", info.images or 0)
    if info.hosts:
        said += ", " + words.say("fetched one by one from where they live")
    if info.elsewhere:
        said += "; " + words.count("{n} more is listed, not here", "{n} more are listed, not here", info.elsewhere)
    if info.skipped:
        said += "; " + words.count("{n} row or file skipped", "{n} rows or files skipped", info.skipped)
    return said


def _tell_of_one(known: About, words: Words) -> None:
    """A datasheet as text, as wide as the terminal, at most 100 columns."""
    paragraph(known.info.sheet.title)
    for sentence in (*known.lead, known.why_not):
        if sentence:
            paragraph(sentence)
    click.echo()
    for name, value in known.facts:
        paragraph(f"{name}: {value or words.say('not known')}", rest="  ")
    for heading, text in (*known.sections, *((known.layout,) if known.layout else ())):
        click.echo(f"\n{heading}")
        paragraph(text or words.say("not known"), first="  ", rest="  ")
    if known.problems:
        skipped = words.count("{n} row or file was skipped", "{n} rows or files were skipped", known.info.skipped)
        click.echo(f"\n{skipped}")
        for problem in known.problems:
            paragraph(problem, first="  ", rest="  ")
