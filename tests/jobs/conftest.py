"""What tests of jobs share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from jobplace import Place

from imagestolive.ledger import Ledger


@pytest.fixture
def place(tmp_path: Path, ledger_place: Path | str) -> Iterator[Place]:
    """In either kind of database."""
    with closing(Ledger(ledger_place, wait_s=10)) as ledger:
        yield Place(ledger, tmp_path / "jobs")
