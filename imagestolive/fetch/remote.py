"""An image's address to its bytes: out of what is kept, else from where it lives, politely; and whether its maker took it back.

Pages ask without a network: what is not kept is then `ToBeFetched`. Jobs and the command line hand one in.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from urllib.parse import urlsplit

from imagestolive.errors import N_
from imagestolive.fetch.addresses import Problem
from imagestolive.fetch.ahead import Ahead, Chain, Origin
from imagestolive.fetch.kept import Found, Kept
from imagestolive.fetch.network import (
    Answer,
    AskedTooOften,
    HostFailed,
    Network,
    NotFound,
    OddAnswer,
    Refused,
    TooBig,
    TooSlow,
    Unreachable,
    problem_saying,
)
from imagestolive.fetch.problems import (
    AddressRefused,
    AskedNotTo,
    Gone,
    NoImageThere,
    NotFetched,
    NothingReachable,
    NotKept,
    NotReachable,
    ToBeFetched,
    TooLarge,
)
from imagestolive.fetch.robots import Robots, forbids
from imagestolive.records import FetchedImage, ImageRecord, Reason

MOST_BYTES = 64 * 2**20
ATTEMPTS = 3
WAIT_MOST_S = 5.0  # a host that wants us to wait longer is left alone for so long, and its image is not reachable
PAUSE_S = 60.0  # of a host that says "too often" and not for how long, or that is taken to be dead
GIVE_UP_AFTER = 50  # images one after the other, of whatever host, that could not be reached
STOP_S = 1.5  # what is under way is waited for so long, so that nothing is kept for a job that is over
DEAD_AFTER = 3  # images one after the other that a host gives no answer to
ONWARD_S = 300.0  # for an image that a host says lies at another one: the turns that are waited for there, and all that is asked

# datasets.md and several downloaders name these: https://s.yimg.com/pw/images/en-us/photo_unavailable_l.png
_PLACEHOLDER = re.compile(r"photo_unavailable(_[a-z]+)?\.png$")
_TAKEN_BACK = frozenset({401, 403, 404, 410, 451})
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOO_MANY = 429
_JPEG_NAME = re.compile(r"\.jpe?g$", re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"
_IMAGES = (b"\xff\xd8\xff", _PNG, b"GIF8", b"II*\0", b"MM\0*", b"BM", b"P1", b"P2", b"P3", b"P4", b"P5", b"P6")


class Watching(Protocol):
    """Who waits for images."""

    def check(self) -> None:
        """Raises to give up."""

    def told(self, reason: Reason | None, /) -> None:
        """An image came over the network, or did not; called from several threads."""


class _Nobody:
    def check(self) -> None: ...

    def told(self, reason: Reason | None, /) -> None: ...


class Remote:
    """Images by their addresses. Safe for several threads.

    `scope` names the job for which images are kept that may not be kept for longer.
    """

    def __init__(
        self,
        network: Network | None,
        kept: Kept,
        *,
        robots: Robots | None = None,
        scope: str | None = None,
        watch: Watching | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._network, self._kept, self._scope = network, kept, scope
        self._robots = robots or (Robots(network, now=now) if network else None)
        self._watch = watch or _Nobody()
        self._now, self._sleep, self._chance = now, sleep, chance
        self._began_s = now()
        self._dead: Counter[str] = Counter()  # images that a host gave no answer to, since it last gave one
        self._dead_until_s: dict[str, float] = {}
        self._silent = 0  # images that could not be reached, since one was
        self._last_problem: object = LeftAlone()
        self._stopped = threading.Event()
        self._ahead = Ahead(self._get, stopped=self._stopped)

    def fetch(self, record: ImageRecord, origin: Origin) -> FetchedImage:
        """The bytes at a record's address, whole. Raises NotFetched; ToBeFetched where there is no network; what `watch` raises."""
        for _ in range(2):  # what was kept a moment ago may have had to make room
            found = self._known(record) or self._fetched(record, origin)
            if found.sha256 is None:
                raise _as_error(found, record)
            if (data := self._kept.data(found)) is not None:
                if self._scope is not None and not origin.kept:
                    self._kept.adopt(found.url, self._scope)
                return FetchedImage(record=record, data=data, sha256=found.sha256)
        raise NotReachable(image=record.image_id, problem=Evicted())

    def plan(self, chains: Iterable[Chain]) -> None:
        """Fetches ahead of those who will ask: of each chain the first image that can be had. Says nothing of what was found."""
        if self._network is not None:
            self._ahead.plan(self._unknown(chain) for chain in chains)

    def stop(self) -> None:
        """Nothing more is fetched; what is under way is given up."""
        self._stopped.set()
        self._ahead.drop()
        self._ahead.wait(STOP_S)

    def drop_plans(self) -> None:
        """What was planned and not begun is not fetched."""
        self._ahead.drop()

    def _unknown(self, chain: Chain) -> Chain:
        """A chain as far as nothing is known; it ends at the first image that is kept."""
        for record, origin in chain:
            known = self._known(record)
            if known is None:
                yield record, origin
            elif known.sha256 is not None:
                return

    def _known(self, record: ImageRecord) -> Found | None:
        """What is kept of an address. What could not be reached before this work began is asked for again, where there is a network."""
        found = self._kept.find(record.locator)
        if found is None or self._network is None or found.reason != "not reachable":
            return found
        return found if found.when_s >= self._began_s else None

    def _fetched(self, record: ImageRecord, origin: Origin) -> Found:
        if self._network is None:
            raise ToBeFetched
        if self._silent >= GIVE_UP_AFTER:
            raise NothingReachable(n=GIVE_UP_AFTER, problem=self._last_problem)
        return self._ahead.ask(record, origin, self._watch.check)

    # ---- one image, in a thread of Ahead's ----------------------------------------------------------------------------

    def _get(self, record: ImageRecord, origin: Origin, asked: Callable[[], bool]) -> Found:
        """Asks for an image, and keeps what came of it. Raises Stopped, and what ends the whole work: NoRoomLeft, NotKept.

        That an image cannot be reached counts only where somebody asked for it: what is fetched ahead decides nothing.
        """
        came: Found | _Step = _Step(url=record.locator)
        while isinstance(came, _Step):  # the turn at one host is over before the next is waited for
            check = partial(self._in_time, record, came.ends_s)
            try:
                with self._kept.host(came.host, check):
                    if (known := self._known(record)) is not None:  # another process was faster
                        return known
                    came = self._kept_of(record, origin, came, asked, check)
            except NotReachable as error:  # its turn did not come
                came = self._noted(record, origin, error, asked)
        found = came
        if found.reason == "not reachable":
            if not asked():
                return found
            self._silent += 1
            if found.problem != LeftAlone.sentence:
                self._last_problem = problem_saying(found.problem)
        else:
            self._silent = 0
        self._watch.told(found.reason)
        return found

    def _kept_of(
        self, record: ImageRecord, origin: Origin, step: _Step, asked: Callable[[], bool], check: Callable[[], None]
    ) -> Found | _Step:
        """What came of one host, and is kept before another process may ask it; or where to go on."""
        try:
            came = self._tried(record, origin, step, asked, check)
            self._check()  # nothing is kept for a job that is over
            return came if isinstance(came, _Step) else self._kept.keep(record.locator, came, scope=self._scope_of(origin))
        except NotFetched as error:
            return self._noted(record, origin, error, asked)
        except OSError as error:
            raise _not_kept(error) from None

    def _noted(self, record: ImageRecord, origin: Origin, error: NotFetched, asked: Callable[[], bool]) -> Found:
        if error.reason == "not reachable" and not asked():
            return Found(url=record.locator, sha256=None, reason=error.reason, problem="", when_s=self._now())
        try:
            said = error.facts["host"] if isinstance(error, AskedNotTo) else error.facts.get("problem", "")
            return self._kept.note(record.locator, error.reason, str(said), scope=self._scope_of(origin))
        except OSError as failed:
            raise _not_kept(failed) from None

    def _scope_of(self, origin: Origin) -> str | None:
        return None if origin.kept else self._scope

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Stopped

    def _in_time(self, record: ImageRecord, ends_s: float) -> None:
        self._check()
        if self._now() > ends_s:
            raise NotReachable(image=record.image_id, problem=TooSlow())

    def _tried(
        self, record: ImageRecord, origin: Origin, step: _Step, asked: Callable[[], bool], check: Callable[[], None]
    ) -> bytes | _Step:
        """The image, where this host has it; or the next host, where it leads there."""
        network, robots, host = self._network, self._robots, step.host
        assert network is not None and robots is not None  # noqa: S101, PT018 (or nothing would be asked)
        for attempt in range(ATTEMPTS):
            if self._dead_until_s.get(host, 0.0) > self._now() or self._kept.paused(host) is not None:
                raise NotReachable(image=record.image_id, problem=LeftAlone())
            try:
                if not robots.may(step.url, origin.hosts, check=check):
                    raise AskedNotTo(image=record.image_id, host=host)
                answer = network.get(step.url, origin.hosts, most_bytes=MOST_BYTES, check=check, hops=step.hops, stay=True)
            except Refused as refused:
                if any(map(_is_placeholder, (*refused.hops, refused.url))):
                    raise Gone(image=record.image_id) from None
                raise AddressRefused(image=record.image_id, problem=refused.problem) from None
            except TooBig:
                raise TooLarge(image=record.image_id, most=MOST_BYTES) from None
            except Unreachable as error:
                problem, wait_s = error.problem, error.retry_after_s
                again = not isinstance(problem, (NotFound, TooSlow))  # who was waited for once is not waited for three times
            else:
                self._dead[host] = 0
                if answer.onward is not None:
                    return _Step(url=answer.onward.url, hops=answer.hops, ends_s=min(step.ends_s, self._now() + ONWARD_S))
                if answer.status not in _TRY_AGAIN:
                    return _image(answer, record, origin, host)
                problem = AskedTooOften() if answer.status == _TOO_MANY else HostFailed()
                wait_s, again = answer.retry_after_s(self._now()), True
            if isinstance(problem, AskedTooOften) and (wait_s is None or attempt + 1 == ATTEMPTS):
                wait_s = max(wait_s or 0.0, PAUSE_S)
            if wait_s is not None and wait_s > WAIT_MOST_S and asked():
                self._kept.pause(host, self._now() + wait_s)
            if not again or not asked() or (wait_s is not None and wait_s > WAIT_MOST_S):
                break
            if attempt + 1 < ATTEMPTS:
                self._wait(max(0.5 * 2**attempt * (1 + self._chance()), wait_s or 0.0))
        if asked() and not isinstance(problem, (HostFailed, AskedTooOften)):
            self._dead[host] += 1
            if self._dead[host] >= DEAD_AFTER:
                self._dead_until_s[host] = self._now() + PAUSE_S  # for this work alone: others may find it alive again
        raise NotReachable(image=record.image_id, problem=problem)

    def _wait(self, seconds: float) -> None:
        """In steps, so that giving up does not wait."""
        while seconds > 0:
            self._check()
            self._sleep(min(seconds, 0.1))
            seconds -= 0.1


