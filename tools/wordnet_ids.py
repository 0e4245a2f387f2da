"""Makes the lists in imagestolive/datasets/wordnet_ids out of WordNet 3.0; run by hand.

    apt-get download wordnet-base && dpkg -x wordnet-base_*.deb wn
    python tools/wordnet_ids.py wn/usr/share/wordnet/data.noun imagestolive/datasets/wordnet_ids

data.noun has one synset a line: its number, which is its place in the file; the words, their count in hexadecimal; then
pointers to other synsets, their count in decimal (wndb(5WN)). ~ leads from "person" to a kind of person, ~i to one by name.

    10148035 18 n 02 groom 2 bridegroom 1 002 @ 10401829 n 0000 #m 08256735 n 0000 | ...
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

PERSON = 7846
IDS_A_LINE = 100
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def hyponyms(lines: Iterable[str]) -> dict[int, list[int]]:
    """Each noun synset with those directly below it."""
    below: dict[int, list[int]] = {}
    for line in lines:
        if line.startswith("  "):  # the license, which stands before the synsets
            continue
        fields = line.partition(" | ")[0].split()
        pointers = iter(fields[5 + 2 * int(fields[3], 16) :])
        below[int(fields[0])] = [int(number) for sign, number, *_ in zip(*[pointers] * 4, strict=True) if sign in ("~", "~i")]
    return below


def subtree(below: dict[int, list[int]], top: int) -> set[int]:
    found: set[int] = set()
    waiting = [top]
    while waiting:
        if (synset := waiting.pop()) not in found:
            found.add(synset)
            waiting += below[synset]
    return found


def steps(ids: list[int]) -> Iterator[str]:
    """Sorted ids, a hundred a line: the first as it is, then the steps from one to the next in base 36."""
    for start in range(0, len(ids), IDS_A_LINE):
        line = ids[start : start + IDS_A_LINE]
        yield " ".join([f"n{line[0]:08}", *(_base36(after - before) for before, after in pairwise(line))])


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def write(data: Path, folder: Path) -> None:
    """Writes nouns.txt, person.txt and LICENSE.txt. Raises ValueError for another version than 3.0."""
    lines = data.read_text(encoding="ascii").splitlines()
    license_text = [line.lstrip().partition(" ")[2].rstrip() for line in lines if line.startswith("  ")]  # "  1 This software is ..."
    if not any(line.startswith("WordNet 3.0 Copyright") for line in license_text):
        raise ValueError(f"{data} is not WordNet 3.0")
    below = hyponyms(lines)
    person = (f"n{synset:08}" for synset in sorted(subtree(below, PERSON)))
    about = "made by tools/wordnet_ids.py, under the license in LICENSE.txt"
    _write(folder / "nouns.txt", f"# All noun synsets of WordNet 3.0, as steps in base 36; {about}.", steps(sorted(below)))
    _write(folder / "person.txt", f"# The noun synsets of WordNet 3.0 at or below “person”; {about}.", person)
    _write(folder / "LICENSE.txt", "The lists in this folder are derived from WordNet 3.0, whose license follows.\n", license_text)


def _write(path: Path, first: str, lines: Iterable[str]) -> None:
    path.write_text("\n".join([first, *lines, ""]), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
