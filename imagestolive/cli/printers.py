"""imagestolive printers: what is remembered of each printer."""

from __future__ import annotations

from typing import Any

import click

from imagestolive import resources
from imagestolive.cli.options import config_option, configuration, lang_option
from imagestolive.cli.printing import flip_of_a_printer_option, offset_options, offsets, turn_option
from imagestolive.cli.telling import fail
from imagestolive.config import printers_path
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.printers import Printer, PrinterFile, read_name, said
from imagestolive.words import Words


class ForgetAndRemember(ImagesToLiveError):
    sentence = N_("--forget cannot stand beside what is to be remembered.")


class WhichPrinter(ImagesToLiveError):
    sentence = N_("Name the printer: imagestolive printers NAME …")


@click.command("printers")
@click.argument("name", required=False)
@flip_of_a_printer_option
@turn_option
@offset_options
@click.option("--forget", is_flag=True, help="Forget this printer.")
@config_option
@lang_option
def command(name: str | None, forget: bool, config_file: Any, lang: str | None, **options: Any) -> None:
    """List the printers that are remembered by name, or one; with options: remember how NAME prints, as its calibration page was read.

    imagestolive make --printer NAME then prints so.
    """
    words = resources.words(lang or "en")
    try:
        words = resources.words(lang or configuration(config_file).language)
        file = PrinterFile(printers_path())
        changes = {part: value for part, value in options.items() if part in ("flip", "turn_backs") and value is not None} | offsets(
            options
        )
        if name is None:
            if forget or changes:
                raise WhichPrinter
            _list(file.all(), words)
        elif forget:
            if changes:
                raise ForgetAndRemember
            file.forget(name)
            click.echo(words.say("“{name}” is forgotten.", name=read_name(name)))
        elif changes:
            printer = file.remember(name, **changes)
            click.echo(f"{read_name(name)}: {said(printer, words)}")
        else:
            click.echo(f"{read_name(name)}: {said(file.find(name), words)}")
    except ImagesToLiveError as error:
        fail(error, words)


def _list(printers: dict[str, Printer], words: Words) -> None:
    for name, printer in printers.items():
        click.echo(f"{name}: {said(printer, words)}")
    if not printers:
        click.echo(words.say("No printer is remembered yet."))
