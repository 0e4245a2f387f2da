"""Open Images, V4 to V7: CSV files in the root, images as {subset}/{ImageID}.jpg.

Every CSV in the root whose header has ImageID, Subset and OriginalURL lists images; several may, and an image counts once.
An image whose file is not here is known by its address at Flickr. Boxes (*annotations-bbox*.csv), image-level labels
(*imagelabels*.csv) and the names of classes (*class-descriptions*.csv) are taken in where they lie in the root. Sizes and MD5
sums are those of the originals at Flickr; the copies that are handed around are smaller, so the sum is kept but not compared here.
"""

from __future__ import annotations

import binascii
import functools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from imagestolive import licenses
from imagestolive.datasets.csvfiles import read_header, read_plain, read_rows
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.flickr import nsid, photo_id
from imagestolive.datasets.locators import elsewhere_locator, locator
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import Flag, ImageRecord, Label, Region

SUBSETS = ("train", "validation", "test")
_IMAGE_ID = re.compile("[0-9a-f]{16}")
_LISTS_IMAGES = frozenset({"imageid", "subset", "originalurl"})
_ROTATIONS = {"": None, "nan": None, "0": 0, "90": 90, "180": 180, "270": 270}
# What a class says of people, by its English name: the makers' claims, not ours.
_FLAGS: dict[str, tuple[Flag, ...]] = {
    "Person": ("person",),
    "Man": ("person",),
    "Woman": ("person",),
    "Boy": ("person", "minor"),
    "Girl": ("person", "minor"),
    "Human body": ("person",),
    "Human head": ("person", "face"),
    "Human face": ("person", "face"),
    "Vehicle registration plate": ("plate",),
}


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the CSV files' names and rows. Raises NotThisFormat, CsvRefused."""
    lists = _image_lists(root, problems)
    folders = [subset for subset in SUBSETS if (root / subset).is_dir()]
    with scratch() as notes:
        annotated = _note_annotations(root, notes, problems)
        for path in lists:
            absent = 0
            for row, cells in read_rows(path, problems, makers=True):
                image_id, subset = cells["imageid"], cells["subset"]
                if not _IMAGE_ID.fullmatch(image_id) or subset not in SUBSETS:
                    problems.add(path.name, N_("“{value}” is no image id, or its subset is not known."), row=row, value=image_id)
                elif len(lists) == 1 or notes.first_time(image_id):
                    source_url = web_address(cells["originalurl"])
                    where = _locator(root, f"{subset}/{image_id}.jpg" if subset in folders else None, source_url)
                    if where is None:
                        absent += 1
                        continue
                    try:
                        yield _record(cells, sheet, where, source_url, notes if annotated else None)
                    except ValueError as error:
                        problems.add(path.name, N_("“{value}” cannot be right."), row=row, value=str(error))
            problems.add_sum(path.name, N_("Rows whose file is not here: {n}"), absent)


def depends_on(root: Path, _: Datasheet) -> list[Path]:
    return [*makers_files(root, "*.csv"), *(root / subset for subset in SUBSETS)]


def _image_lists(root: Path, problems: Problems) -> list[Path]:
    if lists := [path for path in makers_files(root, "*.csv", problems=problems) if set(read_header(path)) >= _LISTS_IMAGES]:
        return lists
    raise other_format(root, "*.csv: ImageID, Subset, OriginalURL, …")


def _locator(root: Path, file: str | None, source_url: str | None) -> str | None:
    """Where an image is: `file`, below the root, if it is here, else its address; None where it has none."""
    if file and os.path.isfile(f"{root}/{file}"):  # a Path would take thrice as long
        return locator(file)
    return elsewhere_locator(source_url) if source_url else None


def _record(cells: dict[str, str], sheet: Datasheet, where: str, source_url: str | None, notes: Scratch | None) -> ImageRecord:
    """One row; `notes` is None where there are none of any image. Raises ValueError with the cell that cannot be right."""
    image_id = cells["imageid"]
    landing_url = web_address(cells.get("originallandingurl"))
    author_url = web_address(cells.get("authorprofileurl"))
    license_raw = text(cells.get("license"))
    rotation_deg = _rotation_deg(cells.get("rotation", ""))
    boxes, labels = _annotations(image_id, notes) if notes else ((), ())
    flags = frozenset(flag for label in labels for flag in _FLAGS.get(label.text, ())) if labels else frozenset()
    return ImageRecord(
        dataset=sheet.key,
        image_id=image_id,
        locator=where,
        photo_id=photo_id(source_url) or photo_id(landing_url),
        author_id=nsid(author_url) or nsid(landing_url),
        rotation_deg=rotation_deg,
        title=text(cells.get("title")),
        author=text(cells.get("author")),
        author_url=author_url,
        landing_url=landing_url,
        source_url=source_url,
        md5=_md5(cells.get("originalmd5", "")),
        license_raw=license_raw,
        license=_license_id(license_raw),
        dataset_license=sheet.license,
        labels=labels,
        regions=() if rotation_deg else boxes,  # whether boxes of a turned image follow the turn is documented nowhere
        flags=flags | frozenset(sheet.flags),
        people="some" if "person" in flags else sheet.people,
    )


