"""Draw, version 1: request + code + table sizes -> the image in each slot. Counter-based, whole numbers only, pure.

H(x...) = blake2b, 16 bytes, of the text `imagestolive/1|CODE|x|...`, big-endian; pick(n) = H * n >> 128.
Any machine draws the same, and replacing one card changes that card alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from imagestolive.sets import Pick, Request

ATTEMPTS = 1000


@dataclass(frozen=True, kw_only=True)
class Screened:
    """A row after screening: `sha256` is None when the image may not be used, or cannot be had."""

    image_id: str
    sha256: str | None


class Source(Protocol):
    """A data set as the draw sees it."""

    @property
    def rows(self) -> int: ...

    def screen(self, row: int) -> Screened:
        """Screens the image in that row."""

    def ids(self) -> Iterable[tuple[int, str]]:
        """All rows with their image ids; only asked for when 1,000 attempts found nothing."""


def number(code: str, *parts: object) -> int:
    """H, as a whole number of 128 bits.

    >>> f"{number('K7Q29FXD', 'mix', 1, 1):032x}"
    '194207ec8b3a65eda8bb9b8ff18bd4dd'
    """
    text = "|".join(["imagestolive/1", code, *map(str, parts)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")


def pick(n: int, code: str, *parts: object) -> int:
    """One of 0..n-1, uniformly."""
    return number(code, *parts) * n >> 128


def mix(code: str, person: int, weights: Mapping[str, int]) -> list[str]:
    """One person's order of data sets: weighted, without replacement."""
    left = sorted(weights)  # code point order
    order = []
    for step in range(1, len(left) + 1):
        place = pick(sum(weights[key] for key in left), code, "mix", person, step)
        for key in left:
            place -= weights[key]
            if place < 0:
                break
        order.append(key)
        left.remove(key)
    return order


def row(code: str, slot: int, key: str, attempt: int, rows: int) -> int:
    """The row a slot tries at its attempt 0..999."""
    return pick(rows, code, "row", slot, key, attempt)


def own_data_set(code: str, request: Request, slot: int) -> str:
    """The data set a slot asks for first: card c takes number (c-1) mod D of its person's order."""
    order = mix(code, request.person(slot), {part.key: part.weight for part in request.datasets})
    return order[(slot - 1) % request.cards % len(order)]


def turns(slots: int, refused: Sequence[Pick]) -> list[int]:
    """Slots never replaced, ascending; then each replaced slot once, by the order of its last refusal."""
    last = {no.slot: place for place, no in enumerate(refused)}
    return [slot for slot in range(1, slots + 1) if slot not in last] + sorted(last, key=last.__getitem__)


def draw(
    code: str,
    *,
    people: int,
    cards: int,
    weights: Mapping[str, int],
    sources: Mapping[str, Source],
    refused: Sequence[Pick] = (),
    kept: Mapping[int, Pick] | None = None,
    progress: Callable[[], None] = lambda: None,
) -> dict[int, Pick]:
    """The pick of every slot that something is left for, in ascending order of slots.

    `weights` are the request's data sets. A slot whose own data set has no source (it is no longer here) stays empty
    until a person replaces it: nothing is substituted in silence. `kept` are picks that stand as they are.
    `progress` is called once a slot.
    """
    picks = dict(kept or {})
    drawing = _Drawing(code=code, sources=sources, taken=[*refused, *picks.values()])
    replaced = {no.slot for no in refused}
    orders: dict[int, list[str]] = {}
    for slot in turns(people * cards, refused):
        progress()
        person, card = (slot - 1) // cards + 1, (slot - 1) % cards  # card from 0
        if person not in orders:
            orders[person] = mix(code, person, weights)
        if slot in picks:
            continue
        order = orders[person]
        for place in range(len(order)):
            key = order[(card + place) % len(order)]
            if key not in sources and slot not in replaced:
                break
            if key in sources and (found := drawing.find(slot, key)):
                picks[slot] = found
                break
    return dict(sorted(picks.items()))


class _Drawing:
    """What one draw has used up. A row that failed once, or is used, fails for the rest of the draw: it is tested once."""

    def __init__(self, *, code: str, sources: Mapping[str, Source], taken: Sequence[Pick]) -> None:
        self.code, self.sources = code, sources
        self.images = {image.image for image in taken}
        self.hashes = {image.sha256 for image in taken}
        self.spent: dict[str, set[int]] = {key: set() for key in sources}

    def find(self, slot: int, key: str) -> Pick | None:
        source, spent = self.sources[key], self.spent[key]
        for attempt in range(ATTEMPTS):
            if len(spent) == source.rows:
                return None
            tried = row(self.code, slot, key, attempt, source.rows)
            if tried not in spent and (found := self.take(slot, key, tried)):
                return found
        rest = ((number(self.code, "rest", slot, key, image_id), tried) for tried, image_id in source.ids() if tried not in spent)
        for _, tried in sorted(rest):
            if found := self.take(slot, key, tried):
                return found
        return None

    def take(self, slot: int, key: str, tried: int) -> Pick | None:
        self.spent[key].add(tried)
        screened = self.sources[key].screen(tried)
        if screened.sha256 is None or (key, screened.image_id) in self.images or screened.sha256 in self.hashes:
            return None
        found = Pick(slot=slot, dataset=key, image_id=screened.image_id, sha256=screened.sha256)
        self.images.add(found.image)
        self.hashes.add(found.sha256)
        return found
