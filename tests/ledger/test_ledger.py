"""The ledger: opened by many at once, written by many at once, and plain about what does not work."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from ledger_office import Office
from postgres import Server
from sqlalchemy import Connection, event, inspect, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from imagestolive.ledger import HEAD, MIGRATIONS, Ledger, LedgerBusy, LedgerNewer, LedgerUnusable
from imagestolive.ledger.jobrows import JobRows
from imagestolive.ledger.schema import job, metadata


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Ledger]:
    """In SQLite alone."""
    with closing(Ledger(tmp_path / "ledger.sqlite3", wait_s=10)) as opened:
        yield opened


def add(rows: JobRows, job_id: str, **values: object) -> None:
    plain = {"kind": "pdf", "content": b"{}", "once": job_id, "client": "c", "lang": "en", "back": "/", "cards": 1, "accepted_s": 0.0}
    rows.add(id=job_id, **{**plain, **values})


def test_the_head_named_in_the_program_is_that_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_migrations_make_the_tables_that_the_program_uses(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        found = inspect(connection)
        assert set(found.get_table_names()) == {*metadata.tables, "alembic_version"}
        for name, table in metadata.tables.items():
            assert [(column["name"], column["nullable"]) for column in found.get_columns(name)] == [
                (column.name, column.nullable) for column in table.columns
            ]
            assert {index["name"]: index["column_names"] for index in found.get_indexes(name) if not index["unique"]} == {
                index.name: [column.name for column in index.columns] for index in table.indexes
            }


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where nothing is yet."""
    if request.param == "sqlite":
        return tmp_path / "a folder with 100 %" / "ledger.sqlite3"
    url: str = request.getfixturevalue("postgresql").new_database()
    return url


OPENING = "import sys, pathlib; from imagestolive.ledger import Ledger; place = sys.argv[1]; "
OPENING += "Ledger(place if '://' in place else pathlib.Path(place)).close()"


def test_processes_that_open_a_new_ledger_at_once_all_find_it_ready(new_place: Path | str) -> None:
    program = [sys.executable, "-W", "error", "-c", OPENING, str(new_place)]
    running = [subprocess.Popen(program, stderr=subprocess.PIPE) for _ in range(4)]
    assert [process.communicate()[1] for process in running] == [b""] * 4
    assert [process.returncode for process in running] == [0] * 4


COLUMNS_OF = {"0004": ("job", "options"), "0003": ("decision", "photo")}  # what migrations added to tables that were there


def step_back(connection: Connection, version: str) -> None:
    """To how an earlier version of the program left the ledger."""
    for table, column in [added for revision, added in COLUMNS_OF.items() if revision > version]:
        if column in {found["name"] for found in inspect(connection).get_columns(table)}:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
    if version < "0005":
        connection.exec_driver_sql("DROP TABLE IF EXISTS secret")
    connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")  # noqa: S608 (no word of a user's)


def test_a_ledger_of_the_version_before_keeps_its_jobs(new_place: Path | str) -> None:
    with closing(Ledger(new_place)) as ledger, ledger.writing() as connection:
        add(JobRows(connection), "old")
        step_back(connection, "0001")
        metadata.drop_all(connection, [table for table in metadata.sorted_tables if table is not job])
    with closing(Ledger(new_place)) as ledger, ledger.reading() as connection:
        assert JobRows(connection).find("old") is not None
        assert {*inspect(connection).get_table_names()} == {*metadata.tables, "alembic_version"}


def test_a_ledger_without_photographs_is_brought_up_to_date_with_what_stands_in_it(new_place: Path | str) -> None:
    with closing(Ledger(new_place)) as ledger:
        before = Office(ledger).report("7", sha256="ab" * 32)
        with ledger.writing() as connection:
            step_back(connection, "0002")
    with closing(Ledger(new_place)) as ledger:
        office = Office(ledger)
        assert office.decisions.queue() == [before]
        assert office.report("8", client="ana", photo="946782888").photo == "946782888"
        assert (office.hidden(), dict(office.decisions.blocked().photos)) == ({"7", "8"}, {"946782888": "reported"})