_license_id = functools.lru_cache(licenses.license_id)


def _annotations(image_id: str, notes: Scratch) -> tuple[tuple[Region, ...], tuple[Label, ...]]:
    """The boxes of an image, and its labels with those that only a box bears."""
    boxes = [Region(box=tuple(box), label=name, by=by) for name, by, box in notes.notes(image_id, "box")]
    labels = [Label(text=name, by=by, confidence=confidence) for name, by, confidence in notes.notes(image_id, "label")]
    named = {label.text for label in labels}
    for region in boxes:
        if region.label and region.label not in named:
            named.add(region.label)
            labels.append(Label(text=region.label, by=region.by))
    return tuple(boxes), tuple(labels)


def _rotation_deg(cell: str) -> int | None:
    key = cell.lower().removesuffix(".0")
    if key not in _ROTATIONS:
        raise ValueError(cell)
    return _ROTATIONS[key]


def _md5(cell: str) -> str | None:
    """Hex out of base64: pDSYaFytmWu7/qeVPjoryQ== is a43498685cad996bbbfea7953e3a2bc9."""
    try:
        digest = binascii.a2b_base64(cell, strict_mode=True)
    except ValueError:  # binascii.Error, or letters beyond ASCII
        raise ValueError(cell) from None
    if len(digest) not in (0, 16):
        raise ValueError(cell)
    return digest.hex() or None


# ---- annotations ------------------------------------------------------------------------------------------------------


def _note_annotations(root: Path, notes: Scratch, problems: Problems) -> bool:
    """Whether there are any files of them."""
    names = _class_names(root, problems)
    boxes, labels = (makers_files(root, pattern) for pattern in ("*annotations-bbox*.csv", "*imagelabels*.csv"))
    for path in boxes:
        notes.note(_boxes(path, names, problems))
    for path in labels:
        notes.note(_labels(path, names, problems))
    notes.end_notes()
    return bool(boxes or labels)


def _class_names(root: Path, problems: Problems) -> dict[str, str]:
    """/m/01g317 -> Person. Newer files have a header, older ones have none; either way a class begins with a slash."""
    names = {}
    for path in makers_files(root, "*class-descriptions*.csv"):
        for _, cells in read_plain(path, problems, name=path.name, makers=True):
            if len(cells) == 2 and cells[0].startswith("/"):
                names[cells[0]] = cells[1]
    return names


def _boxes(path: Path, names: dict[str, str], problems: Problems) -> Iterator[tuple[str, str, Any]]:
    """(image, "box", [class, who says so, [x0, y0, x1, y1]])."""
    for row, cells in read_rows(path, problems, makers=True):
        x0, y0, x1, y1 = (_fraction(cells.get(column)) for column in ("xmin", "ymin", "xmax", "ymax"))
        name = cells.get("labelname", "")
        if x0 is None or y0 is None or x1 is None or y1 is None or x0 > x1 or y0 > y1 or "imageid" not in cells:
            problems.add(path.name, N_("This row holds no box."), row=row)
        else:
            yield cells["imageid"], "box", [names.get(name, name), text(cells.get("source")), [x0, y0, x1, y1]]


def _labels(path: Path, names: dict[str, str], problems: Problems) -> Iterator[tuple[str, str, Any]]:
    """(image, "label", [class, who says so, confidence]). Confidence 0 means: checked, and not in the picture."""
    for row, cells in read_rows(path, problems, makers=True):
        confidence = _fraction(cells.get("confidence"))
        name = cells.get("labelname", "")
        if confidence is None or not name or "imageid" not in cells:
            problems.add(path.name, N_("This row holds no label."), row=row)
        elif confidence:
            yield cells["imageid"], "label", [names.get(name, name), text(cells.get("source")), confidence]


def _fraction(cell: str | None) -> float | None:
    """A number from 0 to 1."""
    try:
        number = float(cell or "")
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None
