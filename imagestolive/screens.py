"""A card -> a wallpaper: the whole image on paper white, its credit at the foot, clear of what a screen lays over it. As PNG.

The image is true to its pixels: scaled down where it is too large, at a whole multiple where it is small, never enlarged smoothly. The
credit is set as on paper, a point to a pixel, and rasterised. The only room that knows PDFium.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pypdfium2

from imagestolive import pdf, pictures
from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.faces import Side, Text
from imagestolive.faces.credit import clipped_title, ever_shorter
from imagestolive.faces.setter import PART_MOST, Setter
from imagestolive.fonts import Fonts
from imagestolive.pictures import Ink, Layer, Patch, Shown
from imagestolive.records import Picture
from imagestolive.sets import shown
from imagestolive.typeset import JOINT, Metrics
from imagestolive.units import mm

LEAST_PX, MOST_PX = 320, 7680  # a side
MOST_MEGAPIXELS = 34  # 7680 × 4320

PAPER, INK, RULE = (247, 245, 240), (29, 27, 24), (217, 212, 201)  # as on the web
MARGIN = 1 / 20  # of the shorter side
CLOCK = 1 / 4  # of the height of an upright screen: a phone's clock lies there
UPRIGHT_FOOT, LYING_FOOT = 1 / 10, 1 / 12  # of the height: buttons of a phone, the bar of a desk
LABEL_MOST = 1 / 4  # of the height
PHONE = 1.5  # upright screens this much higher than wide are held in a hand: fewer, larger letters
PHONE_LETTERS, SCREEN_LETTERS = 32, 60  # ems to the shorter side
LEAST_TYPE_PX = 12
LEAD, ASCENT, DESCENT = 1.4, 1.1, 0.4  # ems: from line to line; above the first baseline; below the last

_OWN = re.compile(r"([0-9]{3,4})\s*[x×]\s*([0-9]{3,4})", re.IGNORECASE)
_PDFIUM = threading.Lock()  # it serves one thread at a time


class NotAScreenSize(ImagesToLiveError):
    sentence = N_(
        "“{typed}” is not the size of a screen: phone, tablet, screen, or pixels such as 1280x800; "
        "each side from {least} to {most}, and at most {megapixels} megapixels."
    )
    field = "screen"


class NothingToShow(ImagesToLiveError):
    """The image of the card was withdrawn, or is gone."""

    sentence = N_("Card {number} has no image to show.")
    field = "card"
    status = 404


@dataclass(frozen=True, kw_only=True)
class ScreenSize:
    key: str
    width_px: int
    height_px: int


SCREENS = {
    size.key: size
    for size in (
        ScreenSize(key="phone", width_px=1080, height_px=2400),
        ScreenSize(key="tablet", width_px=1640, height_px=2360),
        ScreenSize(key="screen", width_px=1920, height_px=1080),
    )
}


@dataclass(frozen=True, kw_only=True)
class Wallpaper:
    """Where the image lies, and the label with its upper left corner; all in px. A point of the label is a pixel."""

    image: Shown
    label: Side | None
    label_x_px: int
    label_y_px: int


def screen_size(typed: str) -> ScreenSize:
    """One of SCREENS by its key, or an own size in px. Raises NotAScreenSize.

    >>> screen_size("1280 × 800").key
    '1280x800'
    """
    key = typed.strip().lower()
    if key in SCREENS:
        return SCREENS[key]
    if found := _OWN.fullmatch(key):
        width_px, height_px = int(found[1]), int(found[2])
        within = min(width_px, height_px) >= LEAST_PX and max(width_px, height_px) <= MOST_PX
        if within and width_px * height_px <= MOST_MEGAPIXELS * 1_000_000:
            return ScreenSize(key=f"{width_px}x{height_px}", width_px=width_px, height_px=height_px)
    raise NotAScreenSize(typed=shown(typed), least=str(LEAST_PX), most=str(MOST_PX), megapixels=MOST_MEGAPIXELS)


def wallpaper(card: Card, size: ScreenSize, fonts: Fonts) -> tuple[bytes, tuple[str, ...]]:
    """A PNG of this size: the same bytes each time, with title, author and credit in its text chunks; and what its label had to give up.

    Raises NothingToShow.
    """
    if card.picture is None:
        raise NothingToShow(number=card.number)
    arranged = arrange(card.picture, card.credit, card.dataset, size, Metrics(fonts))
    layers: list[Layer] = [arranged.image]
    if card.picture.pale_edge:
        layers.insert(0, _keyline(arranged.image, _type_px(size)))
    if arranged.label is not None:
        layers.append(_raster(arranged.label, fonts, arranged.label_x_px, arranged.label_y_px))
    said = {"Title": card.credit.title, "Author": card.credit.author, "Copyright": card.credit.line} if card.credit else {}
    texts = {name: text for name, text in said.items() if text}
    png = pictures.compose(size.width_px, size.height_px, PAPER, layers, texts=texts)
    return png, arranged.label.warnings if arranged.label else ()


def arrange(picture: Picture, credit: Credit | None, dataset: str | None, size: ScreenSize, metrics: Metrics) -> Wallpaper:
    """The image in the middle of the room that is free above its label; the label begins where the image does, if there is room."""
    margin = round(MARGIN * min(size.width_px, size.height_px))
    upright = size.height_px > size.width_px
    top = round(CLOCK * size.height_px) if upright else margin
    foot = size.height_px - round((UPRIGHT_FOOT if upright else LYING_FOOT) * size.height_px)
    left, right = margin, size.width_px - margin
    if credit is None:
        return Wallpaper(image=_placed(picture, left, top, right, foot), label=None, label_x_px=left, label_y_px=foot)
    setter = Setter(metrics)
    label = _label(credit, dataset, setter, right - left, _type_px(size), math.floor(LABEL_MOST * size.height_px))
    label_y = foot - label.height_px
    image = _placed(picture, left, top, right, label_y - margin // 2)
    under = label.narrowed(right - image.x_px, metrics)
    label_x = image.x_px if under else left
    return Wallpaper(image=image, label=(under or label).side(setter, right - label_x), label_x_px=label_x, label_y_px=label_y)


def _placed(picture: Picture, left: int, top: int, right: int, bottom: int) -> Shown:
    """The whole picture in the middle of this room, no larger than a whole multiple of itself."""
    wide, high = right - left, bottom - top
    times = min(wide // picture.width_px, high // picture.height_px)
    scale = times or min(wide / picture.width_px, high / picture.height_px)
    width, height = max(1, round(scale * picture.width_px)), max(1, round(scale * picture.height_px))
    x, y = left + (wide - width) // 2, top + (high - height) // 2
    return Shown(picture=picture, x_px=x, y_px=y, width_px=width, height_px=height)


def _keyline(image: Shown, type_px: float) -> Patch:
    """A hairline around an image that is as pale as the ground."""
    out = max(1, round(type_px / 16))
    return Patch(
        x_px=image.x_px - out,
        y_px=image.y_px - out,
        width_px=image.width_px + 2 * out,
        height_px=image.height_px + 2 * out,
        rgb=RULE,
    )


def _type_px(size: ScreenSize) -> float:
    phone = size.height_px >= PHONE * size.width_px
    return max(LEAST_TYPE_PX, min(size.width_px, size.height_px) / (PHONE_LETTERS if phone else SCREEN_LETTERS))


@dataclass(frozen=True, kw_only=True)
class _Label:
    """The parts of a credit, each in its face, and the lines they make."""

    parts: tuple[tuple[str, str], ...]  # string, face
    lines: tuple[tuple[str, str], ...]
    type_px: float

    @property
    def height_px(self) -> int:
        return math.ceil((ASCENT + LEAD * (len(self.lines) - 1) + DESCENT) * self.type_px)

    def narrowed(self, width_px: int, metrics: Metrics) -> _Label | None:
        """The same in a narrower column, if that takes no more lines."""
        other = _set(self.parts, metrics, width_px, self.type_px)
        return other if len(other.lines) == len(self.lines) else None

    def side(self, setter: Setter, width_px: int) -> Side:
        texts: list[Text] = []
        for n, (string, face) in enumerate(self.lines):
            texts.append(setter.text(0, mm((ASCENT + LEAD * n) * self.type_px), string, face, self.type_px))
        return Side(width_mm=mm(width_px), height_mm=mm(self.height_px), items=tuple(texts), warnings=setter.warnings())


def _label(credit: Credit, dataset: str | None, setter: Setter, width_px: int, type_px: float, most_px: int) -> _Label:
    """Title and author; license and data set; address of the license; terms of the data set. The title shortens first, then the type."""
    title, *author = (setter.drawable(clipped_title(part), "serif", PART_MOST) for part in credit.sense[:2])
    stated = " · ".join(part for part in (credit.license_name, dataset) if part)
    states = (setter.drawable(part, "sans") for part in (stated, credit.license_url, credit.dataset_terms) if part)
    small = [(part.replace(" · ", f" {JOINT}"), "sans") for part in states]
    titles = list(ever_shorter(title))

    def label(words: str, size_px: float) -> _Label:
        speaks = " ".join((words, *author)).rstrip(",")
        return _set(((speaks, "serif"), *small), setter.metrics, width_px, size_px)

    for size_px in _ever_smaller(type_px):
        if label(titles[-1], size_px).height_px <= most_px:
            words, found = next((words, found) for words in titles if (found := label(words, size_px)).height_px <= most_px)
            if words != titles[0]:
                setter.gave_way("title-shortened")
            return found
    raise AssertionError("there is always a smaller size")


def _set(parts: tuple[tuple[str, str], ...], metrics: Metrics, width_px: int, type_px: float) -> _Label:
    lines = [(line, face) for string, face in parts for line in metrics.wrap(string, face, type_px, width_px)]
    return _Label(parts=parts, lines=tuple(lines), type_px=type_px)


def _ever_smaller(type_px: float) -> Iterator[float]:
    while True:
        yield type_px
        type_px *= 0.9


def _raster(side: Side, fonts: Fonts, x_px: int, y_px: int) -> Ink:
    """The label, at one pixel a point, in grey."""
    file = BytesIO()
    pdf.page(file, side, fonts)
    with _PDFIUM, pypdfium2.PdfDocument(file.getvalue()) as document:
        bitmap = document[0].render(grayscale=True)
        width_px, height_px, stride = bitmap.width, bitmap.height, bitmap.stride
        rows = bytes(bitmap.buffer)
    tones = b"".join(rows[stride * y : stride * y + width_px] for y in range(height_px))
    return Ink(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px, tones=tones, rgb=INK)
