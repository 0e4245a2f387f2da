"""What tests of jobs share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from jobplace import Place

from imagestolive.ledger import Ledger


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with closing(Ledger(tmp_path / "ledger.sqlite3", wait_s=10)) as ledger:
        yield Place(ledger, tmp_path / "jobs")
