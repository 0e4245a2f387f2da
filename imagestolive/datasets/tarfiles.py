"""Tars, gone through from front to back in one pass: nothing is remembered of a million members.

The forms that tar programs write are read: the old one, ustar, GNU and pax. Python's own `tarfile` remembers all members, follows
headers that lead to headers by recursion, and in some versions can be kept busy for ever by one of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from imagestolive.datasets.locators import shown
from imagestolive.datasets.member import (
    EndsEarly,
    EntryBroken,
    Member,
    NoArchive,
    NoOrdinaryFile,
    about,
    check_count,
    plain_name,
)
from imagestolive.datasets.streams import Stream

_BLOCK = 512
_HEADER_MOST_BYTES = 64 * 1024  # of a long name or a pax header; the longest path of any system has 4 KiB
_OCTAL = re.compile(rb"[ \0]*([0-7]*)[ \0]*")
_DIGITS = re.compile(rb"[0-9]{1,18}")
_NESTED = re.compile(r".+\.tar", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str  # plain
    size: int
    is_file: bool  # else a folder


def tar_members(stream: Stream) -> Iterator[Member]:
    """The files of a tar; of a tar in it, its files as NESTED.tar/NAME (and no deeper). Raises ArchiveRefused, OSError.

    Offsets count from the beginning of the stream. When a member comes out, the stream stands at its first byte.
    """
    for count, member in enumerate(_files(stream, stream.name, "", math.inf), start=1):
        check_count(stream.name, count)
        yield member


def _files(stream: Stream, archive: str, prefix: str, end: float) -> Iterator[Member]:
    """`prefix` is "" or "NESTED.tar/"; `end` is where that one ends."""
    while entry := _next_entry(stream, archive, end):
        start, stop = stream.at, stream.at + entry.size
        if stop > end:
            raise EndsEarly(file=shown(archive))
        name = prefix + entry.name
        if entry.is_file and entry.size and not prefix and _NESTED.fullmatch(name):
            yield from _files(stream, f"{archive}/{name}", f"{name}/", stop)
        elif entry.is_file:
            yield Member(name, entry.size, None if stream.is_packed else start)
        stream.skip_to(_padded(stop))


def _next_entry(stream: Stream, archive: str, end: float) -> _Entry | None:
    """The next file or folder, with what headers before its own say of it; None at the end, which two empty blocks mark."""
    long_name: str | None = None
    long_size: int | None = None
    while True:
        if stream.at + _BLOCK > end:
            raise EndsEarly(file=shown(archive))
        block = stream.read(_BLOCK)
        if not block.strip(b"\0"):
            return None
        name, size, kind = _header(block, archive)
        if kind in b"LKxXg":
            if size > _HEADER_MOST_BYTES:
                raise EntryBroken(**about(archive, name))
            data = stream.read(_padded(size))[:size]
            if kind == b"L":
                long_name = _text(data)
            elif kind != b"K":  # the name of what a link leads to
                path, pax_size = _pax(data, archive, name)
                if kind != b"g":  # for all files alike, it can only be a remark
                    long_name, long_size = path or long_name, pax_size
            continue
        name = name if long_name is None else long_name
        if kind == b"5" or (kind == b"\0" and name.endswith("/")):
            folder = "." if name.rstrip("/") == "." else plain_name(name, archive)  # "./" is what `tar -C folder -c .` begins with
            return _Entry(folder, 0, is_file=False)
        plain = plain_name(name, archive)
        if kind not in b"0\x007":
            raise NoOrdinaryFile(**about(archive, name))
        return _Entry(plain, size if long_size is None else long_size, is_file=True)


def _header(block: bytes, archive: str) -> tuple[str, int, bytes]:
    """(name, size, kind) of a header block; raises NoArchive, EntryBroken."""
    name = _text(block[:100])
    if (checksum := _number(block[148:156])) is None or checksum != sum(block) - sum(block[148:156]) + 8 * ord(" "):
        raise NoArchive(file=shown(archive))
    if block[257:263] == b"ustar\0" and block[345]:
        name = f"{_text(block[345:500])}/{name}"
    if (size := _number(block[124:136])) is None:
        raise EntryBroken(**about(archive, name))
    return name, size, block[156:157]


def _number(field: bytes) -> int | None:
    """A number above -1 in octal digits or, with the first bit set, in binary."""
    if field[0] == 0x80 and not any(field[1:-7]):  # 2**56 bytes are more than any file has
        return int.from_bytes(field[-7:], "big")
    digits = _OCTAL.fullmatch(field)
    return int(digits[1] or b"0", 8) if digits else None


def _pax(data: bytes, archive: str, name: str) -> tuple[str | None, int | None]:
    """(path, size) as a pax header gives them, in lines such as "30 path=trees/oak.jpg". Raises EntryBroken, NoOrdinaryFile."""
    path = size = None
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + 8)
        if space < 0 or not _DIGITS.fullmatch(data, at, space):
            raise EntryBroken(**about(archive, name))
        next_at = at + int(data[at:space])
        key, mark, value = data[space + 1 : next_at - 1].partition(b"=")
        if not mark or data[next_at - 1 : next_at] != b"\n":
            raise EntryBroken(**about(archive, name))
        if key.startswith(b"GNU.sparse."):
            raise NoOrdinaryFile(**about(archive, name))
        if key == b"path":
            path = value.decode("utf-8", "surrogateescape")
        elif key == b"size":
            if not _DIGITS.fullmatch(value):
                raise EntryBroken(**about(archive, name))
            size = int(value)
        at = next_at
    return path, size


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
