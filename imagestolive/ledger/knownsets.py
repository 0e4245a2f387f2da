"""Sets drawn lately and what was left out of them, for the operator's page: codes and counts, nothing of who drew them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from imagestolive.ledger import Ledger
from imagestolive.ledger.schema import known_set

KEPT_S = 30 * 86400.0


@dataclass(frozen=True, kw_only=True)
class KnownSet:
    code: str
    cards: int
    left_out: Mapping[str, int]  # by reason
    when_s: float


class KnownSets:
    """Safe for several threads and processes."""

    def __init__(self, ledger: Ledger, *, now: Callable[[], float] = time.time) -> None:
        self._ledger = ledger
        self._now = now

    def note(self, code: str, *, cards: int, left_out: Mapping[str, int]) -> None:
        """A set was drawn, or drawn again; the ledger is written only where something of it is another."""
        counts = json.dumps(left_out, sort_keys=True)
        with self._ledger.reading() as connection:
            found = connection.execute(select(known_set).where(known_set.c.code == code)).one_or_none()
            if found is not None and (found.cards, found.left_out) == (cards, counts):
                return
        with self._ledger.writing() as connection:
            connection.execute(delete(known_set).where(known_set.c.code == code))
            connection.execute(insert(known_set).values(code=code, cards=cards, left_out=counts, when_s=self._now()))

    def recent(self, limit: int = 100) -> list[KnownSet]:
        """Newest first."""
        with self._ledger.reading() as connection:
            rows = connection.execute(select(known_set).order_by(known_set.c.when_s.desc(), known_set.c.code).limit(limit)).all()
        return [KnownSet(code=row.code, cards=row.cards, left_out=_counts(row.left_out), when_s=row.when_s) for row in rows]

    def purge(self) -> None:
        """Deletes what is older than 30 days. What a clock that has jumped back says to come counts as now."""
        now_s = self._now()
        with self._ledger.writing() as connection:
            connection.execute(update(known_set).where(known_set.c.when_s > now_s).values(when_s=now_s))
            connection.execute(delete(known_set).where(known_set.c.when_s < now_s - KEPT_S))


def _counts(text: str) -> dict[str, int]:
    found: Any = json.loads(text)
    return {str(name): int(count) for name, count in found.items()}
