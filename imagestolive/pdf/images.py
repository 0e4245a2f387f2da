"""Bitmaps -> image streams of a PDF: JPEG data as they are, samples and QR codes losslessly; each bitmap once a file."""

from __future__ import annotations

import zlib

import pikepdf
from pikepdf import Name

from imagestolive.faces import Code, Image
from imagestolive.pictures import enlarge
from imagestolive.records import Picture

_Modules = tuple[tuple[bool, ...], ...]

_SPACES = {1: Name.DeviceGray, 3: Name.DeviceRGB}


class Bitmaps:
    """Gives names to the bitmaps that pages draw, and makes their streams."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[Picture, int | None], str] = {}
        self._codes: dict[_Modules, str] = {}

    def name(self, item: Image | Code) -> str:
        """The resource name of what an item shows; the same picture or code has the same name everywhere."""
        if isinstance(item, Code):
            return self._codes.setdefault(item.modules, f"/Code{len(self._codes) + 1}")
        return self._pictures.setdefault((item.picture, item.dots), f"/Picture{len(self._pictures) + 1}")

    def streams(self, pdf: pikepdf.Pdf) -> dict[str, pikepdf.Stream]:
        """An image XObject for each name given out."""
        pictures = {name: _picture(pdf, picture, dots) for (picture, dots), name in self._pictures.items()}
        codes = {name: _code(pdf, modules) for modules, name in self._codes.items()}
        return pictures | codes


def _picture(pdf: pikepdf.Pdf, picture: Picture, dots: int | None) -> pikepdf.Stream:
    """Pixels that are to be seen are enlarged here, so that no viewer smooths them."""
    if dots:
        picture = enlarge(picture, dots)
    data, filter_name = (picture.jpeg, Name.DCTDecode) if picture.jpeg else (zlib.compress(picture.samples or b""), Name.FlateDecode)
    return pikepdf.Stream(
        pdf,
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width_px,
        Height=picture.height_px,
        ColorSpace=_SPACES[picture.channels],
        BitsPerComponent=8,
        Filter=filter_name,
    )


def _code(pdf: pikepdf.Pdf, modules: _Modules) -> pikepdf.Stream:
    """A mask through which black is painted where a bit is 0. A module is 8 x 8 bits: a byte, eight rows; large enough to stay sharp."""
    rows = b"".join(8 * bytes(0x00 if dark else 0xFF for dark in row) for row in modules)
    side = 8 * len(modules)
    return pikepdf.Stream(
        pdf,
        zlib.compress(rows),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=side,
        Height=side,
        ImageMask=True,
        BitsPerComponent=1,
        Filter=Name.FlateDecode,
    )
