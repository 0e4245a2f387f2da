"""YFCC100M: one row a photograph or video at Flickr, as tab-separated text or as an SQLite table.

yfcc100m_dataset, or its parts yfcc100m_dataset-0 to -9, plain, .tsv or .txt, packed as .bz2 or .gz or not; without a header,
in 23 columns, or in 25 with a line number and a hash. Or yfcc100m_dataset.sql, an SQLite file with the same names of columns.
Texts are encoded as in addresses: Caf%C3%A9+at+noon.

Images are looked for as data/images/b66/a26/b66a26f0429984976a496a44812eb6.jpg, which is how the makers laid them out, and as
images/159974628_7b9dd1d7e5.jpg or images/159974628.jpg; the others are known by their address. Where and when a photograph was
taken, and with what, is read past: it goes into no record.
"""

from __future__ import annotations

import functools
import hashlib
import html
import itertools
import os
import re
import sqlite3
import unicodedata
import urllib.parse
from collections.abc import Iterator
from contextlib import closing
from operator import itemgetter
from pathlib import Path

from imagestolive import licenses
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import elsewhere_locator, locator, shown
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.tabbed import ROW_MOST_CHARACTERS, lines, opened, rows_of_width, unpacked_name
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Label

TABLE = "yfcc100m_dataset"
_FILE = re.compile(rf"{TABLE}[\w-]*(?:\.sql|(?:\.tsv|\.txt)?(?:\.bz2|\.gz)?)")
_EXPECTED = f"{TABLE} (.tsv, .txt, .bz2, .gz, .sql): 23, 25"
_COLUMNS = (
    *("photoid", "uid", "unickname", "datetaken", "dateuploaded", "capturedevice", "title", "description", "usertags", "machinetags"),
    *("longitude", "latitude", "accuracy", "pageurl", "downloadurl", "licensename", "licenseurl"),
    *("serverid", "farmid", "secret", "secretoriginal", "ext", "marker"),
)
_USED = ("photoid", "uid", "unickname", "title", "usertags", "machinetags", "pageurl", "downloadurl", "licensename", "licenseurl", "marker")
_USED_OF = {
    23: itemgetter(*(_COLUMNS.index(name) for name in _USED)),
    25: itemgetter(*(("line", "photoid", "hash", *_COLUMNS[1:]).index(name) for name in _USED)),
}
Cells = tuple[str, ...]  # those of _USED

