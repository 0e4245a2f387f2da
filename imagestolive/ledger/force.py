"""What is in force: rows of decisions, folded in their order. Pure; knows no database.

Rows that name the same thing for the same cause (reports, opt-outs, operators' blocks) are a case. The newest row of an operator's
settles those before it; what comes after it is open again. A row that is superseded by one that still counts, counts no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any, Literal, NamedTuple, cast

from imagestolive.care import Blocked
from imagestolive.records import Reason

Cause = Literal["report", "opt-out", "block"]

GIVES: dict[Cause, Reason] = {"report": "reported", "opt-out": "withdrawn", "block": "flagged"}
_STRENGTH: tuple[Reason, ...] = ("reported", "flagged", "withdrawn")  # the last comes before all others
_PARTS = {"image": "images", "photo": "photos", "author": "authors", "url": "urls", "domain": "domains", "sha256": "sha256"}
PASTS_MOST = 64  # moments whose past is kept: each set has its own
_LIST = "list"  # the target of a row that takes over another operator's list of hashes: its value is their salt


class Row(NamedTuple):
    """What counts of a row of the ledger."""

    seq: int
    id: str
    decided: bool
    kind: str
    target: str
    dataset: str | None
    value: str
    files: str
    force: str
    supersedes: str | None
    client: str | None
    photo: str | None


class Case(NamedTuple):
    cause: Cause
    target: str
    dataset: str | None
    value: str


class Held(NamedTuple):
    """One entry of one part of what is blocked."""

    part: str
    key: Any


class _Changed(Mapping[Any, Reason]):
    """A mapping, and what is otherwise in it: None is not there."""

    def __init__(self, found: Mapping[Any, Reason], changes: Mapping[Any, Reason | None]) -> None:
        self._found, self._changes = found, changes

    def __getitem__(self, key: Any) -> Reason:
        if (reason := self._changes[key] if key in self._changes else self._found[key]) is None:
            raise KeyError(key)
        return reason

    def __iter__(self) -> Iterator[Any]:
        yield from (key for key in self._found if key not in self._changes)
        yield from (key for key, reason in self._changes.items() if reason is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass
class _Past:
    """What was in force after some row, where it is something else today; None: it was not."""

    upto: int  # the seq of the last row that was looked at for it
    later: set[Case] = field(default_factory=set)  # what rows after it are about
    force: Force = field(default_factory=lambda: Force())  # the rows of these up to it
    parts: dict[str, dict[Any, Reason | None]] = field(default_factory=lambda: {part: {} for part in _PARTS.values()})
    lists: dict[tuple[str, str], Reason | None] = field(default_factory=dict)


@dataclass
class Force:
    """Grows by rows, in their order. Not safe for several threads."""

    newest: tuple[int, str] = (0, "")  # seq and id of the last row
    _rows: dict[str, Row] = field(default_factory=dict)
    _cases: dict[Case, list[Row]] = field(default_factory=dict)
    _held: dict[Held, dict[Case, Reason]] = field(default_factory=dict)
    _given: dict[Case, frozenset[Held]] = field(default_factory=dict)
    _own: dict[str, dict[Case, frozenset[Held]]] = field(default_factory=dict)  # by client
    _let: dict[Held, set[Case]] = field(default_factory=dict)  # files and photographs of images that operators let be shown
    _lets: dict[Case, frozenset[Held]] = field(default_factory=dict)
    _owners: dict[Case, frozenset[str]] = field(default_factory=dict)
    _open: dict[Case, None] = field(default_factory=dict)
    _reported: dict[str, set[Case]] = field(default_factory=dict)  # by data set: hidden everywhere, and nobody has decided
    _sum: int = 0  # of hashes of what is blocked: equal for equal contents, in whatever order they came
    _parts: dict[str, dict[Any, Reason]] = field(default_factory=lambda: {part: {} for part in _PARTS.values()})
    _lists: dict[str, str] = field(default_factory=dict)  # id of a row -> salt
    _blocked: Blocked | None = None
    _pasts: dict[int, _Past] = field(default_factory=dict)  # by seq
    _ids: dict[int, str] = field(default_factory=dict)  # by seq

    # ---- growing ----

    def add(self, rows: Iterable[Row]) -> None:
        touched: dict[Case, None] = {}
        for row in rows:
            self.newest = row.seq, row.id
            self._rows[row.id] = row
            self._ids[row.seq] = row.id
            case = self.case(row)
            self._cases.setdefault(case, []).append(row)
            touched[case] = None
        for case in touched:
            self._weigh(case)
        if touched:
            self._blocked = None

    def _weigh(self, case: Case) -> None:
        decided, opened = self.standing(case)
        everywhere = [row for row in (decided, *opened) if row and row.force == "everywhere"]
        self._give(case, frozenset(held for row in everywhere for held in _of(row)))
        self._give_leave(case, frozenset(_besides(decided)) if decided and decided.kind == "allow" else frozenset())
        self._give_own(case, [row for row in opened if row.force == "own" and row.client])
        waits = bool(opened) and not (decided and decided.force == "everywhere")
        _keep(self._open, case, waits)
        if case.cause == "report" and case.dataset is not None:
            hides = any(row.force == "everywhere" for row in opened)
            reported = self._reported.setdefault(case.dataset, set())
            (reported.add if hides and waits else reported.discard)(case)

    def standing(self, case: Case) -> tuple[Row | None, list[Row]]:
        """The newest row of an operator that counts, and the rows of visitors after it."""
        live = [row for row in self._live(case) if row.kind != "undo"]
        decided = next((row for row in reversed(live) if row.decided), None)
        return decided, [row for row in live if not row.decided and (decided is None or row.seq > decided.seq)]

    def _live(self, case: Case) -> list[Row]:
        """The rows of a case that no row that counts has ended. A row is younger than what it ends."""
        ended: set[str | None] = set()
        live = []
        for row in reversed(self._cases.get(case, ())):
            if row.id not in ended:
                live.append(row)
                ended.add(row.supersedes)
        return live[::-1]

    def _give(self, case: Case, given: frozenset[Held]) -> None:
        before = self._given.get(case, frozenset())
        for held in before ^ given:
            cases = self._held.setdefault(held, {})
            if held in given:
                cases[case] = GIVES[case.cause]
            else:
                cases.pop(case, None)
            self._block(held, _strongest(cases.values()))
            if not cases:
                del self._held[held]
        _put(self._given, case, given)

    def _block(self, held: Held, reason: Reason | None) -> None:
        if held.part == _LIST:
            before = GIVES["opt-out"] if held.key[0] in self._lists else None
            self._lists.pop(held.key[0], None) if reason is None else self._lists.update([held.key])
            reason = reason and GIVES["opt-out"]
        else:
            part = self._parts[held.part]
            before = part.pop(held.key, None)
            if reason is not None:
                part[held.key] = reason
        for sign, what in ((-1, before), (1, reason)):
            if what is not None:
                digest = hashlib.blake2b(repr((*held, what)).encode(), digest_size=32).digest()
                self._sum = (self._sum + sign * int.from_bytes(digest)) % (1 << 256)

    def _give_leave(self, case: Case, let: frozenset[Held]) -> None:
        for held in self._lets.get(case, frozenset()) ^ let:
            cases = self._let.setdefault(held, set())
            (cases.add if held in let else cases.discard)(case)
            if not cases:
                del self._let[held]
        _put(self._lets, case, let)

    def _give_own(self, case: Case, rows: list[Row]) -> None:
        for client in self._owners.get(case, frozenset()):
            self._own[client].pop(case)
            if not self._own[client]:
                del self._own[client]
        for row in rows:
            self._own.setdefault(cast(str, row.client), {})[case] = frozenset(_of(row))
        _put(self._owners, case, frozenset(cast(str, row.client) for row in rows))

    # ---- asking ----

    def then(self, seq: int) -> tuple[Blocked, Mapping[str, str]]:
        """What was in force after that row, and the lists that were: what is so today, but for what later rows are about."""
        past = self._past_of(seq)
        today = self.blocked()
        parts: dict[str, Any] = {part: _Changed(getattr(today, part), changes) for part, changes in past.parts.items() if changes}
        version = hashlib.blake2b(repr((self._sum, seq)).encode(), digest_size=16).hexdigest()
        lists = {key: salt for (key, salt), reason in past.lists.items() if reason is not None}
        lists |= {key: salt for key, salt in self._lists.items() if (key, salt) not in past.lists}
        return replace(today, **parts, version=version), lists

    def _past_of(self, seq: int) -> _Past:
        """Brought up to date: what was in force then never changes, but more of it may have become something else today."""
        if seq not in self._pasts:
            if len(self._pasts) >= PASTS_MOST:
                self._pasts.clear()
            self._pasts[seq] = _Past(upto=seq)
        past = self._pasts[seq]
        touched = {self.case(row) for row in takewhile(lambda row: row.seq > past.upto, reversed(self._rows.values()))}
        new = touched - past.later
        past.later |= new
        past.upto = self.newest[0]
        past.force.add(sorted(row for case in new if self._cases[case][0].seq <= seq for row in self._cases[case] if row.seq <= seq))
        for held in {held for case in touched for held in (*self._given.get(case, ()), *past.force._given.get(case, ()))}:
            unchanged = {case: reason for case, reason in self._held.get(held, {}).items() if case not in past.later}
            changes = past.lists if held.part == _LIST else past.parts[held.part]
            changes[held.key] = _strongest((unchanged | past.force._held.get(held, {})).values())
        return past

    def own_then(self, seq: int, client: str) -> frozenset[Held]:
        """What was blocked besides in the sets of one client."""
        past = self._past_of(seq)
        own = {case: held for case, held in self._own.get(client, {}).items() if case not in past.later}
        return frozenset().union(*(own | past.force._own.get(client, {})).values())

    def id_of(self, seq: int) -> str | None:
        """The id of the row of that number; that of none is empty. None: there is no such row."""
        return self._ids.get(seq) if seq else ""

    def blocked(self) -> Blocked:
        """For everybody; `hashed` is left empty."""
        if self._blocked is None:
            empty = not self._lists and not any(self._parts.values())
            parts: dict[str, Any] = {name: dict(part) for name, part in self._parts.items()}
            self._blocked = Blocked(**parts, version="" if empty else f"{self._sum:064x}")
        return self._blocked

    def own(self, client: str) -> frozenset[Held]:
        """What is blocked besides in the sets of one client."""
        return frozenset().union(*self._own.get(client, {}).values())

    def lists(self) -> Mapping[str, str]:
        """Other operators' lists in force: id of the row -> salt."""
        return dict(self._lists)

    def find(self, entry_id: str) -> Row | None:
        return self._rows.get(entry_id)

    def case(self, row: Row) -> Case:
        """What a row is about; an undoing, and a leave to show, are about what they end."""
        cause = row.kind
        while cause not in GIVES:
            row = self._rows[cast(str, row.supersedes)]
            cause = row.kind
        return Case(cause, row.target, row.dataset, row.value)

    def is_live(self, row: Row) -> bool:
        """Whether no row that counts ends this one."""
        return row in self._live(self.case(row))

    def saying(self, case: Case) -> frozenset[str]:
        """The ids of the rows of a case that say something still: not ended, not settled by a later one."""
        decided, opened = self.standing(case)
        said = (row for row in (decided, *opened) if row)
        return frozenset(row.id for row in (*said, *(row for row in self._live(case) if row.kind == "undo")))

    def is_decided(self, row: Row) -> bool:
        """Whether an operator has said the last word on what a row is about."""
        decided, _ = self.standing(self.case(row))
        return decided is not None and decided.seq > row.seq

    def waiting(self) -> list[Row]:
        """Rows of visitors that no operator has decided about, oldest first."""
        return sorted(row for case in self._open for row in self.standing(case)[1])

    def reported(self, dataset: str) -> set[Case]:
        """Images of a data set that reports alone hide everywhere."""
        return self._reported.get(dataset, set())

    def lets(self, part: str, key: str) -> bool:
        """Whether an operator lets an image be shown that is this file ("sha256") or photograph ("photos")."""
        return Held(part, key) in self._let

    def effective(self) -> Iterator[tuple[Case, Row]]:
        """Cases that hide something everywhere, each with a row that does."""
        for case in self._given:
            decided, opened = self.standing(case)
            yield case, next(row for row in (decided, *opened) if row and row.force == "everywhere")


