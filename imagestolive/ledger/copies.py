"""Copies of a whole ledger: of SQLite as an SQLite file, of PostgreSQL as lines of JSON. Either can be put into either.

A copy is of one moment, taken while others write, and read again before it counts as made.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, LargeBinary, Table, delete, func, insert, select, text

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.ledger import HEAD, Ledger, LedgerNewer
from imagestolive.ledger.schema import metadata, secret

COPY = "imagestolive-ledger/1"
_SQLITE = b"SQLite format 3\0"
_ROWS_MOST = 500  # at once

Rows = Iterable[tuple[str, Mapping[str, Any]]]  # each with the name of its table


class NotACopy(ImagesToLiveError):
    sentence = N_("{path} is no copy of a ledger, or not a whole one ({problem}). Nothing was changed.")


class NewerCopy(ImagesToLiveError):
    sentence = N_("{path} was made by a newer version of this program. Install that version; nothing was changed.")


class NotEmpty(ImagesToLiveError):
    sentence = N_("The ledger holds something already, which would be lost. Make a copy of it, then add --force.")
    hint = N_("It is in {place}.")


def backup(ledger: Ledger, path: Path) -> None:
    """Writes a copy into a file, which may be there and is written over. Raises NotACopy where it cannot be read again, OSError."""
    if ledger.is_sqlite:
        _copy_sqlite(ledger, path)
        _check_sqlite(path)
    else:
        with ledger.reading() as connection, path.open("wb") as out:
            _write(connection, out)
        _check_lines(path)


def restore(ledger: Ledger, path: Path, *, force: bool = False) -> None:
    """Puts a copy in place of all that a ledger holds, in one transaction: whoever has it open sees it with their next question.

    Raises NotACopy, NewerCopy, NotEmpty, OSError.
    """
    with contextlib.ExitStack() as stack:
        rows = _rows_of_sqlite(path, stack) if _is_sqlite(path) else _rows_of_lines(path)
        connection = stack.enter_context(ledger.writing())
        said = [table for table in metadata.sorted_tables if table is not secret]
        if not force and any(connection.scalar(select(func.count()).select_from(table)) for table in said):
            raise NotEmpty(place=ledger.place)
        for table in said[::-1]:
            connection.execute(delete(table))
        for name, some in itertools.groupby(rows, key=lambda row: row[0]):
            if name == secret.name:  # a copy of an earlier version has none: then what was signed here stays so
                connection.execute(delete(secret))
            while group := [dict(values) for _, values in itertools.islice(some, _ROWS_MOST)]:
                connection.execute(insert(metadata.tables[name]), group)
        if not ledger.is_sqlite:
            _count_on(connection)


def open_to_restore(place: Path | str, copy: Path) -> Ledger:
    """The ledger that a copy is to be put into. An SQLite file that is damaged is set aside, once it is sure that the copy is whole.

    Raises NotACopy, NewerCopy, OSError, and what Ledger raises.
    """
    if _is_sqlite(copy):
        _check_sqlite(copy)
    else:
        _check_lines(copy)
    if isinstance(place, Path) and place.is_file() and _is_damaged(place):
        for ending in ("", "-wal", "-shm"):
            if (part := place.with_name(place.name + ending)).exists():
                part.replace(place.with_name(f"{place.name}.damaged{ending}"))
    return Ledger(place, anew=True)


# ---- SQLite -----------------------------------------------------------------------------------------------------------


def _copy_sqlite(ledger: Ledger, path: Path) -> None:
    path.unlink(missing_ok=True)
    with ledger.telling(), contextlib.closing(sqlite3.connect(ledger.place)) as source, contextlib.closing(sqlite3.connect(path)) as copy:
        source.backup(copy)  # all in one step: writers go on, and do not make it begin again
        copy.execute("PRAGMA journal_mode = DELETE").close()  # one file, without others beside it


def _check_sqlite(path: Path) -> None:
    """Whether it is a whole database, and a ledger. Raises NotACopy."""
    if _is_damaged(path):
        raise NotACopy(path=str(path), problem="it is damaged")
    with contextlib.closing(sqlite3.connect(path)) as base:
        if base.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
            raise NotACopy(path=str(path), problem="it is another database")


def _is_damaged(path: Path) -> bool:
    """Not one that may not be read, or is locked."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as base:
            return bool(base.execute("PRAGMA integrity_check").fetchone() != ("ok",))
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _rows_of_sqlite(path: Path, stack: contextlib.ExitStack) -> Rows:
    """Read from a second copy, which is brought up to date where it is older."""
    own = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "ledger.sqlite3"
    shutil.copyfile(path, own)
    _check_sqlite(path)
    try:
        source = stack.enter_context(contextlib.closing(Ledger(own)))
    except LedgerNewer:
        raise NewerCopy(path=str(path)) from None
    return _rows(stack.enter_context(source.reading()))


def _rows(connection: Connection) -> Rows:
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
            yield table.name, row._asdict()


# ---- lines of JSON ----------------------------------------------------------------------------------------------------


def _write(connection: Connection, out: BinaryIO) -> None:
    """A head, the rows, and at the end a hash of all lines before."""
    seen = hashlib.blake2b()
    rows = ([name, {column: _plain(value) for column, value in row.items()}] for name, row in _rows(connection))
    for told in itertools.chain([{"copy": COPY, "version": HEAD}], rows):
        line = json.dumps(told).encode() + b"\n"
        seen.update(line)
        out.write(line)
    out.write(json.dumps({"hash": seen.hexdigest()}).encode() + b"\n")


def _check_lines(path: Path) -> None:
    """Raises NotACopy, NewerCopy."""
    seen = hashlib.blake2b()
    last = b""
    with path.open("rb") as file:
        head = _object(file.readline(1000))
        file.seek(0)
        for line in file:
            seen.update(last)
            last = line
    if head.get("copy") != COPY:
        raise NotACopy(path=str(path), problem="it begins otherwise")
    if _object(last) != {"hash": seen.hexdigest()}:
        raise NotACopy(path=str(path), problem="its end is missing, or something was changed")
    if head["version"] > HEAD:
        raise NewerCopy(path=str(path))


def _rows_of_lines(path: Path) -> Rows:
    _check_lines(path)
    return _read(path)


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _read(path: Path) -> Rows:
    """The rows of a file that was checked."""
    with path.open("rb") as file:
        for line in file:
            told = json.loads(line)
            if isinstance(told, list):
                name, row = told
                yield name, _values(metadata.tables[name], row)


def _plain(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _values(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    binary = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    return {name: base64.b64decode(value) if name in binary else value for name, value in row.items()}


def _count_on(connection: Connection) -> None:
    """PostgreSQL numbers new rows by counters of its own, which know nothing of rows that brought their numbers."""
    for table in metadata.sorted_tables:
        if "seq" in table.columns and (last := connection.scalar(select(func.max(table.c.seq)))):
            connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'seq'), :last)"), {"name": table.name, "last": last})
