"""What all tests of faces measure with."""

from __future__ import annotations

import pytest
from printed import fonts

from imagestolive.typeset import Metrics


@pytest.fixture(scope="session")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    return Metrics(fonts(tmp_path_factory))
