"""The documents of a class: filled in with its set, and with nothing that nobody said."""

from __future__ import annotations

import dataclasses
import datetime
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pressed import Made

from imagestolive import resources
from imagestolive.press import files
from imagestolive.press.handouts import (
    Lesson,
    NoAddress,
    NotADay,
    SecondBeforeFirst,
    class_cartridge,
    class_documents,
    filled,
    open_filling,
    paper_of,
    person_address,
    read_day,
    read_lesson,
    write_class,
    write_document,
    written_for,
)
from imagestolive.teaching import AGES, DOCUMENTS, NoPlanInLanguage, formats
from imagestolive.teaching.blocks import Table, texts
from imagestolive.teaching.documents import NoSuchAge, document
from imagestolive.words import LANGUAGES

ADDRESS = "https://images.example/set/K7Q2-9FXD?people=2&cards=2"
LESSON = Lesson(
    lang="pt-BR", first_class=datetime.date(2026, 11, 30), second_class=datetime.date(2026, 12, 7), age="15-18", address=ADDRESS
)

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)


def written(made: Made, key: str, form: str, lesson: Lesson) -> bytes:
    out = BytesIO()
    write_document(made.press, made.drawn, made.policy, out, key, form, lesson)
    return out.getvalue()


@in_each_language
@pytest.mark.parametrize("key", DOCUMENTS)
def test_every_document_can_be_filled_in_for_a_set(made: Made, key: str, lang: str) -> None:
    filling = filled(made.press, made.drawn, made.policy, Lesson(lang=lang, address=ADDRESS))
    assert document(key, lang, filling=filling).code == "K7Q2-9FXD"


@in_each_language
def test_the_plan_of_a_class_has_its_code_its_links_its_credits_and_its_data_sets(made: Made, lang: str) -> None:
    filling = filled(made.press, made.drawn, made.policy, Lesson(lang=lang, address=ADDRESS))
    said = " ".join(texts(document("plan", lang, filling=filling)))
    assert "K7Q2-9FXD" in said
    assert "https://images.example/set/K7Q2-9FXD/p/2?people=2&cards=2" in said
    for card in made.press.pipeline.cards(made.drawn, made.policy, resources.words(lang)):
        assert card.credit
        assert card.credit.line in said
    for part in made.drawn.request.datasets:
        assert made.press.pipeline.data_set(part.key).sheet.title in said


def test_dates_stand_in_the_words_of_the_language(made: Made) -> None:
    said = written(made, "assignment", "md", LESSON).decode()
    assert "30 de novembro de 2026" in said
    assert "7 de dezembro de 2026" in said


def test_the_same_set_and_lesson_give_the_same_bytes_again(made: Made) -> None:
    for form in ("pdf", "docx", "html", "md", "lms", "imscc"):
        assert written(made, "plan", form, LESSON) == written(made, "plan", form, LESSON)


def test_everything_for_a_class_is_in_one_file(made: Made) -> None:
    out = BytesIO()
    write_class(made.press, made.drawn, made.policy, out, LESSON)
    with zipfile.ZipFile(out) as packed:
        assert packed.testzip() is None
        names = [name.partition("/")[2] for name in packed.namelist()]
        assert {
            "sheets.pdf",
            "credits.csv",
            "set.json",
            "plan.docx",
            "worksheets.pdf",
            "slides.pptx",
            "slides.pdf",
            "cartridge.imscc",
        } <= set(names)
        assert {name.partition(".")[0] for name in names} >= set(DOCUMENTS)
        with zipfile.ZipFile(BytesIO(packed.read("images-to-live-with_K7Q2-9FXD/cartridge.imscc"))) as cartridge:
            assert {"imsmanifest.xml", "plan.html", "worksheets.pdf"} <= {name.rpartition("/")[2] for name in cartridge.namelist()}
            assert any(b"K7Q2-9FXD" in cartridge.read(name) for name in cartridge.namelist() if name.endswith("plan.html"))


def test_where_packages_are_missing_documents_come_as_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "is_here", lambda form: formats.FORMATS[form].package is None)
    names = [name for name, _ in class_documents(Lesson(lang="en"), open_filling(Lesson(lang="en"), code=None))]
    assert {f"{key}.{'lms.html' if key == 'assignment' else 'html'}" for key in DOCUMENTS} <= set(names)
    assert not any(name.endswith((".docx", ".pdf", ".pptx")) for name in names)


