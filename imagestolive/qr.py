"""Text -> the modules of a QR code."""

from __future__ import annotations

from typing import Any

import zxingcpp

from imagestolive.cards import Level

QUIET_MODULES = 4  # white around the code, ISO/IEC 18004


def modules(text: str, level: Level = "M") -> tuple[tuple[bool, ...], ...]:
    """Rows from the top, True for dark, in the smallest version that holds the text; no quiet zone.

    >>> len(modules("https://flic.kr/p/8huFzA"))
    25
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    image: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer of rows: 0 dark, 255 light
    rows: Any = memoryview(image).tolist()
    return tuple(tuple(value == 0 for value in row) for row in rows)
