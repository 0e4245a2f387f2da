"""Putting rows into a growing table: the first ones here, the many of a large set in a process of their own.

SQLite takes as long to take a row as a reader to read one; in two processes the one works while the other does. What is run as
the second process is this file alone, by its path: it imports nothing of ours and is at work in some 20 ms.
"""

from __future__ import annotations

import gc
import json
import marshal
import os
import signal
import sqlite3
import struct
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

COMMIT_BATCHES = 500  # in one transaction
ALONE_BATCHES = 200  # put in before another process is worth starting
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_SIZE = struct.Struct("<Q")  # of a batch in the pipe


class Inserter:
    """Puts batches of rows into a database file, each row numbered on from `first`. Leaving the block commits them, come what may;
    a process that is killed leaves whole transactions. Raises sqlite3.Error."""

    def __init__(self, path: Path, sql: str, first: int) -> None:
        self._arguments = (str(path), sql)
        self._next = first
        self._batches = 0
        self._here: _Insertion | None = None
        self._other: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Inserter:
        self._here = _Insertion(*self._arguments, self._next)
        return self

    def add(self, batch: list[Any]) -> None:
        if self._here and self._batches == ALONE_BATCHES and (os.cpu_count() or 1) > 1:
            self._here.close()
            self._here = None
            import subprocess  # opening a table should not wait for it

            command = [sys.executable, "-I", "-S", __file__, *self._arguments, str(self._next)]
            self._other = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, pipesize=2**20)  # noqa: S603 (ourselves)
        self._batches += 1
        self._next += len(batch)
        if self._here:
            self._here.add(batch)
        elif self._other and self._other.stdin:
            packed = marshal.dumps(batch)
            try:
                self._other.stdin.write(_SIZE.pack(len(packed)))
                self._other.stdin.write(packed)
            except BrokenPipeError:
                raise _failure(self._other) from None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._here:
            self._here.close()
        elif self._other and self._other.returncode is None:
            failure = _failure(self._other)
            if self._other.returncode:
                raise failure


def _failure(other: subprocess.Popen[bytes]) -> sqlite3.Error:
    """What the other process said, once it has put in all that it was given or has failed."""
    _, said = other.communicate()
    return sqlite3.OperationalError(said.decode(errors="replace").strip() or f"status {other.returncode}")


class _Insertion:
    """The same in this process."""

    def __init__(self, path: str, sql: str, first: int) -> None:
        self._database = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -2000; PRAGMA locking_mode = EXCLUSIVE;")
        self._sql = sql
        self._next = first
        self._batches = 0

    def add(self, batch: list[Any]) -> None:
        if self._batches % COMMIT_BATCHES == 0:
            self._commit()
            self._database.execute("BEGIN")
        self._database.executemany(
            self._sql, [(row, *values, rest and to_json(rest)) for row, (*values, rest) in enumerate(batch, self._next)]
        )
        self._next += len(batch)
        self._batches += 1

    def close(self) -> None:
        try:
            self._commit()
        finally:
            self._database.close()

    def _commit(self) -> None:
        if self._database.in_transaction:
            self._database.execute("COMMIT")


def _main(path: str, sql: str, first: str) -> None:
    """Takes batches from standard input until it ends; when it ends in the middle of a batch, the other process was killed."""
    gc.disable()  # nothing here refers to itself
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to both; the other one decides, and closes the pipe
    try:
        insertion = _Insertion(path, sql, int(first))
        while size := sys.stdin.buffer.read(_SIZE.size):
            packed = sys.stdin.buffer.read(*_SIZE.unpack(size))
            insertion.add(marshal.loads(packed))  # noqa: S302 (from ourselves)
        insertion.close()
    except sqlite3.Error as error:
        sys.stderr.write(str(error))
        sys.stderr.flush()
        os._exit(1)


if __name__ == "__main__":
    _main(*sys.argv[1:])
