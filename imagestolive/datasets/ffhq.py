"""Flickr-Faces-HQ, and lists of photographs written after its model.

ffhq-dataset-v2.json is one object, "0" to "69999": each entry has the credit of its photograph and up to three files, the aligned face
at 1024 and at 128 pixels a side and the photograph as it was at Flickr. Of these the first that is here is taken.
In a list each entry is such a credit and an image_name; its files lie in images/. Any *.json in the root, or else one folder below it,
that begins in one of these two ways is read; others are passed over. An entry's file lies beside its JSON file: what is called the same
elsewhere may be another picture.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from imagestolive import licenses
from imagestolive.datasets import tree
from imagestolive.datasets.boxes import in_fractions, whole
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.flickr import nsid, photo_id
from imagestolive.datasets.jsonfiles import JsonRefused, first_sign, read_list, read_members
from imagestolive.datasets.locators import elsewhere_locator, is_elsewhere
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tree import Found, Tree, makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Region

_EXPECTED = 'ffhq-dataset-v2.json: {"0": {"metadata", "image", …}, …}; *.json: [{"image_name", "photo_url", …}, …]'
_FILES = re.compile(r"(?:^|/)((?:images1024x1024|thumbnails128x128|in-the-wild-images)/.+\.png|images/[^/]+)$")
_ZIPS = "zips"  # the folder in which FFHQ's makers hand out their archives
_COPIES = ("image", "thumbnail", "in_the_wild")  # the last may hold one photograph under several numbers
_LOOKED_AT = 10  # entries of a file, to tell whether it is ours
_NUMBER = re.compile(r"[0-9]{1,9}")
_MD5 = re.compile(r"[0-9a-f]{32}")

Entry = tuple[str | None, Any]  # its name in an object; in a list it has none
Copy = dict[str, Any]  # what the makers say of one file of an image: file_path, file_url, file_md5, pixel_size, face_rect


class _Unclear(Exception):
    """Several files bear the name that an entry gives."""


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the JSON files' names and entries. Raises NotThisFormat, JsonRefused, ArchiveRefused."""
    paths = _lists(root, problems)
    if not paths:
        raise other_format(root, _EXPECTED)
    with scratch() as notes:
        notes.note(_places(Tree(root, problems)))
        notes.end_notes()
        for path in paths:
            yield from _records(path, path.relative_to(root).as_posix(), notes, sheet, problems)


def depends_on(root: Path, _: Datasheet) -> Iterable[Path]:
    return tree.depends_on(root, r"\.json$")


def described_by(root: Path) -> str | None:
    """The datasheet of a list, where the root holds such and nothing of FFHQ's own."""
    with contextlib.suppress(OSError, RuntimeError, JsonRefused):  # whoever reads them will tell; RuntimeError: links in a circle
        lists = _lists(root)
        if lists and all(first_sign(path) == "[" for path in lists):
            return "ffhq-list"
    return None


def _lists(root: Path, problems: Problems | None = None) -> list[Path]:
    for pattern in ("[!.]*.json", "[!.]*/[!.]*.json"):
        paths = makers_files(root, pattern, problems=problems)
        if ours := [path for path in paths if any(map(_is_ours, itertools.islice(_entries(path), _LOOKED_AT)))]:
            return ours
    return []


def _places(files: Tree) -> Iterator[tuple[str, str, str]]:
    """(path as an entry names it, behind the folder in which its JSON would lie; "loose" or "packed"; locator)."""
    for found in files.files(_FILES.pattern):
        if found.archive is None:
            yield found.path, "loose", found.locator
        else:
            yield from ((path, "packed", found.locator) for path in _unpacked(found))


def _unpacked(found: Found) -> Iterator[str]:
    """images1024x1024/00000/00007.png in a/zips/b.zip: where the makers' program would have put it, in a/zips/ or in a/."""
    name = _FILES.findall(found.path)[0]
    folder = PurePosixPath(found.archive or "").parent
    if found.member == name:
        yield str(folder / name)
        if folder.name == _ZIPS:
            yield str(folder.parent / name)


def _entries(path: Path, name: str | None = None) -> Iterator[Entry]:
    sign = first_sign(path)
    if sign == "{":
        yield from read_members(path, name=name)
    elif sign == "[":
        yield from ((None, entry) for entry in read_list(path, name=name))


def _is_ours(named: Entry) -> bool:
    name, entry = named
    if not isinstance(entry, dict):
        return False
    return {"image_name", "photo_url"} <= entry.keys() if name is None else "metadata" in entry and bool(_NUMBER.fullmatch(name))


