"""iNaturalist Open Data: photos.csv in the root, a row a photograph; taxa.csv, observations.csv and observers.csv beside it tell more.

Each plain or as .gz, parted by tabs, never quoted. All photographs are known by their address in the makers' bucket. A name of a
species needs observations.csv and taxa.csv, the name of a photographer observers.csv. Where and when somebody stood to take a
photograph stands in observations.csv and is not looked at: those columns are not even taken out of their rows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from imagestolive import licenses
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tabbed import read_header, read_rows, unpacked_name
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import pixels, text
from imagestolive.errors import N_
from imagestolive.records import Flag, ImageRecord, Label

PHOTOS, OBSERVATIONS, TAXA, OBSERVERS = (f"{name}.csv" for name in ("photos", "observations", "taxa", "observers"))
_ADDRESS = "https://inaturalist-open-data.s3.amazonaws.com/photos/{photo_id}/original.{extension}"  # the larger of a postcard's needs
_SITE = "https://www.inaturalist.org"
_BY = "iNaturalist community"
_NEEDED = frozenset({"photo_id", "extension", "license"})
_USED = ("photo_id", "extension", "license", "width", "height", "observer_id", "observation_uuid")
_ID = re.compile("[1-9][0-9]{0,17}")
_EXTENSION = re.compile("[A-Za-z0-9]{1,5}")
_PRINTABLE = frozenset({"jpg", "jpeg", "png", "gif", "webp", "tif", "tiff", "bmp"})
_PEOPLE = frozenset({"Homo", "Homo sapiens"})  # observed like any other species
_CACHED = 2**16


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the rows of photos.csv. Raises NotThisFormat, ArchiveRefused."""
    files = _files(root, problems)
    photos = files.get(PHOTOS)
    if photos is None or not set(read_header(photos)) >= _NEEDED:
        raise other_format(root, f"{PHOTOS} (.gz): photo_id, observation_uuid, observer_id, extension, license, …")
    with scratch() as notes:
        lookups = _Lookups(files, notes, problems)
        others = 0
        for row, (photo_id, extension, license_name, width, height, observer_id, observation) in read_rows(photos, _USED, problems):
            if not _ID.fullmatch(photo_id):
                problems.add(photos.name, N_("“{value}” cannot be right."), row=row, value=photo_id)
            elif not _EXTENSION.fullmatch(extension):
                problems.add(photos.name, N_("“{value}” cannot be right."), row=row, value=extension)
            elif extension.lower() not in _PRINTABLE:
                others += 1
            elif notes.first_time(int(photo_id)):  # several observations may show one photograph
                author, author_url = lookups.author(observer_id)
                taxon = lookups.taxon(observation)
                yield _record(sheet, photo_id, extension, license_name, (width, height), author, author_url, taxon)
        problems.add_sum(photos.name, N_("Images of a format that is not read here: {n}"), others)


def depends_on(root: Path, _: Datasheet) -> list[Path]:
    return list(_files(root, None).values())


def _files(root: Path, problems: Problems | None) -> dict[str, Path]:
    """The four by their names unpacked; what is here packed and unpacked counts as unpacked."""
    names = [name + ending for name in (PHOTOS, OBSERVATIONS, TAXA, OBSERVERS) for ending in ("", ".gz")]
    found: dict[str, Path] = {}
    for path in makers_files(root, *names, problems=problems):
        found.setdefault(unpacked_name(path), path)
    return found


