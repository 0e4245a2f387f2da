"""An app over two small data sets that the tests draw: photographs of 320 x 200 pixels, and tiles of 8 x 8; and those who do its jobs."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import drawn
import elsewhere
import hosts
import pytest
from browsing import PATIENCE_MS
from flask import Flask
from flask.testing import FlaskClient
from office import Office
from playwright.sync_api import Browser, sync_playwright

from imagestolive.config import Config, DataSetConfig
from imagestolive.jobs.running import Runner
from imagestolive.jobs.workplace import Workplace
from imagestolive.pipeline import Pipeline
from imagestolive.web import create_app

CODE = "K7Q2-9FXD"
# In a sandbox Chromium needs no-sandbox; the rest keeps it from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory, data_folder: Path) -> Config:
    root = tmp_path_factory.mktemp("web")
    garden = drawn.folder(root / "garden", 20, licenses=("CC BY 2.0", "CC BY-NC 2.0"))
    tiles = tiny(root / "tiles", 6)
    return Config(
        datasets={
            "garden": DataSetConfig(key="garden", root=garden, facts={"title": "Garden photographs", "short": "Garden"}),
            "tiles": DataSetConfig(key="tiles", root=tiles, facts={"title": "Tiles", "short": "Tiles"}),
        },
        starter=False,
        data_folder=data_folder,
    )


@pytest.fixture(scope="session")
def app(config: Config) -> Flask:
    return create_app(config)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_over(data_folder: Path) -> Callable[..., FlaskClient]:
    """A client of an app over one folder, `mine`, and whatever else the configuration should say."""

    def make(root: Path, **more: object) -> FlaskClient:
        datasets = {"mine": DataSetConfig(key="mine", root=root)}
        settings: dict[str, object] = {"starter": False, "data_folder": data_folder, **more}
        return create_app(Config(datasets=datasets, **settings)).test_client()  # type: ignore[arg-type]

    return make


def tiny(root: Path, count: int) -> Path:
    """A data set whose pixels can be counted: no title, no author, CC0."""
    root.mkdir()
    with (root / "credits.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(drawn.CREDIT_COLUMNS)
        for n in range(count):
            drawn.picture(n, (8, 8)).save(root / f"{n}.png")
            rows.writerow((f"{n}.png", "", "", "", "CC0 1.0"))
    return root


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, timeout=PATIENCE_MS)
        yield browser
        browser.close()


# ---- jobs ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def offices() -> Iterator[Callable[..., Office]]:
    with ExitStack() as stack:

        def open_one(config: Config, folder: Path, played: hosts.Played | None = None) -> Office:
            place = Workplace(folder)
            stack.callback(place.close)
            network = (lambda: elsewhere.network(played)) if played else None
            pipeline = Pipeline(config, network=network, blocked=place.decisions.blocked)
            stack.callback(pipeline.close)
            clock = [time.time()]
            app = create_app(config, place, now=lambda: clock[0])
            return Office(app=app, place=place, run=Runner(pipeline, place.marks), clock=clock, played=played)

        yield open_one


@pytest.fixture
def office(config: Config, tmp_path: Path, offices: Callable[..., Office]) -> Office:
    """Jobs over the photographs and tiles, which are all here."""
    return offices(config, tmp_path)


@pytest.fixture
def remote(tmp_path: Path, data_folder: Path, offices: Callable[..., Office]) -> Iterator[Office]:
    """Jobs over 40 photographs that live elsewhere: one in eight is gone."""
    root = elsewhere.rows(tmp_path / "rows", 40)
    own = tmp_path / "data"
    own.mkdir()
    (data_folder / "fonts").mkdir(exist_ok=True)
    (own / "fonts").symlink_to(data_folder / "fonts")
    gone = {n: hosts.Reply(status=404) for n in range(0, 40, 8)}
    with hosts.played(elsewhere.routes(40, other=gone)) as played:
        yield offices(elsewhere.config(root, own), own, played)


@pytest.fixture
def doubtful(tmp_path: Path, data_folder: Path, offices: Callable[..., Office]) -> Office:
    """Twelve photographs; the titles of all bear a word of the operator's list."""
    words = tmp_path / "words.txt"
    words.write_text("picture\n", encoding="utf-8")
    root = drawn.folder(tmp_path / "mine", 12)
    config = Config(datasets={"mine": DataSetConfig(key="mine", root=root)}, starter=False, data_folder=data_folder, words={"en": words})
    return offices(config, tmp_path / "place")
