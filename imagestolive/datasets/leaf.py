"""Leaf (UCI): photographs as RGB/1. Quercus suber/iPAD2_C01_EX01.JPG, in folders or in leaf.zip.

The silhouettes in BW/, which end in _B.TIFF, say where the same leaves are and are no images of their own. Nor is leaf.csv
read: it holds measures of shape and texture, no names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from imagestolive.datasets import named, tree
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.problems import Problems
from imagestolive.records import ImageRecord

_IMAGE = r"(?:^|/)[0-9]{1,3}\. ?(?P<species>[^/]+)/(?P<id>iPAD2_C[0-9]{2}_EX[0-9]{2})\.(?:JPE?G|jpe?g)$"


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records with the species as label. Raises NotThisFormat, ArchiveRefused."""
    expected = "RGB/1. Quercus suber/iPAD2_C01_EX01.JPG, …"
    return named.read(root, sheet, problems, images=_IMAGE, label=lambda name: name["species"], expected=expected)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return tree.depends_on(root)
