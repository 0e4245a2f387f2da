"""Markdown: it reads well bare, and says what the document says once it is read."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt
from writings import documents, figure, made, paragraph, squeezed

from imagestolive.teaching import formats
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
    plain,
)

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def written(*blocks: Block) -> str:
    """Of a document, without its header, title and lead."""
    return formats.write(made(*blocks), "md").decode().split("\n\nShort.\n", 1)[1].strip("\n")


def marked(*runs: Run) -> str:
    return written(Paragraph(runs=runs))


def read(markdown: str) -> str:
    """The text of Markdown as a reader of it gets it; fails on what no document holds, such as code, HTML and pictures."""
    body = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL)
    said = ""
    for token in READER.parse(body):
        assert token.type not in ("fence", "code_block", "html_block"), token
        for part in token.children or ():
            assert part.type in ("text", "softbreak", "hardbreak", "html_inline") or part.type.endswith(("_open", "_close")), part
            assert part.type != "html_inline" or part.content == "<br>"
            said += part.content if part.type == "text" else " " if part.type in ("softbreak", "hardbreak", "html_inline") else ""
        said += " "
    return squeezed(said)


def expected(part: object) -> str:
    """What a document, a block or more of them say in Markdown, with the few words that are added."""
    match part:
        case Document():
            return " ".join([part.title, part.lead, expected(part.blocks)])
        case Heading():
            return part.title + (f" ({part.minutes} min)" if part.minutes is not None else "")
        case Figure():
            return f"Drawing: {part.alt}"
        case Choice():
            return f"☐ {plain(part.runs)}"
        case Paragraph() | Big():
            return plain(part.runs)
        case Items():
            return " ".join(("[ ] " if part.boxes else "") + expected(item) for item in part.items)
        case Notes():
            return f"To say and do {expected(part.blocks)}"
        case Said() | Cutout():
            return expected(part.blocks)
        case Table():
            return " ".join(plain(cell) for row in (part.head, *part.rows) for cell in row)
        case tuple():
            return " ".join(map(expected, part))
    return ""


@given(documents)
@example(made(Paragraph(runs=(Run(text="a", strong=True), Run(text="b", emphasis=True)))))
@example(made(Paragraph(runs=(Run(text="!"), Run(text="a", href="https://example.org/")))))
@example(made(paragraph("__________")))
@example(made(figure(alt="A frame.\xa0")))
@example(made(Paragraph(runs=(Run(text="&"), Run(text="amp;")))))
@example(made(paragraph("a\n- b\n---\n1. c\n===\n    d\n:-:\n|-|")))
@example(made(Table(head=((),), rows=((),))))
@example(made(Items(items=((paragraph(""), Said(blocks=(paragraph("a"),))), (Lines(count=1),), ()), boxes=True)))
def test_the_text_of_a_document_is_the_text_of_its_markdown(document: Document) -> None:
    assert read(formats.write(document, "md").decode()) == squeezed(expected(document))


def test_ordinary_text_stays_as_it_is() -> None:
    for text in (
        "Big Data & Society 8 (2), 2021: pp. 1–9 < 10 > 3.",
        "Set __________ · card numbers __________  and __________.",
        "snake_case and -5 and 3.5 and # 3, 20 s / 30 s; a-b – c!",
        "“It is”, she said: ‘one’ + two = three?",
    ):
        assert written(paragraph(text)) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# one", r"\# one"),
        ("> one", r"\> one"),
        ("- one", r"\- one"),
        ("+ one", r"\+ one"),
        ("1. one", r"1\. one"),
        ("12) one", r"12\) one"),
        ("---", r"\---"),
        ("::: lines 4", r"\::: lines 4"),
        ("*one* `two` [three] ~four~ | \\", r"\*one\* \`two\` \[three\] \~four\~ \| \\"),
        ("a <b> &amp; c", r"a \<b> \&amp; c"),
        ("_one_ (_two)", r"\_one\_ (\_two)"),
        ("__________", r"\__________"),
    ],
)
def test_what_means_something_to_markdown_is_escaped(text: str, escaped: str) -> None:
    assert written(paragraph(text)) == escaped


def test_runs_are_marked() -> None:
    assert (
        marked(Run(text="One "), Run(text="two", strong=True), Run(text=", "), Run(text="three", emphasis=True)) == "One **two**, *three*"
    )
    assert marked(Run(text="one two", strong=True, emphasis=True)) == "***one two***"
    assert marked(Run(text="One"), Run(text=" two ", strong=True), Run(text="three")) == "One **two** three"
    assert marked(Run(text="one\ntwo", strong=True)) == "**one\\\ntwo**"


def test_marks_that_would_be_read_as_asterisks_are_left_out() -> None:
    assert marked(Run(text="one"), Run(text="“two”", strong=True), Run(text="three")) == "one“two”three"
    assert marked(Run(text="one", strong=True), Run(text="two", emphasis=True)) == "**one**two"


def test_links_lead_to_the_web_to_mail_and_within_and_nowhere_else() -> None:
    assert marked(Run(text="one", href="https://example.org/(b)?c=1&d=2")) == "[one](https://example.org/%28b%29?c=1&d=2)"
    assert marked(Run(text="one", strong=True, href="mailto:a@example.org")) == "[**one**](mailto:a@example.org)"
    assert marked(Run(text="one", href="#two")) == "[one](#two)"
    assert marked(Run(text="one", href="javascript:alert(1)")) == "one"


def test_an_address_that_says_itself_stands_once() -> None:
    address = "https://example.org/set/K7Q2-9FXD/p/1?people=30&cards=3"
    assert marked(Run(text=address, href=address)) == f"<{address}>"


def test_a_document_begins_with_its_header() -> None:
    text = formats.write(made(title="Small: a plan", code="K7Q2-9FXD"), "md").decode()
    assert text == (
        '---\ntitle: "Small: a plan"\nlanguage: en\nlead: Short.\ntime: 5 min\nage: all\nversion: 1\nset: K7Q2-9FXD\n---\n\n'
        "# Small: a plan\n\nShort.\n"
    )


@pytest.mark.parametrize(
    ("block", "markdown"),
    [
        (Heading(id="class", level=2, title="Class #", minutes=None), "## Class \\#"),
        (Heading(id="ask", level=3, title="Ask", minutes=5), "### Ask (5 min)"),
        (Lines(count=2), f"{'_' * 40}\n\n{'_' * 40}"),
        (Fold(), "- - - - - - - - - - - - - - - - - - - - -"),
        (Choice(runs=(Run(text="No."),)), "☐ No."),
        (Big(runs=(Run(text="70"),)), "**70**"),
        (Said(blocks=(paragraph("One"), paragraph("two"))), "> One\n>\n> two"),
        (Notes(blocks=(paragraph("One"),)), "> **To say and do**\n>\n> One"),
        (figure(), "*Drawing: A frame.*"),
        (Items(items=((paragraph("a"),), (paragraph("b"),)), boxes=True), "- [ ] a\n- [ ] b"),
        (Items(items=((paragraph("a"), Lines(count=1)), (paragraph("b"),)), ordered=True), f"1. a\n\n   {'_' * 40}\n\n2. b"),
        (
            Table(head=((), (Run(text="a|b"),)), rows=(((Run(text="c\nd"),), ()),)),
            "|  | a\\|b |\n|---|---|\n| c<br>d |  |",
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_each_block_reads_well_bare(block: Block, markdown: str) -> None:
    assert written(block) == markdown


def test_cards_stand_between_rules() -> None:
    cards = [Cutout(name="data", blocks=(paragraph(text),)) for text in ("one", "two")]
    assert written(*cards) == "---\n\none\n\n---\n\ntwo\n\n---"


def test_two_lists_side_by_side_stay_two() -> None:
    lists = [Items(items=((paragraph(text),),)) for text in "abc"]
    assert written(*lists) == "- a\n\n* b\n\n- c"
    lists = [Items(items=((paragraph(text),),), ordered=True) for text in "ab"]
    assert written(lists[0], NewPage(), lists[1]) == "1. a\n\n1) b"


def test_a_frame_to_draw_in_has_a_line_above_and_below() -> None:
    assert set(written(Box(height_mm=40)).split()) == {"_" * 40}
