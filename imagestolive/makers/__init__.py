"""What the makers of a data set publish for everybody: their lists of images, one folder a data set, fetched part by part.

`got` is for who draws from them; getting.py fetches them.
"""

from __future__ import annotations

from pathlib import Path

from imagestolive.makers.here import Here, size_of


def got(data_folder: Path, key: str) -> Path | None:
    """The folder of a data set of which at least one part was fetched whole, and still is here; else None."""
    folder = data_folder / "metadata" / key
    kept = Here.read(folder)
    return folder if kept.parts and all(size_of(folder / name) == file["bytes"] for name, file in kept.files.items()) else None
