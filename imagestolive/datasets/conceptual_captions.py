"""Conceptual Captions (CC3M) and Conceptual 12M: addresses with the text of their pages, in *.tsv files without a header.

    a train at the station <TAB> https://example.org/a.jpg           CC3M, Train_GCC-training.tsv
    https://example.org/a.jpg <TAB> A train at the station           CC12M, cc12m.tsv
    caption <TAB> address <TAB> train,station <TAB> /m/07jdr,/m/0bd79 <TAB> 0.98,0.87       CC3M's labels
    address <TAB> SHA-256 <TAB> MD5                                  CC12M's hashes, of the originals

Which file is which is told by its cells, not by its name. The makers give no ids: an image's id is a hash of its address.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagestolive.datasets.addresses import address_id, origin
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import elsewhere_locator
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tabbed import lines, opened, rows_of_width
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Label

_EXPECTED = "*.tsv: caption ⇥ https://… | https://… ⇥ caption"
_PATTERNS = ("[!.]*.tsv", "[!.]*.tsv.gz")
_LOOKED_AT = 100  # rows of a file, to tell which one it is
_HEADERS = (["url", "caption"], ["caption", "url"])  # which users write above the makers' rows, because img2dataset asks for one
_ADDRESS = re.compile(r"https?://\S+")
_SHA256 = re.compile("[0-9a-fA-F]{64}")
_MD5 = re.compile("[0-9a-fA-F]{32}")
_BY = "Google Cloud Vision"  # labels are a program's, by the makers' account
_LABELS, _SUM = "labels", "md5"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """One of the makers' files: how many cells a row has, and in which of them the address and the caption are."""

    cells: int
    address: int
    caption: int | None = None


_CAPTION_FIRST = _Kind(cells=2, address=1, caption=0)
_ADDRESS_FIRST = _Kind(cells=2, address=0, caption=1)
_LABELLED = _Kind(cells=5, address=1, caption=0)
_HASHED = _Kind(cells=3, address=0)
_LISTS = (_CAPTION_FIRST, _ADDRESS_FIRST, _LABELLED)


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the files' names and rows. Labels and hashes are noted on disk first.

    Raises NotThisFormat, ArchiveRefused, OSError.
    """
    kinds = {path: kind for path in makers_files(root, *_PATTERNS, problems=problems) if (kind := _kind(path))}
    lists = [path for path, kind in kinds.items() if kind.cells == 2]
    labels = [path for path, kind in kinds.items() if kind == _LABELLED]
    sums = [path for path, kind in kinds.items() if kind == _HASHED]
    if not (lists or labels):
        raise other_format(root, _EXPECTED)
    with scratch() as notes:
        for path in labels:
            notes.note(_noted_labels(path, problems))
        for path in sums:
            notes.note(_noted_sums(path, problems))
        notes.end_notes()
        noted = notes if labels or sums else None
        for path in lists:
            for _, url, cells in _rows(path, kinds[path], problems):
                yield _record(url, cells[kinds[path].caption or 0], sheet, noted)
        for path in labels if not lists else ():
            for _, url, cells in _rows(path, _LABELLED, Problems()):  # which were told when the labels were noted
                yield _record(url, cells[0], sheet, noted)


def depends_on(root: Path, _: Datasheet) -> list[Path]:
    return makers_files(root, *_PATTERNS)


def _record(url: str, caption: str, sheet: Datasheet, notes: Scratch | None) -> ImageRecord:
    """One row; `notes` is None where there are none of any image."""
    image_id = address_id(url)
    written = text(caption)
    return ImageRecord(
        dataset=sheet.key,
        image_id=image_id,
        locator=elsewhere_locator(url),
        md5=_first(notes, image_id, _SUM) or None,
        dataset_license=sheet.license,
        labels=tuple(Label(text=name, by=_BY, confidence=number) for name, number in _first(notes, image_id, _LABELS)),
        captions=(written,) if written else (),
        flags=frozenset(sheet.flags),
        people=sheet.people,
        **origin(url),
    )


def _first(notes: Scratch | None, image_id: str, kind: str) -> Any:
    """What was noted first of an image, of some kind; nothing where nothing was."""
    return next(iter(notes.notes(image_id, kind)), ()) if notes else ()


# ---- files ------------------------------------------------------------------------------------------------------------


def _kind(path: Path) -> _Kind | None:
    """What most of the first rows are like; None for a file that is none of the makers'. Raises ArchiveRefused, OSError."""
    votes: Counter[_Kind] = Counter()
    with opened(path) as file:
        for _, line in itertools.islice(lines(file), _LOOKED_AT):
            if kind := _kind_of(line.rstrip("\r\n").split("\t")):
                votes[kind] += 1
    return next((kind for kind, _ in votes.most_common(1)), None)


def _kind_of(cells: list[str]) -> _Kind | None:
    addresses = [n for n, cell in enumerate(cells) if _ADDRESS.fullmatch(cell)]
    if len(cells) == _HASHED.cells:
        return _HASHED if addresses == [_HASHED.address] and _SHA256.fullmatch(cells[1]) else None
    return next((kind for kind in _LISTS if kind.cells == len(cells) and addresses == [kind.address]), None)


def _rows(path: Path, kind: _Kind, problems: Problems) -> Iterator[tuple[int, str, list[str]]]:
    """(row, address, cells) of the rows that can be used. Raises ArchiveRefused, OSError."""
    for row, cells in rows_of_width(path, kind.cells, problems):
        if url := web_address(cells[kind.address]):
            yield row, url, cells
        elif row > 1 or cells not in _HEADERS:
            sentence = N_("“{value}” is no web address and is left out.")
            problems.add(path.name, sentence, row=row, value=cells[kind.address])


def _noted_sums(path: Path, problems: Problems) -> Iterator[tuple[str, str, str]]:
    for row, url, (_, _, md5) in _rows(path, _HASHED, problems):
        if _MD5.fullmatch(md5):
            yield address_id(url), _SUM, md5.lower()
        else:
            problems.add(path.name, N_("“{value}” cannot be right."), row=row, value=md5)


def _noted_labels(path: Path, problems: Problems) -> Iterator[tuple[str, str, list[tuple[str, float]]]]:
    for row, url, (_, _, names, ids, numbers) in _rows(path, _LABELLED, problems):
        try:
            yield address_id(url), _LABELS, _labels(names, ids, numbers)
        except ValueError:
            problems.add(path.name, N_("“{value}” cannot be right."), row=row, value=f"{names} {numbers}")


def _labels(names: str, ids: str, numbers: str) -> list[tuple[str, float]]:
    """Names and how sure the program was, 0..1: "train,station", "/m/07jdr,/m/0bd79" and "0.98,0.87". Raises ValueError where they do not
    go together."""
    if not names.strip():
        return []
    confidences = [float(number) for number in numbers.split(",")]
    pairs = list(zip(names.split(","), ids.split(","), confidences, strict=True))
    if not all(0 <= number <= 1 for number in confidences):
        raise ValueError(numbers)
    return [(name.strip(), number) for name, _, number in pairs if name.strip()]
