"""Documents on paper: what the files say, how they are tagged, and that nothing in them runs off its page or card."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import typst
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from imagestolive.teaching import PlanBroken, paper
from imagestolive.teaching.blocks import (
    BLANK,
    Block,
    Box,
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
    texts,
)
from imagestolive.teaching.documents import DOCUMENTS, document
from imagestolive.teaching.filling import Filling
from imagestolive.teaching.formats import PAPERS
from imagestolive.teaching.paper_texts import LONG, drawable, pieces
from imagestolive.words import LANGUAGES

PT_PER_MM = 72 / 25.4
SHEETS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
EDGE_MM = 9.0  # capitals hang from 10 mm; accents and what pdfium calls the box of a letter stand a little higher
STRANGERS = (  # what names, titles and tags on the web are made of
    "#panic(1) *bold* _it_ `raw` $x$ @me <you> \\ / // \" ' ~ -- ... [a](b) = H",
    "القاهرة ليلا، מבט, 東京の夜, Ночь, Νύχτα, 한국, हिन्दी, กรุงเทพ",
    "a\u00adb\u200bc\u202ed\x00e\x07f\ufffe \ue000 \U0001f642",
)

every_document = pytest.mark.parametrize("key", DOCUMENTS)
every_language = pytest.mark.parametrize("lang", LANGUAGES)
every_paper = pytest.mark.parametrize("size", PAPERS)


def said(text: str, **kind: Any) -> Paragraph:
    return Paragraph(runs=(Run(text=text, **kind),))


def made(*blocks: Block, key: str = "profile", title: str = "A title", lang: str = "en", code: str | None = None) -> Document:
    return Document(key=key, title=title, lang=lang, lead="A lead.", time="", age="all", version="1", blocks=blocks, code=code)


@cache
def written(key: str, lang: str, size: str) -> bytes:
    return paper.write(document(key, lang), "pdf", size)


def pdf_of(*blocks: Block, size: str = "a4", **more: Any) -> bytes:
    return paper.write(made(*blocks, **more), "pdf", size)


def pages_of(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def squeezed(text: str) -> str:
    """Without white space, ligatures and hyphens (pdfium gives back another sign for one at the end of a line)."""
    return re.sub(r"[\s\x02\ufffe-]", "", unicodedata.normalize("NFKC", text))


def letters_of(data: bytes) -> str:
    """All that a file says, but for the feet of its pages."""
    foot = re.compile(r"[^\n]* · (?:Page|Página) \d+ (?:of|de) \d+\s*$")
    return squeezed("".join(foot.sub("", page) for page in pages_of(data)))


def findings(data: bytes, path: Path) -> list[tuple[str, str, str]]:
    """What both checkers say against a file: rule, severity, words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their own libraries
        import outloud
        import pdfua

        path.write_bytes(data)
        heard, checked = outloud.check(str(path)), pdfua.validate(str(path))
    assert heard.error is None
    assert not [run.rule for run in heard.runs if run.status == "crashed"]
    return [
        *((found.rule, found.severity, found.message) for found in heard.findings),
        *((found.rule_id, found.severity.name.lower(), found.message) for found in checked.findings),
    ]


# ---- what is checked of every document -----------------------------------------------------------------------------------

# outloud takes the words of a paragraph to stand before the strong ones in it, and so finds them out of order (ORD-001); what sheets
# repeat is a running head to it (PAG-001), and “LAION-5B” a number (HDG-010).
HEARSAY = {"ORD-001", "PAG-001", "HDG-010"}


@every_document
@every_language
def test_two_checkers_of_accessible_pdf_find_no_fault(key: str, lang: str, tmp_path: Path) -> None:
    found = findings(written(key, lang, "a4"), tmp_path / "a.pdf")
    assert not [each for each in found if each[1] == "error" or each[0] not in HEARSAY]


def test_the_checkers_find_faults_in_a_file_without_tags(tmp_path: Path) -> None:
    bare = typst.compile(b'#set document(title: "x")\n= One\nTwo', ignore_system_fonts=True, pdf_tags=False)
    assert isinstance(bare, bytes)
    rules = {rule for rule, severity, _ in findings(bare, tmp_path / "a.pdf") if severity == "error"}
    assert any(re.match(r"[A-Z]+-\d+$", rule) for rule in rules), "outloud found nothing"
    assert len(rules) > 1


