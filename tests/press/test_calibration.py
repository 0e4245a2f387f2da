"""The calibration page on paper: its back lies as the printer is told to lay it, and its sentences stay in their boxes."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter
from pressed import EN, Made, assert_sound

from imagestolive import calibration as geometry
from imagestolive import resources
from imagestolive.faces.setter import Setter
from imagestolive.press import calibration
from imagestolive.printers import Printer
from imagestolive.units import A4, PAPERS
from imagestolive.words import LANGUAGES

DPI = 127  # five pixels a millimetre


def sides(made: Made, printer: Printer) -> list[Image.Image]:
    out = BytesIO()
    calibration.calibration(made.press, A4, out, EN, printer=printer)
    assert_sound(out.getvalue())
    with pypdfium2.PdfDocument(out.getvalue()) as pdf:
        return [page.render(scale=DPI / 72).to_pil().convert("L") for page in pdf]


def same(one: Image.Image, other: Image.Image) -> bool:
    """Whether what is dark on each is dark on the other, a pixel more or less."""
    dark = [image.point(lambda level: 0 if level < 210 else 255) for image in (one, other)]
    wide = [image.filter(ImageFilter.MinFilter(3)) for image in dark]
    return all(ImageChops.subtract(wide[1 - n], dark[n]).getextrema()[1] == 0 for n in (0, 1))


def test_the_back_is_moved_scaled_and_turned_as_the_printer_is_told(made: Made) -> None:
    front, plain = sides(made, Printer())
    for printer, moved in (
        (Printer(back_x_mm=4, back_y_mm=-2), plain.transform(plain.size, Image.Transform.AFFINE, (1, 0, -20, 0, 1, 10), fillcolor=255)),
        (Printer(turn_backs=True), plain.rotate(180)),
    ):
        again, back = sides(made, printer)
        assert same(back, moved)
        assert not same(back, plain)
        assert not same(front, again)  # it says what the printer is told
    _, larger = sides(made, Printer(back_scale_percent=102))
    (left, *_), (wider, *_) = (image.point(lambda level: 255 if level < 210 else 0).getbbox() for image in (plain, larger))
    middle = plain.width / 2
    assert (middle - wider) / (middle - left) == pytest.approx(1.02, abs=0.003)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("flip", ["long", "short", "manual"])
@pytest.mark.parametrize("paper", PAPERS)
def test_all_sentences_stay_in_their_boxes(made: Made, paper: str, flip: str, lang: str) -> None:
    page = geometry.calibration(PAPERS[paper], flip)  # type: ignore[arg-type]
    told = "turns on the long edge, backs -10 mm to the right, -10 mm down, at 100.25 %, backs turned by half"
    setter = Setter(made.press.metrics)
    for name, sentences in calibration._front_boxes(page, resources.words(lang), "Calibration page, Tabloid", told).items():
        box = page.front.boxes[name]
        lines = list(calibration._sentences(box, sentences, setter, headed=name == "title"))
        assert len(lines) >= len(sentences)
        assert all(line.x_mm >= box.x_mm and line.x_mm + line.width_mm <= box.x_mm + box.width_mm + 0.01 for line in lines)
        assert max(line.baseline_mm for line in lines) <= box.y_mm + box.height_mm
