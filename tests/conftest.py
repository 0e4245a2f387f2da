"""Fixtures that several rooms share."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import pkgutil
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import postgres
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from werkzeug.test import TestResponse

import imagestolive

CHECKOUT = Path(__file__).resolve().parents[1]
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"  # .ci/run says so

# A slow machine is no bug; CI tries the same examples each time, a developer new ones.
settings.register_profile("ours", deadline=None, derandomize=REQUIRE_ALL, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

# However full the machine's disk is, half of it is free, but where a test says otherwise. Before anything has taken it for a default.
shutil.disk_usage = lambda _path: SimpleNamespace(total=2**40, used=2**39, free=2**39)  # type: ignore[assignment]


class _ToTheEnd(FlaskClient):
    """Reads each answer to its end: one that is left half read has its file open until it is collected, in the middle of another test."""

    def open(self, *asked: Any, buffered: bool = True, **more: Any) -> TestResponse:
        return super().open(*asked, buffered=buffered, **more)


Flask.test_client_class = _ToTheEnd

if REQUIRE_ALL:  # hypothesis tries constants of all modules that are there, and which are there would depend on the tests before
    for module in pkgutil.walk_packages(imagestolive.__path__, "imagestolive."):
        importlib.import_module(module.name)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """No test reaches the network: names are not looked up, and connections lead to this machine alone."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def getaddrinfo(host: Any, *more: Any, **named: Any) -> Any:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if host not in (None, "localhost", socket.gethostname()):
                raise socket.gaierror(f"no test asks for {host}") from None
        return look_up(host, *more, **named)

    def connected(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
            raise OSError(f"no test connects to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        patch.setattr(socket.socket, "connect", connected)
        yield


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real cuts of data sets beside the checkout; a user has none."""
    folder = CHECKOUT.parent / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the sample data sets are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; its absence is a failure where everything is required."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return missing("Chromium")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """A server of PostgreSQL's; its absence, or its driver's, is a failure where everything is required."""
    if importlib.util.find_spec("psycopg") is None:
        missing("psycopg (the extra “postgres”)")
    if (folder := postgres.programs()) is None:
        missing("PostgreSQL")
    with postgres.serving(folder) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a ledger without rows is to be, in either kind of database."""
    if request.param == "sqlite":
        return tmp_path / "ledger.sqlite3"
    server: postgres.Server = request.getfixturevalue("postgresql")
    return server.emptied_database()


def missing(program: str) -> NoReturn:
    """Skips a test for want of a program of the system, or fails it under REQUIRE_ALL=1."""
    if REQUIRE_ALL:
        pytest.fail(f"{program} is not installed, and REQUIRE_ALL=1 asks for it")
    pytest.skip(f"{program} is not installed")


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for tables and fonts, shared by all workers of a run: instances of fonts take seconds to make."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "data"
    folder.mkdir(exist_ok=True)
    return folder
