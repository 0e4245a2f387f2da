"""CIFAR-10 and CIFAR-100, as binary records or as Python's pickles, which are read without running what they ask for.

    cifar-10-batches-bin/   data_batch_1.bin, …, test_batch.bin, batches.meta.txt
    cifar-10-batches-py/    data_batch_1, …, test_batch, batches.meta
    cifar-100-binary/       train.bin, test.bin, fine_label_names.txt, coarse_label_names.txt
    cifar-100-python/       train, test, meta

A record: the class (of CIFAR-100 the superclass, then the class), then 1,024 bytes of red, of green, of blue, row by row.
The pickles also hold a name for each file, which begins with the word the image was searched by. It is not kept: a class drawn by
that word would be none of the makers'.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from imagestolive.datasets import plainpickle, tree
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import Layout, locator
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.values import text
from imagestolive.errors import N_
from imagestolive.records import Flag, ImageRecord, Label

SIDE_PX = 32
SHAPE = (SIDE_PX, SIDE_PX, 3)
_PLANE_BYTES = SIDE_PX * SIDE_PX
_IMAGE_BYTES = 3 * _PLANE_BYTES
_FIRST_OF_PICKLE = 20  # a record begins with a class, 0 to 19 at most; a pickle with a letter or a sign above
_NAMES_MOST_BYTES = 64 * 1024
# Of the 100 classes in their alphabetical order: baby, boy, girl, man, woman.
_CHILDREN = {2, 11, 35}
_PEOPLE = {*_CHILDREN, 46, 98}


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """How one label of an image is written. The class is the first, the superclass the second."""

    classes: int
    at: int  # byte of the binary record
    names_file: str
    key: str  # in a batch that is a pickle
    names_key: str  # in the pickle of names
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Set:
    layout: Layout
    binary_folder: str
    python_folder: str
    batches: tuple[str, ...]
    meta: str  # the pickle of names
    kinds: tuple[_Kind, ...]


_CIFAR_10 = _Set(
    layout="cifar10",
    binary_folder="cifar-10-batches-bin",
    python_folder="cifar-10-batches-py",
    batches=("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"),
    meta="batches.meta",
    kinds=(_Kind(classes=10, at=0, names_file="batches.meta.txt", key="labels", names_key="label_names"),),
)
_CIFAR_100 = _Set(
    layout="cifar100",
    binary_folder="cifar-100-binary",
    python_folder="cifar-100-python",
    batches=("train", "test"),
    meta="meta",
    kinds=(
        _Kind(classes=100, at=1, names_file="fine_label_names.txt", key="fine_labels", names_key="fine_label_names"),
        _Kind(classes=20, at=0, names_file="coarse_label_names.txt", key="coarse_labels", names_key="coarse_label_names", by="coarse"),
    ),
)
_SETS: dict[str, _Set] = {"cifar10": _CIFAR_10, "cifar100": _CIFAR_100}


def read_cifar_10(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records batch by batch; the id is the batch and the row: data_batch_1/17. Raises NotThisFormat, OSError."""
    return _read(_CIFAR_10, root, sheet, problems)


