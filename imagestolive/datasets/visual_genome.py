"""Visual Genome: image_data.json, objects.json, region_descriptions.json; images in VG_100K/ and VG_100K_2/, or in their archives.

Each JSON file is a list with one entry an image, and lies in the root or one folder below it. Without image_data.json the images are
those of objects.json, as far as its entries have an image_url (an elder cut): without their sizes, so that boxes are left out.
No photographer and no license is named; a flickr_id leads to the page where both stand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from imagestolive.datasets import flickr, tree
from imagestolive.datasets.boxes import in_fractions, whole
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.jsonfiles import read_list
from imagestolive.datasets.locators import elsewhere_locator, is_elsewhere, shown
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tree import Tree, makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import Flag, ImageRecord, Label, Region

IMAGES, OBJECTS, PHRASES = "image_data.json", "objects.json", "region_descriptions.json"
PHRASES_MOST = 50  # of one image, as many as most have
_EXPECTED = f'{IMAGES}: [{{"image_id", "url", "width", "height", …}}, …], {OBJECTS}: [{{"image_id", "objects"}}, …]'
_FILES = r"(?:^|/)VG_100K(?:_2)?/[^/]+$"
_WORDS = re.compile("license plate|[a-z]+")
# What a word in the name of an object says of people: the claim of whoever wrote it, not ours.
_FLAGS: dict[str, tuple[Flag, ...]] = {
    **dict.fromkeys(("person", "people", "man", "men", "woman", "women", "lady", "guy", "skier", "surfer"), ("person",)),
    **dict.fromkeys(("boy", "boys", "girl", "girls", "child", "children", "kid", "kids", "baby", "toddler"), ("person", "minor")),
    "face": ("face",),
    "license plate": ("plate",),
}

Parsed = TypeVar("Parsed")


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of image_data.json. Raises NotThisFormat, JsonRefused, ArchiveRefused."""
    images, objects, phrases = (_file(root, name, problems) for name in (IMAGES, OBJECTS, PHRASES))
    if not (listed := images or objects):
        raise other_format(root, _EXPECTED)
    absent = without_box = 0
    with scratch() as notes:
        notes.note(_places(Tree(root, problems)))
        if objects:
            notes.note(_parsed(objects, _things, problems))
        if phrases:
            notes.note(_parsed(phrases, _phrases, problems))
        notes.end_notes()
        for image in _parsed(listed, _image, problems if images else Problems()):  # objects.json was gone through, and told of, above
            things = [thing for noted in notes.notes(image.number, "things") for thing in noted]
            without_box += sum(corners is None for _, corners in things)
            place = _place(image, notes)
            if place is None:
                absent += 1
            elif is_elsewhere(place) or notes.first_time(place):
                yield _record(image, place, things, notes, sheet)
            else:
                problems.add(listed.name, N_("“{name}” has a row already; this one is not used."), name=place)
    problems.add_sum(OBJECTS, N_("Objects whose box cannot be right: {n}"), without_box)
    problems.add_sum(listed.name, N_("Images whose file is not here: {n}"), absent)


def depends_on(root: Path, _: Datasheet) -> Iterable[Path]:
    return tree.depends_on(root, rf"(?:^|/)(?:{IMAGES}|{OBJECTS}|{PHRASES})$")


def _file(root: Path, name: str, problems: Problems) -> Path | None:
    """The one in the root before those in its folders."""
    return min(makers_files(root, name, f"[!.]*/{name}", problems=problems), key=lambda path: len(path.parts), default=None)


def _places(files: Tree) -> Iterator[tuple[str, str, tuple[int, str]]]:
    """("VG_100K/12.jpg", "file", (folders and archives it lies in, locator))."""
    for found in files.files(_FILES):
        *outer, folder, name = found.path.split("/")
        yield f"{folder}/{name}", "file", (len(outer), found.locator)


def _parsed(path: Path, parse: Callable[[Any], Parsed], problems: Problems) -> Iterator[Parsed]:
    """What `parse` makes of the entries of a file. Raises NotThisFormat where it can make nothing of any."""
    right = wrong = 0
    for row, entry in enumerate(read_list(path), start=1):
        try:
            parsed = parse(entry)
        except (KeyError, TypeError, ValueError):
            problems.add(path.name, N_("This entry cannot be right."), row=row)
            wrong += 1
            found = shown(", ".join(sorted(entry)[:10])) if isinstance(entry, dict) else ""
        else:
            right += 1
            yield parsed
    if wrong and not right:
        raise NotThisFormat(folder=path.name, expected=_EXPECTED, found=found or "–")


