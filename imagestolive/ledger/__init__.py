"""The ledger: what people ask for and decide, in a database. SQLite in WAL beside the data, or PostgreSQL named by a URL.

Everything is done in short transactions; one that writes has the database for itself from its beginning: SQLite's own lock, or an
advisory lock of PostgreSQL's. What a transaction has written is on the disk when it ends.
The schema is brought up to date when a ledger is opened, by one process alone however many open it at once.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, event, exc

from imagestolive.errors import N_, ImagesToLiveError

HEAD = "0005"  # the newest migration: a ledger that stands there is opened without loading alembic
WAIT_S = 30.0
WRITES = 0x1417_0115  # the number of the advisory lock; any will do that nobody else in this database uses
MIGRATIONS = Path(__file__).with_name("migrations")


# lock_not_available, too_many_connections, cannot_connect_now, query_canceled; disk_full
_BUSY = {"55P03", "53300", "57P03", "57014"}
_FULL = {"53100"}


class LedgerBusy(ImagesToLiveError):
    """Another program held the database longer than one waits."""

    sentence = N_("The server is busy and did not come to it. Nothing was done; try again in a minute.")
    status = 503


class LedgerFull(ImagesToLiveError):
    """No space left where the ledger is."""

    sentence = N_("There is no room on this server’s disk to make the file. Tell the people who run it, or try again later.")
    status = 503


class LedgerUnusable(ImagesToLiveError):
    """The file is damaged, no database, or may not be written."""

    sentence = N_("The program’s own records cannot be read or written at the moment. Nothing was done.")
    hint = N_("They are in {place}: {problem}.")
    status = 503


class LedgerNewer(ImagesToLiveError):
    """Written by a later version of the program."""

    sentence = N_("The program’s own records were written by a newer version of it. Install that version again.")
    hint = N_("They are in {place}.")
    status = 503


class Ledger:
    """Transactions on one database. Safe for several threads and processes.

    `place` is the path of an SQLite file, or a URL as SQLAlchemy writes them. Where there was such a file it is not begun anew in silence,
    but if `anew`: what people asked for would be forgotten. Raises LedgerBusy, LedgerUnusable, LedgerNewer.
    """

    def __init__(self, place: Path | str, *, wait_s: float = WAIT_S, anew: bool = False) -> None:
        self._url = _url(place)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self.place = str(self._url.database) if self.is_sqlite else self._url.render_as_string(hide_password=True)
        self._file: tuple[int, int] | None = None  # device and inode of the SQLite file
        if self.is_sqlite and not anew and was_begun(Path(self.place)) and not _bytes_of(Path(self.place)):
            raise self._unusable(f"the file is gone or empty; restore a copy, or take {begun(Path(self.place)).name} away to begin anew")
        try:
            if self.is_sqlite:
                Path(self.place).parent.mkdir(parents=True, exist_ok=True)
            self._engine = _sqlite(self._url, wait_s) if self.is_sqlite else _postgresql(self._url, wait_s)
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None
        except (ImportError, exc.ArgumentError):
            raise self._unusable(_no_driver(self._url)) from None
        try:
            self._migrate()
            if self.is_sqlite:
                self._file = _identity(Path(self.place))
                begun(Path(self.place)).touch()
        except OSError as error:
            self.close()
            raise self._unusable(error.strerror or str(error)) from None
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger and changes nothing."""
        self._check_there()
        with self.telling(), self._engine.connect() as connection:
            yield (
                connection if self.is_sqlite else connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            )

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the ledger for itself; committed at the end, undone by an error."""
        self._check_there()
        with self.telling(), self._engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        self._engine.dispose()

    def _check_there(self) -> None:
        """What is written into a file that somebody took away is lost."""
        if self._file is not None and _identity(Path(self.place)) != self._file:
            raise self._unusable("the file was taken away, or another one put in its place")

    def _migrate(self) -> None:
        with self.reading() as connection:
            if _version(connection) == HEAD:
                return
        from imagestolive.ledger.migrating import migrate  # alembic takes longer to load than a ledger to open

        with self.writing() as connection:
            if _version(connection) != HEAD and not migrate(connection):
                raise LedgerNewer(place=self.place)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """The database's errors as ours."""
        try:
            yield
        except exc.TimeoutError:
            raise LedgerBusy from None
        except exc.IntegrityError:
            raise
        except (exc.DatabaseError, sqlite3.DatabaseError) as error:  # sqlite3's own: while connecting
            problem = str(getattr(error, "orig", error))
            state = getattr(getattr(error, "orig", None), "sqlstate", None)  # PostgreSQL's
            if state in _BUSY or (self.is_sqlite and ("locked" in problem or "busy" in problem)):
                raise LedgerBusy from None
            if state in _FULL or (self.is_sqlite and "full" in problem):
                raise LedgerFull from None
            raise self._unusable(" ".join(problem.split())) from error

    def _unusable(self, problem: str) -> LedgerUnusable:
        return LedgerUnusable(place=self.place, problem=problem)


def begun(place: Path) -> Path:
    """What lies beside an SQLite ledger once there was one."""
    return place.with_name(f"{place.name}.begun")


def was_begun(place: Path) -> bool:
    return begun(place).exists()


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def _url(place: Path | str) -> sqlalchemy.URL:
    if isinstance(place, str) and "://" in place:
        try:
            url = sqlalchemy.make_url(place)
        except (exc.ArgumentError, ValueError):  # ValueError: a port that is no number
            raise LedgerUnusable(place="DATABASE_URL", problem="this is no URL of a database") from None
        if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
            raise LedgerUnusable(place=str(url), problem="several processes need a file") from None
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        return url
    return sqlalchemy.URL.create("sqlite+pysqlite", database=str(Path(place).absolute()))


def _version(connection: Connection) -> str | None:
    if not sqlalchemy.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _no_driver(url: sqlalchemy.URL) -> str:
    if url.get_backend_name() == "postgresql":
        return "its driver is not installed: pip install 'imagestolive[postgres]'"
    return "there is no driver for this kind of database"


def _sqlite(url: sqlalchemy.URL, wait_s: float) -> sqlalchemy.Engine:
    """WAL, and transactions that begin where we say: pysqlite would begin them at the first change, without waiting for a lock."""
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": wait_s})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON").close()
        connection.execute("PRAGMA synchronous = FULL").close()  # what was confirmed outlives a power cut, too
        _switch_to_wal(connection, wait_s)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: sqlalchemy.URL, wait_s: float) -> sqlalchemy.Engine:
    """Who writes waits for the others at its beginning, at most so long. A connection that the server has closed is opened anew."""
    engine = sqlalchemy.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": max(2, round(wait_s))})

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(wait_s * 1000)}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITES})")

    return engine


def _switch_to_wal(connection: sqlite3.Connection, wait_s: float) -> None:
    """SQLite does not wait by itself where another process is switching too."""
    until_s = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until_s:
                raise
            time.sleep(0.01)
        else:
            return
