from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.datasets.locators import place
from imagestolive.datasets.parquetfiles import ParquetRefused, cell

from .conftest import Reading

KEY = "wit-base"
CHURCH = "https://upload.wikimedia.org/wikipedia/commons/6/64/St_Leonard%27s_Church.jpg"


def row(image_url: str | None = CHURCH, **cells: Any) -> dict[str, Any]:
    features = {"language": ["en", "pt"], "caption_reference_description": [None, "Igreja"], "caption_alt_text_description": [None, None]}
    return {
        "image": {"bytes": b"JPEG", "path": None},
        "image_url": image_url,
        "embedding": [0.5, 0.25],
        "metadata_url": "http://commons.wikimedia.org/wiki/File:St_Leonard's_Church.jpg",
        "original_height": 3000,
        "original_width": 4000,
        "mime_type": "image/jpeg",
        "caption_attribution_description": "English: A church",
        "wit_features": features,
    } | cells


def lay_out(root: Path, *rows: dict[str, Any], name: str = "data/train-00000-of-00330.parquet") -> Path:
    (root / name).parent.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), root / name)
    return root


def test_a_row_gives_its_bytes_its_page_and_its_captions(tmp_path: Path, reading: Reading) -> None:
    (church,), problems = reading(KEY, lay_out(tmp_path, row()))
    assert problems == []
    assert (church.image_id, church.source_url) == ("St_Leonard's_Church.jpg", CHURCH)
    assert church.landing_url == "https://commons.wikimedia.org/wiki/File:St_Leonard's_Church.jpg"
    assert church.captions == ("Igreja", "English: A church")
    assert (church.width_px, church.height_px, church.license, church.author) == (None,) * 4
    where = place(church.locator)
    assert cell(tmp_path / where.file, where.row or 0, where.column or "", 100) == b"JPEG"


def test_an_image_counts_once_and_rows_count_from_the_beginning_of_each_file(tmp_path: Path, reading: Reading) -> None:
    other, third = CHURCH.replace("Church", "Bridge"), CHURCH.replace("Church", "Tower")
    lay_out(tmp_path, row(), row(), row(other))
    lay_out(tmp_path, row(other), row(third), name="data/train-00001-of-00330.parquet")
    records, problems = reading(KEY, tmp_path)
    assert [record.locator.partition("#")[::2] for record in records] == [
        ("data/train-00000-of-00330.parquet", "0:parquet:image"),
        ("data/train-00000-of-00330.parquet", "2:parquet:image"),
        ("data/train-00001-of-00330.parquet", "1:parquet:image"),
    ]
    assert problems == []


def test_files_that_are_not_at_commons_and_rows_without_address_are_told(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, row("https://upload.wikimedia.org/wikipedia/en/a/ab/Logo.png"), row(None), row(), name="a.parquet")
    records, problems = reading(KEY, tmp_path)
    assert len(records) == 1
    assert problems == [
        "a.parquet, row 2: “None” cannot be right.",
        "a.parquet: Images that do not lie at Wikimedia Commons, which are left out: 1",
    ]


@pytest.mark.parametrize("dumped", [True, False])
def test_a_credit_that_somebody_added_is_read(tmp_path: Path, reading: Reading, dumped: bool) -> None:
    said = {"Artist": {"value": "<b>Ana</b>"}, "LicenseShortName": {"value": "CC BY-SA 3.0"}}
    (church,), _ = reading(KEY, lay_out(tmp_path, row(extmetadata=json.dumps(said) if dumped else said)))
    assert (church.author, church.license) == ("Ana", "by-sa-3.0")


def test_captions_may_be_absent(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, {"image": b"JPEG", "image_url": CHURCH})
    (church,), problems = reading(KEY, tmp_path)
    assert (church.captions, problems) == ((), [])


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"no" * 100)
    with pytest.raises(ParquetRefused, match=r"a\.parquet"):
        reading(KEY, tmp_path)


def test_another_folder_is_refused(tmp_path: Path, reading: Reading) -> None:
    with pytest.raises(NotThisFormat, match="image_url"):
        reading(KEY, lay_out(tmp_path, {"url": CHURCH}))


def test_records_are_old_when_any_of_the_files_changes(tmp_path: Path) -> None:
    source = open_dataset(KEY, lay_out(tmp_path, row()), datasheets()[KEY])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == ["data/train-00000-of-00330.parquet"]
