from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import drawn
import pytest
from flask.testing import FlaskClient

from imagestolive.config import Config
from imagestolive.web import create_app


def test_it_says_how_many_images_each_data_set_has(client: FlaskClient) -> None:
    page = client.get("/").text
    assert re.search(r"Garden photographs</a></dt><dd>20 images", page)
    assert re.search(r"Tiles</a></dt><dd>6 images", page)


def test_the_doors_show_real_cards_that_do_not_change_from_visit_to_visit(client: FlaskClient) -> None:
    page = client.get("/").text
    pictures = re.findall(r'(?:src|href)="(/picture/[^"]+)"', page)
    assert len(set(pictures)) >= 4 + 3 - 1
    assert all(client.get(picture.replace("&amp;", "&")).status_code == 200 for picture in pictures)
    assert "after Pereira and Moreschi, 2023" in page  # the back that stands at the second door
    assert client.get("/").text == page


def test_every_image_on_the_page_is_credited(client: FlaskClient) -> None:
    for address in ("/", "/datasets/garden"):
        page = client.get(address).text
        listed = page.split("Who made the images on this page")[1].split("</details>")[0]
        shown = {picture.split("?")[0] for picture in re.findall(r'(?:src|href)="(/picture/[^"]+)"', page)}
        assert listed.count("<li>") == len(shown)
        assert listed.count('rel="license noreferrer"') > 0
        assert "Author" in listed or "Ana" in listed


def test_the_doors_lead_where_they_say(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/make?people=30&amp;cards=3"' in page
    assert 'href="/make?people=10&amp;cards=3"' in page
    mine = client.post("/make", data={"people": "1", "cards": "3"})
    assert mine.status_code == 303
    assert re.match(r"/set/\w{4}-\w{4}\?people=1&cards=3&dataset=garden~\w{8}&dataset=tiles~\w{8}&", mine.location)
    assert client.get(mine.location).text.count("<figure>") == 3


def test_it_says_what_the_code_alone_opens(client: FlaskClient) -> None:
    assert "The code alone opens one person’s three images" in client.get("/").text


def test_only_one_button_is_filled(client: FlaskClient) -> None:
    assert len(re.findall(r'class="[^"]*\bfirst\b', client.get("/").text)) == 1


def test_with_nothing_to_draw_from_it_says_what_to_do(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    page = client_over(tmp_path / "nowhere").get("/").text
    assert "There is nothing to draw from yet." in page
    assert "nowhere" in page
    assert "<svg" not in page
    assert "<img" not in page


def test_where_nobody_named_a_data_set_it_says_who_has_to(data_folder: Path) -> None:
    page = create_app(Config(starter=False, data_folder=data_folder)).test_client().get("/").text
    notice = page.split("There is nothing to draw from yet.")[1].split("</div>")[0]
    assert "has to name data sets in the configuration" in notice
    assert 'href="/datasets"' in notice


@pytest.mark.parametrize(
    ("contact", "foot"),
    [
        ("ana@example.org", '<a href="mailto:ana@example.org" rel="noreferrer">ana@example.org</a>'),
        (
            "https://example.org/us?a=1&b=2",
            '<a href="https://example.org/us?a=1&amp;b=2" rel="noreferrer">https://example.org/us?a=1&amp;b=2</a>',
        ),
        ("Ana {room} <b>, ana@example.org", "<bdi>Ana {room} &lt;b&gt;, ana@example.org</bdi>"),
        ("javascript:alert(1)", "<bdi>javascript:alert(1)</bdi>"),
        ("a@example.org?bcc=b@example.org", "<bdi>a@example.org?bcc=b@example.org</bdi>"),
    ],
)
def test_every_page_says_who_runs_it(client_over: Callable[..., FlaskClient], tmp_path: Path, contact: str, foot: str) -> None:
    client = client_over(tmp_path, contact=contact)
    for path in ("/", "/make", "/nowhere"):
        assert f"<p>Who runs this page: {foot}</p>" in client.get(path).text
    assert "Quem mantém esta página: " in client.get("/?lang=pt-BR").text


def test_without_a_contact_nothing_is_said_of_it(client: FlaskClient) -> None:
    assert "Who runs this page" not in client.get("/").text


@pytest.mark.parametrize(
    ("more", "offered"),
    [({}, True), ({"datasets": {}}, True), ({"network": False}, False), ({"datasets": {"tiles"}}, False)],
)
def test_where_only_the_starter_is_more_is_offered_with_its_command(
    config: Config, data_folder: Path, more: dict[str, Any], offered: bool
) -> None:
    pytest.importorskip("skimage")
    chosen = {key: config.datasets[key] for key in more.pop("datasets", ())}
    page = create_app(Config(datasets=chosen, data_folder=data_folder, **more)).test_client().get("/").text
    assert ("<code>imagestolive get open-images</code>" in page) is offered
    assert ("Open Images has 41,620 photographs more" in page) is offered


def test_with_one_image_the_doors_show_what_there_is(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    page = client_over(drawn.folder(tmp_path / "mine", 1)).get("/")
    assert page.status_code == 200
    assert page.text.count("<svg") == 2
