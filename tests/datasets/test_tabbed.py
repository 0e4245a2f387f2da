from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets.member import ArchiveRefused
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.tabbed import ROW_MOST_CHARACTERS, read_header, read_rows, rows_of_width
from imagestolive.words import Words


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.tsv"


def read(path: Path, *names: str, quoted: bool = False) -> tuple[list[tuple[int, tuple[str, ...]]], list[str]]:
    problems = Problems()
    return list(read_rows(path, names, problems, quoted=quoted)), [problem.said(Words("en")) for problem in problems.kept]


def test_cells_come_in_the_order_asked_for_and_a_column_that_is_not_there_is_empty(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbfA\t"B"\tc\r\n1\t2\t3\r\n')
    assert read_header(path) == ["a", "b", "c"]
    assert read(path, "c", "d", "a") == ([(2, ("3", "", "1"))], [])


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_packed_files_are_read_as_they_are(path: Path, ending: str, pack: type[bytes]) -> None:
    packed = path.with_name(path.name + ending)
    packed.write_bytes(pack(b"a\tb\n1\t2\n"))
    assert read(packed, "a", "b") == ([(2, ("1", "2"))], [])


def test_lines_that_cannot_be_read_are_told_and_the_next_is_read(path: Path) -> None:
    long = b"x" * (2 * ROW_MOST_CHARACTERS) + b"\t2"
    path.write_bytes(b"\n".join((b"a\tb", long, b"\xff\t2", b"\0\t2", b"1", b"", b"1\t2")))
    rows, problems = read(path, "a", "b")
    assert rows == [(7, ("1", "2"))]
    assert problems == [
        "t.tsv, row 2: This row has more than 1,048,576 characters.",
        "t.tsv, row 3: The letters of this row are not UTF-8.",
        "t.tsv, row 4: This row holds a character that no text has (NUL).",
        "t.tsv, row 5: This row has 1 columns, not 2.",
    ]


@pytest.mark.parametrize(
    ("line", "plain", "unquoted"),
    [
        ('"a"\tb', ('"a"', "b"), ("a", "b")),
        ('"a ""b"""\tc', ('"a ""b"""', "c"), ('a "b"', "c")),
        ('6"\t"', ('6"', '"'), ('6"', '"')),
        ('"\tb', ('"', "b"), ('"', "b")),
    ],
)
def test_quotation_marks_are_taken_off_where_that_is_asked_for(
    path: Path, line: str, plain: tuple[str, ...], unquoted: tuple[str, ...]
) -> None:
    path.write_text(f"a\tb\n{line}\n1\t2\n")
    for quoted, cells in ((False, plain), (True, unquoted)):
        assert read(path, "a", "b", quoted=quoted) == ([(2, cells), (3, ("1", "2"))], [])


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\t\n\r\0", exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=2, max_size=4
    )
)
def test_no_row_swallows_the_next(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    path = tmp_path_factory.mktemp("rows") / "t.tsv"
    names = [f"c{n}" for n in range(len(cells))]
    path.write_text("\n".join("\t".join(row) for row in (names, cells, names)), encoding="utf-8", newline="\n")
    for quoted in (False, True):
        rows, problems = read(path, *names, quoted=quoted)
        assert ([row for row, _ in rows], problems) == ([2, 3], [])
    assert list(rows_of_width(path, len(cells), Problems()))[1] == (2, cells)


@pytest.mark.parametrize("name", ["t.tsv.gz", "t.tsv.bz2"])
def test_what_is_no_archive_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"a\tb\n1\t2\n")
    with pytest.raises(ArchiveRefused, match=name):
        read_header(tmp_path / name)


def test_an_empty_file_has_no_columns(path: Path) -> None:
    path.write_bytes(b"")
    assert (read_header(path), read(path, "a", "b")) == ([], ([], []))
