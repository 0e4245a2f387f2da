"""Images fetched ahead of those who ask for them: one request at a time a host, several hosts at once.

Who asks waits for that image alone. What is fetched ahead decides nothing: it is there sooner, that is all.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from imagestolive.fetch.kept import Found
from imagestolive.records import ImageRecord

MOST_HOSTS = 32  # that are asked at the same time
SLOW_S = 2.0  # an image that takes longer gets a spare beside it
STEP_S = 0.1  # how often who waits looks whether to go on waiting


@dataclass(frozen=True, kw_only=True)
class Origin:
    """How the images of a data set are fetched."""

    hosts: tuple[str, ...]  # and those below them; "*": any public one
    kept: bool = True  # False: no longer than the job for which they were fetched
    sums: bool = False  # the MD5 sums of its records are those of the files at these addresses


Chain = Iterator[tuple[ImageRecord, Origin]]
Get = Callable[[ImageRecord, Origin, Callable[[], bool]], Found]  # the last: whether somebody waits for it


@dataclass(eq=False)
class _Task:
    record: ImageRecord
    origin: Origin
    outcome: Future[Found] = field(default_factory=Future)
    asked: bool = False  # somebody waits for it
    chains: list[Chain] = field(default_factory=list)  # to be gone on with if this image cannot be had


class Ahead:
    """`get` fetches one image and is called in threads of ours, which end when there is nothing more to do."""

    def __init__(self, get: Get, *, stopped: threading.Event) -> None:
        self._get, self._stopped = get, stopped
        self._quiet: set[str] = set()  # hosts of which nothing more is fetched ahead
        self._lock = threading.RLock()
        self._tasks: dict[str, _Task] = {}  # by address: waiting and under way
        self._waiting: dict[str, deque[_Task]] = {}  # by host
        self._busy: dict[str, tuple[_Task, float]] = {}  # what a host is being asked for, and since when
        self._threads = 0
        self._watched = False

    def plan(self, chains: Iterable[Chain]) -> None:
        for chain in chains:
            self._go_on(chain)

    def ask(self, record: ImageRecord, origin: Origin, check: Callable[[], None]) -> Found:
        """The outcome of one image, next in the row of its host unless it is under way. `check` may raise to stop waiting."""
        task = self._enter(record, origin, first=True)
        while True:
            try:
                return task.outcome.result(STEP_S)
            except NotYet:
                check()

    def drop(self) -> None:
        """Forgets what was planned and not begun."""
        with self._lock:
            for host, tasks in list(self._waiting.items()):
                for task in [task for task in tasks if not task.asked]:
                    tasks.remove(task)
                    del self._tasks[task.record.locator]
                if not tasks:
                    del self._waiting[host]
            for task in self._tasks.values():
                task.chains.clear()

    def wait(self, seconds: float) -> None:
        """Until nobody is asked any more, or for so long."""
        ends_s = time.monotonic() + seconds
        while self._threads and time.monotonic() < ends_s:
            time.sleep(0.01)

    def _go_on(self, chain: Chain) -> None:
        """Begins a chain, or its next image."""
        if self._stopped.is_set() or (entry := next(chain, None)) is None:
            return
        self._enter(*entry, chain=chain)

    def _enter(self, record: ImageRecord, origin: Origin, *, chain: Chain | None = None, first: bool = False) -> _Task:
        host = urlsplit(record.locator).hostname or ""
        with self._lock:
            task = self._tasks.get(record.locator)
            if task is None and chain is not None and host in self._quiet:
                return _Task(record, origin)
            if task is None:
                task = self._tasks[record.locator] = _Task(record, origin)
                row = self._waiting.setdefault(host, deque())
                row.appendleft(task) if first else row.append(task)
                self._employ()
            elif first and task in self._waiting.get(host, ()):
                self._waiting[host].remove(task)
                self._waiting[host].appendleft(task)
            task.asked |= first
            if chain is not None:
                task.chains.append(chain)
        return task

    def _employ(self) -> None:
        """Another thread, if there is a host that nobody asks."""
        if self._threads < MOST_HOSTS and any(tasks and host not in self._busy for host, tasks in self._waiting.items()):
            self._threads += 1
            threading.Thread(target=self._work, name="fetching", daemon=True).start()
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="watching", daemon=True).start()

    def _watch(self) -> None:
        """Gives each image that takes long a spare, as long as anybody is asked."""
        while True:
            time.sleep(SLOW_S / 4)
            with self._lock:
                if not self._threads:
                    self._watched = False
                    return
                slow = [task for task, since_s in self._busy.values() if time.monotonic() - since_s > SLOW_S]
            for task in slow:
                self._spare(task)

    def _next(self) -> tuple[str, _Task] | None:
        with self._lock:
            for host, tasks in self._waiting.items():
                if tasks and host not in self._busy:
                    task = tasks.popleft()
                    self._busy[host] = task, time.monotonic()
                    if not tasks:
                        del self._waiting[host]
                    return host, task
            self._threads -= 1
            return None

    def _work(self) -> None:
        while (entry := self._next()) is not None:
            host, task = entry
            try:
                self._settle(task)
            finally:
                with self._lock:
                    del self._busy[host]
                    self._tasks.pop(task.record.locator, None)
                    self._employ()

    def _settle(self, task: _Task) -> None:
        try:
            found = self._get(task.record, task.origin, lambda: task.asked)
        except BaseException as error:  # who waits for it is told
            task.outcome.set_exception(error)
            return
        if found.reason == "not reachable":
            self._leave_alone(task)
        if found.sha256 is None:
            self._spare(task)
        task.outcome.set_result(found)

    def _leave_alone(self, task: _Task) -> None:
        """Nothing more is fetched ahead from a host that did not answer, or asks for patience."""
        host = urlsplit(task.record.locator).hostname or ""
        with self._lock:
            self._quiet.add(host)
            for planned in [planned for planned in self._waiting.get(host, ()) if not planned.asked]:
                self._waiting[host].remove(planned)
                del self._tasks[planned.record.locator]
            if not self._waiting.get(host, True):
                del self._waiting[host]

    def _spare(self, task: _Task) -> None:
        """The next image of each chain that stands at this one. A chain that fails ends: the draw comes to the same fault, and tells it."""
        with self._lock:
            chains, task.chains = task.chains, []
        for chain in chains:
            with contextlib.suppress(Exception):
                self._go_on(chain)