@dataclass(frozen=True, kw_only=True)
class _Step:
    """What one host is to be asked for."""

    url: str
    hops: tuple[str, ...] = ()  # asked before it
    ends_s: float = math.inf  # unix time

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


class Stopped(Exception):
    """Nobody waits any more."""


class Evicted(Problem):
    sentence = N_("it could not be kept for long enough: the cache is too small")


class LeftAlone(Problem):
    sentence = N_("its host is left alone for a while")


def _not_kept(error: OSError) -> NotKept:
    return NotKept(problem=error.strerror or str(error))


def _is_placeholder(url: str) -> bool:
    return _PLACEHOLDER.search(urlsplit(url).path) is not None


def _image(answer: Answer, record: ImageRecord, origin: Origin, host: str) -> bytes:
    """The image in a final answer. Raises NotFetched."""
    image = record.image_id
    if answer.status in _TAKEN_BACK or any(map(_is_placeholder, answer.hops)):
        raise Gone(image=image)
    if answer.status != 200:
        raise NotReachable(image=image, problem=OddAnswer())
    if forbids(answer.all("x-robots-tag")):
        raise AskedNotTo(image=image, host=host)
    data = answer.body
    if data.startswith(_PNG) and _JPEG_NAME.search(urlsplit(record.locator).path):
        raise Gone(image=image)  # the picture that says there is none
    if not (data.startswith(_IMAGES) or data[8:12] == b"WEBP" or data[4:8] == b"ftyp"):  # the last is told apart by who reads pictures
        raise NoImageThere(image=image)
    if origin.sums and record.md5 not in (None, hashlib.md5(data, usedforsecurity=False).hexdigest()):
        raise Gone(image=image)
    return data


_ERRORS: dict[Reason, type[NotFetched]] = {
    "gone": Gone,
    "asked not to": AskedNotTo,
    "not an image": NoImageThere,
    "address refused": AddressRefused,
    "unreadable": TooLarge,
}


def _as_error(found: Found, record: ImageRecord) -> NotFetched:
    kind = _ERRORS.get(found.reason or "not reachable", NotReachable)
    host = found.problem or urlsplit(found.url).hostname or ""  # of "asked not to": the one that asks
    return kind(image=record.image_id, problem=problem_saying(found.problem), host=host, most=MOST_BYTES)
