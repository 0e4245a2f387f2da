"""`Picture` -> another of the same image: larger as squares, smaller for a file that must be light or a screen."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from imagestolive.pictures.jpegs import jpeg_of
from imagestolive.records import Picture

THUMBNAIL_QUALITY = 80
PIXEL_PICTURE_PX = 128  # longest side of a picture whose pixels are meant to be seen: its thumbnail loses none of them
SMALL_QUALITIES = (85, 75, 65, 50, 35, 20)  # the first does for nearly every photograph; the others are for noise
SMALL_BITS_A_PIXEL = 0.9  # of the room it prints in: 90 full A6 cards at 220 ppi stay within 9 MB
SMALL_LEAST_BYTES = 4096  # tables and headers weigh something, however few the pixels
SQUARES = 3  # a picture of under a third of the pixels that fit prints at about 72 ppi: its pixels are squares, not to be smoothed


def enlarge(picture: Picture, times: int) -> Picture:
    """Every pixel as a square of `times` x `times` (nearest neighbour), as samples."""
    large = image_of(picture).resize((picture.width_px * times, picture.height_px * times), Image.Resampling.NEAREST)
    return replace(picture, width_px=large.width, height_px=large.height, jpeg=None, samples=large.tobytes(), untouched=False)


def room_bytes(width_px: int, height_px: int) -> int:
    """What a picture may weigh in a light file that prints in this room."""
    return max(SMALL_LEAST_BYTES, int(width_px * height_px * SMALL_BITS_A_PIXEL / 8))


def small(picture: Picture, width_px: int, height_px: int, *, more_bytes: int = 0) -> Picture:
    """The picture for a light file: scaled down to these pixels at most, as JPEG; itself where that would make it no lighter.

    `width_px` and `height_px` are the room in which it prints, at the resolution wanted. A picture of few pixels, which are shown as
    squares, stays as it is, and so does a JPEG that is light enough. The quality is the first of SMALL_QUALITIES, and a lower one only
    where it would weigh more than `room_bytes` and `more_bytes` (which others have left; less than 0: which they have taken) together.
    """
    if SQUARES * picture.width_px < width_px and SQUARES * picture.height_px < height_px:
        return picture
    most_bytes = room_bytes(width_px, height_px)
    has_room = picture.width_px <= width_px and picture.height_px <= height_px
    if has_room and picture.jpeg is not None and len(picture.jpeg) <= most_bytes:
        return picture
    image = image_of(picture)
    image.thumbnail((width_px, height_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    jpeg = _within(image, max(SMALL_LEAST_BYTES, most_bytes + more_bytes))
    if len(jpeg) >= _printed_bytes(picture):
        return picture
    return replace(picture, width_px=image.width, height_px=image.height, jpeg=jpeg, samples=None, untouched=False)


def thumbnail(picture: Picture, longest_px: int) -> tuple[bytes, str]:
    """A small copy and its media type, without metadata, never larger than the picture itself."""
    image = image_of(picture)
    if max(image.size) <= min(longest_px, PIXEL_PICTURE_PX):
        image.info.clear()
        png = io.BytesIO()
        image.save(png, "PNG")
        return png.getvalue(), "image/png"
    image.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return jpeg_of(image, quality=THUMBNAIL_QUALITY, subsampling="4:2:0"), "image/jpeg"


def image_of(picture: Picture) -> Image.Image:
    """The picture as Pillow's; a JPEG is not decoded yet."""
    if picture.jpeg is not None:
        return JpegImageFile(io.BytesIO(picture.jpeg))
    return Image.frombytes("L" if picture.channels == 1 else "RGB", (picture.width_px, picture.height_px), picture.samples or b"")


def _within(image: Image.Image, most_bytes: int) -> bytes:
    """The best JPEG of at most so many bytes; the least where none is."""
    for quality in SMALL_QUALITIES:
        jpeg = jpeg_of(image, quality=quality, subsampling="4:2:0")
        if len(jpeg) <= most_bytes:
            break
    return jpeg


def _printed_bytes(picture: Picture) -> int:
    """What it weighs in a file: samples are packed there."""
    return len(picture.jpeg) if picture.jpeg is not None else len(zlib.compress(picture.samples or b""))
