"""HTML for learning platforms: nothing in it that their editors strip."""

from __future__ import annotations

import pytest
from hypothesis import given
from writings import Reader, documents, figure, made, missing, paragraph

from imagestolive.teaching import DOCUMENTS, formats
from imagestolive.teaching.blocks import Block, Box, Cutout, Document, Fold, Heading, Items, Lines, NewPage, Notes, Paragraph, Run, Table
from imagestolive.teaching.documents import document
from imagestolive.words import LANGUAGES

OF_EDITORS = {
    "html", "head", "meta", "title", "body", "div", "h2", "h3", "h4", "h5", "p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody",
    "tr", "th", "td", "em", "strong", "a", "br", "hr",
}  # fmt: skip


def page_of(document: Document) -> str:
    return formats.write(document, "lms").decode()


def pasted(*blocks: Block) -> str:
    return page_of(made(*blocks)).split("<p>Short.</p>\n")[1].removesuffix("</div>\n</body>\n</html>\n").rstrip("\n")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in DOCUMENTS if "lms" in formats.forms_of(key)])
def test_a_page_is_small_and_has_only_what_editors_keep(key: str, lang: str) -> None:
    page = page_of(document(key, lang))
    read = Reader(page)
    assert {tag for tag, _ in read.tags} <= OF_EDITORS
    assert {name for _, attributes in read.tags for name in attributes} <= {"lang", "charset", "scope", "href", "rel", "border"}
    assert read.of("html", "div") == [{"lang": lang}] * 2
    assert len(page.encode()) < 60_000
    assert read.levels.count(2) == 1
    assert read.levels[0] == 2
    assert read.leaps == []


@given(documents)
def test_any_document_is_said_and_well_formed(document: Document) -> None:
    read = Reader(page_of(document))
    assert {tag for tag, _ in read.tags} <= OF_EDITORS
    assert missing(document, read.words) == []


def test_sections_stand_under_the_title_and_steps_under_sections() -> None:
    assert pasted(Heading(id="class", level=2, title="Class", minutes=5), Heading(id="ask", level=3, title="Ask", minutes=5)) == (
        "<h3>Class, 5 min</h3>\n<h4>Ask, 5 min</h4>"
    )


def test_what_is_only_room_on_paper_is_left_out() -> None:
    assert pasted(paragraph("a"), Lines(count=3), Box(height_mm=40), Fold(), NewPage(), paragraph("b")) == "<p>a</p>\n<p>b</p>"


def test_a_drawing_is_told_in_words() -> None:
    assert pasted(figure(alt="A <frame>.")) == "<p><em>Drawing: A &lt;frame&gt;.</em></p>"


def test_boxes_to_tick_and_notes_need_no_style() -> None:
    assert pasted(Items(items=((paragraph("a"),),), boxes=True)) == "<ul>\n<li>☐ a</li>\n</ul>"
    assert pasted(Notes(blocks=(paragraph("Wait."),))) == "<blockquote>\n<p><strong>To say and do</strong></p>\n<p>Wait.</p>\n</blockquote>"


def test_cards_stand_between_rules() -> None:
    cards = [Cutout(name="data", blocks=(paragraph(text),)) for text in ("one", "two")]
    assert pasted(*cards) == "<hr>\n<p>one</p>\n<hr>\n<p>two</p>\n<hr>"


def test_empty_cells_are_seen() -> None:
    assert pasted(Table(head=((Run(text="Day"),),), rows=(((),),))).startswith('<table border="1">')


def test_links_within_the_document_are_text() -> None:
    runs = (Run(text="a", href="#two"), Run(text="b", href="https://example.org/"), Run(text="c", href="javascript:x"))
    assert pasted(Paragraph(runs=runs)) == '<p>a<a href="https://example.org/">b</a>c</p>'
