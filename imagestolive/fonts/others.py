"""The faces for what our own four have not: Noto, as two packages of PyPI bring it, in one weight.

The files are read where they lie (mapped, not loaded) and the weight is set when a line is shaped or a glyph is drawn, so nothing is
converted beforehand and a set in English opens none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from imagestolive.fonts.own import FontsMissing

WEIGHT = 400
_NOTO, _CJK = "manimgx-fonts", "manimgx-fonts-cjk"
_CJK_FILE = "NotoSansCJK-VF.otf.ttc"
_SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada", "Khmer", "Lao",
    "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Program:
    """Where a face of another maker lies."""

    package: str
    file: str
    name: str  # PostScript name
    index: int = 0  # within a collection


PROGRAMS: dict[str, Program] = {
    "noto-sans": Program(package=_NOTO, file="NotoSans[wght].ttf", name="NotoSans-Regular"),
    **{
        f"noto-sans-{script.lower()}": Program(package=_NOTO, file=f"NotoSans{script}[wght].ttf", name=f"NotoSans{script}-Regular")
        for script in _SCRIPTS
    },
    "noto-sans-symbols": Program(package=_NOTO, file="NotoSansSymbols[wght].ttf", name="NotoSansSymbols-Regular"),
    "noto-emoji": Program(package=_NOTO, file="NotoEmoji[wght].ttf", name="NotoEmoji-Regular"),
    **{
        f"noto-sans-cjk-{region}": Program(package=_CJK, file=_CJK_FILE, name=f"NotoSansCJK{region}-Regular", index=index)
        for index, region in enumerate(("jp", "kr", "sc", "tc"))  # their order in the collection
    },
}


def path_of(program: Program) -> Path:
    """The file. Raises FontsMissing."""
    try:
        path = Path(str(resources.files(program.package.replace("-", "_")) / program.file))
    except ModuleNotFoundError as error:
        raise FontsMissing(package=program.package) from error
    if not path.is_file():
        raise FontsMissing(package=program.package)
    return path
