"""Archives as data sets come in: tar, tar in tar, tar.gz, zip. Listed without being unpacked; hostile ones are refused whole.

No honest archive of images holds a path that leads out of its folder, a link, a device, or a file that grows a thousandfold.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from imagestolive.datasets.locators import shown
from imagestolive.errors import N_, ImagesToLiveError

MEMBERS_MOST = 20_000_000
READ_MOST_BYTES = 64 * 2**20  # of one member that is read whole
GROWTH_MOST = 200  # what comes out to what went in; photographs hardly shrink, silhouettes some fiftyfold
GROWTH_FREE_BYTES = 256 * 2**20  # below this much the ratio does not matter
_NAME = re.compile(r".+\.(tar|tgz|tar\.gz|zip)", re.IGNORECASE)
_NESTED = re.compile(r".+\.tar", re.IGNORECASE)
_ZIP_LOCAL_HEADER = struct.Struct("<4s22xHH")
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, struct.error, gzip.BadGzipFile, NotImplementedError, ValueError)


class ArchiveRefused(ImagesToLiveError):
    """An archive that nothing is taken from. Facts: file, problem (a text by language)."""

    sentence = N_("The archive {file} is refused.")


class ArchiveBroken(ArchiveRefused):
    sentence = N_("The archive {file} is broken, or none: {problem}.")


class LeadsOut(ArchiveRefused):
    sentence = N_("The archive {file} is refused: “{member}” leads out of its folder.")


class NoOrdinaryFile(ArchiveRefused):
    sentence = N_("The archive {file} is refused: “{member}” is a link or a device, no ordinary file.")


class GrowsTooMuch(ArchiveRefused):
    sentence = N_("The archive {file} is refused: what is packed in it would grow more than {most}-fold.")


class TooManyMembers(ArchiveRefused):
    sentence = N_("The archive {file} is refused: it holds more than {most} files.")


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file in an archive. `offset` says where in the archive its bytes lie as they are; None where they are compressed."""

    name: str  # with /, relative
    size: int
    offset: int | None


def is_archive(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def members(
    path: Path, *, name: str, keep: Callable[[str, bytes], None] | None = None, wanted: re.Pattern[str] | None = None
) -> Iterator[Member]:
    """The files of an archive in its order; of a tar in it, its files as NESTED.tar/NAME. Raises ArchiveRefused, OSError.

    `name` is what complaints call the archive. Of members of a compressed tar that `wanted` finds, the content goes to `keep`
    as they pass by: they cannot be come back to cheaply.
    """
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file) and not path.name.lower().endswith(("tar", "gz")):
                yield from _zip_members(path, name)
            elif (first := _first(file))[:2] == b"\x1f\x8b":
                with gzip.open(file) as unpacked:
                    room = _Room(cast("BinaryIO", unpacked), name, packed_bytes=path.stat().st_size)
                    for member, read in _tar_members(cast("IO[bytes]", room), name, base=0):
                        if keep and wanted and wanted.search(member.name) and member.size <= READ_MOST_BYTES:
                            keep(member.name, read())
                        yield Member(name=member.name, size=member.size, offset=None)
            elif first:
                for member, _ in _tar_members(file, name, base=0):
                    yield member
            else:
                raise ArchiveBroken(file=shown(name), problem="0 bytes")
    except _BROKEN as error:
        raise ArchiveBroken(file=shown(name), problem=shown(str(error) or type(error).__name__, 80)) from None


