"""imagestolive screen: every image of a data set looked at beforehand, by the models that are installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from imagestolive import resources, scores
from imagestolive.cli.options import config_option, configuration, lang_option
from imagestolive.cli.telling import ended_politely, fail, now_and_then
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import LookedThrough, Pipeline, left_out_sentence
from imagestolive.words import Words


@click.command("screen")
@click.argument("key")
@click.option("--root", metavar="PATH", help="Where the data set’s files are.")
@config_option
@lang_option
def command(key: str, root: str | None, config_file: Path | None, lang: str | None) -> None:
    """Look at every image of a data set once, so that no draw has to: decode it, and have the installed models score it.

    A run that was cut off goes on where it stopped. What the scores lead to is said under bands in the configuration. Images that live
    elsewhere are looked at only as far as they are kept here.
    """
    words = resources.words(lang or "en")
    try:
        config = configuration(config_file, [f"{key}={root}"] if root else [])
        words = resources.words(lang or config.language)
        pipeline = Pipeline(config)
        rows = pipeline.data_set(key).images or 0
        with ended_politely(), now_and_then() as say:
            models = scores.scorers()
            found = pipeline.look_through(
                key,
                pipeline.policy(sold=False),
                models,
                progress=lambda done: say(lambda: words.say("{done} of {of} rows looked at", done=done, of=rows)),
            )
        for sentence in _said(found, [model.name for model in models], sorted(config.bands), words):
            click.echo(sentence)
    except ImagesToLiveError as error:
        fail(error, words)


def _said(found: LookedThrough, models: Sequence[str], banded: Sequence[str], words: Words) -> list[str]:
    said = [words.count("{n} image was looked at.", "{n} images were looked at.", found.looked_at)]
    for name in scores.SCORERS:
        if name in models:
            said.append(words.say("Model {name}: running; {n} scored now.", name=name, n=found.scored))
            if name not in banded:
                said.append(words.say("Nothing follows from its scores: the configuration has no bands for {name}.", name=name))
        else:
            said.append(words.say("Model {name}: not running. To install it: pip install imagestolive[{name}]", name=name))
    if found.elsewhere:
        said.append(
            words.count(
                "{n} image lives elsewhere and is not kept here: nobody looked at it.",
                "{n} images live elsewhere and are not kept here: nobody looked at them.",
                found.elsewhere,
            )
        )
    return [*said, *filter(None, [left_out_sentence(found.left_out, words)])]
