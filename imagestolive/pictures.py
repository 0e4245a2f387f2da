"""Bytes to `Picture`: limits before any decoding, then upright, eight bits, flattened on white, sRGB. The only room that knows Pillow.

A sound, upright, 8-bit JPEG without a profile, or with one that says sRGB, is kept: its compressed data stay byte for byte. What is
dropped from it is APP1 (EXIF, XMP), APP13 (IPTC), COM, stray bytes between segments and all that follows the end-of-image marker. The
other segments stay, also those that hold more than the picture (APP2 with MPF or FlashPix, APP12, ...). The bytes that are decoded to
prove it sound are the very bytes that are kept. Damage that libjpeg only warns of passes, for Pillow does not tell: a body that was cut
and then closed again with an end marker is one.
"""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import re
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image, ImageChops, ImageCms, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Transpose
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import FetchedImage, ImageRecord, Picture
from imagestolive.words import DEFAULT_LANGUAGE, Words

MAX_PX = 40_000_000
MAX_SIDE_PX = 12_000
MAX_JPEG_SEGMENTS = 2_000  # a long profile and long EXIF together make some hundreds
MAX_JPEG_SCANS = 100  # a progressive JPEG has about ten; each one more costs a pass over the whole image
MAX_PROFILE_BYTES = 4_000_000  # profiles of presses reach some 3 MB; a larger one is not followed
MAX_SAMPLES_PX = 4_000_000  # a lossless source above this becomes a JPEG
JPEG_QUALITY = 92
THUMBNAIL_QUALITY = 80
PIXEL_PICTURE_PX = 128  # longest side of a picture whose pixels are meant to be seen: its thumbnail loses none of them
SRGB_TOLERANCE = 10  # of 255; sRGB profiles with a plain gamma of 2.2 move the darkest by 9, Adobe RGB moves by 135
PALE = 240


class Unreadable(ImagesToLiveError):
    """No picture can be made of these bytes; the children say why."""

    sentence = N_("The file cannot be decoded: it is damaged, incomplete, or of a rare kind.")

    @property
    def detail(self) -> str:
        """The reason in English; `Words.error` has it in other languages."""
        return Words(DEFAULT_LANGUAGE).error(self)


class EmptyFile(Unreadable):
    sentence = N_("The file is empty.")


class NotAnImage(Unreadable):
    sentence = N_("The file is not an image.")


class NotSupported(Unreadable):
    sentence = N_("Format not supported: {kind}. We read JPEG, PNG, WebP, GIF, TIFF, BMP and PPM.")


class CutShort(Unreadable):
    sentence = N_("The file is cut short.")


class TooLarge(Unreadable):
    sentence = N_(
        "The image is too large: {width_px} × {height_px} pixels; we read {most_megapixels} megapixels and {most_side_px} pixels a side."
    )


class NotTones(Unreadable):
    sentence = N_("The file holds measurements, not tones between black and white.")


class Bomb(Unreadable):
    sentence = N_("The file would take far too much memory or time to decode.")


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

_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")  # neither a stuffed 0xff, nor fill, nor a marker that stands inside a scan
_SOI, _EOI, _SOS, _APP1, _APP13, _COM = 0xD8, 0xD9, 0xDA, 0xE1, 0xED, 0xFE
_PERSONAL = {_APP1, _APP13, _COM}
_INFLATE_STEP_BYTES = 1 << 20
# The passes of a PNG: (first column, first row, columns apart, rows apart); interlaced it has seven (W3C PNG, 8.1).
_ONE_PASS = ((0, 0, 1, 1),)
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PDF_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive; PDF knows neither lossless nor arithmetic coding

_ORIENTATION, _TILE_WIDTH, _TILE_LENGTH = 0x0112, 0x0142, 0x0143  # tags of TIFF, the first of EXIF too
_UPRIGHT = 1
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
    with _only_unreadable():
        if fetched.shape is not None:
            return _made(fetched, _from_rows(fetched.data, fetched.shape), _turn(_UPRIGHT, fetched.record), lossless=True)
        if not fetched.data:
            raise EmptyFile
        return _read_jpeg(fetched) if fetched.data.startswith(b"\xff\xd8") else _read_other(fetched)


def enlarge(picture: Picture, times: int) -> Picture:
    """Every pixel as a square of `times` x `times` (nearest neighbour), as samples."""
    large = _image(picture).resize((picture.width_px * times, picture.height_px * times), Image.Resampling.NEAREST)
    return replace(picture, width_px=large.width, height_px=large.height, jpeg=None, samples=large.tobytes(), untouched=False)


def thumbnail(picture: Picture, longest_px: int) -> tuple[bytes, str]:
    """A small copy and its media type, without metadata, never larger than the picture itself."""
    image = _image(picture)
    if max(image.size) <= min(longest_px, PIXEL_PICTURE_PX):
        image.info.clear()
        png = io.BytesIO()
        image.save(png, "PNG")
        return png.getvalue(), "image/png"
    image.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _jpeg(image, quality=THUMBNAIL_QUALITY, subsampling="4:2:0"), "image/jpeg"


