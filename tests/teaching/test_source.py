"""The dialect that documents are written in: what it says becomes blocks, and what it does not know is refused by name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from writings import AGES, HEADER, figure, made, reading, small

from imagestolive.teaching import PlanBroken, source
from imagestolive.teaching.blocks import (
    Big,
    Block,
    Box,
    Choice,
    Cutout,
    Document,
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
from imagestolive.teaching.filling import Filling

FILLED = Filling(
    code="K7Q2-9FXD",
    address="https://example.org/set/K7Q2-9FXD",
    people=30,
    cards=3,
    credits=(Paragraph(runs=(Run(text="By somebody"),)),),
)


def text_of(document: Document) -> list[str]:
    return [plain(block.runs) for block in document.blocks if isinstance(block, Paragraph)]


def only(markdown: str, *, filling: Filling | None = None) -> Block:
    """The one block of a source."""
    (block,) = (small(markdown, filling=filling) if filling else small(markdown)).blocks
    return block


def paragraph(text: str, *more: Run) -> Paragraph:
    return Paragraph(runs=(Run(text=text), *more))


# The header


def test_a_header_is_read_and_left_out_of_the_text() -> None:
    document = small("\n## One\n\nText.\n")
    assert (document.title, document.lang, document.version) == ("Small: a plan", "en", "1")
    assert document.blocks == (Heading(id="one", level=2, title="One"), paragraph("Text."))


@pytest.mark.parametrize("text", ["", "# A plan\n", f"{HEADER}\n## One\n", f"---\n{HEADER}"])
def test_a_file_without_header_is_refused_by_name(text: str) -> None:
    with pytest.raises(PlanBroken, match=r"small\.en\.md .*does not begin with a header"):
        source.parse(text, reading())


@pytest.mark.parametrize("key", source.KEYS)
def test_a_header_without_one_of_its_keys_is_refused_by_the_key(key: str) -> None:
    header = re.sub(rf"^{key}: .*\n", "", HEADER, flags=re.MULTILINE)
    with pytest.raises(PlanBroken, match=f"header has no “{key}”"):
        source.parse(f"---\n{header}---\n", reading())


def test_a_language_that_nobody_here_speaks_is_refused() -> None:
    with pytest.raises(PlanBroken, match="language is “de”, which is none of en, pt-BR"):
        source.parse(f"---\n{HEADER.replace('language: en', 'language: de')}---\n", reading())


def test_a_document_for_one_age_says_so() -> None:
    assert small("Text.").age == "all"
    assert small("Text.", age="15-18").age == "Ages 15 to 18"


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1b", "\x85", "\u2028"])
def test_a_sign_that_nobody_sees_is_refused(sign: str) -> None:
    with pytest.raises(PlanBroken, match=f"control character {ord(sign):x}"):
        small(f"one{sign}two")


# Headings


def test_steps_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(PlanBroken, match="steps of “Class” take 9 min, not 10"):
        small("## Class (10 min)\n### Ask (4 min)\n### Look (5 min)\n## Next\n### Talk (1 min)\n")


def test_two_headings_with_one_id_are_refused() -> None:
    with pytest.raises(PlanBroken, match="two headings have the id “look”"):
        small("## Look\n### Look: again (3 min)\n")


def test_a_card_may_have_a_title_with_an_id_of_its_own() -> None:
    document = small("## Cards\n\n::: card data\n### Who?\n\nText.\n:::\n\n::: card data\n### When?\n:::\n")
    assert [heading.id for heading in document.headings] == ["cards", "who", "when"]
    assert document.shape == ((2, None), (3, None), (3, None))
    assert [heading.id for heading in document.sections] == ["cards"]
    with pytest.raises(PlanBroken, match="two headings have the id “who”"):
        small("## Who\n\n::: card data\n### Who\n:::\n")


@pytest.mark.parametrize(
    "markdown",
    [
        "# One",
        "##### One",
        "##",
        "## …",
        "## One\n#### Two",
        "### One",
        "## *One*",
        "## [One](#two)",
        "## The set {set}",
        "> ## One",
        "- ## One",
        "::: notes\n## One\n:::",
        "## One\n::: card data\n## Two\n:::",
    ],
)
def test_headings_that_cannot_be_followed_are_refused(markdown: str) -> None:
    with pytest.raises(PlanBroken, match=r"small\.en\.md"):
        small(markdown)


def test_minutes_stand_beside_the_title() -> None:
    ask = small("## Class (5 min)\n### Ask (5 min)\n").headings[1]
    assert ask == Heading(id="ask", level=3, title="Ask", minutes=5)
    assert ask.is_step


def test_ids_end_before_a_colon() -> None:
    assert only("## Look again: 20 s!") == Heading(id="look-again", level=2, title="Look again: 20 s!")


# Languages


def test_another_language_has_the_ids_of_the_english_one_within_cards_too() -> None:
    english = small("## Cards\n::: card data\n### Who\n:::\n### Ask (1 min)\n")
    own = small("## Cartas\n::: card data\n### Quem\n:::\n### Perguntar (1 min)\n")
    assert [heading.id for heading in source.aligned(own, english, file="x").headings] == ["cards", "who", "ask"]
    assert [heading.title for heading in source.aligned(own, english, file="x").headings] == ["Cartas", "Quem", "Perguntar"]


def test_headings_of_another_language_may_be_alike_where_the_english_ones_are_not() -> None:
    text = f"---\n{HEADER.replace('language: en', 'language: pt-BR')}---\n## Dados\n### Dados\n"
    own = source.parse(text, reading())
    assert [heading.id for heading in source.aligned(own, small("## Data\n### Facts"), file="x").headings] == ["data", "facts"]


def test_a_language_that_leaves_the_english_headings_is_refused() -> None:
    own = replace(small("## Um\n### Perguntar (6 min)\n"), lang="pt-BR")
    with pytest.raises(PlanBroken, match=r"plan\.pt-BR\.md .*not those of the English one"):
        source.aligned(own, small("## One\n### Ask (5 min)\n"), file="plan.pt-BR.md")


# Text


def test_runs_keep_their_kind_and_words_are_filled_in_wherever_they_stand() -> None:
    assert only("The *set* **{set}**: [here]({address}),\nand [there]({address}/p/1)\\\nsoon.", filling=FILLED) == Paragraph(
        runs=(
            Run(text="The "),
            Run(text="set", emphasis=True),
            Run(text=" "),
            Run(text="K7Q2-9FXD", strong=True),
            Run(text=": "),
            Run(text="here", href="https://example.org/set/K7Q2-9FXD"),
            Run(text=", and "),
            Run(text="there", href="https://example.org/set/K7Q2-9FXD/p/1"),
            Run(text="\nsoon."),
        )
    )


def test_words_that_are_not_known_yet_are_room_to_write_and_lead_nowhere() -> None:
    assert only("Set [{set}]({address}/p/1).") == paragraph("Set __________.")


@pytest.mark.parametrize("markdown", ["{nobody}", "[a](https://example.org/{nobody})", "| {nobody} |\n|---|"])
def test_a_word_that_nobody_knows_is_refused(markdown: str) -> None:
    with pytest.raises(PlanBroken, match=r"nobody knows what \{nobody\} is"):
        small(markdown)


@pytest.mark.parametrize("markdown", ["```\ncode\n```", "    code", "`code`", "![a](b.png)", "---\n", "***"])
def test_what_has_no_place_in_a_document_is_refused(markdown: str) -> None:
    with pytest.raises(PlanBroken, match="has no place in a document"):
        small(f"Text.\n\n{markdown}")


def test_html_and_dangerous_links_and_definitions_are_text() -> None:
    assert text_of(small("<b onclick=x>Bold</b> [a](javascript:alert(1))\n\n[a]: https://example.org/\n\nOne\n\\---")) == [
        "<b onclick=x>Bold</b> [a](javascript:alert(1))",
        "[a]: https://example.org/",
        "One ---",
    ]


# Lists, tables, quotes


def test_boxes_to_tick_are_taken_out_of_the_text() -> None:
    assert only("- [ ] **One** two\n- [ ] three\n") == Items(
        items=((Paragraph(runs=(Run(text="One", strong=True), Run(text=" two"))),), (paragraph("three"),)), boxes=True
    )
    assert only("1. one\n2. two\n") == Items(items=((paragraph("one"),), (paragraph("two"),)), ordered=True)


@pytest.mark.parametrize("markdown", ["- [ ] one\n- two\n", "3. three\n4. four\n"])
def test_a_list_that_would_be_shown_otherwise_is_refused(markdown: str) -> None:
    with pytest.raises(PlanBroken, match="list"):
        small(markdown)


def test_a_table_has_heads_and_room_to_write() -> None:
    bold = (Run(text="1", strong=True),)
    assert only("| Day | Note |\n|---|---|\n| **1** | |\n") == Table(
        head=((Run(text="Day"),), (Run(text="Note"),)), rows=((bold, ()),), row_heads=True
    )
    assert not only("| Day |\n|---|\n| 1 |\n").row_heads  # type: ignore[union-attr]
    assert not only("| Day |\n|---|\n").row_heads  # type: ignore[union-attr]


def test_quotes_are_said_and_hold_what_they_hold() -> None:
    assert only("> One\n>\n> - two\n") == Said(blocks=(paragraph("One"), Items(items=((paragraph("two"),),))))


# Lines of three colons


@pytest.mark.parametrize(
    ("markdown", "block"),
    [
        ("::: lines 4", Lines(count=4)),
        ("::: box 60", Box(height_mm=60)),
        ("::: fold", Fold()),
        ("::: page", NewPage()),
        ("::: choice\nI choose not to.\n:::", Choice(runs=(Run(text="I choose not to."),))),
        ("::: big\n70 000\n:::", Big(runs=(Run(text="70 000"),))),
        ("::: notes\nSay it.\n:::", Notes(blocks=(paragraph("Say it."),))),
        ("::: card data\nWho?\n:::", Cutout(name="data", blocks=(paragraph("Who?"),))),
        ("::: figure small: Of set {set}: a frame.", figure("small", "Of set __________: a frame.")),
    ],
)
def test_a_line_of_three_colons_makes_a_block(markdown: str, block: Block) -> None:
    assert only(markdown) == block
    assert small(f"One\n{markdown}\nTwo").blocks == (paragraph("One"), block, paragraph("Two"))


def test_what_is_for_one_age_is_named_for_all_and_stands_alone_for_one() -> None:
    markdown = "Both.\n\n::: age 11-14\nYoung.\n:::\n\n::: age adult\nOld.\n:::\n"
    assert text_of(small(markdown)) == ["Both.", "Ages 11 to 14", "Young.", "Adults", "Old."]
    assert text_of(small(markdown, age="adult")) == ["Both.", "Old."]
    assert text_of(small(markdown, age="15-18")) == ["Both."]


def test_what_is_filled_in_stands_only_where_it_is() -> None:
    markdown = "::: filled\nYour credits:\n\n::: credits\n:::\n\n::: unfilled\nThey stand on the cards.\n:::\n"
    assert text_of(small(markdown)) == ["They stand on the cards."]
    assert text_of(small(markdown, filling=FILLED)) == ["Your credits:", "By somebody"]


@pytest.mark.parametrize(
    "line",
    [
        ":::",
        ":::: card data",
        "::: Lines 4",
        "::: line 4",
        "::: lines",
        "::: lines four",
        "::: lines 0",
        "::: lines 26",
        "::: lines ٤",
        "::: lines 4 5",
        "::: box 241",
        f"::: box {'9' * 5000}",
        "::: fold 3",
        "::: age 12\n:::",
        "::: card\n:::",
        "::: card The Data\n:::",
        "::: card data\n::: card data\n:::\n:::",
        "::: card data\n::: page\n:::",
        "::: notes\n::: fold\n:::",
        "::: choice\n:::",
        "::: choice\nOne\n\nTwo\n:::",
        "::: big\n- one\n:::",
        "::: notes",
        "::: figure",
        " ::: fold",
        "> ::: fold",
        "- one\n  ::: fold",
        "::: filled\n" * 9 + ":::\n" * 9,
    ],
)
def test_a_line_of_three_colons_that_says_nothing_known_is_refused(line: str) -> None:
    with pytest.raises(PlanBroken, match=r"small\.en\.md"):
        small(line)


def test_a_drawing_that_does_not_exist_is_refused_as_its_drawer_says() -> None:
    def draw(name: str, alt: str) -> None:
        raise PlanBroken(file=name, detail=f"there is no such drawing: {alt}")

    with pytest.raises(PlanBroken, match="there is no such drawing: A frame"):
        source.parse(f"---\n{HEADER}---\n::: figure nothing: A frame.\n", replace(reading(), draw=draw))  # type: ignore[arg-type]


# Anything

_LINES = st.one_of(
    st.sampled_from(
        [
            "## One",
            "### Two (5 min)",
            "> said",
            "- [ ] a",
            "- b",
            "1. c",
            "2. d",
            "| a | b |",
            "|---|---|",
            "| **c** | |",
            "",
            "{set}",
            ":::",
        ]
        + [
            f"::: {name}"
            for name in ("lines 3", "fold", "age 11-14", "choice", "card data", "big", "notes", "filled", "credits", "figure x: y")
        ]
    ),
    st.text(max_size=12),
)


@given(st.lists(_LINES, max_size=12).map("\n".join), st.sampled_from([None, *AGES]), st.booleans())
@example("> > > > > > > > > > > > > > > > > > > > > > > x", None, False)
@example("[a](https://[)", None, False)
@example("## " + "9" * 5000 + f" ({'9' * 5000} min)", None, False)
def test_any_text_is_read_or_refused(markdown: str, age: str | None, filled: bool) -> None:
    try:
        document = small(markdown, age=age, filling=FILLED) if filled else small(markdown, age=age)
    except PlanBroken:
        return
    ids = [heading.id for heading in document.headings]
    assert len(set(ids)) == len(ids)
    assert replace(document, blocks=()) == replace(made(), title="Small: a plan", age=AGES[age] if age else "all", code=document.code)


@given(st.text())
def test_any_file_is_read_or_refused(text: str) -> None:
    with pytest.raises(PlanBroken):
        source.parse(text, reading())
