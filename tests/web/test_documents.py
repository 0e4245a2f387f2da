"""/set/<code>/documents: the teaching plan for the class that has this set."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from office import Office
from werkzeug.test import create_environ, run_wsgi_app

from imagestolive.config import Config
from imagestolive.press.files import DOCUMENT_FILES
from imagestolive.web import create_app

SET = "/set/K7Q2-9FXD"
QUERY = "people=2&cards=2&dataset=garden&lang=en"
LESSON = "first=2026-11-30&second=2026-12-07&age=15-18"


def links(page: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]+)"', page)]


def test_the_page_of_a_set_leads_to_its_documents(client: FlaskClient) -> None:
    assert any(href.startswith(f"{SET}/documents?") for href in links(client.get(f"{SET}?{QUERY}").text))


def test_every_document_is_offered_for_this_set_with_what_is_filled_in(client: FlaskClient) -> None:
    hrefs = links(client.get(f"{SET}/documents?{QUERY}&{LESSON}").text)
    for file in DOCUMENT_FILES:
        [href] = [href for href in hrefs if href.startswith(f"{SET}/{file}?")]
        assert LESSON.replace("&age=15-18", "") in href
        assert "age=15-18" in href


def test_a_document_of_a_set_has_its_credits_its_dates_and_its_address(client: FlaskClient) -> None:
    text = client.get(f"{SET}/plan.md?{QUERY}&{LESSON}").text
    for said in ("K7Q2-9FXD", "30 November 2026", "7 December 2026", "Garden photographs", "http://localhost/set/K7Q2-9FXD/p/2?people=2"):
        assert said in text
    assert "CC BY" in text


def test_its_name_says_what_and_whose_it_is(client: FlaskClient) -> None:
    answer = client.get(f"{SET}/worksheets.pdf?people=2&cards=2&dataset=garden&lang=pt-BR")
    assert answer.headers["Content-Disposition"] == "attachment; filename=images-to-live-with_K7Q2-9FXD_worksheets_pt-BR.pdf"
    assert answer.data.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("asked", "field"), [("first=yesterday", "first"), ("first=2026-12-07&second=2026-11-30", "second"), ("age=young", "age")]
)
def test_a_wrong_answer_is_named_beside_its_field(client: FlaskClient, asked: str, field: str) -> None:
    answer = client.get(f"{SET}/documents?{QUERY}&{asked}")
    assert answer.status_code == 400
    assert f'id="{field}-says"' in answer.text
    assert client.get(f"{SET}/plan.md?{QUERY}&{asked}").status_code == 400


def test_everything_for_a_class_is_made_by_a_job_with_what_was_filled_in(office: Office) -> None:
    client = office.app.test_client()
    assert client.get(f"{SET}/class.zip?{QUERY}").status_code == 409  # it asks first
    there = client.post(f"{SET}/class.zip?{QUERY}&{LESSON}").headers["Location"]
    office.work()
    page = client.get(there).text
    [file] = [href for href in links(page) if href.endswith(".zip")]
    assert any(href.startswith(f"{SET}/documents?") and "first=2026-11-30" in href for href in links(page))
    with zipfile.ZipFile(BytesIO(client.get(file).data)) as packed:
        plan = packed.read("images-to-live-with_K7Q2-9FXD/assignment.lms.html").decode()
    assert "30 November 2026" in plan


def test_the_same_files_for_another_day_are_another_job(office: Office) -> None:
    client = office.app.test_client()
    first, again, other = (
        client.post(f"{SET}/class.zip?{QUERY}&first={day}").headers["Location"] for day in ("2026-11-30", "2026-11-30", "2026-12-01")
    )
    assert first == again
    assert first != other


def test_a_set_that_is_not_complete_says_so_and_offers_nothing(client: FlaskClient) -> None:
    answer = client.get(f"{SET}/documents?people=30&cards=9&dataset=tiles&lang=en")
    assert answer.status_code == 200
    assert "plan.docx" not in answer.text
    assert "asked for 270, 6 can be used" in answer.text


def test_the_address_is_the_configured_one_and_another_host_is_refused(config: Config) -> None:
    client = create_app(dataclasses.replace(config, address="https://images.example")).test_client()
    assert client.get(f"{SET}/plan.md?{QUERY}").status_code == 400
    for host in ("images.example", "IMAGES.example.:443", "images.example:8000"):
        text = client.get(f"{SET}/plan.md?{QUERY}", headers={"Host": host}).text
        assert "https://images.example/set/K7Q2-9FXD/p/2?people=2" in text


def test_a_check_that_names_no_host_is_answered(app: Flask) -> None:
    environ = create_environ("/privacy")
    environ.pop("HTTP_HOST")
    _, status, _ = run_wsgi_app(app, environ)
    assert status == "200 OK"


@pytest.mark.parametrize("host", ["evil..example", "a b", "<script>", "", "x" * 3000, "evil.example:99999999"])
def test_b109_a_host_that_is_no_name_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get(f"{SET}/documents?{QUERY}", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 400


def test_pages_of_a_class_are_not_for_search_engines(client: FlaskClient) -> None:
    for path in (f"{SET}/documents", f"{SET}/p/1"):
        assert client.get(f"{path}?{QUERY}").headers["X-Robots-Tag"] == "noindex"


def test_what_waits_is_told_before_links_are_handed_on(doubtful: Office) -> None:
    page = doubtful.client().get(f"{SET}/documents?people=1&cards=3&dataset=mine&lang=en").text
    assert "3 images of this set are held for review" in page
