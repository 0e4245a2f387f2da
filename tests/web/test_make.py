from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import drawn
import pytest
from flask import Flask
from flask.testing import FlaskClient

from imagestolive.config import Limits

RIGHT = {
    "people": "2",
    "cards": "3",
    "dataset": ["garden", "tiles"],
    "dataset_asked": "yes",
    "paper": "a4",
    "card_lang": "en",
    "sold": "no",
    "by": "image",
}


def value(page: str, field: str) -> str:
    found = re.search(rf'<input id="{field}"[^>]*\bvalue="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def assert_field_error(client: FlaskClient, field: str, **answers: Any) -> str:
    """The form again: status 400, the field named in words above it and linked from the top, what was typed kept."""
    answer = client.post("/make", data=RIGHT | answers)
    page = answer.text
    assert answer.status_code == 400
    assert f'<a href="#{field}">' in page
    assert f'id="{field}-says"' in page
    assert "1 answer cannot be used." in page
    for name in ("people", "cards"):
        assert value(page, name) == (RIGHT | answers)[name].strip()
    return html.unescape(page)


@pytest.fixture
def no_draw(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """Wrong answers start nothing."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("something was drawn")

    monkeypatch.setattr(app.extensions["imagestolive"].pipeline, "draw", forbidden)


def test_the_form_begins_with_a_class_of_thirty_and_three_images_each(client: FlaskClient) -> None:
    page = client.get("/make").text
    assert (value(page, "people"), value(page, "cards")) == ("30", "3")
    assert len(re.findall(r'name="dataset" value="(?:garden|tiles)" checked', page)) == 2
    assert "2 of 2 chosen" in page
    assert "Garden photographs, " in page
    assert "MegaFace" in page  # named among those that cannot be drawn from, with the reason
    assert "answers cannot be used" not in page


def test_the_form_is_filled_in_by_its_address(client: FlaskClient) -> None:
    page = client.get("/make?people=7&cards=2&dataset=tiles~1b2c3d4e&paper=letter&sold=yes&card_lang=pt-BR&by=author").text
    assert (value(page, "people"), value(page, "cards")) == ("7", "2")
    assert "1 of 2 chosen" in page
    for name, ticked in (("paper", "letter"), ("sold", "yes"), ("card_lang", "pt-BR"), ("by", "author")):
        assert re.search(rf'name="{name}" value="{ticked}"[^>]* checked', page)


def test_right_answers_lead_to_the_address_of_a_new_set(client: FlaskClient) -> None:
    answers = [client.post("/make", data=RIGHT | {"paper": "letter", "sold": "yes", "card_lang": "pt-BR"}) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 303
        assert re.match(r"/set/\w{4}-\w{4}\?people=2&cards=3&dataset=garden~\w{8}&dataset=tiles~\w{8}&", answer.location)
        assert answer.location.endswith("&paper=letter&card_lang=pt-BR&sold=yes")
    assert answers[0].location != answers[1].location


@pytest.mark.parametrize("typed", ["0", "-1", "1000000000", "1e9", "3.7", "Default is 1.", "NaN", "0x10", "1 OR 1=1", "²", "1_0", "٣.٧"])
@pytest.mark.parametrize("field", ["people", "cards"])
def test_a_number_that_cannot_be_used_is_a_field_error(client: FlaskClient, no_draw: None, field: str, typed: str) -> None:
    page = assert_field_error(client, field, **{field: typed})
    assert f"not “{typed}”." in page
    assert ("a whole number from 1 to 400" if field == "people" else "a whole number from 1 to 12") in page


@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_number_takes_its_default(client: FlaskClient, typed: str) -> None:
    answer = client.post("/make", data=RIGHT | {"people": typed, "cards": typed})
    assert "?people=30&cards=3&" in answer.location


def test_digits_of_any_script_are_read(client: FlaskClient) -> None:
    assert "&cards=3&" in client.post("/make", data=RIGHT | {"cards": "٣"}).location


def test_five_thousand_nines_are_refused_and_kept(client: FlaskClient, no_draw: None) -> None:
    answer = client.post("/make", data=RIGHT | {"people": "9" * 5000})
    assert answer.status_code == 400
    assert value(answer.text, "people") == "9" * 5000


def test_of_a_repeated_answer_the_first_counts_and_of_a_list_none(client: FlaskClient) -> None:
    assert "?people=3&" in client.post("/make", data=RIGHT | {"people": ["3", "500"]}).location
    listed = {name: answer for name, answer in RIGHT.items() if name != "people"} | {"people[]": "3"}
    assert "?people=30&" in client.post("/make", data=listed).location


def test_more_cards_than_a_set_holds_name_the_most(client: FlaskClient, no_draw: None) -> None:
    page = assert_field_error(client, "people", people="150", cards="3")
    assert "150 people with 3 images each are 450 cards; one set holds up to 400." in page


def test_two_wrong_answers_are_both_named(client: FlaskClient, no_draw: None) -> None:
    page = client.post("/make", data=RIGHT | {"people": "none", "cards": "99"}).text
    assert "2 answers cannot be used." in page
    assert 'href="#people"' in page
    assert 'href="#cards"' in page


@pytest.mark.parametrize(("field", "typed"), [("paper", "a9"), ("card_lang", "../../etc/passwd"), ("sold", "<b>"), ("by", "label")])
def test_a_choice_that_is_not_offered_is_a_field_error(client: FlaskClient, no_draw: None, field: str, typed: str) -> None:
    assert f"“{typed}” is not one of the choices." in assert_field_error(client, field, **{field: typed})


@pytest.mark.parametrize(("field", "typed"), [("paper", "a9"), ("card_lang", "xx"), ("sold", "maybe"), ("by", "label")])
def test_a_choice_of_the_address_that_is_not_offered_is_named(client: FlaskClient, field: str, typed: str) -> None:
    answer = client.get(f"/make?{field}={typed}")
    assert answer.status_code == 400
    assert "1 answer cannot be used." in answer.text
    assert f'<a href="#{field}">' in answer.text
    assert f"“{typed}” is not one of the choices." in answer.text


@pytest.mark.parametrize(("by", "said"), [("class", "Drawn by class: each class"), ("author", "Drawn by author: each author")])
def test_a_set_may_be_drawn_by_class_or_by_author_and_its_page_says_so(client: FlaskClient, by: str, said: str) -> None:
    location = client.post("/make", data=RIGHT | {"by": by}).location
    assert location.endswith(f"&card_lang=en&by={by}")
    page = client.get(location).text
    assert said in page
    change = re.search(r'href="(/make\?[^"]*)"', client.get(f"/set/K7Q2-9FXD?by={by}").text)
    assert change
    assert re.search(rf'name="by" value="{by}"[^>]* checked', client.get(html.unescape(change[1])).text)
    assert "Drawn by" not in client.get(client.post("/make", data=RIGHT).location).text


def test_how_a_set_is_printed_comes_along_when_it_is_asked_for_anew_and_what_is_not_known_is_the_usual(client: FlaskClient) -> None:
    along = {"flip": "short", "back": "notes", "marks": "grid", "spare": "2", "start": "3"}
    page = client.get("/make", query_string=along).text
    for name, kept in along.items():
        assert f'<input type="hidden" name="{name}" value="{kept}">' in page
    there = client.post("/make", data=RIGHT | along).location
    assert there.endswith("&flip=short&back=notes&marks=grid&start=3&spare=2")
    usual = client.post("/make", data=RIGHT | {"flip": "up", "start": "99", "back_x": "far"})
    assert usual.status_code == 303
    assert usual.location.endswith("&paper=a4&card_lang=en")


def test_another_paper_of_a_set_can_be_kept_and_a_card_too_large_for_the_new_one_cannot(client: FlaskClient) -> None:
    page = client.get("/make?paper=a3").text
    assert re.search(r'name="paper" value="a3"[^>]* checked', page)
    assert "&paper=a3&" in client.post("/make", data=RIGHT | {"paper": "a3"}).location
    assert "&card=140x90mm" in client.post("/make", data=RIGHT | {"paper": "a3", "card": "140x90mm"}).location
    assert "&card=" not in client.post("/make", data=RIGHT | {"paper": "a4", "card": "400x290mm"}).location


def test_no_data_set_chosen_is_a_field_error(client: FlaskClient, no_draw: None) -> None:
    assert "Choose at least one data set." in assert_field_error(client, "dataset", dataset=[])


@pytest.mark.parametrize("key", ["nobody-knows-it", "megaface", "../x"])
def test_a_data_set_that_cannot_be_drawn_from_is_a_field_error(client: FlaskClient, no_draw: None, key: str) -> None:
    assert_field_error(client, "dataset", dataset=[key])


def test_data_sets_that_leave_the_request_are_told_on_the_page_of_the_set(client: FlaskClient) -> None:
    answer = client.post("/make", data=RIGHT | {"dataset": ["garden", "megaface"]})
    assert answer.location.endswith("&without=megaface")
    assert "Nothing is drawn from MegaFace" in client.get(answer.location).text


def test_a_code_that_comes_along_is_kept(client: FlaskClient) -> None:
    page = client.get("/make?code=K7Q2-9FXD").text
    assert '<input type="hidden" name="code" value="K7Q2-9FXD">' in page
    assert client.post("/make", data=RIGHT | {"code": "K7Q2-9FXD"}).location.startswith("/set/K7Q2-9FXD?people=2&")
    assert client.post("/make", data=RIGHT | {"code": "K7Q2-9FXE"}).status_code == 404


def test_the_set_that_was_asked_for_is_the_one_that_opens(client: FlaskClient) -> None:
    page = client.get(client.post("/make", data=RIGHT).location).text
    assert page.count("<figure>") == 6
    assert "2 people," in page


def test_nothing_to_draw_from_is_said_on_the_form(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    client = client_over(tmp_path / "nowhere")
    assert "No data set can be drawn from yet." in client.get("/make").text
    answer = client.post("/make", data={"people": "1"})
    assert answer.status_code == 400
    assert "There is no data set left to draw from." in answer.text


def test_the_most_cards_of_the_configuration_hold(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    client = client_over(drawn.folder(tmp_path / "mine", 4), limits=Limits(web_cards=5))
    assert client.post("/make", data={"people": "2", "cards": "3"}).status_code == 400
    assert client.post("/make", data={"people": "1", "cards": "3"}).status_code == 303
    assert client.get("/set/K7Q2-9FXD?people=2&cards=3").status_code == 400


@pytest.mark.parametrize("limits", [Limits(cards=5), Limits(web_cards=5), Limits(cards=5, web_cards=6), Limits(cards=6, web_cards=5)])
def test_of_two_limits_the_lower_one_holds(client_over: Callable[..., FlaskClient], tmp_path: Path, limits: Limits) -> None:
    client = client_over(drawn.folder(tmp_path / "mine", 8), limits=limits)
    for named in ("", "&dataset=mine"):
        over = client.get(f"/set/K7Q2-9FXD?people=2&cards=3{named}")
        assert over.status_code == 400
        assert "2 people with 3 images each are 6 cards; one set holds up to 5." in over.text
        assert client.get(f"/set/K7Q2-9FXD/pdf?people=2&cards=3{named}").status_code == 400
        assert client.get(f"/set/K7Q2-9FXD?people=1&cards=5{named}").status_code == 200
    assert "a whole number from 1 to 5" in client.post("/make", data={"people": "1", "cards": "6"}).text


def test_a_body_or_a_form_past_all_measure_is_refused(client: FlaskClient) -> None:
    answer = client.post("/make", data={"people": "9" * 100_000})
    assert answer.status_code == 413
    assert "larger than any form here" in answer.text
    parts = {f"field{n}": "x" for n in range(300)}
    assert client.post("/make", data=parts, content_type="multipart/form-data").status_code == 413
