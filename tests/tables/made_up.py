"""A few made-up records, and tables made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from imagestolive import tables
from imagestolive.datasets import Problems
from imagestolive.records import ImageRecord, Label, Region

SOURCES = [("images.csv", 12, 1_700_000_000_000_000_001), (".", 0, 5)]

OAK = ImageRecord(dataset="oaks", image_id="oak-1", locator="oak-1.jpg")
CREDITED = replace(
    OAK,
    image_id="oak-2",
    locator="oak%231.jpg",
    photo_id="31337",
    author_id="74881150@N00",
    author="Ana Lima",
    title="Carvalho 🌳",
    landing_url="https://www.flickr.com/photos/ana/31337",
    source_url="https://live.staticflickr.com/65535/31337_c03f8123cf_o.jpg",
    license_raw="CC BY 4.0",
    license="by-4.0",
    labels=(Label(text="tree", by="verification", confidence=0.5), Label(text="oak"), Label(text="tree")),
    captions=("A tree.",),
    regions=(Region(box=(0.0, 0.1, 0.2, 0.3), polygon=((0.0, 0.1), (0.2, 0.3), (0.1, 0.3)), label="tree", by="xclick"), Region()),
    flags=frozenset({"person", "face"}),
    people="some",
    width_px=640,
    rotation_deg=0,
)
ELSEWHERE = replace(OAK, image_id="oak-3", locator="https://example.org/3.jpg", source_url="http://example.org/3.jpg")

Build = Callable[..., tables.Table]


def make(path: Path, found: Iterable[ImageRecord], *, made_by: str = "folder 1", problems: Problems | None = None) -> None:
    tables.build(path, found, dataset="oaks", made_by=made_by, sources=SOURCES, problems=problems or Problems())


def oaks(count: int) -> Iterator[ImageRecord]:
    return (replace(OAK, image_id=f"oak-{n}") for n in range(count))
