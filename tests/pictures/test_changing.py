"""Pictures made of pictures: pixels as squares, thumbnails, and light copies for light files."""

from __future__ import annotations

import io
import zlib
from hashlib import shake_128

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from painted import JPEG, RED, fetched, file, near, photograph, pixel, pixels
from PIL import Image, ImageCms

from imagestolive.pictures import enlarge, read, room_bytes, small, thumbnail
from imagestolive.records import Picture

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
A6_220_PPI = 1143, 771  # 132 x 89 mm, all that the border leaves


def grainy(width_px: int, height_px: int, *, grain: float) -> Image.Image:
    """A smooth picture with noise in all channels."""
    noise = Image.frombytes("RGB", (width_px, height_px), shake_128(b"grain").digest(3 * width_px * height_px))
    return Image.blend(Image.radial_gradient("L").resize((width_px, height_px)).convert("RGB"), noise, grain)


def quality_of(picture: Picture) -> list[int]:
    assert picture.jpeg is not None
    return list(Image.open(io.BytesIO(picture.jpeg)).quantization[0])


def test_enlarged_pixels_are_squares() -> None:
    grey = enlarge(read(fetched(bytes((0, 255)), shape=(1, 2, 1))), 3)
    assert (grey.width_px, grey.height_px, grey.samples) == (6, 3, bytes((0, 0, 0, 255, 255, 255)) * 3)
    picture = read(fetched(JPEG))
    large = enlarge(picture, 2)
    assert (large.width_px, large.height_px, large.channels, large.jpeg, large.untouched) == (192, 128, 3, None, False)
    assert large.sha256 == picture.sha256
    assert pixel(large, 101, 51) == pixel(large, 100, 50) == pixel(picture, 50, 25)


def test_a_thumbnail_is_small_and_bare() -> None:
    picture = read(fetched(file(photograph(600, 400), "JPEG", icc_profile=SRGB)))
    data, mimetype = thumbnail(picture, 150)
    small = Image.open(io.BytesIO(data))
    assert (mimetype, small.format, small.size) == ("image/jpeg", "JPEG", (150, 100))
    assert b"ICC_PROFILE" not in data
    assert near(tuple(small.getpixel((20, 20)) or ()), RED, within=40)  # type: ignore[arg-type]
    assert thumbnail(picture, 150) == (data, mimetype)


def test_a_thumbnail_is_never_larger_than_its_picture() -> None:
    data, mimetype = thumbnail(read(fetched(file(photograph(200, 150), "JPEG"))), 800)
    assert (mimetype, Image.open(io.BytesIO(data)).size) == ("image/jpeg", (200, 150))


def test_a_picture_of_few_pixels_keeps_them_all_in_its_thumbnail() -> None:
    rows = bytes(range(192))
    data, mimetype = thumbnail(read(fetched(rows, shape=(8, 8, 3))), 300)
    assert mimetype == "image/png"
    assert Image.open(io.BytesIO(data)).tobytes() == rows
    jpeg = read(fetched(file(photograph(64, 64), "JPEG", icc_profile=SRGB)))
    data, mimetype = thumbnail(jpeg, 300)
    assert mimetype == "image/png"
    assert Image.open(io.BytesIO(data)).tobytes() == pixels(jpeg).tobytes()
    assert "icc_profile" not in Image.open(io.BytesIO(data)).info


# For a light file


def test_a_large_photograph_becomes_small_in_its_own_proportions() -> None:
    picture = read(fetched(file(grainy(2400, 1600, grain=0.05), "JPEG", quality=95)))
    light = small(picture, *A6_220_PPI)
    assert (light.width_px, light.height_px) == (1143, 762)
    assert (light.untouched, light.samples, light.sha256) == (False, None, picture.sha256)
    assert quality_of(light) == quality_of(read(fetched(file(photograph(), "JPEG", quality=85))))
    assert light.jpeg is not None
    assert Image.open(io.BytesIO(light.jpeg)).layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]
    assert near(pixel(light, 570, 380), pixel(picture, 1200, 800), within=40)
    assert small(picture, *A6_220_PPI) == light