def _record(
    sheet: Datasheet,
    photo_id: str,
    extension: str,
    license_name: str,
    size: tuple[str, str],
    author: str | None,
    author_url: str | None,
    taxon: str | None,
) -> ImageRecord:
    license_raw, license_id = _license(license_name)
    url = _ADDRESS.format(photo_id=photo_id, extension=extension)
    flags: tuple[Flag, ...] = ("person",) if taxon in _PEOPLE else ()
    return ImageRecord(
        dataset=sheet.key,
        image_id=photo_id,
        locator=url,
        width_px=pixels(size[0]),
        height_px=pixels(size[1]),
        author=author,
        author_url=author_url,
        landing_url=f"{_SITE}/photos/{photo_id}",
        source_url=url,
        license_raw=license_raw,
        license=license_id,
        dataset_license=sheet.license,
        labels=(_label(taxon),) if taxon else (),
        flags=frozenset((*sheet.flags, *flags)),
        people="some" if flags else sheet.people,
    )


@functools.lru_cache
def _license(name: str) -> tuple[str | None, str | None]:
    raw = text(name)
    return raw, licenses.license_id(raw)


@functools.lru_cache(maxsize=_CACHED)
def _label(taxon: str) -> Label:
    return Label(text=taxon, by=_BY)


# ---- what the other files say -----------------------------------------------------------------------------------------


class _Lookups:
    """The names of photographers and of species, kept on disk as far as their files are here."""

    def __init__(self, files: dict[str, Path], notes: Scratch, problems: Problems) -> None:
        self._notes = notes
        # the taxa without the observations, or these without them, name nothing
        wanted = [OBSERVERS, *((TAXA, OBSERVATIONS) if {TAXA, OBSERVATIONS} <= files.keys() else ())]
        self._here = {name for name in wanted if name in files}
        for name in wanted:
            if name in files:
                notes.note(_NOTERS[name](files[name], problems))
        notes.end_notes()
        self.author: Callable[[str], tuple[str | None, str | None]] = functools.lru_cache(_CACHED)(self._author)
        self._taxon_name: Callable[[int], str | None] = functools.lru_cache(_CACHED)(self._name)

    def _author(self, observer_id: str) -> tuple[str | None, str | None]:
        """(name, else login; page)."""
        if not _ID.fullmatch(observer_id):
            return None, None
        found = self._notes.notes(int(observer_id), "observer") if OBSERVERS in self._here else []
        return (found[0] if found else None), f"{_SITE}/users/{observer_id}"

    def taxon(self, observation: str) -> str | None:
        """What was seen, by its scientific name."""
        key = _uuid(observation) if OBSERVATIONS in self._here else None
        found = self._notes.notes(key, "seen") if key else []
        return self._taxon_name(found[0]) if found else None

    def _name(self, taxon_id: int) -> str | None:
        found = self._notes.notes(taxon_id, "taxon")
        return found[0] if found else None


def _observers(path: Path, problems: Problems) -> Iterator[tuple[int, str, Any]]:
    for _, (observer_id, login, name) in read_rows(path, ("observer_id", "login", "name"), problems):
        if _ID.fullmatch(observer_id) and (author := text(name) or text(login)):
            yield int(observer_id), "observer", author


def _taxa(path: Path, problems: Problems) -> Iterator[tuple[int, str, Any]]:
    for _, (taxon_id, name) in read_rows(path, ("taxon_id", "name"), problems):
        if _ID.fullmatch(taxon_id) and (taxon := text(name)):
            yield int(taxon_id), "taxon", taxon


def _observations(path: Path, problems: Problems) -> Iterator[tuple[bytes, str, Any]]:
    for _, (observation, taxon_id) in read_rows(path, ("observation_uuid", "taxon_id"), problems):
        if _ID.fullmatch(taxon_id) and (key := _uuid(observation)):
            yield key, "seen", int(taxon_id)


_NOTERS: dict[str, Callable[[Path, Problems], Iterator[tuple[Any, str, Any]]]] = {
    OBSERVERS: _observers,
    TAXA: _taxa,
    OBSERVATIONS: _observations,
}


def _uuid(cell: str) -> bytes | None:
    """Its 16 bytes: of hundreds of millions each one counts."""
    try:
        key = bytes.fromhex(cell.replace("-", ""))
    except ValueError:
        return None
    return key if len(key) == 16 else None
