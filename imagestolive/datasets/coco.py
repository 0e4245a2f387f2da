"""COCO, 2014 and 2017: annotations/instances_{split}.json and captions_{split}.json, images in {split}/ or in the root.

The files name no photographer. They give each photo's license by number (their own list says which) and its address at
Flickr, whose photo id leads to the page where the name stands.
"""

from __future__ import annotations

import datetime
import errno
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from imagestolive import licenses
from imagestolive.datasets import flickr
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.jsonfiles import read_members
from imagestolive.datasets.locators import locator
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Label, Region

ANNOTATIONS = "annotations"
_EXPECTED = f"{ANNOTATIONS}/instances_*.json, captions_*.json: images, licenses, annotations, categories"
_FILE = re.compile(r"(?P<kind>instances|captions)_(?P<split>\w+)\.json")
_DIGITS = 5  # of a fraction: a hundred-thousandth of a side is less than a tenth of a pixel
_PERSON = "person"
_FACTS = ("license", "flickr_url", "coco_url", "date_captured")  # of an image, each of which may be absent


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records split by split, in the order of the images lists. Raises NotThisFormat, JsonRefused."""
    splits: dict[str, list[Path]] = {}
    for path, split in _files(root):
        splits.setdefault(split, []).append(path)
    if not splits:
        found = ", ".join(sorted(path.name for path in root.iterdir())[:10])
        raise NotThisFormat(folder=str(root), expected=_EXPECTED, found=found or "–")
    for split, paths in splits.items():
        with scratch() as notes:
            yield from _Split(root, split, sheet, problems, notes).read(paths)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    yield root
    for path, split in _files(root):
        yield path
        yield root / split


def _files(root: Path) -> list[tuple[Path, str]]:
    """The files we read with the split each is about; of one split the instances come first."""
    found = [(path, _FILE.fullmatch(path.name)) for path in (root / ANNOTATIONS).glob("*.json")]
    return sorted(((path, name["split"]) for path, name in found if name), key=lambda pair: (pair[1], pair[0].name.startswith("captions")))


class _Split:
    """One split: its files are gone through once, what they say of an image is noted, then its images come out in order."""

    def __init__(self, root: Path, name: str, sheet: Datasheet, problems: Problems, notes: Scratch) -> None:
        self.root = root
        self.name = name
        self.sheet = sheet
        self.problems = problems
        self.notes = notes
        self.licenses: dict[int, str] = {}  # COCO's number -> address
        self.categories: dict[int, str] = {}  # COCO's number -> name

    def read(self, paths: list[Path]) -> Iterator[ImageRecord]:
        for path in paths:
            self.notes.note(self._noted(path, with_images=path == paths[0]))
        self.notes.end_notes()
        absent = 0
        for image in self.notes.all_notes("image"):
            if place := self._place(image["file_name"]):
                yield self._record(image, place)
            else:
                absent += 1
        self.problems.add_sum(f"{ANNOTATIONS}/{paths[0].name}", N_("Images whose file is not here: {n}"), absent)

    def _noted(self, path: Path, *, with_images: bool) -> Iterator[tuple[int, str, Any]]:
        """What a file says: (image id, kind, value). Licenses and categories are few and stay in memory."""
        file = f"{ANNOTATIONS}/{path.name}"
        seen: Counter[str] = Counter()
        for member, value in read_members(path, name=file):
            seen[member] += 1
            try:
                if member == "licenses":
                    self.licenses[value["id"]] = value["url"] or value["name"]
                elif member == "categories":
                    self.categories[value["id"]] = text(value["name"]) or "?"
                elif member == "images" and with_images:
                    yield _image(value)
                elif member == "annotations":
                    yield _caption(value) if "caption" in value else _outline(value)
            except (KeyError, TypeError, ValueError, OverflowError):
                self.problems.add(file, N_("This entry of the list “{name}” cannot be right."), row=seen[member], name=member)
        if not {"images", "annotations"} <= seen.keys():
            raise NotThisFormat(folder=file, expected=_EXPECTED, found=", ".join(sorted(seen)[:10]) or "–")

    def _place(self, name: str) -> str | None:
        """Where an image's file is, below the root; None when it is not here."""
        for place in (f"{self.name}/{name}", name):
            try:
                if (self.root / place).is_file():
                    return place
            except OSError as error:
                if error.errno != errno.ENAMETOOLONG:  # no file can bear such a name, so none is here
                    raise
        return None

    def _record(self, image: Any, place: str) -> ImageRecord:
        number, width_px, height_px = image["id"], image["width"], image["height"]
        flickr_url = web_address(image["flickr_url"])
        photo_id = flickr.photo_id(flickr_url)
        license_raw = text(self.licenses.get(image["license"]))
        regions: list[Region] = []
        for category, box, polygons in self.notes.notes(number, "outline"):
            regions += _regions(self.categories.get(category), box, polygons, width_px, height_px)
        names = dict.fromkeys(region.label for region in regions if region.label)
        return ImageRecord(
            dataset=self.sheet.key,
            image_id=f"{number:012}",
            locator=locator(place),
            photo_id=photo_id,
            width_px=width_px,
            height_px=height_px,
            landing_url=flickr.page(photo_id) if photo_id else None,
            source_url=flickr_url or web_address(image["coco_url"]),
            license_raw=license_raw,
            license=licenses.license_id(license_raw),
            dataset_license=self.sheet.license,
            labels=tuple(Label(text=name) for name in names),
            captions=tuple(self.notes.notes(number, "caption")),
            regions=tuple(regions),
            flags=frozenset(("person", *self.sheet.flags)) if _PERSON in names else frozenset(self.sheet.flags),
            people="some" if _PERSON in names else self.sheet.people,
            collected_on=_day(image["date_captured"]),
        )


