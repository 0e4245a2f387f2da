from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from imagestolive.config import Config
from imagestolive.web import create_app


@pytest.mark.parametrize("path", ["/nowhere", "/datasets/coco/more", "/fonts/comic.woff2", "/fonts/../x", "/static/absent.css"])
def test_where_there_is_no_page_ours_says_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("DELETE", "/make"), ("TRACE", "/"), ("PUT", "/set/K7Q2-9FXD")])
def test_another_method_is_refused_in_words(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert "This page does not answer to what was sent." in answer.text
    assert "GET" in answer.headers["Allow"]


def test_a_fault_of_ours_shows_no_traceback(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    app: Flask = create_app(config)
    monkeypatch.setattr(app.extensions["imagestolive"].pipeline, "data_sets", lambda: 1 / 0)
    answer = app.test_client().get("/datasets")
    assert answer.status_code == 500
    assert "The fault is ours" in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_an_error_is_said_in_the_language_of_the_page(client: FlaskClient) -> None:
    assert '<html lang="pt-BR">' in client.get("/nowhere?lang=pt-BR").text