def test_who_waits_too_long_for_others_that_write_is_told_so(ledger: Ledger, ledger_place: Path | str) -> None:
    with closing(Ledger(ledger_place, wait_s=0.1)) as other, ledger.writing():
        with other.reading() as connection:
            assert JobRows(connection).find("nobody") is None
        with pytest.raises(LedgerBusy), other.writing():
            pass


def test_nothing_is_written_by_who_only_reads(ledger: Ledger) -> None:
    with ledger.reading() as connection, contextlib.suppress(DBAPIError):
        add(JobRows(connection), "unseen")
    with ledger.reading() as connection:
        assert JobRows(connection).find("unseen") is None


def test_a_server_that_was_started_anew_is_asked_again(postgresql: Server) -> None:
    with closing(Ledger(postgresql.new_database())) as ledger:
        postgresql.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user")
        with ledger.writing() as connection:
            add(JobRows(connection), "after")


def test_sqlite_writes_ahead_and_holds_to_its_keys(lite: Ledger) -> None:
    with lite.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_ten_writers_at_once_lose_nothing(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        add(JobRows(connection), "counted")

    def count() -> None:
        for _ in range(10):
            with ledger.writing() as connection:
                row = JobRows(connection).find("counted")
                assert row is not None
                connection.execute(update(job).values(done=row["done"] + 1))

    threads = [threading.Thread(target=count) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.reading() as connection:
        assert (JobRows(connection).find("counted") or {})["done"] == 100


def test_who_reads_waits_for_no_writer(ledger: Ledger) -> None:
    with ledger.writing() as writing:
        add(JobRows(writing), "unfinished")
        with ledger.reading() as reading:
            assert JobRows(reading).find("unfinished") is None


def test_an_error_undoes_its_transaction(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError), ledger.writing() as connection:
        list(map(partial(add, JobRows(connection)), ("undone", "undone")))
    with ledger.reading() as connection:
        assert JobRows(connection).find("undone") is None


def test_a_lock_that_does_not_end_is_a_503_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with closing(Ledger(path, wait_s=0.1)) as ledger, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusy) as raised, ledger.writing():
            pass
        assert raised.value.status == 503
        other.execute("ROLLBACK")
        with ledger.writing() as connection:
            add(JobRows(connection), "now")


def test_a_lock_that_ends_is_waited_for(lite: Ledger) -> None:
    with closing(sqlite3.connect(lite.place, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.2, other.execute, ("ROLLBACK",))
        timer.start()
        with lite.writing() as connection:
            add(JobRows(connection), "after a while")
        timer.join()


def test_what_is_no_ledger_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"a letter to a friend, not a database " * 100)
    with pytest.raises(LedgerUnusable) as raised:
        Ledger(path)
    assert str(path) not in str(raised.value)  # pages say the sentence
    assert path.read_bytes().startswith(b"a letter")


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LedgerUnusable):
        Ledger(tmp_path / "file" / "ledger.sqlite3")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense://there/is",
        "postgresql://a:secret@host:port/db",
        "postgresql+nothing://a:secret@host/db",
    ],
)
def test_a_url_that_leads_nowhere_is_told_without_its_password(url: str) -> None:
    with pytest.raises(LedgerUnusable) as raised:
        Ledger(url)
    assert "secret" not in str(raised.value.facts)


def test_a_url_opens_the_same_ledger_as_a_path(lite: Ledger) -> None:
    with lite.writing() as connection:
        add(JobRows(connection), "one")
    with closing(Ledger(f"sqlite+pysqlite:///{lite.place}")) as again, again.reading() as connection:
        assert JobRows(connection).find("one") is not None


