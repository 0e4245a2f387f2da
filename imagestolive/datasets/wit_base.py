"""wit_base, Wikimedia's own form of WIT: Parquet files in the root or in data/, whose column `image` holds the bytes of small copies.

Only files of Commons are taken, each once; see wit.py, also for what is read of a column `extmetadata`. The copies are 300 pixels wide:
the size of the originals, which the rows tell, goes into no record. Needs the extra `parquet`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imagestolive.datasets import parquetfiles
from imagestolive.datasets.commons import credit_of, file_name
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import cell_locator
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import scratch
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import web_address
from imagestolive.datasets.wit import NOT_AT_COMMONS, record
from imagestolive.errors import N_
from imagestolive.records import ImageRecord

IMAGE = "image"
_NEEDED = frozenset({IMAGE, "image_url"})
_ATTRIBUTION = "caption_attribution_description"
_BY_LANGUAGE = tuple(f"wit_features.{name}" for name in ("caption_reference_description", "caption_alt_text_description"))
_USED = ("image_url", "extmetadata", _ATTRIBUTION, *_BY_LANGUAGE)


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the files' names and rows. Raises NotThisFormat, ParquetRefused, ParquetMissing."""
    with scratch() as notes:
        for path in _files(root, problems):
            name, elsewhere = path.relative_to(root).as_posix(), 0
            for row, values in parquetfiles.rows(path, _USED, problems):
                source_url = web_address(values["image_url"])
                if source_url is None:
                    problems.add(name, N_("“{value}” cannot be right."), row=row + 1, value=str(values["image_url"]))
                elif (image_id := file_name(source_url)) is None:
                    elsewhere += 1
                elif notes.first_time(image_id):
                    where = cell_locator(name, row, IMAGE)
                    credit = credit_of(values["extmetadata"])
                    yield record(sheet, image_id, where, source_url, captions=_captions(values), credit=credit)
            problems.add_sum(name, NOT_AT_COMMONS, elsewhere)


def depends_on(root: Path, _: Datasheet) -> list[Path]:
    return _candidates(root, None)


def _files(root: Path, problems: Problems) -> list[Path]:
    if found := [path for path in _candidates(root, problems) if set(parquetfiles.columns(path)) >= _NEEDED]:
        return found
    raise other_format(root, "data/*.parquet: image, image_url, metadata_url, …")


def _candidates(root: Path, problems: Problems | None) -> list[Path]:
    return makers_files(root, "*.parquet", "data/*.parquet", problems=problems)


def _captions(values: Mapping[str, Any]) -> Iterator[object]:
    """The first of each kind, as in wit.py: a caption may stand there in a hundred languages."""
    reference, alt_text = (next((one for one in values[name] or () if one), None) for name in _BY_LANGUAGE)
    yield from (reference, values[_ATTRIBUTION], alt_text)