# ---- entries: each of these raises KeyError, TypeError or ValueError for one that is not as documented ---------------------


@dataclass(frozen=True, kw_only=True)
class _Image:
    number: int
    url: str | None
    width_px: int | None
    height_px: int | None
    flickr_id: int | None


def _image(entry: Any) -> _Image:
    """{"image_id": 1, "url": "https://…/VG_100K_2/1.jpg", "width": 800, "height": 600, "coco_id": null, "flickr_id": null}"""
    number = _number(entry)
    width_px, height_px, flickr_id = (None if entry.get(name) is None else whole(entry[name]) for name in ("width", "height", "flickr_id"))
    url = web_address(entry.get("url") or entry.get("image_url"))
    return _Image(number=number, url=url, width_px=width_px, height_px=height_px, flickr_id=flickr_id)


def _things(entry: Any) -> tuple[int, str, list[Any]]:
    """(image, "things", [[name or null, [x0, y0, x1, y1] in pixels, or null], ...])."""
    return _number(entry), "things", [[_name(thing), _corners(thing)] for thing in entry["objects"]]


def _phrases(entry: Any) -> tuple[int, str, list[str]]:
    """(image, "phrases", [what people wrote of a part of it, ...]), each once."""
    phrases = (text(region["phrase"]) for region in entry["regions"])
    return _number(entry), "phrases", list(dict.fromkeys(phrase for phrase in phrases if phrase))[:PHRASES_MOST]


def _number(entry: Any) -> int:
    return whole(entry["image_id"] if "image_id" in entry else entry["id"])


def _name(thing: Any) -> str | None:
    """The first of an object's names; the others are other words for the same."""
    names = thing["names"]
    return text(names[0]) if isinstance(names, list) and names else None


def _corners(thing: Any) -> list[float] | None:
    try:
        x, y, width, height = (float(thing[name]) for name in ("x", "y", "w", "h"))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    corners = [x, y, x + width, y + height]
    return corners if all(map(math.isfinite, corners)) else None


# ---- records ----------------------------------------------------------------------------------------------------------


def _place(image: _Image, notes: Scratch) -> str | None:
    """Where an image's file is; of copies, the one nearest the root. Its address may name another number than its own, and is right."""
    by_address = image.url.split("/")[-2:] if image.url else []
    names = ["/".join(by_address)] if by_address else []
    if not by_address or by_address[-1].partition(".")[0] == str(image.number):
        names += [f"VG_100K/{image.number}.jpg", f"VG_100K_2/{image.number}.jpg"]
    for name in names:
        if here := notes.notes(name, "file"):
            _, locator = min(here, key=lambda place: place[0])
            return str(locator)
    return elsewhere_locator(image.url) if image.url else None


def _record(image: _Image, place: str, things: list[Any], notes: Scratch, sheet: Datasheet) -> ImageRecord:
    photo_id = str(image.flickr_id) if image.flickr_id else None
    names = dict.fromkeys(name for name, _ in things if name)
    flags = frozenset(flag for name in names for word in _WORDS.findall(name.lower()) for flag in _FLAGS.get(word, ()))
    return ImageRecord(
        dataset=sheet.key,
        image_id=str(image.number),
        locator=place,
        photo_id=photo_id,
        width_px=image.width_px,
        height_px=image.height_px,
        landing_url=flickr.page(photo_id) if photo_id else None,
        source_url=image.url,
        dataset_license=sheet.license,
        labels=tuple(Label(text=name) for name in names),
        captions=tuple(phrase for noted in notes.notes(image.number, "phrases") for phrase in noted),
        regions=_regions(things, image),
        flags=flags | frozenset(sheet.flags),
        people="some" if "person" in flags else sheet.people,
    )


def _regions(things: list[Any], image: _Image) -> tuple[Region, ...]:
    if image.width_px is None or image.height_px is None:
        return ()
    boxes = ((name, in_fractions(corners, image.width_px, image.height_px)) for name, corners in things if corners)
    return tuple(Region(box=box, label=name) for name, box in boxes if box)
