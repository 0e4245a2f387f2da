"""IDX, the files of MNIST and of sets made in its likeness: {train,t10k}-images-idx3-ubyte and -labels-idx1-ubyte, gzip or not.

0000 0803  count  height  width  bytes of the images, one after the other     (0804: the number of channels after the width)
0000 0801  count  bytes, each a label                                          (all numbers of four bytes, the highest first)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from imagestolive.datasets import tree
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import locator
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import NotThisFormat, Problems
from imagestolive.datasets.streams import Stream, open_stream
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Label

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_SPLITS = ("train", "t10k")
_FOLDERS = {  # of the makers, of torchvision, and by the name of the set
    "mnist": ("", "raw", "MNIST/raw", "MNIST", "mnist"),
    "fashion-mnist": ("", "raw", "FashionMNIST/raw", "data/fashion", "fashion-mnist", "fashion-mnist/data/fashion"),
}
_IMAGES, _LABELS = ("images", "idx3"), ("labels", "idx1")
_EXPECTED = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-…, .gz"
_GREY, _COLOUR, _LABEL = 0x803, 0x804, 0x801
_NUMBER = struct.Struct(">I")
_STEP_BYTES = 2**20


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Header:
    """The beginning of a file of images."""

    count: int
    height_px: int
    width_px: int
    channels: int  # 1 or 3
    size: int  # of the header, in bytes

    @property
    def image_bytes(self) -> int:
        return self.height_px * self.width_px * self.channels


def read_header(file: Readable) -> Header:
    """Raises ValueError for what is no file of images."""
    magic = _number(file)
    if magic not in (_GREY, _COLOUR):
        raise ValueError(f"{magic:08x}")
    count, height_px, width_px = _number(file), _number(file), _number(file)
    channels, numbers = (_number(file), 5) if magic == _COLOUR else (1, 4)
    if not height_px or not width_px or channels not in (1, 3):
        raise ValueError(f"{height_px} x {width_px} x {channels}")
    return Header(count=count, height_px=height_px, width_px=width_px, channels=channels, size=numbers * _NUMBER.size)


def read_image(file: BinaryIO, row: int, most_bytes: int) -> tuple[bytes, tuple[int, int, int]]:
    """(samples, (height, width, channels)) of one image. Raises ValueError, IndexError.

    A grey sample counts ink by the makers' definition, 0 being the paper: it comes out as 255 less that, dark on white.
    Colours come out as they are.
    """
    header = read_header(file)
    if header.image_bytes > most_bytes:
        raise ValueError("too large")
    file.seek(header.size + row * header.image_bytes)
    samples = file.read(header.image_bytes)
    if row >= header.count or len(samples) < header.image_bytes:
        raise IndexError(row)
    if header.channels == 1:
        samples = samples.translate(_INK_TO_LIGHT)
    return samples, (header.height_px, header.width_px, header.channels)


def read_mnist(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Handwritten digits; the id is the split and the row: train/17. Raises NotThisFormat, ArchiveRefused, OSError."""
    return _read(root, sheet, problems, "mnist", DIGITS)


def read_fashion_mnist(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """The same of clothes. Raises NotThisFormat, ArchiveRefused, OSError."""
    return _read(root, sheet, problems, "fashion-mnist", CLOTHES)


def mnist_depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return _depends_on(root, "mnist")


def fashion_mnist_depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return _depends_on(root, "fashion-mnist")


def _depends_on(root: Path, key: str) -> Iterator[Path]:
    for folder in _FOLDERS[key]:
        yield root / folder
    for split in _SPLITS:
        for kind in (_IMAGES, _LABELS):
            if path := _find(root, key, split, kind):
                yield path


def _read(root: Path, sheet: Datasheet, problems: Problems, key: str, names: Sequence[str]) -> Iterator[ImageRecord]:
    images = {split: path for split in _SPLITS if (path := _find(root, key, split, _IMAGES, problems))}
    if not images:
        raise other_format(root, _EXPECTED)
    for split, path in images.items():
        name = path.relative_to(root).as_posix()
        header, here = _measure(path, name)
        problems.add_sum(name, N_("Rows that its header counts and that are not in it: {n}"), header.count - here)
        labels_path = _find(root, key, split, _LABELS, problems)
        if labels_path is None:
            problems.add(name, N_("The file with its labels is not here."))
        labels = _read_labels(labels_path, here) if labels_path else b""
        unnamed = 0
        for row in range(here):
            named = row < len(labels) and labels[row] < len(names)
            unnamed += not named
            yield ImageRecord(
                dataset=sheet.key,
                image_id=f"{split}/{row}",
                locator=locator(name, row=row, layout="idx"),
                width_px=header.width_px,
                height_px=header.height_px,
                dataset_license=sheet.license,
                labels=(Label(text=names[labels[row]]),) if named else (),
                flags=frozenset(sheet.flags),
                people=sheet.people,
            )
        if labels_path:
            problems.add_sum(labels_path.relative_to(root).as_posix(), N_("Rows without a label: {n}"), unnamed)


def _find(root: Path, key: str, split: str, kind: tuple[str, str], problems: Problems | None = None) -> Path | None:
    """train-images-idx3-ubyte, or with a full stop, or with .gz: what lies unpacked is read faster."""
    what, idx = kind
    names = [f"{split}-{what}{mark}{idx}-ubyte{end}" for mark in "-." for end in ("", ".gz")]
    wanted = [str(Path(folder, name)) for folder in _FOLDERS[key] for name in names]
    here = tree.makers_files(root, *wanted, problems=problems)
    return next((path for name in wanted if (path := root / name) in here), None)


def _measure(path: Path, name: str) -> tuple[Header, int]:
    """(header, how many of its images are there)."""
    with open_stream(path, name) as stream:
        try:
            header = read_header(stream)
        except ValueError as error:
            raise NotThisFormat(folder=name, expected="0000 0803", found=str(error)) from None
        wanted_bytes = header.count * header.image_bytes
        return header, _count_bytes(stream, wanted_bytes) // header.image_bytes


def _count_bytes(stream: Stream, most_bytes: int) -> int:
    start = stream.at
    while (left := start + most_bytes - stream.at) and stream.some(min(left, _STEP_BYTES)):
        pass
    return stream.at - start


def _read_labels(path: Path, most: int) -> bytes:
    with open_stream(path, path.name) as stream:
        if (magic := _number(stream)) != _LABEL:
            raise NotThisFormat(folder=path.name, expected="0000 0801", found=f"{magic:08x}")
        parts = []
        left = min(_number(stream), most)
        while left and (part := stream.some(min(left, _STEP_BYTES))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


def _number(file: Readable) -> int:
    data = file.read(_NUMBER.size)
    if len(data) < _NUMBER.size:
        raise ValueError("–")
    return int(_NUMBER.unpack(data)[0])


_INK_TO_LIGHT = bytes(range(255, -1, -1))
