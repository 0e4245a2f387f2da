"""The packing list and the table for a mail merge."""

from __future__ import annotations

import csv
import dataclasses
import io
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pressed import EN, Made, assert_sound, texts

from imagestolive.faces import Frame, Rule, Side, Text
from imagestolive.pipeline import DrawnSet
from imagestolive.press.packing import cards_of, list_pages, merge_table, packing_list
from imagestolive.press.recipients import Cell, Recipients, read_recipients
from imagestolive.sets import DataSetPart, Request
from imagestolive.units import PAPERS

PART = DataSetPart(key="mine", rows=6, fingerprint="0")
TWO = read_recipients("name,city,person\nAna Lima,Olinda,=1+1\nعلي,القاهرة,\n".encode())


def a_set(people: int, cards: int, spare: int = 0) -> DrawnSet:
    request = Request(people=people, cards=cards, spare=spare, datasets=(PART,))
    return DrawnSet(code="K7Q29FXD", request=request, refused=(), picks={}, held={}, left_out={})


def listed(made: Made, **more: object) -> bytes:
    out = BytesIO()
    packing_list(made.press, made.drawn, out, EN, **{"paper_key": "a4", **more})  # type: ignore[arg-type]
    return out.getvalue()


def boxes(side: Side) -> list[Frame]:
    return [item for item in side.items if isinstance(item, Frame)]


def strings(side: Side) -> list[str]:
    return [item.string for item in side.items if isinstance(item, Text)]


def test_each_person_has_their_cards_each_with_a_box_to_tick(made: Made) -> None:
    (side,) = list_pages(made.drawn, PAPERS["a4"], EN, made.press.metrics, None)
    assert strings(side) == [
        "Packing list of set K7Q2-9FXD", "Page 1 of 1", "Person 1", "1", "2", "Person 2", "3", "4", "Spare cards", "5",
    ]  # fmt: skip
    assert len(boxes(side)) == 5
    assert len([item for item in side.items if isinstance(item, Rule)]) == 3


@given(
    people=st.integers(1, 60), cards=st.integers(1, 12), spare=st.integers(0, 30), key=st.sampled_from(list(PAPERS)), named=st.booleans()
)
def test_every_card_is_listed_once_and_nothing_leaves_the_page(
    made: Made, people: int, cards: int, spare: int, key: str, named: bool
) -> None:
    recipients = (
        Recipients(columns=(), rows=(("A name that is rather long for its column", ""),) * 9, address=((Cell(0),),)) if named else None
    )
    drawn, sheet = a_set(people, cards, spare), PAPERS[key]
    sides = list(list_pages(drawn, sheet, EN, made.press.metrics, recipients))
    numbers = [int(string) for side in sides for string in strings(side) if string.isdecimal()]
    assert numbers == list(range(1, people * cards + spare + 1))
    for side in sides:
        assert (side.width_mm, side.height_mm) == (sheet.width_mm, sheet.height_mm)
        assert all(
            box.x_mm + box.width_mm <= sheet.width_mm - 20 and box.y_mm + box.height_mm < sheet.height_mm - 12 for box in boxes(side)
        )
        assert all(item.x_mm + item.width_mm <= sheet.width_mm - 10 for item in side.items if isinstance(item, Text))
        texts_at = {(item.x_mm, round(item.baseline_mm, 3)) for item in side.items if isinstance(item, Text)}
        assert len(texts_at) == len(strings(side))


def test_names_stand_beside_their_persons_and_nowhere_else(made: Made) -> None:
    data = listed(made, recipients=TWO)
    assert_sound(data)
    (page,) = texts(data)
    assert "Ana Lima" in page
    assert "Olinda" not in page  # an address is for labels
    with pikepdf.open(BytesIO(data)) as document:
        assert not document.attachments
    assert "Ana" not in texts(listed(made, paper_key="letter"))[0]


def test_a_long_name_is_cut_where_its_script_ends(made: Made) -> None:
    recipients = Recipients(columns=(), rows=(("علي بن محمد " * 6, ""), ("Ana Lima " * 9, "")), address=((Cell(0),),))
    (side,) = list_pages(made.drawn, PAPERS["a4"], EN, made.press.metrics, recipients)
    arabic, latin = (string for string in strings(side) if "…" in string)
    assert (arabic[0], arabic[-2:]) == ("\u2067", "…\u2069")
    assert latin.endswith("…")


def test_cards_belong_to_persons_as_they_are_numbered() -> None:
    assert [(person, list(numbers)) for person, numbers in cards_of(a_set(2, 3, 2))] == [(1, [1, 2, 3]), (2, [4, 5, 6]), (None, [7, 8])]


@pytest.mark.parametrize("people", [1, 2, 3])
def test_the_merge_table_keeps_the_users_columns_and_says_which_cards_are_whose(people: int) -> None:
    data = merge_table(a_set(people, 2), TWO, EN)
    header, first, second = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert header == ["name", "city", "person", "person_", "set", "cards", "set_file"]
    assert first == ["Ana Lima", "Olinda", "'=1+1", "1", "K7Q2-9FXD", "1, 2", "images-to-live-with_K7Q2-9FXD_set.json"]
    assert second[:3] == ["علي", "القاهرة", ""]
    assert second[3:] == (["", "", "", ""] if people == 1 else ["2", "K7Q2-9FXD", "3, 4", first[-1]])


def test_columns_without_names_get_some_and_the_set_file_is_called_as_it_is() -> None:
    data = merge_table(a_set(1, 1), read_recipients(b"Ana,Rua 1\n"), EN, set_file_name="ours.json")
    header, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert header == ["line1", "line2", "person", "set", "cards", "set_file"]
    assert row == ["Ana", "Rua 1", "1", "K7Q2-9FXD", "1", "ours.json"]


def test_lists_are_the_same_bytes_each_time(made: Made) -> None:
    assert listed(made, recipients=TWO) == listed(dataclasses.replace(made), recipients=TWO)
