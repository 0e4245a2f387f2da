"""Sheets that fold into three panels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps
from pressed import EN, Made, assert_sound, bookmarks, place_mm, rasters, texts
from printed import CASTLE, card

from imagestolive.faces import Span, Text
from imagestolive.press.panels import panel_back
from imagestolive.press.papers import PaperTooSmall
from imagestolive.press.triptychs import Turn, leporellos, panel_size_mm, triptychs
from imagestolive.sheets import Page
from imagestolive.units import A4, A5_PAPER, LETTER, Paper


def on_paper(made: Made, **more: object) -> bytes:
    out = BytesIO()
    triptychs(made.press, made.drawn, made.policy, out, EN, **more)  # type: ignore[arg-type]
    return out.getvalue()


def places(page: Page) -> list[tuple[int, float, float, float, float, int]]:
    return [
        (place.index, place.x_mm, round(place.y_mm, 3), place.width_mm, round(place.height_mm, 3), place.rotation_deg)
        for place in page.placed
    ]


@pytest.mark.parametrize(("paper", "size_mm"), [(A4, (99.0, 210.0)), (LETTER, (93.133, 215.9))])
def test_a_panel_is_a_third_of_the_sheet(paper: Paper, size_mm: tuple[float, float]) -> None:
    assert panel_size_mm(paper) == pytest.approx(size_mm, abs=0.001)


def test_the_sheets_of_a_person_with_four_cards_that_turn_on_the_long_edge() -> None:
    first, first_back, second, second_back = leporellos([1, 1, 1, 1], A4, "long")
    assert places(first) == [(0, 0, 198, 210, 99, 90), (1, 0, 99, 210, 99, 90), (2, 0, 0, 210, 99, 90)]
    assert places(first_back) == [(0, 0, 198, 210, 99, 270), (1, 0, 99, 210, 99, 270), (2, 0, 0, 210, 99, 270)]
    assert places(second) == [(3, 0, 198, 210, 99, 90)]
    assert places(second_back) == [(3, 0, 198, 210, 99, 270)]
    assert [page.shows for page in (first, first_back)] == ["fronts", "backs"]


def test_the_sheets_of_two_persons_that_turn_on_the_short_edge() -> None:
    first, first_back, second, second_back = leporellos([1, 1, None], LETTER, "short")
    assert places(first) == [(0, 0, 186.267, 215.9, 93.133, 90), (1, 0, 93.133, 215.9, 93.133, 90)]
    assert places(first_back) == [(0, 0, 0, 215.9, 93.133, 90), (1, 0, 93.133, 215.9, 93.133, 90)]
    assert [places(page)[0][0] for page in (second, second_back)] == [2, 2]


@given(cards=st.lists(st.integers(1, 12), min_size=1, max_size=9), flip=st.sampled_from(["long", "short"]))
def test_each_back_lies_behind_its_own_front_and_has_its_head_on_the_same_edge(cards: list[int], flip: Turn) -> None:
    persons = [person for person, count in enumerate(cards) for _ in range(count)]
    pages = leporellos(persons, A4, flip)
    assert len(pages) == 2 * sum(-(-count // 3) for count in cards)
    assert [place.index for page in pages[::2] for place in page.placed] == list(range(len(persons)))
    for front_page, back_page in zip(pages[::2], pages[1::2], strict=True):
        assert len({persons[place.index] for place in front_page.placed}) == 1
        for front, back in zip(front_page.placed, back_page.placed, strict=True):
            assert front.index == back.index
            mirrored_y_mm = back.y_mm if flip == "long" else 297 - back.y_mm - back.height_mm
            assert (back.x_mm, mirrored_y_mm) == pytest.approx((front.x_mm, front.y_mm))
            # Turned by 90 the head is on the left; seen through paper that turned on its long edge, by 270 too.
            assert (front.rotation_deg, back.rotation_deg) == (90, 270 if flip == "long" else 90)


@pytest.mark.parametrize("flip", ["long", "short"])
def test_held_to_the_light_each_credit_is_behind_its_image_and_both_have_their_heads_on_one_edge(made: Made, flip: Turn) -> None:
    out = BytesIO()
    cards = triptychs(made.press, made.drawn, made.policy, out, EN, flip=flip)
    pages, backs = rasters(out.getvalue())[::2], rasters(out.getvalue(), dpi=200)[1::2]
    numbers = iter(cards)
    for front, back, on_sheet in zip(pages, backs, (2, 2, 1), strict=True):
        through = ImageOps.mirror(back) if flip == "long" else ImageOps.flip(back)
        codes = {code.text: code.position for code in zxingcpp.read_barcodes(through, try_invert=False)}
        for place in range(on_sheet):
            card = next(numbers)
            _, top, right, bottom = place_mm(front, made.colour(card.number)) or pytest.fail("the image is not there")
            panel_top = 198 - 99 * place
            assert panel_top + 7 < top < bottom < panel_top + 99 - 7
            black = place_mm(front.crop((0, round(panel_top / 25.4 * 50), front.width, round((panel_top + 99) / 25.4 * 50))), (0, 0, 0))
            assert black is not None
            assert right <= black[0] + 1  # the lower half is right of the upper
            code = codes.pop(str(card.qr_url))
            assert panel_top < code.top_left.y * 25.4 / 200 < panel_top + 99
            assert code.top_left.x * 25.4 / 200 > 170  # the foot of its panel
        assert not codes


def test_folds_are_marked_at_both_ends_on_backs_alone() -> None:
    front, back = leporellos([1, 1], A4, "long")
    assert front.ticks == ()
    assert [(tick.x0_mm, tick.y0_mm, tick.x1_mm, tick.y1_mm) for tick in back.ticks] == [
        (0.0, 99.0, 8.5, 99.0),
        (201.5, 99.0, 210.0, 99.0),
        (0.0, 198.0, 8.5, 198.0),
        (201.5, 198.0, 210.0, 198.0),
    ]


def test_the_file_is_sound_has_bookmarks_and_says_each_credit(made: Made) -> None:
    data = on_paper(made, paper_key="letter")
    assert_sound(data)
    assert bookmarks(data) == ["Person 1", "Person 2", "Spare cards"]
    said = texts(data)
    assert len(said) == 6
    assert "is licensed under CC BY 2.0" in said[1]
    assert "Card 5 of 5" in said[5]


def test_a_withdrawn_image_leaves_words_on_its_panel_and_no_credit(make: Callable[..., Made]) -> None:
    made = make(1, 3)
    made.policy = made.withdraw(2)
    data = on_paper(made)
    assert place_mm(rasters(data)[0], made.colour(2)) is None
    front, back = texts(data)
    assert "no longer handed out" in front
    assert "Card 2 of 3" in back
    assert back.count("licensed") == 2


def test_white_images_have_a_line_around_them(make: Callable[..., Made]) -> None:
    def paint(root: Path) -> None:
        for n in range(6):
            Image.new("RGB", (300, 200), (252, 252, 252)).save(root / f"{n:03}.jpg")

    page = rasters(on_paper(make(1, 1, paint=paint)), dpi=100)[0]
    assert min(page.convert("L").tobytes()) < 225


def test_a_paper_whose_panels_would_be_too_narrow_is_refused(made: Made) -> None:
    with pytest.raises(PaperTooSmall, match="100 × 300 mm is too small for this: take a paper of at least 148 × 210 mm") as refused:
        on_paper(made, paper_key="100x300mm")
    assert refused.value.field == "paper"
    assert len(texts(on_paper(made, paper_key="a5"))) == 6


@pytest.mark.parametrize("paper", [A4, LETTER, A5_PAPER])
def test_the_credit_and_whose_it_is_stay_within_their_panel(made: Made, paper: Paper) -> None:
    far = replace(CASTLE, source="https://example.org/" + "a/long/way/" * 18, note="Credit is not required here; we give it anyway. " * 3)
    width_mm, height_mm = panel_size_mm(paper)
    for one in (card(), card(credit=far, qr_url=None), card(person=None, number=1999, of=2000)):
        side = panel_back(one, width_mm, height_mm, EN, made.press.metrics)
        lines = [text for item in side.items for text in (item.items if isinstance(item, Span) else (item,)) if isinstance(text, Text)]
        assert len(lines) > 6
        assert all(text.x_mm >= 10 and text.x_mm + text.width_mm <= width_mm - 9.9 for text in lines)
        assert all(10 < text.baseline_mm <= height_mm - 10 for text in lines)
        assert str(one.number) in " ".join(text.string for text in lines[-3:])
