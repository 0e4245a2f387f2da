"""What decoding a file told, kept by the file's SHA-256: so each file is decoded once, however often it is printed.

A picture is kept without its pixels. The store is a cache: where it cannot be written, or is damaged, it lives in memory alone.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from imagestolive.records import FetchedImage, Picture

IN_MEMORY_MOST, ON_DISK_MOST = 20_000, 2_000_000  # pictures: some 600 bytes each, and 200

_SCHEMA = "CREATE TABLE IF NOT EXISTS picture(kind TEXT PRIMARY KEY, facts TEXT NOT NULL)"


class Seen:
    """Pictures by the files they were made of. Safe for several threads and processes.

    `recipe` names all that decides on a picture besides the file: what another recipe found counts for nothing.
    """

    def __init__(self, path: Path, recipe: str) -> None:
        self._path = path
        self._recipe = recipe
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Picture] = OrderedDict()
        self._base: sqlite3.Connection | None = None
        self._opened = False

    def find(self, fetched: FetchedImage) -> Picture | None:
        """What is known of the picture in a file, without its data; None where it was never decoded."""
        kind = self._kind(fetched)
        with self._lock:
            if kind in self._known:
                self._known.move_to_end(kind)
                return self._known[kind]
            if (facts := self._kept(kind)) is not None:
                self._remember(kind, facts)
            return facts

    def keep(self, fetched: FetchedImage, picture: Picture) -> None:
        kind, facts = self._kind(fetched), picture.without_data()
        with self._lock:
            self._remember(kind, facts)
            if (base := self._store()) is not None:
                try:
                    base.execute("INSERT OR REPLACE INTO picture VALUES (?, ?)", (kind, json.dumps(asdict(facts))))
                except sqlite3.Error:
                    self._give_up()

    def _kind(self, fetched: FetchedImage) -> str:
        shape = "x".join(map(str, fetched.shape or ()))
        return f"{fetched.sha256}|{shape}|{fetched.record.rotation_deg or 0}|{self._recipe}"

    def _remember(self, kind: str, facts: Picture) -> None:
        self._known[kind] = facts
        if len(self._known) > IN_MEMORY_MOST:
            self._known.popitem(last=False)

    def _kept(self, kind: str) -> Picture | None:
        base = self._store()
        if base is None:
            return None
        try:
            row = base.execute("SELECT facts FROM picture WHERE kind = ?", (kind,)).fetchone()
        except sqlite3.Error:
            self._give_up()
            return None
        try:
            return _picture(json.loads(row[0])) if row else None
        except (TypeError, ValueError):  # damaged: what is decoded now takes its place
            return None

    def _store(self) -> sqlite3.Connection | None:
        if not self._opened:
            self._opened = True
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._base = sqlite3.connect(self._path, timeout=2, isolation_level=None, check_same_thread=False)
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("PRAGMA synchronous = NORMAL")
                self._base.execute(_SCHEMA)
                self._base.execute("DELETE FROM picture WHERE rowid <= (SELECT max(rowid) FROM picture) - ?", (ON_DISK_MOST,))
            except (OSError, sqlite3.Error):
                self._give_up()
        return self._base

    def _give_up(self) -> None:
        """A store that does not work is left, and a damaged one taken away."""
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
            with contextlib.suppress(sqlite3.Error, OSError):
                if not _is_sound(self._path):
                    self._path.unlink()
        self._base = None

    def close(self) -> None:
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._base is not None:
                self._base.close()
            self._base, self._opened = None, False


def _picture(facts: Any) -> Picture:
    """Raises TypeError, ValueError for what no version of ours wrote."""
    picture = Picture(**facts)
    sound = (
        type(picture.width_px) is type(picture.height_px) is int
        and min(picture.width_px, picture.height_px) > 0
        and picture.channels in (1, 3)
        and type(picture.untouched) is type(picture.pale_edge) is type(picture.uniform) is bool
        and (picture.dhash is None or (type(picture.dhash) is int and 0 <= picture.dhash < 2**64))
        and isinstance(picture.sha256, str)
        and picture.jpeg is picture.samples is None
    )
    if not sound:
        raise ValueError("not the facts of a picture")
    return picture


def _is_sound(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path)) as base:
        try:
            return bool(base.execute("PRAGMA quick_check").fetchone() == ("ok",))
        except sqlite3.DatabaseError as error:
            return "locked" in str(error) or "busy" in str(error)
