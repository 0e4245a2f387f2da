from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from imagestolive.errors import ImagesToLiveError
from imagestolive.sets import (
    ENUMERATED,
    PRINTING_ENUMERATED,
    SPARE_MOST,
    START_MOST,
    DataSetPart,
    NumberWrong,
    Pick,
    Printing,
    Request,
)
from imagestolive.units import CARD_SIZES, PAPERS
from imagestolive.web import address
from imagestolive.web.address import AddressTooLong, AddressUnreadable

COCO = DataSetPart(key="coco", rows=90, fingerprint="1b2c3d4e" * 4)
LFW = DataSetPart(key="lfw-faces", weight=3, rows=100, fingerprint="ffff0000" * 4)
REQUEST = Request(people=30, datasets=(COCO, LFW), by="author", card="5.5x4.25in", paper="letter", flip="short", lang="pt-BR", sold=True)


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def path(request: Request, **more: Any) -> str:
    return address.path("K7Q29FXD", address.Asked(request=request, **more))


def read_back(written: str) -> address.Asked:
    return address.read(MultiDict(parse_qsl(urlsplit(written).query)), lang="en")


def from_address(request: Request) -> Request:
    """What an address keeps of a request: of each table, the beginning of its fingerprint."""
    parts = (dataclasses.replace(part, rows=0, fingerprint=part.fingerprint[:8]) for part in request.datasets)
    return dataclasses.replace(request, datasets=tuple(parts))


def test_a_request_and_what_was_refused_come_back_from_their_address() -> None:
    refused = (
        Pick(slot=7, dataset="coco", image_id="000000217285", sha256="a" * 64),
        Pick(slot=2, dataset="lfw-faces", image_id="", sha256=""),
    )
    asked = read_back(path(REQUEST, refused=refused, without=("megaface",), as_of="41-9f86d081884c7d65"))
    assert asked.request == from_address(REQUEST)
    assert asked.refused == tuple(dataclasses.replace(no, sha256="") for no in refused)
    assert asked.without == ("megaface",)
    assert asked.as_of == "41-9f86d081884c7d65"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60).filter(lambda text: "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)))
def test_any_image_id_comes_back(image_id: str) -> None:
    refused = (Pick(slot=1, dataset="coco", image_id=image_id, sha256=""),)
    assert read_back(path(REQUEST, refused=refused)).refused == refused


def test_an_address_is_plain_ascii_and_relative() -> None:
    written = path(REQUEST, refused=(Pick(slot=1, dataset="coco", image_id="praia ~ é&#?.jpg", sha256=""),))
    assert written.startswith("/set/K7Q2-9FXD?people=30&")
    assert written == iri_to_uri(written)


def test_an_address_says_how_images_are_drawn_only_where_it_is_not_the_usual_way() -> None:
    usual = Request(people=30, datasets=(COCO,))
    assert path(usual) == "/set/K7Q2-9FXD?people=30&cards=3&dataset=coco~1b2c3d4e&paper=a4&card_lang=en"
    assert path(dataclasses.replace(usual, by="class")) == path(usual) + "&by=class"


def test_a_code_alone_asks_for_one_person_with_three_cards_of_everything() -> None:
    asked = address.read(MultiDict(), lang="pt-BR")
    assert asked.request == Request(people=1, cards=3, datasets=(), lang="pt-BR")
    assert not asked.refused


def test_of_repeated_answers_the_first_counts() -> None:
    asked = address.read(MultiDict([("people", "3"), ("people", "500"), ("dataset", "coco"), ("dataset", "coco~1b2c3d4e")]), lang="en")
    assert asked.request.people == 3
    assert asked.request.datasets == (DataSetPart(key="coco", rows=0, fingerprint=""),)


def test_data_sets_stand_in_the_order_of_their_keys_as_in_a_set_file() -> None:
    asked = address.read(MultiDict([("dataset", "tiles"), ("dataset", "garden")]), lang="en")
    assert [part.key for part in asked.request.datasets] == ["garden", "tiles"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("flip", "sideways"),
        ("back", "portrait"),
        ("border", "<b>"),
        ("marks", "yes"),
        ("turn_backs", "maybe"),
        ("flip", "diagonal"),
        ("card_lang", "../../etc/passwd"),
        ("sold", "perhaps"),
        ("by", "label"),
        ("dataset", ""),
        ("dataset", "coco~xyz"),
        ("dataset", "coco~1b2c3d4e~0"),
        ("dataset", "coco~1b2c3d4e~1001"),
        ("refused", "coco"),
        ("refused", "4~garden~1.jpg"),  # there are three cards
        ("refused", "0~garden~1.jpg"),
        ("refused", "1~coco~1.jpg"),  # it is not among the data sets asked for
    ],
)
def test_what_no_page_of_ours_writes_is_named(name: str, typed: str) -> None:
    with pytest.raises(AddressUnreadable, match=name):
        address.read(MultiDict([("dataset", "garden"), (name, typed)]), lang="en")


