"""A data set's records by dense row number: build once, then count, take a row, find. A table's suffix says its form.

.sqlite3 (sqlite.py) is the default. .parquet (parquet.py, with the extra of that name) is for sets that outgrow one machine.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

from imagestolive.datasets.problems import Problem, Problems
from imagestolive.records import ImageRecord
from imagestolive.tables.joins import credited
from imagestolive.tables.rows import LicenseShare, Source, TableGone, TableNotBuilt, discard

__all__ = [
    "Groups",
    "LicenseShare",
    "Table",
    "TableGone",
    "TableNotBuilt",
    "build",
    "credited",
    "discard",
    "is_current",
    "open_table",
]


class Groups(Protocol):
    """Groups of rows, in code point order of their names; "" is one, where a row has none. No group is empty.

    A row stands in each of its groups. What is not there raises IndexError; TableGone as for a Table.
    """

    @property
    def count(self) -> int: ...

    def name(self, n: int) -> str:
        """Of group n, n from 0."""

    def rows(self, n: int) -> int:
        """How many rows group n has."""

    def row(self, n: int, r: int) -> int:
        """Row r of group n, both from 0; a group's rows ascend."""


class Table(Protocol):
    """A table opened for reading; it may be asked from several threads. It stays what it was when a new one is built beside it.

    Whatever is asked of it may raise TableGone: only then it shows that its file is damaged. `discard` makes room for a new one.
    """

    dataset: str
    sources: tuple[Source, ...]  # what it was made of
    rows: int
    here: int  # rows whose image is here; the others have an address
    has_licenses: bool  # whether any of its images has a license of its own
    licenses: tuple[LicenseShare, ...] | None  # None where there are more than a thousand kinds
    fingerprint: str
    at_once: int  # how many rows that follow each other are read for one of them
    skipped: int
    problems: tuple[Problem, ...]

    def record(self, row: int) -> ImageRecord:
        """The record in a row, as it went in. Raises IndexError."""

    def records(self, rows: Sequence[int]) -> Iterator[ImageRecord]:
        """The records in these rows, which ascend."""

    def named(self, image_id: str) -> ImageRecord | None:
        """The record that has the makers' id, if there is one."""

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

    def holds(self) -> frozenset[str]:
        """Which of photo_id, author and url any of its records has."""

    def ids(self, rows: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
        """(row, image id) of all rows, or of those given, in order."""

    def few(self, licenses: Collection[str | None] | None, here_only: bool) -> array[int]:
        """The rows, ascending, whose license is one of these (None: any), and, if asked, whose image is here."""

    def groups(self, by: Literal["class", "author"]) -> Groups:
        """The images by class (a label's text) or by author (Flickr's id of them, else their name)."""

    def close(self) -> None: ...


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
    Raises TableNotBuilt, ParquetMissing, and what `records` raises.

    `dataset`, `made_by` and `sources` say what it is made of. The second of two records with one image id is left out and told
    to `problems`, which the records' reader fills too. `progress` is told how many rows have been read. Who has to wait for
    another build of the same table takes what that one made.
    """
    _form(path).build(path, records, dataset=dataset, made_by=made_by, sources=sources, problems=problems, progress=progress)


def is_current(path: Path, sources: Sequence[Source], made_by: str) -> bool:
    """Whether there is a table, whole and of our schema, made by this reader from just these files. Raises ParquetMissing."""
    return bool(_form(path).is_current(path, sources, made_by))


def open_table(path: Path) -> Table:
    """Raises TableGone, ParquetMissing."""
    table: Table = _form(path).open_table(path)
    return table


def _form(path: Path) -> Any:
    return import_module(f"imagestolive.tables.{'parquet' if path.suffix == '.parquet' else 'sqlite'}")
