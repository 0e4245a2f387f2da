"""What both forms of a table share: a record as a row of plain values, what a table says of all its rows, one builder at a time.

A record's scalar fields are columns. What is a list stands in `rest` as JSON, which is absent where there is none: for most
rows of the large sets nothing is put into JSON or taken out of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from itertools import islice, repeat
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from imagestolive.datasets.locators import ELSEWHERE
from imagestolive.datasets.problems import Problem, Problems
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import ImageRecord, Label, Region

SCHEMA = "imagestolive-table/3"
LICENSES_KEPT = 1000  # kinds of license of one data set
DAMAGE = (ValueError, TypeError, LookupError)  # raised by values that no build of ours has written

Source = tuple[str, int, int]  # path under the root, bytes, mtime in ns
Row = tuple[Any, ...]  # the values of COLUMNS, then rest

_LISTS = ("labels", "captions", "regions", "flags")
COLUMNS = tuple(part.name for part in fields(ImageRecord) if part.name not in ("dataset", *_LISTS))
NUMBERS = ("width_px", "height_px", "rotation_deg")  # the others are text
_IMAGE_ID, _LOCATOR, _LICENSE, _LICENSE_RAW = map(COLUMNS.index, ("image_id", "locator", "license", "license_raw"))
_PAGE = re.compile("flickr\\.com/(?:photos|people)/([^/]+)")


class TableNotBuilt(ImagesToLiveError):
    """The disk is full, or the folder may not be written to."""

    sentence = N_("The table {file} cannot be written: {problem}.")
    exit_code = 1
    status = 500


class TableGone(ImagesToLiveError):
    """The table is not there, it is not one of ours, or it is damaged."""

    sentence = N_("The table {file} cannot be opened.")
    hint = N_("If it was damaged, it is taken away now: ask again, and it is made anew.")
    exit_code = 1
    status = 500


# ---- a record as a row --------------------------------------------------------------------------------------------------


_columns = attrgetter(*COLUMNS)


def to_row(record: ImageRecord) -> Row:
    """The values of COLUMNS, then what is a list, as JSON takes it; or None."""
    return (*_columns(record), _rest(record))


def to_record(dataset: str, row: Row) -> ImageRecord:
    """The record as it went in."""
    *values, rest = row
    return ImageRecord(dataset=dataset, **dict(zip(COLUMNS, values, strict=True)), **_unrest(rest))


def _rest(record: ImageRecord) -> dict[str, Any] | None:
    labels, captions, regions, flags = record.labels, record.captions, record.regions, record.flags
    if not (labels or captions or regions or flags):
        return None
    rest: dict[str, Any] = {}
    if labels:
        rest["labels"] = [label.text for label in labels]
        sayers = [label.by for label in labels]
        rest["labels_by"] = sayers[0] if sayers.count(sayers[0]) == len(sayers) else sayers  # most often one for all
        if any(label.confidence is not None for label in labels):
            rest["confidences"] = [label.confidence for label in labels]
    if captions:
        rest["captions"] = captions
    if regions:
        rest["regions"] = [(region.box, region.polygon, region.label, region.by) for region in regions]
    if flags:
        rest["flags"] = sorted(flags)
    return rest


def _unrest(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    rest: dict[str, Any] = json.loads(text)
    if "labels" in rest:
        names, by, absent = rest["labels"], rest.pop("labels_by"), [None] * len(rest["labels"])
        said = zip(names, by if isinstance(by, list) else repeat(by), rest.pop("confidences", absent), strict=False)
        rest["labels"] = tuple(Label(text=name, by=by, confidence=confidence) for name, by, confidence in said)
    if "captions" in rest:
        rest["captions"] = tuple(rest["captions"])
    if "regions" in rest:
        rest["regions"] = tuple(
            Region(box=box and tuple(box), polygon=tuple(map(tuple, polygon)), label=label, by=by)
            for box, polygon, label, by in rest["regions"]
        )
    if "flags" in rest:
        rest["flags"] = frozenset(rest["flags"])
    return rest


def name_key(name: str) -> str:
    """How an author's name, or that of an account in the address of a page, is looked for.

    >>> name_key("Ana-Souza"), name_key("74881150%40N00")
    ('ana-souza', '74881150@n00')
    """
    return unquote(name, errors="replace").strip().lower()


def account(page: str | None) -> str | None:
    """The account in the address of one of Flickr's pages, as it stands there.

    >>> account("https://www.flickr.com/photos/Ana-Souza/5000")
    'Ana-Souza'
    """
    found = _PAGE.search(page) if page else None
    return found[1] if found else None


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


# ---- what a table says of all its rows ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LicenseShare:
    """The images of a data set that bear one license, written in one way."""

    license: str | None
    license_raw: str | None
    rows: int
    here: int  # of these, the images whose file is here
    first_row: int


class Tally:
    """Counts rows as they go by, in order. The fingerprint is blake2b (16 bytes, hex) of all image ids with a newline after each:
    two tables with the same one draw alike."""

    def __init__(self) -> None:
        self.rows = self.here = 0
        self.has_licenses = False
        self._shares: dict[tuple[str | None, str | None], list[int]] | None = {}  # -> rows, here, first row
        self._fingerprint = hashlib.blake2b(digest_size=16)

    def add(self, batch: Sequence[Row]) -> None:
        kinds = [(row[_LICENSE], row[_LICENSE_RAW], row[_LOCATOR].startswith(ELSEWHERE)) for row in batch]
        for kind, n in Counter(kinds).items():
            own, raw, elsewhere = kind
            self.has_licenses = self.has_licenses or own is not None
            self.here += 0 if elsewhere else n
            if self._shares is not None:
                share = self._shares.get((own, raw))
                if share is None:
                    share = self._shares[own, raw] = [0, 0, self.rows + kinds.index(kind)]
                share[0] += n
                share[1] += 0 if elsewhere else n
        if self._shares is not None and len(self._shares) > LICENSES_KEPT:
            self._shares = None
        self._fingerprint.update("".join([f"{row[_IMAGE_ID]}\n" for row in batch]).encode())
        self.rows += len(batch)

    def meta(self, problems: Problems) -> dict[str, str]:
        """What goes into the table beside its rows."""
        shares = self._shares
        return {
            "rows": str(self.rows),
            "here": str(self.here),
            "licensed": str(int(self.has_licenses)),
            "licenses": json.dumps(shares and [(*kind, *share) for kind, share in shares.items()]),
            "skipped": str(problems.count),
            "problems": json.dumps([asdict(problem) for problem in problems.kept]),
            "fingerprint": self._fingerprint.hexdigest(),
        }


def made_of(dataset: str, made_by: str, sources: Sequence[Source]) -> dict[str, str]:
    """What tables have in common that may stand for one another: the same reader made them from the same files."""
    return {"schema": SCHEMA, "dataset": dataset, "made_by": made_by, "sources": json.dumps(sources)}


def is_made_of(meta: Mapping[str, str], made_by: str, sources: Sequence[Source]) -> bool:
    return meta["made_by"] == made_by and json.loads(meta["sources"]) == [list(source) for source in sources]


class Described:
    """A table's own account of what it holds. Raises one of DAMAGE where it is none."""

    def __init__(self, meta: Mapping[str, str]) -> None:
        self.dataset = meta["dataset"]
        self.sources: tuple[Source, ...] = tuple((str(file), int(size), int(time)) for file, size, time in json.loads(meta["sources"]))
        self.rows = int(meta["rows"])
        self.here = int(meta["here"])  # rows whose image is here; the others have an address
        self.has_licenses = meta["licensed"] == "1"  # whether any of its images has a license of its own
        self.licenses = _shares(meta["licenses"])  # None where there are more than a thousand kinds
        self.fingerprint = meta["fingerprint"]
        self.skipped = int(meta["skipped"])
        self.problems = tuple(Problem(**problem) for problem in json.loads(meta["problems"]))


