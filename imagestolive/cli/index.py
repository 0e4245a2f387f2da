"""imagestolive index: a data set's own files into a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from imagestolive import resources
from imagestolive.cli.datasets import state
from imagestolive.cli.options import config_option, configuration, lang_option
from imagestolive.cli.telling import counted, ended_politely, fail
from imagestolive.config import check_key, is_folder
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import Pipeline, TableForm

FORMS: Mapping[str, TableForm] = {"sqlite": "sqlite3", "parquet": "parquet"}


@click.command("index")
@click.argument("key")
@click.option(
    "--root",
    "roots",
    metavar="PATH",
    multiple=True,
    help="Where the data set’s files are; KEY=PATH names the place of another one that knows more of the same photographs.",
)
@config_option
@click.option("--form", type=click.Choice(list(FORMS)), default="sqlite", show_default=True, help="How the table is kept.")
@lang_option
def command(key: str, roots: Sequence[str], config_file: Path | None, form: str, lang: str | None) -> None:
    """Read a data set’s own files once into a table, from which images are then drawn quickly, however many there are.

    A run that was cut off goes on where it stopped; until a run is through, the table of before stays.
    """
    words = resources.words(lang or "en")
    try:
        config = configuration(config_file, [root if _names_a_key(root) else f"{key}={root}" for root in roots])
        words = resources.words(lang or config.language)
        pipeline = Pipeline(config)
        with ended_politely(), counted(words) as progress:
            path = pipeline.index(key, form=FORMS[form], progress=progress)
        info = pipeline.data_set(key)
        if info.why_not:
            raise info.why_not
        click.echo(f"{key}: {state(info, words)}, {path}")
        for problem in info.problems:
            click.echo(f"  {problem.said(words)}")
    except ImagesToLiveError as error:
        fail(error, words)


def _names_a_key(root: str) -> bool:
    """Whether --root has the form KEY=PATH; a folder may have = in its name."""
    key, equals, _ = root.partition("=")
    return bool(equals) and check_key(key) is None and not is_folder(Path(root))
