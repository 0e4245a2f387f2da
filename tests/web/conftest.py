"""An app over two small data sets that the tests draw: photographs of 320 x 200 pixels, and tiles of 8 x 8."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import drawn
import pytest
from flask import Flask
from flask.testing import FlaskClient

from imagestolive.config import Config, DataSetConfig
from imagestolive.web import create_app

CODE = "K7Q2-9FXD"


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
