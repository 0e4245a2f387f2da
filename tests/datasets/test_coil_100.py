from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from imagestolive.records import Label

from .conftest import Reading

Draw = Callable[[Path], Path]


def test_the_object_is_the_class_and_the_angle_is_none(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    for name in ("obj7__0.png", "obj7__355.png"):
        draw(tmp_path / name)
    records, _ = reading("coil-100", tmp_path)
    assert [(record.image_id, record.labels) for record in records] == [
        ("obj7__0", (Label(text="object 7"),)),
        ("obj7__355", (Label(text="object 7"),)),
    ]


def test_there_are_objects_1_to_100(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    for number in ("0", "1", "01", "99", "100", "101", "1000", "١"):
        draw(tmp_path / f"obj{number}__5.png")
    records, problems = reading("coil-100", tmp_path)
    assert [record.image_id for record in records] == ["obj100__5", "obj1__5", "obj99__5"]
    assert problems == []


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    records, problems = reading("coil-100", samples / "coil-100")
    assert problems == []
    assert {record.locator for record in records} == {path.name for path in (samples / "coil-100").glob("*.png")}
    assert len(records) == 216
    for record in records:
        (label,) = record.labels
        assert re.sub(r"obj(\d+)__\d+\.png", r"object \1", record.locator) == label.text
        assert record.image_id == record.locator.removesuffix(".png")
