from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import drawn
import pytest
from flask.testing import FlaskClient
from PIL import Image


def test_an_image_is_sent_no_larger_than_asked_for(client: FlaskClient) -> None:
    assert Image.open(BytesIO(client.get("/picture/garden/000.jpg?px=320").data)).size == (320, 200)
    assert Image.open(BytesIO(client.get("/picture/tiles/0.png").data)).size == (8, 8)


def test_only_the_browser_keeps_it_and_not_for_long(client: FlaskClient) -> None:
    assert client.get("/picture/garden/000.jpg").headers["Cache-Control"] == "private, max-age=300"


@pytest.mark.parametrize("px", ["100000", "0", "-1", "x", ""])
def test_other_sizes_are_not_made(client: FlaskClient, px: str) -> None:
    assert client.get(f"/picture/garden/000.jpg?px={px}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "garden/none.jpg",
        "garden/credits.csv",
        "garden/../tiles/0.png",
        "garden/..%2f..%2f..%2fetc%2fpasswd",
        "garden/%00",
        "garden//000.jpg",
        "garden/000.jpg/",
        "garden/000.jpg%0a",
        "garden/%0a/../../../../etc/passwd",
        "garden//etc/passwd",
        "nobody-knows-it/000.jpg",
        "megaface/000.jpg",
        "garden/000.jpg?sha256=" + "0" * 64,
        "garden/001.jpg?sold=yes",  # CC BY-NC
    ],
)
def test_what_is_not_released_is_not_named(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/picture/{path}")
    assert answer.status_code == 404
    assert answer.text == "This image is not handed out."


def test_what_is_flagged_is_gone_at_the_next_request(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    flags = tmp_path / "flags.csv"
    flags.write_text("dataset,image_id,reason\n", encoding="utf-8")
    client = client_over(drawn.folder(tmp_path / "mine", 2), flags=flags)
    assert client.get("/picture/mine/000.jpg").status_code == 200
    flags.write_text("dataset,image_id,reason\nmine,000.jpg,asked to\n", encoding="utf-8")
    assert client.get("/picture/mine/000.jpg").status_code == 404
    assert client.get("/picture/mine/001.jpg").status_code == 200


@pytest.mark.parametrize("name", ["new\nline.jpg", "two\n\nlines.jpg", "a folder/\n\r.jpg", "100% ?#~&.jpg"])
def test_an_image_is_sent_whatever_its_name_is(client_over: Callable[..., FlaskClient], tmp_path: Path, name: str) -> None:
    root = tmp_path / "mine"
    (root / name).parent.mkdir(parents=True)
    (root / name).write_bytes(drawn.jpeg())
    with (root / "credits.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([drawn.CREDIT_COLUMNS, (name, "", "", "", "CC0 1.0")])
    client = client_over(root)
    shown = re.search(r'<img[^>]* src="(/picture/mine/[^"]+)"', client.get("/set/K7Q2-9FXD?people=1&cards=1").text)
    assert shown
    answer = client.get(html.unescape(shown[1]))
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