@contextlib.contextmanager
def _only_unreadable() -> Iterator[None]:
    """Whatever Pillow's readers raise at hostile bytes leaves as Unreadable; their warnings do not leave."""
    with warnings.catch_warnings():
        # Only Pillow's own: another thread's warnings pass here too, for filters are the process's.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except Unreadable:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Bomb from error
        except Exception as error:  # OSError, SyntaxError, ValueError, struct.error, MemoryError, ...: there is no list
            raise (CutShort if "truncated" in str(error).lower() else Unreadable) from error


def _read_jpeg(fetched: FetchedImage) -> Picture:
    pieces = list(itertools.islice(_segments(fetched.data), MAX_JPEG_SEGMENTS + 1))
    markers = [marker for marker, _ in pieces]
    if len(markers) > MAX_JPEG_SEGMENTS or markers.count(_SOS) > MAX_JPEG_SCANS:
        raise Bomb
    jpeg = b"".join(piece for marker, piece in pieces if marker not in _PERSONAL)
    image = _open(jpeg)
    image.info["exif"] = next((piece[4:] for marker, piece in pieces if marker == _APP1 and piece[4:].startswith(b"Exif\0\0")), None)
    turn = _turn(_orientation(image), fetched.record)
    image.load()
    if image.mode == "CMYK" and "adobe" not in image.info:
        image = ImageChops.invert(image)  # Pillow takes all for Adobe's, who store inverted; one without Adobe's APP14 does not
    for_pdf = image.mode in ("L", "RGB") and not _PDF_FRAMES.isdisjoint(markers)
    if turn is not None or not for_pdf or _to_srgb_transform(_profile(image), image.mode):
        return _made(fetched, image, turn, lossless=False)
    return Picture(
        sha256=fetched.sha256,
        width_px=image.width,
        height_px=image.height,
        channels=1 if image.mode == "L" else 3,
        jpeg=jpeg,
        untouched=True,
        pale_edge=_pale_edge(image),
    )


def _read_other(fetched: FetchedImage) -> Picture:
    image = _open(fetched.data)
    if isinstance(image, PngImageFile):
        _check_rows(image, fetched.data)
    turned_by_pillow = isinstance(image, TiffImageFile) and _orientation(image) in _BY_EXIF  # while it loads a TIFF, and a TIFF only
    image.load()
    turn = None if turned_by_pillow else _turn(_orientation(image), fetched.record)
    return _made(fetched, image, turn, lossless=_is_lossless(image, fetched.data))


def _check_rows(image: PngImageFile, data: bytes) -> None:
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


def _made(fetched: FetchedImage, image: Image.Image, turn: Transpose | None, *, lossless: bool) -> Picture:
    """A picture of our own making, from a decoded image of any mode."""
    image = _to_srgb(_flattened(_eight_bit(image)), _profile(image))
    if turn is not None:
        image = image.transpose(turn)
    as_samples = lossless and image.width * image.height <= MAX_SAMPLES_PX
    return Picture(
        sha256=fetched.sha256,
        width_px=image.width,
        height_px=image.height,
        channels=1 if image.mode == "L" else 3,
        jpeg=None if as_samples else _jpeg(image, quality=JPEG_QUALITY, subsampling="4:4:4"),
        samples=image.tobytes() if as_samples else None,
        pale_edge=_pale_edge(image),
    )


def _from_rows(data: bytes, shape: tuple[int, int, int]) -> Image.Image:
    """Raw 8-bit samples, shape (height, width, channels)."""
    height_px, width_px, channels = shape
    _check_size(width_px, height_px)
    if min(shape) < 1 or len(data) != height_px * width_px * channels:
        raise Unreadable
    return Image.frombytes({1: "L", 3: "RGB"}[channels], (width_px, height_px), data)


def _open(data: bytes) -> Image.Image:
    """The header alone, with its size checked; nothing is decoded yet."""
    for signature, reader in _READERS:
        if signature.match(data):
            image = reader(io.BytesIO(data))
            _check_size(*image.size)
            if isinstance(image, TiffImageFile):  # whose tiles may be larger than itself
                _check_size(image.tag_v2.get(_TILE_WIDTH, 0), image.tag_v2.get(_TILE_LENGTH, 0))
            return image
    for signature, kind in _NOT_READ:
        if signature.match(data[:1024]):
            raise NotSupported(kind=kind)
    raise NotAnImage


