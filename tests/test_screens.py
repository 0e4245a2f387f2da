"""Wallpapers: the whole image in true pixels, its credit at the foot, and nothing where a screen lays its own things over it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from printed import CASTLE, card, fonts, photograph, pixels

from imagestolive import screens
from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.faces import Side, Text
from imagestolive.fonts import Fonts
from imagestolive.records import Picture
from imagestolive.screens import NotAScreenSize, NothingToShow, ScreenSize, arrange, screen_size, wallpaper
from imagestolive.typeset import Metrics
from imagestolive.units import pt

PHONE, SCREEN = screen_size("phone"), screen_size("screen")
NAMELESS = replace(
    CASTLE,
    line="Untitled image (author not recorded) · Image license not recorded",
    sense=("Untitled image", "(author not recorded)"),
    title=None,
    author=None,
    license_name="Image license not recorded",
    license_url=None,
    dataset_terms="Data set under CC BY 4.0 · https://creativecommons.org/licenses/by/4.0/",
)
ENDLESS = replace(CASTLE, sense=(f"“{'A long title in the sun ' * 20}”", "by " + "Somebody " * 12, "is licensed under CC BY 2.0"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Fonts:
    return fonts(tmp_path_factory)


@pytest.fixture(scope="module")
def metrics(kept: Fonts) -> Metrics:
    return Metrics(kept)


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def png(told: Card, size: ScreenSize, kept: Fonts) -> bytes:
    return wallpaper(told, size, kept)[0]


def lines(label: Side | None) -> list[str]:
    assert label is not None
    return [item.string for item in label.items if isinstance(item, Text)]


def is_bare(image: Image.Image) -> bool:
    return image.getcolors() == [(image.width * image.height, screens.PAPER)]


def of_size(width_px: int, height_px: int) -> Picture:
    return Picture(sha256="0" * 64, width_px=width_px, height_px=height_px, channels=1)


# Sizes


def test_a_size_is_named_or_written_out() -> None:
    assert [(size.width_px, size.height_px) for size in screens.SCREENS.values()] == [(1080, 2400), (1640, 2360), (1920, 1080)]
    assert screen_size(" Phone ") == PHONE
    for typed in ("1280x800", "1280 × 800", "1280X800"):
        found = screen_size(typed)
        assert (found.key, found.width_px, found.height_px) == ("1280x800", 1280, 800)
    assert screen_size("7680x4320").width_px == 7680


@pytest.mark.parametrize("typed", ["", "tv", "319x800", "800x7681", "7680x7680", "1280", "-800x800", "1e3x800", "１２８０x800", "9" * 5000])
def test_what_is_no_size_of_a_screen_is_refused_in_words(typed: str) -> None:
    with pytest.raises(NotAScreenSize, match="each side from 320 to 7680, and at most 34 megapixels") as refusal:
        screen_size(typed)
    assert len(str(refusal.value)) < 220


# Where things lie


@pytest.mark.parametrize(
    ("size_px", "screen", "place"),
    [
        ((28, 28), "phone", (64, 817, 952, 952)),  # 34 times
        ((500, 375), "phone", (290, 1106, 500, 375)),  # once
        ((480, 320), "phone", (60, 973, 960, 640)),  # twice
        ((2000, 1500), "phone", (54, 929, 972, 729)),  # down
        ((1500, 2000), "phone", (54, 645, 972, 1296)),
        ((64, 64), "screen", (576, 85, 768, 768)),  # 12 times
        ((4000, 3000), "screen", (406, 54, 1108, 831)),
        ((12_000, 1), "screen", (54, 469, 1812, 1)),
    ],
)
def test_an_image_lies_whole_in_the_middle_at_a_whole_multiple_or_scaled_down(
    size_px: tuple[int, int], screen: str, place: tuple[int, int, int, int], metrics: Metrics
) -> None:
    found = arrange(of_size(*size_px), CASTLE, "Open Images, 2016", screen_size(screen), metrics).image
    assert (found.x_px, found.y_px, found.width_px, found.height_px) == place


@settings(max_examples=150, deadline=None)
@given(
    size_px=st.tuples(st.integers(1, 12_000), st.integers(1, 12_000)),
    screen_px=st.tuples(st.integers(320, 3000), st.integers(320, 3000)),
    credit=st.sampled_from([CASTLE, NAMELESS, ENDLESS, None]),
)
def test_nothing_is_cut_covered_or_enlarged_smoothly(
    size_px: tuple[int, int], screen_px: tuple[int, int], credit: Credit | None, metrics: Metrics
) -> None:
    width, height = screen_px
    found = arrange(of_size(*size_px), credit, "Open Images, 2016", screen_size(f"{width}x{height}"), metrics)
    image, label = found.image, found.label
    assert 0 < image.x_px <= image.x_px + image.width_px < width
    assert (height // 4 if height > width else 1) <= image.y_px + 1
    if image.width_px > size_px[0] or image.height_px > size_px[1]:
        assert image.width_px % size_px[0] == image.height_px % size_px[1] == 0
        assert image.width_px // size_px[0] == image.height_px // size_px[1]
    else:
        scale = image.width_px / size_px[0] if size_px[0] >= size_px[1] else image.height_px / size_px[1]
        assert abs(scale * size_px[0] - image.width_px) <= 1
        assert abs(scale * size_px[1] - image.height_px) <= 1
    if label is None:
        return
    assert image.y_px + image.height_px <= found.label_y_px
    assert found.label_x_px + pt(label.width_mm) <= width
    assert found.label_y_px + pt(label.height_mm) <= height - height // 12 + 1
    assert pt(label.height_mm) <= height / 4 + 1
    for text in label.items:
        assert isinstance(text, Text)
        assert found.label_x_px + pt(text.width_mm) <= width + 0.01


# What the label says


def test_the_label_says_title_author_license_data_set_and_address(metrics: Metrics) -> None:
    found = arrange(of_size(2000, 1500), CASTLE, "Open Images, 2016", PHONE, metrics)
    assert lines(found.label) == [
        "“Laugharne Castle” by Chris_Parfitt",
        "CC BY 2.0 · Open Images, 2016",
        "https://creativecommons.org/licenses/by/2.0/",
    ]
    assert found.label_x_px == found.image.x_px


def test_a_label_without_a_license_gives_the_terms_of_the_data_set(metrics: Metrics) -> None:
    assert lines(arrange(of_size(64, 64), NAMELESS, "Digits, 1998", SCREEN, metrics).label) == [
        "Untitled image (author not recorded)",
        "Image license not recorded · Digits, 1998",
        "Data set under CC BY 4.0 · https://creativecommons.org/licenses/by/4.0/",
    ]


def test_a_title_without_end_shortens_and_nothing_else_does(metrics: Metrics) -> None:
    said = " ".join(lines(arrange(of_size(800, 600), ENDLESS, "Open Images, 2016", screen_size("400x320"), metrics).label))
    assert "…” by " in said
    assert said.count("Somebody") == 12
    assert "https://creativecommons.org/licenses/by/2.0/" in said


# The file


def test_the_pixels_of_the_image_are_its_own(kept: Fonts) -> None:
    picture = photograph(1, (500, 375))
    assert picture.jpeg is not None
    image = opened(png(card(picture=picture), PHONE, kept))
    assert (image.mode, image.size) == ("RGB", (1080, 2400))
    assert image.crop((290, 1106, 790, 1481)).tobytes() == Image.open(io.BytesIO(picture.jpeg)).tobytes()


def test_clock_foot_and_margins_are_bare_and_the_label_is_not(kept: Fonts) -> None:
    image = opened(png(card(picture=pixels(28, 28), credit=ENDLESS), PHONE, kept))
    assert is_bare(image.crop((0, 0, 1080, 600)))
    assert is_bare(image.crop((0, 2160, 1080, 2400)))
    assert is_bare(image.crop((0, 0, 54, 2400)))
    assert is_bare(image.crop((1026, 0, 1080, 2400)))
    label = image.crop((54, 1900, 1026, 2160))
    darkest = min(sum(colour) for _, colour in label.getcolors(1 << 16) or [] if isinstance(colour, tuple))
    assert darkest == sum(screens.INK)


def test_an_image_as_pale_as_the_ground_has_a_hairline(kept: Fonts) -> None:
    bare, lined = (
        opened(png(card(picture=replace(pixels(28, 28), pale_edge=pale)), PHONE, kept)).getpixel((63, 1700)) for pale in (False, True)
    )
    assert (bare, lined) == (screens.PAPER, screens.RULE)


def test_title_author_and_credit_are_in_the_file_too(kept: Fonts) -> None:
    first = wallpaper(card(), SCREEN, kept)
    assert opened(first[0]).info == {"Title": "Laugharne Castle", "Author": "Chris_Parfitt", "Copyright": CASTLE.line}
    assert opened(png(card(credit=NAMELESS), SCREEN, kept)).info == {"Copyright": NAMELESS.line}
    assert wallpaper(card(), SCREEN, kept) == first


def test_a_card_without_a_credit_is_an_image_alone(kept: Fonts) -> None:
    image = opened(png(card(credit=None), SCREEN, kept))
    assert image.info == {}
    assert is_bare(image.crop((0, 0, 1920, 54)))


def test_what_a_label_had_to_give_up_is_told(kept: Fonts) -> None:
    assert wallpaper(card(), SCREEN, kept)[1] == ()
    strange = replace(CASTLE, sense=("“𒀀”", "by Somebody", "is licensed under CC BY 2.0"))
    assert wallpaper(card(credit=strange), SCREEN, kept)[1] == ("no-glyph: 𒀀",)
    assert wallpaper(card(credit=ENDLESS), screen_size("320x320"), kept)[1] == ("title-shortened",)


def test_a_card_without_a_picture_has_no_wallpaper(kept: Fonts) -> None:
    with pytest.raises(NothingToShow, match="Card 7 has no image to show"):
        wallpaper(card(7, picture=None, notice="This picture was withdrawn at someone’s request."), PHONE, kept)
