"""The SQLite form of a table.

    meta (name, value)            schema, dataset, made_by, sources, rows, here, licensed, licenses, skipped, problems, fingerprint
    image (row, ...)              one record a row, from 0 in the makers' order; what is a list stands in `rest` as JSON
    label (name, row)             each label's text once an image, "" for an image without; empty where no image has any
    class_group, author_group     (n, name, first, rows): groups in code point order of their names; where their rows begin in
    class_rows, author_rows       (chunk, rows): the rows of all groups, one after the other, 500 numbers of 4 bytes a chunk
    author_name (name, author, row)  in small letters, what else an author is called: a name beside Flickr's id, an account in the
                                  address of a page; row is -1, or the image's own where it has no author
    holds (name)                  which of photo_id, author, url any row has

Rows are dense: a draw picks a number below `rows`. The groups are written with the table: sorting by author is what the index
on authors costs anyway, and packing the rows takes half a microsecond each. A group that is the only one has all rows; they
are not listed.

A table grows in a file beside it, NAME.part, which replaces it when all is done. A build that is killed leaves that file; the
next one from the same makers' files goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import threading
import urllib.parse
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from imagestolive.datasets.flickr import photo_id as photo_id_in
from imagestolive.datasets.problems import Problems
from imagestolive.errors import N_
from imagestolive.records import ImageRecord
from imagestolive.tables import rows as shared
from imagestolive.tables.inserting import Inserter
from imagestolive.tables.rows import COLUMNS, NUMBERS, SCHEMA, OneGroup, Row, Source, TableGone, TableNotBuilt, Tally, to_record, to_row

# ruff: noqa: S608 (the names put into SQL are all written here)
BATCH = 100  # rows; more of them alive at once cost the garbage collector a third of the time
CHUNK = 500
_NUMBER = struct.Struct("<I")

_TYPES = ", ".join(f"{name} {'INTEGER' if name in NUMBERS else 'TEXT'}" for name in COLUMNS)
_CREATE = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE image (row INTEGER PRIMARY KEY, {_TYPES}, rest TEXT);
CREATE TABLE label (name TEXT, row INTEGER, PRIMARY KEY (name, row)) WITHOUT ROWID;
"""
_INSERT = f"INSERT INTO image VALUES ({', '.join('?' * (len(COLUMNS) + 2))})"
_SELECT = f"SELECT {', '.join(COLUMNS)}, rest FROM image"

# An image with one id for its makers and for Flickr is found by the first; an address of Flickr's by the photo's id in it.
_AUTHOR = "coalesce(author_id, author, '')"
_OTHER_PHOTO_ID = "photo_id <> image_id"
_OTHER_ACCOUNT = "{0} IS NOT NULL AND (author_id IS NULL OR instr({0}, '/' || author_id) = 0)"  # most pages bear the id: told fast
_HERE = "substr(locator, 1, 8) <> 'https://'"
_INDEXES = (
    f"CREATE INDEX IF NOT EXISTS image_photo_id ON image (photo_id) WHERE {_OTHER_PHOTO_ID}",
    f"CREATE INDEX IF NOT EXISTS image_author ON image ({_AUTHOR})",
    "CREATE INDEX IF NOT EXISTS image_source_url ON image (source_url) WHERE instr(source_url, 'flickr.com/') = 0",
    "CREATE INDEX IF NOT EXISTS image_landing_url ON image (landing_url) WHERE instr(landing_url, 'flickr.com/') = 0",
    "CREATE INDEX IF NOT EXISTS image_license ON image (license)",
)
_INDEX_HERE = f"CREATE INDEX IF NOT EXISTS image_here ON image (license) WHERE {_HERE}"

_FIND_PHOTO = (
    f"SELECT row FROM image WHERE photo_id = ?1 AND {_OTHER_PHOTO_ID} UNION SELECT row FROM image WHERE image_id = ?1 AND photo_id = ?1"
)
_FIND_ADDRESS = """
SELECT row FROM image WHERE source_url = ?1 AND instr(source_url, 'flickr.com/') = 0
UNION SELECT row FROM image WHERE landing_url = ?1 AND instr(landing_url, 'flickr.com/') = 0
"""


# ---- building -----------------------------------------------------------------------------------------------------------


