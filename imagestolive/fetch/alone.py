"""A block that one process at a time is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Whether nobody else is in the block that this file locks. Nobody waits, and who is killed leaves it. Raises OSError."""
    from filelock import FileLock, Timeout  # takes longer to load than most of what needs no lock

    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        held.release()
