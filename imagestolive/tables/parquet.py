"""The Parquet form of a table. Needs the extra `parquet`.

The same columns as the SQLite form, `rest` as JSON text, in row groups of 8,192 rows; what the SQLite form keeps in `meta` is
the file's key-value metadata. A row is its place. One row group is read to take a row; a search goes through whole columns,
passing over row groups whose least and greatest value leave out what is looked for; groups are put together in memory.

A build is atomic, but not restartable: a Parquet file is readable only when its end is written.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from imagestolive.datasets.flickr import photo_id as photo_id_in
from imagestolive.datasets.locators import is_elsewhere
from imagestolive.datasets.parquetfiles import arrow
from imagestolive.datasets.problems import Problems
from imagestolive.errors import N_
from imagestolive.records import ImageRecord
from imagestolive.tables import rows as shared
from imagestolive.tables.inserting import to_json
from imagestolive.tables.rows import COLUMNS, NUMBERS, SCHEMA, Row, Source, TableGone, TableNotBuilt, Tally, to_record, to_row

ROW_GROUP = 8192
_NAMES = (*COLUMNS, "rest")


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
    """As sqlite.build; a build that is broken off begins anew."""
    pyarrow, _ = arrow()
    part = shared.part_of(path)
    made_of = shared.made_of(dataset, made_by, sources)
    with shared.building(path) as waited:
        if waited and is_current(path, sources, made_by):
            return
        try:
            with closing(sqlite3.connect("")) as ids:
                _write(part, _noted(map(to_row, records), ids, progress), made_of, problems)
                seconds = _second_ones(ids, problems)
            if seconds:
                first_part = part.replace(part.with_suffix(".first"))
                try:
                    _write(part, _without(_rows(first_part), seconds), made_of, problems)
                finally:
                    first_part.unlink()
            with part.open("r+b") as written:
                os.fsync(written.fileno())
            os.replace(part, path)
        except (sqlite3.Error, pyarrow.ArrowException) as error:
            raise TableNotBuilt(file=str(path), problem=str(error)) from None
        finally:
            shared.drop(part)


def _write(part: Path, rows: Iterable[Row], made_of: Mapping[str, str], problems: Problems) -> None:
    pyarrow, parquet = arrow()
    schema = pyarrow.schema([(name, pyarrow.int64() if name in NUMBERS else pyarrow.string()) for name in _NAMES])
    tally = Tally()
    with parquet.ParquetWriter(part, schema, compression="zstd") as writer:
        for batch in shared.batches(rows, ROW_GROUP):
            tally.add(batch)
            columns = zip(*((*values, rest and to_json(rest)) for *values, rest in batch), strict=True)
            arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pyarrow.table(arrays, schema=schema), row_group_size=ROW_GROUP)
        writer.add_key_value_metadata({**made_of, **tally.meta(problems)})


def _noted(rows: Iterable[Row], ids: sqlite3.Connection, progress: Callable[[int], None] | None) -> Iterator[Row]:
    """The rows as they are; their image ids are noted in a database that vanishes."""
    ids.execute("CREATE TABLE seen (row INTEGER PRIMARY KEY, image_id TEXT, locator TEXT)")
    done = 0
    for batch in shared.batches(rows, ROW_GROUP):
        ids.executemany("INSERT INTO seen VALUES (?, ?, ?)", ((done + n, row[0], row[1]) for n, row in enumerate(batch)))
        done += len(batch)
        if progress:
            progress(done)
        yield from batch


def _second_ones(ids: sqlite3.Connection, problems: Problems) -> set[int]:
    """Rows whose image id an earlier one has."""
    found = ids.execute(
        "SELECT row, image_id, locator FROM (SELECT *, row_number() OVER (PARTITION BY image_id ORDER BY row) AS nth FROM seen) "
        "WHERE nth > 1 ORDER BY row"
    ).fetchall()
    for _, image_id, locator in found:
        problems.add(locator, N_("The image id “{image}” is there already; this one is not used."), image=image_id)
    return {row for row, _, _ in found}


def _rows(path: Path) -> Iterator[Row]:
    _, parquet = arrow()
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROW_GROUP):
            for *values, rest in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield (*values, rest and json.loads(rest))


def _without(rows: Iterable[Row], left_out: Collection[int]) -> Iterator[Row]:
    return (row for n, row in enumerate(rows) if n not in left_out)


# ---- reading ------------------------------------------------------------------------------------------------------------


def is_current(path: Path, sources: Sequence[Source], made_by: str) -> bool:
    """Whether there is a table, whole and of our schema, made by this reader from just these files. Raises ParquetMissing."""
    try:
        with closing(open_table(path)) as table:
            return shared.is_made_of(table.meta, made_by, sources)
    except TableGone:
        return False


def open_table(path: Path) -> ParquetTable:
    """Raises TableGone, ParquetMissing."""
    pyarrow, parquet = arrow()
    try:
        file = parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError, *shared.DAMAGE):
        raise TableGone(file=str(path)) from None
    try:
        meta = {name.decode(): value.decode() for name, value in (file.metadata.metadata or {}).items() if name != b"ARROW:schema"}
        if meta.get("schema") != SCHEMA:
            raise ValueError("another schema")
        return ParquetTable(file, meta, str(path))
    except shared.DAMAGE:
        file.close(force=True)
        raise TableGone(file=str(path)) from None


class ParquetTable(shared.Described):
    """A table opened for reading; it may be asked from several threads. It stays what it was when a new one is built beside it."""

    at_once = ROW_GROUP

    def __init__(self, file: Any, meta: Mapping[str, str], path: str) -> None:
        super().__init__(meta)
        self.meta = meta
        self._file = file
        self._path = path
        self._lock = threading.Lock()
        sizes = (file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups))
        self._starts = [0, *accumulate(sizes)]
        if self._starts[-1] != self.rows:
            raise ValueError("rows are missing")
        self._groups: dict[str, MemoryGroups] = {}

    def record(self, row: int) -> ImageRecord:
        """The record in a row, as it went in. Raises IndexError."""
        if not 0 <= row < self.rows:
            raise IndexError(row)
        group = bisect_right(self._starts, row) - 1
        with self._sound():
            found = self._read(group, _NAMES).slice(row - self._starts[group], 1)
            return to_record(self.dataset, tuple(found.column(name)[0].as_py() for name in _NAMES))

    def records(self, rows: Sequence[int]) -> Iterator[ImageRecord]:
        """The records in these rows, which ascend: each row group is read once."""
        for group, wanted in groupby(rows, key=lambda row: bisect_right(self._starts, row) - 1):
            with self._sound():
                found = self._read(group, _NAMES).take([row - self._starts[group] for row in wanted])
                values = list(zip(*(found.column(name).to_pylist() for name in _NAMES), strict=True))
            for row in values:
                with self._sound():
                    record = to_record(self.dataset, row)
                yield record

    def named(self, image_id: str) -> ImageRecord | None:
        """The record that has the makers' id, if there is one."""
        rows = self.find(image_id=image_id)
        return self.record(rows[0]) if rows else None

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
        file or page; `most`: no more than so many. Capitals in an author's name do not count."""
        url_photo = photo_id_in(url) if url is not None else None
        if image_id is not None:
            found = self._search({image_id}, "image_id")
        elif photo := photo_id or url_photo:
            found = self._search({photo}, "photo_id")
        elif author is not None:
            found = self._by(shared.name_key(author))
        else:
            found = self._search({url}, "source_url", "landing_url")
        return found[:most]

    def _by(self, name: str) -> list[int]:
        columns = ("author_id", "author", "author_url", "landing_url")
        known = ((row, names, pages) for row, (*names, page, other) in enumerate(self._values(*columns)) for pages in ((page, other),))
        return [
            row
            for row, names, pages in known
            if name and name in {shared.name_key(one) for one in (*names, *map(shared.account, pages)) if one}
        ]

    def holds(self) -> frozenset[str]:
        """Which of photo_id, author and url any of its records has."""
        held = {"photo_id": self._has("photo_id"), "url": self._has("source_url", "landing_url")}
        held["author"] = self._has("author_id", "author") or self._has("author_url", "landing_url", of=shared.account)
        return frozenset(name for name, is_held in held.items() if is_held)

    def _has(self, *columns: str, of: Callable[[str], object] = lambda _: True) -> bool:
        return any(of(value) for values in self._values(*columns) for value in values if value is not None)

    def ids(self, rows: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
        """(row, image id) of all rows, or of those given, in order."""
        if rows is None:
            yield from enumerate(image_id for (image_id,) in self._values("image_id"))
            return
        group, ids = -1, []
        for row in rows:
            if not self._starts[group] <= row < self._starts[group + 1] or group < 0:
                group = bisect_right(self._starts, row) - 1
                ids = self._column(group, "image_id")
            yield row, ids[row - self._starts[group]]

    def few(self, licenses: Collection[str | None] | None, here_only: bool) -> array[int]:
        """The rows, ascending, whose license is one of these (None: any), and, if asked, whose image is here."""
        rows = range(self.rows) if licenses is None else self._search(set(licenses), "license")
        if not here_only or self.here == self.rows:
            return array("q", rows)
        elsewhere = bytearray(map(is_elsewhere, (locator for (locator,) in self._values("locator"))))
        return array("q", (row for row in rows if not elsewhere[row]))

    def groups(self, by: str) -> MemoryGroups:
        """The images by "class" or by "author"."""
        if by not in self._groups:
            found: dict[str, array[int]] = defaultdict(lambda: array("q"))
            for row, names in enumerate(self._classes() if by == "class" else self._authors()):
                for name in names:
                    found[name].append(row)
            self._groups[by] = MemoryGroups(found)
        return self._groups[by]

    def close(self) -> None:
        self._file.close(force=True)

    def _classes(self) -> Iterator[Iterable[str]]:
        for (rest,) in self._values("rest"):
            try:
                labels = json.loads(rest).get("labels", ()) if rest else ()
                names = dict.fromkeys(labels) or ("",)
            except (AttributeError, *shared.DAMAGE):
                raise TableGone(file=self._path) from None
            yield names

    def _authors(self) -> Iterator[Iterable[str]]:
        for author_id, author in self._values("author_id", "author"):
            yield (author_id if author_id is not None else author if author is not None else "",)

    def _values(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        for group in range(len(self._starts) - 1):
            yield from zip(*(self._column(group, column) for column in columns), strict=True)

    def _column(self, group: int, column: str) -> list[Any]:
        with self._sound():
            values: list[Any] = self._read(group, [column]).column(0).to_pylist()
            return values

    def _read(self, group: int, columns: Sequence[str]) -> Any:
        with self._lock:
            read = self._file.read_row_group(group, columns=columns, use_threads=False)
        if len(read) != self._starts[group + 1] - self._starts[group]:
            raise ValueError("rows are missing")
        return read

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """What goes wrong inside is the file's fault: TableGone."""
        try:
            yield
        except (arrow()[0].ArrowException, OSError, *shared.DAMAGE):
            raise TableGone(file=self._path) from None

    def _search(self, wanted: Collection[str | None], *columns: str) -> list[int]:
        """Rows, ascending, in one of whose columns one of the values stands."""
        found: set[int] = set()
        for group, start in enumerate(self._starts[:-1]):
            for column in columns:
                if self._may_hold(group, column, wanted):
                    found.update(start + n for n, value in enumerate(self._column(group, column)) if value in wanted)
        return sorted(found)

    def _may_hold(self, group: int, column: str, wanted: Collection[str | None]) -> bool:
        with self._sound():
            statistics = self._file.metadata.row_group(group).column(_NAMES.index(column)).statistics
            if statistics is None or not statistics.has_min_max or None in wanted:
                return True
            return any(statistics.min <= value <= statistics.max for value in wanted if value is not None)


class MemoryGroups:
    """Groups of rows in memory, in code point order of their names."""

    def __init__(self, rows: Mapping[str, array[int]]) -> None:
        self._names = sorted(rows)
        self._rows = [rows[name] for name in self._names]
        self.count = len(self._names)

    def name(self, n: int) -> str:
        return self._names[n]

    def rows(self, n: int) -> int:
        return len(self._rows[n])

    def row(self, n: int, r: int) -> int:
        return self._rows[n][r]