def joined(everywhere: Blocked, own: frozenset[Held]) -> Blocked:
    """What is blocked for a client that reported more than what is hidden from everybody."""
    more = [held for held in own if held.key not in getattr(everywhere, held.part)]
    if not more:
        return everywhere
    parts: dict[str, Any] = {}
    for part in {held.part for held in more}:
        parts[part] = {**getattr(everywhere, part), **{held.key: GIVES["report"] for held in more if held.part == part}}
    version = hashlib.blake2b(repr((everywhere.version, sorted(more))).encode(), digest_size=16).hexdigest()
    return replace(everywhere, **parts, version=version)


def _of(row: Row) -> Iterator[Held]:
    if row.target == _LIST:
        yield Held(_LIST, (row.id, row.value))
        return
    yield Held(_PARTS[row.target], (row.dataset, row.value) if row.target == "image" else row.value)
    yield from _besides(row)


def _besides(row: Row) -> Iterator[Held]:
    """What an image is under its other names."""
    yield from (Held("sha256", sha256) for sha256 in row.files.split())
    if row.photo:
        yield Held("photos", row.photo)


def _strongest(reasons: Iterable[Reason]) -> Reason | None:
    return max(reasons, key=_STRENGTH.index, default=None)


def _keep(places: dict[Case, None], case: Case, wanted: bool) -> None:
    if wanted:
        places[case] = None
    else:
        places.pop(case, None)


def _put(places: dict[Case, Any], case: Case, value: frozenset[Any]) -> None:
    if value:
        places[case] = value
    else:
        places.pop(case, None)
