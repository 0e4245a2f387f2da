"""Set codes and set files: what is read, what is refused and in which words."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive import sets
from imagestolive.sets import DataSetPart, NotACode, NotASetFile, NumberWrong, Pick, Printing, Request, SetFile

SHA = "ab" * 32
SAVED = SetFile(
    program="imagestolive 0.1.0",
    code="K7Q29FXD",
    request=Request(people=2, cards=2, datasets=(DataSetPart(key="coco", rows=9, fingerprint="0f" * 16),)),
    refused=(Pick(slot=3, dataset="coco", image_id="7", sha256=SHA),),
    picks=(Pick(slot=1, dataset="coco", image_id="12", sha256=SHA), Pick(slot=3, dataset="coco", image_id="13", sha256=SHA)),
    left_out={"flagged": 2},
)


def changed(**parts: object) -> bytes:
    """The saved set with some of its JSON replaced."""
    raw = json.loads(SAVED.to_bytes())
    for path, value in parts.items():
        *way, last = path.split("__")
        place = raw
        for name in way:
            place = place[int(name) if isinstance(place, list) else name]
        place[last] = value
    return json.dumps(raw).encode()


def printing(**parts: object) -> dict[str, object]:
    """How a set is printed, as JSON, with some of it replaced."""
    return dataclasses.asdict(Printing()) | parts


def test_the_check_sign_of_the_architecture_holds() -> None:
    assert sets.check_sign("K7Q29FX") == "D"
    assert sets.written("K7Q29FXD") == "K7Q2-9FXD"


@given(st.integers(0, 2**35 - 1))
def test_every_new_code_reads_back_as_written(bits: int) -> None:
    code = sets.new_code(lambda _: bits)
    assert sets.read_code(sets.written(code).lower()) == code


@given(st.integers(0, 2**35 - 1), st.integers(0, 7), st.sampled_from(sets.ALPHABET))
def test_one_misread_sign_is_always_found(bits: int, place: int, sign: str) -> None:
    code = sets.new_code(lambda _: bits)
    misread = code[:place] + sign + code[place + 1 :]
    if misread != code:
        with pytest.raises(NotACode):
            sets.read_code(misread)


@given(st.integers(0, 2**35 - 1), st.integers(0, 6))
def test_two_neighbours_changed_about_are_always_found(bits: int, place: int) -> None:
    code = sets.new_code(lambda _: bits)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(NotACode):
            sets.read_code(swapped)


@pytest.mark.parametrize("typed", ["k7q2 9fxd", " K7Q2-9FXD ", "k7q29fxd", "K7-Q2 9F-XD"])
def test_reading_forgives_case_spaces_and_hyphens(typed: str) -> None:
    assert sets.read_code(typed) == "K7Q29FXD"


def test_reading_forgives_o_for_0_and_i_and_l_for_1() -> None:
    code = sets.new_code(lambda _: 0b00000_00001_00000_00001_00000_00001_00000)
    assert code.startswith("0101010")
    assert sets.read_code("OIOLoio" + code[7]) == code


@pytest.mark.parametrize(
    "typed", ["", "K7Q2-9FXE", "../../etc/passwd", str(2**64), "-1", "1" + "0" * 400, "K7Q2-9FX", "Ｋ7Q29FXD", "K7Q29FX\0"]
)
def test_what_is_no_code_is_refused_and_repeated(typed: str) -> None:
    with pytest.raises(NotACode) as wrong:
        sets.read_code(typed)
    assert wrong.value.status == 404
    assert len(str(wrong.value)) < 140
    assert "\0" not in str(wrong.value)


@pytest.mark.parametrize(("typed", "number"), [("3", 3), (" 12 ", 12), ("٣", 3), ("007", 7)])
def test_whole_numbers_are_read_in_any_digits(typed: str, number: int) -> None:
    assert sets.whole_number(typed, name="Cards", least=1, most=12, field="cards") == number


@pytest.mark.parametrize("typed", ["0", "-1", "13", "1e9", "3.7", "Default is 1.", "9" * 5000, "NaN", "0x10", "1 OR 1=1", "", "½", "²"])
def test_what_is_no_whole_number_is_refused_with_the_field_and_what_would_do(typed: str) -> None:
    with pytest.raises(NumberWrong) as wrong:
        sets.whole_number(typed, name="Cards", least=1, most=12, field="cards")
    assert wrong.value.field == "cards"
    assert "from 1 to 12" in str(wrong.value)
    assert len(str(wrong.value)) < 120


def test_a_set_file_reads_back_equal_and_byte_for_byte() -> None:
    data = SAVED.to_bytes()
    assert sets.read_set_file(data) == SAVED
    assert sets.read_set_file(data).to_bytes() == data
    assert data.startswith(b'{"code":"K7Q29FXD","draw":1,"left_out":{"flagged":2},')
    assert b" :" not in data
    assert b'"schema":"imagestolive-set/1"' in data


@pytest.mark.parametrize("by", ["class", "author"])
def test_how_images_are_drawn_is_read_and_written(by: str) -> None:
    data = changed(request__by=by)
    saved = sets.read_set_file(data)
    assert saved.request == dataclasses.replace(SAVED.request, by=by)
    assert json.loads(saved.to_bytes()) == json.loads(data)


def test_what_is_ordinary_in_printing_is_not_written_and_the_rest_comes_back() -> None:
    raw = json.loads(SAVED.to_bytes())
    assert not {"spare", "printing"} & set(raw["request"])
    request = dataclasses.replace(SAVED.request, spare=3, printing=Printing(order="cut-stack", back_x_mm=0.5, start=2))
    saved = dataclasses.replace(SAVED, request=request)
    assert sets.read_set_file(saved.to_bytes()) == saved


def test_spare_cards_come_last_and_are_nobodys() -> None:
    request = dataclasses.replace(SAVED.request, spare=2)
    assert request.slots == 6
    assert [request.person(slot) for slot in range(1, 7)] == [1, 1, 2, 2, None, None]


def test_spare_cards_count_towards_the_most_a_set_may_have() -> None:
    sets.check_numbers(2, 2, 5, spare=1)
    with pytest.raises(sets.TooManyWithSpare, match="2 spare"):
        sets.check_numbers(2, 2, 5, spare=2)


def test_a_set_file_is_canonical_utf8() -> None:
    saved = dataclasses.replace(SAVED, picks=(Pick(slot=1, dataset="coco", image_id="São.jpg", sha256=SHA),))
    assert "São.jpg".encode() in saved.to_bytes()


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "JSON"),
        (b"[]", "set should be an object"),
        (b"\xff\xfe{}", "JSON"),
        (b"[" * 100_000, "deep"),
        (b'{"schema":"a","schema":"b"}', "twice"),
        (changed(schema="imagestolive-set/2"), "schema"),
        (changed(draw=2), "draw"),
        (changed(request__people=0), "people"),
        (changed(request__people=501), "people"),
        (changed(request__cards=13), "cards"),
        (changed(request__cards="3"), "cards"),
        (changed(request__cards=True), "cards"),
        (changed(request__lang="xx"), "lang"),
        (changed(request__paper="a0"), "paper"),
        (changed(request__by="label"), "by"),
        (changed(request__sold=0), "sold"),
        (changed(request__more=1), "request holds more than it should: more"),
        (changed(cards=[]), "set holds more than it should: cards"),
        (
            json.dumps({"schema": sets.SCHEMA, "draw": 1, "code": "K7Q29FXD"}).encode(),
            "set lacks left_out, picks, program, refused, request",
        ),
        (changed(code="K7Q29FXE"), "code"),
        (changed(code="k7q29fxd"), "code"),
        (changed(picks__0__slot=9), "slot"),
        (changed(picks__1__slot=1), "slot"),
        (changed(picks__0__dataset="mnist"), "dataset"),
        (changed(picks__0__sha256="zz"), "image"),
        (changed(picks__0__image_id=""), "image"),
        (changed(left_out={"flagged": "2"}), "left_out"),
        (changed(picks={}), "picks"),
        (changed(request__datasets=[], picks=[], refused=[]), "datasets"),
        (changed(request__card="a7"), "card"),
        (changed(request__card="A6"), "card should be a6, not A6"),
        (changed(request__card="90x140mm"), "card should be 140x90mm"),
        (changed(request__paper="Letter"), "paper should be letter"),
        (changed(request__card="40x30mm"), "card"),
        (changed(request__flip="up"), "flip"),
        (changed(request__back="poem"), "back"),
        (changed(request__spare=101), "spare"),
        (changed(request__spare=-1), "spare"),
        (changed(request__printing={"border": "white"}), "printing"),
        (changed(request__printing=printing(border="none")), "border"),
        (changed(request__printing=printing(start=0)), "start"),
        (changed(request__printing=printing(start=10**400)), "start"),
        (changed(request__people=10**400), "people"),
        (changed(request__printing=printing(back_x_mm=11.0)), "back_x_mm"),
        (changed(request__printing=printing(back_y_mm=1)), "back_y_mm"),
        (changed(request__printing=printing(back_scale_percent=float("nan"))), "back_scale_percent"),
        (changed(request__printing=printing(turn_backs="yes")), "turn_backs"),
        (changed(request__school="yes"), "school"),
        (changed(picks__1__image_id="12"), "twice"),
        (changed(left_out={"\x1b[31mEVIL": 5}), "left_out"),
        (changed(left_out={"flagged": -5}), "left_out"),
        (changed(picks__0__image_id="\ud800"), "image_id"),
        (changed(refused=[{"slot": 3, "dataset": "coco", "image_id": "7", "sha256": SHA}] * 2001), "refused"),
        (b" " * 4_000_001, "size"),
    ],
)
def test_a_broken_set_file_is_refused_by_the_name_of_its_field(data: bytes, named: str) -> None:
    with pytest.raises(NotASetFile) as wrong:
        sets.read_set_file(data)
    assert named in str(wrong.value)
    assert len(str(wrong.value)) < 300


def test_a_report_is_read_as_the_set_file_it_holds() -> None:
    report = changed(cards=[{"number": 1, "ppi": 96.5, "record": None}])
    assert sets.read_report(report) == sets.read_report(SAVED.to_bytes()) == SAVED
    with pytest.raises(NotASetFile, match="set holds more than it should: colour"):
        sets.read_report(changed(cards=[], colour=1))
    with pytest.raises(NotASetFile, match="set should be an object"):
        sets.read_report(b"[]")


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(NotASetFile):
        sets.read_set_file(data)


def test_more_cards_than_a_set_holds_are_refused_with_the_sum() -> None:
    with pytest.raises(sets.TooManyCards, match="500 people with 12 images each are 6000 cards; one set holds up to 2000"):
        sets.check_numbers(500, 12)
