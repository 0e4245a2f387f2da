"""Options that several commands have, and the configuration they name."""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from imagestolive import resources
from imagestolive.care import Blocked
from imagestolive.cli.telling import tell
from imagestolive.config import DATABASE_VARIABLE, Config, ledger_place, load_config, read_root
from imagestolive.datasets import datasheets
from imagestolive.words import LANGUAGES

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

config_option = click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration (YAML); else the file that IMAGESTOLIVE_CONFIG names.",
)
root_option = click.option(
    "--root",
    "roots",
    metavar="KEY=PATH",
    multiple=True,
    help="Where a data set’s files are. Any folder of pictures can be given a key of its own.",
)
lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of messages. Default: that of the configuration, else en."
)
force_option = click.option("--force", is_flag=True, help="Write over existing files.")


@contextlib.contextmanager
def blocked_by(config: Config) -> Iterator[Callable[[str | None], Blocked] | None]:
    """What says what people asked to be left out and operators decided; None where there is no ledger: the command line makes none.

    Raises what opening the ledger raises: where nobody knows what is left out, nothing is handed out.
    """
    place = ledger_place(config.data_folder, os.environ.get(DATABASE_VARIABLE))
    if isinstance(place, Path) and not (place.exists() or place.with_name(f"{place.name}.begun").exists()):
        yield None
        return
    from imagestolive.ledger import Ledger  # takes long to load
    from imagestolive.ledger.decisions import Decisions

    with contextlib.closing(Ledger(place)) as ledger:
        yield Decisions(ledger).blocked


def out_option(metavar: str, what: str) -> Decorator:
    return click.option("--out", metavar=metavar, required=True, type=click.Path(path_type=Path), help=what)


def configuration(config_file: Path | None, roots: Sequence[str] = ()) -> Config:
    """The configuration and the folders given by hand; a key that is nearly one of the catalogue is pointed out."""
    named = dict(map(read_root, roots))
    config = load_config(config_file, roots=named)
    words = resources.words(config.language)
    for key in named.keys() - datasheets().keys():
        configured = config.datasets[key].reader
        if configured is None and (near := difflib.get_close_matches(key, datasheets(), n=1, cutoff=0.8)):
            tell(
                words.say(
                    "“{key}” is no data set of the catalogue: its folder is read as plain pictures, without its makers’ credits. "
                    "Did you mean “{near}”?",
                    key=key,
                    near=near[0],
                )
            )
    return config
