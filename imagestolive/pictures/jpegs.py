"""JPEG files: their segments, what of them is personal, and those that we write."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

from PIL import Image

from imagestolive.pictures.unreadable import CutShort

SOI, EOI, SOS, APP1, APP13, COM = 0xD8, 0xD9, 0xDA, 0xE1, 0xED, 0xFE
PERSONAL = {APP1, APP13, COM}

Segment = tuple[int, int, memoryview]  # marker; where it begins; all its bytes, that one included
Ranges = tuple[tuple[int, int], ...]  # first byte, and the one after the last

_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")  # neither a stuffed 0xff, nor fill, nor a marker that stands inside a scan


def segments(data: bytes) -> Iterator[Segment]:
    """A JPEG in pieces. A scan's compressed data belong to its SOS; nothing comes after the end-of-image marker.

    ITU-T T.81, B.1: a segment is 0xff, a marker and, but for SOI and EOI, a two-byte length that counts itself.
    """
    whole = memoryview(data)
    place = 0
    while found := _MARKER.search(data, place):
        start, marker = found.start(), data[found.end() - 1]
        place = found.end()
        if marker not in (SOI, EOI):
            place += max(2, int.from_bytes(data[place : place + 2], "big"))
        if marker == SOS and (after := _MARKER.search(data, place)):
            place = after.start()
        yield marker, start, whole[start:place]
        if marker == EOI:
            return
    raise CutShort


def bare(pieces: Iterable[Segment]) -> Ranges:
    """The bytes of a file that tell nothing of its owner."""
    ranges: list[tuple[int, int]] = []
    for marker, start, piece in pieces:
        if marker not in PERSONAL:
            joins = bool(ranges) and ranges[-1][1] == start
            ranges.append((ranges.pop()[0] if joins else start, start + len(piece)))
    return tuple(ranges)


def parts(data: bytes, ranges: Ranges) -> bytes:
    whole = memoryview(data)
    return data if ranges == ((0, len(data)),) else b"".join(whole[start:end] for start, end in ranges)


def jpeg_of(image: Image.Image, *, quality: int, subsampling: str) -> bytes:
    """JPEG without metadata: Pillow would carry a comment over."""
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=subsampling)
    return out.getvalue()