@every_document
@every_language
@every_paper
def test_all_that_a_document_says_is_in_its_file(key: str, lang: str, size: str) -> None:
    letters = letters_of(written(key, lang, size))
    for text in texts(document(key, lang)):
        assert squeezed(text) in letters


@every_document
@every_language
@every_paper
def test_every_page_has_its_size_and_nothing_stands_at_its_edge_but_marks_to_cut_and_fold(key: str, lang: str, size: str) -> None:
    with pypdfium2.PdfDocument(written(key, lang, size)) as pdf:
        for page in pdf:
            wide, high = (side / PT_PER_MM for side in page.get_size())
            sizes = {SHEETS_MM[size]}
            if key == "slides":
                sizes.add((254.0, 142.875))
            if key.endswith("-cards"):
                sizes.add(SHEETS_MM[size][::-1])
            assert any(abs(wide - w) + abs(high - h) < 0.1 for w, h in sizes)
            for left, bottom, right, top in text_boxes_mm(page):
                assert left >= EDGE_MM
                assert bottom >= EDGE_MM
                assert right <= wide - EDGE_MM
                assert top <= high - EDGE_MM


def text_boxes_mm(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    text = page.get_textpage()
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        yield left / PT_PER_MM, bottom / PT_PER_MM, right / PT_PER_MM, top / PT_PER_MM


@every_document
def test_every_font_is_embedded_in_part_and_can_be_read_back(key: str) -> None:
    with pikepdf.open(io.BytesIO(written(key, "pt-BR", "a4"))) as pdf:
        fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
        whole = [font for font in fonts if font.Subtype == "/Type0"]
        assert whole
        for font in whole:
            assert re.match(r"/[A-Z]{6}\+Source", str(font.BaseFont))
            assert "/ToUnicode" in font
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
        assert {str(font.Subtype) for font in fonts} <= {"/Type0", "/CIDFontType2"}


@every_language
def test_a_file_names_its_title_and_language_and_shows_the_title(lang: str) -> None:
    with pikepdf.open(io.BytesIO(written("plan", lang, "a4"))) as pdf:
        assert pdf.Root.Lang == lang
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.docinfo["/Title"] == document("plan", lang).title
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert not {"/CreationDate", "/ModDate"} & set(pdf.docinfo)


# ---- tags ----------------------------------------------------------------------------------------------------------------


def tags(data: bytes) -> list[str]:
    """The types of all structure elements, in order."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for part in element:
                walk(part)
        elif isinstance(element, pikepdf.Dictionary):
            if "/S" in element:
                found.append(str(element.S)[1:])
            if "/K" in element:
                walk(element.K)

    with pikepdf.open(io.BytesIO(data)) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
    return found


def test_headings_begin_with_the_title_and_leave_no_level_out() -> None:
    deep = Heading(id="a", level=4, title="Deep")
    found = [tag for tag in tags(pdf_of(deep, said("x"), Heading(id="b", level=2, title="Up"))) if re.match(r"H\d", tag)]
    assert found == ["H1", "H2", "H2"]
    plan = [tag for tag in tags(written("plan", "en", "a4")) if re.match(r"H\d", tag)]
    assert plan == ["H1", *(f"H{heading.level}" for heading in document("plan", "en").headings)]


def test_lists_tables_figures_links_and_words_said_are_tagged() -> None:
    figure = Figure(
        name="f", alt="A square.", svg='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    )
    table = Table(head=((Run(text="A"),), (Run(text="B"),)), rows=(((Run(text="1"),), ()),))
    items = Items(items=((said("one"),), (said("two"), Items(items=((said("deep"),),)))))
    found = tags(pdf_of(figure, table, items, said("there", href="https://example.org/a")))
    for tag in ("Figure", "Table", "THead", "TH", "TD", "L", "LI", "Lbl", "LBody", "Link"):
        assert tag in found
    assert found.count("LI") == 3
    assert found.count("TH") == 2


def cells_of(data: bytes) -> list[tuple[str, str | None, list[str]]]:
    """Of each cell of a table, in order: its tag, what it is the head of, and the names of its own heads."""
    found: list[tuple[str, str | None, list[str]]] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for part in element:
                walk(part)
        elif isinstance(element, pikepdf.Dictionary):
            if element.get("/S") in ("/TH", "/TD"):
                own = element.A[0]
                found.append(
                    (str(element.S)[1:], own.get("/Scope") and str(own.Scope)[1:], [str(name) for name in own.get("/Headers", ())])
                )
            walk(element.get("/K", pikepdf.Array()))

    with pikepdf.open(io.BytesIO(data)) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
        names = pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree)
        for _, _, heads in found:
            assert {str(names[name].S) for name in heads} <= {"/TH"}
    return found


def table_of(rows: int, columns: int, **more: bool) -> Table:
    head = tuple((Run(text=f"Head {at}"),) for at in range(columns))
    return Table(head=head, rows=tuple(tuple((Run(text=f"{row}, {at}"),) for at in range(columns)) for row in range(rows)), **more)


def test_the_first_cell_of_a_row_is_its_head_where_rows_have_heads_and_the_others_name_it() -> None:
    blocks = (table_of(3, 3), said("Between."), table_of(3, 3, row_heads=True))
    cells = cells_of(pdf_of(*blocks))
    row = [("TD", None)] * 3
    head_row = [("TH", "Column")] * 3
    assert [cell[:2] for cell in cells] == [*head_row, *row * 3, *head_row, *[("TH", "Row"), ("TD", None), ("TD", None)] * 3]
    own = [heads for tag, _, heads in cells if tag == "TD"]
    assert [len(heads) for heads in own] == [1] * 9 + [2] * 6
    assert own[-1][1] == own[-2][1] != own[-3][1]
    assert pdf_of(*blocks) == pdf_of(*blocks)


@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (9, 2), (3, 3), (2, 4)])
def test_tables_with_heads_at_the_side_pass_the_checkers_of_any_size(rows: int, columns: int, tmp_path: Path) -> None:
    data = pdf_of(said("Some words before it."), table_of(rows, columns, row_heads=True))
    assert not [each for each in findings(data, tmp_path / "a.pdf") if each[1] == "error"]


def test_lines_boxes_and_folds_are_not_read_out() -> None:
    assert tags(pdf_of(said("a"), Lines(count=3), Box(height_mm=20), Fold(), said("b"))) == tags(pdf_of(said("a"), said("b")))


# ---- texts ---------------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=80))
@example(STRANGERS[0])
@example(STRANGERS[2])
@example("\u00ad")
@hypothesis_settings(max_examples=25)
def test_any_text_can_be_printed_anywhere_and_obeys_nobody(text: str) -> None:
    table = Table(head=((Run(text=text),), (Run(text="x"),)), rows=(((Run(text=text, emphasis=True),), ()),))
    pdf = pdf_of(Heading(id="a", level=2, title=text), said(text, strong=True), table, Items(items=((said(text),),)), title=text, code=text)
    assert pdf.startswith(b"%PDF")


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc", "Cf"]), min_size=1, max_size=120))
@example(STRANGERS[0])
@example("Photographie de nuit à Œuvre, ﬁnal")
@hypothesis_settings(max_examples=40)
def test_a_text_is_read_from_the_file_as_it_was_written(text: str) -> None:
    assert squeezed(drawable(text)) in letters_of(pdf_of(said(f"|{text}|")))


def test_names_in_other_scripts_are_drawn_and_read_back() -> None:
    letters = letters_of(pdf_of(said("Ночь Νύχτα 東京の夜 한국")))
    for name in ("Ночь", "Νύχτα", "東京の夜", "한국"):
        assert squeezed(name) in letters
    assert {"NotoSansArabic", "NotoSansHebrew", "NotoSansThai", "NotoSansDevanagari"} <= {
        name.partition("-")[0] for name in fonts_named(pdf_of(said(STRANGERS[1])))
    }


def fonts_named(data: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {
            str(item.FontName)[8:]
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        }


def test_a_character_that_no_face_has_becomes_a_square_and_invisible_signs_go() -> None:
    assert drawable("a\ue000b\u00adc\u202ed\x00e\U00012000") == "a□bcd e□"


@given(st.text(max_size=200))
def test_a_text_in_pieces_is_the_same_text(text: str) -> None:
    assert "".join(pieces(text)) == drawable(text)


def test_a_long_address_breaks_behind_its_signs_and_stays_on_the_page() -> None:
    address = "https://example.org/" + "a" * 90 + "/sets?code=K7Q2-9FXD&kept=" + "0123456789abcdef" * 12
    assert max(map(len, pieces(address))) <= LONG
    assert pieces(address)[:2] == ["https://", "example.org/"]
    assert pieces("see doi:10.1145/3351095.3375709 too") == ["see doi:10.1145/", "3351095.3375709 too"]
    table = Table(head=((Run(text="Person"),), (Run(text="Address"),)), rows=(((Run(text="1"),), (Run(text=address, href=address),)),))
    data = pdf_of(said(address), table, title=address)
    assert letters_of(data).count(squeezed(address)) == 3  # title, paragraph, cell
    with pypdfium2.PdfDocument(data) as pdf:
        assert all(right <= 210 - 19.9 for page in pdf for _, _, right, _ in text_boxes_mm(page))


HYPHEN = "[-\x02\ufffe]"  # pdfium gives back another sign for one at the end of a line


def test_a_word_with_a_hyphen_is_never_broken_at_it_and_none_is_repeated() -> None:
    words = "organize-as scikit-image K7Q2-9FXD"
    lines = tuple(said(f"{'x ' * count}{words} pré- e {words}") for count in range(20, 60))
    printed = "\n".join(pages_of(pdf_of(*lines, lang="pt-BR")))
    for word in words.split():
        assert printed.count(word) == 2 * len(lines)
    assert len(re.findall(rf"pré{HYPHEN}\s*e", printed)) == len(lines)


@every_document
@every_paper
def test_no_line_begins_with_a_hyphen_of_the_line_before(key: str, size: str) -> None:
    printed = "\n".join(pages_of(written(key, "pt-BR", size)))
    assert not re.findall(rf"\S*{HYPHEN}\s+-\w+", printed)


def test_the_code_of_a_set_stays_whole_in_a_long_name() -> None:
    found = pieces("images-to-live-with_K7Q2-9FXD_worksheets_of_the_class.pt-BR.docx")
    assert "K7Q2-9FXD_" in found


@pytest.mark.parametrize("word", ["x" * 200, "IMG_20190823_143212_HDR_final_version_2_of_many.jpg", "https://a.example/" + "7" * 150])
def test_a_long_word_in_a_table_stays_in_its_column(word: str) -> None:
    row = tuple((Run(text=text),) for text in ("AA", word, "ZZ", "A title of some words to take up room"))
    head = tuple((Run(text=text),) for text in "1234")
    with pypdfium2.PdfDocument(pdf_of(Table(head=head, rows=(row,)))) as pdf:
        text = pdf[0].get_textpage()
        at, _ = text.search("ZZ").get_next()
        end = text.get_charbox(at)[0]
        begin, _ = text.search("AA").get_next()
        assert squeezed(word) in squeezed(text.get_text_bounded())
        assert max(text.get_charbox(place)[2] for place in range(begin, at)) < end


# ---- pages ---------------------------------------------------------------------------------------------------------------


def test_a_long_table_repeats_its_head_on_every_page() -> None:
    rows = tuple(tuple((Run(text=f"{word} {number} of somebody"),) for word in ("Title", "Author", "License")) for number in range(90))
    found = pages_of(pdf_of(Table(head=tuple((Run(text=f"Head{n}"),) for n in range(3)), rows=rows)))
    assert len(found) > 2
    assert all("Head0" in page for page in found)


@pytest.mark.parametrize("above", [0, 1, 2, 14, 29])
def test_the_last_item_of_a_long_list_is_not_left_alone_on_a_page(above: int) -> None:
    items = Items(items=tuple((said(f"Item{number} {'word ' * 30}"),) for number in range(14)))
    found = [re.findall(r"Item\d+", page) for page in pages_of(pdf_of(*(said("Above."),) * above, items, said("Below.")))]
    assert [item for page in found for item in page] == [f"Item{number}" for number in range(14)]
    assert [len(page) for page in found if page][-1] > 1


@every_language
@every_paper
def test_each_worksheet_is_one_page(lang: str, size: str) -> None:
    sheets, found = document("worksheets", lang).sections, pages_of(written("worksheets", lang, size))
    assert len(found) == len(sheets)
    for sheet, page in zip(sheets, found, strict=True):
        assert squeezed(sheet.title) in squeezed(page)


@every_paper
def test_what_stands_after_a_fold_begins_below_the_middle_of_the_page(size: str) -> None:
    data = pdf_of(Heading(id="a", level=2, title="Sheet"), said("Before"), Fold(), said("Behind"), key="worksheets", size=size)
    with pypdfium2.PdfDocument(data) as pdf:
        text = pdf[0].get_textpage()
        tops = {}
        for word in ("Before", "Behind"):
            at, _ = text.search(word).get_next()
            tops[word] = text.get_charbox(at)[3] / pdf[0].get_height()
    assert tops["Before"] > 0.5
    assert 0.4 < tops["Behind"] < 0.5


def test_more_than_half_a_page_above_a_fold_is_refused() -> None:
    with pytest.raises(PlanBroken, match="above the fold of “Sheet”"):
        pdf_of(Heading(id="a", level=2, title="Sheet"), Lines(count=13), Fold(), said("b"), key="worksheets")
    with pytest.raises(PlanBroken, match="twice"):
        pdf_of(Fold(), said("b"), Fold(), key="worksheets")


def test_a_new_page_begins_a_page() -> None:
    assert [re.sub(r"\W.*", "", page.strip().splitlines()[0]) for page in pages_of(pdf_of(said("a"), NewPage(), said("Second")))] == [
        "A",
        "Second",
    ]


@every_paper
def test_cards_stand_four_to_a_page_in_reading_order(size: str) -> None:
    cards = tuple(Cutout(name="data", blocks=(Heading(id=f"c{n}", level=3, title=f"Card{n}!"), said("Why?"))) for n in range(6))
    first, *rest = pages_of(pdf_of(*cards, size=size))
    assert "A title" in first
    assert [re.findall(r"Card\d", page) for page in rest] == [["Card0", "Card1", "Card2", "Card3"], ["Card4", "Card5"]]


def test_a_card_with_much_text_is_set_smaller_and_one_with_too_much_is_refused() -> None:
    def sizes(words: int) -> float:
        with pikepdf.open(io.BytesIO(pdf_of(Cutout(name="case", blocks=(said("word " * words),))))) as pdf:
            return max(float(command.operands[1]) for command in pikepdf.parse_content_stream(pdf.pages[1], "Tf"))

    assert sizes(20) == 15
    assert 12 <= sizes(125) < 15
    assert 11 <= sizes(330) < 12
    with pytest.raises(PlanBroken, match=r"Card 1 \(case\) holds more than fits"):
        sizes(600)


def test_a_stack_too_long_for_quarters_of_a_page_stands_on_halves_and_the_others_stay() -> None:
    def card(name: str, words: int) -> Cutout:
        heading = Heading(id=f"{name}{words}", level=3, title=f"Card{words}!")
        return Cutout(name=name, blocks=(heading, said("word " * words)))

    stacks = (*(card("short", words) for words in (10, 11)), *(card("long", words) for words in (20, 21, 180)), card("last", 30))
    _, *rest = pages_of(pdf_of(*stacks))
    assert [re.findall(r"Card(\d+)", page) for page in rest] == [["10", "11"], ["20", "21"], ["180"], ["30"]]
    assert [re.findall(r"(\d)/6", page) for page in rest] == [["1", "2"], ["3", "4"], ["5"], ["6"]]


@every_language
@every_paper
@pytest.mark.parametrize("key", ["worksheets", "question-cards", "case-cards"])
def test_what_students_read_is_12_pt_or_more_but_for_the_foot_and_the_margin(key: str, lang: str, size: str) -> None:
    with pikepdf.open(io.BytesIO(written(key, lang, size))) as pdf:
        found = {float(command.operands[1]) for page in pdf.pages for command in pikepdf.parse_content_stream(page, "Tf")}
    assert max(found) > 12
    assert not {pt for pt in found if 10 < pt < 12}


@every_paper
def test_a_drawing_alone_on_its_page_is_as_large_as_the_page_allows(size: str) -> None:
    def width_mm(*blocks: Block) -> float:
        with pypdfium2.PdfDocument(pdf_of(*blocks, size=size)) as pdf:
            bounds = [each.get_bounds() for each in pdf[0].get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH]
        left, _, right, _ = max(bounds, key=lambda sides: sides[2] - sides[0])
        return (right - left) / PT_PER_MM

    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 100"><rect width="{}" height="100"/></svg>'
    wide, high = (Figure(name="f", alt="A.", svg=svg.format(width, width), width_mm=80) for width in (200, 40))
    assert width_mm(wide, said("few words")) == pytest.approx(170, abs=0.5)
    assert width_mm(wide, said("many words " * 100)) == pytest.approx(80, abs=0.5)
    assert 60 < width_mm(high, said("few words")) < 100


@every_paper
def test_words_to_be_said_and_short_lists_stay_on_one_page(size: str) -> None:
    for above in range(40, 52, 3):
        blocks = (*(said(f"Line {n}") for n in range(above)), Said(blocks=(said("Begin"), said("Middle"), said("Finish"))))
        for each in (blocks, (*blocks[:-1], Items(items=((said("Begin"),), (said("Middle"),), (said("Finish"),))))):
            (page,) = [page for page in pages_of(pdf_of(*each, size=size)) if "Begin" in page]
            assert "Finish" in page


def test_a_title_too_long_for_the_foot_of_a_page_ends_early_on_one_line() -> None:
    foot = pages_of(pdf_of(said("a"), title="Data set profile of " + "many words " * 20, code="K7Q2-9FXD"))[0].splitlines()[-1]
    assert foot.startswith("Data set profile of many words many words")
    assert foot.endswith("… · K7Q2-9FXD · Page 1 of 1")


def test_notes_stand_behind_the_slides_and_not_on_them() -> None:
    slides = (Heading(id="a", level=2, title="One"), said("Shown"), Notes(blocks=(said("Spoken"),)), Heading(id="b", level=2, title="Two"))
    title, one, two, notes = pages_of(pdf_of(*slides, key="slides"))
    assert "A title" in title
    assert "Shown" in one
    assert "Spoken" not in one + two
    assert "What to say" in notes
    assert "Spoken" in notes


def test_a_slide_that_holds_too_much_is_refused() -> None:
    with pytest.raises(PlanBroken, match="slide “One” holds more"):
        pdf_of(Heading(id="a", level=2, title="One"), said("word " * 900), key="slides")


def test_the_foot_of_a_page_names_the_document_the_set_and_the_page() -> None:
    first, second = pages_of(pdf_of(said("a"), NewPage(), said("b"), code="K7Q2-9FXD"))
    assert "A title · K7Q2-9FXD · Page 1 of 2" in first
    assert "A title · K7Q2-9FXD · Page 2 of 2" in second


def test_a_document_for_a_class_holds_its_code_and_all_that_it_is_filled_in_with() -> None:
    rows = tuple(
        ((Run(text=str(n)),), (Run(text=f"“{STRANGERS[0]}” by Somebody {n}", href=f"https://example.org/{n}"),)) for n in range(90)
    )
    owed = (Table(head=((Run(text="Card"),), (Run(text="Credit"),)), rows=rows),)
    filling = Filling(code="K7Q2-9FXD", address="https://example.org/set/K7Q2-9FXD", people=30, cards=3, credits=owed)
    for key in ("plan", "worksheets"):
        filled = document(key, "en", filling=filling)
        letters = letters_of(paper.write(filled, "pdf", "letter"))
        assert "K7Q2" in letters
        assert not [text for text in texts(filled) if squeezed(text) not in letters]
    assert BLANK in letters_of(written("worksheets", "en", "a4"))


# ---- bytes ---------------------------------------------------------------------------------------------------------------

_PROGRAM = """
import hashlib, sys
from imagestolive.teaching import paper
from imagestolive.teaching.documents import document
print(*(hashlib.sha256(paper.write(document(key, "pt-BR"), "pdf", "a4")).hexdigest() for key in ("plan", "worksheets", "slides")))
"""


def test_other_times_places_and_homes_make_the_same_bytes(tmp_path: Path) -> None:
    def run(**environment: str) -> str:
        program = [sys.executable, "-c", _PROGRAM]
        home = tmp_path / environment["TZ"]
        home.mkdir()
        asked = {**os.environ, **environment, "HOME": str(home), "SOURCE_DATE_EPOCH": environment["LC_ALL"][-1:]}
        return subprocess.run(program, env=asked, cwd=home, check=True, capture_output=True, text=True).stdout

    one = run(TZ="UTC", LC_ALL="C")
    assert len(one) > 190
    assert one == run(TZ="Pacific-Auckland", LC_ALL="pt_BR.UTF-8")


def test_a_drawing_becomes_a_picture_of_its_size_in_our_fonts_and_weights() -> None:
    def inked(kind: str) -> int:
        word = f'<text x="5" y="30" font-family="\'Source Sans 3\'" font-size="20" {kind}>Weight</text>'
        png = paper.to_png(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">{word}</svg>', 50, 254)
        with Image.open(io.BytesIO(png)) as image:
            assert image.size == (500, 250)
            return image.convert("L").histogram()[0]

    lightest, regular, semibold = (inked(kind) for kind in ("style=\"font-variation-settings:'wght' 200\"", "", 'font-weight="600"'))
    assert lightest * 1.5 < regular < semibold / 1.1
    with pytest.raises(PlanBroken):
        paper.to_png("no drawing", 50)
