"""A data set in shares, in words and bars: each chart says what its table says, and both languages say the same."""

from __future__ import annotations

import dataclasses
import re
from xml.etree import ElementTree

import pressed
import pytest

from imagestolive import resources
from imagestolive.datasets import datasheets
from imagestolive.profiles import Profile, profile_of
from imagestolive.records import ImageRecord, Label
from imagestolive.teaching import formats, profile
from imagestolive.teaching.blocks import Document, Figure, Heading, Items, Table, plain, texts
from imagestolive.teaching.charts import Bar, bars
from imagestolive.words import LANGUAGES

SVG = "{http://www.w3.org/2000/svg}"
in_each_language = pytest.mark.parametrize("lang", LANGUAGES)


def record(n: int) -> ImageRecord:
    """One of many: half of them licensed, by 15 authors, with a label that asks for escaping."""
    return ImageRecord(
        dataset="coco",
        image_id=str(n),
        locator=f"{n}.jpg",
        author=f"Author {n % 15}",
        license_raw="CC BY 2.0" if n % 2 else None,
        collected_on=f"20{10 + n % 3}-01-01",
        source_url=f"https://www.example.org/{n}.jpg",
        labels=(Label(text="cats <&> dogs", by="verification"),),
        flags=frozenset(("face",)) if n == 0 else frozenset(),
        people="some" if n == 0 else "unknown",
    )


RICH = profile_of(map(record, range(300)), of_rows=300)
BARE = profile_of([ImageRecord(dataset="coco", image_id="1", locator="1.jpg")], of_rows=1)


def told(found: Profile, lang: str = "en") -> profile.Told:
    return profile.told(found, datasheets()["coco"], resources.words(lang), [("Terms", "Not known.")])


def document(found: Profile, lang: str = "en") -> Document:
    return profile.document(told(found, lang), datasheets()["coco"], resources.words(lang))


def section(found: Profile, name: str) -> profile.Section:
    return next(part for part in told(found).sections if part.id == name)


def rows(part: profile.Section) -> dict[str, str]:
    assert part.shares
    return {name: share.replace("\u00a0", " ") for name, _, share in part.shares.rows}


def drawn_in(svg: str) -> list[str]:
    """Names and shares, as they are written in a chart; the lines of a name joined."""
    texts_drawn = ElementTree.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 (ours)
    return [" ".join(text.itertext()) for text in texts_drawn]


# ---- in words -----------------------------------------------------------------------------------------------------------


def test_every_part_of_a_data_set_has_its_section_in_order() -> None:
    assert [part.id for part in told(RICH).sections] == ["licenses", "authors", "years", "words", "places", "people", "missing"]


def test_shares_are_whole_percents_and_neither_nothing_nor_all_where_they_are_not() -> None:
    assert rows(section(RICH, "people")) == {"no people": "0 %", "people": "< 1 %", "nobody says": "> 99 %"}
    assert rows(section(RICH, "licenses")) == {"CC BY 2.0": "50 %", "none recorded": "50 %"}
    assert rows(section(RICH, "missing"))["A title"] == "100 %"


def test_of_authors_it_is_told_how_many_and_how_much_the_ten_made_but_no_name() -> None:
    part = section(RICH, "authors")
    assert part.sentences[0] == "15 people or accounts are named as authors."
    assert rows(part) == {"The 10 with most images": "67 %", "All others": "33 %", "not recorded": "0 %"}
    assert "Author 1" not in " ".join(texts(document(RICH)))


def test_who_attached_the_words_is_told() -> None:
    assert "Who says so, in its makers’ words: verification." in section(RICH, "words").sentences
    unsigned = profile_of([dataclasses.replace(record(n), labels=(Label(text="cat"),)) for n in range(3)], of_rows=3)
    assert "Its makers do not say who attached them." in section(unsigned, "words").sentences


def test_of_a_sample_it_is_told_that_it_is_one() -> None:
    assert told(RICH).looked_at == "Looked at: the records of all its 300 images."
    sample = profile_of(map(record, range(300)), of_rows=1_000_000)
    assert told(sample).looked_at.startswith("Looked at: the records of 300 of its 1,000,000 images.")


def test_what_is_not_recorded_has_a_sentence_and_no_chart() -> None:
    parts = {part.id: part for part in told(BARE).sections}
    for name in ("authors", "years", "words", "places"):
        assert parts[name].shares is None
        assert parts[name].sentences
    assert rows(parts["licenses"]) == {"none recorded": "100 %"}
    assert set(rows(parts["missing"]).values()) == {"100 %"}
    assert parts["missing"].items == ("Terms: Not known.",)


# ---- as a document ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [RICH, BARE])
def test_both_languages_have_the_same_sections_charts_and_numbers(found: Profile) -> None:
    documents = [document(found, lang) for lang in LANGUAGES]
    assert len({one.shape for one in documents}) == 1
    assert len({tuple(type(block) for block in one.blocks) for one in documents}) == 1
    assert len({tuple(len(block.rows) for block in one.blocks if isinstance(block, Table)) for one in documents}) == 1


