"""Bytes -> an image whose header alone is read: the formats that we read, and what may not pass whatever it claims."""

from __future__ import annotations

import contextlib
import io
import re
import zlib

from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from imagestolive.pictures.unreadable import CutShort, NotAnImage, NotSupported, TooLarge

MAX_PX = 40_000_000
MAX_SIDE_PX = 12_000

# Readers are called by name, not through Image.open: that raises on a bomb before its sides are known, and adopts other formats.
_READERS: tuple[tuple[re.Pattern[bytes], type[ImageFile.ImageFile]], ...] = (
    (re.compile(rb"\xff\xd8\xff"), JpegImageFile),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PngImageFile),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), WebPImageFile),
    (re.compile(rb"GIF8[79]a"), GifImageFile),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), TiffImageFile),
    (re.compile(rb"BM"), BmpImageFile),
    (re.compile(rb"P[1-6f]\s"), PpmImageFile),
)
_NOT_READ: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"....ftyp(avi[fs]|hei[cfmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL), "AVIF, HEIC"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "JPEG XL"),
    (re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), "JPEG 2000"),
    (re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg|<svg)", re.DOTALL), "SVG"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "EPS"),
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"8BPS"), "PSD"),
    (re.compile(rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", re.DOTALL), "WMF, EMF"),
    (re.compile(rb"icns|\0\0[\x01\x02]\0"), "ICNS, ICO"),
)

_INFLATE_STEP_BYTES = 1 << 20
# The passes of a PNG: (first column, first row, columns apart, rows apart); interlaced it has seven (W3C PNG, 8.1).
_ONE_PASS = ((0, 0, 1, 1),)
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_TILE_WIDTH, _TILE_LENGTH = 0x0142, 0x0143  # tags of TIFF


def opened(data: bytes) -> Image.Image:
    """The header alone, with its size checked; nothing is decoded yet."""
    for signature, reader in _READERS:
        if signature.match(data):
            image = reader(io.BytesIO(data))
            check_size(*image.size)
            if isinstance(image, TiffImageFile):  # whose tiles may be larger than itself
                check_size(image.tag_v2.get(_TILE_WIDTH, 0), image.tag_v2.get(_TILE_LENGTH, 0))
            return image
    for signature, kind in _NOT_READ:
        if signature.match(data[:1024]):
            raise NotSupported(kind=kind)
    raise NotAnImage


def check_size(width_px: int, height_px: int) -> None:
    if max(width_px, height_px) > MAX_SIDE_PX or width_px * height_px > MAX_PX:
        raise TooLarge(width_px=width_px, height_px=height_px, most_megapixels=MAX_PX // 1_000_000, most_side_px=MAX_SIDE_PX)


def check_rows(image: PngImageFile, data: bytes) -> None:
    """Raises CutShort for a PNG whose compressed data end before its last row: Pillow would make the missing rows black."""
    for _, box, place, raw_mode in image.tile:
        left, top, right, bottom = box or (0, 0, *image.size)
        channels, _, depth = str(raw_mode).partition(";")
        bits = 1 if channels == "1" else len(channels) * int(depth.rstrip("B") or 8)
        needed_bytes = 0
        for x, y, apart_x, apart_y in _ADAM7 if image.info.get("interlace") else _ONE_PASS:
            columns, rows = -((left + x - right) // apart_x), -((top + y - bottom) // apart_y)
            if columns > 0 and rows > 0:
                needed_bytes += rows * (1 + (columns * bits + 7) // 8)  # each row begins with the number of its filter
        with contextlib.suppress(zlib.error):  # broken data are Pillow's to refuse
            if _inflated_bytes(data, place - 8, needed_bytes) < needed_bytes:
                raise CutShort


def _inflated_bytes(data: bytes, place: int, most: int) -> int:
    """How many bytes the IDAT chunks from this place on unfold to, counted no further than `most`."""
    inflater = zlib.decompressobj()
    found = 0
    while found < most and not inflater.eof and data[place + 4 : place + 8] == b"IDAT":
        end = place + 8 + int.from_bytes(data[place : place + 4], "big")
        piece, full = data[place + 8 : end], True
        while full and found < most:
            step = min(_INFLATE_STEP_BYTES, most - found)
            unfolded = len(inflater.decompress(piece, step))
            found += unfolded
            piece, full = inflater.unconsumed_tail, unfolded == step
        place = end + 4
    return found
