"""What ImageNet and Tiny ImageNet share: photographs in folders named by wnids, and small files that tell of them.

The tree is gone through once. What it holds is noted on disk, then the images come out in the order in which they were found.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagestolive.datasets import wordnet
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.imagenet_urls import provenance
from imagestolive.datasets.lines import read_lines
from imagestolive.datasets.named import HERE_TWICE, other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch
from imagestolive.datasets.tree import Tree
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Label, Region

Note = tuple[str, str, Any]  # image id, or wnid where WORDS are noted
CLASS, BOX, WORDS = "class", "box", "words"  # a wnid; [wnid, x0, y0, x1, y1] in fractions; "tench, Tinca tinca"
_IMAGE = "image"
_LOOKS_LIKE_AN_IMAGE = r"\.(?i:jpe?g)$"
_WORDS = re.compile(rb"(n[0-9]{8})[\t ]+(\S.*)")


@dataclass(frozen=True, kw_only=True)
class Form:
    """How one of these data sets is laid out."""

    image: re.Pattern[str]  # finds the path of an image; groups: id; folder, where the wnid of its class is the folder's name
    texts: str  # finds the paths of files to be read
    noted: Callable[[str, bytes, Problems], Iterator[Note]]  # (path, content) of such a file -> what it says; may raise ValueError
    expected: str
    side_px: int | None = None  # of images that are all squares of one size


def note_tree(root: Path, form: Form, notes: Scratch, problems: Problems) -> set[str]:
    """Notes images and what is said of them; the answer is the wnids in the ids. Raises NotThisFormat, ArchiveRefused, OSError."""
    tree = Tree(root, problems, texts=form.texts)
    wnids: set[str] = set()
    images, strangers = 0, 0

    def noted() -> Iterator[Note]:
        nonlocal images, strangers
        for found in tree.files(f"{_LOOKS_LIKE_AN_IMAGE}|{form.texts}"):
            if image := form.image.search(found.path):
                images += 1
                wnid = image["id"].partition("_")[0]
                if wordnet.is_known(wnid):
                    wnids.add(wnid)
                elif image["folder"]:
                    yield image["id"], CLASS, image["folder"]
                yield image["id"], _IMAGE, [image["id"], found.path, found.locator]
            elif re.search(_LOOKS_LIKE_AN_IMAGE, found.path):
                strangers += 1
            elif (content := tree.read(found)) is not None:
                try:
                    yield from form.noted(found.path, content, problems)
                except ValueError as error:
                    problems.add(found.path, N_("This file cannot be read: {problem}."), problem=str(error))

    notes.note(noted())
    if not images:
        raise other_format(root, form.expected)
    problems.add_sum(".", N_("Images whose place or name is not the makers’: {n}"), strangers)
    return wnids


def noted_words(path: str, content: bytes, problems: Problems) -> Iterator[Note]:
    """words.txt and LOC_synset_mapping.txt: n01440764 tench, Tinca tinca."""
    for _, line in read_lines(io.BytesIO(content), _WORDS, problems, name=path):
        yield line[1].decode(), WORDS, line[2].strip().decode("utf-8", "replace")


def records(form: Form, sheet: Datasheet, notes: Scratch, problems: Problems) -> Iterator[ImageRecord]:
    """A record for each image noted, of the same id the first; call Scratch.end_notes before."""

    @functools.lru_cache(maxsize=2**16)
    def words(wnid: str) -> str:
        return next(iter(notes.notes(wnid, WORDS)), wnid)

    for image_id, path, locator in notes.all_notes(_IMAGE):
        if not notes.first_time(image_id):
            problems.add(path, HERE_TWICE)
            continue
        boxes = dict.fromkeys(map(tuple, notes.notes(image_id, BOX)))  # what is here unpacked and packed was noted twice
        own = image_id.partition("_")[0]
        named = [*([own] if wordnet.is_wnid(own) else notes.notes(image_id, CLASS)), *(box[0] for box in boxes)]
        held_back = {flag for name in named or [""] for flag in wordnet.held_back(name)}
        yield ImageRecord(
            dataset=sheet.key,
            image_id=image_id,
            locator=locator,
            width_px=form.side_px,
            height_px=form.side_px,
            dataset_license=sheet.license,
            labels=tuple(Label(text=words(name)) for name in named[:1]),
            regions=tuple(Region(box=(x0, y0, x1, y1), label=words(name)) for name, x0, y0, x1, y1 in boxes),
            flags=frozenset(sheet.flags) | held_back,
            people="some" if "person" in held_back else sheet.people,
            **provenance(notes, image_id),
        )
