"""A table of recipients as a spreadsheet saves it -> address lines. It is read where it lies and goes nowhere but on labels and lists.

Without a header row every column is a line of the address, in order. With one, the columns are whose names say so: name, address,
line 1, street, city, ... in English or Portuguese; any other stays for the mail merge alone.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from imagestolive.credits import clean
from imagestolive.datasets.csvfiles import MisplacedQuote, WrongColumns
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import DrawnSet
from imagestolive.sets import shown
from imagestolive.words import Words

ROWS_MOST, BYTES_MOST = 500, 1_000_000
FIELD = "recipients"

_NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\x7f]")  # a spreadsheet's own file, or UTF-16 that does not say so
_ADDRESS = re.compile(
    r"name|full name|first name|last name|surname|organi[sz]ation|company|school|c/o|"
    r"(?:address|line|address line|endereço|endereco|linha|linha de endereço) ?[0-9]?|"
    r"street|house number|number|flat|district|city|town|city/town|county|state|province|region|"
    r"post ?code|postal code|zip|zip code|country|"
    r"nome|nome completo|sobrenome|organização|empresa|escola|a/c|rua|logradouro|número|numero|complemento|bairro|"
    r"cidade|município|municipio|estado|uf|cep|país|pais"
)


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


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Rows of a table, cells as they were typed but trimmed, each row as long as the longest; and which columns are lines of an address."""

    columns: tuple[str, ...]  # as the header says; empty: it has none
    rows: tuple[tuple[str, ...], ...]
    address: tuple[int, ...]  # places of columns, in their order

    def lines(self, row: int) -> tuple[str, ...]:
        """The address lines of a row, from 0; a cell of several lines gives several."""
        cells = (self.rows[row][column] for column in self.address)
        return tuple(line for cell in cells for part in cell.splitlines() if (line := clean(part)))

    def first_line(self, row: int) -> str:
        return next(iter(self.lines(row)), "")


def read_recipients(data: bytes, *, name: str = "CSV") -> Recipients:
    """The recipients in a CSV file: UTF-8, UTF-16 or Latin-1; commas, semicolons or tabs; with or without a header row.

    `name` is what complaints call the file. Raises RecipientsTooLarge, NotATable, TooManyRecipients, NoRecipients, MisplacedQuote,
    WrongColumns.
    """
    name = shown(name)
    if len(data) > BYTES_MOST:
        raise RecipientsTooLarge(file=name, found=len(data), most=BYTES_MOST)
    rows = list(_rows(_text(data, name), name))
    columns = tuple(rows.pop(0)[1]) if rows and any(_is_address(cell) for cell in rows[0][1]) else ()
    if not rows:
        raise NoRecipients(file=name)
    if len(rows) > ROWS_MOST:
        raise TooManyRecipients(file=name, most=ROWS_MOST)
    for line, cells in rows:
        if columns and len(cells) > len(columns):
            raise WrongColumns(file=name, row=line, found=len(cells), expected=len(columns), field=FIELD)
    width = max(len(columns), *(len(cells) for _, cells in rows))
    return Recipients(
        columns=columns,
        rows=tuple((*cells, *[""] * (width - len(cells))) for _, cells in rows),
        address=tuple(place for place, cell in enumerate(columns) if _is_address(cell)) if columns else tuple(range(width)),
    )


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


def _is_address(cell: str) -> bool:
    return _ADDRESS.fullmatch(re.sub(r"[\s_-]+", " ", cell).strip().casefold()) is not None


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
        except csv.Error:
            raise MisplacedQuote(file=name, row=line, field=FIELD) from None
        if any(cells):
            yield line, cells


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"?', "", line)
