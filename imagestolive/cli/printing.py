"""The options that say how a set is printed, and a request as they change it. None of them changes which images are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import click

from imagestolive import sets
from imagestolive.config import printers_path
from imagestolive.printers import FLIPS, PrinterFile, read_number
from imagestolive.sets import ENUMERATED, PRINTING_ENUMERATED, Printing, Request
from imagestolive.units import CARD_AS_PAPER, CARD_FOR_PAPER, card_size, paper

_Command = TypeVar("_Command", bound=Callable[..., Any])

NUMBERS = {"back_x": "back_x_mm", "back_y": "back_y_mm", "back_scale": "back_scale_percent"}  # option -> part of a Printer

paper_option = click.option(
    "--paper",
    metavar="PAPER",
    help="a4 (default), a3, a5, letter, tabloid, card (each card a page), or one’s own, such as 210x330mm.",
)
turn_option = click.option(
    "--turn-backs/--no-turn-backs", "turn_backs", default=None, help="Turn all backs by half, for printers that turn them."
)


def offset_options(command: _Command) -> _Command:
    """Where a printer lays backs beside their fronts."""
    for name, metavar, what in (
        ("--back-scale", "PERCENT", "How large backs are printed, in percent, as the calibration page says."),
        ("--back-y", "MM", "Backs this much further down, as the calibration page says."),
        ("--back-x", "MM", "Backs this much further to the right, as the calibration page says."),
    ):
        command = click.option(name, metavar=metavar, help=what)(command)
    return command


def printing_options(command: _Command) -> _Command:
    """All of them; what is not said stays as it is in the saved set, or as it usually is."""
    flips, backs, choices = ENUMERATED["flip"], ENUMERATED["back"], PRINTING_ENUMERATED
    for option in reversed(
        [
            paper_option,
            click.option("--card", metavar="CARD", help="a6, a6-minus, 4x6in, 5x7in, 5.5x4.25in, a5, or one’s own, such as 140x90mm."),
            click.option(
                "--border", type=click.Choice(choices["border"]), help="bleed: images to the edge, where their license allows it."
            ),
            click.option("--front", type=click.Choice(choices["front"]), help="caption: the credit in a line below each image."),
            click.option("--back", type=click.Choice(backs), help="What stands on the back."),
            click.option(
                "--small-images",
                "small",
                type=click.Choice(choices["small"]),
                help="Images under 150 ppi: as large as the card, or smaller.",
            ),
            click.option(
                "--flip",
                type=click.Choice(flips),
                help="The edge the printer turns the sheet on; manual: two files, fronts and backs; fold: one side, to be folded; "
                "none: one side with captions; credits: one side, and a list of credits.",
            ),
            click.option("--order", type=click.Choice(choices["order"]), help="cut-stack: cut the pile once, and the cards lie in order."),
            click.option("--marks", type=click.Choice(choices["marks"]), help="Where to cut."),
            click.option("--start", metavar="PLACE", help="The first place used on the first sheet, from 1."),
            turn_option,
            click.option("--printer", metavar="NAME", help="A printer that imagestolive printers remembers."),
            offset_options,
            click.option("--quality", type=click.Choice(choices["quality"]), help="small: 220 ppi, for files that are sent around."),
        ]
    ):
        command = option(command)
    return command


def printed_as(request: Request, options: Mapping[str, Any]) -> Request:
    """The request as the options say it is printed: what is said, then what the printer brings, then as it was.

    Raises NotASize, NumberWrong, DecimalWrong, NoSuchPrinter.
    """
    if options["printer"]:
        request = PrinterFile(printers_path()).find(options["printer"]).request(request)
    named = {name: options[name] for name in ("flip", "back") if options[name]}
    if options["paper"]:
        named["paper"] = CARD_AS_PAPER if options["paper"].strip().lower() == CARD_AS_PAPER else paper(options["paper"]).key
        named["card"] = CARD_FOR_PAPER.get(named["paper"], request.card)
    if options["card"]:
        named["card"] = card_size(options["card"]).key
    return replace(request, **named, printing=_printing(request.printing, options))


def _printing(printing: Printing, options: Mapping[str, Any]) -> Printing:
    named = {
        name: options[name] for name in ("border", "front", "small", "order", "marks", "turn_backs", "quality") if options[name] is not None
    }
    named |= offsets(options)
    if options["start"]:
        named["start"] = sets.whole_number(options["start"], name="--start", least=1, most=sets.START_MOST, field="start")
    return replace(printing, **named)


def offsets(options: Mapping[str, Any]) -> dict[str, float]:
    """The offsets that were said; raises DecimalWrong."""
    return {
        part: read_number(options[name], part, name=f"--{name.replace('_', '-')}", field=name)
        for name, part in NUMBERS.items()
        if options[name]
    }


flip_of_a_printer_option = click.option("--flip", type=click.Choice(FLIPS), help="How this printer comes to print both sides.")
