"""The SQLite form of a table.

    meta (name, value)   schema, dataset, reader, sources, rows, licensed, skipped, problems, fingerprint
    image (row, ...)     one record a row, from 0 in the makers' order; what is not a column stands in `rest` as JSON
    label (name, row)    each label's text once an image

Rows are dense: a draw picks a number below `rows`. The fingerprint is blake2b (16 bytes, hex) of all image ids in row
order with a newline after each: two tables with the same one draw alike.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import urllib.parse
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from imagestolive.datasets.flickr import photo_id as photo_id_in
from imagestolive.datasets.problems import Problem, Problems
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import ImageRecord, Label, Region

SCHEMA = "imagestolive-table/1"

_COLUMNS = ("image_id", "locator", "photo_id", "author_id", "author", "license", "source_url", "landing_url")
_REST, _REST_DEFAULTS = zip(
    *((part.name, part.default) for part in fields(ImageRecord) if part.name not in ("dataset", *_COLUMNS)), strict=True
)

_CREATE = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE image (row INTEGER PRIMARY KEY, {", ".join(f"{name} TEXT" for name in _COLUMNS)}, rest TEXT);
CREATE UNIQUE INDEX image_image_id ON image (image_id);
CREATE TABLE label (name TEXT, row INTEGER);
"""
# Built after the last row, which is faster; an absent value takes no room in them.
_INDEXES = """
CREATE INDEX image_photo_id ON image (photo_id) WHERE photo_id IS NOT NULL;
CREATE INDEX image_author_id ON image (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX image_source_url ON image (source_url) WHERE source_url IS NOT NULL;
CREATE INDEX label_name_row ON label (name, row);
"""
# ruff: noqa: S608 (the names put into SQL are all written here)
_INSERT = f"INSERT OR IGNORE INTO image VALUES ({', '.join('?' * (len(_COLUMNS) + 2))})"
_SELECT = f"SELECT {', '.join(_COLUMNS)}, rest FROM image WHERE row = ?"

Source = tuple[str, int, int]  # path under the root, bytes, mtime in ns


class TableNotBuilt(ImagesToLiveError):
    """The disk is full, or the folder may not be written to."""

    sentence = N_("The table {file} cannot be written: {problem}.")
    exit_code = 1
    status = 500


class TableGone(ImagesToLiveError):
    """The table is not there, or it is not one of ours."""

    sentence = N_("The table {file} cannot be opened.")
    exit_code = 1
    status = 500


def build(path: Path, records: Iterable[ImageRecord], *, dataset: str, reader: str, sources: Sequence[Source], problems: Problems) -> None:
    """Writes a table of `records`, one at a time. Until the last moment the old table stays; a build that fails leaves it.
    Raises TableNotBuilt, and what `records` raises.

    The second of two records with one image id is skipped and told to `problems`, which the records' reader fills too.
    """
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(partial)) as database:
            _write(database, records, dataset=dataset, reader=reader, sources=sources, problems=problems)
        os.replace(partial, path)
    except (sqlite3.Error, OSError) as error:
        raise TableNotBuilt(file=str(path), problem=str(error)) from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _write(
    database: sqlite3.Connection,
    records: Iterable[ImageRecord],
    *,
    dataset: str,
    reader: str,
    sources: Sequence[Source],
    problems: Problems,
) -> None:
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768;" + _CREATE)
    rows = licensed = 0
    fingerprint = hashlib.blake2b(digest_size=16)
    for record in records:
        if not database.execute(_INSERT, (rows, *_columns(record), _rest(record))).rowcount:
            problems.add(record.locator, N_("The image id “{image}” is there already; this one is not used."), image=record.image_id)
            continue
        for name in dict.fromkeys(label.text for label in record.labels):
            database.execute("INSERT INTO label VALUES (?, ?)", (name, rows))
        fingerprint.update(f"{record.image_id}\n".encode())
        licensed += record.license is not None
        rows += 1
    database.commit()
    database.executescript(_INDEXES)
    meta = {
        "schema": SCHEMA,
        "dataset": dataset,
        "reader": reader,
        "sources": json.dumps(sources),
        "rows": str(rows),
        "licensed": str(licensed),
        "skipped": str(problems.count),
        "problems": json.dumps([asdict(problem) for problem in problems.kept]),
        "fingerprint": fingerprint.hexdigest(),
    }
    database.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    database.commit()


