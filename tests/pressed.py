"""Sets over pictures that tests draw, and what became of them on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
from drawn import COLOURS, folder, pixels
from PIL import Image

from imagestolive import pdf
from imagestolive.config import Config, DataSetConfig
from imagestolive.pipeline import DrawnSet, Pipeline
from imagestolive.policy import Policy
from imagestolive.press import Press
from imagestolive.words import Words

CODE = "K7Q29FXD"
EN = Words("en")


@dataclass
class Made:
    """A set of a folder of six pictures, each of its own colour, and the rules it was drawn under."""

    press: Press
    drawn: DrawnSet
    policy: Policy
    flags: Path

    def withdraw(self, number: int) -> Policy:
        """The rules from now on, under which this card shows no image."""
        with self.flags.open("a", encoding="utf-8") as file:
            file.write(f"mine,{self.drawn.picks[number].image_id},asked to\n")
        return self.press.pipeline.policy(sold=False)

    def colour(self, number: int) -> tuple[int, int, int]:
        return COLOURS[int(self.drawn.picks[number].image_id[:3])]


def made(root: Path, data_folder: Path, people: int, cards: int, paint: Callable[[Path], None] | None = None, **request: object) -> Made:
    folder(root / "mine", 6)
    if paint:
        paint(root / "mine")
    flags = root / "flags.csv"
    flags.write_text("dataset,image_id,reason\n", encoding="utf-8")
    datasets = {"mine": DataSetConfig(key="mine", root=root / "mine")}
    pipeline = Pipeline(Config(datasets=datasets, starter=False, flags=flags, data_folder=data_folder))
    policy = pipeline.policy(sold=False)
    asked = {"paper": "a4", "lang": "en", **request}
    wanted, _ = pipeline.request(people=people, cards=cards, keys=None, policy=policy, **asked)  # type: ignore[arg-type]
    return Made(press=Press(pipeline), drawn=pipeline.draw(wanted, CODE, (), policy), policy=policy, flags=flags)


def two_toned(root: Path, size_px: tuple[int, int] = (330, 220)) -> None:
    """Six pictures, black in their lower half; every other one stands."""
    for n, colour in enumerate(COLOURS):
        width, height = size_px if n % 2 else size_px[::-1]
        image = Image.new("RGB", (width, height), colour)
        image.paste((0, 0, 0), (0, height // 2, width, height))
        image.save(root / f"{n:03}.jpg", quality=95)


def rasters(data: bytes, dpi: int = 50) -> list[Image.Image]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def texts(data: bytes) -> list[str]:
    """What can be copied out of each page."""
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def bookmarks(data: bytes) -> list[str]:
    with pikepdf.open(BytesIO(data)) as document, document.open_outline() as outline:
        return [item.title for item in outline.root]


def place_mm(page: Image.Image, colour: Sequence[int], dpi: int = 50) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of what has about this colour; None: nothing has."""
    near = [abs(r - colour[0]) + abs(g - colour[1]) + abs(b - colour[2]) < 45 for r, g, b in pixels(page)]
    found = [(n % page.width, n // page.width) for n, hit in enumerate(near) if hit]
    if len(found) < 20:
        return None
    xs, ys = [x for x, _ in found], [y for _, y in found]
    left, top, right, bottom = min(xs), min(ys), max(xs) + 1, max(ys) + 1
    return tuple(round(edge * 25.4 / dpi, 1) for edge in (left, top, right, bottom))  # type: ignore[return-value]


def assert_sound(data: bytes) -> None:
    """PDF/A-3b, and nothing that qpdf --check finds fault with."""
    assert pdf.faults(BytesIO(data)) == []
    with pikepdf.open(BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
