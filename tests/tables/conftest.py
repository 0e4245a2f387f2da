"""A table of each form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tables.made_up import Build, make

from imagestolive import tables
from imagestolive.datasets import Problems
from imagestolive.records import ImageRecord


@pytest.fixture(params=["sqlite3", "parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where a table of each form is built."""
    return tmp_path / f"t.{request.param}"


@pytest.fixture
def build(path: Path) -> Iterator[Build]:
    """Builds a table of records and opens it."""
    opened = []

    def build(*found: ImageRecord, where: Path = path, problems: Problems | None = None) -> tables.Table:
        make(where, found, problems=problems)
        opened.append(tables.open_table(where))
        return opened[-1]

    yield build
    for table in opened:
        table.close()
