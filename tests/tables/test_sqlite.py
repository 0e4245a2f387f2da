from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive import tables
from imagestolive.datasets import Problems
from imagestolive.records import FLAGS, ImageRecord, Label, Region
from imagestolive.words import Words

OAK = ImageRecord(dataset="oaks", image_id="oak-1", locator="oak-1.jpg")
CREDITED = replace(
    OAK,
    image_id="oak-2",
    locator="oak%231.jpg",
    photo_id="31337",
    author_id="74881150@N00",
    author="Ana Lima",
    title="Carvalho 🌳",
    landing_url="https://www.flickr.com/photos/ana/31337",
    source_url="https://live.staticflickr.com/65535/31337_c03f8123cf_o.jpg",
    license_raw="CC BY 4.0",
    license="by-4.0",
    labels=(Label(text="tree", by="verification", confidence=0.5), Label(text="oak"), Label(text="tree")),
    captions=("A tree.",),
    regions=(Region(box=(0.0, 0.1, 0.2, 0.3), polygon=((0.0, 0.1), (0.2, 0.3), (0.1, 0.3)), label="tree", by="xclick"), Region()),
    flags=frozenset({"person", "face"}),
    people="some",
    width_px=640,
    rotation_deg=0,
)
SOURCES = [("images.csv", 12, 1_700_000_000_000_000_001), (".", 0, 5)]

TEXTS = ("photo_id", "author_id", "title", "author", "author_url", "landing_url", "source_url", "md5", "license_raw", "license")
TEXTS += ("dataset_license", "license_seen_on", "collected_on")
text = st.text()
fraction = st.floats(min_value=0, max_value=1)
size = st.integers(min_value=0, max_value=2**53)
records = st.builds(
    ImageRecord,
    dataset=st.just("oaks"),
    image_id=text,
    locator=text,
    **{name: st.none() | text for name in TEXTS},
    **{name: st.none() | size for name in ("width_px", "height_px", "rotation_deg")},
    labels=st.lists(st.builds(Label, text=text, by=st.none() | text, confidence=st.none() | fraction)).map(tuple),
    captions=st.lists(text).map(tuple),
    regions=st.lists(
        st.builds(
            Region,
            box=st.none() | st.tuples(fraction, fraction, fraction, fraction),
            polygon=st.lists(st.tuples(fraction, fraction)).map(tuple),
            label=st.none() | text,
            by=st.none() | text,
        )
    ).map(tuple),
    flags=st.frozensets(st.sampled_from(FLAGS)),
    people=st.sampled_from(["none", "some", "unknown"]),
)


def build(path: Path, *found: ImageRecord, problems: Problems | None = None) -> tables.Table:
    tables.build(path, found, dataset="oaks", reader="folder 1", sources=SOURCES, problems=problems or Problems())
    return tables.open_table(path)


@given(found=st.lists(records, unique_by=lambda record: record.image_id))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_records_come_out_as_they_went_in(tmp_path: Path, found: list[ImageRecord]) -> None:
    table = build(tmp_path / "t.sqlite3", *found)
    assert [table.record(row) for row in range(table.rows)] == found
    assert list(table.ids()) == [(row, record.image_id) for row, record in enumerate(found)]
    table.close()


def test_a_table_says_what_it_holds(tmp_path: Path) -> None:
    problems = Problems()
    problems.add("images.csv", "“{value}” cannot be right.", row=7, value="45")
    problems.add_sum("images.csv", "Rows whose file is not here: {n}", 590)
    table = build(tmp_path / "t.sqlite3", OAK, CREDITED, problems=problems)
    assert (table.dataset, table.rows, table.skipped, table.has_licenses) == ("oaks", 2, 591, True)
    assert table.fingerprint == hashlib.blake2b(b"oak-1\noak-2\n", digest_size=16).hexdigest()
    assert [problem.said(Words("en")) for problem in table.problems] == [
        "images.csv, row 7: “45” cannot be right.",
        "images.csv: Rows whose file is not here: 590",
    ]
    table.close()


def test_a_table_without_licenses_says_so(tmp_path: Path) -> None:
    table = build(tmp_path / "t.sqlite3", OAK)
    assert not table.has_licenses
    table.close()


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    table = build(tmp_path / "t.sqlite3")
    assert (table.rows, list(table.ids()), table.find(image_id="x")) == (0, [], [])
    with pytest.raises(IndexError):
        table.record(0)
    table.close()


def test_the_second_of_two_images_with_one_id_is_skipped_and_rows_stay_dense(tmp_path: Path) -> None:
    problems = Problems()
    table = build(tmp_path / "t.sqlite3", OAK, replace(CREDITED, image_id="oak-1"), CREDITED, problems=problems)
    assert [table.record(row) for row in range(table.rows)] == [OAK, CREDITED]
    assert problems.kept[0].said(Words("en")) == "oak%231.jpg: The image id “oak-1” is there already; this one is not used."
    assert table.skipped == 1
    table.close()


