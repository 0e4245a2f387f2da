"""Single cards: only some of a set, and each side on a page of its own size."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pressed import EN, Made, assert_sound, place_mm, rasters, texts

from imagestolive.pipeline import NoSuchCard
from imagestolive.press.singles import single_cards
from imagestolive.sets import Printing


def test_only_the_cards_asked_for_are_on_the_sheets_each_once(made: Made) -> None:
    out = BytesIO()
    cards = made.press.sheets(made.drawn, made.policy, out, EN, only=[4, 3, 4])
    assert [card.number for card in cards] == [3, 4]
    assert_sound(out.getvalue())
    front, back = rasters(out.getvalue())
    shown = [number for number in range(1, 6) if place_mm(front, made.colour(number))]
    assert shown == [3, 4]
    said = texts(out.getvalue())[1]
    assert [f"Card {number} of 5" in said for number in range(1, 6)] == [False, False, True, True, False]
    assert min(back.convert("L").tobytes()) < 128


def test_a_card_that_is_not_in_the_set_is_refused(made: Made) -> None:
    with pytest.raises(NoSuchCard, match="1 to 5"):
        made.press.sheets(made.drawn, made.policy, BytesIO(), EN, only=[6])


@pytest.mark.parametrize("only", [(), (2,)])
def test_each_side_of_a_single_card_is_a_page_of_the_cards_own_size(made: Made, only: tuple[int, ...]) -> None:
    out = BytesIO()
    numbers = [card.number for card in single_cards(made.press, made.drawn, made.policy, out, EN, only=only)]
    assert numbers == list(only or range(1, 6))
    assert_sound(out.getvalue())
    pages = rasters(out.getvalue())
    assert len(pages) == 2 * len(numbers)
    for number, front, back, said in zip(numbers, pages[::2], pages[1::2], texts(out.getvalue())[1::2], strict=True):
        assert place_mm(front, made.colour(number)) is not None
        assert front.height > front.width
        assert back.height > back.width  # both sides stand, as printers want them
        assert f"Card {number} of 5" in said
    with pikepdf.open(BytesIO(out.getvalue())) as document:
        sizes_mm = {tuple(sorted(round(float(side) / 72 * 25.4) for side in page.mediabox[2:])) for page in document.pages}
    assert sizes_mm == {(105, 148)}


@pytest.mark.parametrize("paper", ["a4", "card"])
def test_a_card_of_its_own_page_is_trimmed_inside_its_bleed(make: Callable[..., Made], paper: str) -> None:
    made = make(1, 2, paper=paper, printing=Printing(border="bleed"))
    out = BytesIO()
    if paper == "card":
        made.press.sheets(made.drawn, made.policy, out, EN)
    else:
        single_cards(made.press, made.drawn, made.policy, out, EN)
    with pikepdf.open(out) as document:
        for page in document.pages:
            assert [round(float(edge) / 72 * 25.4) for edge in page.trimbox] == [3, 3, 108, 151]
            assert [round(float(edge) / 72 * 25.4) for edge in page.mediabox] == [0, 0, 111, 154]


@pytest.mark.parametrize("flip", ["none", "credits", "long", "fold"])
def test_no_single_card_is_without_its_credit(make: Callable[..., Made], flip: str) -> None:
    made = make(1, 2, flip=flip)
    out = BytesIO()
    single_cards(made.press, made.drawn, made.policy, out, EN)
    assert " ".join(texts(out.getvalue())).count("by Author") == 2


def test_a_withdrawn_card_says_so(make: Callable[..., Made]) -> None:
    made = make(1, 2)
    made.policy = made.withdraw(1)
    out = BytesIO()
    single_cards(made.press, made.drawn, made.policy, out, EN, only=[1])
    assert "no longer handed out" in texts(out.getvalue())[0]
    assert place_mm(rasters(out.getvalue())[0], made.colour(1)) is None
