"""Bytes to pictures: every kind of file comes out upright, eight bits, flattened on white and sRGB, or is refused in words."""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import struct
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from painted import (
    BLUE,
    GREEN,
    GREY,
    JPEG,
    OWNER,
    RED,
    Pixel,
    exif,
    fetched,
    file,
    near,
    photograph,
    pixel,
    pixels,
    quarters,
    scan,
    segment,
    with_segments,
)
from PIL import GifImagePlugin, Image, ImageChops, ImageCms, ImageDraw, PngImagePlugin

from imagestolive import pictures
from imagestolive.pictures import Unreadable, again, read, reading, thumbnail
from imagestolive.records import Picture


def is_quarters(picture: Picture) -> bool:
    across, down = picture.width_px // 4, picture.height_px // 4
    corners = [(across, down), (3 * across, down), (across, 3 * down), (3 * across, 3 * down)]
    return all(near(pixel(picture, *place), colour) for place, colour in zip(corners, (RED, GREEN, BLUE, GREY), strict=True))


def tag_data(kind: bytes, *values: float) -> bytes:
    """An ICC XYZ or curve element."""
    if kind == b"XYZ ":
        return kind + bytes(4) + b"".join(struct.pack(">i", round(value * 65536)) for value in values)
    return kind + bytes(4) + struct.pack(">IH", 1, round(values[0] * 256)) + bytes(2)


def profile(space: bytes, tags: dict[bytes, bytes], *, connection: bytes = b"XYZ ", device: bytes = b"mntr") -> bytes:
    """An ICC profile, version 2, of the tags given (ICC.1:2001-04)."""
    description = b"desc" + bytes(4) + struct.pack(">I", 6) + b"drawn\0" + bytes(78)
    tags = {b"desc": description, b"wtpt": tag_data(b"XYZ ", 0.9642, 1, 0.8249), **tags}
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = 132 + 12 * len(tags) + len(body)
    header = struct.pack(">I4sI4s4s4s12s4s", size, bytes(4), 0x02100000, device, space, connection, bytes(12), b"acsp")
    header += bytes(28) + struct.pack(">iii", round(0.9642 * 65536), 65536, round(0.8249 * 65536))
    return header.ljust(128, b"\0") + table + body


