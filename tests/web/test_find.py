from __future__ import annotations

import base64
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.serving import make_server

from imagestolive.config import Config
from imagestolive.identify import MOST_CHARACTERS
from imagestolive.pipeline import Pipeline
from imagestolive.web import create_app, serving

TYPED = "https://www.flickr.com/photos/ana/5003/in/photostream"


def ask(client: FlaskClient, typed: str, **more: str) -> str:
    answer = client.post("/find", data={"q": typed, **more})
    assert answer.status_code == 200
    return answer.text


def test_the_answer_is_a_sentence_with_the_story_of_the_data_set_and_the_ways_out(client: FlaskClient) -> None:
    page = ask(client, TYPED)
    assert "<h2>It is in 1 data set</h2>" in page
    assert '<a href="/datasets/garden">' in page
    assert "1 image, listed as CC BY-NC 2.0." in page
    assert "<dt>A way out</dt><dd>No way out of it is known at its makers.</dd>" in page
    assert "<dt>Why it was made</dt>" not in page  # nobody said so: it is a folder of the operator's own
    assert 'action="/remove" method="post"' in page
    assert "Not searched, because their lists hold no Flickr photo numbers: Tiles." in page
    assert "Not searched, because nothing of them is here or handed out:" in page


def test_nothing_found_is_a_sentence_too(client: FlaskClient) -> None:
    page = ask(client, "4999")
    assert "<h2>It is not in the 1 data set that was searched</h2>" in page
    assert "<img" not in page


@pytest.mark.parametrize("typed", ["500", "an", "Author", "%", "*", "ana*", "photos"])
def test_nobody_browses_by_a_part_of_a_name(client: FlaskClient, typed: str) -> None:
    page = ask(client, typed)
    assert "It is in " not in page.replace("It is in none", "").replace("It is not in", "")


