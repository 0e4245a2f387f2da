"""What of a data set's lists is here, as complete.json says; and files that are written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagestolive.datasets.datasheet import MakersFile

_COMPLETE = "complete.json"


@dataclass(frozen=True, kw_only=True)
class Here:
    """What complete.json holds; nothing where it is absent or damaged."""

    parts: tuple[str, ...] = ()
    files: Mapping[str, Mapping[str, Any]]  # by name: bytes, sha256 (hex), url; and read: true where it was among what could be read

    @classmethod
    def read(cls, folder: Path) -> Here:
        """{"parts": ["validation"], "files": {"validation-annotations-bbox.csv": {"bytes": 25105048, "sha256": "…", "url": "https://…"}}}"""
        try:
            read = json.loads((folder / _COMPLETE).read_bytes())
            files = {str(name): {**file, "bytes": int(file["bytes"])} for name, file in read["files"].items()}
            return cls(parts=tuple(map(str, read["parts"])), files=files)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls(files={})

    def write(self, folder: Path) -> None:
        write(folder / _COMPLETE, {"parts": self.parts, "files": dict(self.files)})

    def with_file(self, file: MakersFile, size_bytes: int, sha256: str) -> Here:
        return Here(parts=self.parts, files={**self.files, file.file: {"bytes": size_bytes, "sha256": sha256, "url": file.url}})

    def all_read(self) -> Here:
        return Here(parts=self.parts, files={name: {**file, "read": True} for name, file in self.files.items()})

    def what_was_read(self) -> Here:
        return Here(parts=self.parts, files={name: file for name, file in self.files.items() if file.get("read") is True})

    def with_parts(self, parts: Iterable[str]) -> Here:
        return Here(parts=tuple(dict.fromkeys((*self.parts, *parts))), files=self.files)


def size_of(path: Path) -> int | None:
    """In bytes; None where there is no such file."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Complete or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(path)
