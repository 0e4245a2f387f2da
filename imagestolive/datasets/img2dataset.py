"""What the program img2dataset wrote: images it downloaded from a list of addresses, each with what the list and the program say of it.

    00000.tar              000000000.jpg, 000000000.json, 000000000.txt, 000000001.jpg, …       its form "webdataset"
    00000/                 the same as loose files                                              its form "files"
    00000.parquet          the same of all images, also of those that could not be had: not needed here
    00000_stats.json       not read

The JSON holds url, caption, key, status, width, height, original_width, original_height, a hash, perhaps exif, and whatever columns of the
list the user kept. `exif` is never kept: it may tell where and with whose camera a photograph was taken. The hash is of the file as
it was downloaded; it is the stored file's only where the program changed nothing (--disable_all_reencoding), and then it gives no width. Of
other images no sum is kept. What was downloaded from LAION's lists follows the rules of laion.py.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imagestolive.datasets import laion, tree
from imagestolive.datasets.addresses import origin
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.tree import Found, Tree
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import Flag, ImageRecord

_EXPECTED = "00000.tar | 00000/: 000000000.jpg, 000000000.json"
# The key of an image is made of its shard's number and its own, by default of five and four digits.
_FILE = (
    r"(?:^|/)(?P<folder>(?:.*/)?)(?P<shard>[0-9]{3,})(?:\.tar|\.tar\.gz|\.tgz)?"
    r"/(?P<key>(?P=shard)[0-9]+)\.(?P<kind>jpg|png|webp|json|txt)\Z"
)
_JSON = r"(?:^|/)[0-9]+\.json\Z"  # what is kept of a packed tar while it passes: the text beside it says nothing else
_IMAGES = ("jpg", "png", "webp")


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of folders and archives. Raises NotThisFormat, NotResearchSafe, WithoutMarks, ArchiveRefused, OSError."""
    files = Tree(root, problems, texts=_JSON)
    empty = True
    for path, samples in _shards(files):
        empty = False
        yield from _Shard(files, path, sheet, problems).records(samples)
    if empty:
        raise other_format(root, _EXPECTED)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    """Folders, archives and the README, which may say what was downloaded; not millions of JSON files, which do not change one by one."""
    return tree.depends_on(root, r"(?:^|/)README\.md$")


Sample = tuple[str, dict[str, Found]]  # an image's id; its files, by their endings


def _shards(files: Tree) -> Iterator[tuple[str, Iterator[Sample]]]:
    """(path of a shard, its samples) as they come by. What belongs to one image stands together, in a folder by its name, in a tar because
    it was written so."""
    pattern = re.compile(_FILE)
    found = ((name, file) for file in files.files(_FILE) if (name := pattern.search(file.path)))
    for path, group in itertools.groupby(found, lambda named: named[1].path.rpartition("/")[0]):
        yield path, _samples(group)


def _samples(files: Iterator[tuple[re.Match[str], Found]]) -> Iterator[Sample]:
    for image_id, group in itertools.groupby(files, lambda named: named[0]["folder"] + named[0]["key"]):
        yield image_id, {name["kind"]: file for name, file in group}


class _Shard:
    """Reads one shard. `path` is that of its folder or its tar."""

    def __init__(self, files: Tree, path: str, sheet: Datasheet, problems: Problems) -> None:
        self._files = files
        self._path = path
        self._sheet = sheet
        self._problems = problems
        self._research_safe = laion.shows_research_safe(files.root, path)

    def records(self, samples: Iterator[Sample]) -> Iterator[ImageRecord]:
        """Raises NotResearchSafe, WithoutMarks, ArchiveRefused."""
        if self._research_safe is False:
            laion.check(self._files.root, self._path)
        unsaid = absent = 0
        for image_id, files in samples:
            image = next((files[kind] for kind in _IMAGES if kind in files), None)
            if image is None:
                absent += 1
            elif "json" not in files:
                unsaid += 1
            elif (said := self._read(files["json"])) is not None:
                yield self._record(image_id, image, said, files.get("txt"))
        self._problems.add_sum(self._path, N_("Images of which it says nothing: {n}"), unsaid)
        self._problems.add_sum(self._path, N_("Rows whose file is not here: {n}"), absent)

    def _read(self, found: Found) -> dict[str, Any] | None:
        """What a JSON file says; None, and `problems` are told, where it cannot be read."""
        content = self._files.read(found)
        if content is None:
            return None
        try:
            return _object(content)
        except (ValueError, RecursionError) as error:
            self._problems.add(found.path, N_("This file cannot be read: {problem}."), problem=str(error))
            return None

    def _record(self, image_id: str, image: Found, said: Mapping[str, Any], caption: Found | None) -> ImageRecord:
        """Raises NotResearchSafe, WithoutMarks."""
        values = {name.lower(): value for name, value in said.items()}  # those of the list are called as there: NSFW, LICENSE
        written = text(said.get("caption")) or text(values.get("text")) or self._caption(caption)
        license_raw, license_id = laion.license_facts(values.get("license"))
        return ImageRecord(
            dataset=self._sheet.key,
            image_id=image_id,
            locator=image.locator,
            width_px=laion.side_px(said.get("width")),  # as stored; WIDTH would be the original's
            height_px=laion.side_px(said.get("height")),
            md5=laion.md5(said.get("md5")) if "width" in said and said["width"] is None else None,
            license_raw=license_raw,
            license=license_id,
            dataset_license=self._sheet.license,
            captions=(written,) if written else (),
            flags=frozenset(self._sheet.flags) | self._marks(values),
            people=self._sheet.people,
            **origin(web_address(said.get("url"))),
        )

    def _marks(self, values: Mapping[str, Any]) -> frozenset[Flag]:
        """The flags of an image of LAION; of others nothing is known."""
        if self._research_safe is None and not laion.is_of_laion(values.keys()):
            return frozenset()
        if not self._research_safe:
            laion.check(self._files.root, self._path)
        laion.check_marks(self._path, values.keys())
        return laion.marks(values, values.keys())

    def _caption(self, found: Found | None) -> str | None:
        is_packed = found is not None and found.archive is not None and found.offset is None
        content = self._files.read(found) if found and not is_packed else None
        return text(content.decode("utf-8", "replace").replace("\0", "")) if content else None


def _object(content: bytes) -> dict[str, Any]:
    """A JSON object; NaN, which JSON does not have, is None. Raises ValueError, RecursionError."""
    said = json.loads(content, parse_constant=lambda _: None)
    if isinstance(said, dict):
        return said
    raise ValueError("no JSON object")
