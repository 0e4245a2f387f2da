"""Backs: each kind by the numbers of the design, and what each of them says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from placed import lines, only, rounded, ruled, said, texts
from printed import CASTLE, EN, card, photograph, pixels

from imagestolive import resources
from imagestolive.cards import Card
from imagestolive.faces import Code, Fill, Frame, Kind, Side, Small, Span, back
from imagestolive.faces.setter import CAPITALS
from imagestolive.records import Exposure, Look
from imagestolive.typeset import Metrics
from imagestolive.units import A6, A6_MINUS, QUARTER_LETTER, CardSize, card_size, mm
from imagestolive.words import Words

KINDS: tuple[Kind, ...] = ("credit", "postcard", "notes", "questions", "data")
GREY = Look(palette=((250, 226, 250), (225, 255, 255), (0, 0, 0), (90, 80, 70), (30, 60, 120), (255, 255, 255)), ink=0.434)

# Where columns begin and end, and the foot, by card: from the table of the design.
COLUMNS = [(A6, 80, 138, 95), (A6_MINUS, 75.9, 130, 89), (QUARTER_LETTER, 75.75, 129.7, 97.95)]
by_columns = pytest.mark.parametrize(("size", "left", "right", "foot"), COLUMNS, ids=lambda value: getattr(value, "key", ""))
each_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def portuguese() -> Words:
    return resources.words("pt-BR")


def told(**fields: object) -> Card:
    """A card with all that a data back tells."""
    large = photograph(1, (1200, 800))
    return replace(card(7, picture=large, labels=("Horse",), captions=("a horse",), look=GREY), **fields)  # type: ignore[arg-type]


def own_column(side: Side) -> list[tuple[str, float, float, str, float]]:
    return [rounded(text) for text in texts(side) if text.x_mm > side.width_mm / 2]


def test_a_back_stands_where_the_design_puts_it(metrics: Metrics) -> None:
    side = back(card(7, picture=photograph(1, (480, 639))), A6, EN, metrics)
    assert (side.width_mm, side.height_mm) == (148, 105)
    assert [rounded(text) for text in texts(side)] == [
        ("“Laugharne Castle”", 10, 12.5, "serif", 10.5),
        ("by Chris_Parfitt", 10, 17.26, "serif", 10.5),
        ("is licensed under CC BY 2.0", 10, 22.02, "serif", 10.5),
        ("https://creativecommons.org/licenses/by/2.0/", 10, 27.39, "sans", 7.5),
        ("Source:", 10, 30.92, "sans", 7.5),
        ("https://www.flickr.com/photos/chr1sp/4781196162", 10, 34.44, "sans", 7.5),
        ("From the data set Open Images, 2016", 10, 39.97, "sans", 7.5),
        ("480 × 639 pixels, printed at 137 ppi", 10, 43.5, "sans", 7.5),
        ("This image is small for its card: it may look soft.", 10, 47.03, "sans", 7.5),
        ("Images to live with", 32, 81.6, "serif-italic", 8.5),
        ("after Pereira and Moreschi, 2023", 32, 85.8, "sans", 7.5),
        ("Card 7 of 90 · Person 3", 32, 90, "sans", 7.5),
        ("K7Q2-9FXD", 32, 95, "sans-semibold", 11),
    ]
    (code,) = only(side, Code)
    assert (code.x_mm, code.y_mm, code.size_mm, len(code.modules)) == (10, 77, 18, 25)
    assert ruled(side) == [(80, 95 - step * 9.5, 138, 95 - step * 9.5) for step in range(6)]
    assert side.warnings == ()


def test_what_is_copied_is_the_exact_line_of_the_credit(metrics: Metrics) -> None:
    (span,) = [item for item in back(card(), A6, EN, metrics).items if isinstance(item, Span)]
    assert span.actual_text == CASTLE.line
    assert span.items[0].string == "“Laugharne Castle”"
    assert span.items[-1].string == CASTLE.source


def test_small_pixels_are_explained(metrics: Metrics) -> None:
    said = lines(back(card(picture=pixels(25, 25)), A6, EN, metrics))
    assert "25 × 25 pixels, printed at 7 ppi" in said
    assert "This image is small. You will see its pixels; that is what" in said
    assert "the machine was given." in said


def test_the_data_sets_terms_stand_between_license_and_source(metrics: Metrics) -> None:
    terms = "Data set under CC BY-NC-SA 4.0 · https://creativecommons.org/licenses/by-nc-sa/4.0/"
    credit = replace(CASTLE, dataset_terms=terms, changes="cropped to 3:2", note="A note.")
    said = lines(back(card(credit=credit), A6, EN, metrics))
    assert said[3:10] == [
        "https://creativecommons.org/licenses/by/2.0/",
        "Data set under CC BY-NC-SA 4.0",
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        "Source:",
        "https://www.flickr.com/photos/chr1sp/4781196162",
        "Changes: cropped to 3:2",
        "A note.",
    ]


def test_a_statement_that_takes_the_licenses_place_begins_a_line_without_its_dot(metrics: Metrics) -> None:
    credit = replace(
        CASTLE, sense=("Untitled image", "(author not recorded)", "· Image license not recorded"), license_url=None, source=None
    )
    assert lines(back(card(credit=credit), A6, EN, metrics))[:4] == [
        "Untitled image",
        "(author not recorded)",
        "Image license not recorded",
        "From the data set Open Images, 2016",
    ]


def test_without_a_credit_the_facts_hang_from_the_margin(metrics: Metrics) -> None:
    side = back(card(credit=None), A6, EN, metrics)
    assert not any(isinstance(item, Span) for item in side.items)
    first = next(texts(side))
    assert first.string == "From the data set Open Images, 2016"
    assert first.baseline_mm - CAPITALS * mm(7.5) == pytest.approx(10)


@by_columns
def test_lines_to_write_on_stand_apart_up_from_the_foot(metrics: Metrics, size: CardSize, left: float, right: float, foot: float) -> None:
    rules = ruled(back(card(), size, EN, metrics))
    assert rules == [pytest.approx((left, foot - 9.5 * n, right, foot - 9.5 * n), abs=0.06) for n in range(6)]


@by_columns
def test_a_postcard_has_a_divider_a_place_for_the_stamp_and_four_lines(
    metrics: Metrics, size: CardSize, left: float, right: float, foot: float
) -> None:
    side = back(card(picture=photograph(1, (1200, 800))), size, EN, metrics, kind="postcard")
    divider, *corners = ruled(side)
    address = corners[8:]
    assert divider == pytest.approx((left - 4.5, 10, left - 4.5, foot), abs=0.06)
    x, y = size.width_mm - 28, 8
    assert corners[:8] == [
        pytest.approx(corner)
        for corner in (
            (x, y, x + 3, y),
            (x, y, x, y + 3),
            (x, y + 25, x + 3, y + 25),
            (x, y + 25, x, y + 22),
            (x + 20, y, x + 17, y),
            (x + 20, y, x + 20, y + 3),
            (x + 20, y + 25, x + 17, y + 25),
            (x + 20, y + 25, x + 20, y + 22),
        )
    ]
    assert address == [pytest.approx((left + 2, foot - 13 - 10 * n, right, foot - 13 - 10 * n), abs=0.06) for n in range(4)]
    (code,) = only(side, Code)
    assert (code.size_mm, round(code.y_mm, 2)) == (15, round(foot - 15, 2))
    credit = [text for text in texts(side) if (text.face, text.size_pt) == ("sans", 7)]
    assert credit[-1].baseline_mm == pytest.approx(foot - 19, abs=0.06)
    assert {round(below.baseline_mm - above.baseline_mm, 4) for above, below in pairwise(credit)} == {round(mm(9), 4)}
    assert [rounded(text)[1:3] for text in list(texts(side))[-3:]] == [pytest.approx((29, foot - up), abs=0.06) for up in (9.4, 5, 0)]


def test_a_postcards_credit_runs_on_and_is_copied_whole(metrics: Metrics) -> None:
    side = back(card(picture=photograph(1, (1200, 800))), A6, EN, metrics, kind="postcard")
    (span,) = only(side, Span)
    assert span.actual_text == f"{CASTLE.line} · From the data set Open Images, 2016 · 1200 × 800 pixels, printed at 231 ppi"
    assert " ".join(text.string for text in span.items) == (
        "“Laugharne Castle” by Chris_Parfitt is licensed under CC BY 2.0 · https://creativecommons.org/licenses/by/2.0/"
        " Source: https://www.flickr.com/photos/chr1sp/4781196162 · From the data set Open Images, 2016 · 1200 × 800 pixels,"
        " printed at 231 ppi"
    )


@pytest.mark.parametrize(("typed", "kind"), [("90x140mm", "postcard"), ("110x80mm", "credit"), ("130x70mm", "credit")])
def test_a_card_too_small_for_an_address_has_lines_to_write_on_and_says_so(metrics: Metrics, typed: str, kind: Kind) -> None:
    side = back(card(), card_size(typed), EN, metrics, kind="postcard")
    expected = back(card(), card_size(typed), EN, metrics, kind=kind)
    assert side.items == expected.items
    assert ("too-small-to-post" in side.warnings) == (kind == "credit")


@by_columns
def test_seven_days_are_equal_steps_from_26_to_the_foot(metrics: Metrics, size: CardSize, left: float, right: float, foot: float) -> None:
    side = back(card(), size, EN, metrics, kind="notes")
    steps = [26 + n * (foot - 26) / 6 for n in range(7)]
    assert ruled(side) == [pytest.approx((left, y, right, y), abs=0.06) for y in steps]
    head, *days = own_column(side)
    assert head == ("Seven days", pytest.approx(left, abs=0.06), 12.5, "serif", 10.5)
    assert days == [
        (str(n + 1), pytest.approx(left, abs=0.06), pytest.approx(y - 1.2, abs=0.06), "serif", 8.5) for n, y in enumerate(steps)
    ]


@by_columns
def test_a_question_stands_above_four_lines(metrics: Metrics, size: CardSize, left: float, right: float, foot: float) -> None:
    side = back(card(question="What is just outside the frame? And what is not?"), size, EN, metrics, kind="questions")
    assert own_column(side) == [
        (line, pytest.approx(left, abs=0.06), pytest.approx(13.57 + n * 6.88, abs=0.02), "serif", 15)
        for n, line in enumerate(("What is just", "outside the frame?", "And what is not?"))
    ]
    assert ruled(side) == [pytest.approx((left, foot - 9.5 * n, right, foot - 9.5 * n), abs=0.06) for n in range(4)]


def test_a_longer_question_is_smaller_and_takes_no_line_to_write_on_away(metrics: Metrics) -> None:
    asked = "What would someone who has never been here think that this picture is about, and what would you say to them?"
    side = back(card(question=asked), A6, EN, metrics, kind="questions")
    assert {text[4] for text in own_column(side)} == {13}
    assert " ".join(text[0] for text in own_column(side)) == asked
    assert len(ruled(side)) == 4


def test_the_second_half_of_a_question_begins_a_line_where_there_are_enough(metrics: Metrics) -> None:
    halves = "Which word would you attach to it? What does that word leave out?"
    side = back(card(question=halves), A6, EN, metrics, kind="questions")
    assert [text[0] for text in own_column(side)] == ["Which word would", "you attach to it?", "What does that", "word leave out?"]
    asked = "What would you ask the person who made it, if they came by? What would they want to ask of you?"
    ran_on = back(card(question=asked), A6, EN, metrics, kind="questions")
    assert [text[0] for text in own_column(ran_on)][2].count("?") == 1
    assert len(own_column(ran_on)) == 5


def test_a_card_without_a_question_has_lines_to_write_on(metrics: Metrics) -> None:
    assert back(card(), A6, EN, metrics, kind="questions").items == back(card(), A6, EN, metrics).items


def test_claims_are_said_to_be_claims_and_by_whom(metrics: Metrics) -> None:
    side = back(told(labels=("Horse", "Person", "Horse"), captions=("a horse", "two horses")), A6, EN, metrics, kind="data")
    assert own_column(side)[:5] == [
        ("Labelled in the data set as:", 80, 12.5, "sans-semibold", 7.5),
        ("Horse, Person", 80, 17.4, "serif", 10.5),
        ("Described in the data set as:", 80, 25.36, "sans-semibold", 7.5),
        ("“a horse”", 80, 30.26, "serif", 10.5),
        ("“two horses”", 80, 35.62, "serif", 10.5),
    ]
    assert "Described by paid workers as:" in lines(back(told(captions_paid=True), A6, EN, metrics, kind="data"))


def test_where_nothing_was_written_that_is_said(metrics: Metrics) -> None:
    side = back(told(labels=(), captions=("", " ")), A6, EN, metrics, kind="data")
    assert "Nothing was written about this image in the data set, or nothing that was kept." in said(side)
    assert "Labelled" not in said(side)


@pytest.mark.parametrize("kind", ["credit", "postcard", "notes", "questions"])
def test_no_other_back_tells_what_was_written(metrics: Metrics, kind: Kind) -> None:
    side = back(told(question="What is just outside the frame?"), A6, EN, metrics, kind=kind)
    assert "orse" not in said(side)
    assert not only(side, Fill)


@by_columns
def test_six_colours_stand_at_the_foot_and_the_palest_have_a_keyline(
    metrics: Metrics, size: CardSize, left: float, right: float, foot: float
) -> None:
    side = back(told(), size, EN, metrics, kind="data")
    chip = min(9, (right - left - 4) / 6)
    assert [(fill.x_mm, fill.y_mm, fill.width_mm, fill.height_mm) for fill in only(side, Fill)] == [
        pytest.approx((left + n * (chip + 0.8), foot - chip, chip, chip), abs=0.07) for n in range(6)
    ]
    assert [fill.rgb for fill in only(side, Fill)] == list(GREY.palette)
    framed = [round((frame.x_mm - left) / (chip + 0.8)) for frame in only(side, Frame)]
    assert framed == [0, 5]  # all of red, green and blue above 225
    assert {(frame.grey, frame.width_pt) for frame in only(side, Frame)} == {(0.7, 0.25)}
    heads = {text[0]: text[2] for text in own_column(side)}
    assert heads["Most frequent colours"] == pytest.approx(foot - 12.5, abs=0.06)


@pytest.mark.parametrize(
    ("exposure", "english", "brazilian"),
    [
        (Exposure(seconds="1/250", f_number=2.8, iso=200), "1/250 s · f/2.8 · ISO 200", "1/250 s · f/2,8 · ISO 200"),
        (Exposure(seconds="0.5", f_number=8.0), "0.5 s · f/8", "0,5 s · f/8"),
        (Exposure(iso=100), "ISO 100", "ISO 100"),
    ],
)
def test_ink_and_exposure_are_said_with_the_languages_own_comma(metrics: Metrics, exposure: Exposure, english: str, brazilian: str) -> None:
    shown = told(look=replace(GREY, exposure=exposure))
    side = back(shown, A6, EN, metrics, kind="data")
    assert "In grey, 43 % of it would be ink." in lines(side)
    assert f"Exposed: {english}" in lines(side)
    assert said(back(shown, A6, portuguese(), metrics, kind="data")).count(f": {brazilian} ") == 1


def test_a_camera_that_says_nothing_has_no_line(metrics: Metrics) -> None:
    side = back(told(look=replace(GREY, exposure=Exposure())), A6, EN, metrics, kind="data")
    assert "Exposed" not in said(side)


def test_what_there_is_no_room_for_is_counted(metrics: Metrics) -> None:
    labels = tuple(f"Label number {n}" for n in range(300))
    captions = (*(f"a caption, the {n}th of a great many" for n in range(20)), "wide " * 60)
    side = back(told(labels=labels, captions=captions), A6, EN, metrics, kind="data")
    column = " ".join(text[0] for text in own_column(side) if text[3] != "sans")
    listed = column.count("Label number")
    assert column.split(" Described")[0].endswith(f"Label number {listed - 1}, and {300 - listed} more")
    described = column.count("“")
    assert 1 < listed < 60
    assert 2 <= described < 20
    assert f"and {21 - described} more" in lines(side)
    assert len(back(told(labels=labels), A6, EN, metrics, kind="data").items) > 0
    alone = " ".join(text[0] for text in own_column(back(told(labels=labels, captions=()), A6, EN, metrics, kind="data")))
    assert alone.count("Label number") > listed  # without captions they have all the room


def test_a_claim_that_begins_with_a_sign_that_joins_what_is_before_it_is_set(metrics: Metrics) -> None:
    side = back(told(labels=("tree", "\U0001f3fb"), captions=("\U0001f3fb", "a tree")), A6, EN, metrics, kind="data")
    assert "“a tree”" in said(side)
    assert side.warnings[0].startswith("no-glyph: ")


@pytest.mark.parametrize("long", ["x" * 10_000, "word " * 2_000, "حصان\n" * 2_000, "馬" * 10_000, "line\nline", "\u202eevil\u2066"])
def test_no_label_or_caption_is_too_long_or_too_strange(metrics: Metrics, long: str) -> None:
    side = back(told(labels=(long, "Horse"), captions=(long, "a horse")), A6, EN, metrics, kind="data")
    assert ("text-cut" in side.warnings) == (len(long) > 400)
    assert "“a horse”" in lines(side)
    assert not any(control in said(side) for control in "\n\u202e\u2066")


# ---- what each kind says ------------------------------------------------------------------------------------------------


@each_kind
def test_a_withdrawn_card_has_number_and_code_only(metrics: Metrics, kind: Kind) -> None:
    withdrawn = told(picture=None, credit=None, notice="This picture was withdrawn at someone’s request.", question="Why?")
    assert [rounded(item) for item in texts(back(withdrawn, A6, EN, metrics, kind=kind))] == [
        ("Card 7 of 90 · Person 3", 32, 90, "sans", 7.5),
        ("K7Q2-9FXD", 32, 95, "sans-semibold", 11),
    ]
    assert len(back(withdrawn, A6, EN, metrics, kind=kind).items) == 2


@each_kind
def test_a_spare_card_says_so_instead_of_a_person(metrics: Metrics, kind: Kind) -> None:
    spare = lines(back(told(person=None, question="Why?"), A6, EN, metrics, kind=kind))
    assert "Card 7 of 90 · Spare" in spare
    assert "Person" not in " ".join(spare)


def key(side: Side) -> list[tuple[str, float, float, str, float]]:
    """What stands beside the code."""
    return [rounded(text) for text in texts(side) if text.baseline_mm > side.height_mm - 26 and 20 < text.x_mm < side.width_mm / 2]


def test_a_number_too_long_for_its_place_takes_two_lines_in_the_place_of_the_methods(metrics: Metrics) -> None:
    side = back(card(1234, of=2000, person=412), card_size("120x90mm"), portuguese(), metrics)
    assert key(side) == [
        ("Imagens para conviver", 32, 66.6, "serif-italic", pytest.approx(8.5, abs=1.5)),
        ("Cartão 1234 de 2000", 32, 71.47, "sans", 7.5),
        ("Pessoa 412", 32, 75, "sans", 7.5),
        ("K7Q2-9FXD", 32, 80, "sans-semibold", 11),
    ]


def test_where_the_methods_line_has_no_room_the_name_stands_in_its_place(metrics: Metrics) -> None:
    side = back(card(7), card_size("120x90mm"), EN, metrics)
    assert [(text[0], text[2]) for text in key(side)] == [("Images to live with", 70.6), ("Card 7 of 90 · Person 3", 75), ("K7Q2-9FXD", 80)]


SOFT, SQUARES = "This image is small for its card: it may look soft.", "This image is small. You will see its pixels;"


@pytest.mark.parametrize(
    ("size_px", "small", "sentence", "ppi"),
    [
        ((300, 252), "fill", SQUARES, "75"),  # 71.9 at the box, shown in squares of four dots
        ((300, 253), "fill", SOFT, "72"),
        ((776, 520), "fill", SOFT, "149"),
        ((780, 520), "fill", None, "150"),
        ((300, 253), "as-is", None, "150"),
        ((300, 253), "thumbnail", None, "190"),
        ((28, 28), "thumbnail", SQUARES, "19"),
    ],
)
def test_low_resolution_is_said_in_words(metrics: Metrics, size_px: tuple[int, int], small: Small, sentence: str | None, ppi: str) -> None:
    side = back(card(picture=photograph(1, size_px)), A6, EN, metrics, small=small)
    assert f"printed at {ppi} ppi" in said(side)
    assert [each for each in (SOFT, SQUARES) if each in said(side)] == ([sentence] if sentence else [])


def test_pixels_and_ppi_are_those_of_the_front_that_is_printed(metrics: Metrics) -> None:
    shown = card(picture=photograph(1, (1200, 800)), may_crop=True)
    assert "1200 × 800 pixels, printed at 231 ppi" in lines(back(shown, A6, EN, metrics))
    assert "1200 × 800 pixels, printed at 245 ppi" in lines(back(shown, A6, EN, metrics, caption=True))
    assert "1200 × 800 pixels, printed at 183 ppi" in lines(back(shown, A6, EN, metrics, bleeds=True))
    assert "1200 × 800 pixels, printed at 231 ppi" in lines(back(replace(shown, may_crop=False), A6, EN, metrics, bleeds=True))


@each_kind
def test_a_smaller_copy_says_that_it_is_one(metrics: Metrics, kind: Kind) -> None:
    copied = "Smaller copy: 220 ppi and JPEG quality 85 at most, unless light already."
    assert copied in said(back(told(), A6, EN, metrics, kind=kind, quality_small=True))
    assert copied not in said(back(told(), A6, EN, metrics, kind=kind))
    squares = back(told(picture=pixels(25, 25)), A6, EN, metrics, kind=kind, quality_small=True)
    assert copied not in said(squares)  # they keep all that they have
