"""imagestolive ledger: copies of what people have said and decided, and lists to share of what is left out."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagestolive import resources
from imagestolive.cli.files import CannotRead, Outputs
from imagestolive.cli.options import config_option, configuration, force_option, lang_option
from imagestolive.cli.telling import ended_politely, fail
from imagestolive.config import DATABASE_VARIABLE
from imagestolive.errors import ImagesToLiveError
from imagestolive.words import Words

if TYPE_CHECKING:
    from imagestolive.ledger import Ledger

_file = click.argument("file", type=click.Path(path_type=Path))


@click.group("ledger")
def command() -> None:
    """Copy what people have reported and decided; share lists of what is left out.

    The ledger is a file in the data folder, or the PostgreSQL database that DATABASE_URL names.
    """


@command.command()
@_file
@force_option
@config_option
@lang_option
def backup(file: Path, force: bool, config_file: Path | None, lang: str | None) -> None:
    """Copy the whole ledger into FILE, while it is used.

    A copy holds what visitors wrote, too. Keep it as you keep the ledger, and no longer.
    """
    from imagestolive.ledger import copies

    with _opened(config_file, lang) as (ledger, words), Outputs(force=force) as outputs:
        ending = "sqlite3" if ledger.is_sqlite else "jsonl"
        copies.backup(ledger, Path(outputs.file(file, ending).name))
        click.echo(words.say("The ledger was copied to {path}, and the copy is whole.", path=str(file)))


@command.command()
@_file
@click.option("--force", is_flag=True, help="Put the copy in place of what the ledger holds.")
@config_option
@lang_option
def restore(file: Path, force: bool, config_file: Path | None, lang: str | None) -> None:
    """Put a copy that “backup” made in place of the ledger.

    What was reported, asked and decided after the copy was made is not in it: its images can be shown again.
    """
    from imagestolive.ledger import copies

    def opened(place: Path | str) -> Ledger:
        with _readable(file):
            return copies.open_to_restore(place, file)

    with _opened(config_file, lang, opened) as (ledger, words), _readable(file):
        copies.restore(ledger, file, force=force)
        click.echo(words.say("The ledger is as it was when {path} was made.", path=str(file)))


@command.command()
@_file
@click.option("--hashed", is_flag=True, help="Write salted hashes, which say nothing to whoever does not know what to look for.")
@click.option("--salt", metavar="SALT", default=None, help="8 to 64 signs that the operators agreed on, for hashes. Default: new ones.")
@force_option
@config_option
@lang_option
def export(file: Path, hashed: bool, salt: str | None, force: bool, config_file: Path | None, lang: str | None) -> None:
    """Write what is left out by opt-outs and by operators into FILE, as CSV, for other operators.

    No word of a visitor’s is in it, and no report that nobody has checked.
    """
    import secrets

    from imagestolive.ledger.decisions import Decisions

    hashed = hashed or salt is not None
    with _opened(config_file, lang) as (ledger, words), Outputs(force=force) as outputs:
        out = io.TextIOWrapper(outputs.file(file, "txt" if hashed else "csv"), encoding="utf-8-sig" if not hashed else "ascii", newline="")
        decisions = Decisions(ledger)
        lines = decisions.export_hashed(out, salt or secrets.token_urlsafe(16)) if hashed else decisions.export_csv(out)
        out.detach()
        click.echo(words.count("{n} entry was written to {path}.", "{n} entries were written to {path}.", lines, path=str(file)))


@command.command("import")
@_file
@click.option("--who", metavar="LABEL", default="operator", show_default=True, help="Who decides so, as the history is to say it.")
@config_option
@lang_option
def import_(file: Path, who: str, config_file: Path | None, lang: str | None) -> None:
    """Take over a list that “export” wrote, or a CSV file with columns target and value. All of it or nothing."""
    from imagestolive.ledger.decisions import Decisions
    from imagestolive.ledger.lists import is_hashed

    with _opened(config_file, lang) as (ledger, words), _readable(file):
        decisions = Decisions(ledger)
        new = decisions.import_hashed(file, who) if is_hashed(file) else decisions.import_csv(file, who)
        click.echo(words.count("{n} new entry is left out from now on.", "{n} new entries are left out from now on.", new))


@contextmanager
def _opened(
    config_file: Path | None, lang: str | None, open_ledger: Callable[[Path | str], Ledger] | None = None
) -> Iterator[tuple[Ledger, Words]]:
    """The ledger that the configuration means, and the words to speak of it. Errors end the program in one sentence."""
    from imagestolive.config import ledger_place
    from imagestolive.ledger import Ledger

    words = resources.words(lang or "en")
    try:
        config = configuration(config_file)
        words = resources.words(lang or config.language)
        place = ledger_place(config.data_folder, os.environ.get(DATABASE_VARIABLE))
        with ended_politely(), closing((open_ledger or Ledger)(place)) as ledger:
            yield ledger, words
    except ImagesToLiveError as error:
        fail(error, words)


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Raises CannotRead."""
    try:
        yield
    except OSError as error:
        raise CannotRead(path=str(file), problem=error.strerror or str(error)) from None
