from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from imagestolive import sets


@pytest.mark.parametrize("typed", ["K7Q2-9FXD", "k7q29fxd", " k7 q2-9f xd ", "K7Q2 9FXD"])
def test_a_code_leads_to_its_set_however_it_is_typed(client: FlaskClient, typed: str) -> None:
    answer = client.get("/open", query_string={"code": typed})
    assert (answer.status_code, answer.location) == (303, "/set/K7Q2-9FXD")


def test_letters_that_look_like_digits_are_read_as_digits(client: FlaskClient) -> None:
    code = sets.written("0123456" + sets.check_sign("0123456"))
    for typed in (f"oI23456{code[-1]}", f"O-l23456{code[-1].lower()}"):
        assert client.get("/open", query_string={"code": typed}).location == f"/set/{code}"


@pytest.mark.parametrize(
    "typed", ["K7Q2-9FXE", "../../etc/passwd", str(2**64), "-1", "1" + "0" * 400, "<script>alert(1)</script>", "{{7*7}}"]
)
def test_what_is_no_code_comes_back_in_the_field(client: FlaskClient, typed: str) -> None:
    answer = client.get("/open", query_string={"code": typed})
    assert answer.status_code == 404
    assert "is not a code that we gave out: one sign seems to be misread." in answer.text
    shown = typed.replace("<", "&lt;").replace(">", "&gt;")
    assert f'value="{shown}"' in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("query", ["", "?code=", "?code=%20%20"])
def test_without_a_code_it_asks_for_one(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/open{query}")
    assert answer.status_code == 400
    assert 'Type the code that is on the back of a card, such as <span class="code">K7Q2-9FXD</span>.' in answer.text
    assert "There is no set" not in answer.text


@pytest.mark.parametrize("typed", ["K7Q2-9FXE", "..%2F..%2Fetc%2Fpasswd", str(2**64)])
def test_the_same_in_the_address_of_a_set(client: FlaskClient, typed: str) -> None:
    for path in (f"/set/{typed}", f"/set/{typed}/pdf"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "is not a code that we gave out" in answer.text


def test_it_leads_nowhere_else(client: FlaskClient) -> None:
    assert client.get("/open?code=K7Q29FXD&next=//evil.example").location == "/set/K7Q2-9FXD"
