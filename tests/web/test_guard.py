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
    assert not re.search(r'\s(src|srcset|action)="(?!/|#)', page)
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
        ({"Origin": "http://["}, 403),  # cannot be read
        ({"Origin": "localhost"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_form_of_another_site_is_not_taken(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/make", data={"people": "1"}, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert "This form was sent from another site, so nothing was done." in answer.text


@pytest.mark.parametrize("path", ["/make", "/set/K7Q2-9FXD?people=1&cards=1"])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream", None])
def test_what_is_no_form_is_not_taken_for_an_empty_one(client: FlaskClient, path: str, content_type: str | None) -> None:
    answer = client.post(path, data=b'{"people": 1, "replace": 1}', content_type=content_type)
    assert answer.status_code == 415
    assert "What was sent is not a form, so nothing was done." in answer.text


def test_forms_of_either_kind_are_taken_and_nothing_is_an_empty_form(client: FlaskClient) -> None:
    for content_type in ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8", "multipart/form-data"):
        assert "?people=1&" in client.post("/make", data={"people": "1"}, content_type=content_type).location
    assert "?people=30&" in client.post("/make").location


def test_where_nothing_is_taken_that_is_what_is_said(client: FlaskClient) -> None:
    assert client.post("/", json={}).status_code == 405
    assert client.post("/nowhere", json={}).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/set//x", "/static//style.css", "/make/", "/picture//garden/000.jpg", "//evil.example/%2f..", "/datasets//"],
)
def test_slashes_too_many_are_not_redirected(client: FlaskClient, path: str) -> None:
    answer = client.open(environ_overrides={"PATH_INFO": path, "REQUEST_URI": path}, headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_every_redirect_stays_on_the_host_without_naming_it(client: FlaskClient) -> None:
    headers = {"Host": "evil.example"}
    for answer in (
        client.get("/open?code=K7Q2-9FXD", headers=headers),
        client.post("/make", data={"people": "1"}, headers=headers),
        client.post("/set/K7Q2-9FXD?people=1&cards=1", data={"replace": "1"}, headers=headers),
    ):
        assert answer.status_code == 303
        assert re.match(r"/set/\w{4}-\w{4}", answer.headers["Location"])
        assert not answer.autocorrect_location_header


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