def read_cifar_100(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """The same: train/17. The superclass is a second label. Raises NotThisFormat, OSError."""
    return _read(_CIFAR_100, root, sheet, problems)


def cifar_10_depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return _depends_on(_CIFAR_10, root)


def cifar_100_depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return _depends_on(_CIFAR_100, root)


def is_pickle(file: BinaryIO) -> bool:
    """Whether a batch is one, by its first byte. Leaves the file at its start."""
    first = file.read(1)
    file.seek(0)
    return first >= bytes([_FIRST_OF_PICKLE])


def read_array(file: BinaryIO) -> plainpickle.Array:
    """The images of a pickle. Raises ValueError, OSError."""
    return _array(_facts(file))


def read_image(file: BinaryIO, row: int, layout: Layout, array: plainpickle.Array | None) -> bytes:
    """The samples of one image, in the shape SHAPE; `array` is what the file holds if it is a pickle. Raises IndexError, ValueError."""
    if array is not None:
        planes = array.row(file, row)
    else:
        labels = len(_SETS[layout].kinds)
        file.seek(row * (labels + _IMAGE_BYTES) + labels)
        planes = file.read(_IMAGE_BYTES)
    if len(planes) != _IMAGE_BYTES:
        raise IndexError(row)
    samples = bytearray(_IMAGE_BYTES)
    for channel in range(3):
        samples[channel::3] = planes[channel * _PLANE_BYTES : (channel + 1) * _PLANE_BYTES]
    return bytes(samples)


def _depends_on(kind: _Set, root: Path) -> Iterator[Path]:
    yield root
    folder, suffix = _folder(kind, root)
    if folder:
        yield folder
        names = [label.names_file for label in kind.kinds] if suffix else [kind.meta]
        yield from (folder / name for name in (*(batch + suffix for batch in kind.batches), *names))


def _folder(kind: _Set, root: Path) -> tuple[Path | None, str]:
    """(where the batches are, how their names end). Binary records are read faster than pickles."""
    for name, suffix in ((kind.binary_folder, ".bin"), (kind.python_folder, "")):
        for folder in (root / name, root):
            if _here(root, folder, [batch + suffix for batch in kind.batches]):
                return folder, suffix
    return None, ""


def _here(root: Path, folder: Path, names: Iterable[str], problems: Problems | None = None) -> dict[str, Path]:
    """Those of the makers' files that are in a folder, by name."""
    inside = folder.relative_to(root)
    return {path.name: path for path in tree.makers_files(root, *(str(inside / name) for name in names), problems=problems)}


def _read(kind: _Set, root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    folder, suffix = _folder(kind, root)
    if folder is None:
        first = kind.batches[0]
        raise other_format(root, f"{kind.binary_folder}/{first}.bin, …; {kind.python_folder}/{first}, …")
    names_here = _here(root, folder, [label.names_file for label in kind.kinds] if suffix else [kind.meta], problems)
    names = [_text_names(label, names_here) for label in kind.kinds] if suffix else _pickled_names(kind, names_here.get(kind.meta))
    if not all(names):
        problems.add(folder.relative_to(root).as_posix(), N_("The names of the classes are not here or not whole: labels are missing."))
    rows = _binary_rows if suffix else _pickled_rows
    batches_here = _here(root, folder, [batch + suffix for batch in kind.batches], problems)
    for batch in kind.batches:
        path = batches_here.get(batch + suffix)
        if path is None:
            continue
        file = path.relative_to(root).as_posix()
        for row, classes in enumerate(rows(kind, path, file, problems)):
            if any(number >= label.classes for number, label in zip(classes, kind.kinds, strict=True)):
                problems.add(file, N_("The label of this row is none of the classes."), row=row + 1)
                continue
            yield _record(kind, sheet, f"{batch}/{row}", locator(file, row=row, layout=kind.layout), classes, names)


def _record(kind: _Set, sheet: Datasheet, image_id: str, where: str, classes: Sequence[int], names: Sequence[Sequence[str]]) -> ImageRecord:
    flags: set[Flag] = set(sheet.flags)
    shows_person = kind is _CIFAR_100 and classes[0] in _PEOPLE
    if shows_person:
        flags.add("person")
        if classes[0] in _CHILDREN:
            flags.add("minor")
    labels = zip(kind.kinds, classes, names, strict=True)
    return ImageRecord(
        dataset=sheet.key,
        image_id=image_id,
        locator=where,
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        dataset_license=sheet.license,
        labels=tuple(Label(text=texts[number], by=label.by) for label, number, texts in labels if texts),
        flags=frozenset(flags),
        people="some" if shows_person else sheet.people,
    )


def _binary_rows(kind: _Set, path: Path, file: str, problems: Problems) -> Iterator[list[int]]:
    """The classes of each record."""
    size = len(kind.kinds) + _IMAGE_BYTES
    with path.open("rb") as records:
        if is_pickle(records):
            raise NotThisFormat(folder=file, expected=f"{size} bytes × n", found=repr(records.read(8)))
        while len(record := records.read(size)) == size:
            yield [record[label.at] for label in kind.kinds]
    problems.add_sum(file, N_("Rows that are cut off: {n}"), 1 if record else 0)


def _pickled_rows(kind: _Set, path: Path, file: str, problems: Problems) -> Iterator[list[int]]:
    with path.open("rb") as pickle:
        try:
            facts = _facts(pickle)
            rows = _array(facts).shape[0]
            columns = [_numbers(facts.get(label.key)) for label in kind.kinds]
        except ValueError as error:
            raise NotThisFormat(folder=file, expected="data, labels", found=str(error)) from None
    labelled = min(rows, *map(len, columns))
    yield from ([column[row] for column in columns] for row in range(labelled))
    problems.add_sum(file, N_("Rows without a label: {n}"), rows - labelled)


def _text_names(label: _Kind, here: Mapping[str, Path]) -> list[str]:
    """The names of the classes, one a line; empty where they are not to be had whole."""
    path = here.get(label.names_file)
    if path is None:
        return []
    with path.open("rb") as file:
        lines = file.read(_NAMES_MOST_BYTES).decode("utf-8", "replace").splitlines()
    return _names(label, [line for line in lines if line.strip()])


def _pickled_names(kind: _Set, path: Path | None) -> list[list[str]]:
    facts: dict[Any, Any] = {}
    if path:
        with contextlib.suppress(ValueError), path.open("rb") as file:
            facts = _facts(file)
    return [_names(label, facts.get(label.names_key)) for label in kind.kinds]


def _names(label: _Kind, found: Any) -> list[str]:
    """All of them, "aquarium fish" for "aquarium_fish", or none."""
    texts = [text(_str(name)) for name in found[: label.classes]] if isinstance(found, list) else []
    names = [name.replace("_", " ") for name in texts if name]
    return names if len(names) == label.classes else []


def _facts(file: BinaryIO) -> dict[Any, Any]:
    """What a pickle says, by name. Raises ValueError."""
    found = plainpickle.load(file)
    if isinstance(found, dict):
        return {_str(key): value for key, value in found.items()}
    raise ValueError(type(found).__name__)


def _array(facts: dict[Any, Any]) -> plainpickle.Array:
    array = facts.get("data")
    if isinstance(array, plainpickle.Array) and len(array.shape) == 2 and array.shape[1] == _IMAGE_BYTES:
        return array
    raise ValueError("data")


def _numbers(found: Any) -> list[int]:
    if isinstance(found, list) and all(isinstance(number, int) and number >= 0 for number in found):
        return found
    raise ValueError("labels")


def _str(value: Any) -> Any:
    """A text of Python 2 as one of Python 3; anything else as it is."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
