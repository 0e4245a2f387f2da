"""fall11_urls.txt: where ImageNet's makers found each image, 14 million lines from the autumn of 2011.

    n00004475_6590<TAB>http://farm4.static.flickr.com/3175/2737866473_7958dc8760.jpg

It is the only way from an id of ImageNet (those of Stanford Dogs and of Tencent ML-Images too) to the photograph's page.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TypedDict

from imagestolive.datasets import flickr
from imagestolive.datasets.lines import read_lines
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import web_address
from imagestolive.errors import N_

FILE = "fall11_urls.txt"
_LINE = re.compile(rb"(?P<id>(?P<wnid>n[0-9]{8})_[0-9]{1,12})\t(?P<url>.*)")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")  # the file is in no one encoding; as %E9 a byte stays what it is, and a browser sends it so
_NOTE = "url"


class Provenance(TypedDict):
    """The fields of a record that tell where an image came from."""

    source_url: str | None
    photo_id: str | None
    landing_url: str | None


def note_urls(root: Path, notes: Scratch, problems: Problems, wnids: Container[str] | None = None) -> None:
    """Notes the address of each image; `wnids` limits it to images of these classes. Does nothing where the file is not in the root.

    Call it before Scratch.end_notes. Raises OSError.
    """
    for path in makers_files(root, FILE):  # a link that leads out is told by `walk`
        notes.note(_noted(path, problems, wnids))


def provenance(notes: Scratch, image_id: str) -> Provenance:
    """What was noted of an image; where nothing was, each field is None."""
    url = next(iter(notes.notes(image_id, _NOTE)), None)
    photo_id = flickr.photo_id(url)
    return {"source_url": url, "photo_id": photo_id, "landing_url": flickr.page(photo_id) if photo_id else None}


def _noted(path: Path, problems: Problems, wnids: Container[str] | None) -> Iterator[tuple[str, str, str]]:
    with path.open("rb") as file:
        for number, line in read_lines(file, _LINE, problems, name=FILE):
            if wnids is not None and line["wnid"].decode() not in wnids:
                continue
            if address := web_address(_NOT_ASCII.sub(_percent, line["url"]).decode("ascii")):
                yield line["id"].decode(), _NOTE, address
            else:
                problems.add(FILE, N_("“{value}” is no web address and is left out."), row=number, value=line["url"].decode("latin-1"))


def _percent(byte: re.Match[bytes]) -> bytes:
    return b"%%%02X" % ord(byte[0])
