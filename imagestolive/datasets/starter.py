"""The starter collection: images that arrive inside Python packages (extra `starter`).

The packages' own files are read where pip put them; the packages themselves are never imported, which would be slow.
Credits stand in the catalogue, as the packages' documentation gives them.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
from collections.abc import Iterator
from pathlib import Path

from imagestolive import licenses
from imagestolive.datasets.datasheet import Datasheet, SheetFile
from imagestolive.datasets.locators import locator
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import ImageRecord, Label

DIGITS = "digits.csv.gz"  # 1,797 rows of 64 values 0-16 and the digit, no header
DIGITS_COLUMNS = 65
LFW_SUBSET = "lfw_subset.npy"  # float64, 200 x 25 x 25, 0..1: 100 faces, then 100 pieces of background
_UNPACKED_MOST_BYTES = 4 * 2**20


class NotInstalled(ImagesToLiveError):
    """The package that brings these images along is absent."""

    sentence = N_("The images of “{title}” come with the Python package {package}, which is not installed: {command}")
    field = "dataset"


def package_folder(package: str, title: str) -> Path:
    """The folder of an installed package, such as "skimage/data"; raises NotInstalled."""
    name, _, folder = package.partition("/")
    found = importlib.util.find_spec(name)
    for place in (found and found.submodule_search_locations) or ():
        if (path := Path(place, folder)).is_dir():
            return path
    raise NotInstalled(title=title, package=name, command='pip install "imagestolive[starter]"')


def read_images(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """The images that the datasheet lists with their credits, as far as this version of the package has them."""
    for listed in sheet.files:
        if (root / listed.file).is_file():
            yield _record(listed, sheet)
        else:
            problems.add(listed.file, N_("The installed version of the package no longer has this file."))


def images_depend_on(root: Path, sheet: Datasheet) -> list[Path]:
    return [root / listed.file for listed in sheet.files]


def _record(listed: SheetFile, sheet: Datasheet) -> ImageRecord:
    return ImageRecord(
        dataset=sheet.key,
        image_id=listed.file,
        locator=locator(listed.file),
        photo_id=listed.photo_id,
        title=listed.title,
        author=listed.author,
        author_url=listed.author_url,
        landing_url=listed.landing_url,
        license_raw=listed.license,
        license=licenses.license_id(listed.license),
        dataset_license=sheet.license,
        license_seen_on=listed.seen_on,
        flags=frozenset((*sheet.flags, *listed.flags)),
        people=listed.people or sheet.people,
        collected_on=listed.seen_on,
    )


def read_digits(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Handwritten digits, 8 x 8; the digit is the makers' label. The image's id is its row, from 0."""
    path = root / DIGITS
    if not path.is_file():
        problems.add(DIGITS, N_("The installed version of the package no longer has this file."))
        return
    try:
        with gzip.open(path) as packed:
            text = packed.read(_UNPACKED_MOST_BYTES).decode("ascii")
    except (OSError, EOFError, UnicodeDecodeError):
        raise NotThisFormat(folder=str(root), expected=DIGITS, found="–") from None
    for row, cells in enumerate(csv.reader(io.StringIO(text))):
        if len(cells) != DIGITS_COLUMNS:
            problems.add(DIGITS, N_("This row does not hold 64 values and a digit."), row=row + 1)
            continue
        yield ImageRecord(
            dataset=sheet.key,
            image_id=str(row),
            locator=locator(DIGITS, row=row, layout="digits"),
            width_px=8,
            height_px=8,
            dataset_license=sheet.license,
            labels=(Label(text=cells[-1].strip()),),
            flags=frozenset(sheet.flags),
            people=sheet.people,
        )


def digits_depend_on(root: Path, _: Datasheet) -> list[Path]:
    return [root / DIGITS]


def read_faces(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Rows 0-99 of the Labeled Faces in the Wild subset. Nobody's name is in it, and none is recorded."""
    return _lfw_subset(root, sheet, problems, range(100))


def read_non_faces(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Rows 100-199: pieces cut from the background of the same photographs."""
    return _lfw_subset(root, sheet, problems, range(100, 200))


def lfw_subset_depends_on(root: Path, _: Datasheet) -> list[Path]:
    return [root / LFW_SUBSET]


def _lfw_subset(root: Path, sheet: Datasheet, problems: Problems, rows: range) -> Iterator[ImageRecord]:
    if not (root / LFW_SUBSET).is_file():
        problems.add(LFW_SUBSET, N_("The installed version of the package no longer has this file."))
        return
    for row in rows:
        yield ImageRecord(
            dataset=sheet.key,
            image_id=str(row),
            locator=locator(LFW_SUBSET, row=row, layout="npy"),
            width_px=25,
            height_px=25,
            dataset_license=sheet.license,
            flags=frozenset(sheet.flags),
            people=sheet.people,
        )
