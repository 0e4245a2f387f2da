"""PASCAL VOC annotations: one XML file an image, saying what is in it and in which boxes. ImageNet and Stanford Dogs use them.

XML with a document type or entities is refused: no annotation needs them, and they can make a small file grow without end or
reach for others.
"""

from __future__ import annotations

import re
from typing import Any

from defusedxml.ElementTree import ParseError, fromstring

from imagestolive.datasets.boxes import in_fractions

MOST_BYTES = 2**20  # hundreds of objects take less
_SIDE = re.compile(r"\s*[1-9][0-9]{0,8}\s*")

NamedBox = tuple[str, float, float, float, float]


def boxes(xml: bytes) -> list[NamedBox]:
    """Each object as (name, x0, y0, x1, y1), in fractions of the image's width and height, from the top left, kept within 0..1.

    Raises ValueError for what is no such annotation, has a box that cannot be right, or is longer than 1 MiB.

    >>> box = "<bndbox><xmin>5</xmin><ymin>0</ymin><xmax>10</xmax><ymax>8</ymax></bndbox>"
    >>> size = "<size><width>20</width><height>10</height><depth>3</depth></size>"
    >>> boxes(f"<annotation>{size}<object><name>basset</name>{box}</object></annotation>".encode())
    [('basset', 0.25, 0.0, 0.5, 0.8)]
    """
    if len(xml) > MOST_BYTES:
        raise ValueError("the annotation is too long")
    try:
        annotation = fromstring(xml, forbid_dtd=True)  # refusals are ValueErrors
    except (ParseError, LookupError) as error:  # LookupError: an encoding nobody knows
        raise ValueError(str(error)) from None
    width_px, height_px = _side(annotation, "width"), _side(annotation, "height")
    return [_box(found, width_px, height_px) for found in annotation.iterfind("object")]


def _side(annotation: Any, name: str) -> int:
    if found := _SIDE.fullmatch(annotation.findtext(f"size/{name}") or ""):
        return int(found[0])
    raise ValueError("the image’s size cannot be right")


def _box(found: Any, width_px: int, height_px: int) -> NamedBox:
    name = (found.findtext("name") or "").strip()
    corners = [found.findtext(f"bndbox/{corner}") or "" for corner in ("xmin", "ymin", "xmax", "ymax")]
    try:
        box = in_fractions(corners, width_px, height_px)
    except ValueError:
        box = None
    if not name or box is None:
        raise ValueError("an object has no name, or its box cannot be right")
    return name, *box
