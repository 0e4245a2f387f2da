"""The four faces of our own, made from the variable fonts that two packages of PyPI bring: static for paper, woff2 for the web.

A PDF library would draw a variable font's default instance in silence, so each face is a static instance of ours, under a name of
ours: "Source" is a reserved name (OFL 1.1, section 3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from imagestolive.errors import N_, ImagesToLiveError

NO_GLYPH = "\u25a1"  # □ stands for a character that no face has
RECIPE = 1  # raise it whenever the bytes below come out otherwise

_SERIF_PACKAGE, _SANS_PACKAGE = "fontpkg-source-serif-4", "fontpkg-source-sans-3"


class FontsMissing(ImagesToLiveError):
    sentence = N_("The fonts are not there: the package {package} is not installed. Install it with: pip install {package}")
    status = 500


@dataclass(frozen=True, kw_only=True)
class Recipe:
    package: str
    file: str
    axes: Mapping[str, float]
    family: str
    style: str


RECIPES: dict[str, Recipe] = {
    "serif": Recipe(
        package=_SERIF_PACKAGE, file="SourceSerif4[opsz,wght].ttf", axes={"opsz": 12, "wght": 400},
        family="ImagesToLive Serif", style="Regular",
    ),
    "serif-italic": Recipe(
        package=_SERIF_PACKAGE, file="SourceSerif4-Italic[opsz,wght].ttf", axes={"opsz": 12, "wght": 400},
        family="ImagesToLive Serif", style="Italic",
    ),
    "sans": Recipe(
        package=_SANS_PACKAGE, file="SourceSans3[wght].ttf", axes={"wght": 400},
        family="ImagesToLive Sans", style="Regular",
    ),
    "sans-semibold": Recipe(
        package=_SANS_PACKAGE, file="SourceSans3[wght].ttf", axes={"wght": 600},
        family="ImagesToLive Sans Semibold", style="Regular",
    ),
}  # fmt: skip


def source(recipe: Recipe) -> bytes:
    """The variable font that a face is made from. Raises FontsMissing."""
    try:
        return (resources.files(recipe.package.replace("-", "_")) / "files" / recipe.file).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise FontsMissing(package=recipe.package) from error


def fingerprint(recipe: Recipe) -> str:
    """What tells a package's file from that of its next version: asking for the version itself takes five times as long."""
    return hashlib.sha256(source(recipe)).hexdigest()[:12]
