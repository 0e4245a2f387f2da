"""Small data sets, drawn here: no photograph is committed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from PIL import Image

from imagestolive.datasets import Problems, datasheets, open_dataset
from imagestolive.records import ImageRecord
from imagestolive.words import Words

# (data set, its folder) -> its records, and what was skipped, in words
Reading = Callable[[str, Path], tuple[list[ImageRecord], list[str]]]
# (path, content of what would be there) -> how the problem is told
Unusable = Callable[[Path, "str | bytes"], str]


@pytest.fixture
def reading() -> Reading:
    def read(key: str, root: Path) -> tuple[list[ImageRecord], list[str]]:
        problems = Problems()
        source = open_dataset(key, root, datasheets()[key])
        assert source is not None
        return list(source.records(problems)), [problem.said(Words("en")) for problem in problems.kept]

    return read


@contextmanager
def may_not_be_read(name: str) -> Iterator[None]:
    """Files of this name may not, even by root."""
    open_path = Path.open

    def opened(path: Path, *args: Any, **named: Any) -> Any:
        if path.name == name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return open_path(path, *args, **named)

    with mock.patch.object(Path, "open", opened):
        yield


@pytest.fixture(params=["link", "pipe", "folder"])
def unusable(request: pytest.FixtureRequest, tmp_path: Path) -> Unusable:
    """Puts under a name what no reader may read: a link to a file outside of the data set, a pipe nobody writes to, a folder."""

    def unusable(path: Path, content: str | bytes) -> str:
        if request.param == "link":
            outside = tmp_path / f"outside {path.name}"
            outside.write_bytes(content.encode() if isinstance(content, str) else content)
            path.symlink_to(outside)
            return "This link leads out of the data set’s folder."
        os.mkfifo(path) if request.param == "pipe" else path.mkdir()
        return "This is no file."

    return unusable


@pytest.fixture
def draw() -> Callable[[Path], Path]:
    def draw(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 3), "teal").save(path)
        return path

    return draw
