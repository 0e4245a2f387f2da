"""What the pixels of a picture and the settings of its camera say; and that nothing else of EXIF is ever said."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from painted import JPEG, OWNER, fetched, file, near, photograph, quarters, segment, with_segments
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from imagestolive.pictures import Unreadable, look
from imagestolive.records import Exposure

TIME, F_NUMBER, ISO = 0x829A, 0x829D, 0x8827
SHORT, RATIONAL, DOUBLE = 3, 5, 12  # types of TIFF


def settings_of(tags: Mapping[int, object]) -> bytes:
    """EXIF with these tags of the camera's directory, and an owner, a place, a date and a serial number."""
    data = Image.Exif()
    data[0x013B], data[0x0110] = OWNER.decode(), "Camera 7"
    data.get_ifd(0x8825)[29] = "2014:01:02"
    camera = data.get_ifd(0x8769)
    camera[0xA431], camera[0x9003] = "serial 123", "2014:01:02 03:04:05"
    camera.update(tags)
    return data.tobytes()


def raw(tag: int, kind: int, count: int, value: bytes) -> bytes:
    """EXIF, little-endian, whose camera's directory has one entry; four bytes stand in it, more behind it."""
    inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", 44)
    pointer = struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 0)
    return b"Exif\0\0II*\0\x08\0\0\0" + pointer + struct.pack("<HHHI", 1, tag, kind, count) + inline + bytes(4) + value


def exposure(exif: bytes) -> Exposure | None:
    return look(fetched(with_segments(JPEG, segment(0xE1, exif)))).exposure


# Colours


def test_the_colours_of_four_quarters_are_found() -> None:
    found = look(fetched(file(quarters(400, 400), "PNG")))
    assert sorted(found.palette) == [(20, 160, 40), (30, 40, 200), (120, 120, 120), (230, 30, 20)]


def test_the_most_frequent_colour_comes_first_and_accidents_do_not_come() -> None:
    image = Image.new("RGB", (200, 100), (10, 10, 10))
    image.paste((250, 250, 250), (0, 0, 60, 100))
    image.paste((200, 0, 0), (60, 0, 90, 100))
    image.paste((0, 200, 0), (150, 50, 152, 52))
    found = look(fetched(file(image, "PNG"))).palette
    assert near(found[0], (10, 10, 10))
    assert near(found[1], (250, 250, 250))
    assert near(found[2], (200, 0, 0))
    assert len(found) == 3


def test_colours_that_are_nearly_the_same_are_one() -> None:
    stripes = Image.new("RGB", (64, 64), (100, 100, 100))
    stripes.paste((112, 108, 116), (0, 0, 20, 64))
    assert len(look(fetched(file(stripes, "PNG"))).palette) == 1


def test_there_are_six_colours_at_most_and_they_are_apart() -> None:
    palette = look(fetched(file(photograph(300, 200).rotate(30), "JPEG"))).palette
    assert 1 <= len(palette) <= 6
    assert all(max(abs(a - b) for a, b in zip(one, other, strict=True)) > 12 for one in palette for other in palette if one != other)


@pytest.mark.parametrize(("mode", "white", "grey"), [("L", 255, 51), ("RGB", (255, 255, 255), (51, 51, 51))])
def test_ink_is_how_dark_the_picture_is(mode: str, white: object, grey: object) -> None:
    image = Image.new(mode, (500, 100), white)  # type: ignore[arg-type]
    assert look(fetched(file(image, "PNG"))).ink == 0
    image.paste(grey, (0, 0, 250, 100))  # type: ignore[arg-type]
    assert look(fetched(file(image, "PNG"))).ink == 0.4


def test_one_pixel_and_one_row_have_a_look() -> None:
    assert look(fetched(bytes((7, 8, 9)), shape=(1, 1, 3))).palette == ((7, 8, 9),)
    assert look(fetched(file(Image.new("L", (3000, 1), 200), "PNG"))).palette == ((200, 200, 200),)


def test_the_look_of_a_picture_is_always_the_same() -> None:
    source = fetched(file(photograph(500, 400), "JPEG"))
    assert look(source) == look(source)


def test_what_is_no_picture_has_no_look() -> None:
    with pytest.raises(Unreadable):
        look(fetched(JPEG[:300]))


# Exposure


