"""What the Parquet form alone promises; and cells of Parquet files as others write them."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables.made_up import OAK, Build, oaks

from imagestolive import tables
from imagestolive.tables import parquet
from imagestolive.tables.parquet import ROW_GROUP, ParquetMissing

IMAGES = [f"image {n}".encode() for n in range(50)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.parquet"


def test_rows_are_taken_across_row_groups(path: Path, build: Build) -> None:
    table = build(*oaks(ROW_GROUP + 5))
    assert pq.read_metadata(path).num_row_groups == 2
    assert [table.record(row).image_id for row in (0, ROW_GROUP - 1, ROW_GROUP, ROW_GROUP + 4)] == [
        f"oak-{n}" for n in (0, ROW_GROUP - 1, ROW_GROUP, ROW_GROUP + 4)
    ]
    rows = [ROW_GROUP - 1, ROW_GROUP, ROW_GROUP + 4]
    assert list(table.ids(rows)) == [(row, f"oak-{row}") for row in rows]
    assert table.find(image_id=f"oak-{ROW_GROUP + 1}") == [ROW_GROUP + 1]


def test_without_pyarrow_it_is_said_how_to_get_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ParquetMissing, match=r"pip install 'imagestolive\[parquet\]'"):
        tables.open_table(path)


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
    assert [parquet.cell(path, row, "image", 100) for row in (0, 19, 20, 49)] == [IMAGES[row] for row in (0, 19, 20, 49)]
    for row in (-1, 50):
        with pytest.raises(IndexError):
            parquet.cell(path, row, "image", 100)


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
        parquet.cell(path, 0, column, 100)


def test_a_column_that_is_not_there_is_told(path: Path) -> None:
    pq.write_table(pa.table({"image": IMAGES}), path)
    with pytest.raises(KeyError):
        parquet.cell(path, 0, "img", 100)


def test_a_file_that_is_no_parquet_is_refused(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"no" * 100)
    with pytest.raises(ValueError, match=r".+"):
        parquet.cell(path, 0, "image", 100)


def test_the_table_of_one_form_reads_as_that_of_the_other(path: Path, build: Build) -> None:
    first, second = build(OAK), build(OAK, where=path.with_suffix(".sqlite3"))
    assert (first.fingerprint, first.record(0)) == (second.fingerprint, second.record(0))
