from __future__ import annotations

import base64
import html
import re
from io import BytesIO

import pikepdf
import pytest
from flask.testing import FlaskClient

from imagestolive.pdf import faults
from imagestolive.web import printers

ROOM = {"name": "Sala 3", "flip": "short", "back_x": "-0,5", "back_y": "1", "back_scale": "", "turn_backs": "no"}
PRINT = "/set/K7Q2-9FXD/print?people=1&cards=3"


def remember(client: FlaskClient, **answers: str) -> None:
    answer = client.post("/printers", data=ROOM | answers)
    assert answer.status_code == 303
    assert answer.location == "/printers"


def listed(client: FlaskClient) -> list[str]:
    return re.findall(r"<b><bdi>(.*?)</bdi></b>", client.get("/printers").text)


def test_a_printer_is_remembered_changed_and_forgotten(client: FlaskClient) -> None:
    remember(client)
    remember(client, name="Casa", flip="long")
    assert listed(client) == ["Casa", "Sala 3"]
    assert "turns on the short edge, backs -0.5 mm to the right, 1 mm down" in client.get("/printers").text
    remember(client, back_y="2")
    assert "1 mm down" not in client.get("/printers").text.replace("Casa", "").split("Sala 3")[1].split("</li>")[0]
    client.post("/printers", data={"forget": "Sala 3"})
    assert listed(client) == ["Casa"]
    client.post("/printers", data={"forget": "Casa"})
    assert client.get_cookie(printers.COOKIE) is None


SET = "set=K7Q2-9FXD&people=3&cards=3&dataset=garden&paper=letter&card_lang=en&back=postcard"


def ways_back(page: str) -> set[str]:
    return set(re.findall(r'href="(/set/[^"]*)"', html.unescape(page)))


def test_the_page_leads_back_to_the_set_it_was_opened_from_also_after_its_forms(client: FlaskClient) -> None:
    there = f"/set/K7Q2-9FXD/print?{SET.partition('&')[2]}"
    page = client.get(f"/printers?{SET}").text
    assert ways_back(page) == {there}
    (forms,) = set(re.findall(r'action="([^"]*)" method="post"', html.unescape(page)))
    assert ways_back(client.post(forms, data=ROOM | {"back_x": "far"}).text) == {there}
    remembering = client.post(forms, data=ROOM)
    assert remembering.location == f"/printers?{SET}"
    forgetting = client.post(forms, data={"forget": "Sala 3"})
    assert ways_back(client.get(forgetting.location).text) == {there}
    assert not ways_back(client.get("/printers").text)


@pytest.mark.parametrize(
    "query",
    [
        "set=https://evil.example/",
        "set=//evil.example/set/K7Q2-9FXD",
        "set=/set/K7Q2-9FXD",
        "set=K7Q2-9FXE",
        "set=K7Q2-9FXD%0d%0aLocation:evil.example",
        "set=K7Q2-9FXD&paper=//evil.example",
        "set=K7Q2-9FXD&dataset=%22%3E%3Cscript",
    ],
)
def test_what_is_no_set_of_ours_leads_nowhere(client: FlaskClient, query: str) -> None:
    for answer in (client.get(f"/printers?{query}"), client.post(f"/printers?{query}", data=ROOM)):
        assert answer.status_code in (400, 404)
        assert "Location" not in answer.headers
        assert "<script" not in answer.text
        assert not re.search(r'(href|action)="[^"]*evil', answer.text.replace("lang=pt-BR", "").split("<footer")[0])


def test_what_else_an_address_says_is_left_out_of_the_way_back(client: FlaskClient) -> None:
    page = client.get("/printers?set=K7Q2-9FXD&people=1&cards=3&more=//evil.example&without=%22%3Eevil").text
    assert {path.partition("&paper")[0] for path in ways_back(page)} == {"/set/K7Q2-9FXD/print?people=1&cards=3"}
    assert "more=" not in page.split("<footer")[0]


def test_numbers_have_the_decimal_comma_of_the_page(client: FlaskClient) -> None:
    remember(client, back_x="−1,5", back_scale="100.4")
    page = client.get("/printers?lang=pt-BR").text
    assert "-1,5 mm" in page
    assert "100,4 %" in page


