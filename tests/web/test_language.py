from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

PAGES = ["/", "/make", "/set/K7Q2-9FXD", "/datasets", "/datasets/coco", "/plan", "/nowhere", "/open?code=x"]


def language(client: FlaskClient, path: str = "/", **headers: str) -> str:
    found = re.search(r'<html lang="([^"]*)">', client.get(path, headers=headers).text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [("pt-BR,en;q=0.5", "pt-BR"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("de,en;q=0.1", "en"), ("de", "en"), ("*", "en"), ("x" * 500, "en")],
)
def test_the_browser_is_listened_to(client: FlaskClient, accepted: str, spoken: str) -> None:
    assert language(client, **{"Accept-Language": accepted}) == spoken


def test_the_address_comes_first_then_the_cookie_then_the_browser(client: FlaskClient) -> None:
    assert language(client, "/?lang=pt-BR") == "pt-BR"
    assert language(client) == "pt-BR"  # kept
    assert language(client, **{"Accept-Language": "en"}) == "pt-BR"
    assert language(client, "/?lang=en") == "en"
    assert language(client, **{"Accept-Language": "pt-BR"}) == "en"


@pytest.mark.parametrize("typed", ["../", "pt_BR", "PT-BR", "//evil.example", "<script>", "", "en\x00"])
def test_a_language_nobody_speaks_here_is_ignored(client: FlaskClient, typed: str) -> None:
    answer = client.get("/", query_string={"lang": typed})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    client.set_cookie("lang", typed.replace("\x00", ""))
    assert language(client) == "en"


def test_the_cookie_holds_a_language_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get("/?lang=pt-BR")
    assert answer.headers["Set-Cookie"].startswith("lang=pt-BR; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
    assert "Set-Cookie" not in client.get("/").headers


@pytest.mark.parametrize("path", PAGES)
def test_every_page_leads_to_itself_in_the_other_language(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    found = re.search(r'<a href="([^"]*)" lang="pt-BR" hreflang="pt-BR">Português \(Brasil\)</a>', page)
    assert found
    assert language(client, found[1].replace("&amp;", "&")) == "pt-BR"


def test_the_rest_of_an_address_goes_along(client: FlaskClient) -> None:
    page = client.get("/set/K7Q2-9FXD?people=2&cards=2&dataset=tiles&refused=1~tiles~0.png&lang=en&_external=1&_scheme=javascript").text
    link = re.search(r'<a href="(/set/K7Q2-9FXD[^"]*)" lang="pt-BR"', page)
    assert link
    assert "people=2&amp;cards=2&amp;dataset=tiles&amp;refused=1~tiles~0.png" in link[1]
    assert link[1].endswith("&amp;lang=pt-BR")
    assert link[1].count("lang=") == 1


def test_caches_are_told_that_pages_differ_by_language(client: FlaskClient) -> None:
    assert {"Accept-Language", "Cookie"} <= set(client.get("/").headers["Vary"].split(", "))
