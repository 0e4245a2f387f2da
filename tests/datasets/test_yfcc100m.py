"""YFCC100M: rows of our own making in the documented form."""

from __future__ import annotations

import bz2
import gzip
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, Problems, datasheets, member, open_dataset
from imagestolive.datasets.member import ArchiveRefused, GrowsTooMuch
from imagestolive.records import ImageRecord, Label

from .conftest import Reading, Unusable

Draw = Callable[[Path], Path]

GNOME = {
    "photoid": "7000001",
    "uid": "30000001@N00",
    "unickname": "Ana+Lima",
    "datetaken": "2005-03-01 12:39:28.0",
    "dateuploaded": "1111467388",
    "capturedevice": "SECRET+CAMERA",
    "title": "Caf%C3%A9+%26amp%3B+gnome",
    "description": "SECRET+STORY",
    "usertags": "gnome,black+and+white,b%26w",
    "machinetags": "secret:machine=tag",
    "longitude": "-122.288368",
    "latitude": "47.622562",
    "accuracy": "15",
    "pageurl": "http://www.flickr.com/photos/30000001@N00/7000001/",
    "downloadurl": "http://farm1.staticflickr.com/8/7000001_65c9d45e09.jpg",
    "licensename": "Attribution-NonCommercial License",
    "licenseurl": "http://creativecommons.org/licenses/by-nc/2.0/",
    "serverid": "8",
    "farmid": "1",
    "secret": "65c9d45e09",
    "secretoriginal": "abcdef0123",
    "ext": "jpg",
    "marker": "0",
}
KEY = "dd9762e1c16a41d6b06fda40efa0b89"  # GNOME's downloadurl has the MD5 dd9762e1c16a41d6b06fda40efa0b809


def line(**cells: str) -> str:
    """A row of 23 columns."""
    return "\t".join((GNOME | cells).values())


def written(root: Path, *lines: str, name: str = "yfcc100m_dataset") -> Path:
    (root / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def test_a_row_gives_the_whole_credit(tmp_path: Path, reading: Reading) -> None:
    (gnome,), problems = reading("yfcc100m", written(tmp_path, line()))
    assert problems == []
    assert gnome == ImageRecord(
        dataset="yfcc100m",
        image_id="7000001",
        locator="https://farm1.staticflickr.com/8/7000001_65c9d45e09.jpg",
        photo_id="7000001",
        author_id="30000001@N00",
        title="Café & gnome",
        author="Ana Lima",
        author_url="https://www.flickr.com/people/30000001@N00/",
        landing_url="http://www.flickr.com/photos/30000001@N00/7000001/",
        source_url="http://farm1.staticflickr.com/8/7000001_65c9d45e09.jpg",
        license_raw="http://creativecommons.org/licenses/by-nc/2.0/",
        license="by-nc-2.0",
        labels=tuple(Label(text=tag, by="user tags") for tag in ("gnome", "black and white", "b&w")),
    )


def test_where_and_with_what_a_photograph_was_taken_goes_into_no_record(tmp_path: Path, reading: Reading) -> None:
    (gnome,), _ = reading("yfcc100m", written(tmp_path, line()))
    kept = str(astuple(gnome)).lower()
    assert not [word for word in ("122.28", "47.62", "secret", "2005", "1111467388", "abcdef0123") if word in kept]


def test_a_row_of_25_columns_says_the_same_as_one_of_23(tmp_path: Path, reading: Reading) -> None:
    first, *rest = line().split("\t")
    short, _ = reading("yfcc100m", written(tmp_path, line()))
    long, problems = reading("yfcc100m", written(tmp_path, "\t".join(("0", first, "d41d8cd98f00b204e9800998ecf8427", *rest))))
    assert (long, problems) == (short, [])


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("yfcc100m_dataset.bz2", bz2.compress),
        ("yfcc100m_dataset.tsv.gz", gzip.compress),
        ("yfcc100m_dataset.txt", bytes),
        ("yfcc100m_dataset-3.bz2", lambda data: bz2.compress(data[:100]) + bz2.compress(data[100:])),
    ],
)
def test_every_kind_of_file_is_read(tmp_path: Path, reading: Reading, name: str, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / name).write_bytes(pack(f"{line()}\r\n{line(photoid='8')}".encode()))
    records, problems = reading("yfcc100m", tmp_path)
    assert ([record.image_id for record in records], problems) == (["7000001", "8"], [])


