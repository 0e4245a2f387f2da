"""The four faces we print and serve, made once from the variable fonts that two packages of PyPI bring.

reportlab would draw a variable font's default instance in silence, so each face is a static instance of ours, under a name of
ours: "Source" is a reserved name (OFL 1.1, section 3). Instances are kept in the folder handed in and made again when a package,
fontTools or the recipe changes.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from imagestolive.errors import N_, ImagesToLiveError

FACES = ("serif", "serif-italic", "sans", "sans-semibold")
NO_GLYPH = "\u25a1"  # □ stands for a character the face does not have

_RECIPE = 1  # raise it whenever the bytes below come out otherwise
_SERIF_PACKAGE, _SANS_PACKAGE = "fontpkg-source-serif-4", "fontpkg-source-sans-3"
_DROPPED = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "STAT")  # kerning and features: we draw without, and they make instancing slow
_WEB_FEATURES = ["ccmp", "kern", "liga", "locl", "mark"]
_WEB_RANGES = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x02BB, 0x02BC), (0x0300, 0x030C), (0x1E00, 0x1EFF),  # Latin, its extensions, its marks
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2022, 0x2022), (0x2026, 0x2026), (0x2030, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2713, 0x2713),
)  # fmt: skip


class FontsMissing(ImagesToLiveError):
    sentence = N_("The fonts are not there: the package {package} is not installed. Install it with: pip install {package}")
    status = 500


class FontsNotKept(ImagesToLiveError):
    sentence = N_("The fonts cannot be kept in {folder}: {detail}")
    status = 500


@dataclass(frozen=True, kw_only=True)
class _Recipe:
    package: str
    file: str
    axes: Mapping[str, float]
    family: str
    style: str


_RECIPES: dict[str, _Recipe] = {
    "serif": _Recipe(
        package=_SERIF_PACKAGE, file="SourceSerif4[opsz,wght].ttf", axes={"opsz": 12, "wght": 400},
        family="ImagesToLive Serif", style="Regular",
    ),
    "serif-italic": _Recipe(
        package=_SERIF_PACKAGE, file="SourceSerif4-Italic[opsz,wght].ttf", axes={"opsz": 12, "wght": 400},
        family="ImagesToLive Serif", style="Italic",
    ),
    "sans": _Recipe(
        package=_SANS_PACKAGE, file="SourceSans3[wght].ttf", axes={"wght": 400},
        family="ImagesToLive Sans", style="Regular",
    ),
    "sans-semibold": _Recipe(
        package=_SANS_PACKAGE, file="SourceSans3[wght].ttf", axes={"wght": 600},
        family="ImagesToLive Sans Semibold", style="Regular",
    ),
}  # fmt: skip


class Fonts:
    """The faces, by name. Two processes may use one folder at once: each file appears whole or not at all.

    >>> fonts = Fonts(Path("data/fonts"))  # doctest: +SKIP
    >>> fonts.ttf("serif")[:4]  # doctest: +SKIP
    b'\\x00\\x01\\x00\\x00'
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, bytes] = {}
        self._advances: dict[str, dict[str, float]] = {}

    def ttf(self, face: str) -> bytes:
        """A static TrueType font without kerning or features, so that widths are sums of advances."""
        return self._kept(face, "ttf", _static)

    def woff2(self, face: str) -> bytes:
        """The face for the web: Latin and Latin Extended, our punctuation, kerned; figures are of one width in all faces."""
        return self._kept(face, "woff2", _web)

    def prepare(self) -> None:
        """Makes all that is not in the folder yet, which takes seconds the first time."""
        for face in FACES:
            self.ttf(face)
            self.woff2(face)

    def advances(self, face: str) -> Mapping[str, float]:
        """How far each character that the face has moves the pen, in 1/1000 of the type size."""
        if face not in self._advances:
            font = TTFont(io.BytesIO(self.ttf(face)))
            widths, per_em = font["hmtx"], font["head"].unitsPerEm
            self._advances[face] = {chr(code): widths[glyph][0] * 1000 / per_em for code, glyph in font.getBestCmap().items()}
        return self._advances[face]

    def _kept(self, face: str, form: str, make: Callable[[_Recipe], bytes]) -> bytes:
        recipe = _RECIPES[face]
        name = f"{face}-{_version(recipe.package)}-fonttools{metadata.version('fonttools')}-r{_RECIPE}.{form}"
        if name not in self._read:
            path = self._folder / name
            try:
                if not path.is_file() or not path.stat().st_size:
                    self._keep(path, make(recipe))
                self._read[name] = path.read_bytes()
            except OSError as error:
                raise FontsNotKept(folder=self._folder, detail=error.strerror) from error
        return self._read[name]

    def _keep(self, path: Path, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError as error:
        raise FontsMissing(package=package) from error


def _variable(recipe: _Recipe) -> TTFont:
    try:
        file = resources.files(recipe.package.replace("-", "_")) / "files" / recipe.file
        return TTFont(io.BytesIO(file.read_bytes()), recalcTimestamp=False)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise FontsMissing(package=recipe.package) from error


def _static(recipe: _Recipe) -> bytes:
    font = _variable(recipe)
    for table in _DROPPED:
        if table in font:
            del font[table]
    font = instancer.instantiateVariableFont(font, recipe.axes, inplace=True)
    _add_no_glyph(font)
    return _saved(font, recipe)


def _web(recipe: _Recipe) -> bytes:
    font = _variable(recipe)
    options = subset.Options(layout_features=_WEB_FEATURES, hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in _WEB_RANGES for code in range(first, last + 1)])
    cutter.subset(font)  # before instancing: what is dropped need not be interpolated
    font = instancer.instantiateVariableFont(font, recipe.axes, inplace=True)
    font.flavor = "woff2"
    return _saved(font, recipe)


def _add_no_glyph(font: TTFont) -> None:
    """Draws □ into a face that has none (Source Serif 4): an outline 60 units wide, as high as a capital."""
    if ord(NO_GLYPH) in font.getBestCmap():
        return
    height = font["OS/2"].sCapHeight
    pen = TTGlyphPen(None)
    for left, foot, right, top, clockwise in ((60, 0, 60 + height, height, True), (120, 60, height, height - 60, False)):
        corners = [(left, foot), (left, top), (right, top), (right, foot)]
        pen.moveTo(corners[0])
        for corner in corners[1:] if clockwise else corners[:0:-1]:
            pen.lineTo(corner)
        pen.closePath()
    name = f"uni{ord(NO_GLYPH):04X}"
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (height + 120, 60)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(NO_GLYPH)] = name


def _saved(font: TTFont, recipe: _Recipe) -> bytes:
    names: Any = font["name"]
    kept = {record.nameID: str(record) for record in names.names if record.nameID in (0, 13, 14)}  # copyright and license stay
    names.names = []
    postscript = f"{recipe.family.replace(' ', '')}-{recipe.style}"
    full = f"{recipe.family} {recipe.style}"
    ours = {1: recipe.family, 2: recipe.style, 3: f"{postscript};r{_RECIPE}", 4: full, 5: f"Version {_RECIPE}.0", 6: postscript}
    for name_id, text in sorted({**kept, **ours}.items()):
        names.setName(text, name_id, 3, 1, 0x409)
    font.recalcTimestamp = False
    data = io.BytesIO()
    font.save(data)
    return data.getvalue()
