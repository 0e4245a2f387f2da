"""How long a file of a set takes to make, roughly, before it is made: what takes longer than a second is made in the background.

The costs were measured on two cores of November 2026 with photographs of 1024 × 683 pixels (JPEG and PNG, with grain) and pictures of
32 × 32 and 300 × 200 pixels, 30 cards a file, the faster of two runs. They are right within a factor of two, which is all that is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from imagestolive import faces
from imagestolive.pdf.images import ENLARGED_MOST_PX
from imagestolive.records import Picture
from imagestolive.screens import SCREENS
from imagestolive.sets import Request
from imagestolive.units import CARD_AS_PAPER, CardSize, card_size, paper

CARD_S = 0.001  # text, QR code, copied JPEG: 0.7 to 1.3 ms
ROW_S = 0.0006  # a credit in a table
READ_S_A_PX = 50e-9  # a picture that is no untouched JPEG is decoded whenever it passes
PACK_S_A_PX = 100e-9  # and packed losslessly
SMALLER_S_A_PX = 40e-9  # a JPEG that is scaled down and written anew: 20 to 50 ns of what it was
ENLARGED_S_A_PX = 8e-9  # pixels drawn as squares of printer's dots: 3 to 8 ns of what comes of it
SCREEN_S_A_PX = 25e-9  # a wallpaper's ground and label
SHOWN_S_A_PX = 300e-9  # and the image on it; the squares of an enlarged one are packed with the ground

CLASS_S = 5.0  # all documents, most of them by a program that begins anew for each
_WRITING_S = {"docx": 0.5, "odt": 0.5, "pptx": 0.5}  # one of these

_Cost = Callable[[Request, Picture], float]


def seconds_of(file: str, request: Request, pictures: Sequence[Picture]) -> float:
    """About how long one of press.files.FILES takes for a set whose cards show these pictures (without their data)."""
    each_s, cost = _COSTS.get(file, (ROW_S, _read))  # a document has the credits of all cards
    return (
        _WRITING_S.get(file.rpartition(".")[2], 0.0)
        + (CLASS_S if file == "class.zip" else 0.0)
        + each_s * request.slots
        + sum(cost(request, picture) for picture in pictures)
    )


def _read(_request: Request, picture: Picture) -> float:
    return 0.0 if picture.untouched else READ_S_A_PX * _px(picture)


def _on_cards(request: Request, picture: Picture) -> float:
    return _printed(request, picture, card_size(request.card))


def _on_pages(request: Request, picture: Picture) -> float:
    """On a poster, or on a third of a sheet, which is smaller."""
    size = card_size(request.card)
    if request.paper != CARD_AS_PAPER:
        sheet = paper(request.paper)
        size = CardSize(key="", name="", width_mm=max(sheet.width_mm, sheet.height_mm), height_mm=min(sheet.width_mm, sheet.height_mm))
    return _printed(request, picture, size)


def _printed(request: Request, picture: Picture, size: CardSize) -> float:
    fit = faces.fit(picture.width_px, picture.height_px, size)
    if fit.dots:
        return _read(request, picture) + ENLARGED_S_A_PX * min(ENLARGED_MOST_PX, _px(picture) * fit.dots**2)
    if request.printing.quality == "small":
        return _read(request, picture) + SMALLER_S_A_PX * _px(picture)
    return 0.0 if picture.untouched else (READ_S_A_PX + PACK_S_A_PX) * _px(picture)


def _zipped(request: Request, picture: Picture) -> float:
    """The sheets, and two more looks at each card: for the credits and for the report."""
    return _on_cards(request, picture) + 2 * _read(request, picture)


def _on_screen(key: str) -> _Cost:
    screen = SCREENS[key]
    screen_px = screen.width_px * screen.height_px

    def cost(request: Request, picture: Picture) -> float:
        scale = min(1.0, screen.width_px / picture.width_px, screen.height_px / picture.height_px)
        shown_px = scale**2 * _px(picture)
        return _read(request, picture) + SCREEN_S_A_PX * screen_px + SHOWN_S_A_PX * shown_px

    return cost


def _px(picture: Picture) -> int:
    return picture.width_px * picture.height_px


# Of a file: seconds for each card whatever it shows, and what its picture adds.
_COSTS: Mapping[str, tuple[float, _Cost]] = {
    "pdf": (CARD_S, _on_cards),
    "fronts.pdf": (CARD_S, _on_cards),
    "backs.pdf": (CARD_S, _read),
    "cards.pdf": (CARD_S, _on_cards),
    "posters.pdf": (CARD_S, _on_pages),
    "triptych.pdf": (CARD_S, _on_pages),
    "wallpapers-phone.zip": (CARD_S, _on_screen("phone")),
    "wallpapers-screen.zip": (CARD_S, _on_screen("screen")),
    "everything.zip": (CARD_S + 2 * ROW_S, _zipped),
    "class.zip": (CARD_S + 5 * ROW_S, _zipped),
    "credits.csv": (ROW_S, _read),
    "credits.json": (ROW_S, _read),
    "credits.html": (ROW_S, _read),
}
