"""Locators to bytes, from the folders of configured data sets. Nothing outside a data set's root is ever opened."""

from __future__ import annotations

import functools
import gzip
import hashlib
import stat
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from imagestolive.datasets.locators import Place, place
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import FetchedImage, ImageRecord, Reason

MOST_BYTES = 64 * 2**20
_UNPACKED_KEPT = 4  # array files held unpacked, so that ninety digits do not unpack theirs ninety times

Shape = tuple[int, int, int]  # height, width, channels


class NotFetched(ImagesToLiveError):
    """An image's bytes cannot be had; `reason` is one of screening's."""

    reason: ClassVar[Reason]
    status = 404


class Gone(NotFetched):
    reason = "gone"
    sentence = N_("The file of “{image}” is no longer there.")


class NotReachable(NotFetched):
    reason = "not reachable"
    sentence = N_("The file of “{image}” cannot be reached: {problem}.")


class OutsideRoot(NotFetched):
    reason = "unreadable"
    sentence = N_("The file of “{image}” lies outside the data set’s folder.")


class TooLarge(NotFetched):
    reason = "unreadable"
    sentence = N_("The file of “{image}” is too large: at most {most} bytes are read.")


class NotAnImage(NotFetched):
    reason = "unreadable"
    sentence = N_("What “{image}” points to holds no image of the kind it names.")


class Fetcher:
    """Fetches from the roots of data sets, each by its key. Safe for several threads."""

    def __init__(self, roots: Mapping[str, Path], *, max_bytes: int = MOST_BYTES) -> None:
        self._roots = {key: root.resolve() for key, root in roots.items()}
        self._max_bytes = max_bytes
        self._digit_rows = functools.lru_cache(maxsize=_UNPACKED_KEPT)(self._read_digit_rows)

    def fetch(self, record: ImageRecord) -> FetchedImage:
        """The bytes a record's locator points to, whole. Raises NotFetched."""
        shape: Shape | None = None
        try:
            where = place(record.locator)
            path = self._inside(record, where)
            if where.row is None:
                data = self._whole(record, path)
            else:
                data, shape = (self._digit if where.layout == "digits" else self._npy_row)(path, where.row)
        except (FileNotFoundError, NotADirectoryError):
            raise Gone(image=record.image_id) from None
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, from Path.resolve
            raise NotReachable(image=record.image_id, problem=getattr(error, "strerror", None) or "–") from None
        except (ValueError, IndexError, EOFError):
            raise NotAnImage(image=record.image_id) from None
        return FetchedImage(record=record, data=data, sha256=hashlib.sha256(data).hexdigest(), shape=shape)

    def _inside(self, record: ImageRecord, where: Place) -> Path:
        """The true path of a regular file below the root, links followed."""
        root = self._roots[record.dataset]
        if "\0" in where.file or "\\" in where.file:
            raise OutsideRoot(image=record.image_id)
        path = (root / where.file).resolve()
        if not path.is_relative_to(root):
            raise OutsideRoot(image=record.image_id)
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise NotAnImage(image=record.image_id)
        return path

    def _whole(self, record: ImageRecord, path: Path) -> bytes:
        with path.open("rb") as file:
            data = file.read(self._max_bytes + 1)
        if len(data) > self._max_bytes:
            raise TooLarge(image=record.image_id, most=self._max_bytes)
        return data

    def _digit(self, path: Path, row: int) -> tuple[bytes, Shape]:
        """One row of a CSV (gzip or not) of 64 values and a label: ink counted 0-16 in an 8 x 8 grid, printed dark on white."""
        status = path.stat()
        *values, _ = self._digit_rows(path, status.st_mtime_ns, status.st_size)[row].split(",")
        inks = [int(value) for value in values]
        if len(inks) != 64 or not all(0 <= ink <= 16 for ink in inks):
            raise ValueError(row)
        return bytes(255 - round(255 * ink / 16) for ink in inks), (8, 8, 1)

    def _read_digit_rows(self, path: Path, _mtime_ns: int, _size: int) -> list[str]:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        try:
            with gzip.open(path) if packed else path.open("rb") as rows:
                data = rows.read(self._max_bytes + 1)
        except (gzip.BadGzipFile, zlib.error):
            raise ValueError("not gzip") from None
        if len(data) > self._max_bytes:
            raise ValueError("too large")
        return data.decode("ascii").splitlines()

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
