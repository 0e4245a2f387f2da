"""What decoding told is kept: across processes, never across recipes, and never in the way when it cannot be kept."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path

import pytest
from printed import photograph

from imagestolive import seen
from imagestolive.records import FetchedImage, ImageRecord
from imagestolive.seen import Seen


def fetched(sha256: str = "ab" * 32, *, rotation_deg: int | None = None, shape: tuple[int, int, int] | None = None) -> FetchedImage:
    record = ImageRecord(dataset="mine", image_id="1", locator="1.jpg", rotation_deg=rotation_deg)
    return FetchedImage(record=record, data=b"", sha256=sha256, shape=shape)


def test_a_picture_is_found_again_without_its_data_in_another_process_too(tmp_path: Path) -> None:
    store = Seen(tmp_path / "seen.sqlite3", "1")
    assert store.find(fetched()) is None
    store.keep(fetched(), photograph())
    store.close()
    found = Seen(tmp_path / "seen.sqlite3", "1").find(fetched())
    assert found == photograph().without_data()
    assert found.jpeg is None


def test_another_turn_shape_file_or_recipe_is_another_picture(tmp_path: Path) -> None:
    store = Seen(tmp_path / "seen.sqlite3", "1")
    store.keep(fetched(), photograph())
    assert store.find(fetched(rotation_deg=90)) is None
    assert store.find(fetched(shape=(2, 2, 3))) is None
    assert store.find(fetched("cd" * 32)) is None
    assert Seen(tmp_path / "seen.sqlite3", "2").find(fetched()) is None


@pytest.mark.parametrize("data", [b"no database at all" * 100, b"SQLite format 3\0" + bytes(4096)])
def test_a_damaged_store_is_taken_away_and_made_anew(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "seen.sqlite3"
    path.write_bytes(data)
    damaged = Seen(path, "1")
    damaged.keep(fetched(), photograph())
    assert damaged.find(fetched()) == photograph().without_data()
    damaged.close()
    later = Seen(path, "1")
    later.keep(fetched(), photograph())
    later.close()
    assert Seen(path, "1").find(fetched()) is not None


@pytest.mark.parametrize("facts", [{"width": 7}, {"width_px": "7"}, {"width_px": 0}, {"channels": 2}, {"untouched": "yes"}, {"jpeg": "x"}])
def test_facts_that_no_version_wrote_count_for_nothing(tmp_path: Path, facts: dict[str, object]) -> None:
    path = tmp_path / "seen.sqlite3"
    store = Seen(path, "1")
    store.keep(fetched(), photograph())
    store.close()
    spoilt = {**asdict(photograph().without_data()), **facts}
    with sqlite3.connect(path) as base:
        base.execute("UPDATE picture SET facts = ?", (json.dumps(spoilt),))
    base.close()
    assert Seen(path, "1").find(fetched()) is None


def test_where_nothing_can_be_written_it_lives_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = Seen(tmp_path / "file" / "seen.sqlite3", "1")
    store.keep(fetched(), photograph())
    assert store.find(fetched()) is not None


def test_memory_holds_a_bounded_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "IN_MEMORY_MOST", 2)
    (tmp_path / "file").write_bytes(b"")
    store = Seen(tmp_path / "file" / "seen.sqlite3", "1")
    for sign in "abc":
        store.keep(fetched(64 * sign), photograph())
    assert [store.find(fetched(64 * sign)) is not None for sign in "abc"] == [False, True, True]
