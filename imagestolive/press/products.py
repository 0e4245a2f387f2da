"""Every file that can be made of a set, by its name: what the command line calls --as, and the pages their downloads."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO, Literal, get_args

from imagestolive.cards import Card
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press
from imagestolive.press.archive import archive
from imagestolive.press.posters import posters
from imagestolive.press.singles import single_cards
from imagestolive.press.triptychs import triptychs
from imagestolive.press.wallpapers import wallpapers
from imagestolive.screens import ScreenSize, screen_size
from imagestolive.sets import Request
from imagestolive.units import CARD_AS_PAPER, card_size
from imagestolive.words import Words

Product = Literal["sheets", "fronts", "backs", "cards", "posters", "triptych", "zip", "wallpapers"]
PRODUCTS: tuple[Product, ...] = get_args(Product)
ENDINGS: dict[Product, str] = {"zip": "zip", "wallpapers": "zip"}  # the others are PDFs


def write(
    product: Product,
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    *,
    only: Collection[int] = (),
    screen: ScreenSize | None = None,
    progress: Progress | None = None,
) -> list[Card]:
    """Writes one product of a set to `out`, a file that can be read, written and written again; gives its cards.

    Raises what the makers of the product raise: TooFewImages, NoSuchCard, DoesNotFit, ...
    """
    request = drawn.request
    match product:
        case "sheets":
            return press.sheets(drawn, policy, out, words, only=only, progress=progress)
        case "fronts" | "backs":
            return press.sheets(drawn, policy, out, words, part=product, only=only, progress=progress)
        case "cards":
            return single_cards(press, drawn, policy, out, words, only=only, progress=progress)
        case "posters":
            return posters(press, drawn, policy, out, words, paper_key=_paper_key(request), only=only, progress=progress)
        case "triptych":
            flip: Literal["long", "short"] = "short" if request.flip == "short" else "long"
            return triptychs(press, drawn, policy, out, words, paper_key=_paper_key(request), flip=flip, only=only, progress=progress)
        case "zip":
            return archive(press, drawn, policy, out, words, progress=progress)
        case "wallpapers":
            size = screen or screen_size("phone")
            return wallpapers(press, drawn, policy, out, words, size=size, only=only, progress=progress)


def _paper_key(request: Request) -> str:
    """The paper of what is no card; where each card is a page, a page of that size."""
    if request.paper != CARD_AS_PAPER:
        return request.paper
    size = card_size(request.card)
    return f"{size.height_mm:g}x{size.width_mm:g}mm"
