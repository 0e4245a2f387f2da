"""Credits for a data set whose makers give none, out of another that lists the same photographs.

Tencent ML-Images names an Open Images photograph by its address alone; Open Images says who took it and under which license.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from imagestolive.datasets.flickr import page
from imagestolive.records import ImageRecord

_TAKEN = ("author", "author_url", "author_id", "title", "landing_url")
_TAKEN_TOGETHER = ("license_raw", "license", "license_seen_on", "dataset_license")  # what is said of one license


class Photographs(Protocol):
    """As much of a table as is asked here."""

    def find(self, *, photo_id: str) -> list[int]: ...

    def record(self, row: int) -> ImageRecord: ...


def credited(records: Iterable[ImageRecord], other: Photographs) -> Iterator[ImageRecord]:
    """The records, with what `other` says of the same Flickr photograph where they say nothing. Nothing that a data set's makers
    recorded is written over; a page worked out from the photo's id alone gives way to the recorded one."""
    for record in records:
        rows = other.find(photo_id=record.photo_id) if record.photo_id else []
        yield _credited(record, other.record(rows[0])) if rows else record


def _credited(record: ImageRecord, source: ImageRecord) -> ImageRecord:
    absent = [name for name in _TAKEN if getattr(record, name) is None]
    if record.photo_id and source.landing_url and record.landing_url == page(record.photo_id):
        absent.append("landing_url")
    if record.license_raw is None and record.license is None:
        absent += _TAKEN_TOGETHER
    return replace(record, **{name: getattr(source, name) for name in absent})
