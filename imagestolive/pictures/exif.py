"""What we read of EXIF: which way is up, and how the camera was set. Never a place, a date, a name or a number of a device."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from fractions import Fraction
from numbers import Rational

from PIL import Image

from imagestolive.pictures.files import opened
from imagestolive.pictures.jpegs import APP1, Segment, segments
from imagestolive.pictures.unreadable import only_unreadable
from imagestolive.records import Exposure, FetchedImage

UPRIGHT = 1

_ORIENTATION, _CAMERA = 0x0112, 0x8769  # EXIF 2.32, 4.6.4 and 4.6.3: the second leads to a directory of its own
_EXPOSURE_TIME, _F_NUMBER, _ISO = 0x829A, 0x829D, 0x8827
# What a camera can be set to; 65,535 stands for an ISO that has no room here.
_MOST_SECONDS, _MOST_F_NUMBER, _MOST_ISO = 86_400, 256, 65_534
_LEAST_SECONDS, _LEAST_F_NUMBER, _LEAST_ISO = Fraction(1, 100_000), Fraction(1, 2), 1


def exif_segment(pieces: Iterable[Segment]) -> bytes | None:
    """The first EXIF of a JPEG."""
    return next((bytes(piece[4:]) for marker, _, piece in pieces if marker == APP1 and bytes(piece[4:10]) == b"Exif\0\0"), None)


def orientation(image: Image.Image) -> int:
    """What EXIF says, which may be nonsense; broken EXIF says nothing."""
    try:
        found = image.getexif().get(_ORIENTATION)
    except Exception:  # as for the readers: there is no list
        return UPRIGHT
    return found if isinstance(found, int) else UPRIGHT


def exposure(fetched: FetchedImage) -> Exposure | None:
    """How the camera was set; None where the file does not say, or says nonsense."""
    try:
        with only_unreadable():
            tags = _exif(fetched).get_ifd(_CAMERA) if fetched.shape is None else {}
    except Exception:  # as above
        return None
    seconds = _between(tags.get(_EXPOSURE_TIME), _LEAST_SECONDS, _MOST_SECONDS)
    f_number = _between(tags.get(_F_NUMBER), _LEAST_F_NUMBER, _MOST_F_NUMBER)
    iso = _between(tags.get(_ISO), _LEAST_ISO, _MOST_ISO)
    if seconds is f_number is iso is None:
        return None
    return Exposure(
        seconds=None if seconds is None else _as_cameras_write(seconds),
        f_number=None if f_number is None else float(round(f_number, 1)),
        iso=None if iso is None else round(iso),
    )


def _exif(fetched: FetchedImage) -> Image.Exif:
    if not fetched.data.startswith(b"\xff\xd8"):
        return opened(fetched.data).getexif()
    exif = Image.Exif()
    exif.load(exif_segment(segments(fetched.data)) or b"")
    return exif


def _between(value: object, least: Fraction | int, most: int) -> Fraction | None:
    """A number within these bounds; None for anything else, such as a fraction of noughts."""
    with contextlib.suppress(ArithmeticError, ValueError, TypeError):
        if isinstance(value, (float, Rational)):
            number = Fraction(*(value.as_integer_ratio() if isinstance(value, float) else (int(value.numerator), int(value.denominator))))
            return number if least <= number <= most else None
    return None


def _as_cameras_write(seconds: Fraction) -> str:
    """A time as a fraction of one where that is true to a tenth.

    >>> [_as_cameras_write(Fraction(time)) for time in ("0.004", "0.5", "0.4", "1.3", "30")]
    ['1/250', '1/2', '0.4', '1.3', '30']
    """
    parts = round(1 / seconds)
    if parts > 1 and abs(parts * seconds - 1) <= Fraction(1, 10):
        return f"1/{parts}"
    return f"{float(round(seconds, 1)):g}"