def test_they_are_kept_in_this_browser_alone_in_a_cookie_that_no_script_reads(client: FlaskClient) -> None:
    answer = client.post("/printers", data=ROOM)
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("printers=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    other = client.application.test_client()
    assert listed(other) == []


def test_the_printer_that_is_chosen_puts_its_numbers_into_the_address(client: FlaskClient) -> None:
    assert 'name="printer"' not in client.get(PRINT).text
    remember(client)
    page = client.get(PRINT).text
    assert re.search(r'name="printer" value="Sala 3">', page)
    answer = client.get(f"{PRINT}&printer=Sala+3")
    assert answer.status_code == 302
    assert answer.location.endswith("&flip=short&back_x=-0.5&back_y=1")
    assert "Sala" not in answer.location
    assert re.search(r'name="printer" value="Sala 3" checked', client.get(answer.location).text)
    assert "flip=fold&back_x=-0.5" in client.get(f"{PRINT}&flip=fold&printer=Sala+3").location


@pytest.mark.parametrize("known", [False, True])
def test_a_printer_that_is_not_remembered_is_told(client: FlaskClient, known: bool) -> None:
    if known:
        remember(client)
    answer = client.get(f"{PRINT}&printer=<b>")
    assert answer.status_code == 400
    assert "No printer is remembered as “<b>”" in html.unescape(answer.text)
    assert 'id="printer"' in answer.text


@pytest.mark.parametrize(
    ("answers", "field", "said"),
    [
        ({"name": "  "}, "name", "1 to 40 printable characters"),
        ({"name": "x" * 41}, "name", "1 to 40 printable characters"),
        ({"name": "a\u202eb"}, "name", "1 to 40 printable characters"),
        ({"back_x": "far"}, "back_x", "“Backs further to the right, mm” takes a number from -10 to 10"),
        ({"back_y": "11"}, "back_y", "takes a number from -10 to 10"),
        ({"back_scale": "1000"}, "back_scale", "takes a number from 95 to 105"),
        ({"flip": "fold"}, "flip", "“fold” is not one of the choices"),
        ({"turn_backs": "perhaps"}, "turn_backs", "“perhaps” is not one of the choices"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_the_others_are_kept(
    client: FlaskClient, answers: dict[str, str], field: str, said: str
) -> None:
    answer = client.post("/printers", data=ROOM | answers)
    page = html.unescape(answer.text)
    assert answer.status_code == 400
    assert said in page.split(f'id="{field}-says">')[1].split("</p>")[0]
    for name in {"name", "back_x", "back_y"} - {field}:
        assert f'value="{ROOM[name]}"' in page
    assert listed(client) == []


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "%%%",
        "A" * 4000,
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b"\xff").decode(),
        base64.urlsafe_b64encode(b'{"schema":"imagestolive-printers/1","printers":{"<b>":{"back_x_mm":99}}}').decode(),
    ],
)
def test_a_cookie_that_is_not_ours_is_none(client: FlaskClient, value: str) -> None:
    client.set_cookie(printers.COOKIE, value)
    assert listed(client) == []
    assert client.get(PRINT).status_code == 200
    remember(client)
    assert listed(client) == ["Sala 3"]


def test_there_is_room_for_so_many_and_one_more_is_told(client: FlaskClient) -> None:
    for n in range(printers.PRINTERS_MOST):
        remember(client, name=f"{n}" + "ã" * 39)
    assert len(client.get_cookie(printers.COOKIE).value) < printers.COOKIE_MOST_BYTES  # type: ignore[union-attr]
    answer = client.post("/printers", data=ROOM)
    assert answer.status_code == 400
    assert "8 printers are remembered already; forget one first." in answer.text
    assert len(listed(client)) == 8


def test_names_are_written_as_text(client: FlaskClient) -> None:
    remember(client, name="<b>&amp;")
    assert listed(client) == ["&lt;b&gt;&amp;amp;"]
    assert "<b>&amp;</" not in client.get("/printers").text


@pytest.mark.parametrize("paper", ["a4", "a3", "a5", "letter", "tabloid"])
@pytest.mark.parametrize("flip", ["long", "short", "manual"])
def test_the_calibration_page_is_two_sides_of_the_paper(client: FlaskClient, paper: str, flip: str) -> None:
    answer = client.get(f"/printers/calibration.pdf?paper={paper}&page_flip={flip}")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not faults(BytesIO(answer.data))
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 2


@pytest.mark.parametrize("query", ["paper=a9", "paper=60x60mm", "page_flip=fold", "paper=%00"])
def test_a_calibration_page_that_cannot_be_is_a_sentence(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/printers/calibration.pdf?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
