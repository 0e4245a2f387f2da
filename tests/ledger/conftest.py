"""What tests of the ledger share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ledger_office import Office

from imagestolive.ledger import Ledger


@pytest.fixture
def ledger(ledger_place: Path | str) -> Iterator[Ledger]:
    """In either kind of database."""
    with closing(Ledger(ledger_place, wait_s=20)) as opened:
        yield opened


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)
