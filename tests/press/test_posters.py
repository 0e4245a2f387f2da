"""One big image a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pressed import EN, Made, assert_sound, bookmarks, place_mm, rasters, texts
from printed import CASTLE, card, photograph

from imagestolive import pdf
from imagestolive.faces import Image, Span
from imagestolive.press.posters import poster, posters
from imagestolive.press.triptychs import triptychs
from imagestolive.sets import Printing
from imagestolive.units import A4, LETTER, NotASize, Paper
from imagestolive.units import paper as smallest

OWN = Paper(key="", name="", width_mm=100.0, height_mm=150.0)


def on_paper(made: Made, **more: object) -> tuple[bytes, list[int]]:
    out = BytesIO()
    cards = posters(made.press, made.drawn, made.policy, out, EN, **{"paper_key": "a4", **more})  # type: ignore[arg-type]
    return out.getvalue(), [card.number for card in cards]


@pytest.mark.parametrize(
    ("size_px", "paper", "lies", "image_mm"),
    [  # of the side as it is read: 12 mm of white above and beside, 18 below, where the credit stands
        ((3000, 2000), A4, True, (270.0, 180.0)),
        ((2000, 3000), A4, False, (178.0, 267.0)),
        ((4000, 1000), A4, True, (273.0, 68.25)),
        ((3000, 3000), A4, False, (186.0, 186.0)),
        ((3000, 2000), LETTER, True, (255.4, 170.267)),
        ((32, 32), A4, False, (184.235, 184.235)),  # 68 dots of 1/300 inch a pixel
    ],
)
def test_an_image_is_as_large_as_the_margins_of_its_sheet_allow(
    made: Made, size_px: tuple[int, int], paper: Paper, lies: bool, image_mm: tuple[float, float]
) -> None:
    side = poster(card(picture=photograph(1, size_px)), paper, EN, made.press.metrics)
    image = next(item for item in side.items if isinstance(item, Image))
    assert (image.width_mm, image.height_mm) == pytest.approx(image_mm, abs=0.01)
    width_mm, height_mm = (paper.height_mm, paper.width_mm) if lies else (paper.width_mm, paper.height_mm)
    assert (side.width_mm + 8, side.height_mm + 8) == pytest.approx((width_mm, height_mm))
    assert 8 - 1e-6 <= image.x_mm <= side.width_mm - image.width_mm - 8 + 1e-6
    assert (image.dots is None) == (size_px != (32, 32))


def test_pages_stand_and_a_lying_image_has_its_head_on_the_left(made: Made) -> None:
    data, numbers = on_paper(made)
    assert numbers == [1, 2, 3, 4, 5]
    for number, page in zip(numbers, rasters(data), strict=True):
        assert (page.width, page.height) == pytest.approx((413, 585), abs=1)
        left, top, right, bottom = place_mm(page, made.colour(number)) or pytest.fail("the image is not on its page")
        _, black_top, _, _ = place_mm(page, (0, 0, 0)) or pytest.fail("its lower half is not on its page")
        stands = int(made.drawn.picks[number].image_id[:3]) % 2 == 0
        if stands:
            assert bottom <= black_top + 1
            assert right - left > bottom - top
        else:
            assert right < 110
            assert bottom - top > 2 * (right - left)
        assert min(left, top, 210 - right) >= 11.5


def test_the_credit_stands_below_the_image_with_its_addresses_and_is_copied_exactly(made: Made) -> None:
    side = poster(card(picture=photograph(1, (900, 600))), A4, EN, made.press.metrics)
    image = next(item for item in side.items if isinstance(item, Image))
    span = next(item for item in side.items if isinstance(item, Span))
    assert span.actual_text == CASTLE.line
    assert [text.string for text in span.items] == [
        "“Laugharne Castle” by Chris_Parfitt · CC BY 2.0 · Open Images, 2016",
        f"{CASTLE.license_url} · Source: {CASTLE.source}",
    ]
    for text in span.items:
        assert image.y_mm + image.height_mm < text.baseline_mm < side.height_mm - 4
        assert text.x_mm + text.width_mm <= side.width_mm - 8


def lines_below(made: Made, paper: Paper, **more: object) -> tuple[str, tuple[str, ...]]:
    """What stands below the caption, and the warnings; all of it within the margins."""
    side = poster(card(picture=photograph(1, (400, 600)), **more), paper, EN, made.press.metrics)
    texts = [text for item in side.items if isinstance(item, Span) for text in item.items]
    assert all(text.x_mm + text.width_mm <= side.width_mm - 7.9 and text.baseline_mm <= side.height_mm - 1 for text in texts)
    return " ".join(text.string for text in texts[1:]), side.warnings


def test_where_there_is_no_room_the_source_gives_way_and_the_license_never_does(made: Made) -> None:
    license_url = str(CASTLE.license_url)
    assert lines_below(made, A4) == (f"{license_url} · Source: {CASTLE.source}", ())
    far = replace(CASTLE, source="https://example.org/" + "a/long/way/" * 18)
    assert lines_below(made, OWN, credit=far) == (f"{license_url} Source: https://flic.kr/p/test01", ("source-shortened",))  # in two lines
    assert lines_below(made, OWN, credit=far, qr_url=None) == (license_url, ("source-left-out",))
    terms = replace(CASTLE, dataset_terms="Data set terms: for teaching · https://example.org/terms", changes="turned upright")
    said, _ = lines_below(made, A4, credit=terms)
    assert "Data set terms: for teaching · https://example.org/terms" in said
    assert "Changes: turned upright" in said


@pytest.mark.parametrize("size_px", [(3000, 2000), (2000, 3000), (8, 8)])
def test_the_smallest_paper_is_a_poster_too(made: Made, size_px: tuple[int, int]) -> None:
    side = poster(card(picture=photograph(1, size_px)), smallest("50x50mm"), EN, made.press.metrics)
    image = next(item for item in side.items if isinstance(item, Image))
    assert 15 < max(image.width_mm, image.height_mm) <= 42
    span = next(item for item in side.items if isinstance(item, Span))
    assert CASTLE.license_url in "".join(text.string for text in span.items)


def test_the_file_is_sound_and_has_the_set_in_it_and_a_bookmark_for_each_person(made: Made) -> None:
    data, _ = on_paper(made, paper_key="letter")
    assert_sound(data)
    assert bookmarks(data) == ["Person 1", "Person 2", "Spare cards"]
    assert pdf.read_set_file(BytesIO(data)) == made.drawn.set_file().to_bytes()


def test_some_cards_alone_can_be_asked_for(made: Made) -> None:
    data, numbers = on_paper(made, only=[4, 2, 4])
    assert numbers == [2, 4]
    assert [place_mm(page, made.colour(number)) is not None for number, page in zip(numbers, rasters(data), strict=True)] == [True, True]


def test_a_withdrawn_image_is_no_poster(make: Callable[..., Made]) -> None:
    made = make(1, 2)
    made.policy = made.withdraw(2)
    data, _ = on_paper(made)
    assert "no longer handed out" in texts(data)[1]
    assert place_mm(rasters(data)[1], made.colour(2)) is None
    assert place_mm(rasters(data)[0], made.colour(1)) is not None


def test_a_paper_that_is_none_is_refused(made: Made) -> None:
    with pytest.raises(NotASize):
        on_paper(made, paper_key="foolscap")


@pytest.mark.parametrize("make_it", [posters, triptychs])
def test_what_shows_images_whole_does_not_say_that_they_are_cut(make: Callable[..., Made], make_it: Callable[..., object]) -> None:
    cut = make(1, 2, paint=free, printing=Printing(border="bleed"))
    sheets, whole = BytesIO(), BytesIO()
    cut.press.sheets(cut.drawn, cut.policy, sheets, EN)
    make_it(cut.press, cut.drawn, cut.policy, whole, EN, paper_key="a4")
    assert "cut at the edges" in " ".join(texts(sheets.getvalue()))
    assert "cut at the edges" not in " ".join(texts(whole.getvalue()))
    assert b'"border":"bleed"' in pdf.read_set_file(whole)


def free(root: Path) -> None:
    """Images that may be cut."""
    rows = "".join(f"{n:03}.jpg,CC BY 2.0\n" for n in range(6))
    (root / "credits.csv").write_text(f"file,license\n{rows}", encoding="utf-8")
