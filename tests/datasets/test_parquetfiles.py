"""Parquet files as others write them: columns, rows, cells."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imagestolive.datasets import parquetfiles
from imagestolive.datasets.parquetfiles import ParquetMissing, ParquetRefused
from imagestolive.datasets.problems import Problems
from imagestolive.words import Words

IMAGES = [f"image {n}".encode() for n in range(50)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.parquet"


# ---- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column",
    [
        pa.array(IMAGES, pa.binary()),
        pa.array(IMAGES, pa.large_binary()),
        pa.array([{"bytes": image, "path": None} for image in IMAGES]),
    ],
    ids=["binary", "large", "struct"],
)
def test_a_cell_is_taken_out_of_any_row_group(path: Path, column: pa.Array) -> None:
    pq.write_table(pa.table({"label": list(range(50)), "image": column}), path, row_group_size=20)
    assert [parquetfiles.cell(path, row, "image", 100) for row in (0, 19, 20, 49)] == [IMAGES[row] for row in (0, 19, 20, 49)]
    for row in (-1, 50):
        with pytest.raises(IndexError):
            parquetfiles.cell(path, row, "image", 100)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("number", [1]),
        ("text", ["a"]),
        ("too large", [b"x" * 101]),
        ("absent", pa.array([None], pa.binary())),
        ("absent struct", pa.array([None], pa.struct({"bytes": pa.binary(), "path": pa.string()}))),
        ("absent in struct", pa.array([{"bytes": None, "path": "a.jpg"}], pa.struct({"bytes": pa.binary(), "path": pa.string()}))),
        ("struct without", pa.array([{"path": "a.jpg"}])),
    ],
)
def test_a_cell_that_holds_no_image_is_refused(path: Path, column: str, cells: object) -> None:
    pq.write_table(pa.table({column: cells}), path)
    with pytest.raises(ValueError, match=r".+"):
        parquetfiles.cell(path, 0, column, 100)


def test_a_column_that_is_not_there_is_told(path: Path) -> None:
    pq.write_table(pa.table({"image": IMAGES}), path)
    with pytest.raises(KeyError):
        parquetfiles.cell(path, 0, "img", 100)


def test_a_file_that_is_no_parquet_is_refused(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"no" * 100)
    with pytest.raises(ValueError, match=r".+"):
        parquetfiles.cell(path, 0, "image", 100)


# ---- rows -------------------------------------------------------------------------------------------------------------


def read(path: Path, *names: str) -> tuple[list[tuple[int, dict[str, object]]], list[str]]:
    problems = Problems()
    return list(parquetfiles.rows(path, names, problems)), [problem.said(Words("en")) for problem in problems.kept]


def test_rows_are_counted_through_all_row_groups_and_batches(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquetfiles, "BATCH_ROWS", 3)
    pq.write_table(pa.table({"n": list(range(50)), "image": IMAGES}), path, row_group_size=20)
    rows, problems = read(path, "n")
    assert rows == [(n, {"n": n}) for n in range(50)]
    assert problems == []


def test_columns_are_named_and_one_that_is_not_there_is_none(path: Path) -> None:
    pq.write_table(pa.table({"a": [1, None], "b": ["x", "y"]}), path)
    assert parquetfiles.columns(path) == ["a", "b"]
    assert read(path, "c", "a") == ([(0, {"c": None, "a": 1}), (1, {"c": None, "a": None})], [])
    assert read(path, "c") == ([(0, {"c": None}), (1, {"c": None})], [])


def test_of_a_struct_single_fields_are_read(path: Path) -> None:
    structs = pa.array([{"bytes": b"x", "path": "a.jpg", "in": {"it": [1]}}, None])
    pq.write_table(pa.table({"image": structs, "n": [1, 2]}), path)
    rows, _ = read(path, "image.path", "image.in.it", "image.none", "n.none", "n")
    nothing = {"image.none": None, "n.none": None}
    assert rows == [
        (0, {"image.path": "a.jpg", "image.in.it": [1], "n": 1} | nothing),
        (1, {"image.path": None, "image.in.it": None, "n": 2} | nothing),
    ]


def test_a_row_in_letters_that_are_not_utf8_is_told_and_left_out(path: Path) -> None:
    broken = pa.array([b"a", b"\xff", b"c"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"text": broken}), path)
    assert read(path, "text") == ([(0, {"text": "a"}), (2, {"text": "c"})], ["t.parquet, row 2: The letters of this row are not UTF-8."])


@pytest.mark.parametrize("cut", [0, 4, 100, -1])
def test_a_file_that_was_cut_off_is_refused(path: Path, cut: int) -> None:
    pq.write_table(pa.table({"image": IMAGES}), path)
    path.write_bytes(path.read_bytes()[:cut])
    for ask in (lambda: parquetfiles.columns(path), lambda: read(path, "image")):
        with pytest.raises(ParquetRefused, match=r"^t\.parquet cannot be read as a Parquet file: [^\n]+[^.]\.$"):
            ask()


def test_a_file_whose_inside_is_damaged_is_refused(path: Path) -> None:
    pq.write_table(pa.table({"image": [b"x" * 10_000]}), path, compression="zstd", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[20:60] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(ParquetRefused):
        read(path, "image")


def test_a_file_that_is_not_there_is_the_systems_matter(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        parquetfiles.columns(path)


def test_without_pyarrow_it_is_said_how_to_get_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({"image": IMAGES}), path)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    for ask in (lambda: parquetfiles.columns(path), lambda: read(path, "image"), lambda: parquetfiles.cell(path, 0, "image", 100)):
        with pytest.raises(ParquetMissing, match=r"pip install 'imagestolive\[parquet\]'"):
            ask()
