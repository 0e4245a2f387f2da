"""Entries of ZIP files that are the same bytes whenever and wherever they are made."""

from __future__ import annotations

import zipfile

_DATE = (2000, 1, 1, 0, 0, 0)
_UNIX, _ORDINARY_FILE = 3, 0o100644 << 16


def entry_of(name: str) -> zipfile.ZipInfo:
    """A file of no particular day and system; stored, until whoever writes it says otherwise."""
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system, entry.external_attr = _UNIX, _ORDINARY_FILE
    return entry
