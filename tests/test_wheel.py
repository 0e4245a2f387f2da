"""What must be found after `pip install` is proved by opening the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def files_in(folder: str, pattern: str = "*") -> set[Path]:
    return {path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern) if path.is_file() and path.name[0] != "."}


@pytest.mark.parametrize("folder", ["templates", "teaching_plan"])
def test_the_wheel_carries_every_template_and_plan_byte_for_byte(wheel: zipfile.ZipFile, folder: str) -> None:
    wanted = files_in(folder)
    assert wanted
    for path in wanted:
        assert wheel.read(f"imagestolive/{path.as_posix()}") == (ROOT / path).read_bytes()


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("imagestolive/datasets/catalogue", "*.yaml"),
        ("imagestolive/datasets/wordnet_ids", "*.txt"),
        ("imagestolive/web/static", "*"),
        ("imagestolive/ledger/migrations", "*.py"),
    ],
)
def test_the_wheel_carries_datasheets_lists_and_styles(wheel: zipfile.ZipFile, folder: str, pattern: str) -> None:
    wanted = files_in(folder, pattern)
    assert wanted
    assert {path.as_posix() for path in wanted} <= set(wheel.namelist())


def test_the_wheel_carries_a_compiled_catalogue_for_every_language(wheel: zipfile.ZipFile) -> None:
    for path in files_in("imagestolive/languages", "*.po"):
        assert len(wheel.read(path.with_suffix(".mo").as_posix())) > 100


def test_the_wheel_carries_the_license_and_nothing_of_the_tests(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "docs/", "benchmarks/"))]
