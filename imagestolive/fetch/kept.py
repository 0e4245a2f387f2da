"""Images from the network, kept on disk: the cache.

    FOLDER/objects/ab/cdef…     the bytes of an image, under their SHA-256
    FOLDER/partial/…            what is being written
    FOLDER/hosts/…              the locks of hosts
    FOLDER/index-1.sqlite3      which address gave what, when, and for whom it is kept

Nothing here is flushed to the disk: what a power loss cuts short does not have its SHA-256, and is fetched again. An object is put in place
and taken away only by who has the index for writing, so a row and its object come and go together; whoever is killed in between leaves
an object without a row, which `tidy` takes away, or a row without an object, which the next reader does. FOLDER can be deleted at any time.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import shutil
import sqlite3
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch.index import Index
from imagestolive.records import Reason

LEAST_FREE = 0.05  # of the disk
ROW_BYTES = 1024  # what an address costs besides its image, so that many without one count too
AFTER_EVICTION = 0.9  # of the bound
SCOPE_S = 24 * 60 * 60  # no job takes longer: the images of one that was killed go after this time
PAUSE_MOST_S = 24 * 60 * 60
LEFT_OVER_S = 10 * 60  # a file without a row may be in the making until then
MARKED_S = 60 * 60  # a use is marked this often: a reader seldom writes
TIDIED_S = 60 * 60
HOST_S = 24 * 60 * 60
CHECKED_S = 0.1

_REASONS = frozenset(get_args(Reason))
_BATCH = 100  # rows dropped in one transaction, so that others get their turn


class NoRoomLeft(ImagesToLiveError):
    sentence = N_("Images from the network cannot be kept: less than 5 percent of the disk is free.")
    status = 507


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is known of an address."""

    url: str
    sha256: str | None  # None: it gave no image
    reason: Reason | None  # why not
    problem: str  # "" or detail in a few words
    when_s: float  # unix time it was fetched


