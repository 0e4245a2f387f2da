"""Small data sets, drawn here: no photograph is committed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from imagestolive.datasets import Problems, datasheets, open_dataset
from imagestolive.records import ImageRecord
from imagestolive.words import Words

# (data set, its folder) -> its records, and what was skipped, in words
Reading = Callable[[str, Path], tuple[list[ImageRecord], list[str]]]


@pytest.fixture
def reading() -> Reading:
    def read(key: str, root: Path) -> tuple[list[ImageRecord], list[str]]:
        problems = Problems()
        source = open_dataset(key, root, datasheets()[key])
        assert source is not None
        return list(source.records(problems)), [problem.said(Words("en")) for problem in problems.kept]

    return read


@pytest.fixture
def draw() -> Callable[[Path], Path]:
    def draw(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 3), "teal").save(path)
        return path

    return draw
