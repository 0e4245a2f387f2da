"""School mode on pages: asked for in the form, carried by the address, and not left where it is locked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import drawn
import pytest
from flask.testing import FlaskClient
from setpage import image, pictures

ASKED = {"people": "1", "cards": "2", "paper": "a4", "card_lang": "en", "sold": "no", "by": "image", "dataset": "mine"}
Over = Callable[..., FlaskClient]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Six credited pictures; only of the last two it is said that they show nobody."""
    root = drawn.folder(tmp_path / "mine", 6)
    path = root / "credits.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    people = ["some", "", "unknown", "some", "none", "none"]
    path.write_text("\n".join([f"{head},people", *(f"{row},{said}" for row, said in zip(rows, people, strict=True))]), encoding="utf-8")
    return root


def shown(client: FlaskClient, address: str) -> set[str]:
    return set(re.findall(r"/picture/mine/(\d{3}\.jpg)", client.get(address).text))


def test_the_form_asks_and_the_address_carries_the_answer(client_over: Over, mine: Path) -> None:
    client = client_over(mine)
    answer = client.post("/make", data={**ASKED, "school": "yes"}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303, answer.text
    assert parse_qs(urlsplit(answer.location).query)["school"] == ["yes"]
    assert shown(client, answer.location) == {"004.jpg", "005.jpg"}
    assert 'name="school" value="yes" checked' not in client.get("/make").text
    assert 'name="school" value="yes" checked' in client_over(mine, school=True).get("/make").text


def test_where_it_is_locked_no_address_leaves_it(client_over: Over, mine: Path) -> None:
    client = client_over(mine, school=True, school_locked=True)
    for query in ("people=1&cards=2&dataset=mine", "people=1&cards=2&dataset=mine&school=no", ""):
        assert shown(client, f"/set/K7Q2-9FXD?{query}") <= {"004.jpg", "005.jpg"}
    assert 'name="school"' not in client.get("/make").text
    assert client.get("/picture/mine/000.jpg").status_code == 404
    assert client.get("/picture/mine/004.jpg").status_code == 200


def test_a_code_alone_is_drawn_as_the_configuration_says_and_an_address_as_it_says(client_over: Over, mine: Path) -> None:
    client = client_over(mine, school=True)
    assert shown(client, "/set/K7Q2-9FXD?people=1&cards=2") == {"004.jpg", "005.jpg"}
    assert len(shown(client, "/set/K7Q2-9FXD?people=1&cards=6&dataset=mine")) == 6
    assert client.get("/picture/mine/000.jpg").status_code == 200
    assert client.get("/set/K7Q2-9FXD?people=1&cards=2&school=perhaps").status_code == 400


def test_what_is_held_for_review_is_on_no_page_of_school_mode_and_where_it_is_locked_not_sent_at_all(
    client_over: Over, mine: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("picture\n", encoding="utf-8")  # in all titles
    free, address = client_over(mine, words={"en": words}), "/set/K7Q2-9FXD?people=1&cards=6&dataset=mine"
    page = free.get(address).text
    free.post(address, data={"image": [image(page, number) for number in range(1, 7)], "mark": "seen"})
    addresses = [*pictures(page).values(), *pictures(free.get(address).text).values()]  # blurred, and as they are
    assert [free.get(found).status_code for found in addresses] == [200] * 12
    assert shown(free, f"{address}&school=yes") == set()
    locked = client_over(mine, words={"en": words}, school=True, school_locked=True)
    cookie = free.get_cookie("client")
    assert cookie
    locked.set_cookie("client", cookie.value)
    assert [locked.get(found).status_code for found in addresses] == [404] * 12
