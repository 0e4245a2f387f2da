"""Any tree of images: a data set without a list of its own, or a teacher's own pictures.

Every image below the root is a record; its id is its path with /. Hidden files and folders are passed over; so is what is no
image by its name or its first bytes. Links out of the root and names that cannot be written down are skipped and reported.

`credits.csv` in the root may say more, one row an image. Columns, in any order, upper or lower case:

    file         the image, as its path below the root: trees/oak.jpg (the only column that must be there)
    title        as its maker calls it
    author       who made it; author_url: a page about that person
    source       the page where it can be seen (landing_url means the same); source_url: the image file itself
    license      any usual spelling or the address of a license: CC BY 4.0
    seen_on      the day its license was looked up: 2026-11-21
    people       none, some or unknown: whether people can be seen in it

It is read whole or not at all: an image whose row were left out, or whose license stood in a column nobody reads, would fall
under the data set's license.
"""

from __future__ import annotations

import datetime
import difflib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from imagestolive import licenses
from imagestolive.datasets import tree
from imagestolive.datasets.csvfiles import read_plain, read_rows
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.flickr import nsid, photo_id
from imagestolive.datasets.locators import locator, shown
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.tree import link_problem, walk
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import ImageRecord, People

CREDITS = "credits.csv"
COLUMNS = ("file", "title", "author", "author_url", "source", "landing_url", "source_url", "license", "seen_on", "people")
# What is named so counts as an image, readable or not: a broken one is then reported, not overlooked.
EXTENSIONS = re.compile(r"\.(jpe?g|jpe|jfif|png|gif|webp|tiff?|bmp|p[bgpn]m|hei[cf]|avif)", re.IGNORECASE)
_FIRST_BYTES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_PEOPLE: dict[str, People] = {people: people for people in get_args(People)}


class UnknownColumn(ImagesToLiveError):
    sentence = N_("{file}: there is no column “{column}”; the nearest is “{closest}”. Rename the column or take it out.")


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records sorted by the bytes of their paths.

    Raises CsvRefused, UnknownColumn or NotThisFormat for a credits.csv that cannot be read whole.
    """
    credited = _credits(root, problems)
    names: Iterable[str] = _images(root, problems)
    if credited:
        names = list(names)
        _match_unicode_forms(credited, names)
    for name in names:
        yield _record(name, credited.pop(name, (0, {})), sheet, problems)
    for row, cells in credited.values():
        problems.add(CREDITS, N_("There is no image “{name}” here."), row=row, name=cells["file"])


def depends_on(root: Path, _: Datasheet) -> Iterable[Path]:
    """Every folder (a file that comes or goes changes it) and credits.csv."""
    return tree.depends_on(root, rf"\A{CREDITS}\Z")


def _credits(root: Path, problems: Problems) -> dict[str, tuple[int, dict[str, str]]]:
    """File as the row names it -> (row, its cells)."""
    path = root / CREDITS
    if not path.is_file() or (path.is_symlink() and link_problem(path, root.resolve())):  # `walk` reports the link
        return {}
    header = [cell.lower() for cell in next(read_plain(path, None, name=CREDITS), (1, []))[1]]
    if "file" not in header:
        raise NotThisFormat(folder=CREDITS, expected="file, title, author, …", found=", ".join(header) or "–")
    for column in header:
        if column and column not in COLUMNS:
            (closest,) = difflib.get_close_matches(column[:40], COLUMNS, n=1, cutoff=0)
            raise UnknownColumn(file=CREDITS, column=shown(column, 40), closest=closest)
    credited: dict[str, tuple[int, dict[str, str]]] = {}
    for row, cells in read_rows(path, None):
        if cells["file"] in credited:
            problems.add(CREDITS, N_("“{name}” has a row already; this one is not used."), row=row, name=cells["file"])
        else:
            credited[cells["file"]] = (row, cells)
    return credited


def _match_unicode_forms(credited: dict[str, tuple[int, dict[str, str]]], names: list[str]) -> None:
    """Gives rows that name no image exactly to the image of the same letters (é is one character or two), where that is one to one."""
    images, rows = _by_form(names), _by_form(credited.keys() - set(names))
    for form, files in rows.items():
        same = images.get(form, [])
        if len(files) == len(same) == 1 and same[0] not in credited:
            credited[same[0]] = credited.pop(files[0])


def _by_form(names: Iterable[str]) -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for name in names:
        forms.setdefault(unicodedata.normalize("NFC", name), []).append(name)
    return forms


def _record(name: str, credit: tuple[int, dict[str, str]], sheet: Datasheet, problems: Problems) -> ImageRecord:
    row, cells = credit
    addresses = {}
    for column in ("author_url", "source", "landing_url", "source_url"):
        addresses[column] = web_address(cells.get(column))
        if cells.get(column) and not addresses[column]:
            problems.add(CREDITS, N_("“{value}” is no web address and is left out."), row=row, value=cells[column])
    landing_url = addresses["source"] or addresses["landing_url"]
    license_raw = text(cells.get("license"))
    return ImageRecord(
        dataset=sheet.key,
        image_id=name,
        locator=locator(name),
        photo_id=photo_id(landing_url) or photo_id(addresses["source_url"]),
        author_id=nsid(addresses["author_url"]) or nsid(landing_url),
        title=text(cells.get("title")),
        author=text(cells.get("author")),
        author_url=addresses["author_url"],
        landing_url=landing_url,
        source_url=addresses["source_url"],
        license_raw=license_raw,
        license=licenses.license_id(license_raw),
        dataset_license=sheet.license,
        license_seen_on=_day(cells.get("seen_on"), row, problems),
        flags=frozenset(sheet.flags),
        people=_PEOPLE.get(cells.get("people", "").lower(), sheet.people),
    )


def _day(value: str | None, row: int, problems: Problems) -> str | None:
    if not value:
        return None
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        problems.add(CREDITS, N_("“{value}” is no day such as 2026-11-21 and is left out."), row=row, value=value)
        return None


def _images(root: Path, problems: Problems) -> Iterator[str]:
    """Paths of images below the root."""
    return (name for name, entry in walk(root, problems) if _is_image(entry, name, problems))


def _is_image(entry: os.DirEntry[str], name: str, problems: Problems) -> bool:
    if EXTENSIONS.fullmatch(os.path.splitext(entry.name)[1]):
        return True
    try:
        with open(entry.path, "rb") as file:
            first = file.read(12)
    except OSError as error:
        problems.add(name, N_("This file cannot be read: {problem}."), problem=error.strerror or "unknown")
        return False
    webp = first[:4] == b"RIFF" and first[8:] == b"WEBP"
    bmp = first[:2] == b"BM" and first[6:10] == bytes(4)
    return first.startswith(_FIRST_BYTES) or webp or bmp
