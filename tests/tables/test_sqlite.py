"""What the SQLite form alone promises: its file as documented, indexes that are used, a build that survives being killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tables.made_up import CREDITED, ELSEWHERE, OAK, Build, make, oaks

from imagestolive import tables
from imagestolive.records import ImageRecord
from imagestolive.tables import inserting, sqlite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.sqlite3"


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows already make batches, transactions, and a process of their own."""
    monkeypatch.setattr(sqlite, "BATCH", 10)
    monkeypatch.setattr(inserting, "COMMIT_BATCHES", 2)
    monkeypatch.setattr(inserting, "ALONE_BATCHES", 5)


def test_the_file_has_the_documented_form(path: Path, build: Build) -> None:
    build(OAK, CREDITED)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT row, image_id, photo_id, author_id, license FROM image ORDER BY row").fetchall() == [
            (0, "oak-1", None, None, None),
            (1, "oak-2", "31337", "74881150@N00", "by-4.0"),
        ]
        assert database.execute("SELECT name, row FROM label ORDER BY name").fetchall() == [("", 0), ("oak", 1), ("tree", 1)]
        meta = dict(database.execute("SELECT name, value FROM meta"))
    assert {"schema", "dataset", "made_by", "sources", "rows", "here", "licenses", "skipped", "fingerprint"} <= meta.keys()


def test_a_set_without_labels_has_none_in_its_table(path: Path, build: Build) -> None:
    build(OAK)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM label").fetchone() == (0,)


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: table.find(image_id="x"),
        lambda table: table.named("x"),
        lambda table: table.find(photo_id="1"),
        lambda table: table.find(author="74881150@N00"),
        lambda table: table.find(author="ana"),
        lambda table: table.find(url="https://www.flickr.com/photos/ana/31337"),
        lambda table: table.find(url="https://example.org/3.jpg"),
        lambda table: table.few({"by-4.0", None}, False),
        lambda table: table.few({"by-4.0"}, True),
        lambda table: table.few(None, True),
    ],
)
def test_nothing_is_looked_for_through_the_whole_table(build: Build, ask: object, monkeypatch: pytest.MonkeyPatch) -> None:
    table = build(OAK, CREDITED, ELSEWHERE)
    plans: list[str] = []
    fetch = sqlite.SqliteTable.fetch

    def explain(self: sqlite.SqliteTable, sql: str, values: object) -> list[object]:
        plans.extend(step[-1] for step in fetch(self, f"EXPLAIN QUERY PLAN {sql}", values))  # type: ignore[arg-type]
        return []

    monkeypatch.setattr(sqlite.SqliteTable, "fetch", explain)
    ask(table)  # type: ignore[operator]
    assert any("image" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN image") and "INDEX image_here" not in plan]


# ---- going on where a build stopped -----------------------------------------------------------------------------------


class Stopped(BaseException):
    """As Ctrl-C, which leaves what there is."""


def stopping_after(count: int) -> Iterator[ImageRecord]:
    yield from oaks(count)
    raise Stopped


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("count", [0, 5, 45, 200])
def test_a_build_that_was_stopped_is_gone_on_with(path: Path, build: Build, count: int) -> None:
    with pytest.raises(Stopped):
        make(path, stopping_after(count))
    put_in = rows_in(sqlite.shared.part_of(path))
    assert put_in == count // 10 * 10
    table = build(*oaks(300))
    assert list(table.ids()) == [(n, f"oak-{n}") for n in range(300)]
    assert table.fingerprint == build(*oaks(300), where=path.with_stem("other")).fingerprint


@pytest.mark.usefixtures("small_steps")
def test_rows_that_are_there_already_are_not_put_in_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Stopped):
        make(path, stopping_after(200))
    put_in: list[ImageRecord] = []
    monkeypatch.setattr(inserting.Inserter, "add", lambda _, batch: put_in.extend(batch))
    make(path, oaks(200))
    assert put_in == []


@pytest.mark.usefixtures("small_steps")
def test_from_the_first_row_that_is_another_all_is_put_in_anew(path: Path, build: Build) -> None:
    with pytest.raises(Stopped):
        make(path, stopping_after(200))
    found = [replace(record, image_id=f"{record.image_id}{'x' if n > 57 else ''}") for n, record in enumerate(oaks(120))]
    assert [image_id for _, image_id in build(*found).ids()] == [record.image_id for record in found]


@pytest.mark.usefixtures("small_steps")
def test_a_part_made_of_other_files_is_begun_anew(path: Path, build: Build) -> None:
    with pytest.raises(Stopped):
        make(path, stopping_after(200), made_by="folder 0")
    assert build(OAK).rows == 1


@pytest.mark.parametrize("data", [b"", b"no database at all" * 1000])
def test_a_part_that_cannot_be_read_is_begun_anew(path: Path, build: Build, data: bytes) -> None:
    sqlite.shared.part_of(path).write_bytes(data)
    assert build(OAK).rows == 1


def test_a_part_whose_rows_are_all_there_needs_no_record(path: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stop)
        with pytest.raises(Stopped):
            make(path, [OAK, CREDITED, OAK])
    table = build()
    assert (table.rows, table.skipped) == (2, 1)


def stop(*_: object) -> None:
    raise Stopped


# ---- the second process -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_steps")
def test_what_the_second_process_cannot_write_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inserting, "ALONE_BATCHES", 0)
    monkeypatch.setattr(sqlite, "_INSERT", "INSERT INTO somewhere VALUES (?)")
    with pytest.raises(tables.TableNotBuilt, match="no such table: somewhere"):
        make(path, oaks(5000))


# ---- kill -9 ----------------------------------------------------------------------------------------------------------

_BUILDS = """
import sys
from pathlib import Path
from imagestolive import tables
from imagestolive.datasets import Problems
from imagestolive.records import ImageRecord, Label
from imagestolive.tables import sqlite

sqlite.BATCH = 100
records = (
    ImageRecord(dataset="oaks", image_id=f"oak-{n % 7_990}", locator=f"{n}.jpg", author=f"{n % 700}", labels=(Label(text=f"{n % 9}"),))
    for n in range(8_000)
)
print("begins", flush=True)
tables.build(Path(sys.argv[1]), records, dataset="oaks", made_by="folder 2", sources=[], problems=Problems())
"""


def test_killed_at_any_moment_a_build_leaves_the_old_table_or_the_new_and_can_be_done_again(path: Path) -> None:
    seconds = killed_after(path, 600)
    whole_new = content(path)
    path.unlink()
    make(path, [OAK])
    old = path.read_bytes()
    left = []
    for n in range(20):
        path.write_bytes(old)
        killed_after(path, seconds * (n + 0.5) / 20)
        found = content(path)
        assert found == whole_new or path.read_bytes() == old
        left.append(path.with_name("t.sqlite3.part").exists())
        if n % 10 == 9:  # the builds in between go on where the last one was killed
            killed_after(path, 600)
            assert content(path) == whole_new
    assert any(left)


def killed_after(path: Path, seconds: float) -> float:
    """Builds a table in a process that is killed after so many seconds, unless it has ended; how long it took."""
    command = [sys.executable, "-c", _BUILDS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begins\n"
        began = time.perf_counter()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
    return time.perf_counter() - began


def content(path: Path) -> tuple[object, ...]:
    """All that a table says, after SQLite has found nothing wrong with it."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return tuple((name, database.execute(f"SELECT * FROM {name}").fetchall()) for name in names)  # noqa: S608


def rows_in(part: Path) -> int:
    with closing(sqlite3.connect(part)) as database:
        (count,) = database.execute("SELECT count(*) FROM image").fetchone()
        return int(count)
