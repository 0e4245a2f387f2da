"""A table of recipients as a spreadsheet saves it -> address lines. It is read where it lies and goes nowhere but on labels and lists.

Without a row of headings every column is a line of the address, in order. With one, first and last name stand in one line, and so do
postcode and city; a column that is surely no address, such as a telephone number, is left out; of any other nothing is lost.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from imagestolive.credits import clean
from imagestolive.datasets.csvfiles import ROW_MOST_CHARACTERS, MisplacedQuote, RowTooLong, WrongColumns
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import DrawnSet
from imagestolive.press.headings import NAME_PARTS, Kind, kind_of
from imagestolive.sets import shown
from imagestolive.words import Words

ROWS_MOST, BYTES_MOST = 500, 1_000_000
FIELD = "recipients"

_NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\x7f]")  # a spreadsheet's own file, or UTF-16 that does not say so
_ONE_LINE: tuple[frozenset[Kind | None], ...] = (frozenset({"street", "number"}), frozenset({"postcode", "city", "state"}))


class RecipientsTooLarge(ImagesToLiveError):
    """More bytes than any list of 500 people has."""

    sentence = N_("{file} has {found} bytes; a table of recipients has at most {most}.")
    field = FIELD


class TooManyRecipients(ImagesToLiveError):
    sentence = N_("{file} has more than {most} recipients: divide it.")
    field = FIELD


class NoRecipients(ImagesToLiveError):
    sentence = N_("There is no recipient in {file}.")
    field = FIELD


class NotATable(ImagesToLiveError):
    """A file of another kind, such as a spreadsheet's own."""

    sentence = N_("{file} is no CSV file. Save the table again as “CSV UTF-8”.")
    field = FIELD


