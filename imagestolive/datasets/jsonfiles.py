"""One large JSON object, read member by member: a list of a million images never stands in memory whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from imagestolive.errors import N_, ImagesToLiveError

CHUNK_CHARACTERS = 2**20
VALUE_MOST_CHARACTERS = 16 * 2**20  # of one value, or of one element of a list
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonRefused(ImagesToLiveError):
    """The file is no JSON object, or it is broken, at about the place `at`."""

    sentence = N_("{file} is no JSON object, or it is broken near character {at}.")


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
    with path.open(encoding="utf-8-sig") as file:
        text = _Text(file, name or path.name)
        try:
            yield from _members(text)
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
        if not text.take_if("["):
            yield name, text.value()
        elif not text.take_if("]"):
            yield name, text.value()
            while text.take_if(","):
                yield name, text.value()
            text.take("]")
        if not text.take_if(","):
            text.take("}")
            return


class _Text:
    """The part of the file that is in memory, and where in it we are."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file = file
        self.name = name
        self._decoder = json.JSONDecoder(parse_constant=lambda _: None)
        self._buffer = ""
        self._at = 0
        self._behind = 0  # characters let go of

    @property
    def at(self) -> int:
        return self._behind + self._at

    def broken(self) -> JsonRefused:
        return JsonRefused(file=self.name, at=self.at)

    def take_if(self, sign: str) -> bool:
        """Goes past `sign` when it comes next."""
        self._skip_space()
        if not self._buffer.startswith(sign, self._at):
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
                self._at = end
                return value

    def _skip_space(self) -> None:
        while True:
            found = _SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer) or not self._more():
                return

    def _more(self) -> bool:
        """Reads on, letting go of what lies behind us; False at the end of the file."""
        self._behind += self._at
        self._buffer = self._buffer[self._at :]
        self._at = 0
        if len(self._buffer) > VALUE_MOST_CHARACTERS:
            raise JsonTooLarge(file=self.name, at=self.at, most=VALUE_MOST_CHARACTERS)
        chunk = self._file.read(CHUNK_CHARACTERS)
        self._buffer += chunk
        return bool(chunk)
