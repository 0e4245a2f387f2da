"""ImageNet, as its makers and Kaggle hand it out, in folders, in tars, in tars of tars.

    train/n01440764/n01440764_10026.JPEG       ILSVRC2012_img_train.tar, n01440764.tar
    val/n01751748/ILSVRC2012_val_00000001.JPEG ILSVRC2012_img_val.tar, without the folder
    ILSVRC/Data/CLS-LOC/{train,val,test}/...   Kaggle's

A name in train tells the class; what an image of val shows is told by its folder, LOC_val_solution.csv or the XML with its boxes
(ILSVRC2012_bbox_val_v3.tgz). The devkit's list gives numbers that only its meta.mat explains; neither is read. An image
of which nothing tells the class, as of all of test, is held back: it may show a person.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from imagestolive.datasets import tree, voc
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.imagenet_urls import FILE, note_urls
from imagestolive.datasets.lines import read_lines
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import scratch
from imagestolive.datasets.synsets import BOX, CLASS, Form, Note, note_tree, noted_words, records
from imagestolive.records import ImageRecord

# The pictures of the detection task are others under the same names (ILSVRC2013_DET_val/ILSVRC2012_val_00000001.JPEG).
_NOT_DETECTION = r"\A(?!(?:.*[/_])?DET[/_])"
_NAME = r"(?:n[0-9]{8}_[0-9]{1,12}|ILSVRC2012_(?:val|test)_[0-9]{8})"
_IMAGE = re.compile(rf"{_NOT_DETECTION}(?:.*?/)??(?:(?P<folder>n[0-9]{{8}})/)?(?P<id>{_NAME})\.(?:JPEG|jpeg|JPG|jpg)\Z")
_BOXES = rf"{_NOT_DETECTION}(?:.*/)?{_NAME}\.xml\Z"
_LISTS = r"(?:^|/)(?:LOC_val_solution\.csv|LOC_synset_mapping\.txt|words\.txt)$"
_SOLUTION = re.compile(rb"ImageId,.*|(ILSVRC2012_val_[0-9]{8}),(n[0-9]{8}) .*")  # ILSVRC2012_val_00000001,n01751748 84 175 330 291


def _noted(path: str, content: bytes, problems: Problems) -> Iterator[Note]:
    if path.endswith(".xml"):
        for box in voc.boxes(content):
            yield PurePosixPath(path).stem, BOX, box
    elif path.endswith(".csv"):
        for _, line in read_lines(io.BytesIO(content), _SOLUTION, problems, name=path):
            if line[1]:
                yield line[1].decode(), CLASS, line[2].decode()
    else:
        yield from noted_words(path, content, problems)


_FORM = Form(
    image=_IMAGE,
    texts=f"{_BOXES}|{_LISTS}",
    noted=_noted,
    expected="train/n01440764/n01440764_10026.JPEG, ILSVRC2012_img_train.tar, ILSVRC/Data/CLS-LOC/…",
)


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of folders and archives. Raises NotThisFormat, ArchiveRefused."""
    with scratch() as notes:
        wnids = note_tree(root, _FORM, notes, problems)
        note_urls(root, notes, problems, wnids)
        notes.end_notes()
        yield from records(_FORM, sheet, notes, problems)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    """Folders, archives and lists; not half a million annotations, which do not change one by one."""
    return tree.depends_on(root, rf"{_LISTS}|\A{re.escape(FILE)}\Z")
