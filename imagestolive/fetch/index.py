"""The index of the cache: an SQLite file that several processes write, and that is begun anew where it is damaged or taken away."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

BUSY_S = 20
# "No such table" is a plain SQLITE_ERROR: a base which is whole, but none of ours.
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_WAITED_ENOUGH = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry(
    url BLOB PRIMARY KEY, sha256 TEXT, size_bytes INTEGER NOT NULL, reason TEXT, problem TEXT NOT NULL,
    when_s REAL NOT NULL, used_s REAL NOT NULL, lasting INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_by_object ON entry(sha256, size_bytes);
CREATE INDEX IF NOT EXISTS entry_by_use ON entry(used_s);
CREATE INDEX IF NOT EXISTS entry_by_age ON entry(when_s);
CREATE TABLE IF NOT EXISTS scope(name TEXT NOT NULL, url BLOB NOT NULL, when_s REAL NOT NULL, PRIMARY KEY (name, url)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS scope_by_url ON scope(url);
CREATE TABLE IF NOT EXISTS pause(host BLOB PRIMARY KEY, until_s REAL NOT NULL) WITHOUT ROWID;
"""

T = TypeVar("T")


class Index:
    """Safe for several threads, which take turns, and for several processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._base: sqlite3.Connection | None = None
        self._file: tuple[int, ...] = ()  # which file it was when it was opened, and by which process

    def read(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Raises sqlite3.Error, OSError."""
        return self._tried(lambda base: base.execute(query, values).fetchall())

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` in a transaction of its own, no other process writing meanwhile; once more where the index had to be begun anew.

        Raises what it raises, and sqlite3.Error, OSError: then nothing was written.
        """

        def transaction(base: sqlite3.Connection) -> T:
            base.execute("BEGIN IMMEDIATE")
            try:
                result = work(base)
                base.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    base.execute("ROLLBACK")
                raise
            return result

        return self._tried(transaction)

    def close(self) -> None:
        with self._lock:
            if self._base is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._base.close()
            self._base, self._file = None, ()

    def _tried(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                return work(self._opened())
            except sqlite3.DatabaseError as error:
                if _code(error) in _WAITED_ENOUGH:
                    raise
                self._mend(error)
            return work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        if self._base is not None:
            if self._identity() == self._file:
                return self._base
            self.close()  # another process has begun it anew, or somebody deleted the folder
        with self._alone():
            self._base = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode = WAL")
            # A power loss may take the last rows, never the whole: of a cache that is enough.
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.executescript(_SCHEMA)
            self._file = self._identity()
        return self._base

    def _identity(self) -> tuple[int, ...]:
        try:
            status = self._path.stat()
        except OSError:
            return ()
        return status.st_dev, status.st_ino, os.getpid()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time opens the index or sets it aside: SQLite does not wait where it turns to WAL."""
        from filelock import FileLock  # takes longer to load than the index to open

        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self._path}.lock"):
            yield

    def _mend(self, error: sqlite3.DatabaseError) -> None:
        """Sets a damaged file aside, unless another process has done so since it was opened here."""
        opened = self._file or self._identity()
        self.close()
        if _code(error) not in _DAMAGED:
            return
        with self._alone(), contextlib.suppress(OSError):  # an open file stays where it is on Windows
            if self._identity() == opened:
                self._path.replace(f"{self._path}.damaged")
                for suffix in ("-wal", "-shm"):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; where Python itself could not read a text, that of a damaged file."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