def test_parts_are_read_one_after_the_other_and_what_is_here_twice_once(tmp_path: Path, reading: Reading) -> None:
    for number in (1, 0):
        written(tmp_path, line(photoid=f"{number + 1}"), name=f"yfcc100m_dataset-{number}")
        (tmp_path / f"yfcc100m_dataset-{number}.bz2").write_bytes(b"the same, packed")
    records, problems = reading("yfcc100m", tmp_path)
    assert ([record.image_id for record in records], problems) == (["1", "2"], [])
    whole, _ = reading("yfcc100m", written(tmp_path, line(photoid="9"), name="yfcc100m_dataset.tsv"))
    assert [record.image_id for record in whole] == ["9"]


def sqlite_table(path: Path, *rows: dict[str, object]) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"CREATE TABLE yfcc100m_dataset ({', '.join(f'{name} TEXT' for name in reversed(GNOME))})")
        for row in rows:
            marks = ", ".join("?" * len(row))
            database.execute(f"INSERT INTO yfcc100m_dataset ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608


def test_the_sqlite_form_says_the_same_as_text(tmp_path: Path, reading: Reading) -> None:
    from_text, _ = reading("yfcc100m", written(tmp_path, line()))
    (tmp_path / "yfcc100m_dataset").unlink()
    sqlite_table(tmp_path / "yfcc100m_dataset.sql", {**GNOME, "photoid": 7000001, "machinetags": None}, GNOME | {"photoid": "x"})
    records, problems = reading("yfcc100m", tmp_path)
    assert records == from_text
    assert problems == ["yfcc100m_dataset.sql, row 2: “x” cannot be right."]


def test_an_sqlite_file_of_another_kind_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    path = tmp_path / "yfcc100m_dataset.sql"
    path.write_text("CREATE TABLE yfcc100m_dataset (photoid);")
    with pytest.raises(NotThisFormat, match=r"Expected: SQLite: CREATE TABLE yfcc100m_dataset\. Found: file is not a database"):
        reading("yfcc100m", tmp_path)
    path.unlink()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE yfcc100m_dataset (photoid, title)")
    with pytest.raises(NotThisFormat, match=r"Expected: downloadurl, .*Found: photoid, title\."):
        reading("yfcc100m", tmp_path)


NO_CV = [
    *("no_cv", "NO_CV", "no%5Fcv", "nocv", "No+cv", "no-cv", "no__cv", "no_c_v", "no%20cv", "no%2Bcv", "no%C2%A0cv", "no%E2%80%90cv"),
    *("no_%63v", "n%6f_cv", "#no_cv", "%23no_cv", "nocv!", "nocv%21", "no%26%2395%3Bcv", "no&#95;cv", "flickr:no_cv=true"),
    *("%EF%BD%8E%EF%BD%8F_cv", "ｎｏ＿ｃｖ"),
]


@pytest.mark.parametrize("tag", NO_CV)
def test_photographs_whose_authors_opted_out_are_flagged(tmp_path: Path, reading: Reading, tag: str) -> None:
    (record,), _ = reading("yfcc100m", written(tmp_path, line(usertags=f"gnome,{tag},garden")))
    assert record.flags == {"no_cv"}


@pytest.mark.parametrize("tag", NO_CV)
def test_of_machine_tags_this_one_is_seen_and_none_is_kept(tmp_path: Path, reading: Reading, tag: str) -> None:
    (record,), _ = reading("yfcc100m", written(tmp_path, line(machinetags=f"geo:lat=52.1,{tag}")))
    assert record.flags == {"no_cv"}
    assert record.labels == tuple(Label(text=kept, by="user tags") for kept in ("gnome", "black and white", "b&w"))


@pytest.mark.parametrize("tags", ["", "canoe_cv", "my+cv", "no,cv", "nocvs", "no%26cv2", "caf%C3%A9"])
def test_other_tags_flag_nothing(tmp_path: Path, reading: Reading, tags: str) -> None:
    (record,), _ = reading("yfcc100m", written(tmp_path, line(usertags=tags)))
    assert record.flags == frozenset()


def test_videos_are_left_out_and_counted(tmp_path: Path, reading: Reading) -> None:
    records, problems = reading("yfcc100m", written(tmp_path, line(marker="1"), line(), line(marker="1")))
    assert len(records) == 1
    assert problems == ["yfcc100m_dataset: Videos, which are left out: 2"]


def test_rows_that_cannot_be_right_are_reported_and_the_rest_is_used(tmp_path: Path, reading: Reading) -> None:
    written(
        tmp_path,
        "too\tfew",
        line(photoid="photoid"),
        line(photoid="٧"),
        line(marker="2"),
        line(title="a\0b"),
        line(title="Ipê").replace("Ipê", "\ufffe"),
        line(description="x" * 2**20),
        "",
        line(),
    )
    path = tmp_path / "yfcc100m_dataset"
    path.write_bytes(path.read_bytes().replace("\ufffe".encode(), b"Ip\xea"))
    records, problems = reading("yfcc100m", tmp_path)
    assert [record.image_id for record in records] == ["7000001"]
    assert problems == [
        f"yfcc100m_dataset, row {row}: {problem}"
        for row, problem in (
            (1, "This row has 2 columns, not 23."),
            (2, "“photoid” cannot be right."),
            (3, "“٧” cannot be right."),
            (4, "“2” cannot be right."),
            (5, "This row holds a character that no text has (NUL)."),
            (6, "The letters of this row are not UTF-8."),
            (7, "This row has more than 1,048,576 characters."),
        )
    ]


def test_what_is_not_known_stays_none(tmp_path: Path, reading: Reading) -> None:
    nothing = dict.fromkeys(("uid", "unickname", "title", "usertags", "pageurl", "licensename", "licenseurl"), "")
    (record,), problems = reading("yfcc100m", written(tmp_path, line(**nothing)))
    assert problems == []
    assert (record.author_id, record.author_url, record.author, record.title, record.landing_url) == (None,) * 5
    assert (record.license_raw, record.license, record.labels) == (None, None, ())


def test_a_row_without_file_and_address_is_counted(tmp_path: Path, reading: Reading) -> None:
    records, problems = reading("yfcc100m", written(tmp_path, line(downloadurl="javascript:alert(1)"), line(downloadurl="")))
    assert (records, problems) == ([], ["yfcc100m_dataset: Rows whose file is not here: 2"])


@pytest.mark.parametrize(
    "place",
    [
        f"data/images/dd9/762/{KEY}.jpg",
        f"images/dd9/762/{KEY}.jpg",
        "images/7000001.jpg",
        "images/7000001_65c9d45e09.jpg",
        "7000001.jpg",
    ],
)
def test_a_file_that_is_here_is_found(tmp_path: Path, draw: Draw, reading: Reading, place: str) -> None:
    draw(tmp_path / place)
    (here, elsewhere), problems = reading("yfcc100m", written(tmp_path, line(), line(photoid="8", downloadurl="http://a.example/8_b.jpg")))
    assert (here.locator, problems) == (place, [])
    assert here.source_url == GNOME["downloadurl"]
    assert elsewhere.locator == "https://a.example/8_b.jpg"


def test_an_address_never_leads_to_a_file_of_another_name(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "images" / "1.jpg")
    draw(tmp_path / "images" / "secret.jpg")
    (record,), _ = reading("yfcc100m", written(tmp_path, line(downloadurl="http://a.example/..%2Fsecret.jpg")))
    assert record.locator == "https://a.example/..%2Fsecret.jpg"


@pytest.mark.parametrize("content", ["", "a,b,c\n" * 200, "\0" * 5000])
def test_a_file_of_another_kind_says_what_was_expected_and_found(tmp_path: Path, reading: Reading, content: str) -> None:
    (tmp_path / "yfcc100m_dataset.tsv").write_text(content)
    with pytest.raises(NotThisFormat, match=r"yfcc100m_dataset\.tsv .* Expected: .*23, 25\. Found: [01]\."):
        reading("yfcc100m", tmp_path)


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "a.jpg")
    with pytest.raises(NotThisFormat, match=r"Expected: yfcc100m_dataset \(.*Found: a\.jpg\."):
        reading("yfcc100m", tmp_path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("yfcc100m_dataset.bz2", bz2.compress(f"{line()}\n".encode() * 9)[:-20]),
        ("yfcc100m_dataset.gz", gzip.compress(f"{line()}\n".encode() * 9)[:-20]),
        ("yfcc100m_dataset.bz2", line().encode()),
        ("yfcc100m_dataset.gz", line().encode()),
    ],
)
def test_a_packed_file_that_is_broken_is_refused(tmp_path: Path, reading: Reading, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ArchiveRefused, match=name):
        reading("yfcc100m", tmp_path)


