"""The images of a set as wallpapers for phones and screens: a ZIP of PNGs."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Collection
from typing import BinaryIO

from imagestolive import screens
from imagestolive.cards import Card
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, put_away, uncropped
from imagestolive.press.names import file_name
from imagestolive.screens import NothingToShow, ScreenSize
from imagestolive.words import Words
from imagestolive.zips import entry_of


def wallpapers(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    *,
    size: ScreenSize,
    only: Collection[int] = (),
    progress: Progress | None = None,
) -> list[Card]:
    """Writes a ZIP with a PNG for each card of which there is an image to show, and gives the cards, without their pictures' data.

    Raises TooFewImages, NoSuchCard, and NothingToShow for one card that was asked for alone.
    """
    drawn.check_complete(words)
    return press.under_todays_rules(policy, out, lambda today: _write(press, drawn, today, out, words, size, only, progress))


def _write(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    size: ScreenSize,
    only: Collection[int],
    progress: Progress | None,
) -> list[Card]:
    cards: list[Card] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:  # they are packed already
        for card in press.chosen(uncropped(drawn), policy, words, only, progress):
            warnings: tuple[str, ...] = ()
            if card.picture is not None:
                png, warnings = screens.wallpaper(card, size, press.fonts)
                packed.writestr(entry_of(file_name(drawn.code, f"{size.key}-{card.number:04}", "png")), png)
            elif len(set(only)) == 1:
                raise NothingToShow(number=card.number)
            cards.append(dataclasses.replace(put_away(card), warnings=warnings))
    return cards