def _shares(text: str) -> tuple[LicenseShare, ...] | None:
    names = [part.name for part in fields(LicenseShare)]
    shares = json.loads(text)
    return None if shares is None else tuple(LicenseShare(**dict(zip(names, share, strict=True))) for share in shares)


class OneGroup:
    """All rows of a table as one group; of an empty table no group."""

    def __init__(self, name: str, rows: int) -> None:
        self.count = min(rows, 1)
        self._groups = ((name, rows),)[: self.count]

    def name(self, n: int) -> str:
        return self._groups[n][0]

    def rows(self, n: int) -> int:
        return self._groups[n][1]

    def row(self, n: int, r: int) -> int:
        return range(self.rows(n))[r]


# ---- building -----------------------------------------------------------------------------------------------------------


def part_of(path: Path) -> Path:
    """The file in which the next table grows."""
    return path.with_name(f"{path.name}.part")


@contextmanager
def building(path: Path) -> Iterator[bool]:
    """Only one process builds a table at a time; the others wait. Whether this one had to. Raises TableNotBuilt.

    Where the part of a table is of no more use, it goes: the disk is full, or the makers' files are not what they should be.
    """
    from filelock import FileLock, Timeout  # takes longer to load than a table to open

    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
            waited = False
        except Timeout:
            lock.acquire()
            waited = True
        try:
            yield waited
        except Exception:
            drop(part_of(path))
            raise
        finally:
            lock.release()
    except OSError as error:
        raise TableNotBuilt(file=str(path), problem=error.strerror or str(error)) from None


def discard(path: Path) -> None:
    """Takes a table away, and what was begun of the next one. Waits for who builds it. Raises TableNotBuilt."""
    with building(path):
        path.unlink(missing_ok=True)
        drop(part_of(path))


def drop(part: Path) -> None:
    for left in (part, part.with_name(f"{part.name}-journal")):
        with contextlib.suppress(OSError):
            left.unlink()
