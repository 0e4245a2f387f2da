"""/plan and what hangs below it: every document, as a page and as a file, filled in or not."""

from __future__ import annotations

import re
from itertools import pairwise

import pypdfium2
import pytest
from browsing import opened, served, settled
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from imagestolive.press.files import DOCUMENT_FILES
from imagestolive.teaching import DOCUMENTS, formats
from imagestolive.teaching.documents import document
from imagestolive.words import LANGUAGES

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)

WHAT_IT_IS = {"pdf": b"%PDF-", "docx": b"PK", "odt": b"PK", "pptx": b"PK", "imscc": b"PK", "html": b"<!doctype html>", "md": b"---"}

SECOND_LOOK = {"en": "Second look", "pt-BR": "Segundo olhar"}  # what stands below the fold of the first worksheet


def assert_is_one_page_a_worksheet(printed: bytes, lang: str) -> None:
    titles = [section.title for section in document("worksheets", lang).sections]
    with pypdfium2.PdfDocument(printed) as pdf:
        texts = [page.get_textpage() for page in pdf]
        lines = [text.get_text_range().splitlines() for text in texts]
        assert len(lines) == len(titles) == 7
        assert lines[0][1] == titles[0]  # the document's own title is above it
        assert [page[0] for page in lines[1:]] == titles[1:]
        at, _ = texts[0].search(SECOND_LOOK[lang]).get_next()
        below_half = 0.5 - texts[0].get_charbox(at)[3] / pdf[0].get_height()
        assert 0.005 < below_half < 0.03


