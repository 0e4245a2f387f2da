"""Decisions as tests make them: clients come by themselves, and time stands still until it is told to go on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import Decisions, Entry


@dataclass
class Office:
    """Decisions in which time stands still until it is told to go on."""

    ledger: Ledger
    now_s: float = 1_000_000_000.0
    _clients: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.decisions = self.opened()

    def opened(self) -> Decisions:
        """As another process opens them."""
        return Decisions(self.ledger, now=lambda: self.now_s)

    def report(self, image_id: str = "1", *, client: str | None = None, dataset: str = "coco", rows: int = 500, **more: object) -> Entry:
        """By somebody new, if nobody is named."""
        who = client or f"client {next(self._clients)}"
        return self.decisions.report(client=who, dataset=dataset, image_id=image_id, reason="private", rows=rows, **more)

    def opt_out(self, target: str = "photo", value: str = "946782888", **more: object) -> Entry:
        return self.decisions.opt_out(**{"target": target, "dataset": None, "value": value, **more})

    def hidden(self, client: str | None = None) -> set[str]:
        return {image_id for _, image_id in self.decisions.blocked(client).images}
