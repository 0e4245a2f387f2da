"""QR codes: their size, and that they can be read."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from imagestolive.cards import Level
from imagestolive.qr import QUIET_MODULES, modules


def read(rows: tuple[tuple[bool, ...], ...]) -> list[str]:
    side = len(rows) + 2 * QUIET_MODULES
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + QUIET_MODULES, y + QUIET_MODULES), 0 if dark else 255)
    return [code.text for code in zxingcpp.read_barcodes(image.resize((side * 4, side * 4), Image.Resampling.NEAREST))]


@pytest.mark.parametrize(("length", "level", "side"), [(26, "M", 25), (42, "M", 29), (62, "M", 33), (63, "L", 33), (78, "L", 33)])
def test_an_address_fits_the_version_that_the_design_counts_on(length: int, level: Level, side: int) -> None:
    address = "https://example.org/".ljust(length, "x")
    rows = modules(address, level)
    assert [len(row) for row in rows] == [side] * side
    assert read(rows) == [address]


def test_the_modules_start_at_the_corner_without_a_quiet_zone() -> None:
    rows = modules("https://flic.kr/p/8huT3A")
    assert all(rows[0][:7])
    assert all(row[0] for row in rows[:7])
    assert not any(rows[1][1:6])