@pytest.mark.parametrize("size_px", [(4000, 3000), (1143, 771), (640, 480), (700, 1500)])
@pytest.mark.parametrize("grain", [0.05, 0.2, 0.5])
def test_ninety_grainy_photographs_come_within_nine_megabytes(size_px: tuple[int, int], grain: float) -> None:
    picture = read(fetched(file(grainy(*size_px, grain=grain), "JPEG", quality=92)))
    width_px, height_px = A6_220_PPI if size_px[0] > size_px[1] else A6_220_PPI[::-1]
    light = small(picture, width_px, height_px)
    assert light.jpeg is not None
    assert 90 * len(light.jpeg) <= 9_000_000


def test_a_copy_loses_quality_only_where_there_is_no_more_room() -> None:
    picture = read(fetched(file(grainy(1143, 771, grain=0.3), "JPEG", quality=92)))
    usual = quality_of(read(fetched(file(photograph(), "JPEG", quality=85))))
    assert quality_of(small(picture, *A6_220_PPI)) > usual
    assert quality_of(small(picture, *A6_220_PPI, more_bytes=10**6)) == usual
    poor = small(picture, *A6_220_PPI, more_bytes=-room_bytes(*A6_220_PPI) // 2)
    assert quality_of(poor) > quality_of(small(picture, *A6_220_PPI))
    assert small(picture, *A6_220_PPI, more_bytes=-(10**6)).jpeg is not None


def test_a_jpeg_that_is_light_enough_stays_untouched() -> None:
    picture = read(fetched(file(photograph(500, 375), "JPEG", quality=85)))
    assert small(picture, *A6_220_PPI) is picture
    heavy = read(fetched(file(grainy(1000, 700, grain=0.3), "JPEG", quality=95)))
    light = small(heavy, *A6_220_PPI)
    assert (light.width_px, light.height_px, light.untouched) == (1000, 700, False)


@pytest.mark.parametrize("size_px", [(28, 28), (96, 64), (380, 256)])
def test_a_picture_whose_pixels_are_squares_stays_as_it_is(size_px: tuple[int, int]) -> None:
    for kind in ("PNG", "JPEG"):
        picture = read(fetched(file(grainy(*size_px, grain=1), kind)))
        assert small(picture, *A6_220_PPI) is picture


def test_a_drawing_that_packs_well_stays_without_loss() -> None:
    drawing = Image.new("RGB", (1000, 700), "white")
    drawing.paste((200, 20, 30), (100, 100, 500, 400))
    picture = read(fetched(file(drawing, "PNG")))
    assert small(picture, *A6_220_PPI) is picture
    photographed = read(fetched(file(grainy(1000, 700, grain=0.1), "PNG")))
    assert small(photographed, *A6_220_PPI).jpeg is not None


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    size_px=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    room_px=st.tuples(st.integers(1, 400), st.integers(1, 400)),
    kind=st.sampled_from(["PNG", "JPEG"]),
    mode=st.sampled_from(["L", "RGB"]),
    grain=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_a_small_copy_is_never_larger_never_heavier_and_of_the_same_shape(
    size_px: tuple[int, int], room_px: tuple[int, int], kind: str, mode: str, grain: float
) -> None:
    picture = read(fetched(file(grainy(*size_px, grain=grain).convert(mode), kind)))
    light = small(picture, *room_px)
    if light is picture:
        return
    assert light.jpeg is not None
    assert pixels(light).load()
    assert len(light.jpeg) < (len(picture.jpeg) if picture.jpeg else len(zlib.compress(picture.samples or b"")))
    assert light.width_px <= min(picture.width_px, room_px[0])
    assert light.height_px <= min(picture.height_px, room_px[1])
    scale = min(1, room_px[0] / picture.width_px, room_px[1] / picture.height_px)
    assert abs(light.width_px - scale * picture.width_px) <= 1
    assert abs(light.height_px - scale * picture.height_px) <= 1
    assert (light.channels, light.sha256, light.pale_edge, light.untouched) == (picture.channels, picture.sha256, picture.pale_edge, False)
