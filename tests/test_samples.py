"""Every real cut of a data set becomes a set of cards by one command, credited as its makers' rows say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from imagestolive import cli, tables

pytestmark = pytest.mark.samples

# Our key, the folder, people, cards.
CUTS = [
    ("coco", "coco", 4, 3),
    ("yolo", "coco128", 4, 3),
    ("coil-100", "coil-100", 4, 3),
    ("fashion-mnist", "fashion-mnist", 4, 3),
    ("folder", "ffhq", 2, 1),
    ("flower-photos", "flower_photos", 4, 3),
    ("ffhq", "fsxl-dataset", 4, 3),
    ("folder", "imagenet-sample-images", 4, 3),
    ("folder", "imagenet-val", 4, 3),
    ("lfw", "lfw", 4, 3),
    ("open-images", "open-images", 2, 1),
    ("folder", "scikit-image", 4, 3),
    ("folder", "scikit-learn", 2, 1),
    ("tencent-ml-images", "tencent-ml-images", 2, 1),
    ("tiny-imagenet", "tiny-imagenet-200", 4, 3),
]
NOT_HERE = [("visual-genome", 15), ("yfcc100m", 4), ("tencent-ml-images", 100)]  # key and folder, rows listed with an address


@pytest.fixture
def made(samples: Path, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(data_folder))
    monkeypatch.delenv("IMAGESTOLIVE_CONFIG", raising=False)

    def make(key: str, folder: str, *arguments: str) -> dict[str, Any]:
        report = tmp_path / "report.json"
        command = ["make", "--root", f"{key}={samples / folder}", "--dataset", key, "--allow-unlicensed", "--report", str(report)]
        result = CliRunner().invoke(cli.main, [*command, "--out", str(tmp_path / "x.pdf"), "--force", *arguments])
        assert result.exit_code == 0, result.output
        assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
        content: dict[str, Any] = json.loads(report.read_bytes())
        return content

    return make


@pytest.mark.parametrize(("key", "folder", "people", "cards"), CUTS)
@pytest.mark.parametrize("by", ["image", "class", "author"])
def test_a_cut_becomes_cards_of_its_images(made: Any, key: str, folder: str, people: int, cards: int, by: str) -> None:
    content = made(key, folder, "--people", str(people), "--cards", str(cards), "--by", by)
    assert len(content["picks"]) == people * cards
    assert all(card["decision"]["allowed"] and card["credit"] and card["ppi"] for card in content["cards"])
    assert {card["record"]["dataset"] for card in content["cards"]} == {key}


def _fsxl(samples: Path) -> dict[str, tuple[str, str, str]]:
    rows = json.loads((samples / "fsxl-dataset" / "fsxl-metadata.json").read_bytes())
    return {row["image_name"]: (row["author"], row["photo_url"], row["license_url"]) for row in rows}


def _flowers(samples: Path) -> dict[str, tuple[str, str, str]]:
    found = {}
    for line in (samples / "flower_photos" / "LICENSE.txt").read_text().splitlines()[4:]:
        name = line.split()[0]
        page = re.search(r"https://www\.flickr\.com/\S+", line)
        assert page
        author = line.split(" by ", 1)[1].removesuffix(f" - {page[0]}")
        slug = "by-sa" if "BY-SA" in line else "by"
        found[name.rpartition("/")[2]] = (author, page[0], f"https://creativecommons.org/licenses/{slug}/2.0/")
    return found


@pytest.mark.parametrize(("key", "folder", "rows"), [("ffhq", "fsxl-dataset", _fsxl), ("flower-photos", "flower_photos", _flowers)])
def test_each_credit_is_the_makers_row(made: Any, samples: Path, key: str, folder: str, rows: Any) -> None:
    recorded = rows(samples)
    for card in made(key, folder, "--people", "10", "--cards", "3")["cards"]:
        author, page, license_url = recorded[card["record"]["locator"].rpartition("/")[2]]
        said = " ".join(card["credit"].split())
        assert " ".join(author.split()) in said
        assert f"Source: {page}" in said
        if "creativecommons.org" in license_url:
            assert license_url in said


@pytest.mark.parametrize(("key", "rows"), NOT_HERE)
def test_what_is_listed_with_an_address_but_not_here_is_in_the_table(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, rows: int
) -> None:
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(tmp_path))
    result = CliRunner().invoke(cli.main, ["index", key, "--root", str(samples / key)])
    assert result.exit_code == 0, result.output
    table = tables.open_table(next((tmp_path / "tables").glob(f"{key}-*.sqlite3")))
    assert table.rows - table.here >= rows
