"""COCO, 2014 and 2017: annotations/instances_{split}.json, panoptic_{split}.json and captions_{split}.json, each where it is there.

Images lie in {split}/, in images/{split}/ or in the root; a file there that two splits list is taken for neither. The files name
no photographer. They give each photo's license by number (the list of the same file says which) and its address at Flickr, whose
photo id leads to the page where the name stands. Categories, too, are numbered by each file for itself. Of the panoptic files the
boxes are taken: of everything, or where the instances are here, too, of what those do not outline.
"""

from __future__ import annotations

import datetime
import functools
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from imagestolive import licenses
from imagestolive.datasets import flickr
from imagestolive.datasets.boxes import DIGITS, whole
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.jsonfiles import read_members
from imagestolive.datasets.locators import locator, shown
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import Flag, ImageRecord, Label, Region

ANNOTATIONS = "annotations"
PERSON: Flag = "person"  # a category of theirs, and a flag of ours
_KINDS = ("instances", "panoptic", "captions")  # those of one split are read in this order
_EXPECTED = f"{ANNOTATIONS}/instances_*.json, panoptic_*.json, captions_*.json: images, licenses, annotations, categories"
_FILE = re.compile(rf"(?P<kind>{'|'.join(_KINDS)})_(?P<split>\w+)\.json")
_MEMBERS_COUNTED = 100  # of a file, besides those we know
_FACTS = ("license", "flickr_url", "coco_url", "date_captured")  # of an image, each of which may be absent

Note = tuple[str | int, str, Any]  # image, kind, value


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records split by split, in the order of the images lists. Raises NotThisFormat, JsonRefused."""
    splits: dict[str, list[Path]] = {}
    for path, split in _files(root, problems):
        splits.setdefault(split, []).append(path)
    if not splits:
        raise other_format(root, _EXPECTED)
    with scratch() as notes:
        noted = [_Split(root, split, paths, sheet, problems, notes) for split, paths in splits.items()]
        for one in noted:
            one.note()
        notes.end_notes()
        for one in noted:
            yield from one.records()


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    yield root
    for path, split in _files(root):
        yield from (path, root / split, root / "images" / split)


def _files(root: Path, problems: Problems | None = None) -> list[tuple[Path, str]]:
    """The files we read with the split each is about."""
    paths = makers_files(root, f"{ANNOTATIONS}/*.json", problems=problems)
    found = [(path, name) for path in paths if (name := _FILE.fullmatch(path.name))]
    found.sort(key=lambda pair: (pair[1]["split"], _KINDS.index(pair[1]["kind"])))
    return [(path, name["split"]) for path, name in found]


class Lists:
    """What stands in a file of COCO's beside images and annotations, and is short: licenses and categories. Another file may number
    them in another way."""

    def __init__(self) -> None:
        self._licenses: dict[int | str, Any] = {}  # their number -> address
        self.categories: dict[int, str] = {}  # their number -> name

    def add_license(self, value: Any) -> tuple[()]:
        """An entry of the list of licenses. It and those below raise KeyError, TypeError or ValueError for an entry not as documented,
        and for a second one with the same number."""
        self._licenses[_new_key(value["id"], self._licenses)] = value["url"] or value["name"]
        return ()

    def add_category(self, value: Any) -> tuple[()]:
        self.categories[_new_key(value["id"], self.categories)] = text(value["name"]) or "?"
        return ()

    @staticmethod
    def facts(image: Any) -> dict[str, Any]:
        """What an entry of the list of images says, to be noted: the licenses may come after it."""
        name = image["file_name"]
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or text(name) != name or "\\" in name or "\0" in name:
            raise ValueError(name)
        facts = {fact: value if type(value := image.get(fact)) in (str, int) else None for fact in _FACTS}
        return {"file_name": path.as_posix(), **facts, **{fact: whole(image[fact]) for fact in ("id", "width", "height")}}

    def credit(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What they mean, as fields of a record."""
        flickr_url = web_address(facts["flickr_url"])
        photo_id = flickr.photo_id(flickr_url)
        license_raw = text(self._licenses.get(facts["license"]))
        return {
            "photo_id": photo_id,
            "landing_url": flickr.page(photo_id) if photo_id else None,
            "source_url": flickr_url or web_address(facts["coco_url"]),
            "license_raw": license_raw,
            "license": licenses.license_id(license_raw),
            "collected_on": _day(facts["date_captured"]),
        }


