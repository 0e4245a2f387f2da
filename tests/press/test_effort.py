"""What a file is thought to take: it need not be right, but what costs more must count for more, and on the right side of a second."""

from __future__ import annotations

from typing import Any

import pytest

from imagestolive.press.effort import seconds_of
from imagestolive.press.files import MAKERS
from imagestolive.records import Picture
from imagestolive.sets import DataSetPart, Printing, Request

PART = DataSetPart(key="mine", rows=1000, fingerprint="0" * 32)


def picture(width_px: int, height_px: int, *, untouched: bool = True) -> Picture:
    return Picture(sha256="0" * 64, width_px=width_px, height_px=height_px, channels=3, untouched=untouched)


def seconds(file: str, shown: Picture, cards: int = 90, **more: Any) -> float:
    request = Request(people=cards, cards=1, datasets=(PART,), printing=Printing(**more))
    return seconds_of(file, request, [shown] * cards)


JPEG, PNG, TILE = picture(1024, 683), picture(1024, 683, untouched=False), picture(32, 32, untouched=False)


@pytest.mark.parametrize("file", MAKERS)
def test_each_file_has_a_cost_that_grows_with_its_cards_and_their_pixels(file: str) -> None:
    assert 0 < seconds(file, JPEG, 30) < seconds(file, JPEG, 90)
    assert seconds(file, JPEG) <= seconds(file, PNG) < seconds(file, picture(4000, 3000, untouched=False))


@pytest.mark.parametrize("file", ["pdf", "cards.pdf", "posters.pdf", "triptych.pdf", "everything.zip", "credits.csv"])
def test_a_class_set_of_photographs_as_they_are_takes_less_than_a_second(file: str) -> None:
    assert seconds(file, JPEG) < 1


# As measured, in seconds for 90 cards.
@pytest.mark.parametrize(
    ("file", "shown", "more", "measured_s"),
    [
        ("pdf", JPEG, {}, 0.18),
        ("pdf", JPEG, {"quality": "small"}, 1.4),
        ("pdf", PNG, {}, 9.2),
        ("pdf", TILE, {}, 1.3),
        ("triptych.pdf", JPEG, {"quality": "small"}, 3.2),
        ("posters.pdf", TILE, {}, 8.9),
        ("wallpapers-phone.zip", JPEG, {}, 28),
        ("wallpapers-phone.zip", TILE, {}, 5.9),
        ("wallpapers-screen.zip", JPEG, {}, 25),
        ("everything.zip", JPEG, {}, 0.29),
        ("everything.zip", PNG, {}, 15.9),
        ("credits.csv", JPEG, {}, 0.05),
        ("credits.csv", PNG, {}, 3.1),
    ],
)
def test_it_is_near_what_was_measured(file: str, shown: Picture, more: dict[str, Any], measured_s: float) -> None:
    assert measured_s / 3 < seconds(file, shown, **more) < measured_s * 3


def test_cards_without_an_image_cost_what_their_words_do() -> None:
    request = Request(people=30, cards=3, datasets=(PART,))
    assert 0 < seconds_of("pdf", request, []) == seconds_of("pdf", request, [JPEG] * 90)