@pytest.mark.parametrize("age", [None, *AGES])
def test_cases_for_fifteen_and_above_are_not_in_the_package_of_a_younger_class(monkeypatch: pytest.MonkeyPatch, age: str | None) -> None:
    monkeypatch.setattr(formats, "is_here", lambda form: formats.FORMATS[form].package is None)
    lesson = Lesson(lang="en", age=age)
    with zipfile.ZipFile(BytesIO(class_cartridge(lesson, open_filling(lesson, code=None)))) as packed:
        pages = {Path(name).stem for name in packed.namelist()}
    assert "worksheets" in pages
    assert ("case-cards" in pages) is (age != "11-14")


def test_pages_for_learning_platforms_stay_small_however_large_the_class(made: Made) -> None:
    lesson = Lesson(lang="en", address=ADDRESS)
    one = filled(made.press, made.drawn, made.policy, lesson)
    [table] = one.credits
    assert isinstance(table, Table)
    large = dataclasses.replace(one, credits=(dataclasses.replace(table, rows=table.rows[:1] * 450),))
    assert len(written_for("plan", "lms", lesson, large)) <= 60_000
    with zipfile.ZipFile(BytesIO(class_cartridge(lesson, large, {"plan.pdf": b"%PDF"}))) as packed:
        pages = {name.rpartition("/")[2]: packed.read(name) for name in packed.namelist() if name.endswith(".html")}
    assert {"credits-1.html", "credits-401.html", "links-1.html", "data-sets.html"} <= pages.keys()
    assert all(len(page) <= 60_000 for page in pages.values())
    assert sum(page.count(b"is licensed under") for page in pages.values()) == 450


def test_a_lesson_is_the_same_after_it_was_written_down() -> None:
    assert read_lesson(LESSON.pairs(), lang="en") == LESSON
    assert read_lesson(Lesson(lang="en").pairs(), lang="pt-BR") == Lesson(lang="en")


@pytest.mark.parametrize(
    "typed",
    ["30.11.2026", "2026-13-01", "2026-11-31", "tomorrow", "0001-01-01", "9999-12-31", "2026-11-30T10:00", "20261130", "2026-W49-1"],
)
def test_what_is_no_date_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(NotADay) as refused:
        read_day(typed, field="second")
    assert refused.value.field == "second"


def test_a_second_class_before_the_first_is_refused() -> None:
    with pytest.raises(SecondBeforeFirst):
        read_lesson({"first": "2026-12-07", "second": "2026-11-30"}, lang="en")
    with pytest.raises(NoSuchAge):
        read_lesson({"age": "7"}, lang="en")
    with pytest.raises(NoPlanInLanguage):
        read_lesson({"lang": "../../etc"}, lang="en")


@pytest.mark.parametrize("typed", ["images.example", "http://", "http://[::1", "http://x y/", "http://x/\n# h", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(NoAddress):
        Lesson(lang="en", address=typed)


def test_the_page_of_a_person_lies_beside_that_of_the_set() -> None:
    assert person_address(ADDRESS, 7) == "https://images.example/set/K7Q2-9FXD/p/7?people=2&cards=2"


def test_schools_that_print_cards_on_letter_get_letter(made: Made) -> None:
    assert paper_of(made.drawn.request) == "a4"
    assert paper_of(dataclasses.replace(made.drawn.request, paper="letter")) == "letter"


def test_every_document_has_a_file_name_in_every_format_it_can_be_had_in() -> None:
    assert files.DOCUMENT_FILES["plan.docx"] == ("plan", "docx")
    assert files.DOCUMENT_FILES["slides.pptx"] == ("slides", "pptx")
    assert "slides.docx" not in files.DOCUMENT_FILES
    assert len(files.FILES) == len(set(files.FILES))


def test_a_card_that_was_taken_back_has_its_notice_in_place_of_a_credit(make: Callable[..., Made]) -> None:
    own = make(1, 2)
    withdrawn = own.withdraw(1)
    said = " ".join(texts(filled(own.press, own.drawn, withdrawn, Lesson(lang="en")).credits))
    line = next(iter(own.press.pipeline.cards(own.drawn, own.policy, resources.words("en")))).credit
    assert line
    assert line.line not in said
    assert "no longer handed out" in said
