"""Fetches a data set's lists from its makers' hosts.

A file is complete or absent: it grows as FILE.part, with FILE.part.json beside it that says which edition of it this is, and gets
its name when size and checksum are right. What came and cannot be read is thrown away. accepted.json says that its terms were
accepted.
"""

from __future__ import annotations

import codecs
import contextlib
import datetime
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from imagestolive.datasets import Datasheet
from imagestolive.datasets.datasheet import MakersFile
from imagestolive.errors import N_
from imagestolive.fetch.addresses import Problem
from imagestolive.fetch.alone import alone
from imagestolive.fetch.network import Answer, Network, NotFound, OddAnswer, Refused, TooBig, Unreachable
from imagestolive.makers.edition import Edition, says_its_end
from imagestolive.makers.here import Here, size_of, write
from imagestolive.makers.problems import BeingGot, NoRoomForIt, NoSuchPart, NotAccepted, NotGot, NotKept, NotTheirs

MOST_BYTES = 64 * 2**30  # of a file whose makers do not say how large it is
WAITS_S = (1.0, 4.0, 15.0, 60.0)  # between attempts in which nothing came
WAIT_MOST_S = 300.0  # a host that wants us to wait longer is asked another day
FREE_LEAST = 0.05  # of the disk
_FREE_ASKED_EVERY_BYTES = 64 * 2**20
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_ACCEPTED = "accepted.json"

Progress = Callable[[MakersFile, int, int | None], None]  # bytes here, of


class Answered(Problem):
    sentence = N_("it answered {status}")


class OtherSize(Problem):
    sentence = N_("it has {n} bytes, not {said}")


class OtherSum(Problem):
    sentence = N_("its checksum is another")


class WebPage(Problem):
    sentence = N_("it is a web page")


class EndUnknown(Problem):
    sentence = N_("its host does not say where it ends, so nobody could know that it is whole")


class NoEnd(Problem):
    sentence = N_("it has more than {most} bytes")


class Disk(Protocol):
    """As shutil.disk_usage gives it, in bytes."""

    @property
    def total(self) -> int: ...
    @property
    def free(self) -> int: ...


