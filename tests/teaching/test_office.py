"""Documents for word processors and slides: what the files hold as their readers open them, and that LibreOffice opens them."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from conftest import missing
from docx.document import Document as Docx
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from imagestolive.teaching import office
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
    Runs,
    Said,
    Table,
    texts,
)
from imagestolive.teaching.documents import DOCUMENTS, document
from imagestolive.teaching.filling import Filling
from imagestolive.teaching.formats import PAPERS, FormatNotHere
from imagestolive.teaching.office_tree import clean
from imagestolive.words import LANGUAGES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WORDS_OWN = {0xAD: None, 0x2011: "-"}  # hyphens that Word has elements for, as python-docx reads them
FILLING = Filling(code="K7Q2-9FXD", people=25, cards=3)
WRITTEN = [key for key in DOCUMENTS if key != "slides"]
PAPERS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><path d="M9 9h30" stroke="#000"/></svg>'
FIGURE = Figure(name="line", alt="A line & <nothing> “else”.", svg=SVG)


def runs(text: str, **kind: Any) -> Runs:
    return (Run(text=text, **kind),) if text else ()


def words(text: str) -> Paragraph:
    return Paragraph(runs=runs(text))


def made(*blocks: Block, key: str = "plan", title: str = "A title", lang: str = "en") -> Document:
    return Document(key=key, title=title, lang=lang, lead="A lead.", time="", age="", version="", blocks=blocks, code="K7Q2-9FXD")


def items(*texts_of_items: str, **kind: bool) -> Items:
    return Items(items=tuple((words(text),) for text in texts_of_items), **kind)


SAMPLE = made(
    Heading(id="first", level=2, title="First class", minutes=30),
    Heading(id="ask", level=3, title="Ask", minutes=5),
    Said(blocks=(words("Say this."),)),
    items("one", "two", ordered=True),
    words("between"),
    items("uno", "dos", ordered=True),
    items("tick me", boxes=True),
    Table(head=(runs("Day"), runs("Where")), rows=((runs("1", strong=True), ()), (runs("2", strong=True), runs("there"))), row_heads=True),
    Lines(count=4),
    Box(height_mm=60),
    Fold(),
    Choice(runs=runs("I choose not to answer.")),
    FIGURE,
    NewPage(),
    Cutout(name="data", blocks=(Heading(id="card", level=3, title="On a card"), words("Cut me out."), items("cut", "out"), FIGURE)),
    Paragraph(runs=(*runs("See "), *runs("there", href="https://example.org/?a=1&b=<2>"), *runs(" or\nhere."))),
    lang="pt-BR",
)
SLIDES = made(
    Heading(id="look", level=2, title="First look"),
    Big(runs=runs("20 seconds")),
    words("Write what you see."),
    Notes(blocks=(words("Wait a little."), words("Then go on."))),
    Heading(id="drawing", level=2, title="A drawing"),
    words("Beside it"),
    items("first", "second"),
    FIGURE,
    Table(head=(runs("Head"), runs("")), rows=((runs("cell"), ()),)),
    Notes(blocks=(words("Show it."),)),
    Heading(id="end", level=2, title="Nothing here"),
    key="slides",
    lang="pt-BR",
)


@cache
def file_of(what: Document, form: str, paper: str = "a4") -> bytes:
    return office.write(what, form, paper)


@cache
def source(key: str, lang: str) -> Document:
    return document(key, lang, filling=FILLING)


def opened(what: Document, paper: str = "a4") -> Docx:
    return docx.Document(io.BytesIO(file_of(what, "docx", paper)))


def shown(what: Document) -> Any:
    return pptx.Presentation(io.BytesIO(file_of(what, "pptx")))


def part(file: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return parts.read(name).decode()


def paragraphs(file: Docx) -> list[DocxParagraph]:
    """All of them, those in tables too, in order."""
    return [DocxParagraph(element, file._body) for element in file.element.body.iter(f"{W}p")]


def row_heights_mm(table: DocxTable) -> list[float | None]:
    return [None if row.height is None else round(row.height.mm, 1) for row in table.rows]


def squeezed(text: str) -> str:
    return " ".join(text.split())


# ---- DOCX --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", WRITTEN)
def test_a_reader_of_word_files_finds_every_text_in_order(key: str, lang: str) -> None:
    found = squeezed(" ".join(paragraph.text for paragraph in paragraphs(opened(source(key, lang)))))
    at = 0
    for text in map(squeezed, texts(source(key, lang))):
        at = found.index(text, at)


@pytest.mark.parametrize("form", ["docx", "odt"])
def test_the_code_of_a_set_stays_on_one_line_and_in_an_address_it_is_left_alone(form: str) -> None:
    address = "https://images.example/set/K7Q2-9FXD?people=3"
    said = Paragraph(runs=(*runs("Set K7Q2-9FXD · pages 1105-1116: "), *runs(address, href=address)))
    hyphen = {"docx": '</w:t><w:noBreakHyphen/><w:t xml:space="preserve">', "odt": "\u2011"}[form]
    content = part(file_of(made(said), form), {"docx": "word/document.xml", "odt": "content.xml"}[form])
    assert f"Set K7Q2{hyphen}9FXD · pages 1105-1116:" in content
    assert content.count(hyphen) == 1
    assert content.count("K7Q2-9FXD?people=3") == (1 if form == "docx" else 2)  # in DOCX the link stands in a part of its own


def test_heads_of_rows_do_not_keep_a_long_table_on_one_page() -> None:
    file = opened(SAMPLE)
    keeps = [[bool(_keeps_next(cell.paragraphs[0])) for cell in row.cells] for row in file.tables[0].rows]
    assert keeps == [[True, True], [False, False], [False, False]]


def _keeps_next(paragraph: DocxParagraph) -> bool | None:
    assert paragraph.style is not None
    return paragraph.style.paragraph_format.keep_with_next


def test_headings_are_real_ones_one_level_higher_with_their_minutes() -> None:
    styles = {paragraph.text: paragraph.style.name for paragraph in paragraphs(opened(SAMPLE)) if paragraph.style}
    assert styles["A title"] == "Title"
    assert styles["First class, 30 min"] == "Heading 1"
    assert styles["Ask, 5 min"] == "Heading 2"
    assert styles["Say this."] == "Said"


def test_every_numbered_list_begins_with_one() -> None:
    file = opened(SAMPLE)
    numbers = {
        paragraph.text: paragraph._p.pPr.numPr.numId.val
        for paragraph in paragraphs(file)
        if paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    }
    assert numbers["one"] == numbers["two"] != numbers["uno"] == numbers["dos"]
    numbering = file.part.numbering_part.element
    starts = {
        num.get(f"{W}numId"): [start.get(f"{W}val") for start in num.iter(f"{W}startOverride")][:1] for num in numbering.iter(f"{W}num")
    }
    assert starts[str(numbers["uno"])] == ["1"]
    assert "tick me" in numbers
    assert "☐" in [level.get(f"{W}val") for level in numbering.iter(f"{W}lvlText")]


def test_tables_repeat_their_heads_and_leave_room_where_a_cell_is_empty() -> None:
    table = opened(SAMPLE).tables[0]
    assert [bool(row._tr.findall(f"{W}trPr/{W}tblHeader")) for row in table.rows] == [True, False, False]
    assert row_heights_mm(table) == [None, 12.0, None]
    assert table.cell(1, 0).paragraphs[0].style.name == "Table Side"  # type: ignore[union-attr]  (python-docx allows none)
    assert table.cell(2, 1).paragraphs[0].style.name == "Table Text"  # type: ignore[union-attr]


def test_lines_to_write_on_are_as_far_apart_as_on_cards_and_each_has_a_border_of_its_own() -> None:
    file = opened(SAMPLE)
    lines = [paragraph for paragraph in paragraphs(file) if paragraph.style and paragraph.style.name == "Writing Line"]
    assert len(lines) == 4
    assert all(one.paragraph_format.right_indent != other.paragraph_format.right_indent for one, other in pairwise(lines))
    apart = file.styles["Writing Line"].paragraph_format.line_spacing  # type: ignore[attr-defined]  (a paragraph style)
    assert apart.mm == pytest.approx(9.5, abs=0.05)


def test_frames_are_as_high_as_asked_and_cards_as_large_as_a_card() -> None:
    tables = opened(SAMPLE).tables
    assert row_heights_mm(tables[1]) == [60.0]
    assert row_heights_mm(tables[2]) == [105.0]
    assert "Cut me out." in tables[2].cell(0, 0).text
    assert tables[2]._tbl.findall(f".//{W}cantSplit")


def test_the_cards_of_a_stack_are_equally_high_though_one_holds_much_more() -> None:
    def heights_mm(*cards: Cutout) -> list[float | None]:
        return [row_heights_mm(table)[0] for table in opened(made(*cards)).tables]

    few, many = (Cutout(name="case", blocks=(words("word " * count),)) for count in (10, 120))
    assert heights_mm(few, few) == [105.0] * 2
    assert heights_mm(few, many, replace(few, name="data")) == [118.0, 118.0, 105.0]


@pytest.mark.parametrize("paper", PAPERS)
def test_pages_are_of_the_paper_with_margins_of_20_mm(paper: str) -> None:
    (section,) = opened(SAMPLE, paper).sections
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx(PAPERS_MM[paper], abs=0.1)  # type: ignore[union-attr]
    margins = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    assert [round(margin.mm, 1) for margin in margins if margin] == [20.0] * 4


def test_the_foot_of_each_page_names_title_set_and_page_in_the_language() -> None:
    (section,) = opened(SAMPLE).sections
    foot = section.footer._element
    assert [field.get(f"{W}instr").strip() for field in foot.iter(f"{W}fldSimple")] == ["PAGE", "NUMPAGES"]
    text = "".join(element.text for element in foot.iter(f"{W}t"))
    assert text == "A title · K7Q2-9FXDPágina 1 de 1"


def test_a_word_file_says_its_title_and_language_and_no_author_and_no_day() -> None:
    file = opened(SAMPLE)
    about = file.core_properties
    assert (about.title, about.language, about.author, about.created, about.modified) == ("A title", "pt-BR", "", None, None)
    assert [lang.get(f"{W}val") for lang in file.styles.element.iter(f"{W}lang")] == ["pt-BR"]
    assert 'themeFontLang w:val="pt-BR"' in part(file_of(SAMPLE, "docx"), "word/settings.xml")


def test_pictures_say_what_they_show_and_not_where_they_came_from() -> None:
    body = opened(SAMPLE).element.body
    assert [drawn.get("descr") for drawn in body.iter() if drawn.tag.endswith("}docPr")] == [FIGURE.alt] * 2
    assert "data:" not in part(file_of(SAMPLE, "docx"), "word/document.xml")


def test_what_students_read_is_larger_than_what_teachers_read_and_all_of_it_is_black() -> None:
    def size_pt(key: str) -> float:
        styles = opened(made(words("x"), key=key)).styles.element
        assert {color.get(f"{W}val") for color in styles.iter(f"{W}color")} == {"000000"}
        return int(next(styles.iter(f"{W}sz")).get(f"{W}val")) / 2

    sizes_pt = {key: size_pt(key) for key in ("plan", "assignment", "worksheets", "question-cards", "case-cards")}
    assert sizes_pt == {"plan": 11, "assignment": 12, "worksheets": 12, "question-cards": 12, "case-cards": 12}


def pages_of(what: Document) -> list[str]:
    """Where pages begin, headings, and frames to cut out, in order."""
    styles = [paragraph.style.name for paragraph in paragraphs(opened(what)) if paragraph.style]
    return [name for name in styles if name in ("New Page", "Heading 1", "Heading 2")]


def test_each_worksheet_begins_a_page() -> None:
    heads = [Heading(id=name, level=2, title=name) for name in ("one", "two", "three")]
    sheets = made(heads[0], words("a"), heads[1], words("b"), NewPage(), heads[2], key="worksheets")
    assert pages_of(sheets) == ["Heading 1", "New Page", "Heading 1", "New Page", "Heading 1"]


def test_each_class_begins_a_page_and_so_does_the_first_card() -> None:
    cards = [Cutout(name="x", blocks=(Heading(id=name, level=3, title=name),)) for name in ("a", "b", "c")]
    assert pages_of(made(words("How to."), *cards)) == ["New Page", "Heading 2", "Heading 2", "Heading 2"]
    classes = [Heading(id=f"class{number}", level=2, title="A class", minutes=30) for number in (1, 2)]
    assert pages_of(made(*classes)) == ["Heading 1", "New Page", "Heading 1"]


@pytest.mark.parametrize("paper", PAPERS)
def test_what_stands_above_a_fold_is_as_high_as_brings_it_to_half_of_the_page(paper: str) -> None:
    heads = [Heading(id=name, level=2, title=name) for name in ("one", "two")]
    sheets = opened(made(heads[0], words("a"), Fold(), words("b"), heads[1], words("c"), Fold(), key="worksheets"), paper)
    title, first, second = sheets.tables
    assert "A title" in title.cell(0, 0).text
    assert [first.cell(0, 0).text, second.cell(0, 0).text] == ["a", "c"]  # and no heading, which Word's navigation would not find there
    heights_mm = [height_mm for table in sheets.tables for height_mm in row_heights_mm(table) if height_mm]
    above_mm = 12 + (24 + 2 + 6) * 25.4 / 72  # the margin; the heading's line, the room behind it and that before the fold
    assert heights_mm[0] + heights_mm[1] == pytest.approx(heights_mm[2], abs=0.1)
    assert heights_mm[2] + above_mm == pytest.approx(PAPERS_MM[paper][1] / 2, abs=0.1)


def test_pictures_stand_where_the_text_begins() -> None:
    assert part(file_of(SAMPLE, "docx"), "word/document.xml").count('<wp:inline distT="0" distB="0" distL="0" distR="0">') == 2


def test_links_lead_where_they_say_and_to_nothing_else() -> None:
    file = opened(SAMPLE)
    outside = [link.target_ref for link in file.part.rels.values() if link.is_external]
    assert outside == ["https://example.org/?a=1&b=<2>"]


# ---- ODT ---------------------------------------------------------------------------------------------------------------


def test_an_open_document_has_its_heads_alternative_texts_and_language() -> None:
    file = file_of(SAMPLE, "odt")
    content, styles, about = (part(file, name) for name in ("content.xml", "styles.xml", "meta.xml"))
    assert re.findall(r'text:outline-level="(\d)">(?:<text:bookmark-start[^>]*>)?([^<]+)', content) == [
        ("1", "First class, 30 min"),
        ("2", "Ask, 5 min"),
        ("2", "On a card"),
    ]
    assert content.count("<svg:desc>A line &amp; &lt;nothing&gt; “else”.</svg:desc>") == 2
    assert content.count("<table:table-header-rows>") == 1
    assert content.count('text:style-name="Writing_20_Line"') == 4
    assert set(re.findall(r'fo:(?:language|country)="[^"]*"', styles)) == {'fo:language="pt"', 'fo:country="BR"'}
    assert "Página <text:page-number>" in styles
    assert re.findall(r"<(dc:\w+)>", about) == ["dc:title", "dc:language"]


# ---- PPTX --------------------------------------------------------------------------------------------------------------


def test_each_section_is_a_slide_with_its_title_and_a_second_drawing_or_table_one_more() -> None:
    show = shown(SLIDES)
    assert [slide.shapes.title.text for slide in show.slides] == ["A title", "First look", "A drawing", "A drawing", "Nothing here"]
    assert show.slides[0].placeholders[1].text == "A lead.\vConjunto K7Q2-9FXD"
    assert show.slide_width / show.slide_height == pytest.approx(16 / 9)
    assert show.core_properties.title == "A title"
    assert show.core_properties.author == ""


def test_what_is_said_to_a_slide_stands_in_its_notes_alone() -> None:
    show = shown(SLIDES)
    notes = [slide.notes_slide.notes_text_frame.text.split("\n") if slide.has_notes_slide else [] for slide in show.slides]
    assert [list(filter(None, note)) for note in notes] == [[], ["Wait a little.", "Then go on."], ["Show it."], [], []]
    assert not any("Wait" in shape.text_frame.text for slide in show.slides for shape in slide.shapes if shape.has_text_frame)


def test_big_words_are_very_large_and_others_are_not() -> None:
    (big, other) = [run for paragraph in shown(SLIDES).slides[1].placeholders[1].text_frame.paragraphs for run in paragraph.runs]
    assert (big.text, other.text) == ("20 seconds", "Write what you see.")
    assert big.font.size.pt >= 80 > 30 > other.font.size.pt


def test_a_picture_stands_beside_the_words_and_says_what_it_shows() -> None:
    shapes = list(shown(SLIDES).slides[2].shapes)
    (picture,) = [shape for shape in shapes if shape.shape_type == 13]  # a picture
    assert picture._element.nvPicPr.cNvPr.get("descr") == FIGURE.alt
    (beside,) = [shape for shape in shapes if shape.has_text_frame and shape.text_frame.text.startswith("Beside")]
    assert beside.text_frame.text == "Beside it\nfirst\nsecond"
    assert beside.left + beside.width <= picture.left


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_slides_of_the_plan_hold_every_text_in_their_language(lang: str) -> None:
    slides = source("slides", lang)
    show = shown(slides)
    frames = [shape.text_frame for slide in show.slides for shape in slide.shapes if shape.has_text_frame]
    frames += [slide.notes_slide.notes_text_frame for slide in show.slides if slide.has_notes_slide]
    found = squeezed(" ".join(frame.text.replace("\v", " ") for frame in frames))
    assert [text for text in map(squeezed, texts(slides)) if text not in found] == []
    spoken = {run.font._element.get("lang") for frame in frames for paragraph in frame.paragraphs for run in paragraph.runs}
    assert spoken == {lang}


# ---- strangers' texts, bytes, errors -----------------------------------------------------------------------------------


@hypothesis_settings(max_examples=4, deadline=None, derandomize=True)
@given(text=st.text(min_size=1, max_size=80).filter(lambda text: squeezed(clean(text)) != ""))
@example(text="<w:p/> & \"quotes\" 'and' ]]> --> *stars* _lines_ [link](x) $x$ `code` \\ {set} ☐ # > - | ~~")
@example(text="القاهرة ليلا מבט 東京の夜 \U0001f642 a\u00adb\u200bc\u202ed")
@example(text="a\x00b\x07c\x0bd\ud800e\ufffef\x1bg")
def test_texts_of_strangers_are_text_and_nothing_else(text: str) -> None:
    strange = made(
        Heading(id="x", level=2, title=text),
        words(text),
        Table(head=(runs(text),), rows=((runs(text, emphasis=True, href="https://example.org/"),),)),
        Cutout(name="x", blocks=(items(text),)),
        Choice(runs=runs(text)),
        Notes(blocks=(words(text),)),
        Big(runs=runs(text)),
        title=text,
    )
    plain = squeezed(clean(text).translate(WORDS_OWN))
    word = docx.Document(io.BytesIO(office.write(strange, "docx", "a4")))
    assert sum(squeezed(paragraph.text) in (plain, f"☐ {plain}") for paragraph in paragraphs(word)) == 9
    assert len(word.tables) == 2
    slide = pptx.Presentation(io.BytesIO(office.write(strange, "pptx", "a4"))).slides[1]
    whole = squeezed(clean(text))
    assert squeezed(slide.shapes.title.text.replace("\v", " ")) == whole
    assert whole in squeezed(slide.notes_slide.notes_text_frame.text.replace("\v", " "))
    assert zipfile.ZipFile(io.BytesIO(office.write(strange, "odt", "a4"))).testzip() is None


def test_the_same_document_is_the_same_file_whenever_and_wherever_it_is_made(tmp_path: Path) -> None:
    program = (
        "import hashlib; from imagestolive.teaching import office; from imagestolive.teaching.documents import document;"
        "wanted = (('plan', 'docx'), ('plan', 'odt'), ('slides', 'pptx'));"
        "made = [office.write(document(key, 'pt-BR'), form, 'a4') for key, form in wanted];"
        "print([hashlib.sha256(file).hexdigest() for file in made])"
    )

    def run(zone: str, locale: str) -> bytes:
        home = tmp_path / locale
        home.mkdir()
        elsewhere = {**os.environ, "TZ": zone, "LC_ALL": locale, "HOME": str(home), "PYTHONHASHSEED": str(len(locale))}
        return subprocess.run([sys.executable, "-c", program], env=elsewhere, cwd=home, check=True, capture_output=True).stdout

    assert run("UTC", "C") == run("Pacific/Kiritimati", "pt_BR.UTF-8")


def test_a_pandoc_that_stops_that_is_too_slow_or_that_is_missing_is_told_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def pandoc(script: str) -> None:
        program = tmp_path / "pandoc"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(office, "_program", lambda _: program)

    office._reference.cache_clear()
    pandoc("echo no such thing >&2; exit 3")
    with pytest.raises(office.PandocFailed, match="DOCX file could not be made: pandoc says “no such thing”"):
        office.write(SAMPLE, "docx", "a4")
    pandoc("exec sleep 9")
    monkeypatch.setattr(office, "LONGEST_S", 0.1)
    with pytest.raises(office.PandocTooSlow, match=r"ODT file was not ready after 0\.1 seconds"):
        office.write(SAMPLE, "odt", "a4")
    monkeypatch.setattr(office, "_program", lambda _: tmp_path / "gone")
    with pytest.raises(office.PandocFailed, match="No such file"):
        office.write(SAMPLE, "pptx", "a4")


def test_without_pypandoc_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_spec", lambda _: None)
    with pytest.raises(FormatNotHere, match="pypandoc_binary"):
        office._program("docx")


# ---- LibreOffice -------------------------------------------------------------------------------------------------------


def test_libreoffice_opens_every_document_and_a_worksheet_is_one_page(tmp_path: Path) -> None:
    program = shutil.which("soffice") or missing("LibreOffice")
    files: dict[str, bytes] = {f"sample.{form}": file_of(SAMPLE, form) for form in ("docx", "odt")}
    files |= {f"{key}.pt-BR.docx": file_of(source(key, "pt-BR"), "docx") for key in WRITTEN if key != "worksheets"}
    sheets = [(lang, form, paper) for lang in LANGUAGES for form in ("docx", "odt") for paper in PAPERS]
    files |= {f"sheets.{lang}.{paper}.{form}": file_of(source("worksheets", lang), form, paper) for lang, form, paper in sheets}
    files |= {f"slides.{lang}.pptx": file_of(source("slides", lang), "pptx") for lang in LANGUAGES}
    for name, content in files.items():
        (tmp_path / (name.replace(".", "-") + "." + name.rpartition(".")[2])).write_bytes(content)
    given_files = sorted(path.name for path in tmp_path.iterdir())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run([program, profile, "--headless", "--convert-to", "pdf", *given_files], cwd=tmp_path, check=True, capture_output=True)
    pages = {path.stem: _pages(path) for path in tmp_path.glob("*.pdf")}
    assert sorted(pages) == [name.rpartition(".")[0] for name in given_files]
    assert pages["slides-en-pptx"] == pages["slides-pt-BR-pptx"] == len(source("slides", "en").sections) + 1
    assert {pages[f"sheets-{lang}-{paper}-{form}"] for lang, form, paper in sheets} == {len(source("worksheets", "en").sections)}
    folds = {path.stem: _folds(path) for path in tmp_path.glob("sheets-*.pdf")}
    assert folds == {name: pytest.approx([0.5, 0.5], abs=0.01) for name in folds}
    for key, before in (("question-cards", 2), ("case-cards", 1)):
        cards = [block for block in source(key, "pt-BR").blocks if isinstance(block, Cutout)]
        assert pages[f"{key}-pt-BR-docx"] == before + len(cards) / 2


def _folds(path: Path) -> list[float]:
    """Where the words below each fold begin, from the top of their page, as a share of its height."""
    import pypdfium2

    found: list[float] = []
    with pypdfium2.PdfDocument(path) as file:
        for page in file:
            text = page.get_textpage()
            for words_there in ("Fold here", "Dobre aqui"):
                search = text.search(words_there, match_case=True)
                while place := search.get_next():
                    found.append(1 - text.get_charbox(place[0])[3] / page.get_height())
    return found


def _pages(path: Path) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as file:
        return len(file)
