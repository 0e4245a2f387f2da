"""Tables of recipients as people's spreadsheets save them."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pressed import EN, Made

from imagestolive.datasets.csvfiles import MisplacedQuote, RowTooLong, WrongColumns
from imagestolive.errors import ImagesToLiveError
from imagestolive.press.headings import HEADINGS, Kind, kind_of
from imagestolive.press.recipients import (
    BYTES_MOST,
    ROWS_MOST,
    NoRecipients,
    NotATable,
    RecipientsTooLarge,
    TooManyRecipients,
    mismatch,
    read_recipients,
    understood,
)

TABLE = "Name;Address line 1;City;E-mail\r\nJosé Núñez;Rua Ünica, 5;São Paulo;j@b.cd\r\nAna;;Olinda;\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_is_read_in_whatever_letters_and_with_whatever_between_its_cells(encoding: str, delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(line.split(";") for line in TABLE.splitlines())
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    found = read_recipients((mark + out.getvalue()).encode(encoding))
    assert found.columns == ("Name", "Address line 1", "City", "E-mail")
    assert found.lines(0) == ("José Núñez", "Rua Ünica, 5", "São Paulo")
    assert found.lines(1) == ("Ana", "Olinda")
    assert found.rows[0] == ("José Núñez", "Rua Ünica, 5", "São Paulo", "j@b.cd")


def test_without_a_header_every_column_is_a_line_of_the_address_in_order() -> None:
    found = read_recipients(b"Ana Lima,Rua 1,Olinda\n\n,,\nBo,Way 2\n")
    assert found.columns == ()
    assert [found.lines(row) for row in range(len(found.rows))] == [("Ana Lima", "Rua 1", "Olinda"), ("Bo", "Way 2")]


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ("First Name,Last Name,Street Address,City,State,ZIP Code|Ann,Lee,12 Oak St,Ely,MN,55731", "Ann Lee|12 Oak St|Ely, MN 55731"),
        ("Full_Name,AddressLine1,Address 2 (optional),Town,PostCode|Ann Lee,Flat 3,1 Way,York,YO1|", "Ann Lee|Flat 3|1 Way|York YO1"),
        ("LastName,FirstName,Mailing City,Mailing Zip/Postal Code|Lee,Ann,Ely,55731", "Ann Lee|Ely 55731"),
        ("Nome;Morada;Código Postal;Cidade;País|Ana;Rua 1;1000-001;Lisboa;Portugal", "Ana|Rua 1|1000-001 Lisboa|Portugal"),
        ("Nome;Sobrenome;Endereço;Nº;Bairro;Cidade;UF;CEP|Ana;Lima;Rua A;5;Sé;Olinda;PE;53020", "Ana Lima|Rua A 5|Sé|Olinda, PE 53020"),
        ("NOMBRE;APELLIDOS;DIRECCION;CP;POBLACION|Ana;Ruiz Paz;Calle Luz 3;28001;Madrid", "Ana Ruiz Paz|Calle Luz 3|28001 Madrid"),
        ("Vorname;Nachname;Straße;PLZ;Ort|Jo;Ott;Weg 5;10115;Berlin", "Jo Ott|Weg 5|10115 Berlin"),
        ("Anrede;Name;Vorname;STRASSE;Hausnr.;PLZ/Ort|Frau;Ott;Jo;Weg;5;10115 Berlin", "Frau Jo Ott|Weg 5|10115 Berlin"),
        ("Prénom;Nom;Adresse;Code postal;Ville|Zoé;Roy;3 rue X;75001;Paris", "Zoé Roy|3 rue X|75001 Paris"),
        ("Postcode,Name,City|YO1,Ann,York", "YO1|Ann|York"),
        ("State,Name|MN,Ann", "MN|Ann"),
        ("City,State,ZIP|,MN,55731", "MN 55731"),
    ],
)
def test_columns_are_known_by_their_headings_and_what_belongs_together_is_one_line(table: str, lines: str) -> None:
    found = read_recipients(table.rstrip("|").replace("|", "\n").encode())
    assert found.lines(0) == tuple(lines.split("|"))
    assert understood(found, EN) == []


def test_a_column_of_another_name_is_a_line_in_its_place_and_is_told() -> None:
    found = read_recipients(b"Nr,Name,Landmark,City,,Empty\n7,Ann,behind the mill,Ely,zz,\n")
    assert found.lines(0) == ("7", "Ann", "behind the mill", "Ely", "zz")
    assert understood(found, EN) == [
        "Columns whose headings are not known were taken for lines of the address: “Nr”, “Landmark”, “(5)”.",
    ]


def test_what_is_surely_no_address_is_left_out_and_told() -> None:
    found = read_recipients(b"Name,E-Mail,City,Phone 2 - Value,Notes\nAnn,a@b.cd,Ely,1,\n")
    assert found.lines(0) == ("Ann", "Ely")
    assert understood(found, EN) == ["Columns that are no address were left out: “E-Mail”, “Phone 2 - Value”."]


@pytest.mark.parametrize(
    "first", ["a,b", "Ana Lima,Escola 5", "School,12 Oak St", "Rua 5,Olinda", "Ana,Apartado 12", "x" * 300, "Naam,Straat,Postcode 1,Plaats"]
)
def test_without_any_heading_the_first_row_is_an_address_and_that_is_told(first: str) -> None:
    found = read_recipients(f"{first}\nBo,Way 2\n".encode())
    assert len(found.rows) == 2
    assert found.lines(0) == tuple(first.split(","))
    assert understood(found, EN) == ["No heading was recognised: the first row was taken for an address."]


HEADING = st.one_of(st.sampled_from([known for line in HEADINGS.values() for known in line.split(", ")]), st.text("abcXYZ é", max_size=4))


@given(headings=st.lists(HEADING, min_size=1, max_size=8))
def test_no_cell_is_lost_but_those_of_columns_that_are_told(headings: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["Full name", *headings], ["zero", *(f"cell{place}" for place, _ in enumerate(headings))]])
    found = read_recipients(out.getvalue().encode())
    printed = re.findall("zero|cell[0-9]", " ".join(found.lines(0)))
    left_out = [f"cell{place}" for place, heading in enumerate(headings) if heading.strip() in found.left_out]
    assert sorted(printed + left_out) == ["cell0", *(f"cell{place}" for place, _ in enumerate(headings) if place), "zero"]


@pytest.mark.parametrize("kind", HEADINGS)
def test_every_heading_is_known_whatever_its_letters_and_stands_in_the_documentation(kind: Kind) -> None:
    documented = (Path(__file__).resolve().parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
    assert f"| {HEADINGS[kind]} |" in documented
    for heading in HEADINGS[kind].split(", "):
        assert {kind_of(heading), kind_of(heading.upper()), kind_of(f" {heading.lower()}: *")} == {kind}


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
        (b"name,address\nAna," + b"x" * 131_073, RowTooLong, "row 2: this row has more than 131072 characters"),
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
