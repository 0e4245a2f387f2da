"""Addresses on sheets of labels."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pressed import EN, Made, assert_sound, rasters, texts

from imagestolive.faces import Text
from imagestolive.press.labels import LABEL_SHEETS, LabelSheet, NoSuchLabel, NotALabelSheet, label, label_pages, label_sheet, labels
from imagestolive.press.recipients import read_recipients

SHEETS = list(LABEL_SHEETS.values())
LONG = "A person whose name is so long that no label has room for it in one line, whatever the type, however small it may be set"
THREE = read_recipients("name,address,city\nAna Lima,Rua das Flores 5,Olinda\nعلي,شارع النيل,القاهرة\nBo,Way 2,York\n".encode())


def on_labels(made: Made, key: str = "l7160", *, start: int = 1, recipients: object = THREE) -> tuple[bytes, list[str]]:
    out = BytesIO()
    said = labels(made.press, made.drawn, recipients, out, EN, sheet=LABEL_SHEETS[key], start=start)  # type: ignore[arg-type]
    return out.getvalue(), said


@pytest.mark.parametrize(
    ("key", "slots", "size_mm", "corners_mm"),
    [  # the first label, its neighbour, the last; as the makers publish them
        ("l7160", 21, (63.5, 38.1), {0: (7.21, 15.15), 1: (73.25, 15.15), 20: (139.29, 243.75)}),
        ("l7163", 14, (99.1, 38.1), {0: (4.65, 15.15), 1: (106.25, 15.15), 13: (106.25, 243.75)}),
        ("5160", 30, (66.675, 25.4), {0: (4.7625, 12.7), 1: (74.6125, 12.7), 29: (144.4625, 241.3)}),
        ("5163", 10, (101.6, 50.8), {0: (3.96875, 12.7), 1: (110.33125, 12.7), 9: (110.33125, 215.9)}),
    ],
)
def test_labels_lie_where_their_makers_say(
    key: str, slots: int, size_mm: tuple[float, float], corners_mm: dict[int, tuple[float, float]]
) -> None:
    sheet = LABEL_SHEETS[key]
    assert (sheet.slots, (sheet.width_mm, sheet.height_mm)) == (slots, size_mm)
    for slot, corner in corners_mm.items():
        assert sheet.corner_mm(slot) == pytest.approx(corner)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_a_sheet_of_labels_is_as_wide_on_its_left_as_on_its_right(sheet: LabelSheet) -> None:
    x_mm, y_mm = sheet.corner_mm(sheet.slots - 1)
    assert x_mm + sheet.width_mm + sheet.left_mm == pytest.approx(sheet.paper.width_mm, abs=0.01)
    assert y_mm + sheet.height_mm + sheet.top_mm == pytest.approx(sheet.paper.height_mm, abs=0.01)


@given(count=st.integers(1, 90), start=st.integers(1, 10), sheet=st.sampled_from(SHEETS))
def test_each_label_has_a_place_of_its_own_and_the_used_ones_are_passed_over(count: int, start: int, sheet: LabelSheet) -> None:
    pages = label_pages(count, sheet, start)
    assert [place.index for page in pages for place in page.placed] == list(range(count))
    assert len(pages) == -(-(start - 1 + count) // sheet.slots)
    assert (pages[0].placed[0].x_mm, pages[0].placed[0].y_mm) == sheet.corner_mm(start - 1)
    for page in pages:
        corners = {(place.x_mm, place.y_mm) for place in page.placed}
        assert len(corners) == len(page.placed)
        assert corners <= {sheet.corner_mm(slot) for slot in range(sheet.slots)}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
@pytest.mark.parametrize("lines", [["Ana", "Rua 5"], [LONG], ["x" * 90, "y"], ["a"] * 12, ["東京都千代田区千代田1-1"] * 4, ["مرحبا"] * 3])
def test_all_type_stays_on_its_label_below_the_persons_number(made: Made, sheet: LabelSheet, lines: list[str]) -> None:
    side = label(lines, "K7Q2-9FXD · Person 500", sheet, made.press.metrics)
    key, *address = [item for item in side.items if isinstance(item, Text)]
    assert key.string == "K7Q2-9FXD · Person 500"
    assert address
    for text in (key, *address):
        assert text.x_mm + text.width_mm <= sheet.width_mm - 2.9
        assert 3 < text.baseline_mm <= sheet.height_mm - 3
    baselines = [key.baseline_mm, *(text.baseline_mm for text in address)]
    assert baselines == sorted(set(baselines))


def test_each_line_of_an_address_reads_as_its_script_does(made: Made) -> None:
    side = label(["דוד", "רחוב הרצל 5 (א), חיפה", "Way 2"], "K", LABEL_SHEETS["l7160"], made.press.metrics)
    _, name, street, city = [item for item in side.items if isinstance(item, Text)]
    assert [glyph.text for run in street.runs for glyph in run.glyphs] == list("הפיח ,)א( 5 לצרה בוחר")
    assert (name.x_mm, city.string) == (street.x_mm, "Way 2")


def test_a_short_address_is_large_a_long_one_small_and_one_that_is_too_long_is_cut(made: Made) -> None:
    def sizes(*lines: str) -> tuple[float, tuple[str, ...]]:
        side = label(lines, "key", LABEL_SHEETS["5160"], made.press.metrics)
        return min(item.size_pt for item in side.items[1:] if isinstance(item, Text)), side.warnings

    assert sizes("Ana", "Rua 5") == (11.0, ())
    assert sizes("Ana Maria Lima de Oliveira e Souza Martins", "Rua 5")[0] in (8.0, 9.0, 10.0)
    assert sizes(LONG, "Rua 5", "Olinda", "Brasil")[1] == ("small-type",)
    assert "text-cut" in sizes(*[LONG] * 6)[1]


def test_each_person_gets_the_label_of_their_row_and_no_one_else_does(made: Made) -> None:
    data, said = on_labels(made)
    assert_sound(data)
    (page,) = texts(data)
    assert [name in page for name in ("Ana Lima", "Rua das Flores 5", "Olinda", "K7Q2-9FXD · Person 1", "Person 2")] == [True] * 5
    assert "York" not in page  # the set has two people
    assert "Person 3" not in page
    assert said == []


def test_printing_starts_at_the_label_that_is_left(made: Made) -> None:
    def inked(slot: int, page: object) -> bool:
        x_mm, y_mm = LABEL_SHEETS["l7160"].corner_mm(slot)
        box = tuple(round(edge / 25.4 * 50) for edge in (x_mm, y_mm, x_mm + 63.5, y_mm + 38.1))
        return bool(min(page.crop(box).convert("L").tobytes()) < 128)  # type: ignore[attr-defined]

    data, _ = on_labels(made, start=21)
    first, second = rasters(data)
    assert [slot for slot in range(21) if inked(slot, first)] == [20]
    assert [slot for slot in range(21) if inked(slot, second)] == [0]
    with pytest.raises(NoSuchLabel, match="label 22: a sheet has 21"):
        on_labels(made, start=22)


def test_what_does_not_fit_or_cannot_be_drawn_is_told(made: Made) -> None:
    rows = read_recipients(("name,address\nAna,\U0001f9ff\U000e0001\U0010fffd\n" + ",".join(['"' + LONG * 3 + '"'] * 2)).encode())
    _, said = on_labels(made, "5160", recipients=rows)
    assert said[:2] == [
        "Part of the address does not fit on the label and is missing (person 2).",
        "The address is set very small (person 2).",
    ]
    assert "□" in said[2]


def test_the_file_of_labels_has_no_set_file_in_it(made: Made) -> None:
    with pikepdf.open(BytesIO(on_labels(made)[0])) as document:
        assert not document.attachments


def test_a_label_sheet_is_known_however_it_is_written() -> None:
    assert label_sheet(" Avery L7163") is LABEL_SHEETS["l7163"]
    assert label_sheet("avery-5160") is LABEL_SHEETS["5160"]
    with pytest.raises(NotALabelSheet) as refused:
        label_sheet("L9999")
    assert EN.error(refused.value) == "“L9999” is no sheet of labels: take L7160, L7163, 5160, 5163."