def read_zip_member(path: Path, member: str, most_bytes: int) -> bytes | None:
    """The content of a compressed member of a zip; None when it is larger than `most_bytes`. Raises KeyError, ArchiveBroken, OSError."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(archive.getinfo(member)) as file:
            data = file.read(most_bytes + 1)
    except (*_BROKEN, RuntimeError) as error:  # RuntimeError: a password is asked for
        raise ArchiveBroken(file=shown(path.name), problem=shown(str(error), 80)) from None
    return data if len(data) <= most_bytes else None


def unpack_tar(path: Path, folder: Path, most_bytes: int) -> None:
    """Unpacks a compressed tar into an existing, empty folder, each member under `unpacked_name`, whatever its own name says.
    Members above `most_bytes` are left out. Raises ArchiveRefused, OSError."""
    try:
        with gzip.open(path) as unpacked:
            room = _Room(cast("BinaryIO", unpacked), path.name, packed_bytes=path.stat().st_size)
            for member, read in _tar_members(cast("IO[bytes]", room), path.name, base=0):
                if member.size <= most_bytes:
                    (folder / unpacked_name(member.name)).write_bytes(read())
    except _BROKEN as error:
        raise ArchiveBroken(file=shown(path.name), problem=shown(str(error), 80)) from None


def unpacked_name(member: str) -> str:
    """The name an unpacked member has on disk: no name out of an archive ever becomes a path."""
    return hashlib.blake2b(member.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _first(file: BinaryIO) -> bytes:
    file.seek(0)
    first = file.read(2)
    file.seek(0)
    return first


def _tar_members(file: IO[bytes], name: str, *, base: int) -> Iterator[tuple[Member, Callable[[], bytes]]]:
    """The files of a tar with how to read each; `base` is where the tar itself begins."""
    with tarfile.open(fileobj=_Bounded(file), mode="r:") as archive:  # a file, as far as tarfile asks
        for n, info in enumerate(iter(archive.next, None)):
            archive.members = []  # type: ignore[attr-defined]  # tarfile would remember a million of them
            if n >= MEMBERS_MOST:
                raise TooManyMembers(file=shown(name), most=MEMBERS_MOST)
            if info.isdir():
                _check_name(info.name, name)
                continue
            _check_name(info.name, name)
            if not info.isreg() or info.issparse() or info.size < 0:
                raise NoOrdinaryFile(file=shown(name), member=shown(info.name, 80))
            member = Member(name=_plain(info.name), size=info.size, offset=base + info.offset_data)
            if base == 0 and _NESTED.fullmatch(info.name) and info.size:
                nested = cast("IO[bytes]", _Slice(file, info.offset_data, info.size))
                for inner, read in _tar_members(nested, name, base=info.offset_data):
                    yield Member(name=f"{member.name}/{inner.name}", size=inner.size, offset=inner.offset), read
            else:
                yield member, lambda info=info: _whole(file, info.offset_data, info.size)  # type: ignore[misc]


def _zip_members(path: Path, name: str) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        infos = archive.infolist()
        grown = sum(info.file_size for info in infos)
        if grown > GROWTH_FREE_BYTES and grown > GROWTH_MOST * path.stat().st_size:
            raise GrowsTooMuch(file=shown(name), most=GROWTH_MOST)
        for info in infos:
            _check_name(info.filename, name)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise NoOrdinaryFile(file=shown(name), member=shown(info.filename, 80))
            if info.is_dir():
                continue
            offset = None
            if info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
                file.seek(info.header_offset)
                magic, name_bytes, extra_bytes = _ZIP_LOCAL_HEADER.unpack(file.read(_ZIP_LOCAL_HEADER.size))
                if magic != b"PK\x03\x04":
                    raise ArchiveBroken(file=shown(name), problem=f"no header of “{shown(info.filename, 80)}”")
                offset = info.header_offset + _ZIP_LOCAL_HEADER.size + name_bytes + extra_bytes
            # Where the bytes are compressed, the name is what the zip knows the member by.
            yield Member(name=_plain(info.filename) if offset is not None else info.filename, size=info.file_size, offset=offset)


def _check_name(member: str, archive: str) -> None:
    parts = PurePosixPath(member).parts
    if member.startswith("/") or ".." in parts or "\\" in member or "\0" in member or re.match("[A-Za-z]:", member):
        raise LeadsOut(file=shown(archive), member=shown(member, 80))
    with contextlib.suppress(UnicodeEncodeError):
        member.encode("utf-8")
        return
    raise LeadsOut(file=shown(archive), member=shown(member, 80))  # no text, so no name of ours


def _plain(name: str) -> str:
    return PurePosixPath(name).as_posix()  # "./lfw//a.jpg" is lfw/a.jpg


def _whole(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    data = file.read(size)
    if len(data) < size:
        raise EOFError("it ends too early")
    return data


class _Bounded(io.RawIOBase):
    """A file of which no more than 16 MiB are read at once: a header that says it is larger than that is a lie."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= 16 * 2**20:
            raise ValueError("a header is too long")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class _Slice(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, file: IO[bytes], offset: int, size: int) -> None:
        self._file, self._offset, self._size, self._at = file, offset, size, 0

    def read(self, size: int = -1) -> bytes:
        left = self._size - self._at
        self._file.seek(self._offset + self._at)
        data = self._file.read(left if size < 0 else min(size, max(left, 0)))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at


class _Room(io.RawIOBase):
    """What comes out of a compressed file, as long as it stays in proportion to what went in."""

    def __init__(self, file: BinaryIO, name: str, *, packed_bytes: int) -> None:
        self._file, self._name = file, name
        self._most_bytes = max(GROWTH_FREE_BYTES, GROWTH_MOST * packed_bytes)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._check()
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET and offset > self._most_bytes:
            raise GrowsTooMuch(file=shown(self._name), most=GROWTH_MOST)
        at = self._file.seek(offset, whence)
        self._check()
        return at

    def tell(self) -> int:
        return self._file.tell()

    def _check(self) -> None:
        if self._file.tell() > self._most_bytes:
            raise GrowsTooMuch(file=shown(self._name), most=GROWTH_MOST)
