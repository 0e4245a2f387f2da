"""Printers by name: what is kept of them, where, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.config import printers_path
from imagestolive.printers import (
    PRINTERS_MOST,
    DecimalWrong,
    NoPrinters,
    NoSuchPrinter,
    NotAPrinterName,
    Printer,
    PrinterFile,
    PrintersDamaged,
    PrintersNotKept,
    TooManyPrinters,
    from_text,
    read_name,
    read_number,
    to_text,
)
from imagestolive.sets import Printing, Request

ROOM_3 = Printer(flip="short", turn_backs=True, back_x_mm=-0.5, back_y_mm=1.25, back_scale_percent=100.4)
PARTS = asdict(ROOM_3)

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]), min_size=1, max_size=30).filter(
    lambda name: name.isprintable()
)
PRINTERS = st.builds(
    Printer,
    flip=st.sampled_from(["long", "short", "manual"]),
    turn_backs=st.booleans(),
    back_x_mm=st.floats(-10, 10).map(lambda n: round(n, 2) + 0.0),
    back_y_mm=st.floats(-10, 10).map(lambda n: round(n, 2) + 0.0),
    back_scale_percent=st.floats(95, 105).map(lambda n: round(n, 2)),
)


@pytest.fixture
def file(tmp_path: Path) -> PrinterFile:
    return PrinterFile(tmp_path / "not yet there" / "printers.json")


@given(st.dictionaries(NAMES.map(lambda name: _read(name)).filter(bool), PRINTERS, max_size=8))
def test_printers_come_back_from_their_text_which_is_ascii(printers: dict[str, Printer]) -> None:
    assert from_text(to_text(printers)) == printers
    assert to_text(printers).isascii()


def _read(name: str) -> str:
    try:
        return read_name(name)
    except NotAPrinterName:
        return ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 100_000,
        '{"schema":"imagestolive-printers/2","printers":{}}',
        '{"schema":"imagestolive-printers/1","printers":[]}',
        '{"schema":"imagestolive-printers/1","printers":{},"more":1}',
        '{"schema":"imagestolive-printers/1","printers":{"":{}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a\\u0000":{}}}',
        '{"schema":"imagestolive-printers/1","printers":{" a":{}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"flip":"fold"}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"flip":["long"]}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"turn_backs":1}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"back_x_mm":NaN}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"back_x_mm":true}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"back_x_mm":"1"}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"back_scale_percent":200}}}',
        '{"schema":"imagestolive-printers/1","printers":{"a":{"back_z_mm":1}}}',
        json.dumps({"schema": "imagestolive-printers/1", "printers": {f"p{n}": {} for n in range(PRINTERS_MOST + 1)}}),
    ],
)
def test_what_was_not_written_by_us_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_text(text)


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Sala  3 ", "Sala 3"), ("a", "a"), ("ß" * 40, "ß" * 40), ("Impressora da 日本", "Impressora da 日本")]
)
def test_a_name_is_kept_without_needless_blanks(typed: str, kept: str) -> None:
    assert read_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "x" * 41, "a\x00b", "a\u202eb", "\ud800"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(NotAPrinterName, match=r"1 to 40"):
        read_name(typed)


@pytest.mark.parametrize(
    ("typed", "read"), [("0,5", 0.5), ("-1.25", -1.25), ("−2", -2.0), ("+3", 3.0), ("10", 10.0), ("-0", 0.0), ("٣", 3.0)]
)
def test_a_number_is_read_as_people_write_it(typed: str, read: float) -> None:
    found = read_number(typed, "back_x_mm", name="--back-x", field="back_x")
    assert found == read
    assert str(found) != "-0.0"


@pytest.mark.parametrize("typed", ["10.01", "-11", "1e0", "nan", "inf", "0x1", "1.2.3", "--1", "1 2", "½", "9" * 5000, "1_0"])
def test_a_number_that_is_none_or_too_much_is_refused_with_what_would_do(typed: str) -> None:
    with pytest.raises(DecimalWrong, match=r"from -10 to 10, such as -0\.5") as wrong:
        read_number(typed, "back_x_mm", name="--back-x", field="back_x")
    assert wrong.value.field == "back_x"


def test_a_printer_brings_its_edge_and_numbers_and_leaves_the_rest() -> None:
    asked = Request(datasets=(), back="notes", printing=Printing(marks="grid", start=3))
    printed = ROOM_3.request(asked)
    assert (printed.flip, printed.back, printed.printing.marks, printed.printing.start) == ("short", "notes", "grid", 3)
    assert (printed.printing.back_x_mm, printed.printing.back_scale_percent, printed.printing.turn_backs) == (-0.5, 100.4, True)


@pytest.mark.parametrize("flip", ["fold", "none", "credits"])
def test_what_is_printed_on_one_side_stays_so_on_any_printer(flip: str) -> None:
    assert ROOM_3.request(Request(datasets=(), flip=flip)).flip == flip


def test_a_file_remembers_and_forgets(file: PrinterFile) -> None:
    assert file.all() == {}
    file.remember("Sala 3", **PARTS)
    file.remember("Casa")
    file.remember(" Sala   3", **PARTS)
    assert file.all() == {"Casa": Printer(), "Sala 3": ROOM_3}
    assert file.find("Sala 3") == ROOM_3
    file.forget("Casa")
    assert list(file.all()) == ["Sala 3"]
    assert sorted(path.name for path in file.path.parent.iterdir()) == [".printers.json.lock", "printers.json"]


def test_a_name_that_is_not_remembered_is_told_with_those_that_are(file: PrinterFile) -> None:
    for lost in (file.find, file.forget):
        with pytest.raises(NoPrinters, match="Casa"):
            lost("Casa")
    file.remember("Sala 3", **PARTS)
    for lost in (file.find, file.forget):
        with pytest.raises(NoSuchPrinter, match=r"Remembered are: .*Sala 3"):
            lost("Casa")


@pytest.mark.parametrize(
    "damage", [b"{", b"\xff\xfe", b"x" * 200_000, b'{"schema":"imagestolive-printers/1","printers":{"a":{"flip":"up"}}}']
)
def test_a_damaged_file_is_told_and_stays_as_it_is(file: PrinterFile, damage: bytes) -> None:
    file.remember("Sala 3", **PARTS)
    file.path.write_bytes(damage)
    for attempt in (file.all, lambda: file.remember("Casa"), lambda: file.forget("Sala 3")):
        with pytest.raises(PrintersDamaged, match="Mend the file or delete it"):
            attempt()
    assert file.path.read_bytes() == damage


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PrintersNotKept, match="cannot be kept"):
        PrinterFile(tmp_path / "file" / "printers.json").remember("Sala 3", **PARTS)
    with pytest.raises(PrintersDamaged, match="cannot be read"):
        PrinterFile(tmp_path).all()


def test_a_write_that_breaks_off_leaves_the_printers_of_before(file: PrinterFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.remember("Sala 3", **PARTS)

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(PrintersNotKept, match="disk is full"):
        file.remember("Casa")
    assert list(file.all()) == ["Sala 3"]
    assert sorted(path.name for path in file.path.parent.iterdir()) == [".printers.json.lock", "printers.json"]


def test_only_what_is_said_of_a_printer_changes(file: PrinterFile) -> None:
    file.remember("Sala 3", **PARTS)
    assert file.remember("Sala 3", flip="long") == Printer(**{**PARTS, "flip": "long"}) == file.find("Sala 3")


def test_of_many_who_remember_at_once_each_is_heard(file: PrinterFile) -> None:
    names = [f"p{n:02}" for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(file.remember, names))
    assert list(file.all()) == names


def test_who_waits_too_long_for_another_is_told(file: PrinterFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.remember("Sala 3", **PARTS)
    monkeypatch.setattr("imagestolive.printers.LOCK_S", 0.0)
    with closing(sqlite3.connect(file.path.with_name(".printers.json.lock"))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(PrintersNotKept, match="locked"):
            file.remember("Casa")
    assert list(file.all()) == ["Sala 3"]
    file.remember("Casa")


def test_there_is_an_end_to_them(file: PrinterFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text(to_text({f"p{n}": Printer() for n in range(PRINTERS_MOST)}))
    with pytest.raises(TooManyPrinters, match=str(PRINTERS_MOST)):
        file.remember("one more")
    file.remember("p1", **PARTS)


def test_the_environment_says_where_they_are_kept(tmp_path: Path) -> None:
    assert printers_path({"IMAGESTOLIVE_PRINTERS": str(tmp_path / "p.json")}) == tmp_path / "p.json"
    assert printers_path({}).name == "printers.json"
