"""/set/<code>/p/<n>: one person's images, and nobody else's."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

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


@pytest.mark.parametrize("person", ["0", "4", "99999999"])
def test_a_person_who_is_not_in_the_set_is_not_found(client: FlaskClient, person: str) -> None:
    answer = client.get(f"{SET}/p/{person}?{QUERY}")
    assert answer.status_code == 404
    assert "3 people" in answer.text


def test_spare_cards_are_nobodys(client: FlaskClient) -> None:
    page = client.get(f"{SET}/p/3?{QUERY}&spare=2").text
    assert re.findall(r"Card (\d+)</p>", page) == ["5", "6"]
