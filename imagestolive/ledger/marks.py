"""What somebody has said of the cards of a set: seen, or kept. Two people share their marks by a link.

Marks belong to whoever made them, known by a hash alone, or to a link: then everybody who knows it sees and makes them.
They are deleted 90 days after the last of them.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import client_hash
from imagestolive.ledger.schema import link
from imagestolive.ledger.schema import mark as marked

Said = Literal["kept", "seen"]

KEPT_S = 90 * 86400.0


class NoSuchLink(ImagesToLiveError):
    sentence = N_("This link leads to no set that somebody is looking through. Ask for a new one.")
    status = 404


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What was said of a card, and of which image: another one in its place is not seen yet."""

    mark: Said
    dataset: str
    image_id: str
    when_s: float


class Marks:
    """Safe for several threads and processes. `client` is a browser's random value, or what `join` gave it."""

    def __init__(
        self, ledger: Ledger, *, now: Callable[[], float] = time.time, token: Callable[[int], str] = secrets.token_urlsafe
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._token = token

    def seen(self, code: str, client: str) -> Mapping[int, Mark]:
        """Marks by slot."""
        with self._ledger.reading() as connection:
            query = select(marked).where(*_of(code, _owner(connection, code, client)))
            return {
                row.slot: Mark(mark=cast(Said, row.mark), dataset=row.dataset, image_id=row.image_id, when_s=row.when_s)
                for row in connection.execute(query)
            }

    def has(self, code: str, client: str, dataset: str, image_id: str) -> bool:
        """Whether anything was said of an image, in whatever slot."""
        with self._ledger.reading() as connection:
            its = marked.c.dataset == dataset, marked.c.image_id == image_id
            found = connection.scalar(select(marked.c.slot).where(*_of(code, _owner(connection, code, client)), *its).limit(1))
        return found is not None

    def all_seen(self, code: str, images: Mapping[int, tuple[str, str]]) -> bool:
        """Whether some one reviewer has said something of each of these images in its slot: (data set, image id) by slot."""
        with self._ledger.reading() as connection:
            query = select(marked.c.owner, marked.c.slot, marked.c.dataset, marked.c.image_id)
            found = connection.execute(query.where(marked.c.code == code, marked.c.slot.in_(images)))
            said = Counter(row.owner for row in found if images[row.slot] == (row.dataset, row.image_id))
        return not images or max(said.values(), default=0) == len(images)

    def keeper(self, code: str, client: str) -> str:
        """What whoever keeps images of a set is called in the links that show them to others: it lets nobody mark anything."""
        with self._ledger.reading() as connection:
            return _called(code, _owner(connection, code, client))

    def kept_by(self, code: str, keeper: str) -> frozenset[tuple[str, str]]:
        """Data set and id of each image that the keeper has kept; those of whoever shares a link since are the link's."""
        with self._ledger.reading() as connection:
            shared = {row.client: row.owner for row in connection.execute(select(link.c.client, link.c.owner).where(link.c.code == code))}
            rows = connection.execute(select(marked).where(marked.c.code == code, marked.c.mark == "kept")).all()
        owners = {owner for owner in {*shared, *(row.owner for row in rows)} if _called(code, owner) == keeper}
        owners |= {shared[owner] for owner in owners if owner in shared}
        return frozenset((row.dataset, row.image_id) for row in rows if row.owner in owners)

    def mark(self, code: str, client: str, slot: int, dataset: str, image_id: str, mark: Said | None) -> None:
        """Marks a card, in place of what was said of it before; None takes that back."""
        self.mark_all(code, client, {slot: (dataset, image_id)}, mark)

    def mark_all(self, code: str, client: str, images: Mapping[int, tuple[str, str]], mark: Said | None) -> None:
        """The same for many cards at once: (data set, image id) by slot."""
        with self._ledger.writing() as connection:
            owner = _owner(connection, code, client)
            rows: list[dict[str, Any]] = [
                {"code": code, "owner": owner, "slot": slot, "dataset": dataset, "image_id": image_id, "mark": mark, "when_s": self._now()}
                for slot, (dataset, image_id) in images.items()
            ]
            for start in range(0, len(rows), 500):
                some = rows[start : start + 500]
                connection.execute(delete(marked).where(*_of(code, owner), marked.c.slot.in_([row["slot"] for row in some])))
                if mark is not None:
                    connection.execute(insert(marked), some)

    def link(self, code: str, client: str) -> str:
        """The token of a link to one's marks of a set: the same one each time."""
        hashed = client_hash(client)
        with self._ledger.writing() as connection:
            found: str | None = connection.scalar(select(link.c.token).where(link.c.code == code, _its(hashed)).limit(1))
            if found is not None:
                return found
            token = self._token(16)
            owner = client_hash(token)
            connection.execute(insert(link).values(token=token, code=code, client=hashed, owner=owner, when_s=self._now()))
            connection.execute(update(marked).where(*_of(code, hashed)).values(owner=owner))
            return token

    def join(self, token: str) -> str:
        """What whoever opened a link is called from then on, for the link's set. Raises NoSuchLink."""
        self.set_of(token)
        return token

    def set_of(self, token: str) -> str:
        """The code of a link's set. Raises NoSuchLink."""
        with self._ledger.reading() as connection:
            code: str | None = connection.scalar(select(link.c.code).where(link.c.token == token)) if _is_text(token) else None
        if code is None:
            raise NoSuchLink
        return code

    def purge(self) -> None:
        """Deletes the marks of sets that nobody has looked through for 90 days, and links that lead to none. What a clock that has
        jumped back says to come counts as now."""
        now_s = self._now()
        with self._ledger.writing() as connection:
            for table in (marked, link):
                connection.execute(update(table).where(table.c.when_s > now_s).values(when_s=now_s))
            connection.execute(delete(marked).where(marked.c.when_s < now_s - KEPT_S))
            used = select(marked.c.owner).where(marked.c.owner == link.c.owner, marked.c.code == link.c.code).exists()
            connection.execute(delete(link).where(link.c.when_s < now_s - KEPT_S, ~used))


def _owner(connection: Connection, code: str, client: str) -> str:
    """Whose marks somebody sees: the link's that they made or opened, else their own."""
    hashed = client_hash(client)
    found: str | None = connection.scalar(select(link.c.owner).where(link.c.code == code, _its(hashed)).limit(1))
    return found or hashed


def _called(code: str, owner: str) -> str:
    return hashlib.sha256(f"keeper {code} {owner}".encode()).hexdigest()[:32]


def _its(hashed: str) -> ColumnElement[bool]:
    return or_(link.c.client == hashed, link.c.owner == hashed)


def _of(code: str, owner: str) -> tuple[ColumnElement[bool]]:
    return (and_(marked.c.code == code, marked.c.owner == owner),)


def _is_text(token: str) -> bool:
    return token.isascii() and token.isprintable()
