"""imagestolive calibrate: the page from which a printer's offsets are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from imagestolive import resources, units
from imagestolive.cli.files import Outputs
from imagestolive.cli.options import config_option, configuration, force_option, lang_option, out_option
from imagestolive.cli.printing import flip_of_a_printer_option
from imagestolive.cli.telling import fail
from imagestolive.config import printers_path
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import Pipeline
from imagestolive.press import Press
from imagestolive.press.calibration import calibration
from imagestolive.printers import Printer, PrinterFile


@click.command("calibrate")
@click.option("--paper", metavar="PAPER", default="a4", show_default=True, help="a4, a3, a5, letter, tabloid, or one’s own size.")
@flip_of_a_printer_option
@click.option("--printer", metavar="NAME", help="Lay the back as this printer is remembered, to see whether its numbers are right.")
@config_option
@lang_option
@force_option
@out_option("FILE.pdf", "The PDF to write.")
def command(paper: str, flip: str | None, printer: str | None, config_file: Path | None, lang: str | None, force: bool, out: Path) -> None:
    """Write a calibration page: print it, read the numbers off, and tell them to imagestolive printers."""
    words = resources.words(lang or "en")
    try:
        config = configuration(config_file)
        words = resources.words(lang or config.language)
        known = PrinterFile(printers_path()).find(printer) if printer else Printer()
        known = replace(known, flip=flip or known.flip)
        with Outputs(force=force) as outputs:
            calibration(Press(Pipeline(config)), units.paper(paper), outputs.file(out, "pdf"), words, printer=known)
        click.echo(words.say("Print {path} at actual size, on both sides.", path=str(out)))
    except ImagesToLiveError as error:
        fail(error, words)