@in_each_language
def test_each_chart_is_followed_by_a_table_that_says_the_same(lang: str) -> None:
    blocks = document(RICH, lang).blocks
    charts = [(block, blocks[place + 1]) for place, block in enumerate(blocks) if isinstance(block, Figure)]
    assert len(charts) == 7
    for figure, table in charts:
        assert isinstance(table, Table)
        drawn = drawn_in(figure.svg)
        said = [(plain(name), plain(share)) for name, _, share in table.rows]
        assert drawn[1::2] == [share for _, share in said]
        assert drawn[::2] == [name for name, _ in said]
        assert all(f"{name} {share}" in figure.alt for name, share in said)


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_every_sentence_is_translated(lang: str) -> None:
    data = {"CC BY 2.0", "cats <&> dogs", "example.org", "Terms: Not known."}
    english = {text for text in texts(document(RICH)) if re.search("[a-z]{3}", text)} - data
    assert len(english) > 30
    assert not english & set(texts(document(RICH, lang)))


def test_the_document_ends_with_what_nobody_knows() -> None:
    last = document(RICH).blocks[-1]
    assert isinstance(last, Items)
    assert list(texts(last)) == ["Terms: Not known."]
    assert [block.id for block in document(BARE).blocks if isinstance(block, Heading)][-1] == "missing"


@pytest.mark.parametrize("form", ["pdf", "md"])
def test_it_can_be_had_as_a_file_the_same_one_each_time(form: str) -> None:
    if not formats.is_here(form):
        pytest.skip(f"{form} needs a package that is not installed")
    assert formats.write(document(RICH), form) == formats.write(document(RICH), form)


# ---- bars ---------------------------------------------------------------------------------------------------------------


def test_bars_are_as_long_as_their_shares_of_the_frame() -> None:
    svg = ElementTree.fromstring(bars([Bar(name="a", share=share, said="") for share in (0.0, 0.001, 0.5, 1.0)]))  # noqa: S314 (ours)
    boxes = list(svg.iter(f"{SVG}rect"))
    frames = [float(box.attrib["width"]) for box in boxes if box.attrib.get("fill") == "none"]
    filled = [float(box.attrib["width"]) for box in boxes if "fill-opacity" in box.attrib]
    assert len(set(frames)) == 1
    assert filled == [1.0, pytest.approx(frames[0] / 2, abs=0.01), frames[0]]


def test_bars_print_in_grey_and_keep_within_a_narrow_screen() -> None:
    svg = bars([Bar(name="a name <&>", share=0.3, said="30 %")])
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) == {"currentColor", "none"}
    assert {float(opacity) for opacity in re.findall(r'fill-opacity="([^"]*)"', svg)} == {0.6}
    assert "style=" not in svg
    assert 'width="320"' in svg
    assert "a name &lt;&amp;&gt;" in svg


def test_a_name_has_two_lines_and_is_cut_behind_them_but_that_of_a_license_never() -> None:
    name = "a name that is much longer than two lines of a chart have room for"
    for kind, lines in (
        ({"name": "a name of two lines, whole"}, ["a name of two lines,", "whole"]),
        ({"name": name}, ["a name that is much", "longer than two…"]),
        ({"name": name, "in_full": True}, ["a name that is much", "longer than two", "lines of a chart", "have room for"]),
        ({"name": "x" * 30}, ["x" * 20, "x" * 10]),
    ):
        assert lines_of(bars([Bar(share=0, said="", **kind)])) == lines


def test_what_follows_a_name_of_many_lines_stands_below_it_in_the_frame() -> None:
    svg = ElementTree.fromstring(bars([Bar(name="words " * 20, share=0, said="0 %", in_full=True), Bar(name="b", share=0, said="0 %")]))  # noqa: S314 (ours)
    first, _, second, _ = svg.iter(f"{SVG}text")
    last_line = float(first.attrib["y"]) + sum(float(line.attrib["dy"]) for line in first)
    assert last_line + 15 < float(second.attrib["y"]) < float(svg.attrib["height"])


def lines_of(svg: str) -> list[str]:
    name = next(ElementTree.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 (ours)
    return list(name.itertext())


@in_each_language
def test_every_license_stands_in_full_in_its_chart(lang: str) -> None:
    records = [
        dataclasses.replace(record(n), license_raw=raw) for n, raw in enumerate(("Public domain", "No known copyright restrictions"))
    ]
    (figure,) = [
        block for block in document(profile_of(records, of_rows=2), lang).blocks if getattr(block, "name", "") == "profile-licenses"
    ]
    assert isinstance(figure, Figure)
    assert "…" not in figure.svg
    assert all(f"{name} 50" in figure.alt for name in drawn_in(figure.svg)[::2])


def test_on_paper_a_chart_stands_beside_its_table_and_with_its_heading() -> None:
    if not formats.is_here("pdf"):
        pytest.skip("pdf needs a package that is not installed")
    for page in pressed.texts(formats.write(document(RICH), "pdf")):
        for part in told(RICH).sections:
            if part.shares and part.heading in page.splitlines():
                assert all(" ".join(row[:2]) in " ".join(page.split()) for row in part.shares.rows)


@pytest.mark.parametrize("found", [RICH, BARE])
def test_years_and_places_say_that_when_and_where_a_photograph_was_taken_is_not_kept_and_where_the_reason_stands(found: Profile) -> None:
    for name, word in (("years", "When"), ("places", "Where")):
        assert section(found, name).sentences[-1].startswith(f"{word} a photograph was taken is not kept here; “What is missing?”")
    reason = section(found, "missing")
    assert reason.heading == "What is missing?"
    assert "somebody’s door" in reason.sentences[0]


def test_where_records_hold_no_dates_the_year_of_the_whole_is_told() -> None:
    assert "The data set as a whole is of 2014." in section(BARE, "years").sentences
    assert not any("as a whole" in sentence for sentence in section(RICH, "years").sentences)
