"""What both forms of a table promise."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables.made_up import CREDITED, ELSEWHERE, OAK, SOURCES, Build, make, oaks

from imagestolive import tables
from imagestolive.datasets import NotThisFormat, Problems
from imagestolive.datasets.locators import is_elsewhere
from imagestolive.records import FLAGS, ImageRecord, Label, Region
from imagestolive.tables.rows import LICENSES_KEPT
from imagestolive.words import Words

TEXTS = ("photo_id", "author_id", "title", "author", "author_url", "landing_url", "source_url", "md5", "license_raw", "license")
TEXTS += ("dataset_license", "license_seen_on", "collected_on")
text = st.text()
few_texts = st.sampled_from(["", "a", "á", "b", "🌳", "z@N00"])
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
# Many that share an author, a class, a license, an id.
alike = st.builds(
    ImageRecord,
    dataset=st.just("oaks"),
    image_id=st.integers(0, 30).map(str),
    locator=st.sampled_from(["1.jpg", "https://example.org/1.jpg"]),
    author_id=st.none() | few_texts,
    author=st.none() | few_texts,
    license=st.none() | few_texts,
    license_raw=st.none() | few_texts,
    labels=st.lists(st.builds(Label, text=few_texts), max_size=3).map(tuple),
)
several_alike = st.lists(alike, max_size=60)
on_each_form = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


@given(found=st.lists(records, unique_by=lambda record: record.image_id))
@on_each_form
def test_records_come_out_as_they_went_in(build: Build, found: list[ImageRecord]) -> None:
    table = build(*found)
    assert [table.record(row) for row in range(table.rows)] == found
    assert list(table.ids()) == [(row, record.image_id) for row, record in enumerate(found)]


@given(found=several_alike)
@on_each_form
def test_the_second_of_two_images_with_one_id_is_left_out_and_rows_stay_dense(build: Build, found: list[ImageRecord]) -> None:
    problems = Problems()
    table = build(*found, problems=problems)
    kept = first_ones(found)
    assert [table.record(row) for row in range(table.rows)] == kept
    assert table.rows == len(kept)
    assert table.skipped == problems.count == len(found) - len(kept)
    assert table.fingerprint == hashlib.blake2b("".join(f"{one.image_id}\n" for one in kept).encode(), digest_size=16).hexdigest()


def test_of_an_image_that_is_left_out_the_place_is_told(build: Build) -> None:
    table = build(OAK, replace(CREDITED, image_id="oak-1"))
    said = [problem.said(Words("en")) for problem in table.problems]
    assert said == ["oak%231.jpg: The image id “oak-1” is there already; this one is not used."]


def test_a_table_says_what_it_holds(build: Build) -> None:
    problems = Problems()
    problems.add("images.csv", "“{value}” cannot be right.", row=7, value="45")
    problems.add_sum("images.csv", "Rows whose file is not here: {n}", 590)
    table = build(OAK, CREDITED, ELSEWHERE, problems=problems)
    assert (table.dataset, table.rows, table.here, table.skipped, table.has_licenses) == ("oaks", 3, 2, 591, True)
    assert [problem.said(Words("en")) for problem in table.problems] == [
        "images.csv, row 7: “45” cannot be right.",
        "images.csv: Rows whose file is not here: 590",
    ]


def test_an_empty_table_has_no_rows(build: Build) -> None:
    table = build()
    assert (table.rows, table.here, table.has_licenses, table.licenses) == (0, 0, False, ())
    assert (list(table.ids()), table.find(image_id="x"), list(table.few(None, True))) == ([], [], [])
    assert table.groups("class").count == table.groups("author").count == 0
    with pytest.raises(IndexError):
        table.record(0)
    with pytest.raises(IndexError):
        table.groups("class").row(0, 0)


# ---- finding ----------------------------------------------------------------------------------------------------------


def test_an_image_is_found_by_id_photo_author_and_address(build: Build) -> None:
    elsewhere = replace(ELSEWHERE, landing_url="https://example.org/3", author="Ana Lima", photo_id="7", image_id="7")
    odd = replace(OAK, source_url="https://example.org/?from=flickr.com/x")
    table = build(OAK, CREDITED, elsewhere, replace(odd, image_id="odd"))
    assert table.find(image_id="oak-1") == [0]
    assert table.find(photo_id="31337") == [1]
    assert table.find(photo_id="7") == table.find(image_id="7") == table.find(url="https://flic.kr/p/8") == [2]
    assert table.find(author="74881150@N00") == [1]
    assert table.find(author="Ana Lima") == table.find(author="ana lima") == [1, 2]
    assert table.find(author="ana") == table.find(author="Ana") == [1]
    assert table.find(author="Ana Lima", most=1) == [1]
    assert table.find(author="Ana Lima", most=2) == table.find(author="Ana Lima", most=9) == [1, 2]
    assert table.find(author="n%") == table.find(author="lima") == []
    assert table.find(url="https://www.flickr.com/photos/somebody/31337/in/pool-trees/") == [1]
    assert table.find(url="http://example.org/3.jpg") == table.find(url="https://example.org/3") == [2]
    assert table.find(url="https://example.org/?from=flickr.com/x") == [3]
    assert table.find(image_id="%") == table.find(url="https://example.org/") == table.find(author="") == []


def test_records_in_many_rows_are_those_of_each_row(build: Build) -> None:
    table = build(*oaks(2000))
    rows = [0, 1, 7, 499, 500, 1200, 1999]
    assert list(table.records(rows)) == [table.record(row) for row in rows]
    assert list(table.records([])) == []


def test_the_record_that_has_an_id_is_the_one_in_its_row(build: Build) -> None:
    table = build(OAK, CREDITED)
    assert [table.named(record.image_id) for record in (OAK, CREDITED)] == [table.record(0), table.record(1)]
    assert table.named("nobody’s") is None


@given(found=several_alike, licenses=st.none() | st.sets(st.none() | few_texts), here_only=st.booleans())
@on_each_form
def test_the_few_rows_that_a_rule_lets_pass_are_listed(
    build: Build, found: list[ImageRecord], licenses: set[str | None] | None, here_only: bool
) -> None:
    table = build(*found)
    kept = first_ones(found)
    passing = [
        row
        for row, record in enumerate(kept)
        if (licenses is None or record.license in licenses) and not (here_only and is_elsewhere(record.locator))
    ]
    rows = table.few(licenses, here_only)
    assert list(rows) == passing
    assert list(table.ids(rows)) == [(row, kept[row].image_id) for row in passing]
    assert table.here == sum(not is_elsewhere(record.locator) for record in kept)


@given(found=several_alike)
@on_each_form
def test_the_shares_of_licenses_are_those_of_the_records(build: Build, found: list[ImageRecord]) -> None:
    kept = first_ones(found)
    shares: dict[tuple[str | None, str | None], list[int]] = {}
    for row, record in enumerate(kept):
        share = shares.setdefault((record.license, record.license_raw), [0, 0, row])
        share[0] += 1
        share[1] += not is_elsewhere(record.locator)
    table = build(*found)
    assert table.has_licenses == any(record.license is not None for record in kept)
    assert table.licenses is not None
    assert {(one.license, one.license_raw): [one.rows, one.here, one.first_row] for one in table.licenses} == shares


def test_too_many_kinds_of_license_are_not_kept(build: Build) -> None:
    def kinds(count: int) -> Iterator[ImageRecord]:
        return (replace(OAK, image_id=str(n), license_raw=str(n)) for n in range(count))

    assert len(build(*kinds(LICENSES_KEPT)).licenses or ()) == LICENSES_KEPT
    assert build(*kinds(LICENSES_KEPT + 1)).licenses is None


# ---- groups -----------------------------------------------------------------------------------------------------------


def groups(table: tables.Table, by: Any) -> dict[str, list[int]]:
    found = table.groups(by)
    return {found.name(n): [found.row(n, r) for r in range(found.rows(n))] for n in range(found.count)}


@given(found=several_alike)
@on_each_form
def test_each_image_stands_in_the_groups_of_its_classes_and_of_its_author(build: Build, found: list[ImageRecord]) -> None:
    classes: dict[str, list[int]] = {}
    authors: dict[str, list[int]] = {}
    for row, record in enumerate(first_ones(found)):
        for name in {label.text for label in record.labels} or {""}:
            classes.setdefault(name, []).append(row)
        authors.setdefault(next((name for name in (record.author_id, record.author) if name is not None), ""), []).append(row)
    table = build(*found)
    assert list(groups(table, "class").items()) == sorted(classes.items())
    assert list(groups(table, "author").items()) == sorted(authors.items())


def test_groups_are_any_size(build: Build) -> None:
    sizes = {"": 1, "Ana": 1499, "Bia": 1, "Caio": 1500}
    names = [name for name, size in sizes.items() for _ in range(size)]
    table = build(*(replace(OAK, image_id=str(n), author=name or None) for n, name in enumerate(names)))
    rows = groups(table, "author")
    assert {name: len(found) for name, found in rows.items()} == sizes
    assert [row for found in rows.values() for row in found] == list(range(len(names)))


def test_what_is_not_in_a_group_is_an_error(build: Build) -> None:
    for table in (build(*oaks(3)), build(*oaks(2), CREDITED)):
        by_author = table.groups("author")
        for ask, place in ((by_author.rows, [2]), (by_author.name, [2]), (by_author.row, [0, 3]), (by_author.row, [2, 0])):
            with pytest.raises(IndexError):
                ask(*place)


# ---- building anew ----------------------------------------------------------------------------------------------------


def breaks_off() -> Iterator[ImageRecord]:
    yield CREDITED
    raise NotThisFormat(folder="oaks", expected="*.csv", found="–")


def test_a_build_that_fails_leaves_the_old_table(path: Path, build: Build) -> None:
    build(OAK)
    before = path.read_bytes()
    with pytest.raises(NotThisFormat):
        make(path, breaks_off())
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.part*"))


def test_a_build_makes_the_folder_it_writes_to(path: Path, build: Build) -> None:
    build(OAK, where=path.parent / "new" / "tables" / path.name)


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be replaced there")
def test_an_open_table_stays_what_it_was_when_a_new_one_is_built(build: Build) -> None:
    old, new = build(OAK), build(CREDITED)
    assert (old.record(0), new.record(0)) == (OAK, CREDITED)


def test_a_table_is_current_for_the_same_files_and_reader_alone(path: Path, build: Build) -> None:
    assert not tables.is_current(path, SOURCES, "folder 1")
    build(OAK)
    assert tables.is_current(path, SOURCES, "folder 1")
    assert not tables.is_current(path, SOURCES, "folder 2")
    assert not tables.is_current(path, SOURCES[:1], "folder 1")
    assert not tables.is_current(path, [("images.csv", 12, 1_700_000_000_000_000_002), (".", 0, 5)], "folder 1")


def test_a_table_knows_the_files_it_was_made_of(build: Build) -> None:
    assert build(OAK).sources == tuple(SOURCES)


def test_a_table_that_is_discarded_leaves_nothing_and_can_be_built_anew(path: Path, build: Build) -> None:
    build(OAK).close()
    for name in (f"{path.name}.part", f"{path.name}.part-journal"):
        path.with_name(name).touch()
    tables.discard(path)
    assert {found.name for found in path.parent.iterdir()} <= {f"{path.name}.lock"}
    tables.discard(path)
    assert build(CREDITED).record(0) == CREDITED


def test_a_table_is_not_discarded_while_another_is_built(path: Path, build: Build) -> None:
    build(OAK).close()
    with FileLock(f"{path}.lock", thread_local=False) as lock, ThreadPoolExecutor(1) as waiting:
        done = waiting.submit(tables.discard, path)
        with pytest.raises(TimeoutError):
            done.result(timeout=0.2)
        assert path.exists()
        lock.release(force=True)
        done.result(timeout=120)
    assert not path.exists()


@pytest.mark.parametrize(
    ("record", "holds"),
    [
        (OAK, set()),
        (CREDITED, {"photo_id", "author", "url"}),
        (ELSEWHERE, {"url"}),
        (replace(OAK, author_id="74881150@N00"), {"author"}),
        (replace(OAK, author="Ana"), {"author"}),
        (replace(OAK, landing_url="https://www.flickr.com/photos/ana/31337"), {"author", "url"}),
        (replace(OAK, photo_id="1"), {"photo_id"}),
    ],
)
def test_a_table_says_what_can_be_looked_for_in_it(build: Build, record: ImageRecord, holds: set[str]) -> None:
    assert build(replace(OAK, image_id="first"), record).holds() == holds


def ask_all(table: tables.Table) -> None:
    for row, _ in table.ids():
        record = table.record(row)
        table.find(image_id=record.image_id)
        table.find(photo_id=record.photo_id)
        table.find(author=record.author_id)
        table.find(url=record.source_url)
    table.find(author="ana")
    table.holds()
    list(table.ids(table.few({"by-4.0"}, True)))
    groups(table, "class")
    groups(table, "author")


def damaged(path: Path, start: int, stop: int, seed: int) -> None:
    data = bytearray(path.read_bytes())
    data[start:stop] = hashlib.shake_128(bytes([seed])).digest(len(data[start:stop]))
    path.write_bytes(data)


@pytest.mark.parametrize("part", range(24))
def test_a_damaged_table_is_gone_and_nothing_else(path: Path, part: int) -> None:
    found = [replace(CREDITED, image_id=str(n), photo_id=str(n), author_id=f"{n % 30}@N00") for n in range(300)]
    make(path, found)
    size = path.stat().st_size
    damaged(path, size * part // 24, size * (part + 1) // 24, part)
    tables.is_current(path, SOURCES, "folder 1")
    with pytest.raises(tables.TableGone, match=re.escape(f"The table {path} cannot be opened")), closing(tables.open_table(path)) as table:
        ask_all(table)


def test_who_waits_for_another_build_takes_what_that_one_made(path: Path, build: Build) -> None:
    path.parent.mkdir(exist_ok=True)
    lock = FileLock(f"{path}.lock", thread_local=False)
    with lock, ThreadPoolExecutor(1) as waiting:
        done = waiting.submit(make, path, [CREDITED])
        assert not done.done()
        build(OAK, where=path.with_name(f"other{path.suffix}"))
        path.with_name(f"other{path.suffix}").replace(path)
        lock.release()
        done.result(timeout=120)
    found = tables.open_table(path)
    assert found.record(0) == OAK
    found.close()


@pytest.mark.parametrize("data", [b"", b"not a database, but long enough to look at" * 100])
def test_what_is_no_table_is_not_current_and_cannot_be_opened(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert not tables.is_current(path, SOURCES, "folder 1")
    with pytest.raises(tables.TableGone, match=r"cannot be opened"):
        tables.open_table(path)


def test_a_table_of_another_schema_is_not_current_and_cannot_be_opened(path: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("imagestolive.tables.rows.SCHEMA", "imagestolive-table/1")
        make(path, [OAK])
    assert not tables.is_current(path, SOURCES, "folder 1")
    with pytest.raises(tables.TableGone):
        tables.open_table(path)


def test_a_missing_table_is_not_made_by_asking_for_it(path: Path) -> None:
    with pytest.raises(tables.TableGone):
        tables.open_table(path.with_stem("t #1?"))
    assert list(path.parent.iterdir()) == []


def test_a_path_with_signs_that_mean_something_in_addresses_is_opened(path: Path, build: Build) -> None:
    assert build(OAK, where=path.with_stem("á #1 100%?")).record(0) == OAK


def test_several_threads_may_ask_at_once(build: Build) -> None:
    table = build(*oaks(100))
    start = threading.Barrier(4)

    def ask(_: int) -> list[str]:
        start.wait()
        return [table.record(table.find(image_id=f"oak-{n}")[0]).image_id for n in range(100)]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [[f"oak-{n}" for n in range(100)]] * 4


def test_a_table_that_cannot_be_written_says_so(path: Path) -> None:
    (path.parent / "file").touch()
    with pytest.raises(tables.TableNotBuilt, match="cannot be written"):
        make(path.parent / "file" / path.name, [OAK])


def test_a_disk_that_fills_up_while_records_are_read_says_so(path: Path) -> None:
    def fills_up() -> Iterator[ImageRecord]:
        yield OAK
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(tables.TableNotBuilt, match="disk is full"):
        make(path, fills_up())
    assert [found.name for found in path.parent.iterdir()] == [f"{path.name}.lock"]


def test_progress_is_told_as_rows_are_read(path: Path) -> None:
    told: list[int] = []
    tables.build(path, oaks(60_000), dataset="oaks", made_by="r", sources=[], problems=Problems(), progress=told.append)
    assert told == sorted(told)
    assert told
    assert told[-1] <= 60_000


def first_ones(found: list[ImageRecord]) -> list[ImageRecord]:
    """But for those with the id of an earlier one."""
    kept: dict[str, ImageRecord] = {}
    for record in found:
        kept.setdefault(record.image_id, record)
    return list(kept.values())
