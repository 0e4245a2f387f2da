"""/set/<code>/p/<n>: one person's images, and nobody else's."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import drawn
import pytest
from flask.testing import FlaskClient
from office import Office
from setpage import image

from imagestolive.config import Config, DataSetConfig
from imagestolive.web import create_app

SET = "/set/K7Q2-9FXD"
QUERY = "people=3&cards=2&dataset=garden&dataset=tiles&lang=en"


def test_everybody_gets_their_own_images_and_all_have_been_shown_once(client: FlaskClient) -> None:
    pages = [client.get(f"{SET}/p/{person}?{QUERY}").text for person in (1, 2, 3)]
    numbers = [re.findall(r"Card (\d+)</p>", page) for page in pages]
    assert numbers == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_each_image_has_its_credit_and_pixels_stay_squares(client: FlaskClient) -> None:
    page = client.get(f"{SET}/p/1?{QUERY}").text
    assert page.count('class="credit"') == 2
    sizes = re.findall(r'<img class="pixels[^"]*" src="[^"]+" width="(\d+)" height="(\d+)"', page)
    assert ("512", "512") in sizes  # of 8 by 8 pixels


@pytest.mark.parametrize("person", ["0", "4", "500"])
def test_a_person_who_is_not_in_the_set_is_not_found(client: FlaskClient, person: str) -> None:
    answer = client.get(f"{SET}/p/{person}?{QUERY}")
    assert answer.status_code == 404
    assert "3 people" in answer.text


def test_in_school_mode_it_opens_once_somebody_has_looked_at_each_of_its_images(office: Office, tmp_path: Path, data_folder: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 4)
    head, *rows = (root / "credits.csv").read_text(encoding="utf-8").splitlines()
    (root / "credits.csv").write_text("\n".join([f"{head},people", *(f"{row},none" for row in rows)]), encoding="utf-8")
    datasets = {"mine": DataSetConfig(key="mine", root=root)}
    client_of = create_app(Config(datasets=datasets, starter=False, data_folder=data_folder), office.place).test_client
    teacher, pupil = client_of(), client_of()
    query = "people=2&cards=2&dataset=mine&lang=en&school=yes"
    there = f"{SET}/p/1?{query}"
    shown = [unescape(value) for value in re.findall(r'name="image" value="([^"]+)"', teacher.get(f"{SET}?{query}").text)]
    for value in sorted({value for value in shown if value.startswith(("1~", "2~"))}):
        assert pupil.get(there).status_code == 409
        assert teacher.post(f"{SET}?{query}", data={"mark": "kept", "image": value}).status_code == 303
    page = pupil.get(there)
    assert page.status_code == 200
    assert page.text.count('class="credit"') == 2
    other = there.replace("/p/1", "/p/2")
    assert pupil.get(other).status_code == 409
    [three, four] = sorted({value for value in shown if value.startswith(("3~", "4~"))})
    teacher.post(f"{SET}?{query}", data={"mark": "kept", "image": three})
    away = teacher.post(f"{SET}?{query}", data={"report": "degrading", "image": four}).location
    page = pupil.get(f"{other}&as_of={parse_qs(urlsplit(away).query)['as_of'][0]}")  # a place that shows words is nobody's to look at
    assert page.status_code == 200
    assert page.text.count('class="credit"') == 1


def test_what_waited_for_review_is_shown_to_whoever_gets_the_link_of_who_kept_it(doubtful: Office) -> None:
    teacher, pupil = doubtful.client(), doubtful.client()
    there = f"{SET}?people=1&cards=3&lang=en"
    page = teacher.get(there).text
    teacher.post(there, data={"mark": "kept", "image": image(page, 1)})
    links = re.search(r'href="([^"]*/p/1\?[^"]*)"', teacher.get(there.replace("?", "/documents?")).text)
    assert links
    given = unescape(links[1])
    theirs = pupil.get(given).text
    sources = [unescape(src) for src in re.findall(r'<img[^>]* src="([^"]+)"', theirs)]
    assert len(sources) == 1  # two more wait
    assert pupil.get(sources[0]).status_code == 200
    keeper = parse_qs(urlsplit(given).query)["kept"][0]
    for other in ("", keeper[::-1], "é", "0" * 500):
        assert pupil.get(sources[0].replace(keeper, other)).status_code == 404
        assert "<img" not in pupil.get(given.replace(keeper, other)).text
    teacher.post(there, data={"link": "yes"})  # the marks are those of the link from now on
    assert pupil.get(given).text == theirs
    pupil.post(there, data={"mark": "none", "image": image(page, 1)})
    assert pupil.get(given).text == theirs
    teacher.post(there, data={"mark": "none", "image": image(page, 1)})
    assert "<img" not in pupil.get(given).text
    assert pupil.get(sources[0]).status_code == 404


def test_spare_cards_are_nobodys(client: FlaskClient) -> None:
    page = client.get(f"{SET}/p/3?{QUERY}&spare=2").text
    assert re.findall(r"Card (\d+)</p>", page) == ["5", "6"]
