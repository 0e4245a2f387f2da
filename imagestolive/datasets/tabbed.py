"""Tab-separated text, plain or packed as .gz or .bz2, of any size: a line is a row, read one after another.

A line that cannot be read rightly is told and left out; the next one is read as if nothing had been. No quotation mark can swallow
what follows it.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from imagestolive.datasets.csvfiles import is_text
from imagestolive.datasets.locators import shown
from imagestolive.datasets.member import EndsEarly, NoArchive, check_growth
from imagestolive.datasets.problems import Problems
from imagestolive.errors import N_

ROW_MOST_CHARACTERS = 2**20
_UNPACKERS: Mapping[str, Callable[[BinaryIO], io.BufferedIOBase]] = {".bz2": bz2.BZ2File, ".gz": lambda file: gzip.GzipFile(fileobj=file)}
_STEP_BYTES = 2**16
_MARK = "\ufeff"  # of byte order


def unpacked_name(path: Path) -> str:
    """photos.csv of photos.csv.gz."""
    return path.name.removesuffix(".bz2").removesuffix(".gz")


def read_header(path: Path) -> list[str]:
    """The names in the first line, lower-cased and trimmed; empty for an empty file. Raises ArchiveRefused, OSError."""
    with opened(path) as file:
        return _names(file.readline(ROW_MOST_CHARACTERS))


def read_rows(path: Path, names: Sequence[str], problems: Problems, *, quoted: bool = False) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(line, the cells of these two or more columns) of each row below the header; a column that is not there is "". The header is line 1.

    `quoted`: a cell may stand in quotation marks, as spreadsheets write it, but on one line.
    Raises ArchiveRefused, OSError.
    """
    header = read_header(path)
    wanted = itemgetter(*(header.index(name) if name in header else len(header) for name in names))
    for row, cells in rows_of_width(path, len(header), problems, split=_unquoted if quoted else _plain):
        if row > 1:
            yield row, wanted([*cells, ""])


def rows_of_width(
    path: Path, width: int, problems: Problems, *, split: Callable[[str, int], list[str]] | None = None
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of all lines of so many columns, the first one too, which is 1. Raises ArchiveRefused, OSError."""
    split = split or _plain
    with opened(path) as file:
        for row, line in lines(file):
            cells = split(line.rstrip("\r\n"), width)
            if len(line) == ROW_MOST_CHARACTERS:
                problems.add(path.name, N_("This row has more than {most} characters."), row=row, most=ROW_MOST_CHARACTERS)
            elif not (line.isascii() or is_text(line)):
                problems.add(path.name, N_("The letters of this row are not UTF-8."), row=row)
            elif "\0" in line:
                problems.add(path.name, N_("This row holds a character that no text has (NUL)."), row=row)
            elif len(cells) == width:
                yield row, cells
            elif cells != [""]:
                problems.add(path.name, N_("This row has {found} columns, not {expected}."), row=row, found=len(cells), expected=width)


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """The text in a file, unpacked as it is read. Raises ArchiveRefused, OSError."""
    try:
        with path.open("rb") as file:
            packed = path.suffix in _UNPACKERS
            plain = io.BufferedReader(_Unpacked(file, path), _STEP_BYTES) if packed else file
            yield io.TextIOWrapper(plain, encoding="utf-8", errors="surrogateescape", newline="\n")
    except EOFError:
        raise EndsEarly(file=shown(path.name)) from None
    except (OSError, zlib.error) as error:
        if getattr(error, "errno", None) is not None:  # of the system; those of bz2 and gzip have none
            raise
        raise NoArchive(file=shown(path.name)) from None


def lines(file: TextIO) -> Iterator[tuple[int, str]]:
    """(row, line); of a line longer than any honest one the beginning."""
    row = 0
    while line := file.readline(ROW_MOST_CHARACTERS):
        row += 1
        yield row, line
        while len(line) == ROW_MOST_CHARACTERS and not line.endswith("\n"):
            line = file.readline(ROW_MOST_CHARACTERS)


class _Unpacked(io.RawIOBase):
    """What comes out of a packed file, as long as it stays in proportion to what went in: else whoever reads gets GrowsTooMuch."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._name = path.name
        self._unpacked = _UNPACKERS[path.suffix](file)
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = self._unpacked.readinto(buffer)
        self._at += size
        check_growth(self._name, packed_bytes=self._file.tell(), unpacked_bytes=self._at)
        return size


def _plain(line: str, _: int) -> list[str]:
    return line.split("\t")


def _unquoted(line: str, width: int) -> list[str]:
    """The cells without the quotation marks around them; as they stand where taking them off leaves another number of columns."""
    if '"' not in line:
        return line.split("\t")
    try:
        cells = next(csv.reader([line], delimiter="\t", strict=True), [""])
    except csv.Error:
        return line.split("\t")
    return cells if len(cells) == width else line.split("\t")


def _names(line: str) -> list[str]:
    names = [cell.strip().strip('"').lower() for cell in line.removeprefix(_MARK).rstrip("\r\n").split("\t")]
    return [] if names == [""] else names