def _positive(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53:
        return value
    raise ValueError(value)


def _numbers(values: Any) -> list[float]:
    numbers = [float(value) for value in values]
    if all(map(math.isfinite, numbers)):
        return numbers
    raise ValueError(values)


def _day(captured: Any) -> str | None:
    """2013-11-17 of "2013-11-17 22:45:59", the moment the makers took the photograph over."""
    try:
        return datetime.date.fromisoformat(str(captured)[:10]).isoformat()
    except ValueError:
        return None


def _image(image: Any) -> tuple[int, str, dict[str, Any]]:
    """(image, "image", its facts). It and those below raise KeyError, TypeError or ValueError for an entry not as documented."""
    name = image["file_name"]
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or text(name) != name or "\\" in name or "\0" in name:
        raise ValueError(name)
    facts = {fact: value if isinstance(value := image.get(fact), str | int) else None for fact in _FACTS}
    sizes = {fact: _positive(image[fact]) for fact in ("id", "width", "height")}
    return sizes["id"], "image", {"file_name": name, **facts, **sizes}


def _caption(annotation: Any) -> tuple[int, str, str]:
    caption = text(annotation["caption"])
    if caption is None:
        raise ValueError(annotation)
    return _positive(annotation["image_id"]), "caption", caption


def _outline(annotation: Any) -> tuple[int, str, Any]:
    """(image, "outline", [category, [x, y, width, height], [[x1, y1, x2, y2, ...], ...]]) in pixels; of a crowd the box alone."""
    box = _numbers(annotation["bbox"])
    coded = annotation.get("segmentation")
    polygons = [_numbers(polygon) for polygon in coded] if isinstance(coded, list) else []
    if len(box) != 4 or any(len(polygon) < 6 or len(polygon) % 2 for polygon in polygons):
        raise ValueError(annotation)
    return _positive(annotation["image_id"]), "outline", [_positive(annotation["category_id"]), box, polygons]


def _regions(label: str | None, box: list[float], polygons: list[list[float]], width_px: int, height_px: int) -> Iterator[Region]:
    """One region a polygon (a thing seen in parts has several); the box stands on the first."""

    def fraction(pixels: float, side_px: int) -> float:
        return round(min(max(pixels / side_px, 0.0), 1.0), _DIGITS)

    x, y, width, height = box
    corners = (fraction(x, width_px), fraction(y, height_px), fraction(x + width, width_px), fraction(y + height, height_px))
    outlines = [
        tuple((fraction(px, width_px), fraction(py, height_px)) for px, py in zip(polygon[::2], polygon[1::2], strict=True))
        for polygon in polygons
    ]
    yield Region(box=corners, polygon=outlines[0] if outlines else (), label=label)
    for outline in outlines[1:]:
        yield Region(polygon=outline, label=label)
