"""Locators to bytes, from the folders of configured data sets: files, archives, arrays, tables.

Nothing outside a data set's root is ever opened, and nothing of an image is read beyond a limit.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from imagestolive.datasets import archives, parquetfiles
from imagestolive.datasets.archives import ArchiveRefused, DiskFull
from imagestolive.datasets.locators import Layout, Place, place
from imagestolive.datasets.streams import is_gzip, open_stream
from imagestolive.datasets.unpacked import Replaced, Unpacked, check_version, version
from imagestolive.fetch.problems import (
    AnotherFile,
    Changed,
    Gone,
    InRefusedArchive,
    NoRoom,
    NotAnImage,
    NotFetched,
    NotReachable,
    OutsideRoot,
    TooLarge,
)
from imagestolive.records import FetchedImage, ImageRecord

if TYPE_CHECKING:
    from imagestolive.datasets.plainpickle import Array

MOST_BYTES = 64 * 2**20
REMEMBERED_MOST = 20_000  # files
_KEPT = 4  # files held unpacked, so that ninety digits do not unpack theirs ninety times
_WHOLE = "whole"  # the name of a gzip file's content in the cache

Shape = tuple[int, int, int]  # height, width, channels
_Identity = tuple[int, ...]  # of a file, as long as nobody writes to it or puts another one in its place


class _TooMuch(Exception):
    """More than the limit of bytes."""


class Fetcher:
    """Fetches from the roots of data sets, each by its key. Safe for several threads.

    `cache` is the folder for what is unpacked; without one, archives are gone through and arrays unpacked in memory.
    `versions`: data set -> file below its root -> (bytes, mtime in ns) when it was indexed. Nothing is taken out of a file listed there
    that is another one by now. `sums`: the data sets whose md5 is that of the file which is here, not of one it was made from.
    """

    def __init__(
        self,
        roots: Mapping[str, Path],
        *,
        max_bytes: int = MOST_BYTES,
        cache: Path | None = None,
        versions: Mapping[str, Mapping[str, tuple[int, int]]] | None = None,
        sums: Collection[str] = (),
    ) -> None:
        self._roots = {key: root.resolve() for key, root in roots.items()}
        self._max_bytes = max_bytes
        self._versions = versions or {}
        self._sums = frozenset(sums)
        self._unpacked = Unpacked(cache) if cache else None
        self._lock = threading.Lock()
        self._remembered: OrderedDict[tuple[str, str], tuple[_Identity, str]] = OrderedDict()  # data set and locator of a file -> SHA-256
        self._kept_bytes = functools.lru_cache(maxsize=_KEPT)(self._read_unpacked)
        self._kept_arrays = functools.lru_cache(maxsize=_KEPT)(_read_pickled_array)
        self._rows: dict[Layout, Callable[[Path, int], tuple[bytes, Shape]]] = {
            "npy": self._npy_row,
            "digits": self._digit,
            "idx": self._idx_row,
            "cifar10": functools.partial(self._cifar_row, layout="cifar10"),
            "cifar100": functools.partial(self._cifar_row, layout="cifar100"),
        }

    def fetch(self, record: ImageRecord) -> FetchedImage:
        """The bytes a record's locator points to, whole. Raises NotFetched, and ParquetMissing where its library is not installed.

        Not for a locator that leads to the network: that is Remote's.
        """
        root = self._roots[record.dataset]
        try:
            where = place(record.locator)
            path = self._inside(record, root, where)
            known = self._versions.get(record.dataset, {}).get(where.file) if _is_part(where) else None
            if known is not None:
                check_version(path, known)
            identity = _identity(path)
            data, shape = self._read(path, where)
            if known is not None:  # it may have been replaced in between
                check_version(path, known)
        except (FileNotFoundError, NotADirectoryError):
            raise Gone(image=record.image_id) from None
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, from Path.resolve
            raise NotReachable(image=record.image_id, problem=getattr(error, "strerror", None) or "–") from None
        except Replaced:
            raise Changed(image=record.image_id) from None
        except DiskFull:
            raise NoRoom(image=record.image_id) from None
        except ArchiveRefused:
            raise InRefusedArchive(image=record.image_id) from None
        except _TooMuch:
            raise TooLarge(image=record.image_id, most=self._max_bytes) from None
        except (ValueError, LookupError):
            raise NotAnImage(image=record.image_id) from None
        if record.dataset in self._sums and record.md5 not in (None, hashlib.md5(data, usedforsecurity=False).hexdigest()):
            raise AnotherFile(image=record.image_id)
        fetched = FetchedImage(record=record, data=data, sha256=hashlib.sha256(data).hexdigest(), shape=shape)
        if not _is_part(where):
            self._remember(record, identity, fetched.sha256)
        return fetched

    def unchanged(self, record: ImageRecord) -> FetchedImage | None:
        """What `fetch` gave, without the data, if the file is the one that it read; None: it has to be fetched.

        To be asked where an image is looked for, never where one is handed out: a file's size and times are claims.
        """
        with self._lock:
            identity, sha256 = self._remembered.get((record.dataset, record.locator), (None, ""))
        try:
            if identity is None or _identity(self._inside(record, self._roots[record.dataset], place(record.locator))) != identity:
                return None
        except (OSError, RuntimeError, NotFetched):
            return None
        return FetchedImage(record=record, data=b"", sha256=sha256)

    def _remember(self, record: ImageRecord, identity: _Identity, sha256: str) -> None:
        with self._lock:
            self._remembered[record.dataset, record.locator] = identity, sha256
            if len(self._remembered) > REMEMBERED_MOST:
                self._remembered.popitem(last=False)

    @staticmethod
    def _inside(record: ImageRecord, root: Path, where: Place) -> Path:
        """The true path of a regular file below the root, links followed."""
        if "\0" in where.file or "\\" in where.file:
            raise OutsideRoot(image=record.image_id)
        path = root / where.file
        mode = _mode_unless_link(root, where.file)
        if mode is None:
            path = path.resolve()
            if not path.is_relative_to(root):
                raise OutsideRoot(image=record.image_id)
            mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # a pipe would be waited for
            raise NotAnImage(image=record.image_id)
        return path

    def _read(self, path: Path, where: Place) -> tuple[bytes, Shape | None]:
        if where.layout is not None and where.row is not None:
            return self._rows[where.layout](path, where.row)
        if where.column is not None and where.row is not None:
            return self._cell(path, where.row, where.column), None
        if where.offset is not None and where.size is not None:
            return self._part(path, where.offset, where.size), None
        return self._whole(path) if where.member is None else self._member(path, where.member), None

    def _whole(self, path: Path) -> bytes:
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            return self._limited(file.read() if size <= self._max_bytes else None)

    def _limited(self, data: bytes | None) -> bytes:
        """`data` itself, if it is not None and not longer than the limit."""
        if data is None or len(data) > self._max_bytes:
            raise _TooMuch
        return data

    def _part(self, path: Path, offset: int, size: int) -> bytes:
        if size > self._max_bytes:
            raise _TooMuch
        if offset + size > path.stat().st_size:
            raise ValueError("it ends too early")
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def _cell(self, path: Path, row: int, column: str) -> bytes:
        return self._limited(parquetfiles.cell(path, row, column, self._max_bytes))

    def _member(self, path: Path, member: str) -> bytes:
        try:
            if self._unpacked is None or archives.is_zip(path):
                return self._limited(archives.read_member(path, member, self._max_bytes))
        except KeyError:
            raise FileNotFoundError(member) from None
        folder = self._unpacked.folder(path, lambda folder: archives.unpack_tar(path, folder, self._max_bytes))
        return self._whole(folder / archives.unpacked_name(member))

    @contextmanager
    def _opened(self, path: Path) -> Iterator[BinaryIO]:
        """A file, or what comes out of it if it is gzip, to seek in."""
        with path.open("rb") as file:
            if not is_gzip(file):
                yield file
                return
        if self._unpacked is None:
            yield io.BytesIO(self._kept_bytes(path, *version(path)))
            return
        folder = self._unpacked.folder(path, lambda folder: archives.unpack_gzip(path, folder / _WHOLE))
        with (folder / _WHOLE).open("rb") as file:
            yield file

    def _read_unpacked(self, path: Path, size: int, mtime_ns: int) -> bytes:
        with open_stream(path, path.name) as stream:
            parts = []
            while data := stream.some(2**20):
                parts.append(data)
                if stream.at > self._max_bytes:
                    raise _TooMuch
        check_version(path, (size, mtime_ns))
        return b"".join(parts)

    def _digit(self, path: Path, row: int) -> tuple[bytes, Shape]:
        """One row of a CSV (gzip or not) of 64 values and a label: ink counted 0-16 in an 8 x 8 grid, printed dark on white."""
        *values, _ = self._kept_bytes(path, *version(path)).decode("ascii").splitlines()[row].split(",")
        inks = [int(value) for value in values]
        if len(inks) != 64 or not all(0 <= ink <= 16 for ink in inks):
            raise ValueError(row)
        return bytes(255 - round(255 * ink / 16) for ink in inks), (8, 8, 1)

    def _idx_row(self, path: Path, row: int) -> tuple[bytes, Shape]:
        from imagestolive.datasets import idx

        with self._opened(path) as file:
            return idx.read_image(file, row, self._max_bytes)

    def _cifar_row(self, path: Path, row: int, layout: Layout) -> tuple[bytes, Shape]:
        from imagestolive.datasets import cifar

        with path.open("rb") as file:
            array = self._kept_arrays(path, *version(path)) if cifar.is_pickle(file) else None
            return cifar.read_image(file, row, layout, array), cifar.SHAPE

    def _npy_row(self, path: Path, row: int) -> tuple[bytes, Shape]:
        """One row of a NumPy array of height x width (x 1 or 3 channels): bytes as they are, fractions 0..1 as round(255 v)."""
        import numpy as np  # slow to load, and here only where a data set comes as an array

        array = np.lib.format.open_memmap(path, mode="r")  # reads .npy and nothing else, and no pickled objects
        if array.ndim not in (3, 4) or array[0].size > self._max_bytes:
            raise ValueError("not an array of images")
        samples = np.asarray(array[row])
        if samples.dtype.kind == "f" and samples.min() >= 0 and samples.max() <= 1:  # False for NaN
            samples = np.rint(samples.astype(np.float64) * 255).astype(np.uint8)
        height, width, channels = (*samples.shape, 1)[:3]
        if samples.dtype != np.uint8 or channels not in (1, 3) or not samples.size:
            raise ValueError("not 8-bit grey or RGB")
        return samples.tobytes(), (height, width, channels)


def _identity(path: Path) -> _Identity:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _mode_unless_link(root: Path, file: str) -> int | None:
    """The kind of a file below its root where no step of its path leads elsewhere, by a link or by dots; else None.

    As most are: it takes a tenth of the time of following all that may be a link. Raises OSError.
    """
    at, mode, steps = str(root), 0, file.split("/")
    if not {"", ".", ".."}.isdisjoint(steps):
        return None
    for step in steps:
        at = f"{at}/{step}"
        mode = os.lstat(at).st_mode
        if stat.S_ISLNK(mode):
            return None
    return mode


def _read_pickled_array(path: Path, size: int, mtime_ns: int) -> Array:
    from imagestolive.datasets import cifar

    with path.open("rb") as file:
        array = cifar.read_array(file)
    check_version(path, (size, mtime_ns))
    return array


def _is_part(where: Place) -> bool:
    """Whether a place is one in a file that holds others too."""
    return where.offset is not None or where.member is not None or where.row is not None