@given(st.binary(max_size=300))
def test_whatever_a_row_holds_it_is_a_record_or_a_problem(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("rows")
    hostile = data.replace(b"\n", b" ")
    (root / "yfcc100m_dataset").write_bytes(line().encode() + b"\n" + hostile + b"\n" + line(photoid="8").encode())
    problems = Problems()
    source = open_dataset("yfcc100m", root, datasheets()["yfcc100m"])
    assert source is not None
    records = list(source.records(problems))
    assert [record.image_id for record in records] == ["7000001", "8"]
    assert [problem.row for problem in problems.kept] == ([2] if hostile.strip(b"\r") else [])
    shutil.rmtree(root)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_whatever_a_title_holds_it_is_text(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    root = tmp_path_factory.mktemp("titles")
    cell = "".join(sign for sign in title if sign not in "\t\n\r\0")
    written(root, line(title=cell, usertags=cell))
    source = open_dataset("yfcc100m", root, datasheets()["yfcc100m"])
    assert source is not None
    (record,) = source.records(Problems())
    assert record.title is None or record.title.strip().encode()
    assert all(label.text.strip().encode() for label in record.labels)
    shutil.rmtree(root)


def test_a_rebuild_depends_on_the_rows_and_on_folders_of_images(tmp_path: Path, draw: Draw) -> None:
    draw(tmp_path / "data" / "images" / "dd9" / "762" / "a.jpg")
    source = open_dataset("yfcc100m", written(tmp_path, line()), datasheets()["yfcc100m"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [".", "data/images", "data/images/dd9", "yfcc100m_dataset"]


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    records, problems = reading("yfcc100m", samples / "yfcc100m")
    assert problems == []
    rows = [row.split("\t") for row in (samples / "yfcc100m" / "yfcc100m_dataset.tsv").read_text(encoding="utf-8").splitlines()]
    assert [(record.image_id, record.author_id, record.landing_url, record.license_raw) for record in records] == [
        (row[0], row[1], row[13], row[16]) for row in rows
    ]
    assert [record.author for record in records] == ["jhf", "MDG26", "Indigo Skies Photography", "GSofV"]
    assert [record.license for record in records] == ["by-nc-2.0", "by-2.0", "by-nc-nd-2.0", "by-2.0"]
    assert "b&w" in [label.text for label in records[2].labels]


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIEW yfcc100m_dataset AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {columns} FROM n",
        "CREATE VIRTUAL TABLE yfcc100m_dataset USING fts4 ({names})",
    ],
)
def test_rows_that_are_not_written_in_an_sqlite_file_are_not_asked_for(tmp_path: Path, reading: Reading, made: str) -> None:
    with closing(sqlite3.connect(tmp_path / "yfcc100m_dataset.sql")) as database, database:
        database.execute(made.format(columns=", ".join(f"i AS {name}" for name in GNOME), names=", ".join(GNOME)))
    with pytest.raises(NotThisFormat, match=r"Expected: SQLite: CREATE TABLE yfcc100m_dataset\. Found: CREATE VI"):
        reading("yfcc100m", tmp_path)


def test_what_sqlite_complains_of_is_fit_to_be_shown(tmp_path: Path, reading: Reading) -> None:
    path = tmp_path / "yfcc100m_dataset.sql"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE yfcc100m_dataset (photoid)")
        database.execute("CREATE TABLE 'a\x1b[31m' (b)")
    path.write_bytes(path.read_bytes().replace(b"\x1b[31m' (b)", b"\x1b[31m' (b("))
    with pytest.raises(NotThisFormat, match=r"Found: malformed database schema \(a%1B\[31m\)"):
        reading("yfcc100m", tmp_path)


def test_a_cell_of_the_sqlite_form_without_end_is_never_held(tmp_path: Path, reading: Reading) -> None:
    sqlite_table(tmp_path / "yfcc100m_dataset.sql", GNOME | {"title": "x" * 2**23})
    with pytest.raises(NotThisFormat, match=r"Found: string or blob too big"):
        reading("yfcc100m", tmp_path)


@pytest.mark.parametrize("content", [b"x" * 2**23, f"{line()}\n".encode() * 2**14], ids=["one line", "many lines"])
@pytest.mark.parametrize(("name", "pack"), [("yfcc100m_dataset.bz2", bz2.compress), ("yfcc100m_dataset.gz", gzip.compress)])
def test_a_packed_file_that_grows_beyond_measure_is_refused(
    tmp_path: Path, reading: Reading, monkeypatch: pytest.MonkeyPatch, name: str, pack: Callable[[bytes], bytes], content: bytes
) -> None:
    monkeypatch.setattr(member, "GROWTH_FREE_BYTES", 2**20)
    (tmp_path / name).write_bytes(pack(content))
    with pytest.raises(GrowsTooMuch, match=f"{name} is refused"):
        reading("yfcc100m", tmp_path)


def test_what_is_no_file_of_the_folder_is_not_read_and_told(tmp_path: Path, reading: Reading, unusable: Unusable) -> None:
    root = tmp_path / "set"
    root.mkdir()
    written(root, line(), name="yfcc100m_dataset-0")
    sentence = unusable(root / "yfcc100m_dataset-1.bz2", bz2.compress(line(photoid="8").encode()))
    (gnome,), problems = reading("yfcc100m", root)
    assert (gnome.image_id, problems) == ("7000001", [f"yfcc100m_dataset-1.bz2: {sentence}"])
