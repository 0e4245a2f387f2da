"""Archives as data sets come in: tar, tar in tar, tar.gz, zip. Listed without being unpacked; hostile ones are refused whole.

Where a name comes twice, its first file counts: to list, to read and to unpack.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from imagestolive.datasets.member import ArchiveRefused, Member
from imagestolive.datasets.streams import GzipStream, open_stream
from imagestolive.datasets.tarfiles import tar_members
from imagestolive.datasets.zipfiles import read_zip_member, zip_members

__all__ = [
    "READ_MOST_BYTES",
    "ArchiveRefused",
    "DiskFull",
    "Member",
    "is_archive",
    "is_zip",
    "members",
    "read_member",
    "read_zip_member",
    "unpack_gzip",
    "unpack_tar",
    "unpacked_name",
]

READ_MOST_BYTES = 64 * 2**20  # of one member that is read whole
FREE_LEAST = 0.05  # of the disk; less is left to what else lives there
_FREE_ASKED_EVERY_BYTES = 64 * 2**20
_COPIED_BYTES = 2**20
_NAME = re.compile(r".+\.(tar|tgz|tar\.gz|zip)", re.IGNORECASE)


class DiskFull(Exception):
    """There is no room to unpack an archive."""


def is_archive(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def is_zip(path: Path) -> bool:
    """By its first bytes: where a link leads, names may be others. Raises OSError."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\3\4", b"PK\5\6")  # the second is a zip of nothing


def members(
    path: Path, *, name: str, keep: Callable[[str, bytes], None] | None = None, wanted: re.Pattern[str] | None = None
) -> Iterator[Member]:
    """The files of an archive in its order; of a tar in a tar, its files as NESTED.tar/NAME. Raises ArchiveRefused, OSError.

    `name` is what complaints call the archive. Of members of a compressed tar that `wanted` finds, the content goes to `keep`
    as they pass by: they cannot be come back to cheaply.
    """
    if is_zip(path):
        yield from zip_members(path, name)
        return
    with open_stream(path, name) as stream:
        for member in tar_members(stream):
            if keep and wanted and member.offset is None and wanted.search(member.name) and member.size <= READ_MOST_BYTES:
                keep(member.name, stream.read(member.size))
            yield member


def read_member(path: Path, member: str, most_bytes: int) -> bytes | None:
    """The content of a member of a zip or a compressed tar (which is gone through up to there); None when it is larger than
    `most_bytes`. Raises KeyError, ArchiveRefused, OSError."""
    if is_zip(path):
        return read_zip_member(path, member, most_bytes)
    with open_stream(path, path.name) as stream:
        for found in tar_members(stream):
            if found.name == member:
                return stream.read(found.size) if found.size <= most_bytes else None
    raise KeyError(member)


def unpack_tar(path: Path, folder: Path, most_bytes: int) -> None:
    """Unpacks a tar into an existing, empty folder, each member under `unpacked_name`, whatever its own name says.
    Of a member above `most_bytes` only that is kept: a hole one byte longer. Raises ArchiveRefused, DiskFull, OSError."""
    room = _Room(folder)
    with open_stream(path, path.name) as stream:
        for member in tar_members(stream):
            with contextlib.suppress(FileExistsError), (folder / unpacked_name(member.name)).open("xb") as file:
                if member.size > most_bytes:
                    file.truncate(most_bytes + 1)
                else:
                    room.take(member.size)
                    file.write(stream.read(member.size))


def unpack_gzip(path: Path, target: Path) -> None:
    """Unpacks a gzip file that holds one file. Raises ArchiveRefused, DiskFull, OSError."""
    room = _Room(target.parent)
    with path.open("rb") as packed, target.open("xb") as file:
        stream = GzipStream(packed, path.name)
        while data := stream.some(_COPIED_BYTES):
            room.take(len(data))
            file.write(data)


def unpacked_name(member: str) -> str:
    """The name an unpacked member has on disk: no name out of an archive ever becomes a path."""
    return hashlib.blake2b(member.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


class _Room:
    """The room on the disk of a folder, asked for before it is taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._granted_bytes = 0

    def take(self, size: int) -> None:
        """Raises DiskFull."""
        self._granted_bytes -= size
        if self._granted_bytes < 0:
            disk = shutil.disk_usage(self._folder)
            if disk.free - max(size, _FREE_ASKED_EVERY_BYTES) < FREE_LEAST * disk.total:
                raise DiskFull
            self._granted_bytes = max(size, _FREE_ASKED_EVERY_BYTES) - size
