"""A place on disk for what other files of a data set say of an image, until that image's own row comes by.

Annotation files run to tens of millions of rows; kept in a private temporary SQLite database they cost no memory, and it
vanishes with its connection.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Scratch:
    """Notes about images, in the order they were written; and which images have come by."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE note (image_id, kind, value)")
        database.execute("CREATE TABLE seen (image_id PRIMARY KEY) WITHOUT ROWID")

    def note(self, notes: Iterable[tuple[str | int | bytes, str, Any]]) -> None:
        """Keeps (image id, kind, plain value) for later."""
        rows = ((image_id, kind, marshal.dumps(value)) for image_id, kind, value in notes)
        self._database.executemany("INSERT INTO note VALUES (?, ?, ?)", rows)

    def end_notes(self) -> None:
        """Makes the notes quick to find. Call it once, after the last of them."""
        self._database.execute("CREATE INDEX note_image ON note (image_id, kind)")

    def notes(self, image_id: str | int | bytes, kind: str) -> list[Any]:
        found = self._database.execute("SELECT value FROM note WHERE image_id = ? AND kind = ? ORDER BY rowid", (image_id, kind))
        return [_plain(value) for (value,) in found]

    def all_notes(self, kind: str) -> Iterator[Any]:
        for (value,) in self._database.execute("SELECT value FROM note WHERE kind = ? ORDER BY rowid", (kind,)):
            yield _plain(value)

    def first_time(self, image_id: str | int) -> bool:
        """Whether this image has not come by yet; from now on it has."""
        return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (image_id,)).rowcount == 1


_plain = marshal.loads  # which trusts its input: it is what `note` wrote, into a database that nobody else can open


@contextmanager
def scratch() -> Iterator[Scratch]:
    database = sqlite3.connect("")
    try:
        database.execute("PRAGMA journal_mode = OFF")
        yield Scratch(database)
    finally:
        database.close()