def rgb_profile(red: Pixel | tuple[float, ...], green: tuple[float, ...], blue: tuple[float, ...], gamma: float) -> bytes:
    curve = tag_data(b"curv", gamma)
    colours = {b"rXYZ": tag_data(b"XYZ ", *red), b"gXYZ": tag_data(b"XYZ ", *green), b"bXYZ": tag_data(b"XYZ ", *blue)}
    return profile(b"RGB ", {**colours, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


# Colorants adapted to D50, as Adobe RGB (1998) and sRGB IEC61966-2.1 publish them.
WIDE = rgb_profile((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457), 2.2)
NEARLY_SRGB = rgb_profile((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141), 2.2)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LINEAR_GREY = profile(b"GRAY", {b"kTRC": tag_data(b"curv", 1.0)})
# A press that prints one and the same green, Lab 60 -60 40, whatever the inks (lut8Type).
GREEN_PRESS = profile(
    b"CMYK",
    {
        b"A2B0": b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + b"".join(struct.pack(">i", 65536 * (n % 4 == 0)) for n in range(9))
        + bytes(range(256)) * 4 + bytes((153, 68, 168)) * 16 + bytes(range(256)) * 3
    },
    connection=b"Lab ",
    device=b"prtr",
)  # fmt: skip


# Refusals


def png(width_px: int, height_px: int, *, rows: bytes = bytes(9), depth: int = 1, colour: int = 0, interlaced: int = 0) -> bytes:
    """A PNG, one-bit unless told otherwise, whose rows need not be as many as its header says."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width_px, height_px, depth, colour, 0, 0, interlaced)
    packed = zlib.compress(rows)
    body = chunk(b"IDAT", packed[:5]) + chunk(b"IDAT", b"") + chunk(b"IDAT", packed[5:])
    palette = chunk(b"PLTE", bytes(48)) if colour == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + body + chunk(b"IEND", b"")


def tiff(**tags: int) -> bytes:
    """A grey TIFF whose directory says what it is told to."""
    fields = {256: 10, 257: 10, 258: 8, 259: 1, 262: 1, 277: 1, **{int(tag[1:]): value for tag, value in tags.items()}}
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(fields.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + rows + bytes(4 + 100)


GIF_BOMB = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0) + b"," + struct.pack("<HHHHB", 0, 0, 30_000, 30_000, 0) + b"\x02\x00;"
WEBP_BOMB = b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\x3f\0\xff\x3f\0" + bytes(4)
TIFF_TILE_BOMB = tiff(t322=60_000, t323=60_000, t324=8, t325=100)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "The file is empty."),
        (b"<!DOCTYPE html><title>Sign in</title>", "The file is not an image."),
        (b"Just a text, named .jpg", "The file is not an image."),
        (JPEG[: len(JPEG) // 2], "The file is cut short."),
        (JPEG[:-2], "The file is cut short."),
        (b"\xff\xd8", "The file is cut short."),
        (file(photograph(), "PNG")[:900], "The file is cut short."),
        (JPEG.replace(b"\xff\xc0", b"\xff\xc5"), "The file cannot be decoded: it is damaged, incomplete, or of a rare kind."),
        (JPEG[:2] + b"\xff\xd9", "The file cannot be decoded: it is damaged, incomplete, or of a rare kind."),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "Format not supported: SVG."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "Format not supported: EPS."),
        (b"%PDF-1.7\n", "Format not supported: PDF."),
        (b"8BPS\0\1", "Format not supported: PSD."),
        (b"\xd7\xcd\xc6\x9a\0\0", "Format not supported: WMF, EMF."),
        (b"icns\0\0\1\0", "Format not supported: ICNS, ICO."),
        (b"\0\0\0\x1cftypheic\0\0\0\0", "Format not supported: AVIF, HEIC."),
        (file(quarters(), "AVIF"), "Format not supported: AVIF, HEIC."),
        (file(quarters(), "JPEG2000"), "Format not supported: JPEG 2000."),
        (b"\xff\x0a\x00", "Format not supported: JPEG XL."),
        (png(20_000, 20_000), "The image is too large: 20,000 × 20,000 pixels; we read 40 megapixels and 12,000 pixels a side."),
        (png(13_000, 13_000), "The image is too large: 13,000 × 13,000 pixels;"),
        (png(8_000, 6_000), "The image is too large: 8,000 × 6,000 pixels;"),
        (png(1, 30_000), "The image is too large: 1 × 30,000 pixels;"),
        (png(12_001, 1), "The image is too large: 12,001 × 1 pixels;"),
        (WEBP_BOMB, "The file would take far too much memory or time to decode."),
        (GIF_BOMB, "The file would take far too much memory or time to decode."),
        (TIFF_TILE_BOMB, "The image is too large: 60,000 × 60,000 pixels;"),
        (with_segments(JPEG, segment(0xE2, b"") * 2_000), "The file would take far too much memory or time to decode."),
        (JPEG.replace(scan(JPEG), scan(JPEG) * 101), "The file would take far too much memory or time to decode."),
        (file(Image.new("F", (4, 4), 200.0), "TIFF"), "The file holds measurements, not tones between black and white."),
        (file(Image.new("I", (4, 4), -5), "TIFF"), "The file holds measurements, not tones between black and white."),
    ],
)
def test_what_cannot_be_a_picture_is_refused_in_words(data: bytes, detail: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(fetched(data))
    assert refusal.value.detail.startswith(detail)


def test_a_size_over_the_limit_is_refused_before_a_pixel_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda _: pytest.fail("decoded"))
    with pytest.raises(pictures.TooLarge):
        read(fetched(png(20_000, 20_000)))


@pytest.mark.parametrize(
    ("depth", "colour", "interlaced", "size", "needed_bytes"),
    [
        (1, 0, 0, (9, 5), 5 * 3),
        (2, 0, 0, (5, 4), 4 * 3),
        (4, 3, 0, (5, 4), 4 * 4),
        (8, 0, 0, (7, 4), 4 * 8),
        (16, 0, 0, (7, 4), 4 * 15),
        (8, 2, 0, (7, 4), 4 * 22),
        (16, 2, 0, (7, 4), 4 * 43),
        (8, 4, 0, (7, 4), 4 * 15),
        (16, 6, 0, (7, 4), 4 * 57),
        (8, 2, 0, (1200, 1000), 1000 * 3601),
        (8, 0, 1, (8, 8), 15 + 64),
        (8, 0, 1, (1, 1), 2),
        (1, 0, 1, (3, 2), 2 + 2 + 2 + 2),
    ],
)
def test_a_png_with_fewer_rows_than_its_header_says_is_cut_short(
    depth: int, colour: int, interlaced: int, size: tuple[int, int], needed_bytes: int
) -> None:
    def made(n: int) -> bytes:
        return png(*size, rows=bytes(n), depth=depth, colour=colour, interlaced=interlaced)

    assert (read(fetched(made(needed_bytes))).width_px, read(fetched(made(needed_bytes + 9))).height_px) == size
    for n in (needed_bytes - 1, needed_bytes // 2):
        with pytest.raises(pictures.CutShort):
            read(fetched(made(n)))


def test_a_size_at_the_limit_is_read() -> None:
    assert read(fetched(file(Image.new("1", (12_000, 1), 1), "PNG"))).width_px == 12_000
    assert read(fetched(file(Image.new("L", (1, 1), 9), "PNG"))).samples == b"\x09"


def test_text_that_unfolds_without_end_does_not_pass() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a" * 3_000_000, zip=True)
    with pytest.raises(Unreadable):
        read(fetched(file(quarters(), "PNG", pnginfo=text)))


def test_of_a_hundred_thousand_frames_only_the_first_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    still = file(quarters(), "GIF")
    frame = still[still.rindex(b",\0\0\0\0") : -1]
    frames_seen: list[int] = []
    seek = GifImagePlugin.GifImageFile._seek

    def counted(image: GifImagePlugin.GifImageFile, frame: int, update_image: bool = True) -> None:
        frames_seen.append(frame)
        seek(image, frame, update_image)

    monkeypatch.setattr(GifImagePlugin.GifImageFile, "_seek", counted)
    assert is_quarters(read(fetched(still[:-1] + frame * 100_000 + b";")))
    assert frames_seen == [0]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken(kind: str) -> None:
    other = Image.new("RGB", quarters().size, "white")
    options = {"quality": 95} if kind == "WEBP" else {}
    assert is_quarters(read(fetched(file(quarters(), kind, save_all=True, append_images=[other], **options))))


FORMATS = {
    "JPEG": JPEG,
    "progressive JPEG": file(photograph(40, 30), "JPEG", progressive=True, exif=exif(6), icc_profile=WIDE, comment=OWNER),
    "CMYK JPEG": file(photograph(40, 30).convert("CMYK"), "JPEG", icc_profile=GREEN_PRESS),
    "PNG": file(photograph(40, 30).quantize(16), "PNG", transparency=3, icc_profile=WIDE, exif=exif(5)),
    "16-bit PNG": file(Image.linear_gradient("L").convert("I;16"), "PNG", transparency=5),
    "WEBP": file(photograph(40, 30), "WEBP", exif=exif(3), icc_profile=WIDE),
    "lossless WEBP": file(photograph(40, 30).convert("RGBA"), "WEBP", lossless=True),
    "GIF": file(photograph(40, 30).quantize(16), "GIF", transparency=1, comment=OWNER),
    "TIFF": file(photograph(40, 30).convert("RGBA"), "TIFF", compression="tiff_lzw", tiffinfo={0x0112: 8}),
    "raw TIFF": file(Image.linear_gradient("L").convert("F").point(lambda tone: tone / 255 + 0.0), "TIFF"),
    "BMP": file(photograph(20, 15), "BMP"),
    "PPM": file(photograph(20, 15), "PPM"),
}


def altered(source: bytes, data: st.DataObject) -> bytes:
    """A few bytes, most of them early ones, changed; some taken away."""
    broken = bytearray(source)
    early = st.one_of(st.integers(0, 200), st.integers(0, len(broken) - 1)).map(lambda place: min(place, len(broken) - 1))
    for place, byte in data.draw(st.lists(st.tuples(early, st.integers(0, 255)), max_size=6)):
        broken[place] = byte
    start, end = sorted((data.draw(early), data.draw(early)))
    if data.draw(st.booleans()):
        del broken[start:end]
    return bytes(broken)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_files_give_a_picture_or_a_reason_and_nothing_else(kind: str, data: st.DataObject) -> None:
    with contextlib.suppress(Unreadable):
        assert pixels(read(fetched(altered(FORMATS[kind], data)))).load()


# JPEGs that need no change


def test_a_sound_upright_jpeg_keeps_its_compressed_data() -> None:
    picture = read(fetched(JPEG))
    assert picture.untouched
    assert picture.jpeg == JPEG
    assert (picture.width_px, picture.height_px, picture.channels) == (96, 64, 3)
    assert picture.sha256 == hashlib.sha256(JPEG).hexdigest()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 2}, {"subsampling": 0}], ids=str)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_only_metadata_segments_and_the_tail_are_dropped(mode: str, options: dict[str, object]) -> None:
    bare = file(photograph().convert(mode), "JPEG", icc_profile=SRGB if mode == "RGB" else None, **options)
    photoshop = segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04" + OWNER)
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + OWNER)
    thumbnailed = segment(0xE1, exif(1) + file(quarters(), "JPEG"))
    owned = with_segments(bare, thumbnailed, xmp, photoshop, segment(0xFE, OWNER)) + b"\0" + OWNER + JPEG
    picture = read(fetched(owned))
    assert picture.untouched
    assert picture.jpeg == bare
    assert scan(bare) in owned
    assert picture.channels == len(mode)
    assert ImageChops.difference(pixels(picture), Image.open(io.BytesIO(owned))).getbbox() is None


def test_a_comment_between_two_scans_goes_and_the_scans_stay() -> None:
    bare = file(photograph(), "JPEG", progressive=True)
    scan_end = bare.index(b"\xff\xc4", bare.index(b"\xff\xda"))
    picture = read(fetched(bare[:scan_end] + b"\xff\xff" + segment(0xFE, OWNER) + bare[scan_end:]))
    assert picture.untouched
    assert picture.jpeg == bare[:scan_end] + b"\xff\xff" + bare[scan_end:]  # the fill bytes cannot be told from the scan
    assert pixels(picture).tobytes() == Image.open(io.BytesIO(bare)).tobytes()


def test_fill_and_stray_bytes_between_segments_are_skipped() -> None:
    picture = read(fetched(with_segments(JPEG, b"\xff\xff\xff" + segment(0xFE, OWNER), b"\xff\xff", b"\0\0\0")))
    assert picture.untouched
    assert picture.jpeg == JPEG


def test_segments_that_a_decoder_needs_stay() -> None:
    adobe, maker = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01"), segment(0xEC, b"Ducky\0")
    picture = read(fetched(with_segments(JPEG, adobe, maker)))
    assert picture.jpeg == with_segments(JPEG, adobe, maker)


@pytest.mark.parametrize("orientation", [0, 1, 9, 65535])
def test_an_orientation_that_means_nothing_changes_nothing(orientation: int) -> None:
    picture = read(fetched(file(photograph(), "JPEG", quality=85, exif=exif(orientation))))
    assert picture.untouched
    assert picture.jpeg == JPEG


@pytest.mark.parametrize("broken", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0nonsense"])
def test_broken_exif_changes_nothing(broken: bytes) -> None:
    assert read(fetched(with_segments(JPEG, segment(0xE1, broken)))).jpeg == JPEG


USELESS = {"another space": LINEAR_GREY, "text": b"text", "cut": WIDE[:200], "huge": WIDE + bytes(4_000_000)}


@pytest.mark.parametrize("icc", [SRGB, NEARLY_SRGB, *USELESS.values()], ids=["sRGB", "gamma 2.2", *USELESS])
def test_a_profile_of_srgb_or_a_useless_one_changes_nothing(icc: bytes) -> None:
    assert read(fetched(file(photograph(), "JPEG", icc_profile=icc))).untouched


def test_a_body_that_breaks_is_refused_though_the_end_marker_stands() -> None:
    broken = bytearray(JPEG)
    place = broken.index(b"\xff\xc4") + 4
    broken[place : place + 17] = b"\0" + b"\xff" * 16  # a Huffman table that cannot be
    with pytest.raises(Unreadable):
        read(fetched(bytes(broken)))


def test_arithmetic_coding_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_PDF_FRAMES", {0xC2})  # baseline stands for it: Pillow cannot write the other
    assert not read(fetched(JPEG)).untouched


# A second time


@st.composite
def jpegs(draw: st.DrawFn) -> bytes:
    """JPEGs with all kinds of segments, fill and tails, most of them sound and upright."""
    mode, progressive, restarts = draw(st.sampled_from(["L", "RGB"])), draw(st.booleans()), draw(st.integers(0, 3))
    image = photograph(draw(st.integers(2, 40)), draw(st.integers(2, 40))).convert(mode)
    bare = file(image, "JPEG", quality=draw(st.integers(5, 95)), progressive=progressive, restart_marker_blocks=restarts)
    pieces = [segment(marker, payload) for marker, payload in draw(st.lists(st.tuples(MARKERS, st.binary(max_size=40)), max_size=5))]
    pieces += draw(
        st.lists(st.sampled_from([b"\xff", b"\xff\xff\xff", b"\0\0", segment(0xE1, exif(1)), segment(0xE1, exif(6))]), max_size=2)
    )
    return with_segments(bare, *draw(st.permutations(pieces))) + draw(st.binary(max_size=20))


MARKERS = st.sampled_from([0xE1, 0xE2, 0xEC, 0xED, 0xEF, 0xFE])


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(jpegs(), st.sampled_from([None, 0, 90, 45]), st.sampled_from([None, 0, 90, 270]))
def test_a_jpeg_comes_out_the_same_a_second_time(source: bytes, rotation_deg: int | None, other_deg: int | None) -> None:
    first = read(fetched(source, rotation_deg=rotation_deg))
    assert again(fetched(source, rotation_deg=rotation_deg), first.without_data()) == first
    turned = fetched(source, rotation_deg=other_deg)  # the makers changed their mind
    assert again(turned, first.without_data()) == read(turned)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_could_be_read_comes_out_the_same_a_second_time(kind: str, data: st.DataObject) -> None:
    source = fetched(altered(FORMATS[kind], data))
    with contextlib.suppress(Unreadable):
        first = read(source)
        assert again(source, first.without_data()) == first


def test_rows_of_an_array_come_out_the_same_a_second_time_though_they_look_like_a_jpeg() -> None:
    rows = fetched(JPEG, shape=(1, len(JPEG), 1))
    assert again(rows, read(fetched(JPEG)).without_data()) == again(rows, read(rows).without_data()) == read(rows)


def test_an_untouched_jpeg_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    untouched, turned = fetched(JPEG), fetched(file(photograph(), "JPEG", exif=exif(6)))
    first, other = read(untouched), read(turned)
    monkeypatch.setattr(reading, "opened", lambda _: pytest.fail("decoded"))
    assert again(untouched, first.without_data()).jpeg == JPEG
    with pytest.raises(pytest.fail.Exception):
        again(turned, other.without_data())


def test_what_is_known_of_another_file_is_not_believed() -> None:
    other = fetched(file(quarters(), "JPEG"))
    assert again(other, read(fetched(JPEG)).without_data()) == read(other)


# Upright

SIDES = {  # EXIF 2.32, 4.6.4 A: where the stored first row and first column lie in the upright picture
    1: "top left",
    2: "top right",
    3: "bottom right",
    4: "bottom left",
    5: "left top",
    6: "right top",
    7: "right bottom",
    8: "left bottom",
}


def as_stored(upright: Image.Image, orientation: int) -> Image.Image:
    row, column = SIDES[orientation].split()
    turned = row in ("left", "right")
    width_px, height_px = upright.size[::-1] if turned else upright.size
    stored = Image.new("RGB", (width_px, height_px))
    for x, y in itertools.product(range(width_px), range(height_px)):
        along_row = y if row in ("top", "left") else height_px - 1 - y
        along_column = x if column in ("top", "left") else width_px - 1 - x
        found = upright.getpixel((along_row, along_column) if turned else (along_column, along_row))
        assert isinstance(found, tuple)
        stored.putpixel((x, y), found)
    return stored


@pytest.mark.parametrize("orientation", SIDES)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("rotation_deg", [None, 0, 90])
def test_every_orientation_comes_out_upright(kind: str, orientation: int, rotation_deg: int | None) -> None:
    upright = quarters()
    wanted = upright.rotate(90, expand=True) if rotation_deg and orientation == 1 else upright  # the record turns what EXIF left alone
    stored = file(as_stored(upright, orientation), kind, exif=exif(orientation), **({} if kind == "TIFF" else {"quality": 95}))
    picture = read(fetched(stored, rotation_deg=rotation_deg))
    assert (picture.width_px, picture.height_px) == wanted.size
    assert not picture.untouched or (orientation == 1 and not rotation_deg)
    assert is_quarters(picture) == (wanted is upright)
    if wanted is not upright:
        assert near(pixel(picture, 4, 4), GREEN)


def test_what_pillow_only_warns_of_hides_no_orientation_and_is_not_heard() -> None:
    maker_beyond_the_end = struct.pack("<HHII", 0x010F, 2, 5_000, 26)
    data = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + struct.pack("<HHII", 0x0112, 3, 1, 6) + maker_beyond_the_end + bytes(4)
    jpeg = file(as_stored(quarters(), 6), "JPEG", quality=95)
    assert is_quarters(read(fetched(with_segments(jpeg, segment(0xE1, data)))))


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_turn_that_the_makers_say_is_needed_is_made_counter_clockwise(kind: str, rotation_deg: int) -> None:
    assert is_quarters(read(fetched(file(quarters().rotate(-rotation_deg, expand=True), kind), rotation_deg=rotation_deg)))


# Tones, transparency, colours


def samples(image: Image.Image, kind: str, **options: object) -> list[int]:
    picture = read(fetched(file(image, kind, **options)))
    assert picture.samples is not None
    return list(picture.samples)


def row(mode: str, values: Sequence[float] | Sequence[Pixel]) -> Image.Image:
    image = Image.new(mode, (len(values), 1))
    image.putdata(values)
    return image


@pytest.mark.parametrize(
    ("mode", "kind"), [("I;16", "PNG"), ("I;16", "TIFF"), ("I;16B", "TIFF"), ("I", "TIFF"), ("I", "PPM")], ids=lambda part: str(part)
)
def test_sixteen_bits_become_eight_by_rounding(mode: str, kind: str) -> None:
    ramp = row("I", [0, 128, 129, 257 * 100, 257 * 200 + 129, 65535]).convert(mode)
    assert samples(ramp, kind) == [0, 0, 1, 100, 201, 255]


def test_floats_from_nought_to_one_become_eight_bits() -> None:
    assert samples(row("F", [0.0, 0.5, 1.0]), "TIFF") == [0, 128, 255]


def test_transparent_parts_are_white_paper() -> None:
    three = row("P", [0, 1, 2])
    three.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    seen = [255, 0, 0, 255, 255, 255, 0, 0, 255]
    assert samples(three, "PNG", transparency=1) == seen
    assert samples(three, "GIF", transparency=1) == seen
    assert samples(three, "PNG", transparency=b"\xff\x00\x80") == [255, 0, 0, 255, 255, 255, 127, 127, 255]
    assert samples(row("RGBA", [(0, 0, 0, 0), (0, 0, 0, 255), (0, 0, 0, 51)]), "PNG") == [255, 255, 255, 0, 0, 0, 204, 204, 204]
    assert samples(row("RGBA", [(0, 0, 0, 0), (9, 9, 9, 255)]), "WEBP", lossless=True) == [255, 255, 255, 9, 9, 9]
    assert samples(row("RGB", [(1, 2, 3), (4, 5, 6)]), "PNG", transparency=(1, 2, 3)) == [255, 255, 255, 4, 5, 6]
    assert samples(row("LA", [(0, 0), (0, 255), (0, 51)]), "PNG") == [255, 0, 204]
    assert samples(row("LA", [(0, 0), (7, 255)]), "TIFF") == [255, 7]
    assert samples(row("L", [10, 20]), "PNG", transparency=10) == [255, 20]
    assert samples(row("1", [0, 255]), "PNG", transparency=0) == [255, 255]
    assert samples(row("I", [0, 1, 257]).convert("I;16"), "PNG", transparency=0) == [255, 0, 1]
    pa = three.convert("PA")
    pa.putalpha(row("L", [255, 0, 255]))
    assert samples(pa, "TIFF") == seen


@pytest.mark.parametrize(
    ("image", "kind", "channels"),
    [
        (Image.new("1", (2, 1), 1), "PNG", 1),
        (Image.new("1", (2, 1), 1), "BMP", 1),
        (Image.new("L", (2, 1), 9), "PPM", 1),
        (Image.new("P", (2, 1), 9), "PNG", 3),
        (Image.new("RGB", (2, 1), GREY), "PNG", 3),
        (Image.new("CMYK", (2, 1), (255, 0, 0, 0)), "TIFF", 3),
        (Image.new("RGB", (2, 1), GREY).convert("YCbCr"), "TIFF", 3),
        (Image.new("RGB", (2, 1), GREY).convert("LAB"), "TIFF", 3),
    ],
)
def test_grey_stays_grey_and_colour_stays_colour(image: Image.Image, kind: str, channels: int) -> None:
    picture = read(fetched(file(image, kind)))
    assert picture.channels == channels
    assert picture.samples is not None
    assert len(picture.samples) == 2 * channels


def test_cmyk_jpegs_have_their_colours_whether_adobe_stored_them_or_not() -> None:
    inks = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    adobe = file(inks, "JPEG", quality=95)
    marker = adobe.index(b"\xff\xee")
    plain = file(ImageChops.invert(inks), "JPEG", quality=95)
    plain = plain[:marker] + plain[marker + 16 :]
    assert b"Adobe" in adobe
    assert b"Adobe" not in plain
    for jpeg in (adobe, plain):
        picture = read(fetched(jpeg))
        assert not picture.untouched
        assert near(pixel(picture), (0, 255, 255))


def test_a_profile_other_than_srgb_is_followed() -> None:
    wide = read(fetched(file(Image.new("RGB", (8, 8), (60, 160, 60)), "PNG", icc_profile=WIDE)))
    red, green, _ = pixel(wide)
    assert red < 20  # what a wide space calls 60 is less than sRGB can show
    assert green > 155
    jpeg = read(fetched(file(Image.new("RGB", (8, 8), (60, 160, 60)), "JPEG", icc_profile=WIDE)))
    assert not jpeg.untouched
    assert jpeg.jpeg is not None
    assert b"ICC_PROFILE" not in jpeg.jpeg
    assert near(pixel(jpeg), pixel(wide))


def test_a_grey_profile_is_followed_and_grey_stays_grey() -> None:
    picture = read(fetched(file(Image.new("L", (8, 8), 128), "PNG", icc_profile=LINEAR_GREY)))
    assert picture.channels == 1
    assert near(pixel(picture), (188,), within=2)  # linear 0.5 in sRGB's curve


def test_the_profile_of_inks_is_followed() -> None:
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    red, green, blue = pixel(read(fetched(file(inks, "JPEG", icc_profile=GREEN_PRESS))))
    assert green > max(red, blue) + 80
    assert near(pixel(read(fetched(file(inks, "JPEG", icc_profile=b"none")))), (255, 0, 0))


# What is made


@pytest.mark.parametrize(
    ("kind", "options", "lossless"),
    [
        ("PNG", {}, True),
        ("GIF", {}, True),
        ("BMP", {}, True),
        ("PPM", {}, True),
        ("TIFF", {"compression": "tiff_lzw"}, True),
        ("WEBP", {"lossless": True}, True),
        ("TIFF", {"compression": "jpeg"}, False),
        ("WEBP", {"lossless": False}, False),
        ("JPEG", {"exif": exif(6)}, False),
    ],
    ids=str,
)
def test_what_came_without_loss_stays_without_loss(kind: str, options: dict[str, object], *, lossless: bool) -> None:
    picture = read(fetched(file(photograph(), kind, **options)))
    assert (picture.samples is not None) == lossless
    assert (picture.jpeg is not None) != lossless
    assert not picture.untouched


def test_a_jpeg_of_our_making_is_full_colour_bare_and_always_the_same() -> None:
    source = fetched(file(photograph(), "JPEG", exif=exif(3), comment=OWNER, dpi=(300, 300)))
    picture = read(source)
    made = Image.open(io.BytesIO(picture.jpeg or b""))
    made.load()
    assert [layer[1:3] for layer in made.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]
    assert set(made.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert read(source) == picture


def test_a_large_drawing_becomes_a_jpeg_without_the_words_it_carried() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", OWNER.decode())
    picture = read(fetched(file(quarters(2001, 2000), "PNG", pnginfo=text)))
    assert picture.jpeg is not None
    assert OWNER not in picture.jpeg
    assert is_quarters(picture)
    assert read(fetched(file(quarters(2000, 2000), "PNG"))).samples is not None


def test_a_gif_comment_does_not_follow_the_pixels() -> None:
    picture = read(fetched(file(photograph(), "GIF", comment=OWNER)))
    assert OWNER not in thumbnail(picture, 300)[0]
    assert OWNER not in (read(fetched(file(quarters(2001, 2000), "GIF", comment=OWNER))).jpeg or b"")


def test_rows_of_an_array_become_samples() -> None:
    grey = read(fetched(bytes(range(64)), shape=(8, 8, 1)))
    assert (grey.samples, grey.channels) == (bytes(range(64)), 1)
    colour = read(fetched(bytes(range(18)), shape=(2, 3, 3)))
    assert (colour.width_px, colour.height_px, colour.channels, colour.samples) == (3, 2, 3, bytes(range(18)))
    turned = read(fetched(bytes(range(6)), shape=(2, 3, 1), rotation_deg=90))
    assert (turned.width_px, turned.height_px, turned.samples) == (2, 3, bytes((2, 5, 1, 4, 0, 3)))


@pytest.mark.parametrize("shape", [(8, 9, 1), (8, 4, 2), (8, 7, 1), (0, 0, 1), (-8, -8, 1), (20_000, 20_000, 1)], ids=str)
def test_rows_that_do_not_fit_their_shape_are_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(Unreadable):
        read(fetched(bytes(64 if all(shape) else 0), shape=shape))


@pytest.mark.parametrize(
    ("paint", "pale"),
    [
        (lambda _: None, True),
        (lambda draw: draw.rectangle((0, 0, 20, 20), fill=240), False),
        (lambda draw: draw.rectangle((1, 1, 18, 8), fill=0), True),
        (lambda draw: draw.rectangle((0, 4, 19, 9), fill=0), True),
        (lambda draw: (draw.rectangle((0, 1, 19, 9), fill=0), draw.point([(x, 0) for x in range(6)], fill=0)), False),  # 14 of 56
        (lambda draw: (draw.rectangle((0, 1, 19, 9), fill=0), draw.point([(x, 0) for x in range(5)], fill=0)), True),  # 15 of 56
    ],
)
def test_an_edge_is_pale_if_over_a_quarter_of_it_is_lighter_than_240(paint: Callable[[ImageDraw.ImageDraw], object], *, pale: bool) -> None:
    image = Image.new("L", (20, 10), 241)
    paint(ImageDraw.Draw(image))
    assert read(fetched(file(image, "PNG"))).pale_edge == pale
    assert read(fetched(file(image.convert("RGB"), "PNG"))).pale_edge == pale


def test_pictures_of_one_row_or_column_have_an_edge_too() -> None:
    for size in ((1, 1), (1, 9), (9, 1), (2, 2)):
        assert read(fetched(file(Image.new("L", size, 255), "PNG"))).pale_edge
        assert not read(fetched(file(Image.new("L", size, 10), "JPEG"))).pale_edge


def test_many_threads_read_the_same_pictures() -> None:
    sources = [fetched(data) for data in FORMATS.values()] * 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, sources)) == [read(source) for source in sources]


@pytest.mark.samples
def test_the_pictures_of_real_data_sets_are_read(samples: Path) -> None:
    found = [path for path in samples.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
    assert found
    for path in found:
        source = path.read_bytes()
        picture = read(fetched(source))
        if picture.untouched:
            assert picture.jpeg is not None
            assert picture.jpeg[picture.jpeg.rindex(b"\xff\xda") :] in source
