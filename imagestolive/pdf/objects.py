"""The objects of a PDF, written one after the other: whatever has been written takes no memory any more (ISO 32000-1, 7.5)."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import BinaryIO

LEVEL = 1  # of deflating: twice as fast as 4, for 200 bytes more a card
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class Objects:
    """Numbers objects and writes them. Each number that `reserve` gave has to be written before `close`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: list[int] = []  # of object 1, 2, ...
        self._at = 0
        self._id = hashlib.blake2b(digest_size=16)
        self._put(_HEADER)

    def reserve(self) -> int:
        """The number of an object that is written later."""
        self._places.append(0)
        return len(self._places)

    def write(self, body: str, number: int | None = None) -> int:
        """An object that is no stream; gives its number."""
        data = body.encode("latin-1")
        self._id.update(data)
        number = self._begin(number)
        self._put(b"%d 0 obj\n%b\nendobj\n" % (number, data))
        return number

    def stream(self, entries: str, data: bytes, number: int | None = None, *, packed: bool = False, known_by: str = "") -> int:
        """A stream; `entries` stand in its dictionary. Data that are not packed (or the entries say how) are deflated.

        `known_by` stands for long data in the file's identifier.
        """
        if not packed:
            data = zlib.compress(data, LEVEL)
            entries += "/Filter/FlateDecode"
        self._id.update(known_by.encode() or data)
        number = self._begin(number)
        self._put(f"{number} 0 obj\n<<{entries}/Length {len(data)}>>stream\n".encode("latin-1"))
        self._put(data)
        self._put(b"\nendstream\nendobj\n")
        return number

    def close(self, root: int, information: int) -> None:
        """Cross-reference table and trailer."""
        lines = [f"{place:010} 00000 n \n" for place in self._places]
        table = f"xref\n0 {len(lines) + 1}\n0000000000 65535 f \n{''.join(lines)}"
        self._id.update(table.encode())
        name = f"<{self._id.hexdigest()}>"
        entries = f"/Size {len(lines) + 1}/Root {root} 0 R/Info {information} 0 R/ID[{name}{name}]"
        self._put(f"{table}trailer<<{entries}>>\nstartxref\n{self._at}\n%%EOF\n".encode())

    def _begin(self, number: int | None) -> int:
        """An object begins here."""
        number = number or self.reserve()
        self._places[number - 1] = self._at
        return number

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)


def text(string: str) -> str:
    """A text string, in UTF-16 with its byte order mark."""
    return f"<FEFF{string.encode('utf-16-be', 'replace').hex().upper()}>"


def array(values: Iterable[object]) -> str:
    return f"[{' '.join(map(str, values))}]"


def references(numbers: Iterable[int]) -> str:
    return array(f"{number} 0 R" for number in numbers)
