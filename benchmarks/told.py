"""What benchmarks have in common when they tell what they found."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

README = Path(__file__).with_name("README.md")


def write_readme(table: str, begin: str, end: str) -> None:
    """Puts a table between two marks of README.md."""
    before, begun, rest = README.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        refuse(f"{README} lacks the lines {begin} and {end}")
    README.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}", encoding="utf-8")


def refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    sys.exit(2)