def test_an_image_is_found_by_id_photo_author_and_address(tmp_path: Path) -> None:
    elsewhere = replace(OAK, image_id="oak-3", source_url="https://example.org/3.jpg", landing_url="https://example.org/3")
    table = build(tmp_path / "t.sqlite3", OAK, CREDITED, elsewhere)
    assert table.find(image_id="oak-1") == [0]
    assert table.find(photo_id="31337") == [1]
    assert table.find(author="74881150@N00") == table.find(author="Ana Lima") == [1]
    assert table.find(url="https://www.flickr.com/photos/somebody/31337/in/pool-trees/") == [1]
    assert table.find(url="https://example.org/3.jpg") == table.find(url="https://example.org/3") == [2]
    assert table.find(image_id="%") == table.find(url="https://example.org/") == []
    table.close()


def test_the_file_has_the_documented_form(tmp_path: Path) -> None:
    build(tmp_path / "t.sqlite3", OAK, CREDITED).close()
    database = sqlite3.connect(tmp_path / "t.sqlite3")
    assert database.execute("SELECT row, image_id, photo_id, author_id, license FROM image ORDER BY row").fetchall() == [
        (0, "oak-1", None, None, None),
        (1, "oak-2", "31337", "74881150@N00", "by-4.0"),
    ]
    assert database.execute("SELECT name, row FROM label ORDER BY name").fetchall() == [("oak", 1), ("tree", 1)]
    meta = dict(database.execute("SELECT name, value FROM meta"))
    assert {"schema", "dataset", "reader", "sources", "rows", "skipped", "fingerprint"} <= meta.keys()
    for column, value in [("image_id", "x"), ("photo_id", "x"), ("author_id", "x"), ("source_url", "x")]:
        plan = database.execute(f"EXPLAIN QUERY PLAN SELECT row FROM image WHERE {column} = ?", (value,)).fetchall()  # noqa: S608
        assert f"INDEX image_{column}" in plan[0][-1]
    database.close()


# ---- building anew ----------------------------------------------------------------------------------------------------


def breaks_off() -> Iterator[ImageRecord]:
    yield CREDITED
    raise KeyboardInterrupt


def test_a_build_that_is_broken_off_leaves_the_old_table_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite3"
    build(path, OAK).close()
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        tables.build(path, breaks_off(), dataset="oaks", reader="r", sources=[], problems=Problems())
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["t.sqlite3"]


def test_a_build_makes_the_folder_it_writes_to(tmp_path: Path) -> None:
    build(tmp_path / "new" / "tables" / "t.sqlite3", OAK).close()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be replaced there")
def test_an_open_table_stays_what_it_was_when_a_new_one_is_built(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite3"
    old = build(path, OAK)
    new = build(path, CREDITED)
    assert (old.record(0), new.record(0)) == (OAK, CREDITED)
    old.close()
    new.close()


def test_a_table_is_current_for_the_same_files_and_reader_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite3"
    assert not tables.is_current(path, SOURCES, "folder 1")
    build(path, OAK).close()
    assert tables.is_current(path, SOURCES, "folder 1")
    assert not tables.is_current(path, SOURCES, "folder 2")
    assert not tables.is_current(path, SOURCES[:1], "folder 1")
    assert not tables.is_current(path, [("images.csv", 12, 1_700_000_000_000_000_002), (".", 0, 5)], "folder 1")


@pytest.mark.parametrize("data", [b"", b"not a database, but long enough to look at" * 100])
def test_what_is_no_table_is_not_current_and_cannot_be_opened(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.sqlite3"
    path.write_bytes(data)
    assert not tables.is_current(path, SOURCES, "folder 1")
    with pytest.raises(tables.TableGone, match=r"t\.sqlite3 cannot be opened"):
        tables.open_table(path)


def test_a_table_of_another_schema_is_not_current_and_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite3"
    build(path, OAK).close()
    database = sqlite3.connect(path)
    database.execute("UPDATE meta SET value = 'imagestolive-table/0' WHERE name = 'schema'")
    database.commit()
    database.close()
    assert not tables.is_current(path, SOURCES, "folder 1")
    with pytest.raises(tables.TableGone):
        tables.open_table(path)


def test_a_missing_table_is_not_made_by_asking_for_it(tmp_path: Path) -> None:
    with pytest.raises(tables.TableGone):
        tables.open_table(tmp_path / "t #1?.sqlite3")
    assert list(tmp_path.iterdir()) == []


def test_a_path_with_signs_that_mean_something_in_addresses_is_opened(tmp_path: Path) -> None:
    table = build(tmp_path / "á #1 100%?.sqlite3", OAK)
    assert table.record(0) == OAK
    table.close()


def test_several_threads_may_ask_at_once(tmp_path: Path) -> None:
    table = build(tmp_path / "t.sqlite3", *(replace(OAK, image_id=f"oak-{n}") for n in range(200)))
    start = threading.Barrier(4)

    def ask(_: int) -> list[str]:
        start.wait()
        return [table.record(table.find(image_id=f"oak-{n}")[0]).image_id for n in range(200)]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [[f"oak-{n}" for n in range(200)]] * 4
    table.close()


def test_a_table_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(tables.TableNotBuilt, match="cannot be written"):
        build(tmp_path / "file" / "t.sqlite3", OAK)


def test_a_disk_that_fills_up_while_records_are_read_says_so(tmp_path: Path) -> None:
    def fills_up() -> Iterator[ImageRecord]:
        yield OAK
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(tables.TableNotBuilt, match="disk is full"):
        tables.build(tmp_path / "t.sqlite3", fills_up(), dataset="oaks", reader="r", sources=[], problems=Problems())
    assert list(tmp_path.iterdir()) == []