def test_a_ledger_of_a_newer_version_is_left_alone(ledger: Ledger, ledger_place: Path | str) -> None:
    with ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(LedgerNewer):
            Ledger(ledger_place)
    finally:
        with ledger.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


def test_the_queue_takes_the_oldest_and_passes_over_who_has_two_running(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        rows = JobRows(connection)
        for job_id, client in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")):
            add(rows, job_id, client=client)
        claimed = [rows.claim(0.0, 2) for _ in range(4)]
        assert [row and row["id"] for row in claimed] == ["a1", "a2", "b1", None]
        assert rows.end("a2", "cancelled", 0.0, ["running"])
        assert (rows.claim(0.0, 2) or {})["id"] == "a3"


_ROWS = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO job(id, state, kind, content, once, client, lang, back, cards, done, of, counts, attempts, lost, accepted_s, finished_s)
    SELECT 'j' || i, CASE WHEN i % 2 THEN 'done' ELSE 'accepted' END, 'pdf', '', i, i / 10, 'en', '/', 1, 0, 0, '{}', 0, 0,
           -i, CASE WHEN i % 2 THEN -i END FROM n
"""  # a clock that runs backwards while they come in


@pytest.fixture
def crowded(lite: Ledger) -> Ledger:
    with lite.writing() as connection:
        connection.exec_driver_sql(_ROWS)
    return lite


def test_order_and_purge_hold_in_a_hundred_thousand_rows_of_a_clock_that_ran_backwards(crowded: Ledger) -> None:
    with crowded.writing() as connection:
        rows = JobRows(connection)
        assert (rows.claim(0.0, 2) or {})["id"] == "j2"
        assert rows.ahead("j10") == 3  # 4, 6, 8
        assert len(rows.over(-50_000.0, limit=500)) == 500
        assert sorted(rows.over(-99_994.0, limit=500)) == ["j99995", "j99997", "j99999"]
        rows.none_from_the_future(-99_996.0)
        assert sorted(rows.over(-99_996.0, limit=500)) == ["j99997", "j99999"]
        assert len(rows.over(-99_995.0, limit=100_000)) == 50_000


def test_no_question_reads_through_all_rows(crowded: Ledger) -> None:
    asked: list[tuple[str, Any]] = []

    def ask(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with crowded.writing() as connection:
        event.listen(connection, "before_cursor_execute", ask)
        rows = JobRows(connection)
        rows.claim(0.0, 2)
        rows.next_ids(2, 2)
        rows.silent(0.0)
        rows.over(-200_000.0, 500)
        rows.none_from_the_future(0.0)
        rows.same("7", ["accepted", "done"])
        rows.unfinished("7")
        rows.ahead("j9")
        rows.usual_s(20)
        rows.waiting(["j9"])
        rows.states(["j9"])
        rows.holds("j9", 1)
        rows.beat("j9", 1, done=1)
        rows.forget(["j9"])
        event.remove(connection, "before_cursor_execute", ask)
        assert len(asked) == 15
        for statement, parameters in asked:
            steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert not [step for step in steps if step.startswith("SCAN job") or "ORDER BY" in step], (statement, steps)


def test_a_ledger_that_was_taken_away_or_emptied_is_not_begun_anew_in_silence(tmp_path: Path) -> None:
    place = tmp_path / "ledger.sqlite3"
    with closing(Ledger(place)) as running:
        for ending in ("", "-wal", "-shm"):
            place.with_name(place.name + ending).unlink(missing_ok=True)
        with pytest.raises(LedgerUnusable), running.writing():
            pass
        with pytest.raises(LedgerUnusable), running.reading():
            pass
    for left in (None, b""):
        if left is not None:
            place.write_bytes(left)
        with pytest.raises(LedgerUnusable):
            Ledger(place)
    with closing(Ledger(place, anew=True)) as restored, restored.writing():
        pass
    with closing(Ledger(place)) as again, again.reading():
        pass
