"""Difference hashes: copies of a photograph are near, others are not, and what says nothing has none."""

from __future__ import annotations

import io
from dataclasses import replace

import drawn
import pytest
from painted import fetched, file
from PIL import Image
from planted import jpeg, photograph

from imagestolive import pictures
from imagestolive.pictures import hashing


def dhash(image: Image.Image) -> int | None:
    return pictures.read(fetched(file(image, "PNG"))).dhash


def apart(one: int | None, other: int | None) -> int:
    assert one is not None
    assert other is not None
    return (one ^ other).bit_count()


def test_copies_of_a_photograph_in_another_size_or_quality_are_near() -> None:
    for n in range(20):
        image = photograph(n)
        for copy in (image.resize((240, 180), Image.Resampling.LANCZOS), Image.open(io.BytesIO(jpeg(image, quality=50)))):
            assert apart(dhash(image), dhash(copy)) <= 4


def test_other_photographs_are_not() -> None:
    hashes = [dhash(photograph(n)) for n in range(40)]
    assert all(apart(one, other) > 4 for place, one in enumerate(hashes) for other in hashes[:place])


def test_bits_are_read_row_by_row_and_say_where_it_gets_darker() -> None:
    falling = Image.frombytes("L", (9, 8), bytes(200 - 20 * column for _ in range(8) for column in range(9)))
    large = falling.resize((90, 80), Image.Resampling.NEAREST)
    assert hashing.difference_hash(large, hashing.small_copy(large)) == 2**64 - 1
    assert (
        hashing.difference_hash(
            large.transpose(Image.Transpose.FLIP_LEFT_RIGHT), hashing.small_copy(large.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
        )
        == 0
    )


@pytest.mark.parametrize("image", [photograph(1, (31, 200)), drawn.picture(3), Image.new("L", (90, 80), 7)])
def test_what_is_too_small_or_too_plain_has_none(image: Image.Image) -> None:
    assert dhash(image) is None


@pytest.mark.parametrize(
    ("image", "uniform"),
    [
        (Image.new("RGB", (60, 40), (200, 10, 10)), True),
        (Image.new("L", (60, 40), 255), True),
        (Image.open(io.BytesIO(jpeg(Image.new("RGB", (60, 40), (90, 91, 200))))), True),
        (drawn.picture(1), False),
        (Image.merge("RGB", [Image.linear_gradient("L"), Image.new("L", (256, 256)), Image.new("L", (256, 256))]), False),
    ],
)
def test_one_tone_all_over_is_told_from_a_picture(image: Image.Image, uniform: bool) -> None:
    assert pictures.read(fetched(file(image, "PNG"))).uniform is uniform


def test_a_single_speck_is_a_picture() -> None:
    image = Image.new("RGB", (600, 400), (240, 240, 240))
    image.putpixel((311, 207), (0, 0, 0))
    assert not pictures.read(fetched(file(image, "PNG"))).uniform


def test_a_picture_that_is_read_again_keeps_its_hash() -> None:
    first = pictures.read(fetched(jpeg(photograph(5))))
    again = pictures.again(fetched(jpeg(photograph(5))), replace(first, jpeg=None))
    assert again == first
    assert again.dhash is not None
