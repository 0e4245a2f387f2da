"""Sets that are put on paper, each drawn once for all tests of a module that only look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pressed
import pytest
from pressed import Made

Make = Callable[..., Made]


@pytest.fixture
def make(tmp_path: Path, data_folder: Path) -> Make:
    """A set of one's own: make(people, cards, paint=..., lang=...)."""
    return lambda people, cards, **more: pressed.made(tmp_path, data_folder, people, cards, **more)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, data_folder: Path) -> Made:
    """Two people with two cards each and one spare card; every other picture stands, each is black in its lower half."""
    return pressed.made(tmp_path_factory.mktemp("set"), data_folder, 2, 2, paint=pressed.two_toned, spare=1)
