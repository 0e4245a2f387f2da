"""One large JSON object or list, read piece by piece: a list of a million images never stands in memory whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from imagestolive.datasets.locators import shown
from imagestolive.errors import N_, ImagesToLiveError

CHUNK_CHARACTERS = 2**20
VALUE_MOST_CHARACTERS = 2 * 2**20  # of one value, or of one element of a list
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonRefused(ImagesToLiveError):
    """The file is no JSON object, or it is broken, at about the place `at`."""

    sentence = N_("{file} is no JSON object, or it is broken near character {at}.")


class JsonNoList(JsonRefused):
    sentence = N_("{file} is no JSON list, or it is broken near character {at}.")


class JsonNotUtf8(JsonRefused):
    sentence = N_("{file} is not UTF-8 text.")


class JsonTooDeep(JsonRefused):
    sentence = N_("{file} is nested too deeply near character {at}.")


class JsonTooLarge(JsonRefused):
    sentence = N_("{file} holds a value of more than {most} characters near character {at}.")


def read_members(path: Path, *, name: str | None = None) -> Iterator[tuple[str, Any]]:
    """The members of the object in a file as (name, value), in their order; of a list each element by itself, under the list's name.

    NaN and infinities, which JSON does not have, come as None. Raises JsonRefused, OSError.
    """
    return _read(path, name, _members, JsonRefused)


def read_list(path: Path, *, name: str | None = None) -> Iterator[Any]:
    """The elements of the list in a file, in their order; NaN and infinities come as None. Raises JsonRefused, OSError."""
    return _read(path, name, _elements, JsonNoList)


def first_sign(path: Path) -> str:
    """What a file begins with, space passed over: { of an object, [ of a list; nothing of an empty file. Raises JsonRefused, OSError."""
    sign: str = next(_read(path, None, lambda text: iter([text.next_sign()]), JsonRefused))
    return sign


def _read(path: Path, name: str | None, parts: Callable[[_Text], Iterator[Any]], broken: type[JsonRefused]) -> Iterator[Any]:
    with path.open(encoding="utf-8-sig") as file:
        text = _Text(file, name or path.name, broken)
        try:
            yield from parts(text)
        except UnicodeDecodeError:
            raise JsonNotUtf8(file=text.name) from None
        except RecursionError:
            raise JsonTooDeep(file=text.name, at=text.at) from None


def _members(text: _Text) -> Iterator[tuple[str, Any]]:
    text.take("{")
    if text.take_if("}"):
        return
    while True:
        name = text.value()
        if not isinstance(name, str):
            raise text.broken()
        text.take(":")
        if text.next_sign() == "[":
            for value in _elements(text):
                yield name, value
        else:
            yield name, text.value()
        if not text.take_if(","):
            text.take("}")
            return


def _elements(text: _Text) -> Iterator[Any]:
    text.take("[")
    if text.take_if("]"):
        return
    yield text.value()
    while text.take_if(","):
        yield text.value()
    text.take("]")


class _Text:
    """The part of the file that is in memory, and where in it we are."""

    def __init__(self, file: TextIO, name: str, broken: type[JsonRefused]) -> None:
        self._file = file
        self._broken = broken
        self.name = shown(name)
        self._decoder = json.JSONDecoder(parse_constant=lambda _: None)
        self._buffer = ""
        self._at = 0
        self._behind = 0  # characters let go of

    @property
    def at(self) -> int:
        return self._behind + self._at

    def broken(self) -> JsonRefused:
        return self._broken(file=self.name, at=self.at)

    def next_sign(self) -> str:
        """What comes next, space passed over; nothing at the end of the file."""
        self._skip_space()
        return self._buffer[self._at : self._at + 1]

    def take_if(self, sign: str) -> bool:
        """Goes past `sign` when it comes next."""
        if self.next_sign() != sign:
            return False
        self._at += 1
        return True

    def take(self, sign: str) -> None:
        if not self.take_if(sign):
            raise self.broken()

    def value(self) -> Any:
        """The next value whole. A number may go on where the buffer ends (20|17, 1|e5), so more is read before it is taken."""
        self._skip_space()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except ValueError:
                if not self._more():
                    raise self.broken() from None
                continue
            goes_on = end == len(self._buffer) or self._buffer[end] in "0123456789.eE+-"
            if not goes_on or not self._more():
                if end - self._at > VALUE_MOST_CHARACTERS:
                    raise self._too_large()
                self._at = end
                return value

    def _skip_space(self) -> None:
        while True:
            found = _SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer) or not self._more():
                return

    def _more(self) -> bool:
        """Reads on, letting go of what lies behind us; False at the end of the file.

        What is in memory at least doubles: a value is taken apart anew each time, which must not happen once for each chunk of it.
        """
        self._behind += self._at
        self._buffer = self._buffer[self._at :]
        self._at = 0
        if len(self._buffer) > VALUE_MOST_CHARACTERS:
            raise self._too_large()
        chunk = self._file.read(max(CHUNK_CHARACTERS, len(self._buffer)))
        self._buffer += chunk
        return bool(chunk)

    def _too_large(self) -> JsonTooLarge:
        return JsonTooLarge(file=self.name, at=self.at, most=VALUE_MOST_CHARACTERS)
