"""Files read forwards, as they are or out of gzip: whoever asks for bytes gets all of them or an ArchiveRefused."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path
from typing import BinaryIO

from imagestolive.datasets.locators import shown
from imagestolive.datasets.member import EndsEarly, NoArchive, check_growth

_STEP_BYTES = 2**20


class Stream:
    """A file as it is."""

    is_packed = False

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name  # as complaints call it
        self.at = 0  # bytes from its beginning
        self._file = file

    def some(self, most_bytes: int) -> bytes:
        """The next bytes, fewer or none at the end. Raises ArchiveRefused, OSError."""
        data = self._file.read(most_bytes)
        self.at += len(data)
        return data

    def read(self, size: int) -> bytes:
        """Exactly so many. Raises ArchiveRefused, OSError."""
        parts = []
        while size:
            data = self.some(min(size, _STEP_BYTES))  # never the room for bytes that are not there
            if not data:
                raise EndsEarly(file=shown(self.name))
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def skip_to(self, offset: int) -> None:
        """On to an offset that is not behind. Raises ArchiveRefused, OSError."""
        if offset > self.at:
            if offset > os.fstat(self._file.fileno()).st_size:
                raise EndsEarly(file=shown(self.name))
            self._file.seek(offset)
            self.at = offset


class GzipStream(Stream):
    """What comes out of a gzip file, as long as it stays in proportion to what went in."""

    is_packed = True

    def __init__(self, file: BinaryIO, name: str) -> None:
        super().__init__(file, name)
        self._unpacked = GzipFile(fileobj=file, mode="rb")

    def some(self, most_bytes: int) -> bytes:
        try:
            data = self._unpacked.read(most_bytes)
        except EOFError:
            raise EndsEarly(file=shown(self.name)) from None
        except (OSError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the disk's fault, not the file's
                raise
            raise NoArchive(file=shown(self.name)) from None
        self.at += len(data)
        check_growth(self.name, packed_bytes=self._file.tell(), unpacked_bytes=self.at)
        return data

    def skip_to(self, offset: int) -> None:
        while self.at < offset:
            self.read(min(offset - self.at, _STEP_BYTES))


@contextmanager
def open_stream(path: Path, name: str) -> Iterator[Stream]:
    """A file, or what comes out of it if it is gzip by its first bytes; `name` is what complaints call it. Raises OSError."""
    with path.open("rb") as file:
        yield (GzipStream if is_gzip(file) else Stream)(file, name)


def is_gzip(file: BinaryIO) -> bool:
    """By its first bytes. Leaves the file at its start."""
    first = file.read(2)
    file.seek(0)
    return first == b"\x1f\x8b"
