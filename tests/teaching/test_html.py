"""The HTML of a document: what it is, said to everybody, and nothing that a page's policy forbids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from writings import Reader, documents, figure, made, missing, paragraph, small

from imagestolive.teaching import html
from imagestolive.teaching.blocks import (
    Big,
    Block,
    Box,
    Choice,
    Cutout,
    Document,
    Figure,
    Fold,
    Heading,
    Items,
    Lines,
    NewPage,
    Notes,
    Paragraph,
    Run,
    Said,
    Table,
)
from imagestolive.teaching.documents import document
from imagestolive.teaching.links import followed
from imagestolive.words import LANGUAGES

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)


def rendered(*blocks: Block) -> str:
    return html.render(made(*blocks)).rstrip("\n")


@in_each_language
def test_each_class_is_one_list_of_steps_with_minutes_beside_them(lang: str) -> None:
    plan = document("plan", lang)
    page = html.render(plan)
    assert page.count('<ol class="steps">') == 2
    minutes = re.findall(r'<li><span class="min">(\d+) min</span><div>\n<h3 ', page)
    assert [int(each) for each in minutes] == [heading.minutes for heading in plan.headings if heading.is_step]


def test_a_step_looks_as_the_design_draws_it() -> None:
    assert html.render(small("## Class (5 min)\n\n### Ask (5 min)\n\nWho?\n\n## After\n\nText.\n")) == (
        '<h2 id="class">Class, 5 min</h2>\n'
        '<ol class="steps">\n'
        '<li><span class="min">5 min</span><div>\n<h3 id="ask">Ask</h3>\n<p>Who?</p>\n</div></li>\n'
        "</ol>\n"
        '<h2 id="after">After</h2>\n<p>Text.</p>\n'
    )


def test_a_document_may_begin_with_text_or_have_no_heading() -> None:
    assert html.render(small("Text.\n\n## One\n")) == '<p>Text.</p>\n<h2 id="one">One</h2>\n'
    assert html.render(small("Text.\n")) == "<p>Text.</p>\n"


@given(documents)
def test_any_document_is_said_and_well_formed_without_styles_and_scripts(document: Document) -> None:
    page = f"<h1>{document.title.replace('&', '&amp;').replace('<', '&lt;')}</h1>{html.render(document)}"
    read = Reader(page)
    assert missing(document, read.words) == []
    for tag, attributes in read.tags:
        assert tag not in ("script", "style", "b")
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
    drawn = [each["id"] for each in read.of("rect") if "id" in each]
    assert len(set(drawn)) == len(drawn)
    for link in read.of("a"):
        assert re.match(r"https?://|mailto:|#", str(link["href"]))


def test_html_in_a_source_is_shown_and_not_obeyed() -> None:
    page = html.render(
        small(
            "<script>alert(1)</script>\n\n## <b onclick=x>Bold</b> & more\n\n"
            "Text <img src=x onerror=y> [a](javascript:alert(1))\n\n<div>\n\n### Ask <i> (5 min)\n"
        )
    )
    read = Reader(page)
    assert {tag for tag, _ in read.tags} <= {"p", "h2", "h3", "ol", "li", "span", "div"}
    assert "&lt;script&gt;" in page
    assert "<b onclick=x>Bold</b> & more" in read.words


def test_ids_and_names_end_where_their_attribute_ends() -> None:
    read = Reader(rendered(Heading(id='a" onclick="x', level=2, title="One"), figure(alt='A "frame" & <more>')))
    assert read.of("h2") == [{"id": 'a" onclick="x'}]
    assert read.of("svg")[0]["aria-label"] == 'A "frame" & <more>'


@pytest.mark.parametrize(
    "href", ["https://example.org/a?b=1&c=2#d", "http://example.org", "mailto:a@example.org", "#first-class", "/plan", "plan?lang=en"]
)
def test_links_lead_to_the_web_to_mail_and_within(href: str) -> None:
    assert followed(href) == href
    assert Reader(rendered(Paragraph(runs=(Run(text="one", href=href),)))).of("a")[0]["href"] == href


@pytest.mark.parametrize(
    "href",
    [
        None, "", "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "\x01javascript:x",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//example.org/", "\\\\example.org", "/\\example.org", "http:", "https://",
        "mailto:", "http://[", "https://example.org/a b",
    ],
)  # fmt: skip
def test_links_lead_nowhere_else(href: str | None) -> None:
    assert followed(href) is None
    assert rendered(Paragraph(runs=(Run(text="one", href=href),))) == "<p>one</p>"


def test_links_do_not_tell_where_the_reader_comes_from() -> None:
    links = Reader(html.render(document("references", "en"))).of("a")
    assert len(links) > 8
    assert {link["rel"] for link in links} == {"noreferrer"}
    assert rendered(Paragraph(runs=(Run(text="one", href="#two"),))) == '<p><a href="#two">one</a></p>'


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Paragraph(runs=(Run(text="a\nb", strong=True, emphasis=True),)), "<p><strong><em>a<br>b</em></strong></p>"),
        (Said(blocks=(paragraph("Who?"),)), "<blockquote>\n<p>Who?</p>\n</blockquote>"),
        (Items(items=((paragraph("a"),), (paragraph("b"), Fold())), ordered=True),
         '<ol>\n<li>a</li>\n<li>b\n<hr class="fold" aria-hidden="true">\n</li>\n</ol>'),
        (Items(items=((paragraph("a"),),), boxes=True),
         '<ul class="boxes">\n<li><span class="tick" aria-hidden="true">☐</span> a</li>\n</ul>'),
        (Choice(runs=(Run(text="No."),)), '<p class="choice"><span class="tick" aria-hidden="true">☐</span> No.</p>'),
        (Lines(count=2), '<div class="lines" aria-hidden="true"><hr><hr></div>'),
        (Fold(), '<hr class="fold" aria-hidden="true">'),
        (NewPage(), '<div class="new-page"></div>'),
        (Big(runs=(Run(text="70"),)), '<p class="big">70</p>'),
        (Cutout(name="data", blocks=(paragraph("Who?"),)), '<section class="paper">\n<p>Who?</p>\n</section>'),
        (Notes(blocks=(paragraph("Wait."),)), '<div class="notes" role="note">\n<p class="head">To say and do</p>\n<p>Wait.</p>\n</div>'),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)  # fmt: skip
def test_each_block_is_the_element_that_it_is(block: Block, text: str) -> None:
    assert rendered(block) == text


def test_a_table_has_heads_of_columns_and_rows_and_none_that_are_empty() -> None:
    table = Table(head=((), (Run(text="Note"),)), rows=(((Run(text="1"),), ()),), row_heads=True)
    assert rendered(table) == (
        '<div class="wide-table" role="group" tabindex="0" aria-label="Note"><table>\n'
        '<thead><tr><td></td><th scope="col">Note</th></tr></thead>\n<tbody>\n'
        '<tr><th scope="row">1</th><td></td></tr>\n</tbody>\n</table></div>'
    )


def test_a_drawing_says_what_it_shows_and_the_same_drawing_may_stand_twice() -> None:
    read = Reader(rendered(figure(), figure()))
    assert [(svg["role"], svg["aria-label"], svg["focusable"]) for svg in read.of("svg")] == [("img", "A frame.", "false")] * 2
    assert [each["id"] for each in read.of("rect")] == ["small-1-frame", "small-2-frame"]
    assert [each["href"] for each in read.of("use")] == ["#small-1-frame", "#small-2-frame"]


@in_each_language
def test_a_drawing_of_ours_is_drawn_in_the_colour_of_the_text_on_no_ground(lang: str) -> None:
    for key in ("question-cards", "worksheets"):
        (drawing, *_) = re.findall(r"<figure>.*?</figure>", html.render(document(key, lang)), re.DOTALL)
        assert set(re.findall(r'\s(?:fill|stroke)="([^"]*)"', drawing)) == {"currentColor", "none"}


def test_what_stands_on_a_page_above_its_fold_is_held_together() -> None:
    a, b, c, d = (paragraph(letter) for letter in "abcd")
    fold, new = '<hr class="fold" aria-hidden="true">', '<div class="new-page"></div>'
    assert rendered(a, NewPage(), b, Fold(), c, NewPage(), d) == (
        f'<p>a</p>\n{new}\n<div class="upper">\n<p>b</p>\n</div>\n{fold}\n<p>c</p>\n{new}\n<p>d</p>'
    )
    assert rendered(a, Fold(), b, NewPage(), c, Fold()) == (
        f'<div class="upper">\n<p>a</p>\n</div>\n{fold}\n<p>b</p>\n{new}\n<div class="upper">\n<p>c</p>\n</div>\n{fold}'
    )


def test_a_drawing_loses_what_only_a_file_has_and_is_as_wide_as_it_says() -> None:
    svg = (
        '<?xml version="1.0"?>\n<!-- ours -->\n<svg role="presentation" aria-label="x" width="9" viewBox="0 0 1 1"><title>y</title></svg>\n'
    )
    assert html.inline(Figure(name="n", alt="A frame.", svg=svg, width_mm=40), prefix="n-") == (
        '<svg role="img" aria-label="A frame." focusable="false" width="40mm" viewBox="0 0 1 1"><title>y</title></svg>'
    )


def test_a_frame_to_draw_in_keeps_its_shape_and_is_not_read() -> None:
    (svg,) = Reader(rendered(Box(height_mm=40))).of("svg")
    assert (svg["viewbox"], svg["aria-hidden"]) == ("0 0 160 40", "true")


@in_each_language
@pytest.mark.parametrize("key", ["plan", "question-cards", "slides"])
def test_every_heading_stands_once_with_its_id_and_leaves_out_no_level(lang: str, key: str) -> None:
    found = document(key, lang)
    read = Reader(html.render(found))
    headings = [(int(tag[1]), attributes["id"]) for tag, attributes in read.tags if re.fullmatch(r"h\d", tag)]
    assert headings == [(heading.level, heading.id) for heading in found.headings]
    assert read.leaps == []
    assert 1 not in read.levels
