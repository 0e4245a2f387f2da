from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

PATHS = [
    "/",
    "/make",
    "/set/K7Q2-9FXD",
    "/set/K7Q2-9FXD/pdf",
    "/datasets",
    "/plan",
    "/picture/garden/000.jpg",
    "/fonts/sans.woff2",
    "/static/style.css",
    "/nowhere",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_the_browser_what_it_may_not_do(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "img-src 'self'",
        "script-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers or "Python" not in headers["Server"]


@pytest.mark.parametrize("path", ["/", "/make", "/set/K7Q2-9FXD", "/datasets/coco", "/plan"])
def test_pages_hold_no_script_no_style_and_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert "<script" not in page
    assert "<style" not in page
    assert not re.search(r"<[^>]*\s(style|on\w+)=", page)
    assert not re.search(r'\s(src|srcset|action)="(?!/)', page)
    assert not re.search(r'<(link|image)[^>]*href="(?!/)', page)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "null"}, 303),  # what a browser sends for a page without referrers
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_form_of_another_site_is_not_taken(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/make", data={"people": "1"}, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert "This form was sent from another site, so nothing was done." in answer.text


def test_no_answer_repeats_the_name_of_the_host(client: FlaskClient) -> None:
    for path in ("/", "/set/K7Q2-9FXD", "/open?code=K7Q2-9FXD", "/nowhere"):
        answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)


def test_an_address_past_its_length_is_a_sentence(client: FlaskClient) -> None:
    answer = client.get("/set/K7Q2-9FXD?refused=" + "x" * 5000)
    assert answer.status_code == 414
    assert "the address of a set holds up to 4,000 characters" in answer.text


def test_pages_are_packed_for_who_can_unpack_them(client: FlaskClient) -> None:
    plain = client.get("/plan")
    packed = client.get("/plan", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_pages_are_not_kept_on_the_way(client: FlaskClient) -> None:
    assert client.get("/set/K7Q2-9FXD").headers["Cache-Control"] == "private, no-cache"


def test_a_list_of_flags_that_cannot_be_read_shuts_everything(
    client_over: Callable[..., FlaskClient], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("flags")
    client = client_over(folder, flags=folder / "absent.csv")
    for path in ("/", "/set/K7Q2-9FXD", "/picture/mine/0.jpg"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "nothing is handed out" in answer.text
