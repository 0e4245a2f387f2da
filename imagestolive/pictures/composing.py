"""Pictures, rectangles and type -> one PNG."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from imagestolive.pictures.changing import image_of
from imagestolive.records import Picture

Rgb = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Where something lies, in px from the top left."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class Patch(Layer):
    """A rectangle of one colour."""

    rgb: Rgb


@dataclass(frozen=True, kw_only=True)
class Shown(Layer):
    """A whole picture: scaled down smoothly, as it is, or each pixel as a square; never enlarged smoothly."""

    picture: Picture


@dataclass(frozen=True, kw_only=True)
class Ink(Layer):
    """Type in one colour. `tones` are grey samples row by row: 0 is solid ink, 255 none."""

    tones: bytes
    rgb: Rgb


def compose(width_px: int, height_px: int, ground: Rgb, layers: Iterable[Layer], *, texts: Mapping[str, str]) -> bytes:
    """A PNG of these layers, the first lowest, with `texts` as its text chunks; no dates, and always the same bytes."""
    sheet = Image.new("RGB", (width_px, height_px), ground)
    for layer in layers:
        place = layer.x_px, layer.y_px, layer.x_px + layer.width_px, layer.y_px + layer.height_px
        match layer:
            case Patch():
                sheet.paste(layer.rgb, place)
            case Shown():
                sheet.paste(_at_size(layer), place)
            case Ink():
                covered = layer.tones.translate(_INVERTED)
                sheet.paste(layer.rgb, place, Image.frombytes("L", (layer.width_px, layer.height_px), covered))
    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    png = io.BytesIO()
    sheet.save(png, "PNG", pnginfo=info)
    return png.getvalue()


_INVERTED = bytes(range(255, -1, -1))


def _at_size(shown: Shown) -> Image.Image:
    image = image_of(shown.picture)
    size = shown.width_px, shown.height_px
    if image.size == size:
        return image
    smaller = shown.width_px <= image.width and shown.height_px <= image.height
    return image.resize(size, Image.Resampling.LANCZOS if smaller else Image.Resampling.NEAREST)
