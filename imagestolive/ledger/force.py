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
THEN_MOST = 64  # moments in the past whose state is kept: each set has its own
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


class _Then(NamedTuple):
    """What was in force after some row."""

    blocked: Blocked
    lists: Mapping[str, str]
    own: frozenset[Held]


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
    _then: dict[tuple[int, str | None], _Then] = field(default_factory=dict)  # by seq and client, until there are more rows

    # ---- growing ----

    def add(self, rows: Iterable[Row]) -> None:
        touched: dict[Case, None] = {}
        for row in rows:
            self.newest = row.seq, row.id
            self._rows[row.id] = row
            case = self.case(row)
            self._cases.setdefault(case, []).append(row)
            touched[case] = None
        for case in touched:
            self._weigh(case)
        if touched:
            self._blocked = None
            self._then.clear()

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

    def then(self, seq: int, client: str | None) -> _Then:
        """What `blocked`, `lists` and `own` were after that row."""
        if (seq, client) not in self._then:
            if len(self._then) >= THEN_MOST:
                self._then.clear()
            self._then[seq, client] = self._fold_then(seq, client)
        return self._then[seq, client]

    def _fold_then(self, seq: int, client: str | None) -> _Then:
        """What is so today but for what later rows are about: of that, what came of the rows before them."""
        later = {self.case(row) for row in takewhile(lambda row: row.seq > seq, reversed(self._rows.values()))}
        past = Force()
        past.add(sorted(row for case in later for row in self._cases[case] if row.seq <= seq))
        parts: dict[str, dict[Any, Reason]] = {part: dict(found) for part, found in self._parts.items()}
        lists = dict(self._lists)
        for held in {held for case in later for held in (*self._given.get(case, ()), *past._given.get(case, ()))}:
            unchanged = {case: reason for case, reason in self._held.get(held, {}).items() if case not in later}
            reason = _strongest((unchanged | past._held.get(held, {})).values())
            if held.part == _LIST:
                lists.pop(held.key[0], None) if reason is None else lists.update([held.key])
            else:
                parts[held.part].pop(held.key, None) if reason is None else parts[held.part].update({held.key: reason})
        own = {case: held for case, held in self._own.get(client or "", {}).items() if case not in later}
        own |= past._own.get(client or "", {})
        version = hashlib.blake2b(repr((self._sum, seq)).encode(), digest_size=16).hexdigest()
        return _Then(Blocked(**cast(Any, parts), version=version), lists, frozenset().union(*own.values()))

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
