"""Data sets that say all they say in the names of files and folders: the path of an image gives its id and its class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import shown
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.scratch import scratch
from imagestolive.datasets.tree import Found, Tree, entries
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Label

HERE_TWICE = N_("This image is here under another path, too; this copy is not used.")
_NAMES_SHOWN = 10


def read(
    root: Path,
    sheet: Datasheet,
    problems: Problems,
    *,
    images: str,
    label: Callable[[re.Match[str]], str],
    expected: str,
    image_id: Callable[[re.Match[str]], str] = lambda name: name["id"],
    passed_over: Callable[[Found], bool] = lambda _: False,
) -> Iterator[ImageRecord]:
    """A record for each path that the pattern `images` finds; its group `id` is the image's id, unless `image_id` makes another of it, and
    `label` makes the class.

    Of an id that comes again the first is taken. `expected` is what a folder without any is told to hold.
    Raises NotThisFormat, ArchiveRefused, OSError.
    """
    pattern = re.compile(images)
    empty = True
    with scratch() as seen:
        for found in Tree(root, problems).files(images):
            name = pattern.search(found.path)
            if name is None or passed_over(found):
                continue
            empty = False
            if seen.first_time(name["id"]):
                yield record(sheet, image_id(name), found.locator, label(name))
            else:
                problems.add(found.path, HERE_TWICE)
    if empty:
        raise other_format(root, expected)


def record(sheet: Datasheet, image_id: str, locator: str, label: str) -> ImageRecord:
    """What is known of an image of which nothing is known but its class."""
    return ImageRecord(
        dataset=sheet.key,
        image_id=image_id,
        locator=locator,
        dataset_license=sheet.license,
        labels=(Label(text=label),),
        flags=frozenset(sheet.flags),
        people=sheet.people,
    )


def other_format(root: Path, expected: str) -> NotThisFormat:
    """The error of a folder that holds nothing of a data set. Raises OSError."""
    names = sorted(entry.name for entry in entries(root))
    return NotThisFormat(folder=str(root), expected=expected, found=", ".join(shown(name, 80) for name in names[:_NAMES_SHOWN]) or "–")
