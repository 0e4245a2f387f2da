"""A PostgreSQL server of the tests' own, on a socket in a folder of its own: nothing of the machine's is touched."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE_S = 60
_OURS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_NOBODYS = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.name == "posix" and os.geteuid() == 0 else {}


def programs() -> Path | None:
    """Where initdb and postgres are; Debian keeps them off the path."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


class Server:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shared: str | None = None  # name

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def new_database(self) -> str:
        """The URL of an empty one."""
        return self.url(self._create())

    def emptied_database(self) -> str:
        """The URL of one without rows, the same for one test after another: its tables stay, which take long to make."""
        if self._shared is None:
            self._shared = self._create()
        tables = [table for (table,) in self.run(_OURS, of=self._shared) if table != "alembic_version"]
        if tables:
            self.run(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY", of=self._shared)
        return self.url(self._shared)

    def _create(self) -> str:
        name = f"t{secrets.token_hex(8)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def run(self, statement: str, *values: object, of: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(f"host={self._folder} user=postgres dbname={of}", autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def serving(bin_folder: Path) -> Iterator[Server]:
    """Where root runs the tests the server runs as its own user, which it insists on."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as made:  # a socket's path has some 100 letters
        folder = Path(made)
        if _NOBODYS:
            shutil.chown(folder, "postgres", "postgres")
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([bin_folder / "initdb", "-D", folder / "data", *options], check=True, capture_output=True, cwd=folder, **_NOBODYS)
        command = [bin_folder / "postgres", "-D", folder / "data", "-F", "-k", folder, "-c", "listen_addresses="]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=folder, stderr=log, **_NOBODYS) as process:
            try:
                server = Server(folder)
                _wait(server, process)
                yield server
            finally:
                process.send_signal(2)  # SIGINT: ends all connections and itself, in order
                process.wait(PATIENCE_S)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    end_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            assert process.poll() is None, "PostgreSQL has ended at once"
            assert time.monotonic() < end_s
            time.sleep(0.05)
        else:
            return