def _new_key(key: Any, taken: Mapping[Any, Any]) -> Any:
    """A number that is not taken yet. Raises ValueError."""
    if type(key) not in (int, str) or key in taken:
        raise ValueError(key)
    return key


def claimed_again(notes: Scratch, by: str, path: str) -> list[Note]:
    """A note `claimed again` of a path to which one of the kind `by`, a word, lays claim though another did before. It is given once."""
    if notes.first_time(f"{by} {path}") or not notes.first_time(f"again {path}"):
        return []
    return [(path, "claimed again", True)]


def notes_of(
    path: Path, problems: Problems, taken: Mapping[str, Callable[[Any], Iterable[Note]]], *, needed: Iterable[str] = ()
) -> Iterator[Note]:
    """What the members of a file say, each given to its function in `taken`; entries these refuse are told to `problems`.
    Raises NotThisFormat when one of `needed` is missing, JsonRefused, OSError."""
    file = f"{ANNOTATIONS}/{path.name}"
    seen: Counter[str] = Counter()
    for member, value in read_members(path, name=file):
        if member in taken or len(seen) < _MEMBERS_COUNTED:
            seen[member] += 1
        if member in taken:
            try:
                yield from taken[member](value)
            except (KeyError, TypeError, ValueError, OverflowError):
                problems.add(file, N_("This entry of the list “{name}” cannot be right."), row=seen[member], name=member)
    if set(needed) - seen.keys():
        raise NotThisFormat(folder=file, expected=_EXPECTED, found=", ".join(shown(member, 80) for member in sorted(seen)[:10]) or "–")


class _Split:
    """One split: its files are gone through once, what they say of an image is noted, then its images come out in order."""

    def __init__(self, root: Path, name: str, paths: list[Path], sheet: Datasheet, problems: Problems, notes: Scratch) -> None:
        self.root = root
        self.name = name
        self.paths = paths
        self.sheet = sheet
        self.problems = problems
        self.notes = notes
        self.lists = [Lists() for _ in paths]
        self.outlined: frozenset[str] = frozenset()  # categories that the instances are of
        self.folders = [folder for folder in (f"{name}/", f"images/{name}/", "") if (root / folder).is_dir()]

    def note(self) -> None:
        for number, (path, lists) in enumerate(zip(self.paths, self.lists, strict=True)):
            taken: dict[str, Callable[[Any], Iterable[Note]]] = {
                "categories": lists.add_category,
                "annotations": functools.partial(self._annotation_notes, number),
            }
            if number == 0:
                taken |= {"licenses": lists.add_license, "images": self._image_notes}
            self.notes.note(notes_of(path, self.problems, taken, needed=("images", "annotations")))
            if path.name.startswith("instances"):
                self.outlined = frozenset(lists.categories.values())

    def _image_notes(self, image: Any) -> list[Note]:
        facts = Lists.facts(image)
        if not self.notes.first_time(f"/{self.name}/{facts['id']}"):
            raise ValueError(image)
        claims = [claim for folder in self.folders for claim in claimed_again(self.notes, "an image", folder + facts["file_name"])]
        return [(facts["id"], f"image {self.name}", facts), *claims]

    def _annotation_notes(self, number: int, annotation: Any) -> list[Note]:
        return [(image, f"{kind} {self.name}", (number, said)) for image, kind, said in annotation_notes(annotation)]

    def records(self) -> Iterator[ImageRecord]:
        absent = 0
        for image in self.notes.all_notes(f"image {self.name}"):
            place = self._place(image["file_name"])
            if place is None:
                absent += 1
            elif self.notes.notes(place, "claimed again"):
                self.problems.add(place, N_("More than one entry of the lists means this file; it is not used."))
            else:
                yield self._record(image, place)
        self.problems.add_sum(f"{ANNOTATIONS}/{self.paths[0].name}", N_("Images whose file is not here: {n}"), absent)

    def _place(self, name: str) -> str | None:
        """Where an image's file is, below the root; None when it is not here."""
        return next((folder + name for folder in self.folders if os.path.isfile(f"{self.root}/{folder}{name}")), None)

    def _record(self, image: Any, place: str) -> ImageRecord:
        number, size_px = image["id"], (image["width"], image["height"])
        regions: list[Region] = []
        for category, box, polygons in self._said(number, "outline"):
            regions += _regions(category, box, polygons, *size_px)
        segments = list(self._said(number, "segment"))
        for category, box in segments:
            if category not in self.outlined:
                regions += _regions(category, box, [], *size_px)
        names = dict.fromkeys(region.label for region in regions if region.label)
        shows_people = PERSON in names or any(category == PERSON for category, _ in segments)
        return ImageRecord(
            dataset=self.sheet.key,
            image_id=f"{number:012}",
            locator=locator(place),
            width_px=size_px[0],
            height_px=size_px[1],
            dataset_license=self.sheet.license,
            labels=tuple(Label(text=name) for name in names),
            captions=tuple(caption for _, caption in self.notes.notes(number, f"caption {self.name}")),
            regions=tuple(regions),
            flags=frozenset((PERSON, *self.sheet.flags)) if shows_people else frozenset(self.sheet.flags),
            people="some" if shows_people else self.sheet.people,
            **self.lists[0].credit(image),
        )

    def _said(self, image: int, kind: str) -> Iterator[Any]:
        """What was noted of an image, the category by its name in the file that says so."""
        for number, (category, *rest) in self.notes.notes(image, f"{kind} {self.name}"):
            yield self.lists[number].categories.get(category), *rest


