"""Reports, opt-outs and operators' decisions. Each is a row that is never changed or deleted, only superseded by a later one.

Only what visitors wrote in their own words is deleted: 30 days after the decision, or after a year without one.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, TextIO

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from imagestolive.care import Blocked, account, author_key, flag_key, url_key
from imagestolive.credits import clean
from imagestolive.datasets.flickr import photo_id
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.ledger import Ledger
from imagestolive.ledger.force import Case, Force, Row, joined
from imagestolive.ledger.schema import decision, hashed, secret, told
from imagestolive.sets import shown

Kind = Literal["report", "opt-out", "block", "allow", "undo"]  # allow: this may be shown, whatever was said before
Target = Literal["image", "photo", "author", "url", "domain", "sha256", "list"]  # list: of another operator's, as hashes
Effect = Literal["everywhere", "own", "waiting", "none"]  # own: in the sets of whoever reported it

REASONS: dict[str, str] = {
    "it shows me": N_("It shows me"),
    "it shows a child": N_("It shows a child"),
    "sexual or violent": N_("It is sexual or violent"),
    "degrading": N_("It degrades somebody, or its labels do"),
    "private": N_("It is private"),
    "I made it and did not agree": N_("I made it and did not agree to this"),
    "something else": N_("Something else"),
}
NOT_SAID = "not said"  # the reason of whoever gives none

REPORTS_MOST = 60  # of one client in an hour
OPT_OUTS_MOST = 10
HOUR_S = 3600.0
TOLD_S = 365 * 86400.0  # what visitors wrote, while nobody decides
TOLD_AFTER_S = 30 * 86400.0  # and once somebody has
WHY_MOST = 500  # characters
WHO_MOST = 80
CONTACT_MOST = 200
VALUE_MOST = 2000
QUEUE_MOST = 1000
_MOMENTS = "moments"  # the name of the secret that signs them

_SHA256 = re.compile("[0-9a-f]{64}", re.ASCII)
_PHOTO = re.compile("[1-9][0-9]{0,19}", re.ASCII)
_MOMENT = re.compile("([0-9]{1,18})-([0-9a-f]{16})", re.ASCII)
_HOST = re.compile(r"[^\s/@:.]+(\.[^\s/@:.]+)+")
_COUNTING = (
    decision.c.seq,
    decision.c.id,
    decision.c.decided,
    decision.c.kind,
    decision.c.target,
    decision.c.dataset,
    decision.c.value,
    decision.c.files,
    decision.c.force,
    decision.c.supersedes,
    decision.c.client,
    decision.c.photo,
)


class NoSuchEntry(ImagesToLiveError):
    sentence = N_("There is no such report or decision.")
    status = 404


class NotInForce(ImagesToLiveError):
    """Somebody was quicker."""

    sentence = N_("Somebody has decided this already, or taken it back. Look at it again.")
    status = 409


class UnknownReason(ImagesToLiveError):
    sentence = N_("“{typed}” is none of the reasons: {known}.")
    field = "reason"


class NotAKey(ImagesToLiveError):
    """Nothing that an image, a person or a place is known by."""

    sentence = N_("“{typed}” names no {target} that could be left out.")
    field = "value"


class TooMany(ImagesToLiveError):
    """More than one client may say within an hour."""

    status: ClassVar[int] = 429

    def __init__(self, *, retry_after_s: int, **facts: object) -> None:
        super().__init__(field=None, wait_min=math.ceil(retry_after_s / 60), **facts)
        self.retry_after_s = retry_after_s


class TooManyReports(TooMany):
    sentence = N_(
        "You have reported {most} images within an hour, and they are being looked at. "
        "This one was not reported: try again in {wait_min} minutes."
    )


class TooManyOptOuts(TooMany):
    sentence = N_("You have asked {most} times within an hour. This was not noted: try again in {wait_min} minutes, or write to us.")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the ledger."""

    id: str
    seq: int
    when_s: float
    who: str  # an operator's label; empty: a visitor
    decided: bool  # an operator's
    kind: Kind
    target: Target
    dataset: str | None  # of an image
    value: str  # as care.py writes keys
    files: tuple[str, ...]  # SHA-256 of the image's files, held back under any other name, too
    photo: str | None  # the same of the photograph, by Flickr's id
    reason: str  # of REASONS
    why: str
    force: Effect
    supersedes: str | None
    code: str | None  # of the set in which it was seen
    contact: str | None
    over: bool  # taken back, superseded or settled: it says nothing any more


