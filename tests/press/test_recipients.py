"""Tables of recipients as people's spreadsheets save them."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pressed import EN, Made

from imagestolive.datasets.csvfiles import MisplacedQuote, WrongColumns
from imagestolive.errors import ImagesToLiveError
from imagestolive.press.recipients import (
    BYTES_MOST,
    ROWS_MOST,
    NoRecipients,
    NotATable,
    RecipientsTooLarge,
    TooManyRecipients,
    mismatch,
    read_recipients,
)

TABLE = "Name;Address line 1;City;Class\r\nJosé Núñez;Rua Ünica, 5;São Paulo;7b\r\nAna;;Olinda;\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_is_read_in_whatever_letters_and_with_whatever_between_its_cells(encoding: str, delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(line.split(";") for line in TABLE.splitlines())
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    found = read_recipients((mark + out.getvalue()).encode(encoding))
    assert found.columns == ("Name", "Address line 1", "City", "Class")
    assert found.lines(0) == ("José Núñez", "Rua Ünica, 5", "São Paulo")
    assert found.lines(1) == ("Ana", "Olinda")
    assert found.rows[0] == ("José Núñez", "Rua Ünica, 5", "São Paulo", "7b")


def test_without_a_header_every_column_is_a_line_of_the_address_in_order() -> None:
    found = read_recipients(b"Ana Lima,Rua 1,Olinda\n\n,,\nBo,Way 2\n")
    assert found.columns == ()
    assert [found.lines(row) for row in range(len(found.rows))] == [("Ana Lima", "Rua 1", "Olinda"), ("Bo", "Way 2")]


@pytest.mark.parametrize(
    "header", ["Nome,Endereço,CEP", "name,address,zip", "FULL_NAME,Line1,postcode", "Linha 1,Linha 2,Linha 3", "name,street,country"]
)
def test_columns_are_known_by_their_names_in_both_languages(header: str) -> None:
    found = read_recipients(f"{header},note\nAna,Rua 1,5,late\n".encode())
    assert found.lines(0) == ("Ana", "Rua 1", "5")


def test_a_cell_of_several_lines_gives_several_and_signs_nobody_sees_fall_away() -> None:
    found = read_recipients('name,address\n"Ana\u202e","Rua 1\r\nfundos\n\n Olinda "\n'.encode())
    assert found.lines(0) == ("Ana", "Rua 1", "fundos", "Olinda")


def test_excels_own_first_line_says_what_is_between_cells() -> None:
    found = read_recipients(b"sep=;\r\nname;address\r\nLima, Ana;Rua 1, 5, 7\r\n")
    assert found.lines(0) == ("Lima, Ana", "Rua 1, 5, 7")


def test_commas_within_quotation_marks_divide_nothing() -> None:
    found = read_recipients(b'"Lima, Ana, Dr.";"Rua 1, 5"\nBo;Way 2\n')
    assert found.lines(0) == ("Lima, Ana, Dr.", "Rua 1, 5")


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (b"", NoRecipients, "no recipient in list.csv"),
        (b"name,address\n", NoRecipients, "no recipient"),
        (b"a,b\n" * (ROWS_MOST + 1), TooManyRecipients, "more than 500"),
        (b"a" * (BYTES_MOST + 1), RecipientsTooLarge, "1,000,001|1000001"),
        (b"PK\x03\x04\x14\x00\x06\x00", NotATable, "no CSV file"),
        (b"a,b\0\n", NotATable, "no CSV file"),
        (b"\xff\xfea", NotATable, "no CSV file"),
        (b'name,address\nAna,Rua 1\nBo,"Way 2\n', MisplacedQuote, "row 3"),
        (b'a,"b"c\n', MisplacedQuote, "row 1"),
        (b"name,address\nAna,Rua 1, 5\n", WrongColumns, "row 2: this row has 3 columns, the header 2"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name_and_row(data: bytes, error: type[ImagesToLiveError], said: str) -> None:
    with pytest.raises(error, match=said) as refused:
        read_recipients(data, name="list.csv")
    assert refused.value.field == "recipients"


def test_five_hundred_are_not_too_many() -> None:
    assert len(read_recipients(b"name,address\n" + b"a,b\n" * ROWS_MOST).rows) == ROWS_MOST


@given(data=st.binary(max_size=200))
def test_no_file_does_anything_but_be_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ImagesToLiveError):
        found = read_recipients(data)
        assert all(len(row) == len(found.rows[0]) for row in found.rows)
        assert all(line == line.strip() != "" for row in range(len(found.rows)) for line in found.lines(row))


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(categories=["L", "N", "P", "S"], codec="utf-8"), min_size=1, max_size=9), min_size=2, max_size=4),
        min_size=1,
        max_size=5,
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_quoted_is_read_as_it_was(rows: list[list[str]], encoding: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["name", "line 1", "line 2", "line 3"], *rows])
    found = read_recipients(out.getvalue().encode(encoding))
    assert [list(row) for row in found.rows] == [[*row, *[""] * (4 - len(row))] for row in rows]


@pytest.mark.parametrize(
    ("recipients", "said"),
    [
        (1, "Recipients: 1, people: 2. From person 2 on there is no address."),
        (2, None),
        (3, "Recipients: 3, people: 2. The last recipient gets nothing."),
        (9, "Recipients: 9, people: 2. The last 7 recipients get nothing."),
    ],
)
def test_more_or_fewer_recipients_than_people_are_told(made: Made, recipients: int, said: str | None) -> None:
    assert mismatch(made.drawn, read_recipients(b"a,b\n" * recipients), EN) == said