_ROW_MOST_BYTES = 4 * ROW_MOST_CHARACTERS
_ROWS_UNTIL_SURE = 100  # without one of the right width, the file is of another kind
_PHOTO, _VIDEO = "0", "1"
_ID = re.compile("[1-9][0-9]{0,19}")
_NSID = re.compile("[0-9]{5,11}@N[0-9]{2}")
_NO_CV = "nocv"  # the letters of no_cv, “not for computer vision”, a tag by which photographers opt out
_TAG_PARTS = re.compile("[:=,]")  # flickr:no_cv=true
_C_V = re.compile("c[^a-z0-9,]*v")


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the rows, without videos. Raises NotThisFormat, ArchiveRefused."""
    images = _Images(root)
    for path in _files(root, problems):
        videos = absent = 0
        for row, cells in _table_rows(path) if path.suffix == ".sql" else _text_rows(path, problems):
            marker = cells[-1]
            if marker == _VIDEO:
                videos += 1
                continue
            try:
                record = _record(cells, sheet, images)
            except ValueError as error:
                problems.add(path.name, N_("“{value}” cannot be right."), row=row, value=str(error))
                continue
            if record:
                yield record
            else:
                absent += 1
        problems.add_sum(path.name, N_("Videos, which are left out: {n}"), videos)
        problems.add_sum(path.name, N_("Rows whose file is not here: {n}"), absent)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    """The text or table, and the folders of images as far as they can be gone through quickly."""
    yield from _candidates(root).values()
    for prefix in ("", *_FOLDERS):
        yield root / prefix
        if prefix:
            yield from (root / prefix).glob("[0-9a-f]" * 3)


def _files(root: Path, problems: Problems) -> list[Path]:
    """What is read: the whole, in whichever form, or else its parts. Raises NotThisFormat."""
    candidates = _candidates(root, problems)
    whole = [path for name, path in candidates.items() if name.partition(".")[0] == TABLE]
    if chosen := whole[:1] or list(candidates.values()):
        return chosen
    raise other_format(root, _EXPECTED)


def _candidates(root: Path, problems: Problems | None = None) -> dict[str, Path]:
    """By their names unpacked; what is here packed and unpacked counts as unpacked."""
    found: dict[str, Path] = {}
    names = [path.name for path in root.glob(f"{TABLE}*") if _FILE.fullmatch(path.name)]
    for path in makers_files(root, *names, problems=problems):
        found.setdefault(unpacked_name(path), path)
    return found


# ---- rows -------------------------------------------------------------------------------------------------------------


def _text_rows(path: Path, problems: Problems) -> Iterator[tuple[int, Cells]]:
    """(row, cells). Raises NotThisFormat, ArchiveRefused, OSError."""
    width = _width(path)
    used = _USED_OF[width]
    for row, cells in rows_of_width(path, width, problems):
        yield row, used(cells)


def _width(path: Path) -> int:
    """How many columns the first row has that has one of the two numbers. Raises NotThisFormat, ArchiveRefused, OSError."""
    found = 0
    with opened(path) as file:
        for _, line in itertools.islice(lines(file), _ROWS_UNTIL_SURE):
            found = line.count("\t") + 1
            if found in _USED_OF:
                return found
    raise NotThisFormat(folder=path.name, expected=_EXPECTED, found=str(found))


def _table_rows(path: Path) -> Iterator[tuple[int, Cells]]:
    """(row, cells) of an SQLite file. They must be written in it: the rows of a view may have no end. Raises NotThisFormat."""
    expected = f"SQLite: CREATE TABLE {TABLE}"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.text_factory = functools.partial(str, encoding="utf-8", errors="replace")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _ROW_MOST_BYTES)
            database.execute("PRAGMA trusted_schema = OFF")
            made_by = "SELECT CAST(sql AS TEXT) FROM sqlite_schema WHERE name = ? COLLATE NOCASE"
            sql = next((str(sql) for (sql,) in database.execute(made_by, (TABLE,))), "–")
            if not sql.startswith("CREATE TABLE "):  # a view, or a virtual table; what SQLite goes by is this text
                raise NotThisFormat(folder=path.name, expected=expected, found=shown(sql, 80))
            names = [name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (TABLE,))]
            if missing := set(_USED) - set(names):
                raise NotThisFormat(folder=path.name, expected=", ".join(sorted(missing)), found=", ".join(names) or "–")
            cells = ", ".join(f"ifnull(CAST({name} AS TEXT), '')" for name in _USED)
            yield from enumerate(database.execute(f"SELECT {cells} FROM {TABLE}"), start=1)  # noqa: S608 (all written here)
    except sqlite3.Error as error:
        raise NotThisFormat(folder=path.name, expected=expected, found=str(error)) from None


# ---- records ----------------------------------------------------------------------------------------------------------


def _record(cells: Cells, sheet: Datasheet, images: _Images) -> ImageRecord | None:
    """One row; None when its image is not here and has no address. Raises ValueError with the cell that cannot be right."""
    photo_id, uid, nickname, title, tags, machine_tags, page_url, download_url, license_name, license_url, marker = cells
    if marker != _PHOTO:
        raise ValueError(marker)
    if not _ID.fullmatch(photo_id):
        raise ValueError(photo_id)
    source_url = web_address(download_url)
    where = images.locator(photo_id, source_url)
    if where is None:
        return None
    nsid = uid if _NSID.fullmatch(uid) else None
    license_raw, license_id = _license(license_url or license_name)
    opted_out = _opts_out(tags) or _opts_out(machine_tags)
    return ImageRecord(
        dataset=sheet.key,
        image_id=photo_id,
        locator=where,
        photo_id=photo_id,
        author_id=nsid,
        title=_decoded(title),
        author=_decoded(nickname),
        author_url=f"https://www.flickr.com/people/{nsid}/" if nsid else None,
        landing_url=web_address(page_url),
        source_url=source_url,
        license_raw=license_raw,
        license=license_id,
        dataset_license=sheet.license,
        labels=_labels(tags),
        flags=frozenset((*sheet.flags, "no_cv")) if opted_out else frozenset(sheet.flags),
        people=sheet.people,
    )


def _decoded(cell: str) -> str | None:
    """A text as its author wrote it: Tom & Ana of Tom+%26amp%3B+Ana."""
    spaced = cell.replace("+", " ")
    if "%" not in spaced and "&" not in spaced:
        return text(spaced)
    plain = urllib.parse.unquote_to_bytes(spaced).decode("utf-8", "replace")
    return text(html.unescape(plain).replace("\0", ""))


@functools.lru_cache(maxsize=2**16)  # of a hundred million rows a few thousand tags make the most part
def _label(tag: str) -> Label | None:
    name = _decoded(tag)
    return Label(text=name, by="user tags") if name else None


def _labels(tags: str) -> tuple[Label, ...]:
    """What the photographer wrote on it. What programs wrote, the machine tags, is looked at for no_cv alone."""
    return tuple(filter(None, map(_label, tags.split(",")))) if tags else ()


def _opts_out(tags: str) -> bool:
    """Whether one of the tags in a cell is no_cv, in whatever spelling."""
    if not tags:
        return False
    lower = tags.lower()
    may_be = "%" in lower or "&" in lower or not lower.isascii() or _C_V.search(lower)  # few cells; to take each apart would be slow
    return bool(may_be) and any(map(_is_no_cv, tags.split(",")))


@functools.lru_cache(maxsize=2**16)
def _is_no_cv(tag: str) -> bool:
    """
    >>> _is_no_cv("%23No_%EF%BD%83v%21"), _is_no_cv("flickr:no_cv=true"), _is_no_cv("nocvs")
    (True, True, False)
    """
    plain = unicodedata.normalize("NFKC", _decoded(tag) or "").casefold()
    return any("".join(filter(str.isalnum, part)) == _NO_CV for part in (plain, *_TAG_PARTS.split(plain)))


@functools.lru_cache
def _license(recorded: str) -> tuple[str | None, str | None]:
    raw = text(recorded)
    return raw, licenses.license_id(raw)


# ---- images -----------------------------------------------------------------------------------------------------------

_FOLDERS = ("data/images/", "images/")
_BUCKET = re.compile("[0-9a-f]{3}")
_PHOTO_FILE = re.compile(r"[0-9]{1,20}(_[0-9a-z_]+)?\.(jpg|png|gif)")


class _Images:
    """The images that are here. Which of the layouts there are is asked once, not for each of a hundred million rows."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_key = [prefix for prefix in _FOLDERS if _holds(root / prefix, _BUCKET)]
        self._by_name = [prefix for prefix in ("", *_FOLDERS) if _holds(root / prefix, _PHOTO_FILE)]

    def locator(self, photo_id: str, source_url: str | None) -> str | None:
        """Where a photograph's bytes are; None where it is not here and has no address."""
        if self._by_key or self._by_name:
            for name in self._names(photo_id, source_url or ""):
                if os.path.isfile(f"{self._root}/{name}"):
                    return locator(name)
        return elsewhere_locator(source_url) if source_url else None

    def _names(self, photo_id: str, source_url: str) -> Iterator[str]:
        key = _key(source_url)
        for prefix in self._by_key:
            yield f"{prefix}{key[:3]}/{key[3:6]}/{key}.jpg"
        name = source_url.rpartition("/")[2]
        for prefix in self._by_name:
            if _PHOTO_FILE.fullmatch(name):
                yield prefix + name
            yield f"{prefix}{photo_id}.jpg"


def _holds(folder: Path, name: re.Pattern[str]) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(name.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def _key(source_url: str) -> str:
    """The makers' name for an image: the MD5 of its address, each byte without its leading zero.

    >>> _key("http://farm1.staticflickr.com/59/159974628_7b9dd1d7e5.jpg")  # MD5 b66a26f0429984976a4906a44812eb06
    'b66a26f0429984976a496a44812eb6'
    """
    return "".join(f"{byte:x}" for byte in hashlib.md5(source_url.encode(), usedforsecurity=False).digest())
