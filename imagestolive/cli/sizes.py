"""imagestolive sizes: which cards fit on which paper, and which the post takes."""

from __future__ import annotations

from collections.abc import Sequence

import click

from imagestolive import resources, units
from imagestolive.cli.options import configuration, lang_option
from imagestolive.cli.telling import fail, paragraph
from imagestolive.errors import ImagesToLiveError
from imagestolive.postal import posting
from imagestolive.sheets import spec_for
from imagestolive.units import CARD_SIZES, PAPERS, CardSize, Paper
from imagestolive.words import Words

_NAME, _COLUMN = 32, 13


@click.command("sizes")
@click.option("--paper", metavar="PAPER", help="Only this one: a4, a3, a5, letter, tabloid, or one’s own size.")
@click.option("--card", metavar="CARD", help="Only this one: a6, a6-minus, 4x6in, 5x7in, 5.5x4.25in, a5, or one’s own size.")
@lang_option
def command(paper: str | None, card: str | None, lang: str | None) -> None:
    """Tell how many cards fit on a sheet of each paper, which way they are turned there, and which post takes them as postcards."""
    words = resources.words(lang or "en")
    try:
        words = resources.words(lang or configuration(None).language)
        papers = [units.paper(paper)] if paper else list(PAPERS.values())
        cards = [units.card_size(card)] if card else list(CARD_SIZES.values())
    except ImagesToLiveError as error:
        fail(error, words)
    _table(papers, cards, words)
    click.echo()
    for size in cards:
        said = " ".join(words.say(post.why) for post in posting(size))
        paragraph(f"{size.name}: {said}", rest="  ")


def _table(papers: Sequence[Paper], cards: Sequence[CardSize], words: Words) -> None:
    click.echo((" " * _NAME + "".join(f"{paper.name:<{_COLUMN}}" for paper in papers)).rstrip())
    for size in cards:
        name = size.key if size.key.endswith("mm") else f"{size.key}, {size.width_mm:g} × {size.height_mm:g} mm"
        click.echo(f"{name:<{_NAME}}{''.join(f'{_fit(paper, size, words):<{_COLUMN}}' for paper in papers)}".rstrip())


def _fit(paper: Paper, size: CardSize, words: Words) -> str:
    """How many, and how they lie in their places."""
    try:
        spec = spec_for(paper, size)
    except ImagesToLiveError:
        return "–"
    return words.say("{n} lying", n=spec.slots) if spec.lying else words.say("{n} upright", n=spec.slots)
