"""Data sets: their datasheets, and readers that turn the makers' own files into records.

A new format is one file beside this one, with `read` and `depends_on`, and one line in READERS.
"""

from __future__ import annotations

import contextlib
import functools
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from imagestolive.datasets import (
    cifar,
    coco,
    coil_100,
    ffhq,
    flower_photos,
    folder,
    idx,
    imagenet,
    leaf,
    lfw,
    open_images,
    stanford_dogs,
    starter,
    tencent_ml_images,
    tiny_imagenet,
    visual_genome,
    yfcc100m,
    yolo,
)
from imagestolive.datasets.datasheet import BadDatasheet, Datasheet, SheetFile, load_datasheet
from imagestolive.datasets.problems import NotThisFormat, Problem, Problems
from imagestolive.datasets.starter import NotInstalled, package_folder
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import ImageRecord

__all__ = [
    "READERS",
    "BadDatasheet",
    "DatasetSource",
    "Datasheet",
    "NoReader",
    "NotAFolder",
    "NotInstalled",
    "NotReadable",
    "NotThisFormat",
    "Problem",
    "Problems",
    "SheetFile",
    "datasheets",
    "load_datasheet",
    "open_dataset",
]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How one format is read: `read` takes the root, the datasheet and where to tell what is skipped, and may raise NotThisFormat."""

    read: Callable[[Path, Datasheet, Problems], Iterator[ImageRecord]]  # in the makers' order
    depends_on: Callable[[Path, Datasheet], Iterable[Path]]  # the files and folders whose change makes the records old
    described_by: Callable[[Path], str | None] = lambda _: (
        None
    )  # the catalogue key of the sheet that tells of these files, if another one does
    version: int = 1  # raised when the same files give other records: tables made before are then built anew


READERS: Mapping[str, Reader] = {
    "cifar-10": Reader(read=cifar.read_cifar_10, depends_on=cifar.cifar_10_depends_on),
    "cifar-100": Reader(read=cifar.read_cifar_100, depends_on=cifar.cifar_100_depends_on),
    "coco": Reader(read=coco.read, depends_on=coco.depends_on, version=3),
    "coil-100": Reader(read=coil_100.read, depends_on=coil_100.depends_on),
    "digits": Reader(read=starter.read_digits, depends_on=starter.digits_depend_on),
    "fashion-mnist": Reader(read=idx.read_fashion_mnist, depends_on=idx.fashion_mnist_depends_on),
    "ffhq": Reader(read=ffhq.read, depends_on=ffhq.depends_on, described_by=ffhq.described_by),
    "flower-photos": Reader(read=flower_photos.read, depends_on=flower_photos.depends_on),
    "folder": Reader(read=folder.read, depends_on=folder.depends_on),
    "imagenet": Reader(read=imagenet.read, depends_on=imagenet.depends_on),
    "leaf": Reader(read=leaf.read, depends_on=leaf.depends_on),
    "lfw": Reader(read=lfw.read, depends_on=lfw.depends_on),
    "lfw-subset-faces": Reader(read=starter.read_faces, depends_on=starter.lfw_subset_depends_on),
    "lfw-subset-non-faces": Reader(read=starter.read_non_faces, depends_on=starter.lfw_subset_depends_on),
    "mnist": Reader(read=idx.read_mnist, depends_on=idx.mnist_depends_on),
    "open-images": Reader(read=open_images.read, depends_on=open_images.depends_on, version=2),
    "packaged-images": Reader(read=starter.read_images, depends_on=starter.images_depend_on),
    "stanford-dogs": Reader(read=stanford_dogs.read, depends_on=stanford_dogs.depends_on),
    "tencent-ml-images": Reader(read=tencent_ml_images.read, depends_on=tencent_ml_images.depends_on),
    "tiny-imagenet": Reader(read=tiny_imagenet.read, depends_on=tiny_imagenet.depends_on),
    "visual-genome": Reader(read=visual_genome.read, depends_on=visual_genome.depends_on),
    "yfcc100m": Reader(read=yfcc100m.read, depends_on=yfcc100m.depends_on, version=2),
    "yolo": Reader(read=yolo.read, depends_on=yolo.depends_on, version=2),
}


class NoReader(ImagesToLiveError):
    """A data set of the catalogue that is not read here, or a reader nobody wrote."""

    sentence = N_("“{key}” cannot be opened: there is no reader for it.")
    field = "dataset"


class NotAFolder(ImagesToLiveError):
    sentence = N_("“{key}”: there is no folder {folder}.")
    field = "root"


class NotReadable(ImagesToLiveError):
    """The system does not let us read the makers' files."""

    sentence = N_("“{key}”: {file} cannot be read: {problem}.")
    exit_code = 1
    status = 500


@functools.cache
def datasheets() -> Mapping[str, Datasheet]:
    """The catalogue, by key in code point order. Raises BadDatasheet."""
    sheets = [load_datasheet(path) for path in (Path(__file__).parent / "catalogue").glob("*.yaml")]
    return MappingProxyType({sheet.key: sheet for sheet in sorted(sheets, key=lambda sheet: sheet.key)})


@dataclass(frozen=True, kw_only=True)
class DatasetSource:
    """A data set whose files are at hand."""

    key: str
    root: Path
    sheet: Datasheet

    def records(self, problems: Problems) -> Iterator[ImageRecord]:
        """Reads the makers' files; what is skipped goes to `problems`. Raises NotThisFormat, NotReadable and other ImagesToLiveErrors."""
        try:
            yield from self._reader.read(self.root, self.sheet, problems)
        except OSError as error:
            raise NotReadable(key=self.key, file=str(error.filename or self.root), problem=error.strerror or str(error)) from None

    def sources(self) -> list[tuple[str, int, int]]:
        """(path under the root, size in bytes, mtime in ns) of all that a rebuild depends on; of a folder the size counts as 0."""
        found = []
        for path in self._reader.depends_on(self.root, self.sheet):
            with contextlib.suppress(OSError):  # what is not there, or may not be seen
                status = path.stat()
                size = 0 if stat.S_ISDIR(status.st_mode) else status.st_size
                found.append((path.relative_to(self.root).as_posix(), size, status.st_mtime_ns))
        return sorted(found)

    @property
    def made_by(self) -> str:
        """Equal where the same files give the same records: reader, its version, and what the datasheet puts into records."""
        return f"{self.sheet.reader} {self._reader.version}, {self.sheet.digest}"

    @property
    def _reader(self) -> Reader:
        return READERS[self.sheet.reader or ""]


def open_dataset(key: str, root: Path | None, sheet: Datasheet, *, starter: bool = True) -> DatasetSource | None:
    """A data set under `key`, which its records bear; None when nobody said where its files are.

    A data set that comes in a Python package needs no root, unless `starter` says that such are not wanted.
    Raises NoReader, NotAFolder, NotInstalled.
    """
    if sheet.reader not in READERS:
        raise NoReader(key=key)
    if root is None and starter and sheet.package is not None:
        root = package_folder(sheet.package, sheet.title)
    if root is None:
        return None
    if not root.is_dir():
        raise NotAFolder(key=key, folder=str(root))
    return DatasetSource(key=key, root=root, sheet=replace(sheet, key=key))