def _check_size(width_px: int, height_px: int) -> None:
    if max(width_px, height_px) > MAX_SIDE_PX or width_px * height_px > MAX_PX:
        raise TooLarge(width_px=width_px, height_px=height_px, most_megapixels=MAX_PX // 1_000_000, most_side_px=MAX_SIDE_PX)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """A JPEG in pieces: (marker, bytes). A scan's compressed data belong to its SOS; nothing comes after the end-of-image marker.

    ITU-T T.81, B.1: a segment is 0xff, a marker and, but for SOI and EOI, a two-byte length that counts itself.
    """
    place = 0
    while found := _MARKER.search(data, place):
        start, marker = found.start(), data[found.end() - 1]
        place = found.end()
        if marker not in (_SOI, _EOI):
            place += max(2, int.from_bytes(data[place : place + 2], "big"))
        if marker == _SOS and (after := _MARKER.search(data, place)):
            place = after.start()
        yield marker, data[start:place]
        if marker == _EOI:
            return
    raise CutShort


def _orientation(image: Image.Image) -> int:
    """What EXIF says, which may be nonsense; broken EXIF says nothing."""
    try:
        orientation = image.getexif().get(_ORIENTATION)
    except Exception:  # as for the readers: there is no list
        return _UPRIGHT
    return orientation if isinstance(orientation, int) else _UPRIGHT


def _turn(orientation: int, record: ImageRecord) -> Transpose | None:
    """EXIF's turn or mirror; only where it asks for none, the turn that the data set's makers say is still needed."""
    return _BY_EXIF.get(orientation, _BY_RECORD.get(record.rotation_deg or 0))


def _is_lossless(image: Image.Image, data: bytes) -> bool:
    if isinstance(image, WebPImageFile):
        return b"VP8L" in data
    return image.info.get("compression") not in ("jpeg", "tiff_jpeg", "webp")


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit and floating-point grey (0 to 1) in eight bits, by rounding: Pillow's own conversion would clip. Other modes as they are."""
    if image.mode == "F":
        wide, white = image, 1
    elif image.mode.startswith("I"):
        wide, white = image.convert("I"), 0xFFFF
    else:
        return image
    match wide.getextrema():
        case float() | int() as darkest, float() | int() as lightest if darkest >= 0 and lightest <= white:
            grey = wide.point(lambda sample: sample * (255 / white) + 0.5).convert("L")
        case _:
            raise NotTones
    transparent = grey.info.pop("transparency", None)
    if transparent is not None:
        grey.putalpha(wide.point([0 if sample == transparent else 255 for sample in range(0x10000)], "L"))
    return grey


def _flattened(image: Image.Image) -> Image.Image:
    """Grey, RGB or CMYK, with white where the image is transparent."""
    opaque = "L" if image.mode in ("1", "L", "LA", "La") else "CMYK" if image.mode == "CMYK" else "RGB"
    if not image.has_transparency_data:
        return image if image.mode == opaque else image.convert(opaque)
    layered = image.convert("LA" if opaque == "L" else "RGBA")
    paper = Image.new(opaque, image.size, "white")
    paper.paste(layered.convert(opaque), mask=layered.getchannel("A"))
    return paper


def _profile(image: Image.Image) -> bytes | None:
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and 0 < len(profile) <= MAX_PROFILE_BYTES else None


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Grey stays grey, RGB stays RGB, CMYK becomes RGB (with the plain formula if no profile says better)."""
    transform = _to_srgb_transform(profile, image.mode)
    if transform is None:
        return image.convert("RGB") if image.mode == "CMYK" else image
    colours = transform.apply(image)
    return colours.getchannel("G") if image.mode == "L" else colours


@functools.lru_cache(maxsize=16)
def _to_srgb_transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From this profile to sRGB; None where there is nothing to do: no profile, a broken one, one of other colours, or sRGB itself.

    A profile is sRGB's, whatever its name, if it moves no colour by more than SRGB_TOLERANCE.
    """
    if profile is None:
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None
    if mode == "CMYK":
        return transform
    colours = bytes(itertools.chain.from_iterable(itertools.product(range(0, 256, 15), repeat=len(mode))))
    probe = Image.frombytes(mode, (len(colours) // len(mode), 1), colours)
    moved = ImageChops.difference(probe.convert("RGB"), transform.apply(probe))
    return transform if max(moved.tobytes()) > SRGB_TOLERANCE else None


def _pale_edge(image: Image.Image) -> bool:
    """Whether more than a quarter of the outermost pixels are lighter than PALE, so that a white sheet would leave the image no end."""
    right, bottom = image.width - 1, image.height - 1
    rows = {(0, 0, right + 1, 1), (0, bottom, right + 1, bottom + 1)}
    columns = {(0, 1, 1, bottom), (right, 1, right + 1, bottom)} if bottom > 1 else set()
    edge = b"".join(image.crop(box).convert("L").tobytes() for box in rows | columns)
    return 4 * sum(tone > PALE for tone in edge) > len(edge)


def _image(picture: Picture) -> Image.Image:
    if picture.jpeg is not None:
        return JpegImageFile(io.BytesIO(picture.jpeg))
    return Image.frombytes("L" if picture.channels == 1 else "RGB", (picture.width_px, picture.height_px), picture.samples or b"")


def _jpeg(image: Image.Image, *, quality: int, subsampling: str) -> bytes:
    """JPEG without metadata: Pillow would carry a comment over."""
    image.info.clear()
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=quality, subsampling=subsampling)
    return jpeg.getvalue()