class Kept:
    """Images from the network, on disk: content-addressed, complete or absent, bounded in size and age. Safe for several threads and
    processes.

    `most_bytes` holds after `tidy`; in between each process may be above it by a fiftieth. `free`: the share of a folder's disk, 0..1.
    Reading never raises: what cannot be read is not known. Writing raises OSError where the folder cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int,
        most_days: int,
        now: Callable[[], float] = time.time,
        free: Callable[[Path], float] | None = None,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_s = most_days * 24 * 60 * 60
        self._now = now
        self._free = free or _free_share
        self._index = Index(folder / "index-1.sqlite3")
        self._lock = threading.Lock()  # of the two below
        self._unseen_bytes = 0  # kept since the size was last looked at
        self._turns: weakref.WeakValueDictionary[str, threading.Lock] = weakref.WeakValueDictionary()
        self._tidied_s: float | None = None

    # ---- images -------------------------------------------------------------------------------------------------------

    def find(self, url: str) -> Found | None:
        now = self._now()
        for sha256, reason, problem, when_s, used_s in self._read(_FIND, (_key(url), now - self._most_s, now - SCOPE_S)):
            if (sha256 is None) != (reason in _REASONS):
                return None  # written by another version
            if abs(now - used_s) > MARKED_S:
                self._quietly(lambda base: base.execute("UPDATE entry SET used_s = ? WHERE url = ?", (_used_s(base, now), _key(url))))
            return Found(url=url, sha256=sha256, reason=reason, problem=problem, when_s=when_s)
        return None

    def data(self, found: Found) -> bytes | None:
        """The bytes of an image; None where they are gone or damaged: then the address is forgotten, and has to be fetched again."""
        if found.sha256 is None:
            return None
        try:
            data = self._object(found.sha256).read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError:
            return None
        if _sha256(data) == found.sha256:
            return data
        self._quietly(lambda base: self._forget_object(base, str(found.sha256)))
        return None

    def keep(self, url: str, data: bytes, *, scope: str | None = None) -> Found:
        """Keeps an image, in a scope only as long as that, or for good. Raises NoRoomLeft, OSError: then nothing is left of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._free(self._folder) < LEAST_FREE:
            raise NoRoomLeft
        sha256 = _sha256(data)
        with self._written(data) as partial:

            def put(base: sqlite3.Connection) -> Found:
                _place(partial, self._object(sha256), sha256)
                return self._insert(base, url, sha256, len(data), scope=scope)

            found = self._write(put)
        self._look_after(len(data) + ROW_BYTES)
        return found

    def note(self, url: str, reason: Reason, problem: str, *, scope: str | None = None) -> Found:
        """Keeps in mind that an address gives no image. Raises OSError."""
        found = self._write(lambda base: self._insert(base, url, reason=reason, problem=_clean(problem), scope=scope))
        self._look_after(ROW_BYTES)
        return found

    def adopt(self, url: str, scope: str) -> None:
        """Another job uses an image that is kept for one: it stays until the last of them is over, and no longer."""
        query = "SELECT 1 FROM scope JOIN entry USING (url) WHERE name = ? AND url = ? AND NOT lasting"
        if self._read(query, (scope, _key(url))):
            return

        def add(base: sqlite3.Connection) -> None:
            now = self._now()
            if base.execute(_FIND, (_key(url), now - self._most_s, now - SCOPE_S)).fetchone():
                base.execute("UPDATE entry SET lasting = 0 WHERE url = ?", (_key(url),))
                base.execute("INSERT OR REPLACE INTO scope VALUES (?, ?, ?)", (scope, _key(url), now))

        self._quietly(add)

    def forget(self, scope: str) -> None:
        """Drops the images of a job that is over, save those which another one uses."""

        def drop(base: sqlite3.Connection) -> None:
            base.execute("DELETE FROM scope WHERE name = ?", (scope,))
            self._drop(base, base.execute(_OUT_OF_SCOPE, (-1,)).fetchall())

        self._quietly(drop)
        self._look_after(0)

    def _insert(
        self,
        base: sqlite3.Connection,
        url: str,
        sha256: str | None = None,
        size_bytes: int = 0,
        *,
        reason: Reason | None = None,
        problem: str = "",
        scope: str | None,
    ) -> Found:
        """Whatever was known of the address goes. What was ever kept for a job stays a job's."""
        now, key = self._now(), _key(url)
        alive = base.execute(_FIND, (key, now - self._most_s, now - SCOPE_S)).fetchone()
        before = base.execute("SELECT url, sha256, lasting FROM entry WHERE url = ?", (key,)).fetchall()
        lasting = scope is None and (alive is None or before[0][2])
        self._drop(base, [row[:2] for row in before if row[1] != sha256], scopes=False)
        base.execute(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (key, sha256, size_bytes, reason, problem, now, _used_s(base, now), lasting),
        )
        if scope is not None:
            base.execute("INSERT OR REPLACE INTO scope VALUES (?, ?, ?)", (scope, key, now))
        return Found(url=url, sha256=sha256, reason=reason, problem=problem, when_s=now)

    def _drop(self, base: sqlite3.Connection, rows: Iterable[tuple[bytes, str | None]], *, scopes: bool = True) -> None:
        """Addresses with their SHA-256, and the objects that no other address gave."""
        for key, sha256 in rows:
            base.execute("DELETE FROM entry WHERE url = ?", (key,))
            if scopes:
                base.execute("DELETE FROM scope WHERE url = ?", (key,))
            if sha256 is not None:
                self._drop_object(base, sha256)

    def _drop_object(self, base: sqlite3.Connection, sha256: str) -> bool:
        """Takes an object away unless an address has it."""
        if base.execute("SELECT 1 FROM entry WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone():
            return False
        with contextlib.suppress(OSError):  # on Windows somebody reads it: `tidy` comes by again
            self._object(sha256).unlink(missing_ok=True)
        return True

    def _forget_object(self, base: sqlite3.Connection, sha256: str) -> None:
        if not _is_sound(self._object(sha256), sha256):  # else another process has just fetched it again
            self._drop(base, base.execute("SELECT url, sha256 FROM entry WHERE sha256 = ?", (sha256,)).fetchall())
            self._drop_object(base, sha256)

    def _object(self, sha256: str) -> Path:
        return self._folder / "objects" / sha256[:2] / sha256[2:]

    @contextlib.contextmanager
    def _written(self, data: bytes) -> Iterator[Path]:
        """A file with `data`, gone afterwards unless it was put elsewhere. Raises NoRoomLeft, OSError."""
        folder = self._folder / "partial"
        folder.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        try:
            try:
                with open(handle, "wb") as file:
                    file.write(data)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise NoRoomLeft from None
                raise
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    # ---- hosts --------------------------------------------------------------------------------------------------------

    def pause(self, host: str, until_s: float) -> None:
        """A host asked to be left alone until then, unix time, for a day at most."""
        until_s = min(until_s, self._now() + PAUSE_MOST_S)
        self._quietly(lambda base: base.execute("INSERT OR REPLACE INTO pause VALUES (?, ?)", (_key(host), until_s)))

    def paused(self, host: str) -> float | None:
        """Until when, unix time, if it is not over."""
        now = self._now()
        for (until_s,) in self._read("SELECT until_s FROM pause WHERE host = ?", (_key(host),)):
            return float(until_s) if now < until_s <= now + PAUSE_MOST_S else None  # later: the clock went back
        return None

    @contextlib.contextmanager
    def host(self, name: str, check: Callable[[], None] = lambda: None) -> Iterator[None]:
        """One at a time for a host, of all threads and processes; `check` is called while waiting, and raises to stop.

        Who is killed inside holds up nobody. Not to be entered again by who is inside. Raises what `check` raises, OSError.
        """
        from filelock import FileLock, Timeout  # takes longer to load than the cache to open

        folder = self._folder / "hosts"
        folder.mkdir(parents=True, exist_ok=True)
        key = _key(name).hex()
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        while not turn.acquire(timeout=CHECKED_S):  # threads of this process need not look at the disk again and again
            check()
        try:
            lock = FileLock(folder / key, thread_local=False)
            while True:
                check()
                try:
                    lock.acquire(timeout=CHECKED_S, poll_interval=CHECKED_S / 5)
                    break
                except Timeout:
                    continue
            try:
                yield
            finally:
                lock.release()
        finally:
            turn.release()

    # ---- bounds -------------------------------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Holds the bounds of size and age, and takes away what those left who were killed. Raises nothing."""
        self._tidied_s = self._now()
        self._age()
        self._shrink()
        with contextlib.suppress(OSError):
            self._sweep()

    def close(self) -> None:
        self._index.close()

    def _look_after(self, added_bytes: int) -> None:
        """What `keep` does for the bounds now and then."""
        if self._tidied_s is None or abs(self._now() - self._tidied_s) > TIDIED_S:
            self.tidy()
            return
        with self._lock:
            self._unseen_bytes += added_bytes
            due = self._unseen_bytes > self._most_bytes / 50
        if due:
            self._shrink()

    def _age(self) -> None:
        """Drops what is too old. What a clock wrote that was ahead ages from now on."""
        now = self._now()

        def begin(base: sqlite3.Connection) -> None:
            base.execute("UPDATE entry SET when_s = ?1 WHERE when_s > ?1", (now,))
            ahead_s = _used_s(base, now) - 1e-6 - now
            if ahead_s > 0:  # all alike, so that what was used last stays that
                base.execute("UPDATE entry SET used_s = used_s - ?", (ahead_s,))
            base.execute("UPDATE scope SET when_s = ?1 WHERE when_s > ?1", (now,))
            base.execute("DELETE FROM scope WHERE when_s <= ?", (now - SCOPE_S,))
            base.execute("DELETE FROM pause WHERE until_s <= ? OR until_s > ?", (now, now + PAUSE_MOST_S))

        self._quietly(begin)
        self._drop_all(_OUT_OF_SCOPE, ())
        self._drop_all("SELECT url, sha256 FROM entry WHERE when_s <= ? LIMIT ?", (now - self._most_s,))

    def _drop_all(self, query: str, values: tuple[float, ...]) -> None:
        def some(base: sqlite3.Connection) -> int:
            rows = base.execute(query, (*values, _BATCH)).fetchall()
            self._drop(base, rows)
            return len(rows)

        while self._quietly(some) == _BATCH:
            pass

    def _shrink(self) -> None:
        """Drops what was not used for longest, if the bound is passed."""
        with self._lock:
            self._unseen_bytes = 0
        rows = self._read(_SIZE)
        if not rows or rows[0][0] <= self._most_bytes:
            return

        def some(base: sqlite3.Connection) -> bool:
            over_bytes = base.execute(_SIZE).fetchone()[0] - self._most_bytes * AFTER_EVICTION
            oldest = base.execute("SELECT url, sha256, size_bytes FROM entry ORDER BY used_s LIMIT ?", (_BATCH,)).fetchall()
            for url, sha256, size_bytes in oldest:
                if over_bytes <= 0:
                    return False
                base.execute("DELETE FROM entry WHERE url = ?", (url,))
                base.execute("DELETE FROM scope WHERE url = ?", (url,))
                over_bytes -= ROW_BYTES
                if sha256 is not None and self._drop_object(base, sha256):
                    over_bytes -= size_bytes
            return bool(oldest)

        while self._quietly(some):
            pass

    def _sweep(self) -> None:
        """Takes away files that nobody counts: halves, objects without a row, locks of hosts that nobody asks any more."""
        for path in _files(self._folder / "partial"):
            if self._is_left_over(path):
                path.unlink(missing_ok=True)
        for shelf in _folders(self._folder / "objects"):
            rows = self._read("SELECT DISTINCT sha256 FROM entry WHERE sha256 >= ? AND sha256 < ?", (shelf.name, shelf.name + "g"))
            known = {sha256 for (sha256,) in rows}
            for path in _files(shelf):
                sha256 = shelf.name + path.name
                if sha256 not in known and self._is_left_over(path):
                    self._quietly(functools.partial(self._drop_object, sha256=sha256))
        for path in _files(self._folder / "hosts"):
            if self._is_left_over(path, HOST_S):
                _unlock(path)

    def _is_left_over(self, path: Path, after_s: float = LEFT_OVER_S) -> bool:
        try:
            return abs(self._now() - path.stat().st_mtime) > after_s
        except OSError:
            return False

    # ---- the index ----------------------------------------------------------------------------------------------------

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        try:
            return self._index.read(query, values)
        except (sqlite3.Error, OSError):
            return []

    def _write(self, work: Callable[[sqlite3.Connection], Found]) -> Found:
        try:
            return self._index.write(work)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
                raise NoRoomLeft from None
            raise OSError(errno.EIO, str(error)) from None

    def _quietly(self, work: Callable[[sqlite3.Connection], object]) -> object:
        """For what may as well be done another time."""
        try:
            return self._index.write(work)
        except (sqlite3.Error, OSError):
            return None


# Nothing too old, and what is a job's only as long as one may be under way.
_FIND = """
SELECT sha256, reason, problem, when_s, used_s FROM entry
WHERE url = ?1 AND when_s > ?2 AND (lasting OR EXISTS (SELECT 1 FROM scope WHERE scope.url = ?1 AND scope.when_s > ?3))
"""
_OUT_OF_SCOPE = "SELECT url, sha256 FROM entry WHERE NOT lasting AND NOT EXISTS (SELECT 1 FROM scope WHERE scope.url = entry.url) LIMIT ?"
_SIZE = f"""
SELECT (SELECT count(*) FROM entry) * {ROW_BYTES}
     + (SELECT coalesce(sum(one), 0) FROM (SELECT max(size_bytes) AS one FROM entry WHERE sha256 IS NOT NULL GROUP BY sha256))
"""  # noqa: S608 (a number of ours)


def _used_s(base: sqlite3.Connection, now: float) -> float:
    """Later than any other use, even where the clock went back."""
    return max(now, float(base.execute("SELECT coalesce(max(used_s), 0) FROM entry").fetchone()[0]) + 1e-6)


def _key(text: str) -> bytes:
    """What stands for an address in the index: it may be long, and hold anything."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).digest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _clean(problem: str) -> str:
    return problem[:200].encode("utf-8", "replace").decode("utf-8")


def _is_sound(path: Path, sha256: str) -> bool:
    try:
        return _sha256(path.read_bytes()) == sha256
    except OSError:
        return False


def _place(partial: Path, path: Path, sha256: str) -> None:
    """Puts a whole file under its name; a damaged one that is there goes. May be called again. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.replace(partial, path)
    except OSError:
        if not _is_sound(path, sha256):  # else it was done before, or somebody reads it (Windows)
            raise


def _unlock(path: Path) -> None:
    """Takes the lock of a host away unless somebody is inside; who waits for it sees that and makes a new one."""
    from filelock import FileLock, Timeout

    with contextlib.suppress(Timeout, OSError), FileLock(path, blocking=False):
        path.unlink(missing_ok=True)


def _free_share(folder: Path) -> float:
    disk = shutil.disk_usage(folder)
    return disk.free / disk.total if disk.total else 1.0


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _folders(folder: Path) -> list[Path]:
    return [path for path in _files(folder) if path.is_dir()]
