"""Labeled Faces in the Wild: lfw/A_B/A_B_0001.jpg, in folders or in lfw.tgz.

The makers hand out the same photographs in further versions, with faces turned upright by a program: lfw_funneled/ and
lfw-deepfunneled/. Where several are here, one is read, in this order: as they were, funneled, deep funneled.

The makers' id of an image is the name of the person in it. It would stand in set files and in addresses, and people who were never asked
are not named there: the id of a record is a hash of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from imagestolive.datasets import named, tree
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.problems import Problems
from imagestolive.records import ImageRecord

_IMAGE = r"(?:^|/)(?P<person>[^/]+)/(?P<id>(?P=person)_[0-9]{4})\.jpg$"
_VERSIONS = (None, "funneled", "deepfunneled")  # the best first
_VERSION = re.compile(r"(?:^|/)lfw[-_](?P<version>(?:deep)?funneled)(?=[/.])")


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records with the person's name, as the makers write it, as label; it is never a title. Raises NotThisFormat, ArchiveRefused."""
    version = _best_version(root)
    return named.read(
        root,
        sheet,
        problems,
        images=_IMAGE,
        label=lambda name: name["person"].replace("_", " "),
        image_id=lambda name: hashlib.blake2b(name["id"].encode(), digest_size=6).hexdigest(),
        expected="lfw/NAME/NAME_0001.jpg, …",
        passed_over=lambda found: _version(found.path) != version,
    )


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return tree.depends_on(root)


def _best_version(root: Path) -> str | None:
    found = set()
    for image in tree.Tree(root, Problems()).files(_IMAGE):  # what is wrong with the tree is told when it is read
        found.add(_version(image.path))
        if _VERSIONS[0] in found:
            break
    return min(found, key=_VERSIONS.index, default=None)


def _version(path: str) -> str | None:
    name = _VERSION.search(path)
    return name and name["version"]