class Cell(NamedTuple):
    """One column's part of an address line."""

    column: int  # from 0
    after: str = " "  # what stands between it and what is before it in the line, if there is anything


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Rows of a table, cells as they were typed but trimmed, each row as long as the longest; and how columns make lines of an address."""

    columns: tuple[str, ...]  # as the headings say; empty: there are none
    rows: tuple[tuple[str, ...], ...]
    address: tuple[tuple[Cell, ...], ...]  # lines
    unknown: tuple[str, ...] = ()  # columns that are lines of the address although nothing is known of their headings
    left_out: tuple[str, ...] = ()  # columns that are surely no address

    def lines(self, row: int) -> tuple[str, ...]:
        """The address lines of a row, from 0; a cell of several lines gives several."""
        cells = self.rows[row]
        joined = (_joined([(cell.after, cells[cell.column]) for cell in line if cells[cell.column]]) for line in self.address)
        return tuple(line for text in joined for part in text.splitlines() if (line := clean(part)))

    def first_line(self, row: int) -> str:
        return next(iter(self.lines(row)), "")


def read_recipients(data: bytes, *, name: str = "CSV") -> Recipients:
    """The recipients in a CSV file: UTF-8, UTF-16 or Latin-1; commas, semicolons or tabs; with or without a row of headings.

    `name` is what complaints call the file. Raises RecipientsTooLarge, NotATable, TooManyRecipients, NoRecipients, MisplacedQuote,
    RowTooLong, WrongColumns.
    """
    name = shown(name)
    if len(data) > BYTES_MOST:
        raise RecipientsTooLarge(file=name, found=len(data), most=BYTES_MOST)
    rows = list(_rows(_text(data, name), name))
    columns = tuple(rows.pop(0)[1]) if rows and _are_headings(rows[0][1]) else ()
    if not rows:
        raise NoRecipients(file=name)
    if len(rows) > ROWS_MOST:
        raise TooManyRecipients(file=name, most=ROWS_MOST)
    for line, cells in rows:
        if columns and len(cells) > len(columns):
            raise WrongColumns(file=name, row=line, found=len(cells), expected=len(columns), field=FIELD)
    width = max(len(columns), *(len(cells) for _, cells in rows))
    filled = tuple((*cells, *[""] * (width - len(cells))) for _, cells in rows)
    if not columns:
        return Recipients(columns=(), rows=filled, address=tuple((Cell(column),) for column in range(width)))
    kinds = _told_apart([kind_of(column) for column in columns])
    used = [column for column in range(width) if any(cells[column] for cells in filled)]
    unknown = [column for column in used if kinds[column] is None]
    return Recipients(
        columns=columns,
        rows=filled,
        address=tuple(_address(kinds)),
        unknown=tuple(columns[column] or f"({column + 1})" for column in unknown),
        left_out=tuple(columns[column] for column in used if kinds[column] == "apart"),
    )


def understood(recipients: Recipients, words: Words) -> list[str]:
    """What must be said of how the table was read, a sentence each."""
    if not recipients.columns:
        return [words.say("No heading was recognised: the first row was taken for an address.")]
    said = []
    if recipients.left_out:
        said.append(words.say("Columns that are no address were left out: {columns}.", columns=_named(recipients.left_out)))
    if recipients.unknown:
        said.append(
            words.say(
                "Columns whose headings are not known were taken for lines of the address: {columns}.", columns=_named(recipients.unknown)
            )
        )
    return said


def mismatch(drawn: DrawnSet, recipients: Recipients, words: Words) -> str | None:
    """Whether there are more or fewer recipients than people, in a sentence; None: as many."""
    people, found = drawn.request.people, len(recipients.rows)
    if found > people:
        return words.count(
            "Recipients: {found}, people: {people}. The last recipient gets nothing.",
            "Recipients: {found}, people: {people}. The last {n} recipients get nothing.",
            found - people,
            found=found,
            people=people,
        )
    if found < people:
        return words.say(
            "Recipients: {found}, people: {people}. From person {first} on there is no address.",
            found=found,
            people=people,
            first=found + 1,
        )
    return None


def _named(columns: Sequence[str]) -> list[str]:
    return [f"“{shown(column)}”" for column in columns]


def _are_headings(cells: Sequence[str]) -> bool:
    """Whether a row says what is in the columns below it: it holds a heading, and, unless most are, no unknown cell with a number."""
    filled = [cell for cell in cells if cell]
    unknown = [cell for cell in filled if kind_of(cell) is None]
    known = len(filled) - len(unknown)
    return known > 0 and (known > len(unknown) or not any(sign.isdigit() for cell in unknown for sign in cell))


def _address(kinds: Sequence[Kind | None]) -> Iterator[tuple[Cell, ...]]:
    """The columns of each line: the parts of a name wherever they are; street and number, postcode and city if they stand side by side."""
    named = sorted((place for place, kind in enumerate(kinds) if kind in NAME_PARTS), key=lambda place: NAME_PARTS.index(kinds[place]))
    line: list[Cell] = []
    before: Kind | None = None
    for place, kind in enumerate(kinds):
        if kind == "apart":
            continue
        if line and not _side_by_side(before, kind):
            yield tuple(line)
            line = []
        if place in named:
            if place == min(named):
                yield tuple(Cell(part) for part in named)
        else:
            line.append(Cell(place, ", " if kind == "state" else " "))
        before = kind
    if line:
        yield tuple(line)


def _told_apart(kinds: Sequence[Kind | None]) -> list[Kind | None]:
    """“Name” beside “First name” is the last name, and beside “Last name” the first; a number that is beside no street may be any."""
    given, family = "given" in kinds, "family" in kinds
    name: Kind = "name" if given == family else "family" if given else "given"
    meant: list[Kind | None] = [name if kind == "name" else kind for kind in kinds]
    return [None if kind == "number" and "street" not in meant[max(0, place - 1) : place + 2] else kind for place, kind in enumerate(meant)]


def _side_by_side(before: Kind | None, kind: Kind | None) -> bool:
    """Whether what stands in two columns, one after the other, is one line."""
    return any(before in group and kind in group and before != kind for group in _ONE_LINE)


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    """Texts in one line, between them what each has before it."""
    return "".join(text if place == 0 else after + text for place, (after, text) in enumerate(parts))


def _text(data: bytes, name: str) -> str:
    """UTF-16 says so at its beginning; what is not UTF-8 is what Windows and Excel write in the west."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252", "latin-1"):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if _NO_TEXT.search(text):
                break
            return text
    raise NotATable(file=name)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins on."""
    said = re.match(r"sep=([,;\t])\r?\n", text)  # Excel writes so, and reads it
    delimiter = said[1] if said else max(",;\t", key=_outside_quotes(text.partition("\n")[0]).count)
    reader = csv.reader(io.StringIO(text[said.end() :] if said else text, newline=""), delimiter=delimiter, strict=True)
    skipped = 1 if said else 0
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise RowTooLong(file=name, row=line, most=ROW_MOST_CHARACTERS, field=FIELD) from None
            raise MisplacedQuote(file=name, row=line, field=FIELD) from None
        if any(cells):
            yield line, cells


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"?', "", line)
