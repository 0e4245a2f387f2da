from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from imagestolive.datasets import NotThisFormat, folder
from imagestolive.datasets.csvfiles import CsvRefused
from imagestolive.datasets.locators import place

from .conftest import Reading

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "config.md"

Draw = Callable[[Path], Path]
posix_names = pytest.mark.skipif(sys.platform == "win32", reason="such names cannot exist there")


def test_images_come_sorted_by_the_bytes_of_their_paths(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    names = ["a.jpg", "a/z.png", "a/b/c.png", "a-b.png", "B.png", "é.png", "z.png"]
    for name in names:
        draw(tmp_path / name)
    records, problems = reading("folder", tmp_path)
    assert [record.image_id for record in records] == sorted(names, key=lambda name: name.encode())
    assert {record.dataset for record in records} == {"folder"}
    assert all(record.license is None and record.people == "unknown" for record in records)
    assert problems == []


def test_type_goes_by_content_or_by_the_name_of_an_image(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "real.png").rename(tmp_path / "picture.exe")
    draw(tmp_path / "real.jpg").rename(tmp_path / "no extension")
    Image.new("L", (2, 2)).save(tmp_path / "b.bmp")
    (tmp_path / "b.bmp").rename(tmp_path / "b.dat")
    Image.new("L", (2, 2)).save(tmp_path / "w.webp")
    (tmp_path / "w.webp").rename(tmp_path / "w.bin")
    (tmp_path / "text.JPG").write_text("no picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "notes.txt").write_text("BMW and other notes")
    records, problems = reading("folder", tmp_path)
    assert [record.image_id for record in records] == ["b.dat", "empty.png", "no extension", "picture.exe", "text.JPG", "w.bin"]
    assert problems == []


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    for name in (".hidden.jpg", ".git/a.jpg", "-rf.jpg", "A.JPG"):
        draw(tmp_path / name)
    records, problems = reading("folder", tmp_path)
    assert [record.image_id for record in records] == ["-rf.jpg", "A.JPG"]
    assert problems == []


@posix_names
def test_unseen_characters_are_encoded_in_the_locator(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    names = ["line\nbreak.png", "\x1b[31mred.png", "evil\u202egnp.exe.png", "#1 100%.png"]
    for name in names:
        draw(tmp_path / name)
    records, problems = reading("folder", tmp_path)
    assert {record.image_id for record in records} == set(names)
    assert all(record.locator.replace("\u202e", "?").isprintable() for record in records)
    assert {place(record.locator).file for record in records} == set(names)
    assert problems == []


@posix_names
def test_names_that_cannot_be_written_down_are_skipped_and_reported(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "good.png")
    draw(tmp_path / "..\\..\\x.png")
    draw(tmp_path / "bad\\folder" / "inside.png")
    try:
        os.rename(draw(tmp_path / "x.png"), os.fsencode(tmp_path) + b"/caf\xe9.png")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    records, problems = reading("folder", tmp_path)
    assert [record.image_id for record in records] == ["good.png"]
    reason = "Names with a backslash, or in letters that are not UTF-8, are skipped."
    assert problems == [rf"..\..\x.png: {reason}", rf"bad\folder: {reason}", rf"caf\udce9.png: {reason}"]


@posix_names
def test_links_out_of_the_root_are_skipped_and_reported(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    outside = draw(tmp_path / "outside" / "secret.png")
    root = tmp_path / "root"
    inside = draw(root / "pictures" / "a.png")
    (root / "out.png").symlink_to(outside)
    (root / "folder-out").symlink_to(outside.parent)
    (root / "folder-in").symlink_to(inside.parent)
    (root / "in.png").symlink_to(inside)
    (root / "circle.png").symlink_to("circle.png")
    (root / "nowhere.png").symlink_to("gone.png")
    records, problems = reading("folder", root)
    assert [record.image_id for record in records] == ["in.png", "pictures/a.png"]
    assert problems == [
        "circle.png: This link leads nowhere.",
        "folder-in: This is a link to a folder; such links are not followed.",
        "folder-out: This link leads out of the data set’s folder.",
        "nowhere.png: This link leads nowhere.",
        "out.png: This link leads out of the data set’s folder.",
    ]


def test_names_equal_but_for_unicode_form_or_case_are_two_images(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    names = {"caf\u00e9.png", "cafe\u0301.png", "CAF\u00c9.png"}
    for name in names:
        draw(tmp_path / name)
    if len(list(tmp_path.iterdir())) < len(names):
        pytest.skip("this file system takes them for one name")
    records, _ = reading("folder", tmp_path)
    assert {record.image_id for record in records} == names


CREDITED = """file;Title;AUTHOR;author_url;source;license;seen_on;people
trees/oak.png;Carvalho;Ana Lima;https://www.flickr.com/people/74881150@N00/;https://flic.kr/p/axQ;CC BY 4.0;2026-11-21;none
"""


def test_credits_csv_says_who_made_an_image(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "trees" / "oak.png")
    draw(tmp_path / "other.png")
    (tmp_path / "credits.csv").write_text(CREDITED, encoding="utf-8-sig")
    (other, oak), problems = reading("folder", tmp_path)
    assert problems == []
    assert (oak.title, oak.author, oak.license_raw, oak.license) == ("Carvalho", "Ana Lima", "CC BY 4.0", "by-4.0")
    assert (oak.photo_id, oak.author_id) == ("32122", "74881150@N00")
    assert (oak.landing_url, oak.author_url) == (
        "https://flic.kr/p/axQ",
        "https://www.flickr.com/people/74881150@N00/",
    )
    assert (oak.license_seen_on, oak.people) == ("2026-11-21", "none")
    assert (other.title, other.author, other.license_raw, other.license, other.people) == (None, None, None, None, "unknown")


class Asked(dict[str, str]):
    """The cells of a row; notes which columns are asked for."""

    columns: set[str]

    def __getitem__(self, column: str) -> str:
        self.columns.add(column)
        return super().__getitem__(column)

    def get(self, column: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.columns.add(column)
        return super().get(column, default)


def test_the_document_lists_the_columns_that_are_read_and_no_others(
    tmp_path: Path, draw: Draw, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "credits.csv").write_text("file\noak.png\n")
    row = Asked(file="oak.png")
    row.columns = set()

    def one_row(*_: object) -> Iterator[tuple[int, Asked]]:
        yield 2, row

    monkeypatch.setattr(folder, "read_rows", one_row)
    assert len(reading("folder", tmp_path)[0]) == 1
    section = DOCUMENT.read_text(encoding="utf-8").partition("## A folder of your own pictures\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(listed) == sorted(row.columns) == sorted(folder.COLUMNS)


def test_what_in_credits_csv_cannot_be_used_is_reported(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "credits.csv").write_text(
        "file,author,landing_url,seen_on\noak.png,Ana,javascript:alert(1),yesterday\noak.png,Bea,,\ngone.png,Caio,,\n../../x.png,Eva,,\n",
        encoding="utf-8",
    )
    (oak,), problems = reading("folder", tmp_path)
    assert (oak.author, oak.landing_url, oak.license_seen_on) == ("Ana", None, None)
    assert problems == [
        "credits.csv, row 3: “oak.png” has a row already; this one is not used.",
        "credits.csv, row 2: “javascript:alert(1)” is no web address and is left out.",
        "credits.csv, row 2: “yesterday” is no day such as 2026-11-21 and is left out.",
        "credits.csv, row 4: There is no image “gone.png” here.",
        "credits.csv, row 5: There is no image “../../x.png” here.",
    ]


def test_a_credits_csv_that_cannot_be_trusted_stops_the_reading(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "credits.csv").write_text("file,author\noak.png,João\n", encoding="latin-1")
    with pytest.raises(CsvRefused, match=r"credits\.csv, row 2"):
        reading("folder", tmp_path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ipe.png,Bea,CC BY 4.0,x", "this row has 4 columns, the header 3"),
        ("ipe.png,Bea", "this row has 2 columns, the header 3"),
        ('"ipe.png"x,Bea,CC BY 4.0', "a quotation mark stands in the wrong place"),
        ("ipe\0.png,Bea,CC BY 4.0", "this row holds a character that no text has"),
    ],
)
def test_one_row_that_cannot_be_read_refuses_the_whole_credits_csv(
    tmp_path: Path, draw: Draw, reading: Reading, row: str, reason: str
) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "credits.csv").write_text(f"file,author,license\noak.png,Ana,CC BY 4.0\n{row}\n")
    with pytest.raises(CsvRefused, match=rf"^credits\.csv, row 3: {reason}"):
        reading("folder", tmp_path)


@pytest.mark.parametrize(("column", "closest"), [("licence", "license"), ("Autor", "author"), ("xyz", "")])
def test_a_column_that_is_not_known_refuses_the_whole_credits_csv(
    tmp_path: Path, draw: Draw, reading: Reading, column: str, closest: str
) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "credits.csv").write_text(f"file,{column}\noak.png,x\n")
    with pytest.raises(folder.UnknownColumn, match=rf"^credits\.csv: there is no column “{column.lower()}”; the nearest is “{closest}"):
        reading("folder", tmp_path)


def test_columns_without_a_name_as_spreadsheets_leave_them_do_no_harm(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "credits.csv").write_text("file;author;;\noak.png;Ana;;\n")
    (oak,), problems = reading("folder", tmp_path)
    assert (oak.author, problems) == ("Ana", [])


@posix_names
def test_a_row_finds_its_image_in_the_other_unicode_form_if_there_is_but_one(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    composed, parted = "caf\u00e9.png", "cafe\u0301.png"
    draw(tmp_path / parted)
    (tmp_path / "credits.csv").write_text(f"file,author\n{composed},Ana\n", encoding="utf-8")
    (only,), problems = reading("folder", tmp_path)
    assert (only.image_id, only.author, problems) == (parted, "Ana", [])
    (tmp_path / "credits.csv").write_text(f"file,author\n{composed},Ana\n{parted},Bea\n", encoding="utf-8")
    (only,), problems = reading("folder", tmp_path)
    assert (only.author, problems) == ("Bea", [f"credits.csv, row 2: There is no image “{composed}” here."])
    draw(tmp_path / composed)
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this file system takes them for one name")
    assert {record.image_id: record.author for record in reading("folder", tmp_path)[0]} == {composed: "Ana", parted: "Bea"}
    (tmp_path / "credits.csv").write_text(f"file,author\n{composed},Ana\n", encoding="utf-8")
    assert {record.image_id: record.author for record in reading("folder", tmp_path)[0]} == {composed: "Ana", parted: None}


@posix_names
def test_a_credits_csv_that_leads_out_of_the_root_is_reported_and_not_read(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "root" / "oak.png")
    (tmp_path / "secret.csv").write_text("password\n")
    link = tmp_path / "root" / "credits.csv"
    link.symlink_to(tmp_path / "secret.csv")
    (oak,), problems = reading("folder", tmp_path / "root")
    assert oak.author is None
    assert problems == ["credits.csv: This link leads out of the data set’s folder."]
    link.unlink()
    (tmp_path / "root" / "list.csv").write_text("file,author\noak.png,Ana\n")
    link.symlink_to("list.csv")
    (oak,), problems = reading("folder", tmp_path / "root")
    assert (oak.author, problems) == ("Ana", [])


@posix_names
def test_a_link_to_a_name_too_long_is_reported_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "long.png").symlink_to("x" * 300)
    records, problems = reading("folder", tmp_path)
    assert [record.image_id for record in records] == ["oak.png"]
    assert problems == ["long.png: This link leads nowhere."]


def test_a_credits_csv_without_a_column_file_is_refused(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "oak.png")
    (tmp_path / "credits.csv").write_text("name,author\noak.png,Ana\n")
    with pytest.raises(NotThisFormat, match=r"Expected: file, title, author, …. Found: name, author\."):
        reading("folder", tmp_path)


def test_an_empty_folder_has_no_records(tmp_path: Path, reading: Reading) -> None:
    assert reading("folder", tmp_path) == ([], [])


def test_what_may_not_be_read_is_reported_and_the_rest_is_used(
    tmp_path: Path, draw: Draw, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "a.png")
    draw(tmp_path / "shut" / "b.png")
    (tmp_path / "unnamed").write_bytes(b"x")
    scandir, open_file = os.scandir, open

    def refuse_folder(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    def refuse_file(path: str, mode: str) -> object:
        if Path(path).name == "unnamed":
            raise PermissionError(13, "Permission denied")
        return open_file(path, mode)

    monkeypatch.setattr(os, "scandir", refuse_folder)
    monkeypatch.setattr("builtins.open", refuse_file)
    records, problems = reading("folder", tmp_path)
    monkeypatch.undo()
    assert [record.image_id for record in records] == ["a.png"]
    assert problems == ["shut: This folder cannot be read: Permission denied.", "unnamed: This file cannot be read: Permission denied."]
