"""The images of a set as wallpapers."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from pressed import EN, Made, place_mm

from imagestolive.pipeline import NoSuchCard
from imagestolive.press.wallpapers import wallpapers
from imagestolive.screens import SCREENS, NothingToShow, screen_size

SMALL = screen_size("640x480")


def made_of(made: Made, **more: object) -> list[tuple[str, bytes]]:
    """File name and PNG of each wallpaper."""
    out = BytesIO()
    wallpapers(made.press, made.drawn, made.policy, out, EN, **{"size": SMALL, **more})  # type: ignore[arg-type]
    with zipfile.ZipFile(out) as packed:
        return [(name, packed.read(name)) for name in packed.namelist()]


def test_each_image_is_a_png_of_the_screens_size_under_a_name_of_its_own(made: Made) -> None:
    done: list[tuple[int, int]] = []
    found = made_of(made, progress=lambda *step: done.append(step))
    assert [name for name, _ in found] == [f"images-to-live-with_K7Q2-9FXD_640x480-{number:04}.png" for number in range(1, 6)]
    assert done == [(number, 5) for number in range(1, 6)]
    for number, (_, png) in enumerate(found, start=1):
        image = Image.open(BytesIO(png))
        assert (image.format, image.size) == ("PNG", (640, 480))
        assert place_mm(image.convert("RGB"), made.colour(number)) is not None


def test_a_phone_has_a_wallpaper_as_high_as_it_is(made: Made) -> None:
    ((name, png),) = made_of(made, size=SCREENS["phone"], only=[2])
    assert name.endswith("_phone-0002.png")
    assert Image.open(BytesIO(png)).size == (SCREENS["phone"].width_px, SCREENS["phone"].height_px)


def test_a_card_without_an_image_is_passed_over_and_refused_when_it_alone_is_asked_for(make: Callable[..., Made]) -> None:
    made = make(1, 3)
    made.policy = made.withdraw(2)
    assert [name[-8:-4] for name, _ in made_of(made)] == ["0001", "0003"]
    with pytest.raises(NothingToShow, match="Card 2"):
        made_of(made, only=[2])
    with pytest.raises(NoSuchCard):
        made_of(made, only=[9])


def test_an_image_that_is_withdrawn_meanwhile_gets_no_wallpaper(make: Callable[..., Made]) -> None:
    made = make(1, 3)
    found = made_of(made, progress=lambda done, _: made.withdraw(2) if done == 3 else None)
    assert [name[-8:-4] for name, _ in found] == ["0001", "0003"]


def test_the_cards_come_back_without_their_pixels_and_with_what_was_lost(make: Callable[..., Made]) -> None:
    made = make(1, 3)
    policy = made.withdraw(2)
    cards = wallpapers(made.press, made.drawn, policy, BytesIO(), EN, size=SMALL)
    assert [card.picture and (card.picture.jpeg, card.picture.samples) for card in cards] == [(None, None), None, (None, None)]
    assert [bool(card.notice) for card in cards] == [False, True, False]
