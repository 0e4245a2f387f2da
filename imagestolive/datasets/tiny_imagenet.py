"""Tiny ImageNet: 200 classes at 64 x 64 pixels, made for a course at Stanford; a folder or tiny-imagenet-200.zip.

    words.txt                                n01443537<TAB>goldfish, Carassius auratus
    train/n01443537/images/n01443537_0.JPEG  train/n01443537/n01443537_boxes.txt: n01443537_0.JPEG<TAB>0<TAB>10<TAB>63<TAB>58
    val/images/val_0.JPEG                    val/val_annotations.txt: val_0.JPEG<TAB>n03444034<TAB>0<TAB>32<TAB>44<TAB>62
    test/images/test_0.JPEG                  nothing says of what class: held back

Images are numbered anew, so nothing leads from them to ImageNet's. Boxes count pixels from 0 to 63, both ends within.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from imagestolive.datasets import tree
from imagestolive.datasets.boxes import in_fractions
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.lines import read_lines
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import scratch
from imagestolive.datasets.synsets import BOX, CLASS, Form, Note, note_tree, noted_words, records
from imagestolive.errors import N_
from imagestolive.records import ImageRecord

SIDE_PX = 64
_IMAGE = re.compile(r"(?:^|/)(?:(?P<folder>n[0-9]{8})/)?(?:images/)?(?P<id>(?:n[0-9]{8}|val|test)_[0-9]{1,9})\.(?:JPEG|jpeg|JPG|jpg)$")
_TEXTS = r"(?:^|/)(?:words\.txt|n[0-9]{8}_boxes\.txt|val_annotations\.txt)$"
_BOX = re.compile(rb"((n[0-9]{8})_[0-9]{1,9}|val_[0-9]{1,9})\.JPEG\t(?:(n[0-9]{8})\t)?([0-9]{1,4}(?:\t[0-9]{1,4}){3})")


def _noted(path: str, content: bytes, problems: Problems) -> Iterator[Note]:
    if path.endswith("words.txt"):
        yield from noted_words(path, content, problems)
        return
    for number, line in read_lines(io.BytesIO(content), _BOX, problems, name=path):
        image_id, wnid = line[1].decode(), (line[2] or line[3] or b"").decode()
        x0, y0, x1, y1 = map(int, line[4].split())
        box = in_fractions((x0, y0, x1 + 1, y1 + 1), SIDE_PX, SIDE_PX)
        if line[3]:
            yield image_id, CLASS, wnid
        if wnid and box:
            yield image_id, BOX, [wnid, *box]
        else:
            problems.add(path, N_("“{value}” cannot be right."), row=number, value=line[0].decode())


_FORM = Form(
    image=_IMAGE,
    texts=_TEXTS,
    noted=_noted,
    expected="train/n01443537/images/n01443537_0.JPEG, val/images/val_0.JPEG, tiny-imagenet-200.zip",
    side_px=SIDE_PX,
)


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of folders and archives. Raises NotThisFormat, ArchiveRefused."""
    with scratch() as notes:
        note_tree(root, _FORM, notes, problems)
        notes.end_notes()
        yield from records(_FORM, sheet, notes, problems)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return tree.depends_on(root, _TEXTS)