def is_current(path: Path, sources: Sequence[Source], reader: str) -> bool:
    """Whether there is a table, whole and of our schema, made by this reader from just these files."""
    try:
        with closing(_connect(path)) as database:
            meta = _meta(database)
    except (TableGone, sqlite3.Error):
        return False
    return meta["reader"] == reader and json.loads(meta["sources"]) == [list(source) for source in sources]


def open_table(path: Path) -> Table:
    """Raises TableGone."""
    try:
        database = _connect(path)
        return Table(database, _meta(database))
    except sqlite3.Error:
        raise TableGone(file=str(path)) from None


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"file:{urllib.parse.quote(path.absolute().as_posix())}?mode=ro"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def _meta(database: sqlite3.Connection) -> dict[str, str]:
    meta = dict(database.execute("SELECT name, value FROM meta"))
    if meta.get("schema") != SCHEMA:
        raise sqlite3.DatabaseError("another schema")
    return meta


class Table:
    """A table opened for reading; it may be asked from several threads. It stays what it was when a new one is built beside it."""

    def __init__(self, database: sqlite3.Connection, meta: dict[str, str]) -> None:
        self.dataset = meta["dataset"]
        self.rows = int(meta["rows"])
        self.has_licenses = int(meta["licensed"]) > 0  # whether any of its images has a license of its own
        self.fingerprint = meta["fingerprint"]
        self.skipped = int(meta["skipped"])
        self.problems = tuple(Problem(**problem) for problem in json.loads(meta["problems"]))
        self._database = database
        self._lock = threading.Lock()

    def record(self, row: int) -> ImageRecord:
        """The record in a row, as it went in. Raises IndexError."""
        found = self._fetch(_SELECT, (row,))
        if not found:
            raise IndexError(row)
        *columns, rest = found[0]
        return ImageRecord(dataset=self.dataset, **dict(zip(_COLUMNS, columns, strict=True)), **_unrest(rest))

    def find(
        self, *, image_id: str | None = None, photo_id: str | None = None, author: str | None = None, url: str | None = None
    ) -> list[int]:
        """Rows, ascending, by the makers' id, by Flickr's photo id, by an author's name or Flickr id, or by the address of file or page."""
        values: tuple[str | None, ...]
        if image_id is not None:
            where, values = "image_id = ?", (image_id,)
        elif photo_id is not None:
            where, values = "photo_id = ?", (photo_id,)
        elif author is not None:
            where, values = "author_id = ? OR author = ?", (author, author)
        elif url is not None and (photo := photo_id_in(url)):
            where, values = "photo_id = ?", (photo,)
        else:
            where, values = "source_url = ? OR landing_url = ?", (url, url)
        return [row for (row,) in self._fetch(f"SELECT row FROM image WHERE {where} ORDER BY row", values)]

    def ids(self) -> Iterator[tuple[int, str]]:
        """(row, image id) of all, in order."""
        after = -1
        while page := self._fetch("SELECT row, image_id FROM image WHERE row > ? ORDER BY row LIMIT 10000", (after,)):
            yield from page
            after = page[-1][0]

    def close(self) -> None:
        self._database.close()

    def _fetch(self, sql: str, values: Sequence[object]) -> list[Any]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()


# ---- what is not a column: JSON without what is absent -----------------------------------------------------------------


_columns = attrgetter(*_COLUMNS)
_rest_values = attrgetter(*_REST)
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _rest(record: ImageRecord) -> str:
    rest = {name: value for name, value, default in zip(_REST, _rest_values(record), _REST_DEFAULTS, strict=True) if value != default}
    if record.labels:
        rest["labels"] = [(label.text, label.by, label.confidence) for label in record.labels]
    if record.regions:
        rest["regions"] = [(region.box, region.polygon, region.label, region.by) for region in record.regions]
    if record.flags:
        rest["flags"] = sorted(record.flags)
    return _to_json(rest)


def _unrest(text: str) -> dict[str, Any]:
    rest: dict[str, Any] = json.loads(text)
    if "labels" in rest:
        rest["labels"] = tuple(Label(text=name, by=by, confidence=confidence) for name, by, confidence in rest["labels"])
    if "captions" in rest:
        rest["captions"] = tuple(rest["captions"])
    if "regions" in rest:
        rest["regions"] = tuple(
            Region(box=box and tuple(box), polygon=tuple(map(tuple, polygon)), label=label, by=by)
            for box, polygon, label, by in rest["regions"]
        )
    if "flags" in rest:
        rest["flags"] = frozenset(rest["flags"])
    return rest
