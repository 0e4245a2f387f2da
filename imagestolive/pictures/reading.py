"""Bytes -> `Picture`: upright, eight bits, flattened on white, sRGB.

A sound, upright, 8-bit JPEG without a profile, or with one that says sRGB, is kept: its compressed data stay byte for byte. What is
dropped from it is APP1 (EXIF, XMP), APP13 (IPTC), COM, stray bytes between segments and all that follows the end-of-image marker. The
other segments stay, also those that hold more than the picture (APP2 with MPF or FlashPix, APP12, ...). The bytes that are decoded to
prove it sound are the very bytes that are kept. Damage that libjpeg only warns of passes, for Pillow does not tell: a body that was cut
and then closed again with an end marker is one.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from PIL import Image, ImageChops, __version__
from PIL.Image import Transpose
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from imagestolive.pictures.colours import eight_bit, flattened, pale_edge, profile_of, to_srgb, to_srgb_transform
from imagestolive.pictures.exif import UPRIGHT, exif_segment, orientation
from imagestolive.pictures.files import check_rows, check_size, opened
from imagestolive.pictures.hashing import difference_hash, is_uniform, small_copy
from imagestolive.pictures.jpegs import SOS, bare, jpeg_of, parts, segments
from imagestolive.pictures.unreadable import Bomb, EmptyFile, Unreadable, only_unreadable
from imagestolive.records import FetchedImage, ImageRecord, Picture

# All that decides on a picture besides its file; the number goes up with every change here that gives another picture.
RECIPE = f"4, Pillow {__version__}"

MAX_JPEG_SEGMENTS = 2_000  # a long profile and long EXIF together make some hundreds
MAX_JPEG_SCANS = 100  # a progressive JPEG has about ten; each one more costs a pass over the whole image
MAX_SAMPLES_PX = 4_000_000  # a lossless source above this becomes a JPEG
JPEG_QUALITY = 92

_PDF_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive; PDF knows neither lossless nor arithmetic coding

_BY_EXIF = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_BY_RECORD = {90: Transpose.ROTATE_90, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_270}  # counter-clockwise, as in Pillow


def read(fetched: FetchedImage) -> Picture:
    """The picture in these bytes, whole and never scaled; decoded once, in full. Raises Unreadable, and nothing else."""
    with only_unreadable():
        if fetched.shape is not None:
            return _made(fetched, _from_rows(fetched.data, fetched.shape), _turn(UPRIGHT, fetched.record), lossless=True)
        if not fetched.data:
            raise EmptyFile
        return _read_jpeg(fetched) if fetched.data.startswith(b"\xff\xd8") else _read_other(fetched)


def again(fetched: FetchedImage, picture: Picture) -> Picture:
    """What `read` gives, for bytes that were read before; `picture` is what came of it, with or without its data.

    A JPEG that was kept untouched is not decoded again; what is personal in it is looked for again, which takes a fiftieth of the time.
    Raises Unreadable.
    """
    as_stored = fetched.shape is None and fetched.record.rotation_deg not in _BY_RECORD
    if picture.untouched and as_stored and picture.sha256 == fetched.sha256:
        with only_unreadable():
            return replace(picture, jpeg=parts(fetched.data, bare(segments(fetched.data))))
    return read(fetched)


def _read_jpeg(fetched: FetchedImage) -> Picture:
    pieces = list(itertools.islice(segments(fetched.data), MAX_JPEG_SEGMENTS + 1))
    markers = [marker for marker, *_ in pieces]
    if len(markers) > MAX_JPEG_SEGMENTS or markers.count(SOS) > MAX_JPEG_SCANS:
        raise Bomb
    jpeg = parts(fetched.data, bare(pieces))
    image = opened(jpeg)
    image.info["exif"] = exif_segment(pieces)
    turn = _turn(orientation(image), fetched.record)
    image.load()
    if image.mode == "CMYK" and "adobe" not in image.info:
        image = ImageChops.invert(image)  # Pillow takes all for Adobe's, who store inverted; one without Adobe's APP14 does not
    for_pdf = image.mode in ("L", "RGB") and not _PDF_FRAMES.isdisjoint(markers)
    if turn is not None or not for_pdf or to_srgb_transform(profile_of(image), image.mode):
        return _made(fetched, image, turn, lossless=False)
    copy = small_copy(image)
    return Picture(
        sha256=fetched.sha256,
        width_px=image.width,
        height_px=image.height,
        channels=1 if image.mode == "L" else 3,
        jpeg=jpeg,
        untouched=True,
        pale_edge=pale_edge(image),
        dhash=difference_hash(image, copy),
        uniform=is_uniform(image, copy),
    )


def _read_other(fetched: FetchedImage) -> Picture:
    image = opened(fetched.data)
    if isinstance(image, PngImageFile):
        check_rows(image, fetched.data)
    turned_by_pillow = isinstance(image, TiffImageFile) and orientation(image) in _BY_EXIF  # while it loads a TIFF, and a TIFF only
    image.load()
    turn = None if turned_by_pillow else _turn(orientation(image), fetched.record)
    return _made(fetched, image, turn, lossless=_is_lossless(image, fetched.data))


def _made(fetched: FetchedImage, image: Image.Image, turn: Transpose | None, *, lossless: bool) -> Picture:
    """A picture of our own making, from a decoded image of any mode."""
    image = to_srgb(flattened(eight_bit(image)), profile_of(image))
    if turn is not None:
        image = image.transpose(turn)
    copy = small_copy(image)
    as_samples = lossless and image.width * image.height <= MAX_SAMPLES_PX
    return Picture(
        sha256=fetched.sha256,
        width_px=image.width,
        height_px=image.height,
        channels=1 if image.mode == "L" else 3,
        jpeg=None if as_samples else jpeg_of(image, quality=JPEG_QUALITY, subsampling="4:4:4"),
        samples=image.tobytes() if as_samples else None,
        pale_edge=pale_edge(image),
        dhash=difference_hash(image, copy),
        uniform=is_uniform(image, copy),
    )


def _from_rows(data: bytes, shape: tuple[int, int, int]) -> Image.Image:
    """Raw 8-bit samples, shape (height, width, channels)."""
    height_px, width_px, channels = shape
    check_size(width_px, height_px)
    if min(shape) < 1 or len(data) != height_px * width_px * channels:
        raise Unreadable
    return Image.frombytes({1: "L", 3: "RGB"}[channels], (width_px, height_px), data)


def _turn(exif_orientation: int, record: ImageRecord) -> Transpose | None:
    """EXIF's turn or mirror; only where it asks for none, the turn that the data set's makers say is still needed."""
    return _BY_EXIF.get(exif_orientation, _BY_RECORD.get(record.rotation_deg or 0))


def _is_lossless(image: Image.Image, data: bytes) -> bool:
    if isinstance(image, WebPImageFile):
        return b"VP8L" in data
    return image.info.get("compression") not in ("jpeg", "tiff_jpeg", "webp")