def build(
    path: Path,
    records: Iterable[ImageRecord],
    *,
    dataset: str,
    made_by: str,
    sources: Sequence[Source],
    problems: Problems,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Writes a table of `records`, one at a time. Until the last moment the old table stays; a build that fails leaves it.
    Raises TableNotBuilt, and what `records` raises.

    The second of two records with one image id is left out and told to `problems`, which the records' reader fills too.
    `progress` is told how many rows have been read. Who had to wait for another build of the same table takes what that one made.
    """
    part = shared.part_of(path)
    with shared.building(path) as waited:
        if waited and is_current(path, sources, made_by):
            return
        try:
            made_of = shared.made_of(dataset, made_by, sources)
            if "rows" not in _begun(part, made_of):
                tally = _fill(part, map(to_row, records), progress)
                _complete(part, tally, problems)
            _index(part)
            with part.open("r+b") as written:
                os.fsync(written.fileno())
            os.replace(part, path)
        except sqlite3.Error as error:
            raise TableNotBuilt(file=str(path), problem=str(error)) from None


def _begun(part: Path, made_of: Mapping[str, str]) -> Mapping[str, str]:
    """What is known of the part that is there to go on with; where there is none, or another, it is begun anew."""
    if part.exists():
        try:
            with closing(_writing(part)) as database:
                meta = dict(database.execute("SELECT name, value FROM meta"))
                sound = database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)  # the machine may have lost its power
            if sound and meta.items() >= made_of.items():
                return meta
        except sqlite3.DatabaseError:
            pass
        shared.drop(part)
    with closing(_writing(part)) as database:
        database.executescript(f"BEGIN; {_CREATE}")
        database.executemany("INSERT INTO meta VALUES (?, ?)", made_of.items())
        database.execute("COMMIT")
    return made_of


def _writing(part: Path) -> sqlite3.Connection:
    """A connection that begins and ends transactions when told to. A process that is killed leaves a journal, by which the next one
    goes back to the last transaction; only the machine's own death could harm the part, and that is looked for.

    The small cache is the fast one here: sorting is done by SQLite's sorter, and rows are only ever appended.
    """
    database = sqlite3.connect(part, timeout=60, isolation_level=None)
    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -2000; PRAGMA locking_mode = EXCLUSIVE;")
    return database


def _fill(part: Path, rows: Iterable[Row], progress: Callable[[int], None] | None) -> Tally:
    """Puts rows in, but for those that an earlier build put in already: it went through the same rows."""
    tally = Tally()
    batches = _told(rows, progress)
    left: Iterable[list[Row]] = ()
    with closing(_writing(part)) as database:
        there = database.execute("SELECT image_id FROM image ORDER BY row")
        for batch in batches:
            if there.fetchmany(BATCH) != [row[:1] for row in batch]:
                left = chain([batch], batches)
                break
            tally.add(batch)
        there.close()
        database.execute("DELETE FROM image WHERE row >= ?", (tally.rows,))
    with Inserter(part, _INSERT, tally.rows) as inserter:
        for batch in left:
            inserter.add(batch)
            tally.add(batch)
    return tally


def _told(rows: Iterable[Row], progress: Callable[[int], None] | None) -> Iterator[list[Row]]:
    done = 0
    for batch in shared.batches(rows, BATCH):
        yield batch
        done += len(batch)
        if progress:
            progress(done)


def _complete(part: Path, tally: Tally, problems: Problems) -> None:
    """Sees to it that no image is there twice, and writes down what the rows amount to."""
    with closing(_writing(part)) as database:
        database.execute("BEGIN")
        try:
            database.execute("CREATE UNIQUE INDEX image_image_id ON image (image_id)")
        except sqlite3.IntegrityError:
            _leave_out_second_ones(database, problems)
            tally = Tally()
            for batch in shared.batches(database.execute(f"{_SELECT} ORDER BY row"), BATCH):
                tally.add(batch)
        database.executemany("INSERT INTO meta VALUES (?, ?)", tally.meta(problems).items())
        database.execute("COMMIT")


def _leave_out_second_ones(database: sqlite3.Connection, problems: Problems) -> None:
    database.execute("CREATE INDEX by_id ON image (image_id)")
    database.execute(
        "CREATE TEMP TABLE second AS SELECT row FROM "
        "(SELECT row, row_number() OVER (PARTITION BY image_id ORDER BY row) AS nth FROM image) WHERE nth > 1"
    )
    database.execute("DROP INDEX by_id")
    for image_id, locator in database.execute("SELECT image_id, locator FROM image WHERE row IN second ORDER BY row"):
        problems.add(locator, N_("The image id “{image}” is there already; this one is not used."), image=image_id)
    database.execute("DELETE FROM image WHERE row IN second")
    database.execute("CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER)")
    database.execute("INSERT INTO moved SELECT row, row_number() OVER (ORDER BY row) - 1 FROM image")
    database.execute(
        "UPDATE image SET row = (SELECT new FROM moved WHERE old = row) WHERE row > (SELECT min(row) FROM second)"
    )  # in ascending order, into places that are free by then
    database.execute("CREATE UNIQUE INDEX image_image_id ON image (image_id)")


def _index(part: Path) -> None:
    with closing(_writing(part)) as database:
        meta = dict(database.execute("SELECT name, value FROM meta"))
        for index in _INDEXES:
            database.execute(index)
        if 0 < int(meta["here"]) < int(meta["rows"]):
            database.execute(_INDEX_HERE)
        _group(database, "author", f"SELECT {_AUTHOR} AS name, row FROM image")
        _name(database)
        if database.execute("SELECT 1 FROM image WHERE json_type(rest, '$.labels') IS NOT NULL LIMIT 1").fetchone():
            _label(database)
        _group(database, "class", "SELECT name, row FROM label")


def _account(column: str) -> str:
    """The account in the address of one of Flickr's pages: what stands after people/ or photos/; NULL where it is none."""
    rest = f"substr({column}, instr({column}, 'flickr.com/p') + 18)"
    is_page = f"instr({column}, 'flickr.com/photos/') OR instr({column}, 'flickr.com/people/')"
    return f"CASE WHEN {is_page} THEN substr({rest}, 1, instr({rest} || '/', '/') - 1) END"


def _name(database: sqlite3.Connection) -> None:
    """Writes down by what other names an author is looked for, and what a look-up can find at all; in one transaction."""
    if database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'holds'").fetchone():
        return
    database.execute("BEGIN")
    database.execute("CREATE TABLE author_name (name TEXT, author TEXT, row INTEGER, PRIMARY KEY (name, author, row)) WITHOUT ROWID")
    called = f"""
        SELECT DISTINCT name, author, CASE author WHEN '' THEN row ELSE -1 END FROM (
            SELECT {_account("author_url")} AS name, {_AUTHOR} AS author, row FROM image WHERE {_OTHER_ACCOUNT.format("author_url")}
            UNION ALL SELECT {_account("landing_url")}, {_AUTHOR}, row FROM image WHERE {_OTHER_ACCOUNT.format("landing_url")}
        ) WHERE name <> '' AND name <> author
        UNION SELECT DISTINCT author, {_AUTHOR}, -1 FROM image WHERE author <> ''
    """
    names = ((shared.name_key(name), author, row) for name, author, row in database.execute(called))
    database.executemany("INSERT OR IGNORE INTO author_name VALUES (?, ?, ?)", names)
    database.execute("CREATE TABLE holds (name TEXT PRIMARY KEY) WITHOUT ROWID")
    held = {"photo_id": "photo_id IS NOT NULL", "url": "source_url IS NOT NULL OR landing_url IS NOT NULL"}
    for name, where in held.items():
        database.execute(f"INSERT INTO holds SELECT ? WHERE EXISTS (SELECT 1 FROM image WHERE {where})", (name,))
    named = "SELECT 1 FROM author_name UNION ALL SELECT 1 FROM author_group WHERE name <> ''"
    database.execute(f"INSERT INTO holds SELECT 'author' WHERE EXISTS ({named})")
    database.execute("COMMIT")


def _label(database: sqlite3.Connection) -> None:
    database.execute("""
        INSERT OR IGNORE INTO label
        SELECT coalesce(label.value, ''), image.row FROM image LEFT JOIN json_each(image.rest, '$.labels') AS label
        ORDER BY 1, 2
    """)


def _group(database: sqlite3.Connection, by: str, named: str) -> None:
    """Writes groups out of rows with names, in one transaction. `named` is what is selected: name, row."""
    if database.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (f"{by}_group",)).fetchone():
        return
    database.execute("BEGIN")
    database.execute(f"CREATE TABLE {by}_group (n INTEGER PRIMARY KEY, name TEXT, first INTEGER, rows INTEGER)")
    database.execute(f"CREATE TABLE {by}_rows (chunk INTEGER PRIMARY KEY, rows BLOB)")
    database.execute(f"""
        INSERT INTO {by}_group SELECT row_number() OVER named - 1, name, sum(rows) OVER named - rows, rows
        FROM (SELECT name, count(*) AS rows FROM ({named}) GROUP BY name) WINDOW named AS (ORDER BY name)
    """)
    if database.execute(f"SELECT 1 FROM {by}_group WHERE n = 1").fetchone():
        ordered = database.execute(f"SELECT row FROM ({named}) ORDER BY name, row")
        chunks = iter(lambda: list(chain.from_iterable(ordered.fetchmany(CHUNK))), [])
        packed = (struct.pack(f"<{len(chunk)}I", *chunk) for chunk in chunks)
        database.executemany(f"INSERT INTO {by}_rows VALUES (?, ?)", enumerate(packed))
    database.execute("COMMIT")


