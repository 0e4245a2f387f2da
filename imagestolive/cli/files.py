"""Files in and out: what is written is whole or absent, and of several files all are there or none."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from imagestolive import pdf, sets
from imagestolive.errors import N_, ImagesToLiveError


class FileExists(ImagesToLiveError):
    """An output file that is already there."""

    sentence = N_("{path} is there already and was kept; --force writes over it.")


class CannotWrite(ImagesToLiveError):
    """An output file that cannot be made."""

    sentence = N_("{path} cannot be written: {problem}.")


class CannotRead(ImagesToLiveError):
    """An input file that cannot be read."""

    sentence = N_("{path} cannot be read: {problem}.")


class WouldBeLost(ImagesToLiveError):
    """An output that is also what is read."""

    sentence = N_("{path} is read here and is not written over: give the output another name.")


class SameFile(ImagesToLiveError):
    """Two outputs that are one file."""

    sentence = N_("Two outputs are the same file, {path}.")


class OtherKind(ImagesToLiveError):
    """An output file named as if it were of another kind."""

    sentence = N_("{path} would be a {made} file: give it a name that ends in .{ending}.")


_ENDINGS = (".pdf", ".zip", ".csv", ".json", ".docx", ".odt", ".pptx", ".html", ".md", ".imscc")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # what may happen whenever something is written


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A file in the making beside the place where it will be."""

    path: Path
    part: Path
    file: BinaryIO


class Outputs:
    """The files of one run. At the end of the `with` block all are moved to their places; when anything fails there, or within, none is."""

    def __init__(self, *, force: bool) -> None:
        self._force = force
        self._parts: list[_Part] = []

    def __enter__(self) -> Self:
        return self

    def file(self, path: Path, ending: str) -> BinaryIO:
        """A new file to be read and written, whose name does not say that it is of another kind than `ending` says.

        Raises SameFile, OtherKind, FileExists, CannotWrite.
        """
        try:
            if path.exists() and not path.is_file():
                raise CannotWrite(path=str(path), problem="it is a folder or a device")
            if path.resolve() in (part.path.resolve() for part in self._parts):
                raise SameFile(path=str(path))
            if path.suffix.lower() in _ENDINGS and path.suffix.lower() != f".{ending}":
                raise OtherKind(path=str(path), made=ending.upper(), ending=ending)
            if path.exists() and not self._force:
                raise FileExists(path=str(path))
            file = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False)  # noqa: SIM115
        except (OSError, RuntimeError) as error:
            raise CannotWrite(path=str(path), problem=getattr(error, "strerror", None) or str(error)) from None
        self._parts.append(_Part(path=path, part=Path(file.name), file=cast("BinaryIO", file)))
        return self._parts[-1].file

    def again(self) -> None:
        """Empties all files, to be written anew."""
        for part in self._parts:
            part.file.seek(0)
            part.file.truncate()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Raises CannotWrite where a file cannot be finished or moved, and where the disk was full before."""
        try:
            if kind is None:
                for part in self._parts:
                    _finish(part)
                _publish_all(self._parts, force=self._force)
        finally:
            for part in self._parts:
                with suppress(OSError):  # what is not written yet: there may be no room for it
                    part.file.close()
                with suppress(OSError):
                    part.part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            paths = ", ".join(str(part.path) for part in self._parts)
            raise CannotWrite(path=paths, problem=error.strerror or str(error)) from None


def _finish(part: _Part) -> None:
    try:
        part.file.flush()
        os.fsync(part.file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        part.part.chmod(0o666 & ~umask)  # as a file made in the ordinary way; temporary ones are private
    except OSError as error:
        raise CannotWrite(path=str(part.path), problem=error.strerror or str(error)) from None


def _publish_all(parts: list[_Part], *, force: bool) -> None:
    """Moves files to their places; where one cannot go, those before it go back to what was there."""
    done: list[tuple[Path, Path | None]] = []  # a place, and where its file of before is kept
    try:
        for part in parts:
            before = _kept_aside(part) if force and len(parts) > 1 else None
            done.append((part.path, before))
            try:
                _publish(part, force=force)
            except BaseException:
                done.pop()
                if before:
                    before.replace(part.path)
                    before.unlink(missing_ok=True)  # a second name of one file is left by replace
                raise
    except BaseException:
        for path, before in done:
            with suppress(OSError):
                before.replace(path) if before else path.unlink()
        raise
    for _, before in done:
        if before:
            before.unlink(missing_ok=True)


def _kept_aside(part: _Part) -> Path | None:
    """The file that is written over, under another name beside it."""
    if not part.path.exists():
        return None
    aside = part.part.with_suffix(".before")
    try:
        aside.hardlink_to(part.path)
    except OSError:  # a file system without hard links
        part.path.replace(aside)
    return aside


def _publish(part: _Part, *, force: bool) -> None:
    try:
        if force:
            part.part.replace(part.path)
            return
        try:
            part.path.hardlink_to(part.part)  # fails where a file has come to be meanwhile
        except FileExistsError:
            raise FileExists(path=str(part.path)) from None
        except OSError:  # a file system without hard links
            part.part.replace(part.path)
    except OSError as error:
        raise CannotWrite(path=str(part.path), problem=error.strerror or str(error)) from None


def read_file(path: Path) -> bytes:
    """Raises CannotRead."""
    try:
        if path.exists() and not path.is_file():
            raise CannotRead(path=str(path), problem="it is no file")
        return path.read_bytes()
    except OSError as error:
        raise CannotRead(path=str(path), problem=error.strerror or "not readable") from None


def read_set(path: Path) -> sets.SetFile:
    """The set in a set file, in a report or in a PDF made here; raises CannotRead, NoSetInside, NotASetFile."""
    data = read_file(path)
    return sets.read_set_file(pdf.read_set_file(path)) if data.startswith(b"%PDF") else sets.read_report(data)
