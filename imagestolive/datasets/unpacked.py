"""A cache of what is compressed as a whole and so cannot be read in part: unpacked once, one folder an archive.

    CACHE/<hash of the archive's path, size and time>/<hash of a member's name>

A folder there is complete or absent, whoever else unpacks at the same time. Nobody but us writes there; it can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

_FORGOTTEN_S = 24 * 60 * 60


class Replaced(Exception):
    """A file became another one while it was read."""


class Unpacked:
    """Safe for several threads and processes: threads wait for one another, of processes the first to finish is taken."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._lock = threading.Lock()

    def folder(self, archive: Path, unpack: Callable[[Path], None]) -> Path:
        """Where an archive lies unpacked; if it does not yet, `unpack` fills an empty folder.
        Raises what that raises, Replaced, OSError."""
        began = version(archive)
        key = hashlib.blake2b(repr((os.fsencode(archive), *began)).encode(), digest_size=16).hexdigest()
        folder = self._cache / key

        def fill(folder: Path) -> None:
            unpack(folder)
            check_version(archive, began)

        with self._lock:
            if not folder.is_dir():
                self._fill(folder, fill)
        return folder

    def _fill(self, folder: Path, unpack: Callable[[Path], None]) -> None:
        self._cache.mkdir(parents=True, exist_ok=True)
        self._clear()
        partial = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=".part", dir=self._cache))
        try:
            unpack(partial)
            try:
                partial.rename(folder)
            except OSError:
                if not folder.is_dir():  # else another process was faster
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _clear(self) -> None:
        """Takes away what a process left that was killed while unpacking."""
        for partial in self._cache.glob("*.part"):
            if time.time() - partial.stat().st_mtime > _FORGOTTEN_S:
                shutil.rmtree(partial, ignore_errors=True)


def version(path: Path) -> tuple[int, int]:
    """(size, mtime in ns): another one means another file under this path. Raises OSError."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def check_version(path: Path, known: tuple[int, int]) -> None:
    """Raises Replaced where this is not the file it was, OSError."""
    if version(path) != known:
        raise Replaced(path)