# ---- reading ------------------------------------------------------------------------------------------------------------


def is_current(path: Path, sources: Sequence[Source], made_by: str) -> bool:
    """Whether there is a table, whole and of our schema, made by this reader from just these files."""
    try:
        with closing(_connect(path)) as database:
            return shared.is_made_of(_meta(database), made_by, sources)
    except (sqlite3.Error, *shared.DAMAGE):
        return False


def open_table(path: Path) -> SqliteTable:
    """Raises TableGone."""
    try:
        database = _connect(path)
        try:
            return SqliteTable(database, _meta(database), str(path))
        except BaseException:
            database.close()
            raise
    except (sqlite3.Error, *shared.DAMAGE):
        raise TableGone(file=str(path)) from None


def _connect(path: Path) -> sqlite3.Connection:
    # A table is never changed, only replaced: SQLite need not look for locks and journals each time it is asked.
    uri = f"file:{urllib.parse.quote(path.absolute().as_posix())}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def _meta(database: sqlite3.Connection) -> dict[str, str]:
    meta = dict(database.execute("SELECT name, value FROM meta"))
    if meta.get("schema") != SCHEMA:
        raise sqlite3.DatabaseError("another schema")
    return meta


class SqliteTable(shared.Described):
    """A table opened for reading; it may be asked from several threads. It stays what it was when a new one is built beside it."""

    at_once = 1

    def __init__(self, database: sqlite3.Connection, meta: Mapping[str, str], file: str) -> None:
        super().__init__(meta)
        self._file = file
        self._database = database
        self._lock = threading.Lock()

    def record(self, row: int) -> ImageRecord:
        """The record in a row, as it went in. Raises IndexError."""
        if not 0 <= row < self.rows:
            raise IndexError(row)
        found = self._record("row = ?", row)
        if found is None:
            raise self.gone()
        return found

    def records(self, rows: Sequence[int]) -> Iterator[ImageRecord]:
        """The records in these rows, which ascend."""
        for start in range(0, len(rows), CHUNK):
            asked = list(rows[start : start + CHUNK])
            found = self.fetch(f"{_SELECT} WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row", (json.dumps(asked),))
            if len(found) != len(asked):
                raise self.gone()
            for row in found:
                try:
                    yield to_record(self.dataset, row)
                except shared.DAMAGE:
                    raise self.gone() from None

    def named(self, image_id: str) -> ImageRecord | None:
        """The record that has the makers' id, if there is one."""
        return self._record("image_id = ?", image_id)

    def _record(self, where: str, value: object) -> ImageRecord | None:
        found = self.fetch(f"{_SELECT} WHERE {where}", (value,))
        try:
            return to_record(self.dataset, found[0]) if found else None
        except shared.DAMAGE:
            raise self.gone() from None

    def find(
        self,
        *,
        image_id: str | None = None,
        photo_id: str | None = None,
        author: str | None = None,
        url: str | None = None,
        most: int | None = None,
    ) -> list[int]:
        """Rows, ascending, by the makers' id, by Flickr's photo id, by an author's name, account or Flickr id, or by the address of
        file or page; `most`: no more than so many. Capitals in an author's name do not count.

        Slow, a second or so for each three million rows: an address that only looks like Flickr's.
        """
        url_photo = photo_id_in(url) if url is not None else None
        if image_id is not None:
            where = "SELECT row FROM image WHERE image_id = ?1"
        elif photo_id is not None or url_photo:
            where = _FIND_PHOTO
        elif author is not None:
            return self._by(author, most)
        else:
            where = _FIND_ADDRESS if "flickr.com/" not in (url or "") else "SELECT row FROM image WHERE source_url = ?1 OR landing_url = ?1"
        value = next((value for value in (image_id, photo_id, author, url_photo, url) if value is not None), None)
        return [row for (row,) in self.fetch(f"{where} ORDER BY row LIMIT ?2", (value, _limit(most)))]

    def _by(self, author: str, most: int | None) -> list[int]:
        known = self.fetch(
            "SELECT author, row FROM author_name WHERE name = ? ORDER BY author, row LIMIT ?", (shared.name_key(author), _limit(most))
        )
        authors = {author, *(name for name, _ in known)} - {""}
        by = f"SELECT row FROM image WHERE {_AUTHOR} = ? ORDER BY row LIMIT ?"  # the index has an author's rows in their order
        found = {row for name in authors for (row,) in self.fetch(by, (name, _limit(most)))}
        return sorted(found | {row for name, row in known if name == ""})[:most]

    def holds(self) -> frozenset[str]:
        """Which of photo_id, author and url any of its records has."""
        return frozenset(name for (name,) in self.fetch("SELECT name FROM holds", ()))

    def ids(self, rows: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
        """(row, image id) of all rows, or of those given, in order."""
        if rows is not None:
            for start in range(0, len(rows), CHUNK):
                asked = list(rows[start : start + CHUNK])
                found = dict(
                    self.fetch("SELECT row, image_id FROM image WHERE row IN (SELECT value FROM json_each(?))", (json.dumps(asked),))
                )
                if not found.keys() >= set(asked):
                    raise self.gone()
                yield from ((row, found[row]) for row in asked)
            return
        after = -1
        while page := self.fetch("SELECT row, image_id FROM image WHERE row > ? ORDER BY row LIMIT 10000", (after,)):
            yield from page
            after = page[-1][0]

    def few(self, licenses: Collection[str | None] | None, here_only: bool) -> array[int]:
        """The rows, ascending, whose license is one of these (None: any), and, if asked, whose image is here."""
        here = f"AND {_HERE}" if here_only and self.here < self.rows else ""
        if licenses is None:
            return array("q", sorted(row for (row,) in self.fetch(f"SELECT row FROM image WHERE 1 {here}", ())))
        wanted = f"SELECT row FROM image WHERE license IS ? {here}"
        return array("q", sorted(row for slug in licenses for (row,) in self.fetch(wanted, (slug,))))

    def groups(self, by: str) -> SqliteGroups | OneGroup:
        """The images by "class" or by "author"."""
        last, name = self.fetch(f"SELECT max(n), name FROM {by}_group", ())[0]
        return SqliteGroups(self, by, last + 1) if last else OneGroup(name or "", self.rows)

    def close(self) -> None:
        self._database.close()

    def gone(self) -> TableGone:
        """What is raised where the file is found damaged."""
        return TableGone(file=self._file)

    def fetch(self, sql: str, values: Sequence[object]) -> list[Any]:
        with self._lock:
            try:
                return self._database.execute(sql, values).fetchall()
            except sqlite3.ProgrammingError:  # ours, not the file's
                raise
            except sqlite3.DatabaseError:
                raise self.gone() from None


class SqliteGroups:
    """Groups of rows, in code point order of their names; "" is one, where a row has none."""

    def __init__(self, table: SqliteTable, by: str, count: int) -> None:
        self.count = count
        self._table = table
        self._group = f"SELECT name, first, rows FROM {by}_group WHERE n = ?"
        self._chunk = f"SELECT rows FROM {by}_rows WHERE chunk = ?"
        self._last: tuple[int, tuple[str, int, int]] = (-1, ("", 0, 0))  # a draw asks for a group's size, then for one of its rows

    def name(self, n: int) -> str:
        """Of group n, from 0. Raises IndexError, as the others do."""
        return str(self._fetch(n)[0])

    def rows(self, n: int) -> int:
        """How many rows group n has."""
        return int(self._fetch(n)[2])

    def row(self, n: int, r: int) -> int:
        """Row r of group n, both from 0; a group's rows ascend."""
        _, first, rows = self._fetch(n)
        chunk, place = divmod(first + range(rows)[r], CHUNK)
        try:
            ((packed,),) = self._table.fetch(self._chunk, (chunk,))
            row = int(_NUMBER.unpack_from(packed, place * _NUMBER.size)[0])
            return range(self._table.rows)[row]
        except (struct.error, *shared.DAMAGE):
            raise self._table.gone() from None

    def _fetch(self, n: int) -> tuple[str, int, int]:
        last, found = self._last
        if n != last or n < 0:
            if not 0 <= n < self.count:
                raise IndexError(n)
            try:
                ((name, first, rows),) = self._table.fetch(self._group, (n,))
                found = (str(name), int(first), int(rows))
            except shared.DAMAGE:
                raise self._table.gone() from None
            self._last = (n, found)
        return found


def _limit(most: int | None) -> int:
    """As SQLite has it: -1 is none."""
    return -1 if most is None else most
