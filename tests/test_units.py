"""Sizes: the known ones literally, one's own in mm, and everything else refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.errors import in_language
from imagestolive.units import (
    CARD_AS_PAPER,
    CARD_FOR_PAPER,
    CARD_LEAST_MM,
    CARD_MOST_MM,
    CARD_SIZES,
    PAPER_LEAST_MM,
    PAPER_MOST_MM,
    PAPERS,
    CardSize,
    NotASize,
    Paper,
    card_size,
    mm,
    paper,
    pt,
)

HOSTILE = [
    "",
    "mm",
    "x",
    "140x90",
    "140x90cm",
    "140x90mm\0",
    "140x90mm; rm",
    "140x90mmmm",
    "140x90x3mm",
    "1e3x5mm",
    "1e2x100mm",
    "١٤٠x٩٠mm",
    "१४०x90mm",
    "140x९०mm",
    "140x９０mm",
    "-140x90mm",
    "+140x90mm",
    "140,5x90mm",
    ".5x90mm",
    "140.x90mm",
    "140.505x90mm",
    "14000x90mm",
    "nanx90mm",
    "infx90mm",
    "0x90mm",
    "140х90mm",  # a Cyrillic x
    "../a4",
    "a6\n/etc",
    "140x90mm" * 1000,
]


@pytest.mark.parametrize(
    ("key", "name", "width_mm", "height_mm"),
    [
        ("a6", "A6", 148, 105),
        ("a6-minus", "A6 minus", 140, 99),
        ("4x6in", "4 × 6 in", 152.4, 101.6),
        ("5x7in", "5 × 7 in", 177.8, 127),
        ("5.5x4.25in", "5.5 × 4.25 in", 139.7, 107.95),
        ("a5", "A5", 210, 148),
    ],
)
def test_each_card_size_lies_and_is_as_large_as_its_name_says(key: str, name: str, width_mm: float, height_mm: float) -> None:
    assert card_size(key) == CardSize(key=key, name=name, width_mm=width_mm, height_mm=height_mm)


@pytest.mark.parametrize(
    ("key", "name", "width_mm", "height_mm"),
    [
        ("a4", "A4", 210, 297),
        ("a3", "A3", 297, 420),
        ("a5", "A5", 148, 210),
        ("letter", "Letter", 215.9, 279.4),
        ("tabloid", "Tabloid", 279.4, 431.8),
    ],
)
def test_each_paper_stands_and_is_as_large_as_its_name_says(key: str, name: str, width_mm: float, height_mm: float) -> None:
    assert paper(key) == Paper(key=key, name=name, width_mm=width_mm, height_mm=height_mm)


def test_the_tables_above_name_every_size_and_each_paper_has_its_card() -> None:
    assert list(CARD_SIZES) == ["a6", "a6-minus", "4x6in", "5x7in", "5.5x4.25in", "a5"]
    assert list(PAPERS) == ["a4", "a3", "a5", "letter", "tabloid"]
    assert CARD_FOR_PAPER == {"a4": "a6", "a3": "a6", "a5": "a5", "letter": "5.5x4.25in", "tabloid": "5.5x4.25in"}
    assert CARD_AS_PAPER not in PAPERS


@pytest.mark.parametrize("size", [*CARD_SIZES.values(), *PAPERS.values()], ids=lambda size: f"{type(size).__name__} {size.key}")
def test_a_size_is_known_by_its_key_and_by_its_name_in_any_case(size: CardSize | Paper) -> None:
    of = card_size if isinstance(size, CardSize) else paper
    for typed in (size.key, size.key.upper(), size.name, f" {size.name.lower()} "):
        assert of(typed) is size


@pytest.mark.parametrize(
    ("typed", "card_key", "paper_key"),
    [
        ("140x90mm", "140x90mm", "90x140mm"),
        ("90x140mm", "140x90mm", "90x140mm"),
        (" 90 × 140 MM\n", "140x90mm", "90x140mm"),
        ("090.00x140.0mm", "140x90mm", "90x140mm"),
        ("90.25x140.5mm", "140.5x90.25mm", "90.25x140.5mm"),
        ("100x100mm", "100x100mm", "100x100mm"),
    ],
)
def test_an_own_size_has_one_key_however_it_is_typed(typed: str, card_key: str, paper_key: str) -> None:
    assert (card_size(typed).key, paper(typed).key) == (card_key, paper_key)
    assert card_size(typed).name == card_key.removesuffix("mm").replace("x", " × ") + " mm"
    assert paper(typed).name == paper_key.removesuffix("mm").replace("x", " × ") + " mm"


sides = st.decimals(min_value=CARD_LEAST_MM, max_value=CARD_MOST_MM, places=2)


@given(one=sides, other=sides)
def test_an_own_size_is_read_back_from_its_key_as_it_was(one: float, other: float) -> None:
    size, sheet = card_size(f"{one}x{other}mm"), paper(f"{one}x{other}mm")
    assert card_size(size.key) == size
    assert paper(sheet.key) == sheet
    long_mm, short_mm = float(max(one, other)), float(min(one, other))
    assert (size.width_mm, size.height_mm) == (sheet.height_mm, sheet.width_mm) == (long_mm, short_mm)


@given(long_mm=st.decimals(min_value=PAPER_LEAST_MM, max_value=PAPER_MOST_MM, places=2))
def test_the_key_of_a_long_paper_keeps_its_decimals(long_mm: float) -> None:
    assert paper(paper(f"50x{long_mm}mm").key).height_mm == float(long_mm)


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_no_size_is_refused(typed: str) -> None:
    with pytest.raises(NotASize):
        card_size(typed)
    with pytest.raises(NotASize):
        paper(typed)


@given(typed=st.text() | st.from_regex(r"[0-9. ]{1,6}x[0-9.]{1,6}mm", fullmatch=True))
def test_any_text_is_a_size_within_the_limits_or_refused_in_printable_words(typed: str) -> None:
    size: CardSize | None = None
    refusal = ""
    try:
        size = card_size(typed)
    except NotASize as error:
        refusal = str(error)
    assert refusal.isprintable()
    assert len(refusal) < 250
    assert refusal if size is None else CARD_LEAST_MM <= size.height_mm <= size.width_mm <= CARD_MOST_MM


@pytest.mark.parametrize("typed", ["50x50mm", "420x420mm", "420x50mm"])
def test_a_card_may_be_as_small_and_as_large_as_the_limits(typed: str) -> None:
    assert card_size(typed).key == typed


@pytest.mark.parametrize("typed", ["49.99x90mm", "90x49.99mm", "420.01x90mm", "90x420.01mm", "0x0mm"])
def test_a_card_that_is_too_small_or_too_large_is_refused(typed: str) -> None:
    with pytest.raises(NotASize, match=r"with sides from 50 to 420 mm"):
        card_size(typed)


@pytest.mark.parametrize("typed", ["49.99x90mm", "1200.01x90mm"])
def test_a_paper_that_is_too_small_or_too_large_is_refused(typed: str) -> None:
    with pytest.raises(NotASize, match=r"with sides from 50 to 1200 mm"):
        paper(typed)
    assert paper("50x1200mm").height_mm == 1200


def test_the_refusal_says_what_would_do_and_which_field_it_is_about() -> None:
    with pytest.raises(NotASize) as of_card:
        card_size("a9\x1b[31m")
    assert str(of_card.value) == (
        "“a9\ufffd[31m” is no size of a card: take a6, a6-minus, 4x6in, 5x7in, 5.5x4.25in, a5, "
        "or an own one such as 140x90mm, with sides from 50 to 420 mm."
    )
    assert of_card.value.field == "card"
    assert in_language(of_card.value.facts["what"], "pt-BR") == "cartão"
    with pytest.raises(
        NotASize, match=r"no size of a paper: take a4, a3, a5, letter, tabloid, or an own one such as 210x330mm"
    ) as of_paper:
        paper("a9")
    assert of_paper.value.field == "paper"
    assert in_language(of_paper.value.facts["what"], "pt-BR") == "papel"


@pytest.mark.parametrize("example", ["140x90mm", "210x330mm"])
def test_the_examples_of_the_refusals_are_sizes(example: str) -> None:
    assert card_size(example)
    assert paper(example)


@given(st.floats(min_value=0, max_value=10_000))
def test_points_and_millimetres_are_each_others_inverse(length_mm: float) -> None:
    assert mm(pt(length_mm)) == pytest.approx(length_mm)
    assert pt(25.4) == 72