def _numbers(values: Any) -> list[float]:
    numbers = list(map(float, values))
    if all(map(math.isfinite, numbers)):
        return numbers
    raise ValueError(values)


def _day(captured: Any) -> str | None:
    """2013-11-17 of "2013-11-17 22:45:59", the moment the makers took the photograph over."""
    try:
        return datetime.date.fromisoformat(str(captured)[:10]).isoformat()
    except ValueError:
        return None


def _image_notes(image: Any) -> list[Note]:
    facts = Lists.facts(image)
    return [(facts["id"], "image", facts)]


def annotation_notes(annotation: Any) -> list[Note]:
    """A "caption"; an "outline" [category, box, polygons]; or of a panoptic file each "segment" [category, box]."""
    image = whole(annotation["image_id"])
    if "caption" in annotation:
        caption = text(annotation["caption"])
        if caption is None:
            raise ValueError(annotation)
        return [(image, "caption", caption)]
    if "segments_info" in annotation:
        return [(image, "segment", [whole(segment["category_id"]), _box(segment)]) for segment in annotation["segments_info"]]
    return [(image, "outline", [whole(annotation["category_id"]), _box(annotation), _polygons(annotation)])]


def _box(annotation: Any) -> list[float]:
    """[x, y, width, height] in pixels."""
    box = _numbers(annotation["bbox"])
    if len(box) == 4:
        return box
    raise ValueError(annotation)


def _polygons(annotation: Any) -> list[list[float]]:
    """[[x1, y1, x2, y2, ...], ...] in pixels; of a crowd, whose outline is written in another way, none."""
    coded = annotation.get("segmentation")
    polygons = [_numbers(polygon) for polygon in coded] if isinstance(coded, list) else []
    if any(len(polygon) < 6 or len(polygon) % 2 for polygon in polygons):
        raise ValueError(annotation)
    return polygons


def _regions(label: str | None, box: list[float], polygons: list[list[float]], width_px: int, height_px: int) -> Iterator[Region]:
    """One region a polygon (a thing seen in parts has several); the box stands on the first."""
    x, y, width, height = box
    (x0, x1), (y0, y1) = _fractions([x, x + width], width_px), _fractions([y, y + height], height_px)
    outlines = [tuple(zip(_fractions(polygon[::2], width_px), _fractions(polygon[1::2], height_px), strict=True)) for polygon in polygons]
    yield Region(box=(x0, y0, x1, y1), polygon=outlines[0] if outlines else (), label=label)
    for outline in outlines[1:]:
        yield Region(polygon=outline, label=label)


def _fractions(pixels: list[float], side_px: int) -> list[float]:
    """Places along a side as fractions of it; outlines may stick out a little."""
    fractions = [round(place / side_px, DIGITS) for place in pixels]
    if min(fractions) < 0 or max(fractions) > 1:
        return [min(max(fraction, 0.0), 1.0) for fraction in fractions]
    return fractions
