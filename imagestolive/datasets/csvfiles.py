"""CSV as people and data sets write it, read strictly: what cannot be read rightly is refused or reported, never guessed.

UTF-8 with or without a byte order mark; commas, semicolons or tabs, whichever the first line has most of; any line end.
A whole file is refused when its letters are not UTF-8, a quote is never closed, or a row is longer than any honest row:
nothing after such a place can be trusted. A row with too few or too many columns is reported and left out; whoever
reads without `problems` has the whole file refused for it. Lists of a data set's makers (`makers`), which nobody here can
save again, lose only the rows whose letters are not UTF-8, unless that is the first one.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from imagestolive.datasets.locators import shown
from imagestolive.datasets.problems import Problems
from imagestolive.errors import N_, ImagesToLiveError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet reckons with a cell that begins so
ROW_MOST_CHARACTERS = 128 * 1024  # no row may be longer than what the csv module allows a single field


class CsvRefused(ImagesToLiveError):
    """The file cannot be trusted from this row on. Facts: file, row (the line it begins on; the first is 1)."""


class NotUtf8(CsvRefused):
    sentence = N_("{file}, row {row}: the letters are not UTF-8. Save the file again as “CSV UTF-8”.")


class OpenQuote(CsvRefused):
    sentence = N_("{file}, row {row}: a quotation mark opens here and is never closed.")


class RowTooLong(CsvRefused):
    sentence = N_("{file}, row {row}: this row has more than {most} characters; perhaps a quotation mark is missing.")


class HeaderTwice(CsvRefused):
    sentence = N_("{file}, row {row}: two columns are called “{column}”.")


class WrongColumns(CsvRefused):
    sentence = N_("{file}, row {row}: this row has {found} columns, the header {expected}.")


class MisplacedQuote(CsvRefused):
    sentence = N_("{file}, row {row}: a quotation mark stands in the wrong place.")


class HoldsNul(CsvRefused):
    sentence = N_("{file}, row {row}: this row holds a character that no text has (NUL).")


def read_rows(
    path: Path, problems: Problems | None, *, name: str | None = None, makers: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by its header, with the line it begins on. Header names are lower-cased, cells trimmed.

    `name` is what complaints call the file. Without `problems` a row that cannot be read is raised. Raises CsvRefused, OSError.
    """
    name = name or path.name
    rows = read_plain(path, problems, name=name, makers=makers)
    first_line, cells = next(rows, (1, []))
    columns = [cell.lower() for cell in cells]
    for column in columns:
        if column and columns.count(column) > 1:
            raise HeaderTwice(file=shown(name), row=first_line, column=shown(column, 40))
    for line, cells in rows:
        found, expected = len(cells), len(columns)
        if found == expected:
            yield line, dict(zip(columns, cells, strict=False))  # which is faster
        elif problems is None:
            raise WrongColumns(file=shown(name), row=line, found=found, expected=expected)
        else:
            problems.add(name, N_("This row has {found} columns, the header {expected}."), row=line, found=found, expected=expected)


def read_plain(path: Path, problems: Problems | None, *, name: str, makers: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Each row as it stands, the first one too, with the line it begins on. Empty lines are passed over. Raises CsvRefused, OSError."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = _Lines(file, name, strict=problems is None or not makers)
        parsed = csv.reader(lines, delimiter=_delimiter(file), strict=True)
        while True:
            row = lines.begin_row()
            try:
                cells = [cell.strip() for cell in next(parsed)]
            except StopIteration:
                return
            except csv.Error:
                if lines.ended:
                    raise OpenQuote(file=shown(name), row=row) from None
                if problems is None:
                    raise MisplacedQuote(file=shown(name), row=row) from None
                problems.add(name, N_("A quotation mark stands in the wrong place."), row=row)
                continue
            if lines.hold_other_letters and problems is not None:
                problems.add(name, N_("The letters of this row are not UTF-8."), row=row)
            elif lines.hold_nul:
                if problems is None:
                    raise HoldsNul(file=shown(name), row=row)
                problems.add(name, N_("This row holds a character that no text has (NUL)."), row=row)
            elif any(cells):
                yield row, cells


def read_header(path: Path) -> list[str]:
    """The first row, lower-cased and trimmed; empty for an empty file. Raises CsvRefused, OSError."""
    _, cells = next(read_plain(path, Problems(), name=path.name), (1, []))
    return [cell.lower() for cell in cells]


class _Lines:
    """Hands lines to the csv module, watching how long a row grows and what its letters are."""

    def __init__(self, file: TextIO, name: str, *, strict: bool) -> None:
        self.ended = False
        self.hold_nul = self.hold_other_letters = False  # those of this row
        self._strict = strict  # letters that are not UTF-8 refuse the file
        self._file = file
        self._name = name
        self._line = 0
        self._row = 1
        self._characters = 0

    def begin_row(self) -> int:
        self._row = self._line + 1
        self._characters = 0
        self.hold_nul = self.hold_other_letters = False
        return self._row

    def __iter__(self) -> Iterator[str]:
        readline = self._file.readline
        while text := readline(ROW_MOST_CHARACTERS + 1):
            self._line += 1
            self._characters += len(text)
            if self._characters > ROW_MOST_CHARACTERS:
                raise RowTooLong(file=shown(self._name), row=self._row, most=ROW_MOST_CHARACTERS)
            if "\0" in text:
                self.hold_nul = True
            if not (text.isascii() or is_text(text)) or (self.hold_nul and self._line == 1):  # UTF-16 is full of NUL
                if self._strict or self._line == 1:
                    raise NotUtf8(file=shown(self._name), row=self._row)
                self.hold_other_letters = True
            yield text
        self.ended = True


def is_text(line: str) -> bool:
    """Whether every byte was UTF-8: the others came in as lone surrogates."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _delimiter(file: TextIO) -> str:
    """The sign the first line has most of; a comma when it has none. Leaves the file at its start."""
    first = file.readline(ROW_MOST_CHARACTERS)
    file.seek(0)
    return max(",;\t", key=first.count)


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, whatever unseen or wide signs it begins with."""
    first = next((sign for sign in cell if unicodedata.category(sign) not in ("Cf", "Zs", "Cc")), "")
    return f"'{cell}" if cell.startswith(_FORMULA) or unicodedata.normalize("NFKC", first).startswith(_FORMULA) else cell