@pytest.mark.parametrize("typed", ["#birthday", "flickr.com/photos/tags/birthday", "https://www.flickr.com/search/?text=birthday"])
def test_tags_are_refused_with_a_sentence(client: FlaskClient, typed: str) -> None:
    answer = client.post("/find", data={"q": typed})
    assert answer.status_code == 400
    assert "We do not look for tags, searches or albums: they list what other people photographed." in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a Flickr name, the address of a photograph, or its number."),
        ("x" * (MOST_CHARACTERS + 1), "This is too long: an address or a name holds up to 2,000 characters."),
        ("ana\x00lima", "One name, address or number at a time, on one line."),
        ("https://www.flickr.com/help", "This address at Flickr is not that of a photograph or of an account."),
    ],
)
def test_what_cannot_be_looked_for_comes_back_in_the_field(client: FlaskClient, typed: str, said: str) -> None:
    answer = client.post("/find", data={"q": typed})
    assert answer.status_code == 400
    assert said in answer.text


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x>', "{{7*7}}", "'; DROP TABLE image; --", "[[[" * 60, "../../etc/passwd"]
)
def test_what_is_typed_is_shown_as_text(client: FlaskClient, typed: str) -> None:
    page = ask(client, typed)
    assert "<script" not in page
    assert "<img" not in page
    assert "49" not in re.findall(r'value="([^"]*)"', page)


def test_a_question_is_not_answered_by_its_address(client: FlaskClient) -> None:
    page = client.get("/find", query_string={"q": TYPED}).text
    assert "It is in" not in page
    assert "5003" not in re.sub(r'href="[^"]*"', "", page)


@pytest.mark.parametrize("path", ["/find", "/remove"])
def test_no_answer_is_kept_and_no_address_repeats_the_question(client: FlaskClient, path: str) -> None:
    answers = [client.get(path), client.post(path, data={"q": TYPED}), client.post(path, data={"q": "#tag", "do": "take-out"})]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "private, no-store"
    for found in answers[1:]:
        assert not [
            address for address in re.findall(r'(?:href|src|action)="([^"]*)"', found.text) if "5003" in address or "tag" in address
        ]
        assert "Set-Cookie" not in found.headers


def test_images_are_shown_after_a_click_alone_and_inside_the_page(client: FlaskClient) -> None:
    assert "<img" not in ask(client, TYPED)
    answer = client.post("/find", data={"q": TYPED, "show": "garden"})
    sources = re.findall(r'<img src="data:image/jpeg;base64,([^"]+)"', answer.text)
    assert len(sources) == answer.text.count("<img") == 1
    with Image.open(BytesIO(base64.b64decode(sources[0]))) as image:
        assert image.size == (200, 320)
    assert "Picture 3" in answer.text  # its credit
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "data:" not in client.post("/find", data={"q": TYPED}).headers["Content-Security-Policy"]


def test_of_many_images_a_dozen_is_shown_and_the_others_are_counted(client: FlaskClient) -> None:
    page = ask(client, "ana", show="garden")
    assert "20 images, listed as CC BY 2.0, CC BY-NC 2.0." in page
    assert page.count("<img") == 12
    assert "8 more are not shown." in page


def test_an_image_that_is_not_handed_out_is_not_shown_here_either(
    client_over: Callable[..., FlaskClient], tmp_path_factory: pytest.TempPathFactory, config: object
) -> None:
    folder = tmp_path_factory.mktemp("held")
    (folder / "flags.csv").write_text("dataset,image_id,reason\nmine,000.jpg,asked\n", encoding="utf-8")
    import drawn

    client = client_over(drawn.folder(folder / "mine", 3), flags=folder / "flags.csv")
    page = ask(client, "5000", show="mine")
    assert "<img" not in page
    assert "It is left out here already: no card, no page and no file shows it." in page
    assert page.count("<img") == 0
    assert ask(client, "5001", show="mine").count("<img") == 1


def test_who_fills_in_what_nobody_sees_is_told_so(client: FlaskClient) -> None:
    answer = client.post("/find", data={"q": TYPED, "website": "https://spam.example"})
    assert answer.status_code == 400
    assert "A field that nobody sees was filled in" in answer.text
    assert "It is in" not in answer.text


def test_the_foot_of_every_page_and_every_data_set_lead_here(client: FlaskClient) -> None:
    assert client.get("/").text.count('href="/find"') == 1
    assert client.get("/").text.count('href="/remove"') == 1
    assert client.get("/datasets/garden").text.count('href="/find"') == 2


def test_it_speaks_portuguese(client: FlaskClient) -> None:
    page = client.post("/find?lang=pt-BR", data={"q": TYPED}).text
    assert "Está em 1 conjunto de dados" in page
    assert "Não pesquisados, porque suas listas" in page


# ---- no trace --------------------------------------------------------------------------------------------------------------

QUESTIONS = [
    {"q": "https://www.flickr.com/photos/zz-secret/4242424242"},
    {"q": "zz-secret"},
    {"q": "zz-secret", "show": "garden"},
    {"q": "#zz-secret"},
    {"q": "zz-secret\x00"},
    {"q": "000.jpg", "show": "garden"},
    {"q": "zz-secret" * 300},
    {"q": "zz-secret", "website": "zz-secret"},
    {"q": "https://[zz-secret"},
]
SECRETS = ("zz-secret", "4242424242", "000.jpg")


@contextmanager
def served(app: Flask, handler: type) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(port: int, path: str, form: dict[str, str]) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize("own", [True, False], ids=["as we serve", "with a log of every request"])
def test_no_question_stands_in_any_log(app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], own: bool) -> None:
    from werkzeug.serving import WSGIRequestHandler

    logging.getLogger("werkzeug").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG), served(app, serving._Quiet if own else WSGIRequestHandler) as port:
        for path in ("/find", "/remove"):
            for form in QUESTIONS:
                assert post(port, path, form) in (200, 400)
    told = caplog.text + "".join(str(record.__dict__) for record in caplog.records) + "".join(capfd.readouterr())
    if not own:
        assert "POST /find" in told  # the log was really read
    for secret in SECRETS:
        assert secret not in told


def test_a_fault_of_ours_leaves_no_question_in_the_log_either(
    app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr(Pipeline, "look_up", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with caplog.at_level(logging.DEBUG):
        assert app.test_client().post("/find", data={"q": "zz-secret"}).status_code == 500
    told = caplog.text + "".join(capfd.readouterr())
    assert "Exception on /find [POST]" in told
    assert "zz-secret" not in told


def test_nothing_of_a_question_is_written_to_disk(config: Config, tmp_path: Path) -> None:
    own = tmp_path / "data"  # in the one that tests share, files come and go
    create_app(replace(config, data_folder=own)).test_client().post("/find", data={"q": "zz-secret-on-disk"})
    written = [path for path in own.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if b"zz-secret-on-disk" in path.read_bytes()]


def test_a_question_is_not_sent_anywhere(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("nothing is asked of any host")

    monkeypatch.setattr(socket.socket, "connect", never)
    assert app.test_client().post("/find", data={"q": "ana", "show": "garden"}).status_code == 200
