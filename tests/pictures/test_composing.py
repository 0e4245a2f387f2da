"""Pictures, rectangles and type in one PNG: true pixels, what lies on what, and words without dates."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from painted import fetched, file, near, photograph, pixels
from PIL import Image

from imagestolive.pictures import Ink, Patch, Shown, compose, read

PAPER = (247, 245, 240)


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def shown(source: Image.Image, x_px: int, y_px: int, width_px: int, height_px: int) -> Shown:
    return Shown(picture=read(fetched(file(source, "PNG"))), x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)


def test_a_picture_at_its_own_size_keeps_every_pixel() -> None:
    for picture in (read(fetched(file(photograph(40, 30), kind))) for kind in ("PNG", "JPEG")):
        image = opened(compose(60, 50, PAPER, [Shown(picture=picture, x_px=7, y_px=9, width_px=40, height_px=30)], texts={}))
        assert (image.mode, image.size) == ("RGB", (60, 50))
        assert image.crop((7, 9, 47, 39)).tobytes() == pixels(picture).convert("RGB").tobytes()
        assert image.getpixel((6, 9)) == image.getpixel((47, 38)) == PAPER


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 9), st.binary(min_size=6, max_size=6))
def test_a_small_picture_is_made_of_squares(times: int, greys: bytes) -> None:
    picture = read(fetched(greys, shape=(2, 3, 1)))
    layer = Shown(picture=picture, x_px=0, y_px=0, width_px=3 * times, height_px=2 * times)
    image = opened(compose(3 * times, 2 * times, PAPER, [layer], texts={}))
    for x in range(3 * times):
        for y in range(2 * times):
            assert image.getpixel((x, y)) == (greys[3 * (y // times) + x // times],) * 3


def test_a_large_picture_is_scaled_down_smoothly() -> None:
    stripes = Image.new("L", (200, 100), 255)
    for x in range(0, 200, 2):
        stripes.paste(0, (x, 0, x + 1, 100))
    image = opened(compose(50, 25, PAPER, [shown(stripes, 0, 0, 50, 25)], texts={}))
    assert near(image.getpixel((25, 12)), (128, 128, 128), within=8)  # type: ignore[arg-type]


def test_what_comes_later_lies_above() -> None:
    patch = Patch(x_px=1, y_px=1, width_px=6, height_px=6, rgb=(1, 2, 3))
    picture = shown(Image.new("RGB", (4, 4), (200, 100, 50)), 2, 2, 4, 4)
    image = opened(compose(8, 8, PAPER, [patch, picture], texts={}))
    assert [image.getpixel((place, place)) for place in (0, 1, 2, 5, 6, 7)] == [
        PAPER, (1, 2, 3), (200, 100, 50), (200, 100, 50), (1, 2, 3), PAPER,
    ]  # fmt: skip


def test_ink_covers_by_its_tones_and_may_reach_over_the_edge() -> None:
    ink = Ink(x_px=1, y_px=0, width_px=3, height_px=1, tones=bytes((0, 255, 128)), rgb=(0, 0, 0))
    image = opened(compose(3, 1, (200, 200, 200), [ink], texts={}))
    assert [image.getpixel((x, 0)) for x in range(3)] == [(200, 200, 200), (0, 0, 0), (200, 200, 200)]


def test_the_words_of_a_png_are_in_any_script_and_say_no_date() -> None:
    said = {"Title": "Flor", "Author": "写真家", "Copyright": "© Ana"}
    first, again = (compose(4, 4, PAPER, [], texts=said) for _ in range(2))
    assert first == again
    assert opened(first).info == said
    assert b"tIME" not in first
