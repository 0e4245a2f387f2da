"""The files under a data set's root, loose or in archives, as one tree: what a reader of folders goes through.

Loose files come sorted by the bytes of their paths; the members of an archive come in its own order, where the archive stands,
as ARCHIVE/MEMBER. An archive whose files lie unpacked beside it is passed over.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imagestolive.datasets.archives import READ_MOST_BYTES, is_archive, is_zip, members, read_zip_member
from imagestolive.datasets.locators import locator, member_locator, part_locator
from imagestolive.datasets.problems import Problems
from imagestolive.errors import N_

KEPT_MOST_BYTES = 256 * 2**20  # text files out of compressed tars
_NOT_WRITTEN_DOWN = N_("Names with a backslash, or in letters that are not UTF-8, are skipped.")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the tree."""

    path: str  # below the root, with /: "lfw/A_B/A_B_0001.jpg", "lfw.tgz/lfw/A_B/A_B_0001.jpg"
    locator: str
    archive: str | None = None  # below the root; None for a loose file
    member: str | None = None
    offset: int | None = None  # in the archive; None where the member is compressed
    size: int | None = None  # of a member


class Tree:
    """The tree of one root. `texts` finds paths of files a reader wants to read whole; those in compressed tars are kept as they pass."""

    def __init__(self, root: Path, problems: Problems, *, texts: str | None = None) -> None:
        self.root = root
        self._problems = problems
        self._texts = re.compile(texts) if texts else None
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0

    def files(self, wanted: str | None = None) -> Iterator[Found]:
        """The files whose path `wanted` (a pattern, found anywhere in it) finds. Raises ArchiveRefused, OSError."""
        pattern = re.compile(wanted or "")
        for name, entry in walk(self.root, self._problems):
            if is_archive(entry.name):
                yield from self._members(name, pattern)
            elif pattern.search(name):
                yield Found(name, locator(name))

    def read(self, found: Found) -> bytes | None:
        """The content of a file, at most 64 MiB. None, and `problems` are told, where it is larger, passed by unkept, or cannot be read.
        What was kept is given once and let go. Raises ArchiveRefused."""
        try:
            content = self._content(found)
        except OSError as error:
            self._problems.add(found.path, N_("This file cannot be read: {problem}."), problem=error.strerror or "unknown")
            return None
        if content is None:
            self._problems.add(found.path, N_("This file is too large to be read."))
        return content

    def _content(self, found: Found) -> bytes | None:
        if found.archive is None:
            with (self.root / found.path).open("rb") as file:
                data = file.read(READ_MOST_BYTES + 1)
            return data if len(data) <= READ_MOST_BYTES else None
        if found.offset is not None and found.size is not None:
            if found.size > READ_MOST_BYTES:
                return None
            with (self.root / found.archive).open("rb") as file:
                file.seek(found.offset)
                return file.read(found.size)
        if found.path in self._kept:
            data = self._kept.pop(found.path)
            self._kept_bytes -= len(data)
            return data
        archive = self.root / found.archive
        try:
            return read_zip_member(archive, found.member or "", READ_MOST_BYTES) if is_zip(archive) else None
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), found.member) from None  # the zip was replaced meanwhile

    def _members(self, archive: str, pattern: re.Pattern[str]) -> Iterator[Found]:
        path = self.root / archive
        first = True
        for member in members(path, name=archive, keep=lambda name, data: self._keep(f"{archive}/{name}", data), wanted=self._texts):
            place = f"{archive}/{member.name}"
            if _is_hidden(member.name) or not pattern.search(place):
                continue
            if not _can_be_written_down(member.name):
                self._problems.add(place, _NOT_WRITTEN_DOWN)
                continue
            if first and any(os.path.lexists(path.parent / name) for name in (member.name, member.name.replace(".tar/", "/", 1))):
                return  # it was unpacked here
            first = False
            where = member_locator(archive, member.name) if member.offset is None else part_locator(archive, member.offset, member.size)
            yield Found(place, where, archive, member.name, member.offset, member.size)

    def _keep(self, path: str, data: bytes) -> None:
        if path not in self._kept and self._kept_bytes + len(data) <= KEPT_MOST_BYTES:
            self._kept[path] = data
            self._kept_bytes += len(data)


