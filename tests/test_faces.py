"""Fronts and backs: the design's numbers, what gives way first, and that nothing ever touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import CASTLE, EN, card, fonts, photograph, pixels

from imagestolive.credits import Credit
from imagestolive.faces import CAPITALS, Code, Frame, Image, Item, Rule, Side, Span, Text, back, fit, front
from imagestolive.typeset import Metrics
from imagestolive.units import A6, QUARTER_LETTER, CardSize, mm
from imagestolive.words import Words


class Portuguese:
    """The longest sentences that a back says."""

    sentences: ClassVar = {
        "Card {number} of {of} · Person {person}": "Cartão {number} de {of} · Pessoa {person}",
        "after Pereira and Moreschi, 2023": "a partir de Pereira e Moreschi, 2023",
        "{width} × {height} pixels, printed at {ppi} ppi": "{width} × {height} pixels, impressa a {ppi} ppi",
        "Images to live with": "Imagens para conviver",
        "Source: {source}": "Fonte: {source}",
        "Changes: {changes}": "Alterações: {changes}",
    }

    def gettext(self, sentence: str) -> str:
        return self.sentences.get(sentence, sentence)


PT = Words("pt-BR", Portuguese())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    return Metrics(fonts(tmp_path_factory))


def texts(items: tuple[Item, ...]) -> Iterator[Text]:
    for item in items:
        match item:
            case Text():
                yield item
            case Span():
                yield from item.items


def lines(side: Side) -> list[str]:
    return [text.string for text in texts(side.items)]


def rounded(text: Text) -> tuple[str, float, float, str, float]:
    return text.string, round(text.x_mm, 2), round(text.baseline_mm, 2), text.face, text.size_pt


# ---- front ------------------------------------------------------------------------------------------------------------


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


@settings(deadline=None)
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
    assert place.turned == (height_px >= 1.1 * width_px)
    assert place.dots is not None or place.ppi >= 72


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


def test_a_withdrawn_card_says_so_in_the_middle_and_has_number_and_code_behind(metrics: Metrics) -> None:
    withdrawn = card(7, picture=None, credit=None, notice="This picture was withdrawn at someone’s request.")
    (text,) = front(withdrawn, A6, metrics).items
    assert isinstance(text, Text)
    assert (text.string, text.face, text.size_pt) == ("This picture was withdrawn at someone’s request.", "serif", 10.5)
    assert text.x_mm + text.width_mm / 2 == pytest.approx(74)
    assert text.baseline_mm - 2.5 / 2 == pytest.approx(52.5)
    assert [rounded(item) for item in texts(back(withdrawn, A6, EN, metrics).items)] == [
        ("Card 7 of 90 · Person 3", 32, 90, "sans", 7.5),
        ("K7Q2-9FXD", 32, 95, "sans-semibold", 11),
    ]


# ---- back -------------------------------------------------------------------------------------------------------------


def test_a_back_stands_where_the_design_puts_it(metrics: Metrics) -> None:
    side = back(card(7, picture=photograph(1, (480, 639))), A6, EN, metrics)
    assert (side.width_mm, side.height_mm) == (148, 105)
    assert [rounded(text) for text in texts(side.items)] == [
        ("“Laugharne Castle”", 10, 12.5, "serif", 10.5),
        ("by Chris_Parfitt", 10, 17.26, "serif", 10.5),
        ("is licensed under CC BY 2.0", 10, 22.02, "serif", 10.5),
        ("https://creativecommons.org/licenses/by/2.0/", 10, 27.39, "sans", 7.5),
        ("Source:", 10, 30.92, "sans", 7.5),
        ("https://www.flickr.com/photos/chr1sp/4781196162", 10, 34.44, "sans", 7.5),
        ("From the data set Open Images, 2016", 10, 39.97, "sans", 7.5),
        ("480 × 639 pixels, printed at 137 ppi", 10, 43.5, "sans", 7.5),
        ("Images to live with", 32, 81.6, "serif-italic", 8.5),
        ("after Pereira and Moreschi, 2023", 32, 85.8, "sans", 7.5),
        ("Card 7 of 90 · Person 3", 32, 90, "sans", 7.5),
        ("K7Q2-9FXD", 32, 95, "sans-semibold", 11),
    ]
    (code,) = [item for item in side.items if isinstance(item, Code)]
    assert (code.x_mm, code.y_mm, code.size_mm, len(code.modules)) == (10, 77, 18, 25)
    assert [(rule.x0_mm, rule.x1_mm, rule.y0_mm, rule.y1_mm) for rule in side.items if isinstance(rule, Rule)] == [
        (80, 138, 95 - step * 9.5, 95 - step * 9.5) for step in range(6)
    ]
    assert side.warnings == ()


def test_the_columns_of_another_card_share_its_width(metrics: Metrics) -> None:
    side = back(card(), QUARTER_LETTER, EN, metrics)
    rule = next(item for item in side.items if isinstance(item, Rule))
    assert (round(rule.x0_mm, 1), round(rule.x1_mm, 1), round(rule.y0_mm, 2)) == (75.7, 129.7, 97.95)


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
    first = next(texts(side.items))
    assert first.string == "From the data set Open Images, 2016"
    assert first.baseline_mm - CAPITALS * mm(7.5) == pytest.approx(10)


# ---- too much text ----------------------------------------------------------------------------------------------------

INVENTED = "Um título inventado e comprido de propósito, para ver como o verso do cartão se comporta se o texto não acaba"


def invented(title: str, author: str = "Maria das Dores Exemplo de Albuquerque") -> Credit:
    return replace(CASTLE, sense=(f"“{title}”,", f"de {author},", "sob licença CC BY-NC-SA 3.0 BR"))


def test_a_sentence_of_more_than_five_lines_runs_on(metrics: Metrics) -> None:
    side = back(card(credit=invented("Um título que toma duas linhas e um pouco mais")), A6, EN, metrics)
    assert lines(side)[:5] == [
        "“Um título que toma duas linhas e",
        "um pouco mais”,",
        "de Maria das Dores Exemplo de",
        "Albuquerque,",
        "sob licença CC BY-NC-SA 3.0 BR",
    ]
    side = back(card(credit=invented("Um título que toma duas linhas inteiras e depois ainda um pouco mais")), A6, EN, metrics)
    assert lines(side)[:5] == [
        "“Um título que toma duas linhas",
        "inteiras e depois ainda um pouco",
        "mais”, de Maria das Dores",
        "Exemplo de Albuquerque, sob",
        "licença CC BY-NC-SA 3.0 BR",
    ]
    assert side.warnings == ()


def test_then_words_leave_the_end_of_the_title_and_no_small_word_is_left_there(metrics: Metrics) -> None:
    side = back(card(credit=invented(INVENTED)), A6, EN, metrics)
    assert lines(side)[:5] == [
        "“Um título inventado e comprido",
        "de propósito, para ver como o",
        "verso do cartão…”, de Maria das",
        "Dores Exemplo de Albuquerque,",
        "sob licença CC BY-NC-SA 3.0 BR",
    ]
    assert side.warnings == ("title-shortened",)


def test_then_the_source_becomes_the_address_of_the_code(metrics: Metrics) -> None:
    source = "https://example.org/" + "a-long-part-of-an-address/" * 8
    terms = "Data set terms: " + "non-commercial research and educational use only " * 5
    side = back(card(credit=replace(CASTLE, source=source, dataset_terms=terms, note="A note. " * 20)), A6, EN, metrics)
    assert "Source: https://flic.kr/p/test01" in lines(side)
    assert "source-shortened" in side.warnings


def test_an_address_that_no_column_holds_is_never_printed(metrics: Metrics) -> None:
    side = back(card(credit=replace(CASTLE, source="https://example.org/" + "x" * 400)), A6, EN, metrics)
    assert "Source: https://flic.kr/p/test01" in lines(side)


def test_the_remark_on_small_images_is_the_first_to_go(metrics: Metrics) -> None:
    terms = "Data set terms: " + "non-commercial research and educational use only " * 4
    side = back(card(picture=pixels(25, 25), credit=replace(CASTLE, dataset_terms=terms, note="A note. " * 20)), A6, EN, metrics)
    said = " ".join(lines(side))
    assert "This image is small" not in said
    assert "A note." in said
    assert "Laugharne Castle" in said


def test_an_author_is_never_cut_but_the_type_gets_smaller(metrics: Metrics) -> None:
    sizes_pt = []
    for names in (*range(10, 30), 95):
        author = " ".join(["Maria"] * names)
        side = back(card(credit=invented(INVENTED, author)), A6, EN, metrics)
        sentence = [text for text in texts(side.items) if text.face == "serif"]
        said = " ".join(text.string for text in sentence)
        assert author in said
        assert "CC BY-NC-SA 3.0 BR" in said
        assert "https://creativecommons.org/licenses/by/2.0/" in lines(side)
        assert len(sentence) <= 5 or sentence[0].size_pt <= 8.5
        sizes_pt.append(sentence[0].size_pt)
    assert sizes_pt == sorted(sizes_pt, reverse=True)
    assert set(sizes_pt) > {10.5, 9.5, 8.5}


def test_what_cannot_be_drawn_is_reported(metrics: Metrics) -> None:
    side = back(card(credit=replace(CASTLE, sense=("“日本の城”", "by 山田", "is licensed under CC BY 2.0"))), A6, EN, metrics)
    assert lines(side)[:2] == ["“□□□□”", "by □□"]
    assert side.warnings == ("no-glyph: 日本の城山田",)


# ---- nothing ever touches ---------------------------------------------------------------------------------------------

LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
WORDY = st.one_of(
    LETTERS,
    st.builds(lambda word, times: " ".join([word] * times), st.text("aAmWÉ.-", min_size=1, max_size=14), st.integers(1, 120)),
    st.builds(lambda sign, times: sign * times, st.sampled_from("aWi日"), st.integers(1, 2000)),
)
ADDRESS = st.builds(
    lambda tail, times: "https://example.org/" + tail * times, st.text("ab/?&=-", min_size=1, max_size=9), st.integers(0, 60)
)


@st.composite
def hostile_credits(draw: st.DrawFn) -> Credit:
    optional = st.one_of(st.none(), WORDY)
    return replace(
        CASTLE,
        sense=(
            f"“{draw(WORDY)}”",
            f"by {draw(WORDY)}",
            draw(st.sampled_from(["is licensed under CC BY 2.0", "· Image license not recorded"])),
        ),
        license_url=draw(st.sampled_from([None, CASTLE.license_url, "https://creativecommons.org/licenses/by-nc-sa/3.0/br/"])),
        dataset_terms=draw(optional),
        source=draw(st.one_of(st.none(), ADDRESS)),
        changes=draw(optional),
        note=draw(optional),
    )


def type_box(text: Text) -> tuple[float, float, float, float]:
    em = mm(text.size_pt)
    return text.x_mm, text.baseline_mm - 0.75 * em, text.x_mm + text.width_mm, text.baseline_mm + 0.25 * em


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@settings(max_examples=150, deadline=None)
@given(
    credit=hostile_credits(),
    dataset=WORDY,
    qr_url=st.one_of(st.none(), ADDRESS.filter(lambda address: len(address) <= 78)),
    size=st.sampled_from([A6, QUARTER_LETTER]),
    words=st.sampled_from([EN, PT]),
    small=st.booleans(),
)
def test_on_no_back_does_anything_touch(
    metrics: Metrics, credit: Credit, dataset: str, qr_url: str | None, size: CardSize, words: Words, small: bool
) -> None:
    picture = pixels(25, 25) if small else photograph()
    hostile = card(2000, of=2000, person=500, credit=credit, dataset=dataset, qr_url=qr_url, qr_level="L", picture=picture)
    side = back(hostile, size, words, metrics)
    boxes = [type_box(text) for text in texts(side.items)]
    for text in texts(side.items):
        capital_top = text.baseline_mm - CAPITALS * mm(text.size_pt)
        assert text.x_mm >= 10 - 1e-6
        assert text.x_mm + text.width_mm <= size.width_mm - 10 + 1e-6
        assert capital_top >= 10 - 1e-6
        assert text.baseline_mm <= size.height_mm - 10 + 1e-6
    for item in side.items:
        match item:
            case Code():
                quiet = 4 * item.size_mm / len(item.modules)
                boxes.append((item.x_mm - quiet, item.y_mm - quiet, item.x_mm + item.size_mm + quiet, item.y_mm + item.size_mm + quiet))
            case Rule():
                boxes.append((item.x0_mm, item.y0_mm - 0.1, item.x1_mm, item.y1_mm + 0.1))
    for one, other in combinations(boxes, 2):
        assert not overlap(one, other)


# ---- fronts with a caption ---------------------------------------------------------------------------------------------


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
    (image,) = (item for item in side.items if isinstance(item, Image))
    lines = [text for item in side.items if isinstance(item, Span) for text in item.items]
    assert "CC BY 2.0" in " ".join(line.string.replace("\u00a0", " ") for line in lines)
    for line in lines:
        assert line.baseline_mm - 2 > image.y_mm + image.height_mm
        assert line.baseline_mm <= side.height_mm - 5
        assert line.x_mm >= 7.9
        assert line.x_mm + line.width_mm <= side.width_mm - 7