@in_each_language
def test_every_document_is_offered_in_every_format(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/plan?lang={lang}").text
    for key in DOCUMENTS:
        assert f'href="/plan/{key}"' in page
    for file in DOCUMENT_FILES:
        assert f'href="/plan/{file}?lang={lang}"' in page


def test_the_headings_of_the_list_leave_no_level_out(client: FlaskClient) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", client.get("/plan").text)]
    assert levels[0] == 1
    assert all(following <= level + 1 for level, following in pairwise(levels))


@in_each_language
@pytest.mark.parametrize("key", DOCUMENTS)
def test_every_document_is_a_page_with_a_way_to_each_section(client: FlaskClient, key: str, lang: str) -> None:
    page = client.get(f"/plan/{key}?lang={lang}").text
    found = document(key, lang)
    assert page.count("<h1") == 1
    for section in found.sections:
        assert f' id="{section.id}"' in page
        assert len(found.sections) == 1 or f'<a href="#{section.id}">' in page
    if key == "plan":
        assert '<span class="min">' in page


@pytest.mark.parametrize("form", ["pdf", "docx", "html", "md", "lms", "imscc"])
def test_a_document_comes_as_a_file_with_its_name(client: FlaskClient, form: str) -> None:
    ending = formats.FORMATS[form].ending
    answer = client.get(f"/plan/assignment.{ending}?lang=pt-BR&set=k7q2 9fxd")
    assert answer.status_code == 200
    assert answer.mimetype == formats.FORMATS[form].media_type
    assert answer.headers["Content-Disposition"] == f"attachment; filename=images-to-live-with_K7Q2-9FXD_assignment_pt-BR.{ending}"
    assert answer.data.startswith(WHAT_IT_IS.get(form, b"<!doctype html>"))


def test_what_is_filled_in_stands_in_the_document_and_in_the_links_to_its_files(client: FlaskClient) -> None:
    asked = "set=K7Q2-9FXD&first=2026-11-30&second=2026-12-07&age=11-14&paper=letter"
    page = client.get(f"/plan?lang=en&{asked}").text
    assert "/plan/plan.docx?" in page
    for pair in asked.split("&"):
        assert pair in page
    read = client.get(f"/plan/assignment?lang=en&{asked}").text
    assert "30 November 2026" in read
    assert "7 December 2026" in read
    assert "K7Q2-9FXD" in read


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ("set=K7Q2-9FXX", "set", "one sign seems to be misread"),
        ("first=30.11.2026", "first", "is no date"),
        ("first=2026-12-07&second=2026-11-30", "second", "is before the first"),
        ("age=7", "age", "nothing for the age"),
    ],
)
def test_a_wrong_answer_is_named_beside_its_field_and_the_documents_stay(client: FlaskClient, asked: str, field: str, says: str) -> None:
    answer = client.get(f"/plan?lang=en&{asked}")
    assert answer.status_code == 400
    place = answer.text.index(f'id="{field}-says"')
    assert says in answer.text[place : place + 200]
    assert 'href="/plan/plan"' in answer.text
    assert client.get(f"/plan/plan?{asked}").status_code in (400, 404)


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/plan/nothing", 404, "There are: plan, assignment"),
        ("/plan/slides.docx", 404, "There are: plan, assignment"),
        ("/plan/plan.exe", 404, "There are: plan, assignment"),
        ("/plan/..%2fplan", 404, "There is no page"),
        ("/plan/plan.pdf?paper=a0", 400, "a4, letter"),
    ],
)
def test_what_there_is_not_is_not_found_and_says_what_there_is(client: FlaskClient, path: str, status: int, says: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert says in answer.text


def test_a_code_alone_has_no_address_and_the_whole_address_leads_to_the_documents_of_its_set(client: FlaskClient) -> None:
    assert "/set/K7Q2-9FXD" not in client.get("/plan/plan.md?set=K7Q2-9FXD").text
    whole = "https://images.example/set/K7Q2-9FXD?people=2&cards=2&dataset=garden#card-3"
    answer = client.get("/plan", query_string={"set": whole, "first": "2026-11-30"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/set/K7Q2-9FXD/documents?people=2&cards=2&dataset=garden&first=2026-11-30"


def test_formats_whose_package_is_missing_are_not_offered(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "is_here", lambda form: formats.FORMATS[form].package is None)
    page = client.get("/plan?lang=en").text
    assert "/plan/plan.docx" not in page
    assert "/plan/plan.html" in page
    assert "DOCX" in page  # it is said that it cannot be had
    assert client.get("/plan/plan.docx").status_code == 503


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "paper"), [("pt-BR", "a4"), ("en", "letter")])
def test_the_one_file_prints_each_worksheet_on_a_page_folded_at_its_half(browser: Browser, lang: str, paper: str) -> None:
    with opened(browser, "about:blank") as page:
        page.set_content(formats.write(document("worksheets", lang), "html", paper=paper).decode())
        settled(page)
        assert_is_one_page_a_worksheet(page.pdf(prefer_css_page_size=True), lang)


@pytest.mark.browser
def test_a_page_of_the_web_prints_the_document_alone(browser: Browser, app: Flask) -> None:
    with served(app) as address, opened(browser, address) as page:
        for lang, paper in (("pt-BR", "A4"), ("en", "Letter")):
            page.goto(f"/plan/worksheets?lang={lang}")
            settled(page)
            assert_is_one_page_a_worksheet(page.pdf(format=paper), lang)
        page.emulate_media(media="print")
        shown = page.locator("body").inner_text()
        assert shown.startswith(document("worksheets", "en").title)
        for left_out in ("DOCX", "In this document", document("references", "en").title, "What is kept of you"):
            assert left_out in page.content()
            assert left_out not in shown


@pytest.mark.browser
def test_a_drawing_takes_the_colour_and_the_face_of_the_page(browser: Browser, app: Flask) -> None:
    with served(app) as address, opened(browser, address, color_scheme="dark") as page:
        page.goto("/plan/question-cards?lang=en")
        written = page.locator("figure svg text").first
        ink = page.evaluate("getComputedStyle(document.body).color")
        assert written.evaluate("text => getComputedStyle(text).fill") == ink != "rgb(0, 0, 0)"
        assert written.evaluate("text => getComputedStyle(text).fontFamily").startswith('"ImagesToLive Sans"')
        assert page.locator("figure svg").first.evaluate("svg => getComputedStyle(svg).backgroundColor") == "rgba(0, 0, 0, 0)"
