"""Text files of one record a line, in letters nobody vouches for: each line is taken by a pattern, or told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from imagestolive.datasets.problems import Problems
from imagestolive.errors import N_

LINE_MOST_BYTES = 64 * 1024


def read_lines(file: BinaryIO, pattern: re.Pattern[bytes], problems: Problems, *, name: str) -> Iterator[tuple[int, re.Match[bytes]]]:
    """The lines that `pattern` matches whole, with their numbers; the first is 1. Empty lines are passed over. Raises OSError.

    `name` is what complaints call the file. A line ends at a line feed, and nowhere else.
    """
    number = 0
    while line := file.readline(LINE_MOST_BYTES + 1):
        number += 1
        if len(line) > LINE_MOST_BYTES:
            problems.add(name, N_("This line has more than {most} bytes."), row=number, most=LINE_MOST_BYTES)
            while line and not line.endswith(b"\n"):
                line = file.readline(LINE_MOST_BYTES)
        elif found := pattern.fullmatch(line.strip(b"\r\n")):
            yield number, found
        elif line.strip():
            problems.add(name, N_("“{value}” cannot be right."), row=number, value=line.strip().decode("latin-1"))