def makers_files(root: Path, *patterns: str, problems: Problems | None = None) -> list[Path]:
    """Ordinary files below the root that these patterns (of glob) find, sorted, each once: lists, labels, annotations.

    What a link leads to outside the root, a pipe, a device or a folder is none; `problems` are told of it.
    """
    resolved_root = root.resolve()
    found = []
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        problem = link_problem(path, resolved_root) if path.is_symlink() or not path.resolve().is_relative_to(resolved_root) else None
        if problem is None and not path.is_file():
            problem = N_("This is no file.")
        if problem is None:
            found.append(path)
        elif problems is not None:
            problems.add(path.relative_to(root).as_posix(), problem)
    return found


def depends_on(root: Path, texts: str | None = None) -> Iterator[Path]:
    """Every folder (a file that comes or goes changes it), every archive, and every loose file whose path `texts` finds."""
    pattern = re.compile(texts) if texts else None
    folders = [("", root)]
    while folders:
        prefix, folder = folders.pop()
        yield folder
        with contextlib.suppress(OSError):
            for entry in entries(folder):
                if entry.is_dir(follow_symlinks=False):
                    folders.append((f"{prefix}{entry.name}/", Path(entry.path)))
                elif is_archive(entry.name) or (pattern and pattern.search(prefix + entry.name)):
                    yield Path(entry.path)


def walk(root: Path, problems: Problems) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """(path below the root, entry) of every ordinary file, hidden ones passed over. Links that lead out of the root and names that cannot
    be written down go to `problems`. Walked with a list, not by recursion: folders may be nested deeper than Python's stack."""
    resolved_root = root.resolve()
    waiting = [("", _sorted_entries(root, "", problems))]
    while waiting:
        prefix, found = waiting[-1]
        if not found:
            waiting.pop()
            continue
        entry = found.pop()
        name = prefix + entry.name
        if not _can_be_written_down(entry.name):
            problems.add(name, _NOT_WRITTEN_DOWN)
        elif entry.is_dir(follow_symlinks=False):
            waiting.append((f"{name}/", _sorted_entries(Path(entry.path), name, problems)))
        elif entry.is_symlink() and (problem := link_problem(entry.path, resolved_root)):
            problems.add(name, problem)
        elif entry.is_file():
            yield name, entry


def link_problem(link: str | Path, root: Path) -> str | None:
    """Why a link is not taken: only those to a file below the root are."""
    target = Path(os.path.realpath(link))
    if not target.is_relative_to(root):
        return N_("This link leads out of the data set’s folder.")
    if os.path.isdir(target):  # Path.is_dir raises where a name is too long
        return N_("This is a link to a folder; such links are not followed.")
    return None if os.path.isfile(target) else N_("This link leads nowhere.")


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """What stands in a folder and is not hidden. Raises OSError."""
    with os.scandir(folder) as found:
        return [entry for entry in found if not entry.name.startswith(".") or "\\" in entry.name]  # "..\\x.jpg" is to be reported


def _sorted_entries(folder: Path, name: str, problems: Problems) -> list[os.DirEntry[str]]:
    """What stands in a folder, last first, to be popped; with a / behind folders, so that whole paths come sorted by their bytes."""
    try:
        found = entries(folder)
    except OSError as error:
        problems.add(name, N_("This folder cannot be read: {problem}."), problem=error.strerror or "unknown")
        return []
    return sorted(found, key=lambda entry: os.fsencode(entry.name) + b"/" * entry.is_dir(follow_symlinks=False), reverse=True)


def _can_be_written_down(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\\" not in name


def _is_hidden(member: str) -> bool:
    """Whether a loose file there would be passed over: macOS puts a ._a.jpg beside each a.jpg."""
    return member.startswith(".") or "/." in member