def _records(path: Path, file: str, notes: Scratch, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    absent = 0
    folder = PurePosixPath(file).parent
    for row, (name, entry) in enumerate(_entries(path, file), start=1):
        try:
            record = _listed(entry, folder, notes, sheet) if name is None else _numbered(name, entry, folder, notes, sheet)
        except _Unclear as error:
            problems.add(
                file, N_("“{name}” is here more than once, and nothing says which is meant: none is used."), row=row, name=str(error)
            )
            continue
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            problems.add(file, N_("This entry cannot be right."), row=row)
            continue
        if record is None:
            absent += 1
        elif is_elsewhere(record.locator) or notes.first_time(record.locator):
            yield record
        else:
            problems.add(file, N_("“{name}” has a row already; this one is not used."), row=row, name=record.locator)
    problems.add_sum(file, N_("Images whose file is not here: {n}"), absent)


def _here(path: PurePosixPath, notes: Scratch) -> str | None:
    """The locator of a file. Raises _Unclear where it is here in several archives and not loose."""
    places: list[str] = notes.notes(str(path), "loose") or notes.notes(str(path), "packed")
    if len(places) > 1:
        raise _Unclear(path)
    return places[0] if places else None


def _listed(entry: Any, folder: PurePosixPath, notes: Scratch, sheet: Datasheet) -> ImageRecord | None:
    """An entry of a list; None when its file is not here. It and those below raise various errors for an entry not as documented."""
    name = entry["image_name"]
    if text(name) != name or "/" in name or "\\" in name:
        raise ValueError(name)
    here = _here(folder / "images" / name, notes)
    return _record(PurePosixPath(name).stem, entry, {}, here, sheet) if here else None


def _numbered(name: str, entry: Any, folder: PurePosixPath, notes: Scratch, sheet: Datasheet) -> ImageRecord | None:
    """An entry of FFHQ's own file; None when none of its files is here, or has an address."""
    if not _NUMBER.fullmatch(name):
        raise ValueError(name)
    image_id, credit = f"{int(name):05}", entry["metadata"]
    copies: list[Copy] = [entry[kind] for kind in _COPIES if entry.get(kind)]
    for copy in copies:
        if here := _here(folder / (text(copy["file_path"]) or ""), notes):
            return _record(image_id, credit, copy, here, sheet)
    for copy in copies:
        if address := web_address(copy.get("file_url")):
            return _record(image_id, credit, copy, elsewhere_locator(address), sheet)
    return None


def _record(image_id: str, credit: dict[str, Any], copy: Copy, locator: str, sheet: Datasheet) -> ImageRecord:
    width_px, height_px = map(whole, copy["pixel_size"]) if "pixel_size" in copy else (None, None)
    landing_url = web_address(credit.get("photo_url"))
    license_raw = _license_raw(credit)
    seen_on = _day(credit.get("date_crawled"))
    return ImageRecord(
        dataset=sheet.key,
        image_id=image_id,
        locator=locator,
        photo_id=photo_id(landing_url),
        author_id=nsid(landing_url),
        width_px=width_px,
        height_px=height_px,
        title=text(credit.get("photo_title")),
        author=text(credit.get("author")),
        landing_url=landing_url,
        source_url=web_address(copy.get("file_url")),
        md5=_md5(copy.get("file_md5")),
        license_raw=license_raw,
        license=licenses.license_id(license_raw),
        dataset_license=sheet.license,
        license_seen_on=seen_on,
        regions=_face(copy, width_px, height_px),
        flags=frozenset(sheet.flags),
        people=sheet.people,
        collected_on=seen_on,
    )


def _license_raw(credit: dict[str, Any]) -> str | None:
    """The license's address, which tells its version; its name where the address tells us nothing."""
    name, address = text(credit.get("license")), text(credit.get("license_url"))
    return name if licenses.license_id(name) and not licenses.license_id(address) else address or name


def _face(copy: Copy, width_px: int | None, height_px: int | None) -> tuple[Region, ...]:
    """Where in the whole photograph the face is; the other copies are nothing but the face."""
    if "face_rect" not in copy or not (width_px and height_px):
        return ()
    box = in_fractions(copy["face_rect"], width_px, height_px)
    return (Region(box=box, label="face"),) if box else ()


def _md5(value: Any) -> str | None:
    digest = (text(value) or "").lower()
    if digest and not _MD5.fullmatch(digest):
        raise ValueError(value)
    return digest or None


def _day(value: Any) -> str | None:
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return None
