"""COIL-100: obj14__320.png is object 14 turned by 320 degrees; in the root, in coil-100/ or in its archive. An older form is .ppm.

The angle is no label. A label is a class to draw by, and “320 degrees” would be a class of a hundred things that have nothing
else in common. It stands in the image's id.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from imagestolive.datasets import named, tree
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.problems import Problems
from imagestolive.records import ImageRecord

_IMAGE = r"(?:^|/)(?P<id>obj(?P<object>[1-9][0-9]?|100)__[0-9]{1,3})\.(?:png|ppm)$"


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records with the object as label; the makers number the objects and name none. Raises NotThisFormat, ArchiveRefused."""
    expected = "obj1__0.png … obj100__355.png"
    return named.read(root, sheet, problems, images=_IMAGE, label=lambda name: f"object {name['object']}", expected=expected)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return tree.depends_on(root)