class Facts(NamedTuple):
    """What is said besides: why, and which files are meant."""

    reason: str = "something else"  # of REASONS
    files: str = ""
    why: str = ""  # in an operator's words
    photo: str | None = None


class Decisions:
    """What may not be shown, as people say and operators decide. Safe for several threads and processes."""

    def __init__(
        self, ledger: Ledger, *, now: Callable[[], float] = time.time, token: Callable[[int], str] = secrets.token_urlsafe
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._token = token
        self._lock = threading.Lock()
        self._force = Force()
        self._lists: dict[str, frozenset[str]] = {}  # id of a row -> its hashes, which never change
        self._blocked: tuple[Blocked, Blocked] | None = None  # without and with the lists

    # ---- what is in force ----

    def blocked(self, client: str | None = None, as_of: int | None = None) -> Blocked:
        """What is left out; for a client also what it reported itself beyond what is hidden from everybody.

        `as_of`: what was, after the row of that number (`read_moment`).
        """
        by = client_hash(client) if client else None
        with self._seeing() as connection:
            if as_of is None or as_of >= self._force.newest[0]:
                everywhere, own = self._with_lists(connection), self._force.own(by) if by else frozenset()
            else:
                (plain, lists), own = self._force.then(as_of), self._force.own_then(as_of, by) if by else frozenset()
                everywhere = replace(plain, hashed=self._salts(connection, lists))
            return joined(everywhere, own) if own else everywhere  # within: it goes through what the next question may add to

    def moment(self, code: str) -> str:
        """Now, as the address of a set keeps it: the number of the newest row, signed for this set. An address that anybody could date back
        would tell whose images were taken out since."""
        with self._seeing() as connection:
            key, newest = self._key(connection), self._force.newest
        return f"{newest[0]}-{_signed(key or self._new_key(), code, *newest)}"

    def read_moment(self, code: str, typed: str) -> int | None:
        """The number of the newest row that there was then; None where this ledger never said so of that set, or has lost that row."""
        if not (found := _MOMENT.fullmatch(typed)):
            return None
        seq = int(found[1])
        with self._seeing() as connection:
            key, entry_id = self._key(connection), self._force.id_of(seq)
        known = key is not None and entry_id is not None and hmac.compare_digest(_signed(key, code, seq, entry_id), found[2])
        return seq if known else None

    @staticmethod
    def _key(connection: Connection) -> str | None:
        found: str | None = connection.scalar(select(secret.c.value).where(secret.c.name == _MOMENTS))
        return found

    def _new_key(self) -> str:
        with self._ledger.writing() as connection:
            if (known := self._key(connection)) is not None:
                return known
            connection.execute(insert(secret).values(name=_MOMENTS, value=(key := self._token(32))))
        return key

    def version(self) -> str:
        """Another one after every row."""
        with self._lock, self._ledger.reading() as connection:
            self._sync(connection)
            seq, entry_id = self._force.newest
        return f"{seq}-{entry_id}" if seq else ""

    def _with_lists(self, connection: Connection) -> Blocked:
        plain = self._force.blocked()
        if self._blocked is None or self._blocked[0] is not plain:
            salts = self._salts(connection, self._force.lists())
            self._blocked = plain, replace(plain, hashed=salts) if salts else plain
        return self._blocked[1]

    def _salts(self, connection: Connection, lists: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """The hashes of lists, by their salt."""
        salts: dict[str, frozenset[str]] = {}
        for entry_id, salt in lists.items():
            if entry_id not in self._lists:
                self._lists[entry_id] = frozenset(connection.scalars(select(hashed.c.hash).where(hashed.c.id == entry_id)))
            salts[salt] = salts.get(salt, frozenset()) | self._lists[entry_id]
        return salts

    def _sync(self, connection: Connection) -> None:
        """Reads what others have added; everything anew where the ledger is another one, as after a restore."""
        rows = self._rows_from(connection, self._force.newest[0])
        if self._force.newest[0] and (not rows or rows[0].id != self._force.newest[1]):
            self._force, self._lists, self._blocked = Force(), {}, None
            rows = self._rows_from(connection, 0)
        self._force.add(row for row in rows if row.seq > self._force.newest[0])

    def _rows_from(self, connection: Connection, seq: int) -> list[Row]:
        query = select(*_COUNTING).where(decision.c.seq >= seq).order_by(decision.c.seq)
        return [Row._make(row) for row in connection.execute(query)]

    # ---- what visitors say ----

    def report(
        self,
        *,
        client: str,
        dataset: str,
        image_id: str,
        reason: str,
        rows: int,
        sha256: str | None = None,
        photo: str | None = None,
        code: str | None = None,
        why: str = "",
    ) -> Entry:
        """Hides an image at once, and its file and photograph under any other name; `rows` is how many images its data set has, `photo`
        what Flickr calls it, if it is one of theirs.

        Reports alone hide at most max(20, 1 %) of a data set from everybody; one beyond that, and one of an image that an operator
        lets be shown, hides it from its reporter alone. The same image by the same client counts once. A file or photograph that an
        operator lets be shown under another name is not hidden with it.
        Raises UnknownReason, NotAKey, TooManyReports.
        """
        where = key("image", dataset, image_id)
        facts = Facts(reason=known_reason(reason), files=files_of([sha256] if sha256 else []), photo=_KEYS["photo"](photo or ""))
        client = client_hash(client)
        case = Case("report", "image", *where)
        with self._changing() as connection:
            decided, opened = self._force.standing(case)
            if same := next((row for row in opened if row.client == client), None):
                return self._entry(connection, same.id)
            self._check_rate(connection, client, "report", REPORTS_MOST, TooManyReports)
            force = self._report_force(case, decided, rows)
            facts = self._without_let(facts) if force == "everywhere" else facts
            added = self._add(connection, case, facts, kind="report", force=force, client=client, code=code and code[:16])
            self._tell(connection, added.id, why, None)
            return self._entry(connection, added.id)

    def _report_force(self, case: Case, decided: Row | None, rows: int) -> Effect:
        if decided is not None:
            return "own" if decided.kind == "allow" else "none"
        reported = self._force.reported(case.dataset or "")
        return "everywhere" if case in reported or len(reported) < max(20, rows // 100) else "own"

    def _without_let(self, facts: Facts) -> Facts:
        files = (sha256 for sha256 in facts.files.split() if not self._force.lets("sha256", sha256))
        photo = facts.photo if facts.photo and not self._force.lets("photos", facts.photo) else None
        return facts._replace(files=" ".join(files), photo=photo)

    def has_said(self, client: str) -> bool:
        """Whether a client has reported or asked for anything before, taken back or not."""
        with self._ledger.reading() as connection:
            query = select(decision.c.seq).where(decision.c.client == client_hash(client)).limit(1)
            return connection.scalar(query) is not None

    def own_report(self, client: str, dataset: str, image_id: str) -> Entry | None:
        """What a client reported of an image, while it may take that back: nobody has decided, and it has not yet. Raises NotAKey."""
        with self._seeing() as connection:
            _, opened = self._force.standing(Case("report", "image", *key("image", dataset, image_id)))
            own = next((row.id for row in opened if row.client == client_hash(client)), None)
            return self._entry(connection, own) if own else None

    def undo_report(self, entry_id: str, client: str) -> None:
        """Whoever reported an image takes it back. Raises NoSuchEntry, NotInForce."""
        with self._changing() as connection:
            row = self._force.find(entry_id)
            if row is None or row.kind != "report" or row.decided or row.client != client_hash(client):
                raise NoSuchEntry
            if not self._force.is_live(row):
                if self._force.is_decided(row):
                    raise NotInForce
                return
            case = self._force.case(row)
            self._add(connection, case, Facts(), kind="undo", force="none", supersedes=row.id, client=row.client)
            self._end_told(connection, [row.id])

    def opt_out(
        self,
        *,
        target: Target,
        dataset: str | None,
        value: str,
        sha256s: Sequence[str] = (),
        reason: str = "something else",
        why: str = "",
        contact: str | None = None,
        code: str | None = None,
        client: str | None = None,
    ) -> Entry:
        """What somebody asks to be left out: one image at once and everywhere; a whole account or domain waits for an operator.

        An address that is an account's page, or a host alone, is the account or the domain.
        Raises UnknownReason, NotAKey, and TooManyOptOuts where the client is known.
        """
        target, value = _meant(target, value)
        case = Case("opt-out", target, *key(target, dataset, value))
        facts = Facts(reason=known_reason(reason), files=files_of(sha256s))
        by = client_hash(client) if client else None
        with self._changing() as connection:
            if by:
                self._check_rate(connection, by, "opt-out", OPT_OUTS_MOST, TooManyOptOuts)
            force: Effect = "waiting" if target in ("author", "domain") else "everywhere"
            added = self._add(connection, case, facts, kind="opt-out", force=force, client=by, code=code and code[:16])
            self._tell(connection, added.id, why, contact)
            return self._entry(connection, added.id)

    def _check_rate(self, connection: Connection, client: str, kind: Kind, most: int, error: type[TooMany]) -> None:
        """What a clock that has jumped back says to come is not counted."""
        now_s = self._now()
        lately = decision.c.when_s > now_s - HOUR_S, decision.c.when_s <= now_s
        query = select(func.count(), func.min(decision.c.when_s)).where(decision.c.client == client, decision.c.kind == kind, *lately)
        count, first_s = connection.execute(query).one()
        if count >= most:
            raise error(retry_after_s=max(1, math.ceil(first_s + HOUR_S - now_s)), most=most)

    # ---- what operators decide ----

    def decide(self, entry_id: str, *, who: str, allow: bool, why: str = "") -> Entry:
        """Settles all that was said so far of the same thing for the same cause. Raises NoSuchEntry, NotInForce."""
        with self._changing() as connection:
            row = self._live(entry_id)
            if row.kind == "undo":
                raise NotInForce
            case = self._force.case(row)
            settled = [row, *self._force.standing(case)[1]]
            files = " ".join(dict.fromkeys(" ".join(said.files for said in settled).split()))
            photo = next((said.photo for said in settled if said.photo), None)
            facts = Facts(reason=self._entry(connection, row.id).reason, files=files, why=why, photo=photo)
            verdict: tuple[Kind, Effect] = ("allow", "none") if allow else (case.cause, "everywhere")
            entry = self._add(connection, case, facts, kind=verdict[0], force=verdict[1], supersedes=row.id, who=who)
            self._end_told(connection, [said.id for said in settled])
            return entry

    def undo(self, entry_id: str, *, who: str, why: str = "") -> Entry:
        """Takes an entry back, whoever made it: what was before it is in force again. Raises NoSuchEntry, NotInForce."""
        with self._changing() as connection:
            row = self._live(entry_id)
            facts = Facts(reason=self._entry(connection, row.id).reason, why=why)
            entry = self._add(connection, self._force.case(row), facts, kind="undo", force="none", supersedes=row.id, who=who)
            self._end_told(connection, [row.id])
            return entry

    def block(
        self,
        *,
        who: str,
        target: Target,
        dataset: str | None,
        value: str,
        reason: str = "something else",
        why: str = "",
        sha256s: Sequence[str] = (),
    ) -> Entry:
        """Leaves something out, everywhere. Raises UnknownReason, NotAKey."""
        case = Case("block", target, *key(target, dataset, value))
        facts = Facts(reason=known_reason(reason), files=files_of(sha256s), why=why)
        with self._changing() as connection:
            return self._add(connection, case, facts, kind="block", force="everywhere", who=who)

    def _live(self, entry_id: str) -> Row:
        row = self._force.find(entry_id)
        if row is None:
            raise NoSuchEntry
        if not self._force.is_live(row):
            raise NotInForce
        return row

    # ---- reading ----

    def find(self, entry_id: str) -> Entry:
        """Raises NoSuchEntry."""
        with self._seeing() as connection:
            if self._force.find(entry_id) is None:
                raise NoSuchEntry
            return self._entry(connection, entry_id)

    def queue(self, limit: int = QUEUE_MOST) -> list[Entry]:
        """What no operator has decided about, oldest first."""
        with self._seeing() as connection:
            ids = [row.id for row in self._force.waiting()[:limit]]
            found = {entry.id: entry for some in _some(ids) for entry in self._entries(connection, _words().where(decision.c.id.in_(some)))}
            return [found[entry_id] for entry_id in ids]

    def waiting(self) -> int:
        """How many entries wait for an operator."""
        with self._seeing():
            return len(self._force.waiting())

    def history(self, limit: int = 100, before: int | None = None) -> list[Entry]:
        """The newest entries, newest first; `before`: older than that seq."""
        query = _words().order_by(decision.c.seq.desc()).limit(limit)
        with self._seeing() as connection:
            return self._entries(connection, query if before is None else query.where(decision.c.seq < before))

    def effective(self) -> Iterator[tuple[Case, Entry]]:
        """What is left out everywhere, each with the entry that says so, oldest first."""
        with self._seeing() as connection:
            cases = sorted(self._force.effective(), key=lambda pair: pair[1].seq)
            entries = {
                entry.id: entry
                for some in _some([row.id for _, row in cases])
                for entry in self._entries(connection, _words().where(decision.c.id.in_(some)))
            }
        return ((case, entries[row.id]) for case, row in cases)

    def purge_contacts(self) -> None:
        """Deletes what visitors wrote and whose time is over. A clock that has jumped back does not lengthen it beyond the longest."""
        now_s = self._now()
        with self._ledger.writing() as connection:
            connection.execute(update(told).where(told.c.until_s > now_s + TOLD_S).values(until_s=now_s + TOLD_S))
            connection.execute(delete(told).where(told.c.until_s < now_s))

    # ---- lists ----

    def export_csv(self, out: TextIO) -> int:
        """What is left out by opt-outs and operators, as CSV without any visitor's words; how many lines. Reports wait to be checked."""
        from imagestolive.ledger.lists import write_csv

        return write_csv(self, out)

    def import_csv(self, file: Path, who: str) -> int:
        """Takes over such a list, as this operator's decisions; how many were new. All of it or, where a line is wrong, nothing."""
        from imagestolive.ledger.lists import read_csv

        return self.add_all(read_csv(file), who)

    def export_hashed(self, out: TextIO, salt: str) -> int:
        """The same as salted hashes, which nobody reads who does not know already what to look for; how many."""
        from imagestolive.ledger.lists import write_hashed

        return write_hashed(self, out, salt)

    def import_hashed(self, file: Path, who: str) -> int:
        """Takes over another operator's hashes, in place of an earlier list with the same salt; how many there are."""
        from imagestolive.ledger.lists import read_hashed

        salt, hashes = read_hashed(file)
        case = Case("block", "list", None, salt)
        with self._changing() as connection:
            before, _ = self._force.standing(case)
            supersedes = before.id if before else None
            facts = Facts(why=file.name)
            entry = self._add(connection, case, facts, kind="block", force="everywhere", who=who, supersedes=supersedes)
            for some in _some(sorted(hashes)):
                connection.execute(insert(hashed), [{"id": entry.id, "hash": value} for value in some])
        return len(hashes)

    def add_all(self, cases: Mapping[Case, Facts], who: str) -> int:
        """Decisions of an operator in one transaction, without those that stand already; how many."""
        with self._changing() as connection:
            new = [(case, facts) for case, facts in cases.items() if not self._stands(case, facts)]
            for case, facts in new:
                self._add(connection, case, facts, kind=case.cause, force="everywhere", who=who)
        return len(new)

    def _stands(self, case: Case, facts: Facts) -> bool:
        decided, _ = self._force.standing(case)
        if decided is None or decided.force != "everywhere" or facts.photo not in (None, decided.photo):
            return False
        return set(facts.files.split()) <= set(decided.files.split())

    # ---- rows ----

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction that has the ledger for itself, and knows all that stands in it."""
        with self._ledger.writing() as connection:
            with self._lock:
                self._sync(connection)
            yield connection

    @contextmanager
    def _seeing(self) -> Iterator[Connection]:
        with self._lock, self._ledger.reading() as connection:
            self._sync(connection)
            yield connection

    def _add(
        self, connection: Connection, case: Case, facts: Facts, *, kind: Kind, force: Effect, who: str | None = None, **more: object
    ) -> Entry:
        """`who`: an operator's label; None: a visitor."""
        entry_id = self._token(16)
        by = {"who": "" if who is None else _text(who, WHO_MOST) or "operator", "decided": who is not None}
        about = {"target": case.target, "dataset": case.dataset, "value": case.value, "kind": kind, "force": force}
        said = {"reason": facts.reason, "why": _text(facts.why, WHY_MOST), "files": facts.files, "photo": facts.photo}
        connection.execute(insert(decision).values(id=entry_id, when_s=self._now(), **by, **about, **said, **more))
        return self._entry(connection, entry_id)

    def _tell(self, connection: Connection, entry_id: str, why: str, contact: str | None) -> None:
        why, contact = _text(why, WHY_MOST), _text(contact or "", CONTACT_MOST)
        if why or contact:
            connection.execute(insert(told).values(id=entry_id, why=why, contact=contact, until_s=self._now() + TOLD_S))

    def _end_told(self, connection: Connection, ids: Sequence[str]) -> None:
        until_s = self._now() + TOLD_AFTER_S
        for some in _some(ids):
            connection.execute(update(told).where(told.c.id.in_(some), told.c.until_s > until_s).values(until_s=until_s))

    def _entry(self, connection: Connection, entry_id: str) -> Entry:
        (found,) = self._entries(connection, _words().where(decision.c.id == entry_id))
        return found

    def _entries(self, connection: Connection, query: Select[Any]) -> list[Entry]:
        saying: dict[Case, frozenset[str]] = {}  # a thousand reports may be of one image

        def is_over(entry_id: str) -> bool:
            if (known := self._force.find(entry_id)) is None:  # added in this very transaction
                return False
            case = self._force.case(known)
            if case not in saying:
                saying[case] = self._force.saying(case)
            return entry_id not in saying[case]

        return [_entry(row._asdict(), over=is_over(row.id)) for row in connection.execute(query)]


def _entry(row: dict[str, Any], *, over: bool) -> Entry:
    of_visitor, contact = row.pop("told_why"), row.pop("contact")
    row.pop("client")
    facts = {**row, "files": tuple(row["files"].split()), "why": row["why"] or of_visitor or "", "contact": contact or None}
    return Entry(**facts, over=over)


def _signed(key: str, code: str, seq: int, entry_id: str) -> str:
    """With the id of the row: in a ledger that was put back, another one has its number."""
    return hmac.new(key.encode(), f"{code} {seq} {entry_id}".encode(), hashlib.sha256).hexdigest()[:16]


def client_hash(client: str) -> str:
    """What stands for a client in the ledger, as it does in jobs."""
    return hashlib.sha256(client.encode()).hexdigest()


def known_reason(reason: str) -> str:
    """Raises UnknownReason."""
    if reason not in REASONS and reason != NOT_SAID:
        raise UnknownReason(typed=shown(reason), known=", ".join(REASONS))
    return reason


def files_of(sha256s: Iterable[str]) -> str:
    """Raises NotAKey."""
    return " ".join(dict.fromkeys(key("sha256", None, value)[1] for value in sha256s))


def key(target: Target, dataset: str | None, value: str) -> tuple[str | None, str]:
    """Data set and value as care.py writes keys; raises NotAKey.

    >>> key("author", None, "74881150%40n00"), key("url", None, "https://www.example.org/a.jpg#x")
    ((None, '74881150@N00'), (None, 'example.org/a.jpg'))
    """
    value = value.strip()
    found = _KEYS[target](value)
    if target == "image":
        place, found = flag_key(dataset or "", value)
        found = found if place and _is_storable(place) and len(place) <= VALUE_MOST else None
    else:
        place = None
    if not found or len(found) > VALUE_MOST or not _is_storable(found):
        raise NotAKey(typed=shown(value), target=target)
    return place, found


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda value: value if pattern.fullmatch(value) else None


_KEYS: dict[str, Callable[[str], str | None]] = {
    "image": lambda value: value,
    "photo": _matching(_PHOTO),
    "author": author_key,
    "url": lambda value: found if _host(found := url_key(value)) else None,
    "domain": lambda value: _host(url_key(value)),
    "sha256": lambda value: _matching(_SHA256)(value.lower()),
    "list": lambda _: None,
}


def _host(url: str) -> str | None:
    """Of an address as url_key writes it."""
    return _matching(_HOST)(re.split("[/?]", url, maxsplit=1)[0])


def _meant(target: Target, value: str) -> tuple[Target, str]:
    if target == "url":
        if photo_id(value) is None and (name := account(value)):
            return "author", name
        if (found := url_key(value)) == _host(found):
            return "domain", found
    return target, value


def _is_storable(text: str) -> bool:
    """Whether every database takes it."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _text(text: str, most: int) -> str:
    """What somebody wrote: one line, nothing unseen in it, not longer than that."""
    return (clean(text[: 4 * most]) or "")[:most].rstrip()


def _words() -> Select[Any]:
    """Rows with what visitors wrote."""
    return select(decision, told.c.why.label("told_why"), told.c.contact).join(told, told.c.id == decision.c.id, isouter=True)


def _some(values: Sequence[str], most: int = 500) -> Iterator[Sequence[str]]:
    """Databases take so many parameters at once and not more."""
    return (values[start : start + most] for start in range(0, len(values), most))
