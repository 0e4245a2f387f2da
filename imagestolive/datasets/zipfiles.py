"""Zips, listed off their central directory in one pass, and one member read by its name.

Python's own `zipfile` keeps some kilobyte of every member. Read are plain and deflated members, Zip64 too.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from imagestolive.datasets.locators import shown
from imagestolive.datasets.member import (
    AsksForPassword,
    EndsEarly,
    EntryBroken,
    Member,
    NoArchive,
    NoOrdinaryFile,
    Overlaps,
    PackedOtherwise,
    about,
    check_count,
    check_growth,
    plain_name,
)

_ENTRY_SIGNATURE = b"PK\1\2"
_ENTRY = struct.Struct("<4s4xHH4xLLLHHH4xLL")  # signature, flags, method, checksum, packed, unpacked, name, extra, remark, mode, header
_LOCAL = struct.Struct("<4s2xHH16xHH")  # signature, flags, method, name, extra
_END = struct.Struct("<4s8xLLH")  # signature, directory, its offset, remark
_END64 = struct.Struct("<4s36xQQ")  # signature, directory, its offset
_END64_PLACE = struct.Struct("<4s4xQ4x")  # signature, offset of the above
_EXTRA = struct.Struct("<HH")  # kind, length
_LONG = struct.Struct("<Q")
_ZIP64 = 1  # the kind of extra that holds what 32 bits do not
_IN_ZIP64 = 2**32 - 1
_MOST_REMARK_BYTES = 2**16 - 1
_ENCRYPTED = 1
_PLAIN, _DEFLATED = 0, 8
_WINDOW_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the central directory says of a member."""

    name: str  # as it stands there
    raw_name: bytes
    flags: int
    method: int
    checksum: int
    packed_bytes: int
    unpacked_bytes: int
    mode: int  # of Unix; 0: not known
    offset: int  # of the member's own header


class _Zip:
    """A zip that is open. Raises ArchiveRefused, OSError."""

    def __init__(self, file: BinaryIO, archive: str) -> None:
        self.archive = archive  # as complaints call it
        self.size = file.seek(0, os.SEEK_END)
        self._file = file
        self.start, self.end = self._directory()  # of the central directory

    def entries(self) -> Iterator[_Entry]:
        at = self.start
        while at < self.end:
            self._file.seek(at)
            entry, at = self._entry()
            yield entry
        if at != self.end:
            raise NoArchive(file=shown(self.archive))

    def find(self, name: str) -> _Entry | None:
        """The first member of this name. The directory is searched for its letters: to take it apart would be slow."""
        for raw in _spellings(name):
            for at in self._places(raw):
                self._file.seek(at)
                entry, _ = self._entry()
                if entry.raw_name == raw and entry.name == name:
                    return entry
        return None

    def data_offset(self, entry: _Entry) -> int:
        """Where a member's bytes begin, from its own header, which must agree with the directory."""
        if entry.offset > self.start:
            raise EntryBroken(**about(self.archive, entry.name))
        self._file.seek(entry.offset)
        signature, flags, method, name_bytes, extra_bytes = self._unpack(_LOCAL)
        offset = entry.offset + _LOCAL.size + int(name_bytes) + int(extra_bytes)
        agrees = (signature, method, flags & _ENCRYPTED) == (b"PK\3\4", entry.method, entry.flags & _ENCRYPTED)
        if not agrees or self._read(name_bytes) != entry.raw_name or offset + entry.packed_bytes > self.start:
            raise EntryBroken(**about(self.archive, entry.name))
        return offset

    def content(self, entry: _Entry, most_bytes: int) -> bytes | None:
        """What a member holds; None when it is larger than `most_bytes`."""
        self.check(entry)
        if max(entry.packed_bytes, entry.unpacked_bytes) > most_bytes:
            return None
        self._file.seek(self.data_offset(entry))
        data = self._read(entry.packed_bytes)
        if entry.method == _DEFLATED:
            try:
                data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, entry.unpacked_bytes + 1)
            except zlib.error:
                raise EntryBroken(**about(self.archive, entry.name)) from None
        if len(data) != entry.unpacked_bytes or zlib.crc32(data) != entry.checksum:
            raise EntryBroken(**about(self.archive, entry.name))
        return data

    def check(self, entry: _Entry) -> None:
        """Refuses what is no plain or deflated file or folder."""
        facts = about(self.archive, entry.name)
        if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise NoOrdinaryFile(**facts)
        if entry.flags & _ENCRYPTED:
            raise AsksForPassword(**facts)
        if entry.method not in (_PLAIN, _DEFLATED):
            raise PackedOtherwise(**facts)
        if entry.method == _PLAIN and entry.packed_bytes != entry.unpacked_bytes:
            raise EntryBroken(**facts)

    def _directory(self) -> tuple[int, int]:
        tail = max(0, self.size - _END.size - _MOST_REMARK_BYTES)
        self._file.seek(tail)
        last = self._read(self.size - tail)
        found = last.rfind(b"PK\5\6")
        if found < 0 or len(last) - found < _END.size:
            raise NoArchive(file=shown(self.archive))
        _, length, start, remark_bytes = _END.unpack_from(last, found)
        end = tail + found
        if found + _END.size + remark_bytes != len(last):
            raise EndsEarly(file=shown(self.archive))
        if last[max(0, found - _END64_PLACE.size) : found].startswith(b"PK\6\7"):
            _, end = _END64_PLACE.unpack_from(last, found - _END64_PLACE.size)
            self._file.seek(min(end, self.size))
            signature, length, start = self._unpack(_END64)
            if signature != b"PK\6\6":
                raise NoArchive(file=shown(self.archive))
        if start + length != end:  # something was put before or behind, or is missing
            raise NoArchive(file=shown(self.archive))
        return start, end

    def _entry(self) -> tuple[_Entry, int]:
        """The entry that begins here, and where the next one does."""
        signature, flags, method, checksum, packed, unpacked, *lengths, mode, offset = self._unpack(_ENTRY)
        if signature != _ENTRY_SIGNATURE:
            raise NoArchive(file=shown(self.archive))
        raw_name, extra, _ = (self._read(length) for length in lengths)
        try:
            name = raw_name.decode("utf-8")
        except UnicodeDecodeError:
            name = raw_name.decode("cp437")  # the letters of the first PCs, in which zips without a mark are written
        try:
            unpacked, packed, offset = _with_zip64([unpacked, packed, offset], extra)
        except struct.error:
            raise EntryBroken(**about(self.archive, name)) from None
        entry = _Entry(name, raw_name, flags, method, checksum, packed, unpacked, mode >> 16, offset)
        return entry, self._file.tell()

    def _places(self, name: bytes) -> Iterator[int]:
        """Where in the central directory there seem to be entries whose names begin with this."""
        for at in range(self.start, self.end, _WINDOW_BYTES):
            self._file.seek(at)
            window = self._read(min(_WINDOW_BYTES + _ENTRY.size + len(name), self.end - at))
            found = window.find(name, _ENTRY.size)
            while 0 <= found < _WINDOW_BYTES + _ENTRY.size:
                if window.startswith(_ENTRY_SIGNATURE, found - _ENTRY.size):
                    yield at + found - _ENTRY.size
                found = window.find(name, found + 1)

    def _unpack(self, form: struct.Struct) -> tuple[Any, ...]:
        return form.unpack(self._read(form.size))

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise EndsEarly(file=shown(self.archive))
        return data


