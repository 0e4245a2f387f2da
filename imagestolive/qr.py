"""Text -> the modules of a QR code."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import zxingcpp

from imagestolive.cards import Level

QUIET_MODULES = 4  # white around the code, ISO/IEC 18004


Modules = tuple[bytes, ...]  # rows from the top, a byte a module: 1 dark, 0 light

KEPT = 2048  # codes, of some 1.5 kB: a page shows the backs whose PDF is asked for next
_DARK = bytes.maketrans(b"\x00\xff", b"\x01\x00")


@lru_cache(KEPT)
def modules(text: str, level: Level = "M") -> Modules:
    """The smallest version that holds the text; no quiet zone.

    >>> len(modules("https://flic.kr/p/8huFzA"))
    25
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    image: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer of rows: 0 dark, 255 light
    dark = memoryview(image).tobytes().translate(_DARK)
    side = math.isqrt(len(dark))
    return tuple(dark[first : first + side] for first in range(0, len(dark), side))
