from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from imagestolive.datasets import csvfiles
from imagestolive.datasets.csvfiles import HeaderTwice, NotUtf8, OpenQuote, RowTooLong, read_header, read_plain, read_rows
from imagestolive.datasets.problems import Problems
from imagestolive.words import Words

OAK = {"file": "oak.jpg", "title": "Carvalho, velho"}


def written(folder: Path, data: bytes) -> Path:
    path = folder / "credits.csv"
    path.write_bytes(data)
    return path


def rows(path: Path, problems: Problems | None = None) -> list[tuple[int, dict[str, str]]]:
    return list(read_rows(path, Problems() if problems is None else problems))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'file,title\noak.jpg,"Carvalho, velho"\n', id="plain"),
        pytest.param(b'\xef\xbb\xbffile,title\noak.jpg,"Carvalho, velho"\n', id="byte order mark"),
        pytest.param(b"file;title\noak.jpg;Carvalho, velho\n", id="semicolons"),
        pytest.param(b"\xef\xbb\xbffile;title\r\noak.jpg;Carvalho, velho\r\n", id="as a spreadsheet in Brazil saves it"),
        pytest.param(b"file\ttitle\noak.jpg\tCarvalho, velho", id="tabs, no line end at the end"),
        pytest.param(b'FILE,Title\roak.jpg,"Carvalho, velho"\r', id="carriage returns, capitals"),
        pytest.param(b'file,title\n\n  oak.jpg ,"Carvalho, velho"\n\n', id="blanks and empty lines"),
    ],
)
def test_the_ways_in_which_people_save_csv_are_all_read(tmp_path: Path, data: bytes) -> None:
    assert [cells for _, cells in rows(written(tmp_path, data))] == [OAK]


def test_a_row_bears_the_line_it_begins_on(tmp_path: Path) -> None:
    path = written(tmp_path, b'file,title\na.jpg,"two\nlines"\nb.jpg,one\n')
    assert [(line, cells["file"]) for line, cells in rows(path)] == [(2, "a.jpg"), (4, "b.jpg")]


def test_one_bad_row_is_reported_and_the_rest_is_used(tmp_path: Path) -> None:
    lines = [b"file,title"] + [b"%d.jpg,x" % n for n in range(1000)]
    lines[500] = b"one,too,many"
    lines[600] = b'"499.jpg"oops,x'
    problems = Problems()
    found = rows(written(tmp_path, b"\n".join(lines)), problems)
    assert len(found) == 998
    assert problems.count == 2
    assert [problem.said(Words("en")) for problem in problems.kept] == [
        "credits.csv, row 501: This row has 3 columns, the header 2.",
        "credits.csv, row 601: A quotation mark stands in the wrong place.",
    ]


def test_a_row_with_nul_is_reported_and_left_out(tmp_path: Path) -> None:
    problems = Problems()
    assert rows(written(tmp_path, b"file,title\na\0.jpg,x\noak.jpg,y\n"), problems) == [(3, {"file": "oak.jpg", "title": "y"})]
    assert problems.kept[0].row == 2


@pytest.mark.parametrize(
    ("data", "refusal", "row"),
    [
        pytest.param("file,title\noak.jpg,x\n".encode("utf-16"), NotUtf8, 1, id="UTF-16 with its mark"),
        pytest.param("file,title\noak.jpg,x\n".encode("utf-16-le"), NotUtf8, 1, id="UTF-16 without"),
        pytest.param("file,title\noak.jpg,Carvalho\nipe.jpg,Ipê\n".encode("latin-1"), NotUtf8, 3, id="Latin-1"),
        pytest.param(b'file,title\noak.jpg,x\nipe.jpg,"open\nfig.jpg,y\n', OpenQuote, 3, id="quote never closed"),
        pytest.param(b"file,title\noak.jpg," + b"x" * 10_000_000 + b"\n", RowTooLong, 2, id="a field of 10 MB"),
        pytest.param(b'file,title\noak.jpg,"' + b"x\n" * 5_000_000, RowTooLong, 2, id="a quote never closed, and 10 MB after it"),
        pytest.param(b"file,title,File\n", HeaderTwice, 1, id="two columns of one name"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_file_and_row(
    tmp_path: Path, data: bytes, refusal: type[csvfiles.CsvRefused], row: int
) -> None:
    with pytest.raises(refusal, match=rf"^credits\.csv, row {row}: "):
        rows(written(tmp_path, data))


def test_a_field_of_10_mb_is_not_taken_into_memory(tmp_path: Path) -> None:
    path = written(tmp_path, b"file\n" + b"x" * 10_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(RowTooLong):
            rows(path)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 3_000_000


def test_an_empty_file_has_no_rows_and_no_header(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    assert rows(path) == []
    assert read_header(path) == []


def test_a_file_without_header_is_read_as_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, b"/m/011k07;Tortoise\r/m/011q46kg;Container\r")
    plain = list(read_plain(path, Problems(), name="classes"))
    assert plain == [(1, ["/m/011k07", "Tortoise"]), (2, ["/m/011q46kg", "Container"])]
