"""Options that another choice leaves with nothing to do: who gives one by hand is told, rather than find out on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.press import has_backs
from imagestolive.press.products import Product
from imagestolive.sets import Request
from imagestolive.units import CARD_AS_PAPER

_WHERE_BACKS_LIE = ("turn_backs", "back_x", "back_y", "back_scale")
_OF_SHEETS = ("order", "marks", "start", *_WHERE_BACKS_LIE)
_OF_CARDS = ("border", "front", "back", "small")


class IdleOption(ImagesToLiveError):
    sentence = N_("{option} cannot stand beside {choice}, where it would change nothing.")


def given(context: click.Context, names: Sequence[str]) -> str | None:
    """The first of these options that was given by hand, as it is written."""
    options = {parameter.name: parameter.opts[0] for parameter in context.command.params}
    return next((options[name] for name in names if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE), None)


def check_idle(context: click.Context, asked: Request, product: Product) -> None:
    """Raises IdleOption. What is remembered of a printer, and what a saved set says, may well be idle."""
    for choice, names in _idle(asked, product):
        if option := given(context, names):
            raise IdleOption(option=option, choice=choice)


def _idle(asked: Request, product: Product) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a request for a product leaves idle, and the choice that does."""
    sheets, cards = product in ("sheets", "zip"), product in ("sheets", "zip", "cards")
    flips = {"cards": ("long", "short", "none"), "triptych": ("long", "short"), "posters": (), "wallpapers": ()}
    made, flip = f"--as {product}", f"--flip {asked.flip}"
    yield made, ("screen",) if product != "wallpapers" else ("paper", "card", "quality")
    if asked.flip not in flips.get(product, (asked.flip,)):
        yield made, ("flip",)
    if not sheets:
        yield made, _OF_SHEETS
    if not cards:
        yield made, _OF_CARDS if asked.paper == CARD_AS_PAPER else ("card", *_OF_CARDS)
    if cards and not has_backs(asked):
        yield flip, ("back", *_WHERE_BACKS_LIE)
    if cards and asked.flip == "none" and asked.printing.front == "plain":
        yield flip, ("front",)
    if sheets and asked.flip == "fold":
        yield flip, _WHERE_BACKS_LIE
    if sheets and asked.paper == CARD_AS_PAPER:
        yield f"--paper {CARD_AS_PAPER}", ("order", "marks")