@pytest.mark.parametrize(
    ("name", "typed", "would_do"),
    [
        ("paper", "a9", "a4"),
        ("paper", "10x10mm", "50"),
        ("card", "a3", "a6"),
        ("card", "0x0mm", "50"),
        ("start", "0", "1 to 64"),
        ("start", "9" * 5000, "1 to 64"),
        ("spare", "101", "0 to 100"),
        ("back_x", "11", "from -10 to 10"),
        ("back_y", "nan", "from -10 to 10"),
        ("back_scale", "1e2", "from 95 to 105"),
    ],
)
def test_sizes_and_numbers_that_cannot_be_are_refused_with_what_would_do(name: str, typed: str, would_do: str) -> None:
    with pytest.raises(ImagesToLiveError, match=would_do) as refused:
        address.read(MultiDict([(name, typed)]), lang="en")
    assert refused.value.field == name


def test_all_that_is_wrong_with_the_printing_can_be_heard_at_once_and_the_rest_is_read() -> None:
    wrong: list[ImagesToLiveError] = []
    asked = address.read(
        MultiDict({"flip": "up", "start": "none", "back": "notes", "card": "5x7in", "paper": "a0"}), lang="en", wrong=wrong
    )
    assert {error.field for error in wrong} == {"flip", "start", "paper"}
    assert (asked.request.back, asked.request.card, asked.request.paper) == ("notes", "5x7in", "a4")


PRINTINGS = st.builds(
    Printing,
    **{name: st.sampled_from(choices) for name, choices in PRINTING_ENUMERATED.items()},
    start=st.integers(1, START_MOST),
    turn_backs=st.booleans(),
    back_x_mm=st.integers(-1000, 1000).map(lambda n: n / 100),
    back_y_mm=st.integers(-1000, 1000).map(lambda n: n / 100),
    back_scale_percent=st.integers(9500, 10500).map(lambda n: n / 100),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    printing=PRINTINGS,
    flip=st.sampled_from(ENUMERATED["flip"]),
    back=st.sampled_from(ENUMERATED["back"]),
    paper=st.sampled_from([*PAPERS, "card", "210x330mm"]),
    card=st.sampled_from([*CARD_SIZES, "140x90.5mm"]),
    spare=st.integers(0, SPARE_MOST),
)
def test_every_way_to_print_comes_back_from_its_address(
    printing: Printing, flip: str, back: str, paper: str, card: str, spare: int
) -> None:
    request = dataclasses.replace(REQUEST, printing=printing, flip=flip, back=back, paper=paper, card=card, spare=spare)
    assert read_back(path(request)).request == from_address(request)


@pytest.mark.parametrize("typed", ["0", "-1", "1e9", "9" * 5000, "٣.٧"])
def test_numbers_are_checked_as_in_the_form(typed: str) -> None:
    with pytest.raises(NumberWrong):
        address.read(MultiDict([("people", typed)]), lang="en")


def test_an_address_past_its_length_is_not_written() -> None:
    def refused(count: int) -> tuple[Pick, ...]:
        return tuple(Pick(slot=1 + n % 90, dataset="coco", image_id=f"{n:012}", sha256="") for n in range(count))

    assert len(path(REQUEST, refused=refused(100))) <= address.MOST_CHARACTERS
    with pytest.raises(AddressTooLong, match="4000"):
        path(REQUEST, refused=refused(200))