class Makers:
    """The lists of one data set: what there is, what is here, whether its terms are accepted; and getting them."""

    def __init__(
        self,
        data_folder: Path,
        sheet: Datasheet,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        disk: Callable[[Path], Disk] = shutil.disk_usage,
    ) -> None:
        self.sheet, self.folder = sheet, data_folder / "metadata" / sheet.key
        self._now, self._sleep, self._disk = now, sleep, disk

    # ---- what there is ------------------------------------------------------------------------------------------------

    def files(self, parts: Sequence[str] = ()) -> list[MakersFile]:
        """The files of these parts, each once; of the first part where none is named. Raises NothingToGet, NoSuchPart."""
        return list({file.file: file for file in self.sheet.metadata if file.part in self._named(parts)}.values())

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the datasheet's own addresses: nothing is fetched from another one."""
        return frozenset(urlsplit(file.url).hostname or "" for file in self.sheet.metadata)

    def is_here(self, file: MakersFile) -> bool:
        """Whether a file was fetched whole, as far as its size tells."""
        known = Here.read(self.folder).files.get(file.file)
        return known is not None and known.get("url") == file.url and size_of(self.folder / file.file) == known["bytes"]

    def _named(self, parts: Sequence[str]) -> Sequence[str]:
        for part in parts:
            if part not in self.sheet.parts:
                raise NoSuchPart(part=part, title=self.sheet.title, known=list(self.sheet.parts))
        return parts or self.sheet.parts[:1]

    # ---- terms --------------------------------------------------------------------------------------------------------

    def accepted(self) -> bool:
        """Whether somebody accepted these terms here, in whatever language they were shown; other words have to be accepted anew."""
        try:
            read = json.loads((self.folder / _ACCEPTED).read_bytes())
            return bool(read["sha256"] == _sha256(self.sheet.terms[read["lang"]]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return False

    def accept(self, lang: str) -> None:
        """Remembers that the terms were accepted as they stand in this language, and on which day (UTC). Raises NotKept."""
        day = datetime.datetime.fromtimestamp(self._now(), datetime.UTC).date()
        with _written(self.folder / _ACCEPTED):
            self.folder.mkdir(parents=True, exist_ok=True)
            write(self.folder / _ACCEPTED, {"sha256": _sha256(self.sheet.terms[lang]), "lang": lang, "day": day.isoformat()})

    # ---- getting ------------------------------------------------------------------------------------------------------

    def get(self, parts: Sequence[str], network: Network, *, progress: Progress = lambda *_: None) -> Path:
        """Fetches the files of these parts that are not here, one after the other; gives their folder.

        Raises NotGot, NotTheirs, NoRoomForIt, NotKept, BeingGot.
        """
        if not self.accepted():
            raise NotAccepted(title=self.sheet.title)
        wanted = self.files(parts)
        with _written(self.folder), self._alone():
            for file in wanted:
                if not self._is_whole(file):
                    self._get(file, network, progress)
            Here.read(self.folder).with_parts(self._named(parts)).write(self.folder)
        return self.folder

    def found_good(self) -> None:
        """Notes that what is here could be read. Raises NotKept."""
        with _written(self.folder), contextlib.suppress(BeingGot), self._alone():
            Here.read(self.folder).all_read().write(self.folder)

    def throw_away(self) -> bool:
        """Throws away what is here and was never read, so that it is fetched again; whether there was any. Raises NotKept, BeingGot."""
        with _written(self.folder), self._alone():
            here = Here.read(self.folder)
            kept = here.what_was_read()
            parts = [part for part in here.parts if all(file.file in kept.files for file in self.files([part]))]
            Here(parts=tuple(parts), files=kept.files).write(self.folder)  # before the files go: none may count that is not there
            for name in here.files.keys() - kept.files.keys():
                (self.folder / name).unlink(missing_ok=True)
        return len(kept.files) < len(here.files)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with alone(self.folder / "lock") as nobody_else:
            if not nobody_else:
                raise BeingGot(title=self.sheet.title)
            yield

    def _is_whole(self, file: MakersFile) -> bool:
        """Whether a file is here as it was fetched, and as the datasheet wants it today."""
        if not self.is_here(file):
            return False
        size_bytes, md5, sha256 = _sums(self.folder / file.file)
        as_fetched = sha256 == Here.read(self.folder).files[file.file].get("sha256")
        return as_fetched and file.bytes in (None, size_bytes) and file.md5 in (None, md5) and file.sha256 in (None, sha256)

    def _get(self, file: MakersFile, network: Network, progress: Progress) -> None:
        """Tries until the file is here; an attempt that brought something does not count. Raises as `get` does."""
        waits = iter(WAITS_S)
        while True:
            before = size_of(self._part(file)) or 0
            try:
                edition = self._attempt(file, network, progress)
                break
            except _Passing as passing:
                if (size_of(self._part(file)) or 0) > before:
                    waits = iter(WAITS_S)
                wait_s = next(waits, None)
                unknown = isinstance(passing.problem, NotFound) and wait_s != WAITS_S[0]  # most likely there is no connection at all
                if wait_s is None or unknown or (passing.wait_s or 0) > WAIT_MOST_S:
                    raise NotGot(file=file.file, host=_host(file), problem=passing.problem) from None
                self._sleep(max(wait_s, passing.wait_s or 0))
        self._take(file, edition)

    def _attempt(self, file: MakersFile, network: Network, progress: Progress) -> Edition:
        """Fetches what is missing of a file. Raises _Passing where another attempt is worth while; else as `get` does."""
        part = self._part(file)
        edition = Edition.read(_beside(part), file.url) if part.exists() else None
        with part.open("r+b" if edition else "w+b") as out:
            start_bytes = out.seek(0, os.SEEK_END)
            if edition and edition.bytes == start_bytes:
                return edition
            coming = _Coming(self, file, out, edition, progress)
            try:
                answer = network.download(
                    file.url,
                    self.hosts,
                    out,
                    start=start_bytes,
                    if_range=edition.validator if edition else None,
                    most_bytes=file.bytes or MOST_BYTES,
                    begun=coming.begin,
                    progress=coming.grow,
                )
            except Unreachable as error:
                if isinstance(error.problem, OddAnswer):  # perhaps to the question for a range alone
                    self.drop(file)
                raise _Passing(error.problem, error.retry_after_s) from None
            except Refused as error:
                raise NotGot(file=file.file, host=_host(file), problem=error.problem) from None
            except TooBig:
                raise self._thrown_away(file, NoEnd(most=file.bytes or MOST_BYTES)) from None
            if answer.status in _PASSING:
                raise _Passing(Answered(status=answer.status), answer.retry_after_s(self._now()))
            if coming.edition is None or answer.status not in (200, 206, 416):  # 416: it was here whole
                raise NotGot(file=file.file, host=_host(file), problem=Answered(status=answer.status))
            return coming.edition

    def _take(self, file: MakersFile, edition: Edition) -> None:
        """Gives a file that has come whole its name, if it is what the datasheet and its host say. Raises NotTheirs."""
        part = self._part(file)
        size_bytes, md5, sha256 = _sums(part)
        self.check_size(file, size_bytes)
        if edition.bytes not in (None, size_bytes):
            raise self._thrown_away(file, OtherSize(n=size_bytes, said=edition.bytes))
        if _is_web_page(part):  # a network that wants us to sign in first answers so, whatever is asked for
            raise self._thrown_away(file, WebPage())
        if file.md5 not in (None, md5) or file.sha256 not in (None, sha256) or edition.md5 not in (None, md5):
            raise self._thrown_away(file, OtherSum())
        Here.read(self.folder).with_file(file, size_bytes, sha256).write(self.folder)
        part.replace(self.folder / file.file)
        _beside(part).unlink(missing_ok=True)

    def _thrown_away(self, file: MakersFile, problem: Problem) -> NotTheirs:
        self.drop(file)
        return NotTheirs(file=file.file, host=_host(file), problem=problem)

    def drop(self, file: MakersFile) -> None:
        """Throws the part of a file away that has come."""
        _beside(self._part(file)).unlink(missing_ok=True)
        with contextlib.suppress(PermissionError):  # Windows, where it is open: without what lay beside, it is begun anew
            self._part(file).unlink(missing_ok=True)

    def check_size(self, file: MakersFile, size_bytes: int | None) -> None:
        """Against what the datasheet says, as far as both are known. Raises NotTheirs."""
        if None not in (file.bytes, size_bytes) and file.bytes != size_bytes:
            raise self._thrown_away(file, OtherSize(n=size_bytes, said=file.bytes))

    def check_room(self, file: MakersFile, more_bytes: int) -> None:
        """Raises NoRoomForIt."""
        disk = self._disk(self.folder)
        if disk.free - more_bytes < FREE_LEAST * disk.total:
            raise NoRoomForIt(file=file.file)

    def _part(self, file: MakersFile) -> Path:
        return self.folder / f"{file.file}.part"


class _Passing(Exception):
    """A failure after which another attempt is worth while."""

    def __init__(self, problem: Problem, wait_s: float | None = None) -> None:
        super().__init__(str(problem))
        self.problem, self.wait_s = problem, wait_s


class _Coming:
    """A file while it comes."""

    def __init__(self, makers: Makers, file: MakersFile, out: BinaryIO, edition: Edition | None, progress: Progress) -> None:
        self._makers, self._file, self._out, self._progress = makers, file, out, progress
        self.edition = edition  # that of which a part is here, then that which comes
        self._room_until_bytes = 0

    def begin(self, answer: Answer) -> None:
        """Before the first byte: notes which edition it will be of, so that whoever is killed can go on."""
        packed_as = ("gzip", "x-gzip") if self._file.file.endswith(".gz") else ()  # some hosts say so of what lies there packed
        if answer.header("content-encoding") not in (None, "identity", *packed_as):
            raise _Passing(OddAnswer())
        edition = Edition.of(self._file.url, answer) if answer.status == 200 else self.edition
        known = (self._file.bytes, self._file.md5, self._file.sha256, edition and edition.bytes, edition and edition.md5)
        if not (says_its_end(answer) or any(known)):
            raise NotGot(file=self._file.file, host=_host(self._file), problem=EndUnknown())
        if answer.status == 200 and edition:
            self.edition = edition
            self._makers.check_size(self._file, edition.bytes)
            self._out.truncate(0)  # before the mark: no byte may ever stand beside that of another edition
            write(_beside(Path(self._out.name)), asdict(edition))

    def grow(self, here_bytes: int, of_bytes: int | None) -> None:
        """Raises NoRoomForIt: for all that is announced; where nothing is, for what comes before the next look."""
        if here_bytes >= self._room_until_bytes:
            self._room_until_bytes = here_bytes + _FREE_ASKED_EVERY_BYTES
            self._makers.check_room(self._file, (of_bytes or self._room_until_bytes) - here_bytes)
        self._progress(self._file, here_bytes, of_bytes or self._file.bytes)


# ---- files ------------------------------------------------------------------------------------------------------------


def _host(file: MakersFile) -> str:
    return urlsplit(file.url).hostname or ""


def _beside(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _sums(path: Path) -> tuple[int, str, str]:
    """The size in bytes, and MD5 and SHA-256 in hex."""
    md5, sha256, size_bytes = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(2**20):
            md5.update(piece)
            sha256.update(piece)
            size_bytes += len(piece)
    return size_bytes, md5.hexdigest(), sha256.hexdigest()


def _is_web_page(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(512).removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Says what the system does not let us write, in a sentence."""
    try:
        yield
    except OSError as error:
        raise NotKept(file=str(error.filename or path), problem=error.strerror or str(error)) from None
