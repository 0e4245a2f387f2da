"""Pages of credits, for cards without backs."""

from __future__ import annotations

from dataclasses import replace

from placed import lines
from pressed import EN, Made
from printed import CASTLE, card

from imagestolive.cards import Card
from imagestolive.faces import Side, Span, Text
from imagestolive.press.listing import credit_pages
from imagestolive.units import A4


def listed(made: Made, *cards: Card) -> tuple[list[Side], list[tuple[str, ...]]]:
    """The pages, and what was told of each card."""
    told: list[tuple[str, ...]] = []
    pages = list(credit_pages(cards, A4, EN, made.press.metrics, code="K7Q2-9FXD", told=lambda _, warnings: told.append(warnings)))
    return pages, told


def test_a_credit_is_set_with_typographic_quotation_marks_and_copied_as_it_is(made: Made) -> None:
    (page,), told = listed(made, card())
    assert lines(page) == [
        "Credits of set K7Q2-9FXD",
        "1",
        "“Laugharne Castle” by Chris_Parfitt is licensed under CC BY 2.0 · https://creativecommons.org/licenses/by/2.0/",
        "Source: https://www.flickr.com/photos/chr1sp/4781196162",
        "From the data set Open Images, 2016",
    ]
    assert [item.actual_text for item in page.items if isinstance(item, Span)] == [f"{CASTLE.line}\nFrom the data set Open Images, 2016"]
    assert told == [()]


def test_no_line_ends_with_a_dot_between_parts_and_none_leaves_the_page(made: Made) -> None:
    credits_ = [
        replace(CASTLE, sense=(f"“{'Long ' * n}·”", "by Ann", "· License not recorded"), dataset_terms="Terms · https://example.org/terms")
        for n in range(30)
    ]
    pages, _ = listed(made, *(card(n, credit=credit) for n, credit in enumerate(credits_, 1)))
    assert len(pages) > 1
    for page in pages:
        spans = [text for item in page.items if isinstance(item, Span) for text in item.items]
        assert not [text.string for text in spans if text.string.endswith(("· ", " ·", ":"))]
        assert all(text.x_mm + text.width_mm <= A4.width_mm - 20 + 0.01 for text in spans)
    numbers = [item.string for page in pages for item in page.items if isinstance(item, Text) and item.string.isdecimal()]
    assert numbers == [str(n) for n in range(1, 31)]


def test_a_title_that_is_far_too_long_loses_its_end_and_the_license_stays(made: Made) -> None:
    (page,), told = listed(
        made, card(credit=replace(CASTLE, sense=(f"“{'long ' * 900}”", *CASTLE.sense[1:]))), card(2, credit=None, notice="Gone.")
    )
    said = " ".join(lines(page))
    assert "…” by Chris_Parfitt is licensed under CC BY 2.0" in said
    assert lines(page)[-2:] == ["2", "Gone."]
    assert told == [("title-shortened",), ()]
