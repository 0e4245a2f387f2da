"""Fronts: where the image lies, its keyline, the caption, and words where there is no image."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from placed import said, too_near_the_trim, touching
from printed import CASTLE, card, photograph, pixels

from imagestolive.credits import Credit
from imagestolive.faces import Frame, Image, Side, Small, Span, Text, enough_left, fit, front
from imagestolive.typeset import Metrics
from imagestolive.units import A5, A6, QUARTER_LETTER, CardSize, mm


@pytest.mark.parametrize(
    ("size_px", "dots", "ppi", "turned", "size_mm"),
    [
        ((640, 408), None, 123, False, (132.0, 84.15)),
        ((480, 639), None, 137, True, (89.0, 118.48)),
        ((64, 64), 16, 19, False, (86.7, 86.7)),
        ((28, 28), 37, 8, False, (87.71, 87.71)),
        ((128, 128), 8, 38, False, (86.7, 86.7)),
        ((25, 25), 42, 7, False, (88.9, 88.9)),
        ((100, 109), 9, 33, False, (76.2, 83.06)),  # 1.09: lies
        ((100, 110), 10, 30, True, (84.67, 93.13)),  # 1.1: turned
        ((300, 253), None, 72, False, (105.53, 89.0)),  # 72.2 ppi: no pixel is seen
        ((252, 252), 4, 75, False, (85.34, 85.34)),  # 71.9 ppi: they are
        ((5000, 1), None, 962, False, (132.0, 0.03)),
    ],
)
def test_an_image_is_whole_and_as_large_as_the_border_allows(
    size_px: tuple[int, int], dots: int | None, ppi: int, turned: bool, size_mm: tuple[float, float]
) -> None:
    place = fit(*size_px, A6)
    assert (place.dots, round(place.ppi), place.turned) == (dots, ppi, turned)
    assert (round(place.width_mm, 2), round(place.height_mm, 2)) == size_mm


@given(
    width_px=st.integers(1, 12_000),
    height_px=st.integers(1, 12_000),
    size=st.sampled_from([A6, QUARTER_LETTER]),
)
def test_the_whole_image_is_shown_in_its_own_proportions(width_px: int, height_px: int, size: CardSize) -> None:
    place = fit(width_px, height_px, size)
    card_width, card_height = (size.height_mm, size.width_mm) if place.turned else (size.width_mm, size.height_mm)
    assert place.x_mm >= 8 - 1e-9
    assert place.y_mm >= 8 - 1e-9
    assert 2 * place.x_mm + place.width_mm == pytest.approx(card_width)
    assert 2 * place.y_mm + place.height_mm == pytest.approx(card_height)
    assert place.width_mm / place.height_mm == pytest.approx(width_px / height_px)
    assert place.ppi == pytest.approx(25.4 * width_px / place.width_mm)
    assert place.turned == (10 * height_px >= 11 * width_px)
    assert place.dots is not None or place.ppi >= 72


@pytest.mark.parametrize(
    ("size_px", "small", "dots", "ppi", "size_mm"),
    [
        ((640, 408), "as-is", None, 150, (108.37, 69.09)),
        ((640, 408), "thumbnail", None, 406, (40.0, 25.5)),
        ((480, 639), "thumbnail", None, 406, (30.05, 40.0)),
        ((28, 28), "as-is", None, 150, (4.74, 4.74)),
        ((28, 28), "thumbnail", 16, 19, (37.93, 37.93)),
        ((100, 60), "thumbnail", 4, 75, (33.87, 20.32)),
        ((780, 520), "as-is", None, 150, (132.0, 88.0)),  # 150.1 ppi at the box: not small
        ((779, 520), "thumbnail", None, 495, (40.0, 26.7)),  # 149.9
    ],
)
def test_a_small_image_may_print_as_it_is_or_as_a_thumbnail(
    size_px: tuple[int, int], small: Small, dots: int | None, ppi: int, size_mm: tuple[float, float]
) -> None:
    place = fit(*size_px, A6, small=small)
    assert (place.dots, round(place.ppi)) == (dots, ppi)
    assert (round(place.width_mm, 2), round(place.height_mm, 2)) == size_mm
    card_width, card_height = (105, 148) if place.turned else (148, 105)
    assert (2 * place.x_mm + place.width_mm, 2 * place.y_mm + place.height_mm) == pytest.approx((card_width, card_height))


@pytest.mark.parametrize("small", ["as-is", "thumbnail"])
def test_an_image_with_enough_pixels_fills_its_card_whatever_is_said_of_small_ones(small: Small) -> None:
    assert fit(3000, 2000, A6, small=small) == fit(3000, 2000, A6)


@given(width_px=st.integers(1, 12_000), height_px=st.integers(1, 12_000), size=st.sampled_from([A6, QUARTER_LETTER, A5]))
def test_an_image_that_bleeds_covers_the_card_and_3_mm_around_it(width_px: int, height_px: int, size: CardSize) -> None:
    place = fit(width_px, height_px, size, bleeds=True)
    card_width, card_height = (size.height_mm, size.width_mm) if place.turned else (size.width_mm, size.height_mm)
    assert place.bleeds
    assert max(place.x_mm, place.y_mm) <= -3 + 1e-9
    assert min(place.x_mm + place.width_mm - card_width, place.y_mm + place.height_mm - card_height) >= 3 - 1e-9
    assert 2 * place.x_mm + place.width_mm == pytest.approx(card_width)
    assert place.width_mm / place.height_mm == pytest.approx(width_px / height_px)
    if place.dots is None:  # no larger than need be
        assert max(place.x_mm, place.y_mm) == pytest.approx(-3)
    else:
        assert place.ppi == 300 / place.dots


def test_a_front_is_an_image_and_white_paper(metrics: Metrics) -> None:
    side = front(card(picture=photograph(1, (320, 480))), A6, metrics)
    assert (side.width_mm, side.height_mm) == (105, 148)
    assert [type(item) for item in side.items] == [Image]


def test_a_keyline_lies_outside_an_image_with_a_pale_edge(metrics: Metrics) -> None:
    image, frame = front(card(picture=photograph(1, pale_edge=True)), A6, metrics).items
    assert isinstance(image, Image)
    assert isinstance(frame, Frame)
    assert (frame.grey, frame.width_pt) == (0.7, 0.25)
    half_a_line = mm(0.25) / 2
    assert frame.x_mm + half_a_line == pytest.approx(image.x_mm)
    assert frame.y_mm + frame.height_mm - half_a_line == pytest.approx(image.y_mm + image.height_mm)


def test_an_image_bleeds_if_its_license_lets_it_be_cut(metrics: Metrics) -> None:
    side = front(card(picture=photograph(1, pale_edge=True), may_crop=True), A6, metrics, bleeds=True)
    (image,) = side.items
    assert isinstance(image, Image)
    assert side.bleeds
    assert side.warnings == ()
    assert (round(image.x_mm, 2), round(image.width_mm, 2)) == (-9.25, 166.5)  # 480 x 320 over 154 x 111
    kept = front(card(may_crop=False), A6, metrics, bleeds=True)
    assert not kept.bleeds
    assert kept.warnings == ("not-cropped",)
    assert kept.items == front(card(may_crop=False), A6, metrics).items


@pytest.mark.parametrize(
    ("width_px", "height_px", "enough"),
    [(640, 480, True), (480, 640, True), (400, 400, True), (1600, 400, True), (1700, 400, False), (12_000, 1, False), (1, 12_000, False)],
)
def test_no_image_is_cut_of_which_less_than_a_third_would_be_left(width_px: int, height_px: int, enough: bool) -> None:
    assert enough_left(width_px, height_px, A6) is enough


def test_a_card_without_an_image_says_why_in_the_middle(metrics: Metrics) -> None:
    withdrawn = card(7, picture=None, credit=None, notice="This picture was withdrawn at someone’s request.")
    for bleeds in (False, True):
        (text,) = front(withdrawn, A6, metrics, bleeds=bleeds, caption=True, small="thumbnail").items
        assert isinstance(text, Text)
        assert (text.string, text.face, text.size_pt) == ("This picture was withdrawn at someone’s request.", "serif", 10.5)
        assert text.x_mm + text.width_mm / 2 == pytest.approx(74)
        assert text.baseline_mm - 2.5 / 2 == pytest.approx(52.5)


def captioned(credit: Credit, metrics: Metrics, size_px: tuple[int, int] = (640, 408)) -> tuple[Side, Image, list[Text]]:
    side = front(card(picture=pixels(*size_px), credit=credit), A6, metrics, caption=True)
    (image,) = (item for item in side.items if isinstance(item, Image))
    (span,) = (item for item in side.items if isinstance(item, Span))
    return side, image, list(span.items)


def test_a_caption_is_one_line_below_the_image_at_its_left_edge(metrics: Metrics) -> None:
    _, image, (line,) = captioned(CASTLE, metrics)
    assert line.string == "“Laugharne Castle” by Chris_Parfitt · CC BY 2.0 · Open Images, 2016"
    assert line.x_mm == image.x_mm
    assert line.baseline_mm == pytest.approx(image.y_mm + image.height_mm + 4.6)
    assert image.y_mm + image.height_mm <= A6.height_mm - 14 + 1e-9


def test_a_caption_cuts_the_title_first(metrics: Metrics) -> None:
    side, image, (line,) = captioned(replace(CASTLE, sense=(f"“{'A long title in the sun ' * 9}”", *CASTLE.sense[1:])), metrics)
    assert line.string.startswith("“A long title")
    assert line.string.endswith("…” by Chris_Parfitt · CC BY 2.0 · Open Images, 2016")
    assert line.width_mm <= image.width_mm
    assert side.warnings == ("title-shortened",)


@given(width_px=st.integers(2, 60), height_px=st.integers(2, 60), author=st.text(max_size=300), title=st.text(max_size=300))
def test_a_caption_never_touches_the_image_or_the_edge(metrics: Metrics, width_px: int, height_px: int, author: str, title: str) -> None:
    credit = replace(CASTLE, sense=(f"“{title}”", f"by {author}", "is licensed under CC BY 2.0"))
    side = front(card(picture=pixels(width_px, height_px), credit=credit), A6, metrics, caption=True)
    assert "CC BY 2.0" in said(side)
    assert touching(side) == []
    assert too_near_the_trim(side, 7) == []


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("海辺で馬に乗る人とその後ろに見える古い城と冬の朝の静かな村の道を歩いている子どもたちの写真その一" * 3, "山田太郎"),
        ("ภาพถ่ายของชายคนหนึ่งกำลังขี่ม้าไปตามชายหาดในเวลาน้ำลงตอนเช้าตรู่ของฤดูหนาว" * 3, "สมชาย ใจดี"),
        ("صورة لرجل يركب حصانا على طول الشاطئ عند انحسار الماء في صباح شتوي هادئ " * 4, "ليلى حسن"),
        ("समुद्र तट पर घोड़े की सवारी करता हुआ एक आदमी और उसके पीछे पुराना किला " * 4, "आशा शर्मा"),
    ],
)
def test_a_long_title_in_any_script_shortens_and_nobodys_name_is_lost(metrics: Metrics, title: str, author: str) -> None:
    credit = replace(CASTLE, sense=(f"“{title}”", f"by {author}", "is licensed under CC BY 2.0"))
    side, image, (line,) = captioned(credit, metrics)
    assert side.warnings == ("title-shortened",)
    assert line.string.startswith(f"“{title[:20]}")
    assert line.string.endswith(f"…” by {author} · CC BY 2.0 · Open Images, 2016")
    assert 0.7 * image.width_mm < line.width_mm <= image.width_mm
