"""Every document in every language: there, parallel, and said whole in each text format."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from writings import HEADER, Reader, missing

from imagestolive import resources
from imagestolive.teaching import AGES, DOCUMENTS, NoPlanInLanguage, PlanBroken, formats, html
from imagestolive.teaching.blocks import Document, Heading, Paragraph, Run, Table
from imagestolive.teaching.documents import AGE_WORDS, NoSuchAge, NoSuchDocument, document
from imagestolive.teaching.filling import NOTHING, Filling
from imagestolive.words import LANGUAGES

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)
each_document = pytest.mark.parametrize("key", DOCUMENTS)

FILLED = Filling(
    code="K7Q2-9FXD",
    address="https://images.example/set/K7Q2-9FXD?people=30&cards=3",
    first_class="30 November 2026",
    second_class="7 December 2026",
    people=30,
    cards=3,
    people_links=(
        Table(
            head=((Run(text="Person"),), (Run(text="Address"),)),
            rows=(((Run(text="Person 1"),), (Run(text="https://images.example/p/1", href="https://images.example/p/1"),)),),
        ),
    ),
    credits=(Paragraph(runs=(Run(text="“A *cat*” by <somebody> | CC BY 2.0"),)),),
    datasheets=(Heading(id="data-set-coco", level=3, title="COCO"), Paragraph(runs=(Run(text="Made in 2014."),))),
)


def markdown_said(found: Document) -> str:
    markdown = re.sub(r"\A---\n.*?\n---\n", "", formats.write(found, "md").decode(), flags=re.DOTALL)
    return Reader(MarkdownIt("commonmark").enable("table").render(markdown)).words


def lms_said(found: Document) -> str:
    return Reader(formats.write(found, "lms").decode()).words


def page_said(found: Document) -> str:
    return Reader(formats.write(found, "html").decode()).words


@in_each_language
@each_document
@pytest.mark.parametrize("filling", [NOTHING, FILLED], ids=["unfilled", "filled"])
@pytest.mark.parametrize("age", [None, *AGES])
def test_each_document_is_said_whole_in_each_text_format(key: str, lang: str, age: str | None, filling: Filling) -> None:
    found = document(key, lang, age=age, filling=filling)
    assert missing(found, page_said(found)) == []
    assert missing(found, markdown_said(found)) == []
    if "lms" in formats.forms_of(key):
        assert missing(found, lms_said(found)) == []


@each_document
@pytest.mark.parametrize("filling", [NOTHING, FILLED], ids=["unfilled", "filled"])
@pytest.mark.parametrize("age", [None, *AGES])
def test_every_language_has_the_same_headings_steps_and_minutes(key: str, age: str | None, filling: Filling) -> None:
    english, *others = (document(key, lang, age=age, filling=filling) for lang in LANGUAGES)
    for other in others:
        assert other.shape == english.shape
        assert [heading.id for heading in other.headings] == [heading.id for heading in english.headings]


@in_each_language
@each_document
def test_each_file_names_its_own_language_and_key(key: str, lang: str) -> None:
    found = document(key, lang)
    assert (found.lang, found.key, found.code) == (lang, key, None)


@in_each_language
@each_document
def test_a_filled_document_carries_its_code(key: str, lang: str) -> None:
    assert document(key, lang, filling=FILLED).code == "K7Q2-9FXD"


@in_each_language
def test_no_format_of_a_document_says_what_is_for_another_age(lang: str) -> None:
    words = resources.words(lang)
    for age in AGES:
        said = page_said(document("assignment", lang, age=age))
        assert words.say(AGE_WORDS[age]) in said
        assert not [other for other in AGES if other != age and words.say(AGE_WORDS[other]) in said]


@in_each_language
def test_a_list_is_there_of_each_document_and_of_nothing_else(lang: str) -> None:
    files = {path.name for path in resources.folder("teaching_plan").iterdir() if path.name.endswith(f".{lang}.md")}
    assert files == {f"{key}.{lang}.md" for key in (*DOCUMENTS, "questions")}


def test_a_language_that_leaves_the_english_headings_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.en.md").write_text(f"---\n{HEADER}---\n## One\n### Ask (5 min)\n", encoding="utf-8")
    own = HEADER.replace("language: en", "language: pt-BR")
    (tmp_path / "plan.pt-BR.md").write_text(f"---\n{own}---\n## Um\n### Perguntar (6 min)\n", encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda _: tmp_path)
    with pytest.raises(PlanBroken, match=r"plan\.pt-BR\.md .*not those of the English one"):
        document("plan", "pt-BR")
    assert html.render(document("plan", "en")).startswith('<h2 id="one">')


@pytest.mark.parametrize("lang", ["de", "", "../en", "pt-br"])
def test_a_language_we_do_not_have_is_not_found(lang: str) -> None:
    with pytest.raises(NoPlanInLanguage) as refused:
        document("plan", lang)
    assert refused.value.status == 404


@pytest.mark.parametrize("key", ["", "questions", "../plan", "Plan"])
def test_a_document_we_do_not_have_is_not_found(key: str) -> None:
    with pytest.raises(NoSuchDocument, match="There are: plan, assignment, worksheets") as refused:
        document(key, "en")
    assert refused.value.status == 404


@pytest.mark.parametrize("age", ["", "12", "15–18"])
def test_an_age_we_have_nothing_for_is_refused(age: str) -> None:
    with pytest.raises(NoSuchAge, match="There is: 11-14, 15-18, adult"):
        document("plan", "en", age=age)
