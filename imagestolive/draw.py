"""Draw, version 1: request + code + table sizes -> the image in each slot. Counter-based, whole numbers only, pure.

H(x...) = blake2b, 16 bytes, of the text `imagestolive/1|CODE|x|...`, big-endian; pick(n) = H * n >> 128.
Any machine draws the same, and replacing one card changes that card alone.
"""

from __future__ import annotations

import hashlib
import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from imagestolive.sets import Pick, Request

ATTEMPTS = 1000
ROUND = 50_000  # rows put in order at once when the attempts found nothing: some 10 MiB, however many rows there are

Grouped = Literal["class", "author"]
By = Literal["image", Grouped]


@dataclass(frozen=True, kw_only=True)
class Screened:
    """A row after screening: `sha256` is None when the image may not be used, or cannot be had; empty where nobody knows its file."""

    image_id: str
    sha256: str | None


class Groups(Protocol):
    """The classes or authors of a data set, in code point order of their names; "" is one, where a row has none.

    No group is empty. A row stands in each of its groups.
    """

    @property
    def count(self) -> int: ...

    def rows(self, n: int) -> int:
        """How many rows group n has, n from 0."""

    def row(self, n: int, r: int) -> int:
        """Row r of group n, both from 0; a group's rows ascend."""


class Source(Protocol):
    """A data set as the draw sees it."""

    @property
    def rows(self) -> int: ...

    @property
    def candidates(self) -> Sequence[int] | None:
        """The only rows that can pass screening, ascending, where they are few and known beforehand; else None.

        They make a draw faster, not another one: every other row fails without being screened.
        """

    def screen(self, row: int) -> Screened:
        """Screens the image in that row."""

    def groups(self, by: Grouped) -> Groups: ...

    def ids(self) -> Iterable[tuple[int, str]]:
        """All rows, or the candidates, with their image ids; only asked for when 1,000 attempts found nothing."""


