"""Stanford Dogs: Images/n02085620-Chihuahua/n02085620_10074.jpg and, for its boxes, Annotation/n02085620-Chihuahua/n02085620_10074,
which is XML without an extension; in folders or in images.tar and annotation.tar.

The images were taken from ImageNet and bear their ids there, so ImageNet's fall11_urls.txt, if it lies in the root, tells where they
came from. No file names an author or a license.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from imagestolive.datasets import named, tree, voc, wordnet
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.imagenet_urls import FILE, note_urls, provenance
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import scratch
from imagestolive.datasets.tree import Tree
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Region

_STEM = r"(?:^|/)(?P<wnid>n[0-9]{8})-(?P<breed>[^/]+)/(?P<id>(?P=wnid)_[0-9]+)"
_ANNOTATION = rf"{_STEM}(?:\.xml)?$"
_FILE = re.compile(rf"{_STEM}(?P<extension>\.jpg|\.xml|)$")


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records with the breed as label, and the boxes of the dogs. Raises NotThisFormat, ArchiveRefused."""
    wnids: set[str] = set()
    with scratch() as notes:
        notes.note(_noted(Tree(root, problems, texts=_ANNOTATION), wnids, problems))  # an annotation may come before its image or after
        if not wnids:
            raise named.other_format(root, "Images/n02085620-Chihuahua/n02085620_10074.jpg, …")
        note_urls(root, notes, problems, wnids)
        notes.end_notes()
        for image_id, breed, path, locator in notes.all_notes("image"):
            if notes.first_time(image_id):
                boxes: list[Any] = next(iter(notes.notes(image_id, "boxes")), [])
                regions = tuple(Region(box=tuple(box), label=_spaced(name)) for name, *box in boxes)
                record = named.record(sheet, image_id, locator, _spaced(breed))
                flags = record.flags.union(wordnet.held_back(image_id.partition("_")[0]))
                people = "some" if "person" in flags else record.people
                yield replace(record, flags=flags, people=people, regions=regions, **provenance(notes, image_id))
            else:
                problems.add(path, named.HERE_TWICE)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    """Folders, archives and fall11_urls.txt. To look at 20,580 annotations whenever somebody draws would take longer than to draw."""
    return tree.depends_on(root, rf"\A{re.escape(FILE)}\Z")


def _noted(files: Tree, wnids: set[str], problems: Problems) -> Iterator[tuple[str, str, Any]]:
    """(image id, "image", [id, breed, path, locator]) and (image id, "boxes", [[name, x0, y0, x1, y1], ...]); adds to `wnids`."""
    for found in files.files(_FILE.pattern):
        name = _FILE.search(found.path)
        if name is None:
            continue
        if name["extension"] == ".jpg":
            wnids.add(name["wnid"])
            yield name["id"], "image", [name["id"], name["breed"], found.path, found.locator]
        elif (content := files.read(found)) is not None:
            try:
                yield name["id"], "boxes", voc.boxes(content)
            except ValueError as error:
                problems.add(found.path, N_("This file cannot be read: {problem}."), problem=str(error))


def _spaced(name: str) -> str:
    return name.replace("_", " ")
