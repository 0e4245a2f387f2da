"""The drawings of documents: whole, on their own, black on white, and told in words beside them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from imagestolive.teaching import PlanBroken
from imagestolive.teaching.blocks import Figure
from imagestolive.teaching.documents import DOCUMENTS, document
from imagestolive.teaching.figures import FIGURES, SYSTEM_WORDS, WIDTHS_MM, drawn
from imagestolive.words import LANGUAGES

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {"svg", "rect", "polyline", "polygon", "text"}
DRAWING = {"xmlns", "viewBox", "width", "height", "x", "y", "points", "fill", "stroke", "stroke-width", "stroke-dasharray"}
WRITING = {"stroke-linecap", "font-family", "font-size", "font-weight", "font-variation-settings", "text-anchor"}

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)
of_each = pytest.mark.parametrize("name", FIGURES)


def tree(name: str, lang: str) -> ElementTree.Element:
    return ElementTree.fromstring(FIGURES[name](lang))  # noqa: S314 (our own)


def said(name: str, lang: str) -> list[str]:
    return [element.text or "" for element in tree(name, lang).iter(f"{SVG}text")]


def placed(lang: str) -> list[Figure]:
    """The figures in the documents."""
    documents = [document(key, lang) for key in ("worksheets", "question-cards")]
    return [block for found in documents for block in found.blocks if isinstance(block, Figure)]


@in_each_language
@of_each
def test_a_drawing_is_whole_and_needs_nothing_from_elsewhere(name: str, lang: str) -> None:
    root = tree(name, lang)
    assert root.tag == f"{SVG}svg"
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in KNOWN
        assert set(element.attrib) <= DRAWING | WRITING  # no style, no id, no href, nothing that runs
    assert "url(" not in FIGURES[name](lang)


@in_each_language
@of_each
def test_a_drawing_is_black_on_white(name: str, lang: str) -> None:
    colours = {element.get(place) for element in tree(name, lang).iter() for place in ("fill", "stroke")}
    assert colours == {"#000", "#fff", "none", None}


@in_each_language
def test_its_words_are_in_the_face_of_paper_and_of_the_web(lang: str) -> None:
    assert {text.get("font-family") for text in tree("image-system", lang).iter(f"{SVG}text")} == {
        "'ImagesToLive Sans', 'Source Sans 3', sans-serif"
    }


@in_each_language
@of_each
def test_everything_lies_within_the_drawing(name: str, lang: str) -> None:
    root = tree(name, lang)
    width, height = (float(root.get(side, "")) for side in ("width", "height"))
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    for element in root.iter():
        corners = re.findall(r"([\d.-]+),([\d.-]+)", element.get("points", ""))
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        if element is not root:
            corners += [(x, y), (x + float(element.get("width", 0)), y + float(element.get("height", 0)))]
        assert all(0 <= float(across) <= width and 0 <= float(down) <= height for across, down in corners)


@in_each_language
@of_each
def test_a_drawing_is_the_same_each_time(name: str, lang: str) -> None:
    assert FIGURES[name](lang) == FIGURES[name](lang)


@in_each_language
def test_the_words_of_the_system_are_its_own(lang: str) -> None:
    assert " ".join(said("image-system", lang)).count(SYSTEM_WORDS[lang].outside) == 1
    assert sorted(" ".join(said("image-system", lang)).split()) == sorted(" ".join(SYSTEM_WORDS[lang].all).split())
    assert len(SYSTEM_WORDS[lang].stations) == len(SYSTEM_WORDS[lang].left_out) == 4


@in_each_language
def test_words_can_be_read_on_a_phone_and_on_paper(lang: str) -> None:
    root = tree("image-system", lang)
    width = float(root.get("width", ""))
    sizes = [float(text.get("font-size", "")) for text in root.iter(f"{SVG}text")]
    assert min(sizes) * 288 / width >= 11  # px, on a screen 320 wide with margins of 16
    assert min(sizes) * WIDTHS_MM["image-system"] / width * 72 / 25.4 >= 10  # pt


@in_each_language
def test_what_stands_in_a_station_fits_in_it_even_in_a_wider_face(lang: str) -> None:
    boxes = [rect for rect in tree("image-system", lang).iter(f"{SVG}rect") if rect.get("stroke-width") == "1.2"]
    assert len(boxes) == 4
    room = float(boxes[0].get("width", "")) - 2 * 8
    for _, there in SYSTEM_WORDS[lang].stations:
        assert len(there) * 13 * 0.47 <= room, there  # Arial, which a browser without our faces takes, has about 0.47 em a letter


@in_each_language
def test_all_that_is_written_in_a_drawing_is_told_in_words_as_well(lang: str) -> None:
    figures = placed(lang)
    assert {figure.name for figure in figures} == set(FIGURES)
    for figure in figures:
        told = figure.alt.casefold()
        words = SYSTEM_WORDS[lang].all if figure.name == "image-system" else said(figure.name, lang)
        assert [word for word in words if word.casefold() not in told] == []


def test_every_language_draws_the_same_with_its_own_words() -> None:
    for name in FIGURES:
        shapes = {re.sub(r">[^<]+</text>", "></text>", FIGURES[name](lang)) for lang in LANGUAGES}
        assert len(shapes) == 1
    assert len({tuple(said("image-system", lang)) for lang in LANGUAGES}) == len(LANGUAGES)


def test_every_drawing_has_a_width_and_stands_in_a_document() -> None:
    assert set(WIDTHS_MM) == set(FIGURES)
    assert {"worksheets", "question-cards"} <= set(DOCUMENTS)


def test_a_drawing_that_is_not_there_or_not_told_is_refused() -> None:
    with pytest.raises(PlanBroken, match="no such drawing"):
        drawn("en", "brain", "A brain.")
    with pytest.raises(PlanBroken, match="nothing says in words"):
        drawn("en", "frame", "")