def number(code: str, *parts: object) -> int:
    """H, as a whole number of 128 bits.

    >>> f"{number('K7Q29FXD', 'mix', 1, 1):032x}"
    '194207ec8b3a65eda8bb9b8ff18bd4dd'
    """
    text = "|".join(["imagestolive/1", code, *map(str, parts)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")


def numbers(code: str, *parts: object) -> Callable[[object], int]:
    """H of these parts and one more, for many values of that one: it takes less than half the time.

    >>> numbers("K7Q29FXD", "mix", 1)(1) == number("K7Q29FXD", "mix", 1, 1)
    True
    """
    common = hashlib.blake2b("|".join(["imagestolive/1", code, *map(str, parts), ""]).encode(), digest_size=16)

    def with_last(part: object) -> int:
        whole = common.copy()
        whole.update(str(part).encode())
        return int.from_bytes(whole.digest(), "big")

    return with_last


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


def tries(code: str, slot: int, key: str, rows: int, groups: Groups | None = None) -> Iterator[int]:
    """The rows a slot tries, one an attempt: any of a data set's rows, or first a group, then any of that group's rows."""
    row_number = numbers(code, "row", slot, key)
    group_number = numbers(code, "group", slot, key)
    for attempt in range(ATTEMPTS):
        if groups is None:
            yield row_number(attempt) * rows >> 128
        else:
            group = group_number(attempt) * groups.count >> 128
            yield groups.row(group, row_number(attempt) * groups.rows(group) >> 128)


def own_data_set(code: str, request: Request, slot: int) -> str:
    """The data set a slot asks for first: card c takes number (c-1) mod D of its person's order."""
    order = mix(code, (slot - 1) // request.cards + 1, {part.key: part.weight for part in request.datasets})
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
    spare: int = 0,
    by: By = "image",
    refused: Sequence[Pick] = (),
    kept: Mapping[int, Pick] | None = None,
    progress: Callable[[], None] = lambda: None,
) -> dict[int, Pick]:
    """The pick of every slot that something is left for, in ascending order of slots.

    `weights` are the request's data sets. A slot whose own data set has no source (it is no longer here) stays empty
    until a person replaces it: nothing is substituted in silence. `by` says what has an equal chance: every image, every
    class or every author. `kept` are picks that stand as they are.
    `progress` is called once a slot.
    """
    picks = dict(kept or {})
    drawing = _Drawing(code=code, sources=sources, by=by, taken=[*refused, *picks.values()])
    replaced = {no.slot for no in refused}
    orders: dict[int, list[str]] = {}
    for slot in turns(people * cards + spare, refused):
        person, card = (slot - 1) // cards + 1, (slot - 1) % cards  # card from 0; spare slots go on counting
        if person not in orders:
            orders[person] = mix(code, person, weights)
        if slot in picks:
            progress()
            continue
        order = orders[person]
        for place in range(len(order)):
            key = order[(card + place) % len(order)]
            if key not in sources and slot not in replaced:
                break
            if key in sources and (found := drawing.find(slot, key)):
                picks[slot] = found
                break
        progress()
    return dict(sorted(picks.items()))


class _Drawing:
    """What one draw has used up. A row that failed once, or is used, fails for the rest of the draw: it is tested once."""

    def __init__(self, *, code: str, sources: Mapping[str, Source], by: By, taken: Sequence[Pick]) -> None:
        self.code, self.sources, self.by = code, sources, by
        self.images = {image.image for image in taken}
        self.hashes = {image.sha256 for image in taken}
        self.left: dict[str, _Left] = {}  # of the data sets that a slot has come to

    def find(self, slot: int, key: str) -> Pick | None:
        if key not in self.left:
            self.left[key] = _Left(self.sources[key], self.by)
        left = self.left[key]
        attempts = tries(self.code, slot, key, left.source.rows, left.groups)
        while left.count and (tried := next(attempts, None)) is not None:
            if tried in left and (found := self.take(slot, key, tried)):
                return found
        rest_number = numbers(self.code, "rest", slot, key)
        while left.count and (nearest := heapq.nsmallest(ROUND, ((rest_number(image_id), row) for row, image_id in left.ids()))):
            for _, tried in nearest:
                if found := self.take(slot, key, tried):
                    return found
        return None

    def take(self, slot: int, key: str, tried: int) -> Pick | None:
        self.left[key].remove(tried)
        screened = self.sources[key].screen(tried)
        if screened.sha256 is None or (key, screened.image_id) in self.images or (screened.sha256 and screened.sha256 in self.hashes):
            return None
        found = Pick(slot=slot, dataset=key, image_id=screened.image_id, sha256=screened.sha256)
        self.images.add(found.image)
        self.hashes.add(found.sha256)
        return found


class _Left:
    """The rows of a data set that may still be picked."""

    def __init__(self, source: Source, by: By) -> None:
        self.source = source
        self.groups = None if by == "image" else source.groups(by)
        self.candidates = source.candidates
        self.count = source.rows if self.candidates is None else len(self.candidates)
        self._few_ids: list[tuple[int, str]] | None = None  # the candidates', kept because every slot may ask for them
        self._gone: defaultdict[int, int] = defaultdict(int)  # one bit a row, 1024 rows together: small for a few rows and for all

    def __contains__(self, row: int) -> bool:
        if self._gone.get(row // 1024, 0) >> row % 1024 & 1:
            return False
        if self.candidates is None:
            return True
        place = bisect_left(self.candidates, row)
        return place < len(self.candidates) and self.candidates[place] == row

    def remove(self, row: int) -> None:
        self._gone[row // 1024] |= 1 << row % 1024
        self.count -= 1

    def ids(self) -> Iterator[tuple[int, str]]:
        """Row and image id of each."""
        if self.candidates is not None and self._few_ids is None:
            self._few_ids = list(self.source.ids())
        every = self.source.ids() if self._few_ids is None else self._few_ids
        return ((row, image_id) for row, image_id in every if row in self)
