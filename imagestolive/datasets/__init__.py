"""Data sets: their datasheets, and readers that turn the makers' own files into records.

A new format is one file beside this one, with `read` and `depends_on`, and one line in READERS.
"""

from __future__ import annotations

import contextlib
import functools
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

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
    """How one format is read: by these functions of a module beside this one, which is loaded when it is first asked."""

    module: str
    reads: str = "read"
    depends: str = "depends_on"
    describes: str | None = None
    version: int = 1  # raised when the same files give other records: tables made before are then built anew

    def read(self, root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
        """The records in the makers' order; what is skipped is told to `problems`. Raises NotThisFormat."""
        records: Iterator[ImageRecord] = self._function(self.reads)(root, sheet, problems)
        return records

    def depends_on(self, root: Path, sheet: Datasheet) -> Iterable[Path]:
        """The files and folders whose change makes the records old."""
        paths: Iterable[Path] = self._function(self.depends)(root, sheet)
        return paths

    def described_by(self, root: Path) -> str | None:
        """The catalogue key of the sheet that tells of these files, if another one does."""
        key: str | None = self._function(self.describes)(root) if self.describes else None
        return key

    def _function(self, name: str) -> Any:
        return getattr(import_module(f"{__name__}.{self.module}"), name)


READERS: Mapping[str, Reader] = {
    "cifar-10": Reader(module="cifar", reads="read_cifar_10", depends="cifar_10_depends_on"),
    "cifar-100": Reader(module="cifar", reads="read_cifar_100", depends="cifar_100_depends_on"),
    "coco": Reader(module="coco", version=3),
    "coil-100": Reader(module="coil_100"),
    "conceptual-captions": Reader(module="conceptual_captions"),
    "digits": Reader(module="starter", reads="read_digits", depends="digits_depend_on"),
    "fashion-mnist": Reader(module="idx", reads="read_fashion_mnist", depends="fashion_mnist_depends_on"),
    "ffhq": Reader(module="ffhq", describes="described_by"),
    "flower-photos": Reader(module="flower_photos"),
    "folder": Reader(module="folder"),
    "imagenet": Reader(module="imagenet"),
    "img2dataset": Reader(module="img2dataset"),
    "inaturalist-open-data": Reader(module="inaturalist_open_data"),
    "leaf": Reader(module="leaf"),
    "lfw": Reader(module="lfw"),
    "lfw-subset-faces": Reader(module="starter", reads="read_faces", depends="lfw_subset_depends_on"),
    "lfw-subset-non-faces": Reader(module="starter", reads="read_non_faces", depends="lfw_subset_depends_on"),
    "mnist": Reader(module="idx", reads="read_mnist", depends="mnist_depends_on"),
    "open-images": Reader(module="open_images", version=2),
    "packaged-images": Reader(module="starter", reads="read_images", depends="images_depend_on"),
    "relaion-research-safe": Reader(module="laion"),
    "stanford-dogs": Reader(module="stanford_dogs"),
    "tencent-ml-images": Reader(module="tencent_ml_images"),
    "tiny-imagenet": Reader(module="tiny_imagenet"),
    "visual-genome": Reader(module="visual_genome"),
    "wit": Reader(module="wit"),
    "wit-base": Reader(module="wit_base"),
    "yfcc100m": Reader(module="yfcc100m", version=2),
    "yolo": Reader(module="yolo", version=2),
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
