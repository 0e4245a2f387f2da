"""Pictures and data sets that tests draw themselves."""

from __future__ import annotations

import csv
import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

# Six colours that a raster tells apart, and that none of our own ink has.
COLOURS = ((220, 40, 40), (40, 160, 60), (40, 80, 220), (200, 160, 20), (160, 40, 180), (20, 160, 170))


def picture(n: int = 0, size_px: tuple[int, int] = (320, 200)) -> Image.Image:
    """A picture of its own colour with a few shapes, the same for the same number."""
    red, green, blue = COLOURS[n % len(COLOURS)]
    image = Image.new("RGB", size_px, (red, green, blue))
    pen = ImageDraw.Draw(image)
    width, height = size_px
    pen.rectangle((width // 8, height // 8, width // 4, height // 4), fill=(n * 37 % 256, n * 91 % 256, n * 53 % 256))
    pen.line((0, height - 1 - n % height, width, height // 2), fill=(0, 0, 0), width=2)
    return image


def jpeg(n: int = 0, size_px: tuple[int, int] = (320, 200), **more: object) -> bytes:
    """The picture as a JPEG file."""
    data = BytesIO()
    picture(n, size_px).save(data, "JPEG", quality=88, **more)
    return data.getvalue()


def pixels(image: Image.Image) -> list[tuple[int, int, int]]:
    """All pixels of an RGB image, row by row."""
    samples = iter(image.tobytes())
    return list(zip(samples, samples, samples, strict=True))


CREDIT_COLUMNS = ("file", "title", "author", "landing_url", "license")


def folder(root: Path, count: int, *, licenses: Sequence[str] = ("CC BY 2.0",), first: int = 0) -> Path:
    """A folder data set of `count` credited JPEGs, 000.jpg and on; every fourth one stands upright."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "credits.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(CREDIT_COLUMNS)
        for n in range(count):
            (root / f"{n:03}.jpg").write_bytes(jpeg(first + n, (200, 320) if n % 4 == 3 else (320, 200)))
            page = f"https://www.flickr.com/photos/ana/{5000 + first + n}"
            rows.writerow((f"{n:03}.jpg", f"Picture {first + n}", f"Author {(first + n) % 7}", page, licenses[n % len(licenses)]))
    return root


def png_header(width_px: int, height_px: int) -> bytes:
    """A PNG that claims this size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
