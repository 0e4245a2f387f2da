"""Cards that tests make by hand, and PDFs of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from drawn import jpeg

from imagestolive import faces, pdf, sheets
from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.fonts import Fonts
from imagestolive.records import Picture
from imagestolive.sheets import Layout
from imagestolive.typeset import Metrics
from imagestolive.units import CARD_FOR_PAPER, CARD_SIZES, PAPERS
from imagestolive.words import Words

EN = Words("en")
FLICKR_PAGE = "https://www.flickr.com/photos/chr1sp/4781196162"
CASTLE = Credit(
    line='"Laugharne Castle" by Chris_Parfitt is licensed under CC BY 2.0 · https://creativecommons.org/licenses/by/2.0/'
    f" · Source: {FLICKR_PAGE}",
    sense=("“Laugharne Castle”", "by Chris_Parfitt", "is licensed under CC BY 2.0"),
    title="Laugharne Castle",
    author="Chris_Parfitt",
    license_name="CC BY 2.0",
    license_url="https://creativecommons.org/licenses/by/2.0/",
    dataset_terms=None,
    source=FLICKR_PAGE,
    changes=None,
    note=None,
    warnings=(),
)


def fonts(tmp_path_factory: pytest.TempPathFactory) -> Fonts:
    """The faces, made once for all tests of a run."""
    base = tmp_path_factory.getbasetemp()
    return Fonts((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept-fonts")


def photograph(n: int = 0, size_px: tuple[int, int] = (480, 320), **fields: bool) -> Picture:
    """An untouched JPEG of its own colour."""
    data = jpeg(n, size_px)
    sha256 = hashlib.sha256(data).hexdigest()
    return Picture(sha256=sha256, width_px=size_px[0], height_px=size_px[1], channels=3, jpeg=data, untouched=True, **fields)


def pixels(width_px: int, height_px: int) -> Picture:
    """A grey ramp as samples."""
    samples = bytes(n * 255 // (width_px * height_px - 1) for n in range(width_px * height_px))
    sha256 = hashlib.sha256(samples).hexdigest()
    return Picture(sha256=sha256, width_px=width_px, height_px=height_px, channels=1, samples=samples)


def card(number: int = 1, **fields: object) -> Card:
    """A card of the castle; other fields as given."""
    made = Card(
        picture=photograph(number),
        credit=CASTLE,
        dataset="Open Images, 2016",
        number=number,
        of=90,
        person=3,
        code="K7Q2-9FXD",
        qr_url=f"https://flic.kr/p/test{number:02}",
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def printed(
    cards: Sequence[Card],
    kept: Fonts,
    *,
    paper: str = "a4",
    card_key: str | None = None,
    lang: str = "en",
    set_file: bytes = b"{}",
    **layout: object,
) -> bytes:
    """The PDF of some cards; `layout` as in sheets.Layout."""
    how = Layout(**layout)  # type: ignore[arg-type]
    size = CARD_SIZES[card_key or CARD_FOR_PAPER[paper]]
    metrics = Metrics(kept)
    fronts = [faces.front(card, size, metrics) for card in cards]
    backs = [faces.back(card, size, EN, metrics) for card in cards]
    out = BytesIO()
    document = pdf.Document(kept, out)
    turned = [side.height_mm > side.width_mm for side in fronts]
    for page in sheets.impose(turned, sheets.spec_for(PAPERS[paper], size, fold=how.flip == "fold"), how):
        document.sheet(page, lambda place: (fronts if place.side == "front" else backs)[place.index])
    document.save(pdf.About(title="Images to live with, K7Q2-9FXD", lang=lang, flip=how.flip, set_file=set_file))
    return out.getvalue()


def some_cards() -> list[Card]:
    """Five cards: lying, standing, pixels, withdrawn, lying with a pale edge."""
    withdrawn = Card(picture=None, notice="This picture was withdrawn at someone’s request.", number=4, of=5, person=1, code="K7Q2-9FXD")
    return [
        card(1),
        card(2, picture=photograph(2, (300, 450))),
        card(3, picture=pixels(25, 25)),
        withdrawn,
        card(5, picture=photograph(5, pale_edge=True)),
    ]


if __name__ == "__main__":  # python printed.py FONTS OUT: the same cards in another process
    import sys

    Path(sys.argv[2]).write_bytes(printed(some_cards(), Fonts(Path(sys.argv[1]))))
