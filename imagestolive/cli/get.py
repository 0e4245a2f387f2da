"""imagestolive get: the lists that makers publish of their data sets, fetched and made ready to draw from."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagestolive import resources
from imagestolive.cli.options import config_option, configuration, lang_option
from imagestolive.cli.telling import counted, ended_politely, fail, now_and_then, paragraph
from imagestolive.config import Config
from imagestolive.datasets import Datasheet, NotThisFormat, datasheets
from imagestolive.datasets.csvfiles import CsvRefused
from imagestolive.datasets.datasheet import MakersFile
from imagestolive.datasets.jsonfiles import JsonRefused
from imagestolive.datasets.member import ArchiveRefused
from imagestolive.datasets.parquetfiles import ParquetRefused
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.makers import got
from imagestolive.makers.problems import NotAccepted, NothingToGet, NotUsable
from imagestolive.pipeline import DataSetRefused, EmptyDataSet, Pipeline, UnknownDataSet, network_of
from imagestolive.sets import shown
from imagestolive.words import Words

if TYPE_CHECKING:
    from imagestolive.fetch.network import Network
    from imagestolive.makers.getting import Makers

_YES = {"y", "yes", "s", "sim"}
_FILES_ARE_WRONG = (ArchiveRefused, CsvRefused, EmptyDataSet, JsonRefused, NotThisFormat, ParquetRefused)


class NetworkOff(ImagesToLiveError):
    sentence = N_("Nothing is fetched: the configuration says network: false.")
    field = "network"


class RootNamed(ImagesToLiveError):
    """Lists that would lie unused: the configuration has others."""

    sentence = N_(
        "The lists of {title} are those in {folder}, as the configuration says. Others are fetched where it names no path for {key}."
    )
    field = "key"


@click.command("get")
@click.argument("key", required=False)
@click.option("--part", "parts", metavar="PART", multiple=True, help="Which part of the data set. Default: the first one listed.")
@click.option("--accept-terms", is_flag=True, help="Accept the terms that the data set’s makers set, without being asked.")
@config_option
@lang_option
def command(key: str | None, parts: Sequence[str], accept_terms: bool, config_file: Path | None, lang: str | None) -> None:
    """Fetch the lists of images that a data set’s makers publish for everybody, and make it ready to draw from.

    The images themselves are fetched one by one when they are drawn. A run that was cut off goes on where it stopped.
    Without KEY: list the data sets there are lists of.
    """
    from imagestolive.makers.getting import Makers  # takes long to load

    words = resources.words(lang or "en")
    try:
        config = configuration(config_file)
        words = resources.words(lang or config.language)
        if key is None:
            _list(config, words)
            return
        sheet = _sheet(key, config)
        makers = Makers(config.data_folder, sheet)
        files = makers.files(parts)
        with network(config) as asked:
            _tell_files(makers, files, words)
            _check_terms(makers, words, accept_terms=accept_terms)
            with ended_politely(), now_and_then() as say:
                makers.get(parts, asked, progress=lambda *so_far: say(lambda: _so_far(words, *so_far)))
        with ended_politely():
            _index(config, makers, config_file, words)
    except ImagesToLiveError as error:
        fail(error, words)


def network(config: Config) -> Network:
    """Raises NetworkOff."""
    if (dial := network_of(config)) is None:
        raise NetworkOff
    return dial()


def _sheet(key: str, config: Config) -> Datasheet:
    """Raises UnknownDataSet, DataSetRefused, NothingToGet, RootNamed."""
    if key not in datasheets():
        raise UnknownDataSet(key=shown(key), known=list(datasheets()))
    sheet = datasheets()[key]
    if sheet.refused:
        raise DataSetRefused(title=sheet.title, why=sheet.refused)
    if not sheet.metadata:
        raise NothingToGet(title=sheet.title, known=[key for key, sheet in datasheets().items() if sheet.metadata])
    if key in config.datasets:
        raise RootNamed(title=sheet.title, folder=str(config.datasets[key].root), key=key)
    return sheet


def _list(config: Config, words: Words) -> None:
    for key, sheet in datasheets().items():
        if sheet.metadata and not sheet.refused:
            said = words.say("{title}: {parts}", title=sheet.title, parts=sheet.parts)
            if got(config.data_folder, key):
                said += "; " + words.say("lists of it are here")
            paragraph(said, first=f"{key:22}  ", rest=" " * 24)


# ---- before -----------------------------------------------------------------------------------------------------------


def _tell_files(makers: Makers, files: Sequence[MakersFile], words: Words) -> None:
    """What will be fetched, and from where."""
    click.echo(
        words.count(
            "{title}: {n} file from {hosts}",
            "{title}: {n} files from {hosts}",
            len(files),
            title=makers.sheet.title,
            hosts=sorted(makers.hosts),
        )
    )
    for file in files:
        if makers.is_here(file):
            known = words.say("is here")
        else:
            known = _megabytes(file.bytes, words) if file.bytes else words.say("size not stated")
        click.echo(f"  {file.file}: {known}")


def _check_terms(makers: Makers, words: Words, *, accept_terms: bool) -> None:
    """Shows the terms unless they were accepted before. Raises NotAccepted."""
    if makers.accepted():
        return
    sheet = makers.sheet
    click.echo(f"\n{words.say('Terms')}")
    paragraph(sheet.terms[words.lang], first="  ", rest="  ")
    if sheet.license is not None:
        paragraph(f"{words.say('License')}: {sheet.prose('license_said', words.lang) or sheet.license}", first="  ", rest="  ")
    if sheet.homepage:
        click.echo(f"  {sheet.homepage}")
    click.echo()
    if not accept_terms and not (at_a_terminal() and _says_yes(words)):
        raise NotAccepted(title=sheet.title)
    makers.accept(words.lang)


def at_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def _says_yes(words: Words) -> bool:
    answer: str = click.prompt(words.say("Do you accept these terms? (y/n)"), default="", show_default=False, prompt_suffix=" ", err=True)
    return answer.strip().casefold() in _YES


# ---- meanwhile and after ----------------------------------------------------------------------------------------------


def _so_far(words: Words, file: MakersFile, here_bytes: int, of_bytes: int | None) -> str:
    here = _megabytes(here_bytes, words)
    if of_bytes is None:
        return f"{file.file}: {here}"
    return words.say("{file}: {here} of {of}", file=file.file, here=here, of=_megabytes(of_bytes, words))


def _megabytes(size_bytes: int, words: Words) -> str:
    return words.say("{n} MB", n=words.decimal(f"{size_bytes / 1e6:.1f}"))


def _index(config: Config, makers: Makers, config_file: Path | None, words: Words) -> None:
    """Makes the table of what was fetched, and says what to do with it; what cannot be read is thrown away. Raises NotUsable."""
    sheet, pipeline = makers.sheet, Pipeline(config)
    try:
        with counted(words) as progress:
            pipeline.index(sheet.key, progress=progress)
        info = pipeline.data_set(sheet.key)
        if info.why_not:
            raise info.why_not
        images = (info.images or 0) + info.elsewhere
        if not images:
            raise EmptyDataSet(title=sheet.title)
    except _FILES_ARE_WRONG as error:
        if makers.throw_away():
            raise NotUsable(problem=error, title=sheet.title) from None
        raise
    makers.found_good()
    click.echo(words.count("{title}: {n} image can be drawn.", "{title}: {n} images can be drawn.", images, title=sheet.title))
    for problem in info.problems:
        paragraph(problem.said(words), first="  ", rest="  ")
    options = ("--config", shlex.quote(str(config_file))) if config_file else ()
    make = " ".join(("imagestolive make --dataset", sheet.key, *options, "--out cards.pdf"))
    click.echo(words.say("To print some of them: {command}", command=make))
