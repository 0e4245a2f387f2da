"""The images of a set as wallpapers for phones and screens."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import BytesIO

from imagestolive import screens
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, uncropped
from imagestolive.press.names import file_name
from imagestolive.screens import NothingToShow, ScreenSize
from imagestolive.words import Words


def wallpapers(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    words: Words,
    *,
    size: ScreenSize,
    only: Collection[int] = (),
    progress: Progress | None = None,
) -> Iterator[tuple[str, bytes]]:
    """File name and PNG of each card of which there is an image to show. Raises TooFewImages, NoSuchCard, and NothingToShow for one
    card that was asked for alone.
    """
    drawn.check_complete(words)
    numbers = sorted(set(only)) or range(1, drawn.request.slots + 1)
    for done, number in enumerate(numbers, start=1):
        try:
            png = _wallpaper(press, drawn, number, policy, words, size)
        except NothingToShow:
            if len(only) == 1:
                raise
        else:
            yield file_name(drawn.code, f"{size.key}-{number:04}", "png"), png
        if progress:
            progress(done, len(numbers))


def _wallpaper(press: Press, drawn: DrawnSet, number: int, policy: Policy, words: Words, size: ScreenSize) -> bytes:
    out = BytesIO()

    def make(today: Policy) -> None:
        out.write(screens.wallpaper(press.pipeline.card(uncropped(drawn), number, today, words), size, press.fonts))

    press.under_todays_rules(policy, out, make)
    return out.getvalue()
