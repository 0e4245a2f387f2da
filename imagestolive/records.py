"""Frozen data classes that cross the borders between rooms. What a data set does not say is None or empty, never guessed."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, replace
from typing import Literal

People = Literal["none", "some", "unknown"]
Flag = Literal["nsfw", "unsafe", "person", "face", "minor", "plate", "no_cv", "withdrawn", "review"]
Reason = Literal[
    "data set refused",
    "withdrawn",
    "reported",
    "flagged",
    "people",
    "held for review",
    "no license",
    "license",
    "not for sale",
    "gone",
    "not here",
    "unreadable",
    "too small",
    "too long",
    "not an image",
    "asked not to",
    "address refused",
    "not reachable",
]
FLAGS: tuple[Flag, ...] = ("nsfw", "unsafe", "person", "face", "minor", "plate", "no_cv", "withdrawn", "review")


@dataclass(frozen=True, kw_only=True)
class Label:
    """A word that somebody, or some program, attached to an image: a claim, not a fact."""

    text: str
    by: str | None = None  # who says so, in the makers' words: "verification", "crowdsource-verification"
    confidence: float | None = None  # 0..1


@dataclass(frozen=True, kw_only=True)
class Region:
    """An area of the upright image, in fractions of its width and height (0..1, from the top left)."""

    box: tuple[float, float, float, float] | None = None  # x0, y0, x1, y1
    polygon: tuple[tuple[float, float], ...] = ()  # (x, y), ...
    label: str | None = None
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImageRecord:
    """One image as its data set describes it; the pixels are not here yet."""

    dataset: str  # key of the data set, such as "open-images"
    image_id: str  # the makers' own id, as text: "0006400c1c224e19", "000000217285"
    locator: str  # where the bytes are, relative to the data set's root: "train/0006400c1c224e19.jpg"
    photo_id: str | None = None  # Flickr's photo id, ASCII digits
    author_id: str | None = None  # Flickr's NSID, "12345678@N00"
    width_px: int | None = None
    height_px: int | None = None
    rotation_deg: int | None = None  # counter-clockwise turn the makers say the stored file still needs: 0, 90, 180, 270
    title: str | None = None
    author: str | None = None
    author_url: str | None = None
    landing_url: str | None = None  # the page a person can open
    source_url: str | None = None  # the image file itself
    md5: str | None = None  # lower-case hex, as published
    license_raw: str | None = None  # as recorded, unchanged
    license: str | None = None  # slug and version of licenses.py ("by-2.0"); None: this image has no license of its own
    dataset_license: str | None = None  # the data set's license or terms, as its datasheet states them
    license_seen_on: str | None = None  # ISO date
    labels: tuple[Label, ...] = ()
    captions: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    flags: frozenset[Flag] = frozenset()
    people: People = "unknown"
    collected_on: str | None = None  # ISO date


def _set_at_once(record: ImageRecord, **facts: object) -> None:
    """Takes a third of the time of the __init__ of a frozen data class, which goes through object.__setattr__ field by field:
    an index of a hundred million rows makes as many records. Raises TypeError for a name too many or too few."""
    record.__dict__.update(_DEFAULTS, **facts)
    if len(record.__dict__) != _FIELDS:
        raise TypeError(f"an image record takes dataset, image_id, locator and {', '.join(_DEFAULTS)}, not {', '.join(facts)}")


_FIELDS = len(fields(ImageRecord))
_DEFAULTS = {part.name: part.default for part in fields(ImageRecord) if part.default is not MISSING}
ImageRecord.__init__ = _set_at_once  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class FetchedImage:
    """The bytes of one image, whole. `shape` is None for an image file; for array rows the data are raw 8-bit samples."""

    record: ImageRecord
    data: bytes
    sha256: str  # hex, of `data`
    shape: tuple[int, int, int] | None = None  # height, width, channels (1 grey, 3 RGB)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image ready for paper: upright, 8-bit grey or RGB in sRGB, flattened on white.

    Exactly one of `jpeg` and `samples` is set. `jpeg` is a JPEG file without personal metadata; `samples` are raw rows. Where the data
    are kept elsewhere (a file that is being made holds them already), neither is.
    """

    sha256: str  # of the bytes it was made from
    width_px: int
    height_px: int
    channels: Literal[1, 3]
    jpeg: bytes | None = None
    samples: bytes | None = None
    untouched: bool = False  # the JPEG's compressed data are the source's, byte for byte
    pale_edge: bool = False  # more than a quarter of its edge pixels are lighter than 240
    dhash: int | None = None  # its difference hash, 64 bits; None: it is too small or too plain to have one
    uniform: bool = False  # it is of one tone all over

    def without_data(self) -> Picture:
        """What is known of it, without the pixels: a thousand of these weigh nothing."""
        return self if self.jpeg is None and self.samples is None else replace(self, jpeg=None, samples=None)


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """How the camera was set, where the file says so; never where, when, or with which camera."""

    seconds: str | None = None  # "1/250", "2"
    f_number: float | None = None
    iso: int | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the pixels of a picture, and the settings of its camera, say."""

    palette: tuple[tuple[int, int, int], ...]  # its most frequent colours, sRGB, at most six, most frequent first
    ink: float  # 0..1, how much of the paper black ink would cover
    exposure: Exposure | None = None


@dataclass(frozen=True, kw_only=True)
class Band:
    """From which score of a model on, 0..1, an image has to be looked at by a person, and from which it is held back."""

    review: float
    hold: float


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether an image may go on. A refusal has a reason; a detail may say more."""

    reason: Reason | None = None
    detail: str | None = None

    @property
    def allowed(self) -> bool:
        return self.reason is None


ALLOWED = Decision()
