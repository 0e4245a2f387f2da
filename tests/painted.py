"""Image files that tests draw themselves, and what became of them."""

from __future__ import annotations

import hashlib
import io
import struct

from PIL import Image, ImageDraw

from imagestolive.records import FetchedImage, ImageRecord, Picture

Pixel = tuple[int, ...]
RED, GREEN, BLUE, GREY = (230, 30, 20), (20, 160, 40), (30, 40, 200), (120, 120, 120)
OWNER = b"Ana Lima, 52.5 N 13.4 E"


def fetched(data: bytes, *, rotation_deg: int | None = None, shape: tuple[int, int, int] | None = None) -> FetchedImage:
    record = ImageRecord(dataset="drawn", image_id="1", locator="1", rotation_deg=rotation_deg)
    return FetchedImage(record=record, data=data, sha256=hashlib.sha256(data).hexdigest(), shape=shape)


def file(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def quarters(width_px: int = 48, height_px: int = 32) -> Image.Image:
    """Red, green / blue, grey: no turn and no mirror leaves it as it is."""
    image = Image.new("RGB", (width_px, height_px), GREY)
    draw = ImageDraw.Draw(image)
    for colour, left, top in ((RED, 0, 0), (GREEN, 1, 0), (BLUE, 0, 1)):
        x, y = left * width_px // 2, top * height_px // 2
        draw.rectangle((x, y, x + width_px // 2 - 1, y + height_px // 2 - 1), fill=colour)
    return image


def photograph(width_px: int = 96, height_px: int = 64) -> Image.Image:
    """Something with detail, always the same."""
    noise = hashlib.shake_128(b"detail").digest(3 * width_px * height_px)
    return Image.blend(quarters(width_px, height_px), Image.frombytes("RGB", (width_px, height_px), noise), 0.2)


def pixels(picture: Picture) -> Image.Image:
    if picture.jpeg is not None:
        assert picture.samples is None
        image = Image.open(io.BytesIO(picture.jpeg))
        assert (image.mode, image.size) == ("L" if picture.channels == 1 else "RGB", (picture.width_px, picture.height_px))
        return image
    assert picture.samples is not None
    return Image.frombytes("L" if picture.channels == 1 else "RGB", (picture.width_px, picture.height_px), picture.samples)


def pixel(picture: Picture, x: int = 0, y: int = 0) -> Pixel:
    found = pixels(picture).getpixel((x, y))
    return found if isinstance(found, tuple) else (int(found or 0),)


def near(found: Pixel, wanted: Pixel, within: int = 6) -> bool:
    return all(abs(one - other) <= within for one, other in zip(found, wanted, strict=True))


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def scan(jpeg: bytes) -> bytes:
    """The compressed data of a JPEG whose metadata hold no other JPEG."""
    return jpeg[jpeg.index(b"\xff\xda") : jpeg.rindex(b"\xff\xd9")]


def exif(orientation: int) -> bytes:
    """EXIF with an orientation, an owner and a place."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x013B] = OWNER.decode()
    data.get_ifd(0x8825)[29] = "2014:01:02"
    return data.tobytes()


JPEG = file(photograph(), "JPEG", quality=85)
