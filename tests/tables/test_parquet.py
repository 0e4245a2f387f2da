"""What the Parquet form alone promises."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tables.made_up import OAK, Build, oaks

from imagestolive import tables
from imagestolive.datasets.parquetfiles import ParquetMissing
from imagestolive.tables.parquet import ROW_GROUP


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
    assert [record.image_id for record in table.records(rows)] == [f"oak-{row}" for row in rows]
    assert table.find(image_id=f"oak-{ROW_GROUP + 1}") == [ROW_GROUP + 1]


def test_without_pyarrow_it_is_said_how_to_get_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ParquetMissing, match=r"pip install 'imagestolive\[parquet\]'"):
        tables.open_table(path)


def test_the_table_of_one_form_reads_as_that_of_the_other(path: Path, build: Build) -> None:
    first, second = build(OAK), build(OAK, where=path.with_suffix(".sqlite3"))
    assert (first.fingerprint, first.record(0)) == (second.fingerprint, second.record(0))