def test_exposure_is_read_and_nothing_else() -> None:
    exif = settings_of({TIME: IFDRational(1, 250), F_NUMBER: IFDRational(28, 10), ISO: 400})
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        found = look(fetched(file(photograph(), kind, exif=exif)))
        assert found.exposure == Exposure(seconds="1/250", f_number=2.8, iso=400), kind
        assert not {"serial", "Ana", "2014", "Camera"} & set(str(asdict(found)).replace("'", " ").split())


@pytest.mark.parametrize(
    ("numerator", "denominator", "written"),
    [
        (1, 250, "1/250"),
        (10, 2500, "1/250"),
        (4, 1000, "1/250"),
        (16_667, 1_000_000, "1/60"),
        (1, 8000, "1/8000"),
        (1, 3, "1/3"),
        (3, 10, "1/3"),
        (4, 10, "0.4"),
        (1, 2, "1/2"),
        (8, 10, "0.8"),
        (99, 100, "1"),
        (1, 1, "1"),
        (13, 10, "1.3"),
        (2, 1, "2"),
        (30, 1, "30"),
        (86_400, 1, "86400"),
    ],
)
def test_times_are_written_as_on_cameras(numerator: int, denominator: int, written: str) -> None:
    assert exposure(raw(TIME, RATIONAL, 1, struct.pack("<II", numerator, denominator))) == Exposure(seconds=written)


@pytest.mark.parametrize(
    "exif",
    [
        raw(TIME, RATIONAL, 1, struct.pack("<II", 1, 0)),
        raw(TIME, RATIONAL, 1, struct.pack("<II", 0, 0)),
        raw(TIME, RATIONAL, 1, struct.pack("<II", 0, 9)),
        raw(TIME, RATIONAL, 1, struct.pack("<II", 0xFFFFFFFF, 1)),
        raw(TIME, RATIONAL, 1, struct.pack("<II", 1, 0xFFFFFFFF)),
        raw(TIME, 10, 1, struct.pack("<ii", -1, 250)),
        raw(TIME, DOUBLE, 1, struct.pack("<d", float("nan"))),
        raw(TIME, DOUBLE, 1, struct.pack("<d", float("inf"))),
        raw(TIME, 2, 6, b"1/250\0"),
        raw(TIME, RATIONAL, 2, struct.pack("<IIII", 1, 250, 1, 250)),
        raw(TIME, RATIONAL, 1 << 30, struct.pack("<II", 1, 250)),
        raw(F_NUMBER, RATIONAL, 1, struct.pack("<II", 1000, 1)),
        raw(ISO, SHORT, 1, struct.pack("<H", 0)),
        raw(ISO, SHORT, 1, struct.pack("<H", 65_535)),
        raw(ISO, 7, 4, b"\xff\xff\xff\xff"),
        raw(0x9204, RATIONAL, 1, struct.pack("<II", 1, 250)),
        b"Exif\0\0",
        b"Exif\0\0nonsense",
        b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8),  # a directory that is its own child
    ],
)
def test_exif_that_says_nonsense_says_nothing(exif: bytes) -> None:
    assert exposure(exif) is None


def test_one_wrong_number_leaves_the_others() -> None:
    exif = settings_of({TIME: IFDRational(1, 0), F_NUMBER: IFDRational(8, 1), ISO: 100})
    assert exposure(exif) == Exposure(f_number=8.0, iso=100)


def test_a_double_is_a_number_too() -> None:
    assert exposure(raw(F_NUMBER, DOUBLE, 1, struct.pack("<d", 1.8))) == Exposure(f_number=1.8)


@settings(max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([TIME, F_NUMBER, ISO]),
    st.integers(0, 14),
    st.sampled_from([0, 1, 2, 1 << 31]),
    st.binary(max_size=16),
    st.binary(max_size=8),
)
def test_no_exif_is_an_error(tag: int, kind: int, count: int, value: bytes, tail: bytes) -> None:
    exposure(raw(tag, kind, count, value) + tail)


@settings(deadline=None)
@given(st.fractions(min_value=Fraction(1, 40_000), max_value=80_000))
def test_a_time_as_written_is_true_to_a_tenth(seconds: Fraction) -> None:
    pair = seconds.limit_denominator(50_000)
    found = exposure(raw(TIME, RATIONAL, 1, struct.pack("<II", pair.numerator, pair.denominator)))
    assert found is not None
    assert found.seconds is not None
    assert float(Fraction(found.seconds)) == pytest.approx(float(pair), rel=0.11)
