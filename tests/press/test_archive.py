"""Everything of a set in one ZIP."""

from __future__ import annotations

import dataclasses
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pressed import CODE, EN, Made, assert_sound, texts

from imagestolive.cards import Card
from imagestolive.pipeline import DrawnSet
from imagestolive.press.archive import archive

FOLDER = "images-to-live-with_K7Q2-9FXD"


def packed(made: Made, **more: object) -> bytes:
    out = BytesIO()
    archive(made.press, made.drawn, made.policy, out, EN, **more)  # type: ignore[arg-type]
    return out.getvalue()


def test_everything_is_in_it_and_opens(made: Made) -> None:
    with zipfile.ZipFile(BytesIO(packed(made))) as file:
        assert file.testzip() is None
        assert file.namelist() == [
            f"{FOLDER}/{name}" for name in ("sheets.pdf", "credits.csv", "credits.json", "credits.html", "report.json", "set.json")
        ]
        assert_sound(file.read(f"{FOLDER}/sheets.pdf"))
        assert file.read(f"{FOLDER}/set.json") == made.drawn.set_file().to_bytes()
        assert len(json.loads(file.read(f"{FOLDER}/report.json"))["cards"]) == 5
        assert len(json.loads(file.read(f"{FOLDER}/credits.json"))["credits"]) == 5


def test_the_bytes_are_the_same_again_and_say_nothing_of_when_and_where(made: Made) -> None:
    data = packed(made)
    assert packed(made) == data
    with zipfile.ZipFile(BytesIO(data)) as file:
        for entry in file.infolist():
            assert (entry.date_time, entry.create_system, entry.external_attr >> 16) == ((2000, 1, 1, 0, 0, 0), 3, 0o100644)
            stored = entry.filename.endswith(".pdf")
            assert entry.compress_type == (zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)


def test_sheets_that_are_fed_by_hand_are_two_files(make: Callable[..., Made]) -> None:
    made = make(1, 2, flip="manual")
    with zipfile.ZipFile(BytesIO(packed(made))) as file:
        assert file.namelist()[:2] == [f"{FOLDER}/fronts.pdf", f"{FOLDER}/backs.pdf"]
        assert "licensed" in texts(file.read(f"{FOLDER}/backs.pdf"))[0]


def test_progress_goes_through_the_whole_without_a_step_back(made: Made) -> None:
    steps: list[tuple[int, int]] = []
    packed(made, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(step, 15) for step in range(1, 16)]


def test_each_pass_through_the_cards_can_be_cancelled_at_every_card(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, card = 0, made.press.pipeline.card

    def counted(*asked: Any, **more: Any) -> Card:
        nonlocal seen
        seen += 1
        assert seen <= 1, "two cards were read without a look at whether somebody cancelled"
        return card(*asked, **more)

    def look(_done: int, _of: int) -> None:
        nonlocal seen
        seen = 0

    monkeypatch.setattr(made.press.pipeline, "card", counted)
    packed(made, progress=look)


def test_a_withdrawn_image_is_in_no_file_of_it(make: Callable[..., Made]) -> None:
    made = make(1, 2)
    title = f"Picture {int(made.drawn.picks[1].image_id[:3])}"
    made.policy = made.withdraw(1)
    with zipfile.ZipFile(BytesIO(packed(made))) as file:
        for name in file.namelist():
            if name.endswith((".csv", ".json", ".html")):
                assert title not in file.read(name).decode()
        assert title not in "".join(texts(file.read(f"{FOLDER}/sheets.pdf")))


def test_six_images_take_no_more_memory_than_two(make: Callable[..., Made], tmp_path: Path) -> None:
    def paint(root: Path) -> None:
        for n in range(6):
            Image.effect_noise((1600, 1200), 60 + n).convert("RGB").save(root / f"{n:03}.jpg", quality=98)

    def peak_bytes(drawn: DrawnSet) -> int:
        tracemalloc.start()
        try:
            with (tmp_path / "all.zip").open("w+b") as out:
                archive(six.press, drawn, six.policy, out, EN)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    six = make(2, 3, paint=paint)
    pipeline = six.press.pipeline
    two = pipeline.draw(dataclasses.replace(six.drawn.request, people=1, cards=2), CODE, (), six.policy)
    packed(six)  # what is kept for good
    one_image_bytes = min(path.stat().st_size for path in (tmp_path / "mine").glob("*.jpg"))
    assert peak_bytes(six.drawn) - peak_bytes(two) < one_image_bytes
    assert (tmp_path / "all.zip").stat().st_size > one_image_bytes