def zip_members(path: Path, archive: str) -> Iterator[Member]:
    """The files of a zip in the order of its directory. Raises ArchiveRefused, OSError."""
    packed_bytes = unpacked_bytes = 0
    with path.open("rb") as file, path.open("rb") as again:  # two, so that neither's buffer is lost at each step
        listed, headers = _Zip(file, archive), _Zip(again, archive)
        for count, entry in enumerate(listed.entries(), start=1):
            check_count(archive, count)
            name = plain_name(entry.name, archive)
            listed.check(entry)
            packed_bytes += entry.packed_bytes
            unpacked_bytes += entry.unpacked_bytes
            if packed_bytes > listed.size:
                raise Overlaps(file=shown(archive))
            check_growth(archive, packed_bytes=listed.size, unpacked_bytes=unpacked_bytes)
            offset = headers.data_offset(entry)
            if not entry.name.endswith("/"):
                # What is compressed is found again by the name it has in the zip.
                yield (
                    Member(name, entry.unpacked_bytes, offset) if entry.method == _PLAIN else Member(entry.name, entry.unpacked_bytes, None)
                )


def read_zip_member(path: Path, member: str, most_bytes: int) -> bytes | None:
    """What the first member of this name holds; None when it is larger than `most_bytes`. Raises KeyError, ArchiveRefused, OSError."""
    with path.open("rb") as file:
        opened = _Zip(file, path.name)
        entry = opened.find(member)
        if entry is None:
            raise KeyError(member)
        return opened.content(entry, most_bytes)


def _spellings(name: str) -> set[bytes]:
    spellings = {name.encode("utf-8", "surrogatepass")}
    with contextlib.suppress(UnicodeEncodeError):
        spellings.add(name.encode("cp437"))
    return spellings


def _with_zip64(sizes: list[int], extra: bytes) -> list[int]:
    """Sizes and offset, those that 32 bits do not hold taken from the extra field of Zip64. Raises struct.error where it lacks them."""
    if _IN_ZIP64 not in sizes:
        return sizes
    at = 0
    while at < len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        if kind == _ZIP64:
            longs = [long for (long,) in _LONG.iter_unpack(extra[at : at + length // _LONG.size * _LONG.size])]
            if len(longs) >= sizes.count(_IN_ZIP64):
                return [longs.pop(0) if size == _IN_ZIP64 else size for size in sizes]
        at += length
    raise struct.error
